package embedded

import (
	"bytes"
	"encoding/json"
	"slices"
	"sort"

	"go.etcd.io/bbolt"
	"go.mongodb.org/mongo-driver/bson"

	"github.com/orchestrix/orchestrix/platform/doc"
	"github.com/orchestrix/orchestrix/platform/mongo"
)

// The buckets of a collection.
var (
	docsBucket    = []byte("docs")
	indexesBucket = []byte("indexes") // name to definition
	indexPrefix   = "index:"          // and one bucket for each index
)

// maxReported bounds the values that an IndexError names.
const maxReported = 10

// index is an index of a collection within a transaction. An entry's key is the
// encoded values followed by the encoded _id, its value the encoded _id.
type index struct {
	*definition
	collection *bbolt.Bucket
	opened     *bbolt.Bucket
	*writing
}

// writing is what an index needs when something is written to it; nil before.
type writing struct {
	old, fresh entrySet      // of the document being written
	cursor     *bbolt.Cursor // for looking up single keys
	free       gap
}

// entries is the bucket, opened when it is needed.
func (i *index) entries() *bbolt.Bucket {
	if i.opened == nil {
		i.opened = i.collection.Bucket(i.bucket)
	}
	return i.opened
}

// taken reports whether another document than id has one of the keys.
func (i *index) taken(keys [][]byte, id []byte) bool {
	for _, key := range keys {
		if i.free.holds(key) {
			continue
		}
		if i.cursor == nil {
			i.cursor = i.entries().Cursor()
		}
		k, owner := i.cursor.Seek(key)
		if !bytes.HasPrefix(k, key) {
			i.free.between(key, k)
		}
		for ; k != nil && bytes.HasPrefix(k, key); k, owner = i.cursor.Next() {
			if !bytes.Equal(owner, id) {
				return true
			}
		}
	}
	return false
}

func (i *index) put(entries *entrySet, id []byte) error {
	if i.Ordered && !entries.ordered && len(entries.keys) > 0 {
		if err := i.disorder(); err != nil {
			return err
		}
	}
	for _, key := range entries.keys {
		full := entries.full(key, id)
		if err := i.entries().Put(full, id); err != nil {
			return err
		}
		i.free.fill(full)
	}
	return nil
}

// disorder notes that the index cannot stand for a sort any more.
func (i *index) disorder() error {
	changed := *i.definition
	changed.Ordered = false
	i.definition = &changed
	return i.store()
}

func (i *index) store() error {
	stored, err := json.Marshal(i.definition)
	if err != nil {
		return err
	}
	return i.collection.Bucket(indexesBucket).Put([]byte(i.Name()), stored)
}

func (i *index) remove(entries *entrySet, id []byte) error {
	for _, key := range entries.keys {
		if err := i.entries().Delete(entries.full(key, id)); err != nil {
			return err
		}
	}
	return nil
}

// ensureIndex makes an index from the stored documents. What stands in its way
// (documents that break a unique rule, or cannot be indexed) is found before
// anything is changed.
func ensureIndex(t *table, want *definition) error {
	all, err := t.indexes()
	if err != nil {
		return err
	}
	have := slices.ContainsFunc(all, func(i index) bool { return i.Name() == want.Name() })
	if slices.ContainsFunc(all, func(i index) bool { return i.sameAs(want) }) {
		return nil
	}
	draft, err := survey(t, want)
	if err != nil {
		return err
	}
	if want.Unique && len(draft.repeated) > 0 {
		return &mongo.IndexError{Collection: t.name, Index: want.Index, Values: draft.repeated}
	}
	if have {
		if err := t.bucket.DeleteBucket(want.bucket); err != nil {
			return err
		}
	}
	want.Ordered = draft.ordered
	i := index{definition: want, collection: t.bucket, writing: &writing{}}
	if _, err := t.bucket.CreateBucketIfNotExists(want.bucket); err != nil {
		return err
	}
	for _, e := range draft.entries {
		if err := i.put(&entrySet{keys: e.keys, ordered: true}, e.id); err != nil {
			return err
		}
	}
	return i.store()
}

// draft is an index that has not been written: its entries, and some of the
// values that occur more than once.
type draft struct {
	entries  []entry
	repeated []string
	ordered  bool
}

type entry struct {
	keys [][]byte
	id   []byte
}

func survey(t *table, want *definition) (*draft, error) {
	i, out := index{definition: want}, &draft{ordered: true}
	owners := map[string]int{} // how many documents have a key, of a unique index
	err := t.docs.ForEach(func(id, raw []byte) error {
		var set entrySet // its keys are kept
		if err := set.of(&i, raw); err != nil {
			return err
		}
		out.entries = append(out.entries, entry{keys: slices.Clone(set.keys), id: id})
		out.ordered = out.ordered && (set.ordered || len(set.keys) == 0)
		if !want.Unique {
			return nil
		}
		for _, key := range distinct(set.keys) {
			owners[key]++
			if owners[key] == 2 && len(out.repeated) < maxReported {
				d, err := decode(raw)
				if err != nil {
					return err
				}
				out.repeated = append(out.repeated, describeValues(d, want.Fields))
			}
		}
		return nil
	})
	return out, err
}

// distinct leaves out what a list in one document holds twice: that breaks no
// rule.
func distinct(keys [][]byte) []string {
	seen := make([]string, 0, len(keys))
	have := map[string]bool{}
	for _, key := range keys {
		if k := string(key); !have[k] {
			have[k] = true
			seen = append(seen, k)
		}
	}
	return seen
}

func describeValues(d bson.D, fields []string) string {
	shown := make(doc.Object, len(fields))
	for n, field := range fields {
		values, _ := valuesAt(d, field)
		shown[n] = doc.Field{Key: field, Value: values[0]}
	}
	return string(doc.MarshalJSON(shown))
}

func sortIndexes(all []mongo.Index) {
	sort.Slice(all, func(a, b int) bool { return all[a].Name() < all[b].Name() })
}
