package embedded

import (
	"bytes"

	"go.etcd.io/bbolt"

	"github.com/orchestrix/orchestrix/platform/mongo"
)

// table is a collection within a transaction.
type table struct {
	name        string
	bucket      *bbolt.Bucket
	docs        *bbolt.Bucket
	definitions *definitions
	opened      []index
	isOpen      bool
	cursor      *bbolt.Cursor // for looking up single keys
	free        gap
}

func (c *collection) table(b *bbolt.Bucket) *table {
	return &table{name: c.name, bucket: b, docs: b.Bucket(docsBucket), definitions: c.store.indexes}
}

// indexes are those of the collection, read when they are needed.
func (t *table) indexes() ([]index, error) {
	if t.isOpen {
		return t.opened, nil
	}
	var err error
	if t.opened, err = t.definitions.of(t.bucket); err != nil {
		return nil, err
	}
	t.isOpen = true
	return t.opened, nil
}

// insert stores a new document, given as its key and its bytes.
func (t *table) insert(key, raw []byte) error {
	if t.holds(key) {
		return &mongo.DuplicateError{Collection: t.name, Index: "_id_"}
	}
	ch := change{id: key, after: raw}
	if err := ch.make(t); err != nil {
		return err
	}
	t.free.fill(key)
	return nil
}

// holds reports whether there is a document with a key.
func (t *table) holds(key []byte) bool {
	if t.free.holds(key) {
		return false
	}
	if t.cursor == nil {
		t.cursor = t.docs.Cursor()
	}
	k, _ := t.cursor.Seek(key)
	if bytes.Equal(k, key) {
		return true
	}
	t.free.between(key, k)
	return false
}

// change is a stored document before and after a write; either may be missing.
type change struct {
	id            []byte
	before, after []byte
}

// make checks every unique index, then writes the document and its entries: it
// either refuses before it has changed anything, or does it all.
func (ch *change) make(t *table) error {
	indexes, err := t.indexes()
	if err != nil {
		return err
	}
	for n := range indexes {
		i := &indexes[n]
		if i.writing == nil {
			i.writing = &writing{}
		}
		i.old.keys, i.fresh.keys = nil, nil
		if ch.before != nil {
			if err := i.old.of(i, ch.before); err != nil {
				return err
			}
		}
		if ch.after != nil {
			if err := i.fresh.of(i, ch.after); err != nil {
				return err
			}
		}
		if i.Unique && i.taken(i.fresh.keys, ch.id) {
			return &mongo.DuplicateError{Collection: t.name, Index: i.Name()}
		}
	}
	for n := range indexes {
		i := &indexes[n]
		if err := i.remove(&i.old, ch.id); err != nil {
			return err
		}
		if err := i.put(&i.fresh, ch.id); err != nil {
			return err
		}
	}
	if ch.after == nil {
		return t.docs.Delete(ch.id)
	}
	return t.docs.Put(ch.id, ch.after)
}

// gap is a stretch of a bucket that is known to hold no key: most inserts come
// in the order of their keys, and then need no look of their own.
type gap struct {
	known     bool
	low, high []byte // both are outside; a nil high is the end of the bucket
	filled    int    // the keys that came to lie in one
}

// holds reports whether key, and whatever begins with it, lies in the gap.
func (g *gap) holds(key []byte) bool {
	return g.known && bytes.Compare(g.low, key) < 0 &&
		(g.high == nil || (bytes.Compare(key, g.high) < 0 && !bytes.HasPrefix(g.high, key)))
}

// between notes that nothing lies from low to high, the next key there is.
func (g *gap) between(low, high []byte) {
	g.known, g.low, g.high = true, append(g.low[:0], low...), high
}

// fill notes that a key has been put, and keeps what is left of the gap above.
func (g *gap) fill(key []byte) {
	if g.holds(key) {
		g.low = append(g.low[:0], key...)
		g.filled++
	}
}
