package embedded

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"sync"

	"go.etcd.io/bbolt"

	"github.com/orchestrix/orchestrix/platform/mongo"
)

// definition is what is stored of an index. A learned one was made by the store
// itself and is nobody's declaration.
type definition struct {
	mongo.Index
	Learned bool `json:",omitempty"`
	// Ordered says that every document has at most one entry, which compares
	// exactly as its values do: no lists, nothing shortened. Only such an index
	// can stand for a sort. The first document that breaks it clears it.
	Ordered bool `json:",omitempty"`

	name   string
	bucket []byte // the name of the bucket with the entries
	dotted bool   // some field is inside another
}

func newDefinition(i mongo.Index, learned bool) *definition {
	d := &definition{Index: i, Learned: learned}
	d.prepare()
	return d
}

func (d *definition) prepare() {
	d.name = d.Index.Name()
	d.bucket = []byte(indexPrefix + d.name)
	d.dotted = slices.ContainsFunc(d.Fields, isDotted)
}

// Name is the index's name, which is made only once.
func (d *definition) Name() string { return d.name }

// sameAs reports whether two definitions ask for the same index.
func (d *definition) sameAs(other *definition) bool {
	return slices.Equal(d.Fields, other.Fields) && d.Unique == other.Unique && d.Sparse == other.Sparse &&
		d.Expire == other.Expire && d.Learned == other.Learned
}

func isDotted(field string) bool { return strings.Contains(field, ".") }

// maxDecoded bounds the definitions that are kept: more are forgotten.
const maxDecoded = 1000

// definitions keeps decoded definitions by their stored bytes, so that whatever
// a transaction sees, it sees decoded: there is nothing to invalidate. They are
// shared and must not be changed.
type definitions struct {
	mu      sync.RWMutex
	decoded map[string]*definition
}

func newDefinitions() *definitions { return &definitions{decoded: map[string]*definition{}} }

// of are the indexes of a collection within a transaction.
func (all *definitions) of(b *bbolt.Bucket) ([]index, error) {
	found := make([]index, 0, 4) // most have no more
	cursor := b.Bucket(indexesBucket).Cursor()
	for name, stored := cursor.First(); name != nil; name, stored = cursor.Next() {
		d, err := all.decode(stored)
		if err != nil {
			return nil, fmt.Errorf("definition of index %s: %w", name, err)
		}
		found = append(found, index{definition: d, collection: b})
	}
	return found, nil
}

func (all *definitions) decode(stored []byte) (*definition, error) {
	all.mu.RLock()
	d, ok := all.decoded[string(stored)]
	all.mu.RUnlock()
	if ok {
		return d, nil
	}
	d = &definition{}
	if err := json.Unmarshal(stored, d); err != nil {
		return nil, err
	}
	d.prepare()
	all.mu.Lock()
	defer all.mu.Unlock()
	if len(all.decoded) >= maxDecoded {
		clear(all.decoded)
	}
	all.decoded[string(stored)] = d
	return d, nil
}
