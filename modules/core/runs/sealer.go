package runs

import (
	"crypto/hkdf"
	"crypto/sha256"
	"errors"
	"fmt"

	"github.com/orchestrix/orchestrix/platform/doc"
	"github.com/orchestrix/orchestrix/platform/seal"
)

// sealer keeps what a queued run needs unreadable in the store, with a key made
// of JWT_SECRET (HKDF, RFC 5869), bound to the execution's id.
type sealer struct{ box *seal.Box }

const keyPurpose = "orchestrix: the input of a queued run"

func newSealer(secret []byte) (*sealer, error) {
	key, err := hkdf.Key(sha256.New, secret, nil, keyPurpose, seal.KeySize)
	if err != nil {
		return nil, fmt.Errorf("key for queued runs: %w", err)
	}
	box, err := seal.New(key)
	if err != nil {
		return nil, fmt.Errorf("key for queued runs: %w", err)
	}
	return &sealer{box: box}, nil
}

func (s *sealer) seal(id string, payload doc.Object) []byte {
	return s.box.Seal(doc.MarshalJSON(payload), []byte(id))
}

// errSealed is the end of a run whose payload was sealed with another secret.
var errSealed = errors.New("the input of the run cannot be read: JWT_SECRET is not the one it was queued with")

func (s *sealer) open(id string, sealed []byte) (doc.Object, error) {
	plain, err := s.box.Open(sealed, []byte(id))
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
