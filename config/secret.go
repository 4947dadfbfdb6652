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

// EnsureJWTSecret makes a secret when none is set, and keeps it in the data
// directory for the next start. It reports whether the secret is such a one.
// In production Load has already refused to go on without JWT_SECRET.
func (s *Settings) EnsureJWTSecret() (made bool, err error) {
	if s.JWTSecret != "" {
		return false, nil
	}
	path := filepath.Join(s.DataDir, "jwt_secret")
	if err := os.MkdirAll(s.DataDir, 0o700); err != nil {
		return false, fmt.Errorf("data directory: %w", err)
	}
	kept, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		kept, err = makeSecret(path)
	}
	if err != nil {
		return false, fmt.Errorf("JWT secret: %w", err)
	}
	if s.JWTSecret = strings.TrimSpace(string(kept)); len(s.JWTSecret) < weakSecret {
		return false, fmt.Errorf("JWT secret: %s is damaged, delete it to have a new one made", path)
	}
	return true, nil
}

// makeSecret writes a new secret under a name of its own first, so that a crash
// leaves no half of one, and never replaces a secret that came in between.
func makeSecret(path string) ([]byte, error) {
	random := make([]byte, 32)
	if _, err := rand.Read(random); err != nil {
		return nil, err
	}
	draft := fmt.Sprintf("%s.%d.new", path, os.Getpid())
	defer os.Remove(draft) //nolint:errcheck // it is gone or harmless
	if err := os.WriteFile(draft, []byte(hex.EncodeToString(random)+"\n"), 0o600); err != nil {
		return nil, err
	}
	if err := os.Link(draft, path); err != nil && !errors.Is(err, fs.ErrExist) {
		return nil, err
	}
	return os.ReadFile(path)
}
