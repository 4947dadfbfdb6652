package embedded

import (
	"bytes"
	"strings"

	"go.etcd.io/bbolt"
	"go.mongodb.org/mongo-driver/bson"
	"go.mongodb.org/mongo-driver/bson/primitive"
)

// maxLookups bounds the keys that one plan looks up; a longer $in is scanned.
const maxLookups = 1000

// equalities finds the fields that a filter compares with fixed values: the
// only conditions that an index helps with. Values that MongoDB compares in
// other ways than as a whole (lists, documents, patterns) are left out.
func equalities(query bson.D) map[string][]any {
	found := map[string][]any{}
	for _, f := range query {
		switch {
		case f.Key == "$and":
			branches, _ := f.Value.(bson.A)
			for _, b := range branches {
				branch, _ := b.(bson.D)
				for field, values := range equalities(branch) {
					found[field] = values
				}
			}
		case !strings.HasPrefix(f.Key, "$"):
			if values := operands(f.Value); values != nil {
				found[f.Key] = values
			}
		}
	}
	return found
}

func operands(v any) []any {
	if d, ok := v.(bson.D); ok {
		if len(d) == 0 || !strings.HasPrefix(d[0].Key, "$") {
			return nil // a document to compare with, whatever its other keys
		}
		for _, op := range d {
			switch op.Key {
			case "$eq":
				return scalars(op.Value)
			case "$in":
				list, _ := op.Value.(bson.A)
				return scalars(list...)
			}
		}
		return nil
	}
	return scalars(v)
}

func scalars(values ...any) []any {
	if len(values) > maxLookups {
		return nil
	}
	for _, v := range values {
		switch v.(type) {
		case bson.A, bson.D, primitive.Regex:
			return nil
		}
	}
	if values == nil {
		return []any{}
	}
	return values
}

// candidates calls visit with the documents that may match, through the best
// index there is, else with all of them. When an index could have helped, it
// returns the fields to choose from.
func candidates(b *bbolt.Bucket, query bson.D, visit func(id, raw []byte) error) (missed map[string][]any, err error) {
	docs := b.Bucket(docsBucket)
	fixed := equalities(query)
	if ids, ok := fixed["_id"]; ok {
		return nil, visitIDs(docs, ids, visit)
	}
	if len(fixed) > 0 {
		best, keys, err := bestIndex(b, fixed)
		if err != nil {
			return nil, err
		}
		if best != nil {
			return nil, visitIndex(docs, best, keys, visit)
		}
	}
	cursor := docs.Cursor()
	for id, raw := cursor.First(); id != nil; id, raw = cursor.Next() {
		if err := visit(id, raw); err != nil {
			return fixed, err
		}
	}
	return fixed, nil
}

func visitIDs(docs *bbolt.Bucket, ids []any, visit func(id, raw []byte) error) error {
	seen := map[string]bool{}
	for _, v := range ids {
		id := appendKey(nil, v)
		if seen[string(id)] {
			continue
		}
		seen[string(id)] = true
		if raw := docs.Get(id); raw != nil {
			if err := visit(id, raw); err != nil {
				return err
			}
		}
	}
	return nil
}

func visitIndex(docs *bbolt.Bucket, i *index, keys [][]byte, visit func(id, raw []byte) error) error {
	// A list makes several entries of a document: they are found through several
	// keys, or together when the keys fix only some of the fields.
	var seen map[string]bool
	if len(keys) > 1 || len(i.Fields) > 1 {
		seen = map[string]bool{}
	}
	cursor := i.entries.Cursor()
	for _, key := range keys {
		for k, id := cursor.Seek(key); k != nil && bytes.HasPrefix(k, key); k, id = cursor.Next() {
			if seen != nil {
				if seen[string(id)] {
					continue
				}
				seen[string(id)] = true
			}
			if raw := docs.Get(id); raw != nil {
				if err := visit(id, raw); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

// bestIndex chooses the index whose leading fields have the most fixed values,
// and returns the keys to look up in it.
func bestIndex(b *bbolt.Bucket, fixed map[string][]any) (*index, [][]byte, error) {
	all, err := indexesOf(b)
	if err != nil {
		return nil, nil, err
	}
	var best *index
	var bestKeys [][]byte
	depth := 0
	for n := range all {
		keys, covered := lookupKeys(&all[n], fixed)
		if covered > depth || (covered == depth && depth > 0 && all[n].Unique && !best.Unique) {
			best, bestKeys, depth = &all[n], keys, covered
		}
	}
	return best, bestKeys, nil
}

func lookupKeys(i *index, fixed map[string][]any) (keys [][]byte, covered int) {
	keys = [][]byte{nil}
	for _, field := range i.Fields {
		values, ok := fixed[field]
		if !ok || len(keys)*len(values) > maxLookups {
			break
		}
		longer := make([][]byte, 0, len(keys)*len(values))
		for _, key := range keys {
			for _, v := range values {
				if v == nil && i.Sparse {
					return nil, 0 // what lacks the field is not in the index
				}
				longer = append(longer, appendKey(bytes.Clone(key), v))
			}
		}
		keys = longer
		covered++
	}
	return keys, covered
}
