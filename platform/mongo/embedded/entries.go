package embedded

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"math"

	"github.com/256dpi/lungo/bsonkit"
	"go.mongodb.org/mongo-driver/bson"
	"go.mongodb.org/mongo-driver/bson/primitive"

	"github.com/orchestrix/orchestrix/platform/mongo"
)

// maxEntries bounds the combinations of several lists in one index.
const maxEntries = 1000

// entrySet are the entries of one document in one index, without the _id. Its
// memory is used again for the next document.
type entrySet struct {
	keys [][]byte
	// ordered is false when a key does not compare as its values do, or comes
	// from a list (definition.Ordered).
	ordered bool

	one    [1][]byte
	buffer []byte
}

// of finds the entries of a stored document.
func (s *entrySet) of(i *index, raw []byte) error {
	if !i.dotted && s.short(i, raw) {
		return nil
	}
	d, err := decode(raw)
	if err != nil {
		return err
	}
	return s.long(i, d)
}

// short takes the documents that have plain values, and reports whether this
// was one.
func (s *entrySet) short(i *index, raw []byte) bool {
	key, some := s.buffer[:0], false
	s.ordered = true
	for _, field := range i.Fields {
		kind, value, found, sure := lookup(raw, field)
		if !sure {
			return false
		}
		if !found {
			kind = bson.TypeNull
		}
		some = some || found
		start := len(key)
		var ok bool
		if key, ok = appendRawKey(key, kind, value); !ok {
			return false
		}
		s.ordered = s.ordered && len(key)-start < maxKeyPart
	}
	s.buffer, s.keys = key, nil
	if some || !i.Sparse {
		s.one[0] = key
		s.keys = s.one[:]
	}
	return true
}

// long takes any document.
func (s *entrySet) long(i *index, d bson.D) error {
	keys, some := [][]byte{nil}, false
	s.keys, s.ordered = nil, true
	for _, field := range i.Fields {
		values, present := valuesAt(d, field)
		some = some || present
		if len(keys) > 1 && len(values) > 1 && len(keys)*len(values) > maxEntries {
			return fmt.Errorf("%w: too many values for the index %s", mongo.ErrInvalid, i.Name())
		}
		s.ordered = s.ordered && len(values) == 1 && isOrdered(values[0]) && !isList(d, field)
		longer := make([][]byte, 0, len(keys)*len(values))
		for _, key := range keys {
			for _, v := range values {
				longer = append(longer, appendKey(bytes.Clone(key), v))
			}
		}
		keys = longer
	}
	if some || !i.Sparse {
		s.keys = keys
	}
	return nil
}

// full is an entry's key in the bucket: the _id behind the values. It is valid
// until the next one is made.
func (s *entrySet) full(key, id []byte) []byte {
	if len(s.keys) == 1 { // there is room behind the key itself
		s.buffer = append(key, id...)
		s.keys[0] = s.buffer[:len(key)]
		return s.buffer
	}
	s.buffer = append(append(s.buffer[:0], key...), id...)
	return s.buffer
}

func isList(d bson.D, field string) bool {
	for i := range d {
		if d[i].Key == field {
			_, list := d[i].Value.(bson.A)
			return list
		}
	}
	return false
}

// isOrdered reports whether a value's key compares as the value does.
func isOrdered(v any) bool {
	switch v.(type) {
	case bson.A, bson.D:
		return false // their order rests on that of what is inside
	case primitive.Decimal128:
		return !isInexact(appendKey(nil, v))
	}
	return len(appendKey(nil, v)) < maxKeyPart
}

// isInexact reports whether a key begins with a decimal that only keeps its
// equality (appendDecimal).
func isInexact(key []byte) bool {
	return len(key) > numberPart && key[0] == classByte(bsonkit.Number) &&
		binary.BigEndian.Uint16(key[floatPart:]) == uint16(inexact-math.MinInt16)
}

const (
	floatPart  = 1 + 8         // the class and the nearest float of a number
	numberPart = floatPart + 2 // and how far the number is from it
)
