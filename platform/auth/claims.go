package auth

import (
	"errors"
	"math"
	"time"

	"github.com/golang-jwt/jwt/v5"

	"github.com/orchestrix/orchestrix/platform/doc"
)

// claims are the claims of a token in the order in which they are written.
type claims struct{ object doc.Object }

// MarshalJSON keeps the order, which a map would lose.
func (c claims) MarshalJSON() ([]byte, error) { return doc.MarshalJSON(c.object), nil }

// UnmarshalJSON reads an object as a document value.
func (c *claims) UnmarshalJSON(text []byte) error {
	v, err := doc.Decode(text)
	if err != nil {
		return err
	}
	o, ok := v.(doc.Object)
	if !ok {
		return errors.New("claims must be an object")
	}
	c.object = o
	return nil
}

func (c claims) GetExpirationTime() (*jwt.NumericDate, error) { return c.date("exp") }
func (c claims) GetIssuedAt() (*jwt.NumericDate, error)       { return c.date("iat") }
func (c claims) GetNotBefore() (*jwt.NumericDate, error)      { return c.date("nbf") }
func (c claims) GetIssuer() (string, error)                   { return doc.String(c.object, "iss"), nil }
func (c claims) GetSubject() (string, error)                  { return doc.String(c.object, "sub"), nil }
func (c claims) GetAudience() (jwt.ClaimStrings, error)       { return nil, nil }

// maxDate is the year 9999, in seconds: beyond it, durations overflow.
const maxDate = 253402300799

func (c claims) date(key string) (*jwt.NumericDate, error) {
	v, ok := doc.Get(c.object, key)
	if !ok {
		return nil, nil
	}
	var seconds float64
	switch n := v.(type) {
	case int64:
		seconds = float64(n)
	case float64:
		seconds = n
	default:
		return nil, jwt.ErrInvalidType
	}
	if math.Abs(seconds) > maxDate {
		return nil, jwt.ErrInvalidType
	}
	whole, part := math.Modf(seconds)
	return &jwt.NumericDate{Time: time.Unix(int64(whole), int64(part*1e9))}, nil
}
