// Package seal keeps texts unreadable in the store: AES-256-GCM, bound to what
// they belong to.
package seal

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
)

// KeySize is the length of a key, in bytes.
const KeySize = 32

// ErrSealed is the answer to what was sealed with another key, belongs to
// something else, or was changed.
var ErrSealed = errors.New("sealed with another key, for something else, or damaged")

// Box seals and opens with one key. It is safe for concurrent use.
type Box struct {
	aead  cipher.AEAD
	keyID string
}

const keyIDPurpose = "orchestrix: the name of a key"

// New returns the box of a key.
func New(key []byte) (*Box, error) {
	if len(key) != KeySize {
		return nil, fmt.Errorf("a key has %d bytes, not %d", KeySize, len(key))
	}
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, fmt.Errorf("seal: %w", err)
	}
	aead, err := cipher.NewGCM(block)
	if err != nil {
		return nil, fmt.Errorf("seal: %w", err)
	}
	id, err := hkdf.Key(sha256.New, key, nil, keyIDPurpose, 8)
	if err != nil {
		return nil, fmt.Errorf("seal: %w", err)
	}
	return &Box{aead: aead, keyID: hex.EncodeToString(id)}, nil
}

// KeyID names the key, in 16 hexadecimal digits that tell nothing of it.
func (b *Box) KeyID() string { return b.keyID }

// Seal returns plain sealed: a random nonce, then the ciphertext. It opens only
// with the same associated data.
func (b *Box) Seal(plain, associated []byte) []byte {
	nonce := make([]byte, b.aead.NonceSize(), b.aead.NonceSize()+len(plain)+b.aead.Overhead())
	_, _ = rand.Read(nonce) // never fails, by its documentation
	return b.aead.Seal(nonce, nonce, plain, associated)
}

// Open returns what Seal was given, or ErrSealed.
func (b *Box) Open(sealed, associated []byte) ([]byte, error) {
	n := b.aead.NonceSize()
	if len(sealed) < n {
		return nil, ErrSealed
	}
	plain, err := b.aead.Open(nil, sealed[:n], sealed[n:], associated)
	if err != nil {
		return nil, ErrSealed
	}
	return plain, nil
}
