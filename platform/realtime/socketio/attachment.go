package socketio

import (
	"maps"
	"slices"

	"github.com/orchestrix/orchestrix/platform/doc"
)

// hasBinary reports whether a []byte is anywhere in v.
func hasBinary(v any) bool {
	switch v := v.(type) {
	case []byte:
		return true
	case map[string]any:
		for _, e := range v {
			if hasBinary(e) {
				return true
			}
		}
	case doc.Object:
		return slices.ContainsFunc(v, func(f doc.Field) bool { return hasBinary(f.Value) })
	case doc.Array:
		return slices.ContainsFunc(v, hasBinary)
	case []any:
		return slices.ContainsFunc(v, hasBinary)
	}
	return false
}

// extract copies v with a placeholder for each []byte, which it collects.
func extract(v any, attachments *[][]byte) any {
	switch v := v.(type) {
	case []byte:
		*attachments = append(*attachments, v)
		return doc.Object{{Key: "_placeholder", Value: true}, {Key: "num", Value: len(*attachments) - 1}}
	case map[string]any:
		o := make(doc.Object, 0, len(v))
		for _, key := range slices.Sorted(maps.Keys(v)) {
			o = append(o, doc.Field{Key: key, Value: extract(v[key], attachments)})
		}
		return o
	case doc.Object:
		o := make(doc.Object, len(v))
		for i, f := range v {
			o[i] = doc.Field{Key: f.Key, Value: extract(f.Value, attachments)}
		}
		return o
	case doc.Array:
		return extractAll(v, attachments)
	case []any:
		return extractAll(v, attachments)
	}
	return v
}

func extractAll(v []any, attachments *[][]byte) doc.Array {
	a := make(doc.Array, len(v))
	for i, e := range v {
		a[i] = extract(e, attachments)
	}
	return a
}

// restore puts attachments back where v has placeholders; nil where there is
// no such attachment.
func restore(v any, attachments [][]byte) any {
	switch v := v.(type) {
	case map[string]any:
		if mark, _ := v["_placeholder"].(bool); mark {
			if n, ok := v["num"].(float64); ok && n >= 0 && n < float64(len(attachments)) {
				return attachments[int(n)]
			}
			return nil
		}
		for key, e := range v {
			v[key] = restore(e, attachments)
		}
	case []any:
		for i, e := range v {
			v[i] = restore(e, attachments)
		}
	}
	return v
}
