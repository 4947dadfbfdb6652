package doc

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"math"
	"strconv"
	"time"

	"github.com/go-json-experiment/json/jsontext"
	"go.mongodb.org/mongo-driver/bson"
	"go.mongodb.org/mongo-driver/bson/primitive"
)

// TimeFormat is ISO 8601 with milliseconds in UTC, as http.md has dates.
const TimeFormat = "2006-01-02T15:04:05.000Z"

// Time writes t in TimeFormat. Answers hold many times, and the standard library
// writes RFC 3339 in a fraction of the time that a layout takes.
func Time(t time.Time) string {
	var text [40]byte
	b := t.UTC().AppendFormat(text[:0], time.RFC3339)
	ms := t.Nanosecond() / int(time.Millisecond)
	return string(append(b[:len(b)-1], '.', byte('0'+ms/100), byte('0'+ms/10%10), byte('0'+ms%10), 'Z'))
}

// AppendJSON appends v as JSON: keys in order, no HTML escaping, ids as 24-hex
// strings, dates as ISO strings. What JSON cannot hold (NaN, infinity) is null.
func AppendJSON(dst []byte, v any) []byte {
	switch v := v.(type) {
	case nil:
		return append(dst, "null"...)
	case bool:
		return strconv.AppendBool(dst, v)
	case string:
		return appendString(dst, v)
	case int64:
		return strconv.AppendInt(dst, v, 10)
	case int32:
		return strconv.AppendInt(dst, int64(v), 10)
	case int:
		return strconv.AppendInt(dst, int64(v), 10)
	case float64:
		return appendFloat(dst, v)
	case Object:
		return appendObject(dst, v)
	case Array:
		return appendArray(dst, v)
	case []string:
		return appendArray(dst, v)
	case []Object:
		return appendArray(dst, v)
	default:
		return appendScalar(dst, v)
	}
}

// MarshalJSON returns v as JSON; see AppendJSON.
func MarshalJSON(v any) []byte { return AppendJSON(nil, v) }

func appendObject(dst []byte, o Object) []byte {
	dst = append(dst, '{')
	for i := range o {
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = appendString(dst, o[i].Key)
		dst = append(dst, ':')
		dst = AppendJSON(dst, o[i].Value)
	}
	return append(dst, '}')
}

func appendArray[T any](dst []byte, a []T) []byte {
	dst = append(dst, '[')
	for i := range a {
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = AppendJSON(dst, a[i])
	}
	return append(dst, ']')
}

// appendScalar writes the scalars that BSON has and JSON lacks.
func appendScalar(dst []byte, v any) []byte {
	switch v := v.(type) {
	case primitive.ObjectID:
		return appendString(dst, v.Hex())
	case primitive.DateTime:
		return appendString(dst, Time(v.Time()))
	case time.Time:
		return appendString(dst, Time(v))
	case primitive.Decimal128:
		return append(appendString(append(dst, `{"$numberDecimal":`...), v.String()), '}')
	case primitive.Binary:
		return appendString(dst, base64.StdEncoding.EncodeToString(v.Data))
	case primitive.Symbol:
		return appendString(dst, string(v))
	case primitive.Undefined:
		return append(dst, "null"...)
	case primitive.Timestamp, primitive.Regex, primitive.MinKey, primitive.MaxKey, primitive.CodeWithScope, primitive.DBPointer:
		return appendExtended(dst, v)
	default:
		return appendOther(dst, v)
	}
}

// appendExtended writes what has a form of its own only in MongoDB's Extended JSON.
func appendExtended(dst []byte, v any) []byte {
	text, err := bson.MarshalExtJSON(Object{{Key: "v", Value: v}}, false, false)
	if err != nil {
		return append(dst, "null"...)
	}
	return append(dst, bytes.TrimSuffix(bytes.TrimPrefix(text, []byte(`{"v":`)), []byte("}"))...)
}

func appendOther(dst []byte, v any) []byte {
	text, err := json.Marshal(v)
	if err != nil {
		return append(dst, "null"...)
	}
	return append(dst, text...)
}

func appendString(dst []byte, s string) []byte {
	// The error only reports invalid UTF-8, which is replaced and kept going.
	dst, _ = jsontext.AppendQuote(dst, s)
	return dst
}

// appendFloat writes f as JavaScript does (ECMA-262, Number::toString).
func appendFloat(dst []byte, f float64) []byte {
	if math.IsNaN(f) || math.IsInf(f, 0) {
		return append(dst, "null"...)
	}
	if f == 0 { // also -0
		return append(dst, '0')
	}
	if abs := math.Abs(f); abs >= 1e-6 && abs < 1e21 {
		return strconv.AppendFloat(dst, f, 'f', -1, 64)
	}
	dst = strconv.AppendFloat(dst, f, 'e', -1, 64)
	if n := len(dst); dst[n-2] == '0' && (dst[n-3] == '-' || dst[n-3] == '+') { // e-09 is e-9
		dst[n-2] = dst[n-1]
		dst = dst[:n-1]
	}
	return dst
}
