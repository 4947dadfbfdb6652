package session

import (
	"errors"
	"fmt"
	"strings"
	"time"
	"unicode/utf8"

	"go.mongodb.org/mongo-driver/bson/primitive"

	"github.com/orchestrix/orchestrix/platform/doc"
)

const (
	maxData  = 16 << 10 // all of a session's data, as doc.Fits counts
	maxKey   = 64
	maxDepth = 64 // MongoDB takes documents of 100 levels
)

// ErrData is the kind of error of a key or value that a session cannot hold.
var ErrData = errors.New("invalid session data")

var errTooLarge = fmt.Errorf("%w: a session holds at most %d KB", ErrData, maxData>>10)

// clean checks a key and its value and returns a copy of the value.
func clean(key string, v any) (any, error) {
	if !isKey(key) {
		return nil, fmt.Errorf("%w: a key has 1 to %d letters, digits, _ or -", ErrData, maxKey)
	}
	if !doc.Fits(v, maxData) { // before it is walked through
		return nil, errTooLarge
	}
	v, err := plain(v, maxDepth)
	if err != nil {
		return nil, fmt.Errorf("%w: %s: %w", ErrData, key, err)
	}
	return v, nil
}

// isKey keeps out what means something in the path of an update: dots and $.
func isKey(key string) bool {
	if key == "" || len(key) > maxKey {
		return false
	}
	for _, c := range []byte(key) {
		switch {
		case 'a' <= c && c <= 'z', 'A' <= c && c <= 'Z', '0' <= c && c <= '9', c == '_', c == '-':
		default:
			return false
		}
	}
	return true
}

// plain copies a value of the kinds that a session holds: those of JSON and the
// small ones of BSON. The large ones of BSON doc.Fits does not measure.
func plain(v any, depth int) (any, error) {
	if depth == 0 {
		return nil, fmt.Errorf("nested deeper than %d levels", maxDepth)
	}
	switch v := v.(type) {
	case string:
		return v, checkText(v)
	case nil, bool, int32, int64, float64, primitive.ObjectID, primitive.DateTime, primitive.Decimal128:
		return v, nil
	case int:
		return int64(v), nil
	case time.Time:
		return date(v), nil
	case doc.Object:
		copied := make(doc.Object, len(v))
		for i, f := range v {
			if strings.ContainsRune(f.Key, 0) {
				return nil, errors.New("a key inside has a NUL")
			}
			if err := checkText(f.Key); err != nil {
				return nil, err
			}
			inner, err := plain(f.Value, depth-1)
			if err != nil {
				return nil, err
			}
			copied[i] = doc.Field{Key: f.Key, Value: inner}
		}
		return copied, nil
	case doc.Array:
		copied := make(doc.Array, len(v))
		for i := range v {
			inner, err := plain(v[i], depth-1)
			if err != nil {
				return nil, err
			}
			copied[i] = inner
		}
		return copied, nil
	}
	return nil, fmt.Errorf("a session holds no %T", v)
}

func checkText(s string) error {
	if !utf8.ValidString(s) {
		return errors.New("not UTF-8")
	}
	return nil
}
