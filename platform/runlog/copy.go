package runlog

import (
	"fmt"
	"math"
	"strconv"
	"sync"

	"go.mongodb.org/mongo-driver/bson"
	"go.mongodb.org/mongo-driver/bson/primitive"

	"github.com/orchestrix/orchestrix/platform/doc"
	"github.com/orchestrix/orchestrix/platform/logging"
)

// Bounds of what an entry shows. A workflow may pass megabytes from step to
// step; a log is read by people.
const (
	maxValue = 32 << 10 // bytes of one input, output or data, roughly
	maxText  = 8 << 10  // bytes of one text in it
	cutMark  = "…"
)

// copy makes the masked and bounded copy of an object. It is BSON, the form in
// which it is stored: one piece of memory that is made in one pass, for each
// entry of every run. What does not fit is left out, with a mark where it was.
func (m *Masker) copy(o doc.Object) bson.Raw {
	buf := buffers.Get().(*[]byte)
	defer buffers.Put(buf)
	c := copier{Masker: m, writer: writer{out: (*buf)[:0]}, left: maxValue}
	c.object(o, true)
	raw := append(bson.Raw(nil), c.out...)
	if cap(c.out) <= 2*maxValue {
		*buf = c.out
	}
	return raw
}

var buffers = sync.Pool{New: func() any { return new([]byte) }}

// copier appends one value; left is how many bytes it may still show.
type copier struct {
	*Masker
	writer
	left int
}

// object masks by name, unless the names are those of fields that messages are
// about.
func (c *copier) object(o doc.Object, named bool) {
	start := c.begin()
	for i := range o {
		f := &o[i]
		if c.left <= 0 {
			c.text(cutMark, fmt.Sprintf("%d more", len(o)-i))
			break
		}
		key := c.key(f.Key)
		c.left -= len(key) + 4
		messages, isObject := f.Value.(doc.Object)
		switch {
		case isObject && f.Key == "errors": // of a validation: {field: [messages]}
			c.header(bson.TypeEmbeddedDocument, key)
			c.object(messages, false)
		case named && isSecret(o, f):
			c.text(key, logging.Masked)
		default:
			c.value(key, f.Value)
		}
	}
	c.end(start)
}

// key is a name as it may be shown; BSON's names end with a NUL.
func (c *copier) key(s string) string {
	s = c.shapes.Text(s, maxText)
	for i := range len(s) {
		if s[i] == 0 {
			return s[:i]
		}
	}
	return s
}

func (c *copier) array(a doc.Array) {
	start := c.begin()
	for i := range a {
		if c.left <= 0 {
			c.text(strconv.Itoa(i), fmt.Sprintf("%s %d more", cutMark, len(a)-i))
			break
		}
		c.left--
		c.value(strconv.Itoa(i), a[i])
	}
	c.end(start)
}

func (c *copier) value(key string, v any) {
	c.left -= 4
	switch v := v.(type) {
	case string:
		if c.left <= 0 {
			v = cutMark
		} else {
			v = c.values.Text(v, min(maxText, c.left))
		}
		c.left -= len(v)
		c.text(key, v)
	case doc.Object:
		c.header(bson.TypeEmbeddedDocument, key)
		c.object(v, true)
	case doc.Array:
		c.header(bson.TypeArray, key)
		c.array(v)
	case nil:
		c.header(bson.TypeNull, key)
	case bool:
		c.bool(key, v)
	case int64:
		c.int64(key, v)
	case int32:
		c.int64(key, int64(v))
	case int:
		c.int64(key, int64(v))
	case float64:
		c.bits(bson.TypeDouble, key, math.Float64bits(v))
	case primitive.DateTime:
		c.bits(bson.TypeDateTime, key, uint64(v))
	case primitive.ObjectID:
		c.id(key, v)
	default: // rare: as clients see it
		text := string(doc.MarshalJSON(v))
		if s, err := strconv.Unquote(text); err == nil {
			text = s
		}
		text = c.values.Text(text, maxText)
		c.left -= len(text)
		c.text(key, text)
	}
}
