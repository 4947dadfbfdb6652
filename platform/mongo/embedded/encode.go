package embedded

import (
	"bytes"
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"

	"go.mongodb.org/mongo-driver/bson"
	"go.mongodb.org/mongo-driver/bson/bsontype"
	"go.mongodb.org/mongo-driver/bson/primitive"
	"go.mongodb.org/mongo-driver/x/bsonx/bsoncore"

	"github.com/orchestrix/orchestrix/platform/mongo"
)

// maxDepth bounds how deeply a document nests.
const maxDepth = 250

// appendDocument appends what encode makes of normal(d), without the copy in
// between and without reflection: most writes are of documents made here, in
// the few types that are known. Anything else takes the long way.
func appendDocument(dst []byte, d bson.D, depth int) ([]byte, error) {
	if depth > maxDepth {
		return dst, errTooDeep()
	}
	start, dst := bsoncore.AppendDocumentStart(dst)
	var err error
	for i := range d {
		if dst, err = appendElement(dst, d[i].Key, d[i].Value, depth); err != nil {
			return dst, err
		}
	}
	return bsoncore.AppendDocumentEnd(dst, start)
}

func appendElement(dst []byte, key string, v any, depth int) ([]byte, error) {
	if strings.IndexByte(key, 0) >= 0 {
		return dst, fmt.Errorf("%w: a key holds NUL", mongo.ErrInvalid)
	}
	if depth >= maxDepth { // as normal: also a scalar counts as a level
		return dst, errTooDeep()
	}
	switch v := v.(type) {
	case nil, primitive.Null:
		return header(dst, bson.TypeNull, key), nil
	case string:
		return bsoncore.AppendString(header(dst, bson.TypeString, key), v), nil
	case int32:
		return bsoncore.AppendInt32(header(dst, bson.TypeInt32, key), v), nil
	case int64:
		return bsoncore.AppendInt64(header(dst, bson.TypeInt64, key), v), nil
	case int:
		if v >= math.MinInt32 && v <= math.MaxInt32 {
			return bsoncore.AppendInt32(header(dst, bson.TypeInt32, key), int32(v)), nil
		}
		return bsoncore.AppendInt64(header(dst, bson.TypeInt64, key), int64(v)), nil
	case float64:
		return bsoncore.AppendDouble(header(dst, bson.TypeDouble, key), v), nil
	case bool:
		return bsoncore.AppendBoolean(header(dst, bson.TypeBoolean, key), v), nil
	case primitive.ObjectID:
		return bsoncore.AppendObjectID(header(dst, bson.TypeObjectID, key), v), nil
	case primitive.DateTime:
		return bsoncore.AppendDateTime(header(dst, bson.TypeDateTime, key), int64(v)), nil
	case time.Time:
		return bsoncore.AppendDateTime(header(dst, bson.TypeDateTime, key), int64(primitive.NewDateTimeFromTime(v))), nil
	case primitive.Binary:
		return bsoncore.AppendBinary(header(dst, bson.TypeBinary, key), v.Subtype, v.Data), nil
	case []byte:
		return bsoncore.AppendBinary(header(dst, bson.TypeBinary, key), 0, v), nil
	case bson.D:
		return appendDocument(header(dst, bson.TypeEmbeddedDocument, key), v, depth+1)
	case bson.Raw: // encoded by whoever made it
		if v.Validate() == nil {
			return append(header(dst, bson.TypeEmbeddedDocument, key), v...), nil
		}
	case bson.A:
		return appendList(header(dst, bson.TypeArray, key), v, depth+1)
	case []any:
		return appendList(header(dst, bson.TypeArray, key), v, depth+1)
	case []string:
		return appendList(header(dst, bson.TypeArray, key), v, depth+1)
	case []bson.D:
		return appendList(header(dst, bson.TypeArray, key), v, depth+1)
	}
	return appendOther(dst, key, v, depth+1)
}

// header begins an element. bsoncore's own would look for NUL once more.
func header(dst []byte, kind bsontype.Type, key string) []byte {
	return append(append(append(dst, byte(kind)), key...), 0)
}

