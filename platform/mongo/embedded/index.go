package embedded

import (
	"bytes"
	"encoding/json"
	"fmt"
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

// maxEntries bounds the combinations of several lists in one index.
const maxEntries = 1000

// maxReported bounds the values that an IndexError names.
const maxReported = 10

// index is an index of a collection within a transaction. An entry's key is the
// encoded values followed by the encoded _id, its value the encoded _id.
type index struct {
	definition
	entries *bbolt.Bucket
}

// definition is what is stored of an index. A learned one was made by the store
// itself and is nobody's declaration.
type definition struct {
	mongo.Index
	Learned bool `json:",omitempty"`
}

// indexesOf reads the indexes of a collection.
func indexesOf(b *bbolt.Bucket) ([]index, error) {
	definitions := b.Bucket(indexesBucket)
	var all []index
	err := definitions.ForEach(func(name, stored []byte) error {
		i := index{entries: b.Bucket([]byte(indexPrefix + string(name)))}
		if err := json.Unmarshal(stored, &i.definition); err != nil {
			return fmt.Errorf("definition of index %s: %w", name, err)
		}
		all = append(all, i)
		return nil
	})
	return all, err
}

// keys are the entries that a document has, without the _id.
func (i *index) keys(d bson.D) ([][]byte, error) {
	keys, some := [][]byte{nil}, false
	for _, field := range i.Fields {
		values, present := valuesAt(d, field)
		some = some || present
		if len(keys) > 1 && len(values) > 1 && len(keys)*len(values) > maxEntries {
			return nil, fmt.Errorf("%w: too many values for the index %s", mongo.ErrInvalid, i.Name())
		}
		longer := make([][]byte, 0, len(keys)*len(values))
		for _, key := range keys {
			for _, v := range values {
				longer = append(longer, appendKey(bytes.Clone(key), v))
			}
		}
		keys = longer
	}
	if i.Sparse && !some {
		return nil, nil
	}
	return keys, nil
}

// taken reports whether another document than id has one of the keys.
func (i *index) taken(keys [][]byte, id []byte) bool {
	cursor := i.entries.Cursor()
	for _, key := range keys {
		for k, owner := cursor.Seek(key); k != nil && bytes.HasPrefix(k, key); k, owner = cursor.Next() {
			if !bytes.Equal(owner, id) {
				return true
			}
		}
	}
	return false
}

func (i *index) put(keys [][]byte, id []byte) error {
	for _, key := range keys {
		if err := i.entries.Put(append(key, id...), id); err != nil {
			return err
		}
	}
	return nil
}

func (i *index) remove(keys [][]byte, id []byte) error {
	for _, key := range keys {
		if err := i.entries.Delete(append(key, id...)); err != nil {
			return err
		}
	}
	return nil
}

// ensureIndex makes an index from the stored documents. What stands in its way
// (documents that break a unique rule, or cannot be indexed) is found before
// anything is changed.
func ensureIndex(b *bbolt.Bucket, collection string, want definition) error {
	stored, err := json.Marshal(want)
	if err != nil {
		return err
	}
	name, bucket := []byte(want.Name()), []byte(indexPrefix+want.Name())
	have := b.Bucket(indexesBucket).Get(name)
	if bytes.Equal(have, stored) {
		return nil
	}
	draft, err := survey(b, want)
	if err != nil {
		return err
	}
	if want.Unique && len(draft.repeated) > 0 {
		return &mongo.IndexError{Collection: collection, Index: want.Index, Values: draft.repeated}
	}
	if have != nil {
		if err := b.DeleteBucket(bucket); err != nil {
			return err
		}
	}
	i := index{definition: want}
	if i.entries, err = b.CreateBucketIfNotExists(bucket); err != nil {
		return err
	}
	for _, e := range draft.entries {
		if err := i.put(e.keys, e.id); err != nil {
			return err
		}
	}
	return b.Bucket(indexesBucket).Put(name, stored)
}

// draft is an index that has not been written: its entries, and some of the
// values that occur more than once.
type draft struct {
	entries  []entry
	repeated []string
}

type entry struct {
	keys [][]byte
	id   []byte
}

func survey(b *bbolt.Bucket, want definition) (*draft, error) {
	i, out := index{definition: want}, &draft{}
	owners := map[string]int{} // how many documents have a key, of a unique index
	err := b.Bucket(docsBucket).ForEach(func(id, raw []byte) error {
		d, err := decode(raw)
		if err != nil {
			return err
		}
		e := entry{id: bytes.Clone(id)}
		if e.keys, err = i.keys(d); err != nil {
			return err
		}
		out.entries = append(out.entries, e)
		if !want.Unique {
			return nil
		}
		for _, key := range distinct(e.keys) {
			owners[key]++
			if owners[key] == 2 && len(out.repeated) < maxReported {
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
