package runlog

import (
	"encoding/binary"

	"go.mongodb.org/mongo-driver/bson"
	"go.mongodb.org/mongo-driver/bson/bsontype"
	"go.mongodb.org/mongo-driver/bson/primitive"

	"github.com/orchestrix/orchestrix/platform/doc"
)

// writer appends BSON (bsonspec.org, 1.1), without the values in between that a
// general encoder needs: a busy server makes a hundred thousand entries a second.
type writer struct{ out []byte }

// begin and end enclose the elements of a document: its length stands before it.
func (w *writer) begin() (start int) {
	start = len(w.out)
	w.out = append(w.out, 0, 0, 0, 0)
	return start
}

func (w *writer) end(start int) {
	w.out = append(w.out, 0)
	binary.LittleEndian.PutUint32(w.out[start:], uint32(len(w.out)-start))
}

// header begins an element. The key holds no NUL.
func (w *writer) header(t bsontype.Type, key string) {
	w.out = append(append(append(w.out, byte(t)), key...), 0)
}

func (w *writer) text(key, s string) {
	w.header(bson.TypeString, key)
	w.out = binary.LittleEndian.AppendUint32(w.out, uint32(len(s)+1))
	w.out = append(append(w.out, s...), 0)
}

func (w *writer) bool(key string, v bool) {
	w.header(bson.TypeBoolean, key)
	b := byte(0)
	if v {
		b = 1
	}
	w.out = append(w.out, b)
}

func (w *writer) int32(key string, n int) {
	w.header(bson.TypeInt32, key)
	w.out = binary.LittleEndian.AppendUint32(w.out, uint32(int32(n)))
}

func (w *writer) int64(key string, n int64) { w.bits(bson.TypeInt64, key, uint64(n)) }

func (w *writer) bits(t bsontype.Type, key string, bits uint64) {
	w.header(t, key)
	w.out = binary.LittleEndian.AppendUint64(w.out, bits)
}

func (w *writer) id(key string, id primitive.ObjectID) {
	w.header(bson.TypeObjectID, key)
	w.out = append(w.out, id[:]...)
}

// raw appends a value of an entry, nil being none: a copy that a Masker has made,
// an object of the log's own, or one that came from the store.
func (w *writer) raw(key string, v any) {
	switch v := v.(type) {
	case bson.Raw:
		w.header(bson.TypeEmbeddedDocument, key)
		w.out = append(w.out, v...)
	case doc.Object:
		w.header(bson.TypeEmbeddedDocument, key)
		start := w.begin()
		for i := range v {
			switch value := v[i].Value.(type) {
			case string:
				w.text(v[i].Key, value)
			case int64:
				w.int64(v[i].Key, value)
			default:
				w.raw(v[i].Key, value)
			}
		}
		w.end(start)
	}
}
