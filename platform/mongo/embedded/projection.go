package embedded

import (
	"fmt"
	"slices"
	"strings"

	"github.com/256dpi/lungo/mongokit"
	"go.mongodb.org/mongo-driver/bson"

	"github.com/orchestrix/orchestrix/platform/mongo"
)

// projection says what of the documents found is wanted.
type projection struct {
	without []string // all but these fields, which need not even be decoded;
	other   bson.D   // or what else there is to say
}

func newProjection(d, query bson.D, o order) (p projection, err error) {
	if len(d) == 0 {
		return p, nil
	}
	if p.other, err = normal(d); err != nil {
		return p, err
	}
	if without, ok := leftOut(p.other, query, o); ok {
		return projection{without: without}, nil
	}
	return p, nil
}

// leftOut are the fields of a projection that only leaves out whole fields, which
// neither the filter nor the sort looks at.
func leftOut(d, query bson.D, o order) (fields []string, ok bool) {
	for _, f := range d {
		whole := f.Key != "" && f.Key != "_id" && f.Key[0] != '$' && !isDotted(f.Key)
		asked := slices.ContainsFunc(query, func(q bson.E) bool { return strings.HasPrefix(q.Key, "$") || isWithin(q.Key, f.Key) })
		if !whole || !isZero(f.Value) || asked || o.uses(f.Key) {
			return nil, false
		}
		fields = append(fields, f.Key)
	}
	return fields, true
}

func isZero(v any) bool {
	switch v {
	case int32(0), int64(0), float64(0), false:
		return true
	}
	return false
}

// isWithin reports whether a path begins with a field.
func isWithin(path, field string) bool {
	return path == field || strings.HasPrefix(path, field+".")
}

func (o order) uses(field string) bool {
	for _, c := range o.columns {
		if isWithin(c.Path, field) {
			return true
		}
	}
	return false
}

// apply changes the documents found.
func (p projection) apply(found []bson.D) ([]bson.D, error) {
	if len(p.other) == 0 {
		return found, nil
	}
	for i := range found {
		projected, err := mongokit.Project(&found[i], &p.other)
		if err != nil {
			return nil, fmt.Errorf("%w: %w", mongo.ErrInvalid, err)
		}
		found[i] = *projected
	}
	return found, nil
}
