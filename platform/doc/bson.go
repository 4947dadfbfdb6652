package doc

import (
	"encoding/binary"
	"math"
	"time"

	"go.mongodb.org/mongo-driver/bson"
	"go.mongodb.org/mongo-driver/bson/bsontype"
	"go.mongodb.org/mongo-driver/bson/primitive"
)

// BSON appends a document (bsonspec.org, 1.1) piece by piece, for records of
// which there are so many that an Object in between would be their largest cost.
// The caller sees to it that keys hold no NUL and texts are UTF-8.
type BSON struct{ Out []byte }

// Begin begins a document; its result is for End.
func (w *BSON) Begin() (start int) {
	start = len(w.Out)
	w.Out = append(w.Out, 0, 0, 0, 0) // the length
	return start
}

// End ends the document that began at start.
func (w *BSON) End(start int) {
	w.Out = append(w.Out, 0)
	binary.LittleEndian.PutUint32(w.Out[start:], uint32(len(w.Out)-start))
}

// Header begins an element, whose value follows.
func (w *BSON) Header(t bsontype.Type, key string) {
	w.Out = append(append(append(w.Out, byte(t)), key...), 0)
}

// String appends a text.
func (w *BSON) String(key, s string) {
	w.Header(bson.TypeString, key)
	w.Out = binary.LittleEndian.AppendUint32(w.Out, uint32(len(s)+1))
	w.Out = append(append(w.Out, s...), 0)
}

// Null appends a null.
func (w *BSON) Null(key string) { w.Header(bson.TypeNull, key) }

// Bool appends a boolean.
func (w *BSON) Bool(key string, v bool) {
	w.Header(bson.TypeBoolean, key)
	b := byte(0)
	if v {
		b = 1
	}
	w.Out = append(w.Out, b)
}

// Int32 appends a small number.
func (w *BSON) Int32(key string, n int) {
	w.Header(bson.TypeInt32, key)
	w.Out = binary.LittleEndian.AppendUint32(w.Out, uint32(int32(n)))
}

// Int64 appends a number.
func (w *BSON) Int64(key string, n int64) { w.eight(bson.TypeInt64, key, uint64(n)) }

// Float appends a number.
func (w *BSON) Float(key string, f float64) { w.eight(bson.TypeDouble, key, math.Float64bits(f)) }

// Time appends a date, to the millisecond.
func (w *BSON) Time(key string, t time.Time) {
	w.eight(bson.TypeDateTime, key, uint64(t.UnixMilli()))
}

func (w *BSON) eight(t bsontype.Type, key string, bits uint64) {
	w.Header(t, key)
	w.Out = binary.LittleEndian.AppendUint64(w.Out, bits)
}

// ID appends an ObjectID.
func (w *BSON) ID(key string, id primitive.ObjectID) {
	w.Header(bson.TypeObjectID, key)
	w.Out = append(w.Out, id[:]...)
}

// Raw appends a document that is encoded already.
func (w *BSON) Raw(key string, raw bson.Raw) {
	w.Header(bson.TypeEmbeddedDocument, key)
	w.Out = append(w.Out, raw...)
}
