package embedded

import (
	"encoding/binary"
	"fmt"
	"math"
	"slices"
	"strings"

	"go.mongodb.org/mongo-driver/bson"
	"go.mongodb.org/mongo-driver/bson/bsontype"
	"go.mongodb.org/mongo-driver/bson/primitive"
)

// decode reads a stored document into memory of its own, without the top-level
// fields that are left out.
func decode(raw []byte, without ...string) (bson.D, error) {
	r := reader{raw: raw, text: string(raw)}
	if d, ok := r.document(without, 0); ok && r.at == len(raw) {
		return d, nil
	}
	return decodeAny(raw, without)
}

// decodeAny does the same for documents with values of any type.
func decodeAny(raw []byte, without []string) (bson.D, error) {
	var d bson.D
	if err := bson.Unmarshal(append([]byte(nil), raw...), &d); err != nil {
		return nil, fmt.Errorf("stored document: %w", err)
	}
	return slices.DeleteFunc(d, func(f bson.E) bool { return slices.Contains(without, f.Key) }), nil
}

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
func (r *reader) document(without []string, depth int) (bson.D, bool) {
	end, ok := r.begin(depth)
	if !ok {
		return nil, false
	}
	d := make(bson.D, 0, r.count(end))
	for r.at < end {
		kind, key, ok := r.element(end)
		if !ok {
			return nil, false
		}
		if slices.Contains(without, key) {
			size := valueSize(kind, r.raw[r.at:end])
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
		d = append(d, bson.E{Key: key, Value: v})
	}
	return d, r.end(end)
}

// list decodes the list that begins here; its keys say nothing.
func (r *reader) list(depth int) (bson.A, bool) {
	end, ok := r.begin(depth)
	if !ok {
		return nil, false
	}
	a := make(bson.A, 0, r.count(end))
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
	if depth > maxDepth || len(r.raw)-r.at < 5 {
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
		d, ok := r.document(nil, depth+1)
		return d, ok
	case bson.TypeArray:
		a, ok := r.list(depth + 1)
		return a, ok
	}
	size := valueSize(kind, r.raw[r.at:end])
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
