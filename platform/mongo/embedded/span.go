package embedded

import (
	"bytes"
	"math"

	"github.com/256dpi/lungo/bsonkit"
	"go.mongodb.org/mongo-driver/bson/primitive"
)

// span is a stretch of a bucket: the keys from low up to, but not including,
// high. A nil high is the end of the bucket.
type span struct{ low, high []byte }

// below is the span of the keys that begin with a prefix.
func below(prefix []byte) span { return span{prefix, successor(prefix)} }

// successor is the first key behind all that begin with a prefix.
func successor(prefix []byte) []byte {
	for n := len(prefix) - 1; n >= 0; n-- {
		if prefix[n] != 0xFF {
			next := bytes.Clone(prefix[:n+1])
			next[n]++
			return next
		}
	}
	return nil
}

// narrow is the span, behind a prefix, of the values that a condition's bounds
// allow. single says that no document has several values there: of a list, one
// element may satisfy one bound and another the other. exact says that every
// value in the span satisfies the condition.
func (c *condition) narrow(prefix []byte, single bool) (s span, exact, ok bool) {
	low, high := c.low.reach(prefix), c.high.reach(prefix)
	switch {
	case low != nil && high != nil && single:
		exact = c.low.isExact() && c.high.isExact() && low.class == high.class
		return span{low.from, high.to}, exact, true
	case low != nil:
		return span{low.from, low.end}, c.high == nil && c.low.isExact(), true
	case high != nil:
		return span{high.start, high.to}, c.low == nil && c.high.isExact(), true
	}
	return span{}, false, false
}

// reach is where a bound begins and ends what it allows, and where the values
// of its type do: MongoDB compares only within a type.
type reach struct {
	class                byte
	from, to, start, end []byte
}

// reach is nil for operands whose keys do not tell the order: null, which also
// means missing; what the matcher compares less exactly than the keys do; and
// what is so long that its key is shortened.
func (b *bound) reach(prefix []byte) *reach {
	if b == nil || !isBound(b.value) {
		return nil
	}
	at := appendValue(bytes.Clone(prefix), b.value)
	if len(at)-len(prefix) >= wholePart {
		return nil
	}
	class := at[:len(prefix)+1]
	r := &reach{class: at[len(prefix)], start: bytes.Clone(class), end: successor(class)}
	inclusive := b.inclusive
	if r.class == classByte(bsonkit.Number) {
		// Decimals next to the operand are only known to have the same nearest
		// float, so all that have it are let in.
		at, inclusive = at[:len(prefix)+floatPart], true
	}
	r.from, r.to = at, successor(at)
	if !inclusive {
		r.from, r.to = successor(at), at
	}
	return r
}

func isBound(v any) bool {
	switch v := v.(type) {
	case string, bool, int32, int64, primitive.ObjectID, primitive.DateTime, primitive.Timestamp:
		return true
	case float64:
		return !math.IsNaN(v) && !math.IsInf(v, 0)
	}
	return false
}

func (b *bound) isExact() bool {
	switch b.value.(type) {
	case string, bool, primitive.ObjectID, primitive.DateTime:
		return true
	}
	return false
}
