package auth

import (
	"context"
	"errors"
	"fmt"
	"runtime"

	"golang.org/x/crypto/bcrypt"
)

// MaxPassword is the longest password in bytes: bcrypt looks at no more.
const MaxPassword = 72

const cost = 10 // as the old backend's hashes have

// ErrPasswordTooLong is the answer to a password over MaxPassword bytes.
var ErrPasswordTooLong = errors.New("password must be at most 72 bytes")

// Passwords hashes and checks passwords: on half of the processors at most, since
// each takes one for a while, and a crowd that logs in must not stop the rest.
type Passwords struct{ slots chan struct{} }

// NewPasswords returns what a program needs once.
func NewPasswords() *Passwords {
	return &Passwords{slots: make(chan struct{}, max(1, runtime.GOMAXPROCS(0)/2))}
}

// turn waits for a processor. The returned function gives it back.
func (p *Passwords) turn(ctx context.Context) (done func(), err error) {
	select {
	case p.slots <- struct{}{}:
		return func() { <-p.slots }, nil
	case <-ctx.Done():
		return nil, fmt.Errorf("waiting for a password's turn: %w", ctx.Err())
	}
}

// Hash returns the bcrypt hash of a password, or ErrPasswordTooLong.
func (p *Passwords) Hash(ctx context.Context, password string) (string, error) {
	if len(password) > MaxPassword {
		return "", ErrPasswordTooLong
	}
	done, err := p.turn(ctx)
	if err != nil {
		return "", err
	}
	defer done()
	hash, err := bcrypt.GenerateFromPassword([]byte(password), cost)
	if err != nil {
		return "", fmt.Errorf("hash password: %w", err)
	}
	return string(hash), nil
}

// Check reports whether hash, $2a$ or $2b$, is that of the password. Of a password
// over MaxPassword bytes only the first count, as in bcrypt. A hash that is none
// takes as long as a wrong password, so that the time an answer takes does not
// tell accounts apart.
func (p *Passwords) Check(ctx context.Context, hash, password string) (bool, error) {
	if len(password) > MaxPassword {
		password = password[:MaxPassword]
	}
	done, err := p.turn(ctx)
	if err != nil {
		return false, err
	}
	defer done()
	if !isHash(hash) {
		_ = bcrypt.CompareHashAndPassword([]byte(decoy), []byte(password))
		return false, nil
	}
	return bcrypt.CompareHashAndPassword([]byte(hash), []byte(password)) == nil, nil
}

// decoy is the hash, of the usual cost, of 32 random bytes that were not kept.
const decoy = "$2a$10$WEuF6VtD8u8VJfJOh.hgHu73ch56R4c6q5chXIv.h9KhSfG3FmQUa"

// maxCost keeps a hash that somebody planted from taking minutes.
const maxCost = 14

func isHash(hash string) bool {
	n, err := bcrypt.Cost([]byte(hash))
	return err == nil && len(hash) == len(decoy) && n <= maxCost
}
