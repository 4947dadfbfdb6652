package config

import (
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// secretBytes is the length of a made secret; the file holds it in hex.
const secretBytes = 32

// EnsureJWTSecret fills in a JWTSecret that is not set: with the one in the file
// jwt_secret in DataDir, or with a random one that it keeps there for the next
// start. made says that the secret is such a one. In production it fails.
func (s *Settings) EnsureJWTSecret() (made bool, err error) {
	if s.JWTSecret != "" {
		return false, nil
	}
	if s.Production() {
		return false, errors.New("JWT_SECRET must be set when NODE_ENV is production")
	}
	path := filepath.Join(s.DataDir, "jwt_secret")
	secret, err := readSecret(path)
	if errors.Is(err, fs.ErrNotExist) {
		err = makeSecret(path)
		if err == nil || errors.Is(err, fs.ErrExist) { // another process was faster
			secret, err = readSecret(path)
		}
	}
	if err != nil {
		return false, fmt.Errorf("JWT_SECRET is not set and cannot be kept in DATA_DIR: %w", err)
	}
	s.JWTSecret = secret
	return true, nil
}

func readSecret(path string) (string, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return "", err
	}
	secret := strings.TrimSpace(string(text))
	if b, err := hex.DecodeString(secret); err != nil || len(b) != secretBytes {
		return "", fmt.Errorf("%s must hold %d hexadecimal digits; delete it for a new one", path, 2*secretBytes)
	}
	return secret, nil
}

// makeSecret writes a new secret. It is linked into place when it is complete,
// so that nobody reads half of it; a link, unlike a rename, replaces nothing.
func makeSecret(path string) error {
	dir := filepath.Dir(path)
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	secret := make([]byte, secretBytes)
	_, _ = rand.Read(secret) // never fails, by its documentation
	f, err := os.CreateTemp(dir, "jwt_secret-*")
	if err != nil {
		return err
	}
	defer os.Remove(f.Name()) //nolint:errcheck // a draft that stays is harmless
	_, err = f.WriteString(hex.EncodeToString(secret) + "\n")
	if err := errors.Join(err, f.Sync(), f.Close()); err != nil {
		return err
	}
	if err := os.Link(f.Name(), path); err != nil {
		return err
	}
	return syncDir(dir)
}

// syncDir makes a new name in dir last through a crash.
func syncDir(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}
