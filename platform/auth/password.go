package auth

import (
	"errors"
	"fmt"

	"golang.org/x/crypto/bcrypt"
)

// MaxPassword is the longest password in bytes: bcrypt looks at no more.
const MaxPassword = 72

const cost = 10 // as the old backend's hashes have

// ErrPasswordTooLong is the answer to a password over MaxPassword bytes.
var ErrPasswordTooLong = errors.New("password must be at most 72 bytes")

// HashPassword returns the bcrypt hash of a password, or ErrPasswordTooLong.
func HashPassword(password string) (string, error) {
	if len(password) > MaxPassword {
		return "", ErrPasswordTooLong
	}
	hash, err := bcrypt.GenerateFromPassword([]byte(password), cost)
	if err != nil {
		return "", fmt.Errorf("hash password: %w", err)
	}
	return string(hash), nil
}

// CheckPassword reports whether hash, $2a$ or $2b$, is that of the password. Of
// a password over MaxPassword bytes only the first count, as in bcrypt. A hash
// that is none takes as long as a wrong password, so that the time an answer
// takes does not tell accounts apart.
func CheckPassword(hash, password string) bool {
	if len(password) > MaxPassword {
		password = password[:MaxPassword]
	}
	if !isHash(hash) {
		_ = bcrypt.CompareHashAndPassword([]byte(decoy), []byte(password))
		return false
	}
	return bcrypt.CompareHashAndPassword([]byte(hash), []byte(password)) == nil
}

// decoy is the hash, of the usual cost, of 32 random bytes that were not kept.
const decoy = "$2a$10$WEuF6VtD8u8VJfJOh.hgHu73ch56R4c6q5chXIv.h9KhSfG3FmQUa"

// maxCost keeps a hash that somebody planted from taking minutes.
const maxCost = 14

func isHash(hash string) bool {
	n, err := bcrypt.Cost([]byte(hash))
	return err == nil && len(hash) == len(decoy) && n <= maxCost
}
