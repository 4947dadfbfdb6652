package embedded

import (
	"bytes"
	"encoding/binary"
	"math"

	"github.com/256dpi/lungo/bsonkit"
	"go.mongodb.org/mongo-driver/bson"
	"go.mongodb.org/mongo-driver/bson/bsontype"
	"go.mongodb.org/mongo-driver/bson/primitive"

	"github.com/orchestrix/orchestrix/platform/doc"
)

// lookup finds the first field of a name in a stored document. sure is false
// when it cannot tell, which only the long way through decode can.
func lookup(raw []byte, name string) (kind bsontype.Type, value []byte, found, sure bool) {
	if len(raw) < 5 {
		return 0, nil, false, false
	}
	for raw = raw[4:]; raw[0] != 0; {
		kind = bsontype.Type(raw[0])
		end := bytes.IndexByte(raw[1:], 0) + 1
		if end == 0 {
			return 0, nil, false, false
		}
		key, rest := raw[1:end], raw[end+1:]
		size := doc.ValueSize(kind, rest)
		if size < 0 || size >= len(rest) { // there is a 0 at the end
			return 0, nil, false, false
		}
		if string(key) == name {
			return kind, rest[:size], true, true
		}
		raw = rest[size:]
	}
	return 0, nil, false, true
}

// appendRawKey is appendKey for a stored value of one of the common types. ok
// is false for the others.
func appendRawKey(dst []byte, kind bsontype.Type, value []byte) (key []byte, ok bool) {
	start := len(dst)
	switch kind {
	case bson.TypeNull:
		return append(dst, classByte(bsonkit.Null)), true
	case bson.TypeString:
		dst = append(dst, classByte(bsonkit.String))
		text := value[4 : len(value)-1]
		if bytes.IndexByte(text, 0) >= 0 {
			dst = appendText(dst, string(text))
		} else {
			dst = append(append(dst, text...), 0, 0)
		}
		return shortened(dst, start), true
	case bson.TypeInt32:
		return appendInt(append(dst, classByte(bsonkit.Number)), int64(int32(binary.LittleEndian.Uint32(value)))), true
	case bson.TypeInt64:
		return appendInt(append(dst, classByte(bsonkit.Number)), int64(binary.LittleEndian.Uint64(value))), true
	case bson.TypeDouble:
		return appendFloat(append(dst, classByte(bsonkit.Number)), math.Float64frombits(binary.LittleEndian.Uint64(value))), true
	case bson.TypeObjectID:
		return append(append(dst, classByte(bsonkit.ObjectID)), value...), true
	case bson.TypeBoolean:
		return append(dst, classByte(bsonkit.Boolean), value[0]), true
	case bson.TypeDateTime:
		return appendValue(dst, primitive.DateTime(binary.LittleEndian.Uint64(value))), true
	}
	return dst, false
}

// classByte begins the key of every value of a class.
func classByte(class bsonkit.Class) byte { return byte(class) + 2 } // 0 and 1 end lists and texts
