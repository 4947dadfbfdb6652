package runs

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/rand"
	"crypto/sha256"
	"errors"
	"fmt"

	"github.com/orchestrix/orchestrix/platform/doc"
)

// sealer keeps what a queued run needs unreadable in the store: AES-256-GCM with
// a key made of JWT_SECRET (HKDF, RFC 5869), bound to the execution's id.
type sealer struct{ aead cipher.AEAD }

const keyPurpose = "orchestrix: the input of a queued run"

func newSealer(secret []byte) (*sealer, error) {
	key, err := hkdf.Key(sha256.New, secret, nil, keyPurpose, 32)
	if err != nil {
		return nil, fmt.Errorf("key for queued runs: %w", err)
	}
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, fmt.Errorf("key for queued runs: %w", err)
	}
	aead, err := cipher.NewGCM(block)
	if err != nil {
		return nil, fmt.Errorf("key for queued runs: %w", err)
	}
	return &sealer{aead: aead}, nil
}

func (s *sealer) seal(id string, payload doc.Object) []byte {
	nonce := make([]byte, s.aead.NonceSize(), s.aead.NonceSize()+1024)
	_, _ = rand.Read(nonce) // never fails, by its documentation
	return s.aead.Seal(nonce, nonce, doc.MarshalJSON(payload), []byte(id))
}

// errSealed is the end of a run whose payload was sealed with another secret.
var errSealed = errors.New("the input of the run cannot be read: JWT_SECRET is not the one it was queued with")

func (s *sealer) open(id string, sealed []byte) (doc.Object, error) {
	n := s.aead.NonceSize()
	if len(sealed) < n {
		return nil, errSealed
	}
	plain, err := s.aead.Open(nil, sealed[:n], sealed[n:], []byte(id))
	if err != nil {
		return nil, errSealed
	}
	v, err := doc.Decode(plain)
	if err != nil {
		return nil, fmt.Errorf("the input of the run: %w", err)
	}
	payload, _ := v.(doc.Object)
	return payload, nil
}
