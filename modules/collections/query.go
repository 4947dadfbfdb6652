package collections

import (
	"errors"
	"slices"
	"strings"

	"github.com/orchestrix/orchestrix/platform/apierr"
	"github.com/orchestrix/orchestrix/platform/doc"
	"github.com/orchestrix/orchestrix/platform/engine"
)

// maxSortFields bounds a sort.
const maxSortFields = 5

var errFilters = apierr.BadRequest("Invalid filters JSON")

// parseFilters reads a filter. It may use what filters of workflows may; passwords
// cannot be asked for.
func parseFilters(text string) (doc.Object, error) {
	if text == "" {
		return doc.Object{}, nil
	}
	v, err := doc.Decode([]byte(text))
	filter, ok := v.(doc.Object)
	if err != nil || !ok {
		return nil, errFilters
	}
	if err := engine.CheckFilter(filter); err != nil {
		return nil, apierr.BadRequest("filters %s", err)
	}
	if namesPassword(filter) {
		return nil, apierr.BadRequest("filters may not name password")
	}
	return filter, nil
}

// namesPassword looks at every depth: a password may be in a list of documents.
func namesPassword(v any) bool {
	switch v := v.(type) {
	case doc.Object:
		return slices.ContainsFunc(v, func(f doc.Field) bool { return isPassword(f.Key) || namesPassword(f.Value) })
	case doc.Array:
		return slices.ContainsFunc(v, namesPassword)
	}
	return false
}

func isPassword(path string) bool { return slices.Contains(strings.Split(path, "."), "password") }

// parseSort reads "name,-age" or {"name":1,"age":-1}.
func parseSort(text string) (doc.Object, error) {
	bad := apierr.BadRequest(`sort must be names of fields such as name,-age, or an object such as {"age":-1}`)
	var sort doc.Object
	if strings.HasPrefix(text, "{") {
		v, err := doc.Decode([]byte(text))
		o, ok := v.(doc.Object)
		if err != nil || !ok {
			return nil, bad
		}
		for _, f := range o {
			if f.Value != int64(1) && f.Value != int64(-1) {
				return nil, bad
			}
			sort = append(sort, doc.Field{Key: f.Key, Value: int32(f.Value.(int64))})
		}
	} else if text != "" {
		for part := range strings.SplitSeq(text, ",") {
			name, descending := strings.CutPrefix(strings.TrimSpace(part), "-")
			direction := int32(1)
			if descending {
				direction = -1
			}
			sort = append(sort, doc.Field{Key: name, Value: direction})
		}
	}
	for i, f := range sort {
		_, twice := doc.Get(sort[:i], f.Key)
		if slices.Contains(strings.Split(f.Key, "."), "") || strings.ContainsAny(f.Key, "$\x00") || isPassword(f.Key) || twice {
			return nil, bad
		}
	}
	if len(sort) > maxSortFields {
		return nil, bad
	}
	return sort, nil
}

// problem makes an answer of what went wrong with data.
func problem(err error) error {
	var e *engine.Error
	if !errors.As(err, &e) {
		return err
	}
	switch {
	case e.Code == "DUPLICATE":
		return apierr.Conflict(e.Message).Because(err)
	case e.Kind == engine.Failed:
		return apierr.BadRequest("%s", e.Message).Because(err)
	case e.Kind == engine.Unavailable:
		return apierr.Unavailable(e.Message).Because(err)
	}
	return apierr.Internal(err)
}
