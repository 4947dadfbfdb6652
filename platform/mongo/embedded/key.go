package embedded

import (
	"crypto/sha256"
	"encoding/binary"
	"math"
	"strconv"
	"strings"

	"go.mongodb.org/mongo-driver/bson"
	"go.mongodb.org/mongo-driver/bson/primitive"

	"github.com/256dpi/lungo/bsonkit"
	"github.com/shopspring/decimal"
)

// maxKeyPart is how long an encoded value may be before its tail is hashed:
// bbolt keys hold at most 32 KB, and short keys keep the tree flat.
const maxKeyPart = 1000

// wholePart is how much of a value keeps its order whatever its length: of two
// values that differ within it, the keys compare as the values do.
const wholePart = maxKeyPart - sha256.Size

// appendKey appends an encoding of v that sorts as MongoDB compares, and that
// is not the beginning of another value's encoding. Equal values, such as 1 and
// 1.0, encode alike; very long ones keep only their equality.
func appendKey(dst []byte, v any) []byte {
	start := len(dst)
	return shortened(appendValue(dst, v), start)
}

// shortened hashes the tail of the value that begins at start, if it is long.
func shortened(dst []byte, start int) []byte {
	if len(dst)-start > maxKeyPart {
		sum := sha256.Sum256(dst[start:])
		dst = append(append(dst[:start+wholePart], 0xFF), sum[:]...)
	}
	return dst
}

func appendValue(dst []byte, v any) []byte {
	class, _ := bsonkit.Inspect(v)
	dst = append(dst, classByte(class))
	switch v := v.(type) {
	case string:
		return appendText(dst, v)
	case int32:
		return appendInt(dst, int64(v))
	case int64:
		return appendInt(dst, v)
	case float64:
		return appendFloat(dst, v)
	case primitive.Decimal128:
		return appendDecimal(dst, v)
	case primitive.ObjectID:
		return append(dst, v[:]...)
	case bool:
		if v {
			return append(dst, 1)
		}
		return append(dst, 0)
	case primitive.DateTime:
		return binary.BigEndian.AppendUint64(dst, uint64(v)^1<<63)
	case primitive.Timestamp:
		return binary.BigEndian.AppendUint32(binary.BigEndian.AppendUint32(dst, v.T), v.I)
	case primitive.Regex:
		return appendText(appendText(dst, v.Pattern), v.Options)
	case primitive.Binary:
		dst = binary.BigEndian.AppendUint32(dst, uint32(len(v.Data)))
		return append(append(dst, v.Subtype), v.Data...)
	case bson.A:
		for _, item := range v {
			dst = appendValue(dst, item)
		}
		return append(dst, 0)
	case bson.D:
		for _, f := range v {
			dst = appendValue(appendText(append(dst, 1), f.Key), f.Value)
		}
		return append(dst, 0)
	}
	return dst // null and missing
}

// appendText ends a text with 0 0, and writes a 0 inside it as 0 1.
func appendText(dst []byte, s string) []byte {
	if strings.IndexByte(s, 0) < 0 {
		return append(append(dst, s...), 0, 0)
	}
	for i := range len(s) {
		dst = append(dst, s[i])
		if s[i] == 0 {
			dst = append(dst, 1)
		}
	}
	return append(dst, 0, 0)
}

// appendInt writes the nearest float and how far the number is from it, so that
// whole numbers of every type meet and large ones stay apart.
func appendInt(dst []byte, n int64) []byte {
	f := float64(n)
	rest := int64(0)
	if f < 1<<63 {
		rest = n - int64(f)
	} else {
		rest = n - math.MaxInt64 - 1
	}
	return appendOrdered(dst, f, rest)
}

func appendFloat(dst []byte, f float64) []byte {
	if f == 0 {
		f = 0 // -0 is 0
	}
	return appendOrdered(dst, f, 0)
}

// appendDecimal meets the integer or the float of the same value. What neither
// can hold follows its nearest float with all its digits, and so keeps only its
// equality.
func appendDecimal(dst []byte, v primitive.Decimal128) []byte {
	f, err := strconv.ParseFloat(v.String(), 64)
	if err != nil && !math.IsInf(f, 0) {
		f = math.NaN()
	}
	coefficient, exponent, err := v.BigInt()
	if err != nil { // an infinity or NaN
		return appendFloat(dst, f)
	}
	d := decimal.NewFromBigInt(coefficient, int32(exponent))
	if whole := d.BigInt(); d.IsInteger() && whole.IsInt64() {
		return appendInt(dst, whole.Int64())
	}
	if !math.IsInf(f, 0) && decimal.NewFromFloat(f).Equal(d) {
		return appendFloat(dst, f)
	}
	return appendText(appendOrdered(dst, f, inexact), d.String())
}

// inexact is the distance that marks a decimal which only keeps its equality.
const inexact = math.MaxInt16

func appendOrdered(dst []byte, f float64, rest int64) []byte {
	bits := math.Float64bits(f)
	switch {
	case math.IsNaN(f):
		bits = 0 // before every number
	case bits>>63 == 1:
		bits = ^bits
	default:
		bits |= 1 << 63
	}
	return binary.BigEndian.AppendUint16(binary.BigEndian.AppendUint64(dst, bits), uint16(rest+1<<15))
}
