package doc

import (
	"encoding/binary"
	"math"
	"slices"
	"strings"

	"go.mongodb.org/mongo-driver/bson"
	"go.mongodb.org/mongo-driver/bson/bsontype"
	"go.mongodb.org/mongo-driver/bson/primitive"
)

// ReadBSON reads a BSON document into memory of its own, without the top-level
// fields that are left out.
func ReadBSON(raw []byte, without ...string) (Object, error) {
	r := reader{raw: raw, text: string(raw)}
	if o, ok := r.document(without, 0); ok && r.at == len(raw) {
		return o, nil
	}
	return readAnyBSON(raw, without)
}

// readAnyBSON does the same for documents with values of any type.
func readAnyBSON(raw []byte, without []string) (Object, error) {
	var o Object
	if err := bson.Unmarshal(append([]byte(nil), raw...), &o); err != nil {
		return nil, err
	}
	return slices.DeleteFunc(o, func(f Field) bool { return slices.Contains(without, f.Key) }), nil
}

// maxRead is how deeply a document may nest that a reader takes.
const maxRead = 250

// reader decodes a document as bson.Unmarshal does, but without reflection and
// with one copy of the bytes for all keys and texts: every find pays for it,
// document by document. It takes the types that are common, and reports false
// when it meets another.
type reader struct {
	raw  []byte
	text string // the same
	at   int
}

// document decodes the document that begins here.
func (r *reader) document(without []string, depth int) (Object, bool) {
	end, ok := r.begin(depth)
	if !ok {
		return nil, false
	}
	o := make(Object, 0, r.count(end))
	for r.at < end {
		kind, key, ok := r.element(end)
		if !ok {
			return nil, false
		}
		if slices.Contains(without, key) {
			size := ValueSize(kind, r.raw[r.at:end])
			if size < 0 || size > end-r.at {
				return nil, false
			}
			r.at += size
			continue
		}
		v, ok := r.value(kind, end, depth)
		if !ok {
			return nil, false
		}
		o = append(o, Field{Key: key, Value: v})
	}
	return o, r.end(end)
}

// list decodes the list that begins here; its keys say nothing.
func (r *reader) list(depth int) (Array, bool) {
	end, ok := r.begin(depth)
	if !ok {
		return nil, false
	}
	a := make(Array, 0, r.count(end))
	for r.at < end {
		kind, _, ok := r.element(end)
		if !ok {
			return nil, false
		}
		v, ok := r.value(kind, end, depth)
		if !ok {
			return nil, false
		}
		a = append(a, v)
	}
	return a, r.end(end)
}

// begin reads the length of a document; end is where its last byte is.
func (r *reader) begin(depth int) (end int, ok bool) {
	if depth > maxRead || len(r.raw)-r.at < 5 {
		return 0, false
	}
	length := int(binary.LittleEndian.Uint32(r.raw[r.at:]))
	end = r.at + length - 1
	if length < 5 || end >= len(r.raw) {
		return 0, false
	}
	r.at += 4
	return end, true
}

func (r *reader) end(end int) bool {
	ok := r.at == end && r.raw[end] == 0
	r.at++
	return ok
}

// count guesses how many elements there are, rather too many than too few.
func (r *reader) count(end int) int { return min((end-r.at)/16+1, 16) }

// element reads what stands before a value.
func (r *reader) element(end int) (kind bsontype.Type, key string, ok bool) {
	kind = bsontype.Type(r.raw[r.at])
	length := strings.IndexByte(r.text[r.at+1:end], 0)
	if length < 0 {
		return 0, "", false
	}
	key = r.text[r.at+1 : r.at+1+length]
	r.at += length + 2
	return kind, key, true
}

func (r *reader) value(kind bsontype.Type, end, depth int) (any, bool) {
	switch kind {
	case bson.TypeEmbeddedDocument:
		o, ok := r.document(nil, depth+1)
		return o, ok
	case bson.TypeArray:
		a, ok := r.list(depth + 1)
		return a, ok
	}
	size := ValueSize(kind, r.raw[r.at:end])
	if size < 0 || size > end-r.at {
		return nil, false
	}
	value := r.raw[r.at : r.at+size]
	r.at += size
	switch kind {
	case bson.TypeNull:
		return nil, true
	case bson.TypeString:
		if size < 5 || value[size-1] != 0 {
			return nil, false
		}
		return r.text[r.at-size+4 : r.at-1], true
	case bson.TypeInt32:
		return int32(binary.LittleEndian.Uint32(value)), true
	case bson.TypeInt64:
		return int64(binary.LittleEndian.Uint64(value)), true
	case bson.TypeDouble:
		return math.Float64frombits(binary.LittleEndian.Uint64(value)), true
	case bson.TypeBoolean:
		return value[0] == 1, value[0] <= 1
	case bson.TypeDateTime:
		return primitive.DateTime(binary.LittleEndian.Uint64(value)), true
	case bson.TypeObjectID:
		return primitive.ObjectID(value), true
	}
	return nil, false
}

// valueSizes are the lengths of the values that always have the same; -1 is one
// that says its own.
var valueSizes = func() (table [256]int8) {
	for kind := range table {
		table[kind] = -1
	}
	for kind, size := range map[bsontype.Type]int8{
		bson.TypeNull: 0, bson.TypeBoolean: 1, bson.TypeInt32: 4, bson.TypeInt64: 8, bson.TypeDouble: 8,
		bson.TypeDateTime: 8, bson.TypeTimestamp: 8, bson.TypeObjectID: 12, bson.TypeDecimal128: 16,
	} {
		table[kind] = size
	}
	return table
}()

// ValueSize is the length of the BSON value that rest begins with, or -1 for the
// kinds that are rare.
func ValueSize(kind bsontype.Type, rest []byte) int {
	if size := valueSizes[kind]; size >= 0 {
		return int(size)
	}
	if len(rest) < 4 {
		return -1
	}
	length := int(int32(binary.LittleEndian.Uint32(rest)))
	switch {
	case length < 0:
		return -1
	case kind == bson.TypeString:
		return length + 4
	case kind == bson.TypeEmbeddedDocument, kind == bson.TypeArray:
		return length
	case kind == bson.TypeBinary:
		return length + 5
	}
	return -1
}