func appendList[T any](dst []byte, list []T, depth int) ([]byte, error) {
	if depth > maxDepth {
		return dst, errTooDeep()
	}
	start, dst := bsoncore.AppendArrayStart(dst)
	var err error
	for i := range list {
		if dst, err = appendElement(dst, strconv.Itoa(i), list[i], depth); err != nil {
			return dst, err
		}
	}
	return bsoncore.AppendArrayEnd(dst, start)
}

// appendOther takes the types that are rare, or that normal converts.
func appendOther(dst []byte, key string, v any, depth int) ([]byte, error) {
	v, err := normalValue(v, depth)
	if err != nil {
		return dst, err
	}
	if v == nil {
		return header(dst, bson.TypeNull, key), nil
	}
	kind, value, err := bson.MarshalValue(v)
	if err != nil {
		return dst, fmt.Errorf("%w: %w", mongo.ErrInvalid, err)
	}
	return append(header(dst, kind, key), value...), nil
}

func errTooDeep() error { return fmt.Errorf("%w: nested too deeply", mongo.ErrInvalid) }

// encode is the stored form of a document.
func encode(d bson.D) ([]byte, error) { return appendStored(nil, d) }

// appendStored appends a document's stored form, within MongoDB's limit of size.
func appendStored(dst []byte, d bson.D) ([]byte, error) {
	start := len(dst)
	dst, err := appendDocument(dst, d, 0)
	if err != nil {
		return dst, err
	}
	if len(dst)-start > mongo.MaxDocument {
		return dst, fmt.Errorf("%w: a document may have at most %d MB", mongo.ErrInvalid, mongo.MaxDocument>>20)
	}
	return dst, nil
}

// encoder encodes documents one after another. What it returns stays valid; of
// many documents, the memory behind it is taken in large pieces.
type encoder struct {
	many           bool
	scratch, piece []byte
}

const pieceSize = 64 << 10

// document encodes a document for its first time: with its _id first, a new one
// when there is none. key is the encoded _id.
func (e *encoder) document(d bson.D) (raw, key []byte, id any, err error) {
	ordered, id := withID(d)
	if e.scratch, err = appendStored(e.scratch[:0], ordered); err != nil {
		return nil, nil, nil, err
	}
	raw = e.keep(e.scratch)
	if e.scratch, id, err = appendIDOf(e.scratch[:0], raw, id); err != nil {
		return nil, nil, nil, err
	}
	return raw, e.keep(e.scratch), id, nil
}

// keyOf is the key of a document that came encoded.
func (e *encoder) keyOf(raw bson.Raw) ([]byte, error) {
	if err := mongo.CheckRaw(raw); err != nil {
		return nil, err
	}
	element, err := raw.IndexErr(0)
	if err != nil {
		return nil, fmt.Errorf("%w: not a BSON document: %w", mongo.ErrInvalid, err)
	}
	var id any
	if first := element.Value(); first.Type == bson.TypeObjectID {
		id = first.ObjectID()
	} else if text, ok := first.StringValueOK(); ok {
		id = text
	}
	if e.scratch, _, err = appendIDOf(e.scratch[:0], raw, id); err != nil {
		return nil, err
	}
	return e.keep(e.scratch), nil
}

// keep copies b to where it can stay.
func (e *encoder) keep(b []byte) []byte {
	if !e.many || len(b) > pieceSize/4 {
		return bytes.Clone(b)
	}
	if cap(e.piece)-len(e.piece) < len(b) {
		e.piece = make([]byte, 0, pieceSize)
	}
	start := len(e.piece)
	e.piece = append(e.piece, b...)
	return e.piece[start:len(e.piece):len(e.piece)]
}

// appendIDOf appends the key of a document, whose first value is its _id, and
// returns the _id as it is stored.
func appendIDOf(dst, raw []byte, given any) (key []byte, id any, err error) {
	switch given.(type) {
	case string, primitive.ObjectID, int32, int64:
		return appendKey(dst, given), given, nil
	}
	d, err := decode(raw)
	if err != nil {
		return dst, nil, err
	}
	switch d[0].Value.(type) {
	case bson.A, primitive.Regex:
		return dst, nil, errBadID()
	}
	return appendKey(dst, d[0].Value), d[0].Value, nil
}

func errBadID() error {
	return fmt.Errorf("%w: an _id must not be a list or a pattern", mongo.ErrInvalid)
}
