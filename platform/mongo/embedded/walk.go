package embedded

import (
	"bytes"
	"errors"

	"github.com/256dpi/lungo/bsonkit"
	"go.etcd.io/bbolt"
)

var (
	// errEnough ends a walk that has found what it needs.
	errEnough = errors.New("enough")
	// errDisorder ends a walk among _ids whose keys do not tell their order.
	errDisorder = errors.New("the keys do not tell the order")
)

// walk calls visit with what a plan finds, in its order, each document once. raw
// is nil when the document has not been read.
func (t *table) walk(p *plan, visit func(id, raw []byte) error) error {
	if p.ids != nil {
		for _, id := range p.ids {
			if raw := t.docs.Get(id); raw != nil {
				if err := visit(id, raw); err != nil {
					return err
				}
			}
		}
		return nil
	}
	bucket := t.docs
	if !p.docs {
		bucket = p.index.entries()
	}
	var seen map[string]bool
	if !p.single {
		seen = map[string]bool{}
	}
	check := orderCheck{bucket: bucket}
	for _, s := range p.spans {
		cursor := s.cursor(bucket, p.reverse)
		for k, v := cursor.start(); k != nil; k, v = cursor.next() {
			id, raw := k, v
			if !p.docs {
				id, raw = v, nil
			}
			if p.byID && !check.trusts(k[:len(k)-len(id)], id) {
				return errDisorder
			}
			if seen != nil {
				if seen[string(id)] {
					continue
				}
				seen[string(id)] = true
			}
			if err := visit(id, raw); err != nil {
				return err
			}
		}
	}
	return nil
}

// spanCursor goes through a span, forwards or backwards.
type spanCursor struct {
	span
	*bbolt.Cursor
	reverse bool
}

func (s span) cursor(b *bbolt.Bucket, reverse bool) spanCursor {
	return spanCursor{s, b.Cursor(), reverse}
}

func (c *spanCursor) start() (k, v []byte) {
	switch {
	case !c.reverse:
		return c.within(c.Seek(c.low))
	case c.high == nil:
		return c.within(c.Last())
	}
	if k, _ := c.Seek(c.high); k == nil {
		return c.within(c.Last())
	}
	return c.within(c.Prev())
}

func (c *spanCursor) next() (k, v []byte) {
	if c.reverse {
		return c.within(c.Prev())
	}
	return c.within(c.Next())
}

func (c *spanCursor) within(k, v []byte) ([]byte, []byte) {
	if k == nil || bytes.Compare(k, c.low) < 0 || (c.high != nil && bytes.Compare(k, c.high) >= 0) {
		return nil, nil
	}
	return k, v
}

// orderCheck tells whether encoded _ids compare as the _ids do. Those of the
// platform always do.
type orderCheck struct {
	bucket *bbolt.Bucket
	nearby []byte // the last number, up to its nearest float
}

func (o *orderCheck) trusts(prefix, id []byte) bool {
	switch id[0] {
	case classByte(bsonkit.Document):
		return false // its order rests on that of what is inside
	case classByte(bsonkit.Number):
		if len(id) < floatPart {
			return false
		}
		// A decimal that no float and no integer holds sorts behind the numbers
		// that share its nearest float, wherever it belongs among them.
		group := append(append([]byte(nil), prefix...), id[:floatPart]...)
		if bytes.Equal(group, o.nearby) {
			return true
		}
		o.nearby = group
		inexact := append(group, 0xFF, 0xFF)
		k, _ := o.bucket.Cursor().Seek(inexact)
		return !bytes.HasPrefix(k, inexact)
	}
	return len(id) < wholePart
}
