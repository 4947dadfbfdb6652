package runlog

import (
	"fmt"
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
	c := copier{Masker: m, BSON: doc.BSON{Out: (*buf)[:0]}, left: maxValue}
	c.object(o, true)
	raw := append(bson.Raw(nil), c.Out...)
	if cap(c.Out) <= 2*maxValue {
		*buf = c.Out
	}
	return raw
}

var buffers = sync.Pool{New: func() any { return new([]byte) }}

// copier appends one value; left is how many bytes it may still show.
type copier struct {
	*Masker
	doc.BSON
	left int
}

// object masks by name, unless the names are those of fields that messages are
// about.
func (c *copier) object(o doc.Object, named bool) {
	start := c.Begin()
	for i := range o {
		f := &o[i]
		if c.left <= 0 {
			c.String(cutMark, fmt.Sprintf("%d more", len(o)-i))
			break
		}
		key := c.key(f.Key)
		c.left -= len(key) + 4
		messages, isObject := f.Value.(doc.Object)
		switch {
		case isObject && f.Key == "errors": // of a validation: {field: [messages]}
			c.Header(bson.TypeEmbeddedDocument, key)
			c.object(messages, false)
		case named && isSecret(o, f):
			c.String(key, logging.Masked)
		default:
			c.value(key, f.Value)
		}
	}
	c.End(start)
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
	start := c.Begin()
	for i := range a {
		if c.left <= 0 {
			c.String(strconv.Itoa(i), fmt.Sprintf("%s %d more", cutMark, len(a)-i))
			break
		}
		c.left--
		c.value(strconv.Itoa(i), a[i])
	}
	c.End(start)
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
		c.String(key, v)
	case doc.Object:
		c.Header(bson.TypeEmbeddedDocument, key)
		c.object(v, true)
	case doc.Array:
		c.Header(bson.TypeArray, key)
		c.array(v)
	case nil:
		c.Null(key)
	case bool:
		c.Bool(key, v)
	case int64:
		c.Int64(key, v)
	case int32:
		c.Int64(key, int64(v))
	case int:
		c.Int64(key, int64(v))
	case float64:
		c.Float(key, v)
	case primitive.DateTime:
		c.Time(key, v.Time())
	case primitive.ObjectID:
		c.ID(key, v)
	default: // rare: as clients see it
		text := string(doc.MarshalJSON(v))
		if s, err := strconv.Unquote(text); err == nil {
			text = s
		}
		text = c.values.Text(text, maxText)
		c.left -= len(text)
		c.String(key, text)
	}
}
