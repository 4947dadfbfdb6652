package steps

import (
	"context"
	"strings"

	"github.com/orchestrix/orchestrix/platform/doc"
	"github.com/orchestrix/orchestrix/platform/engine"
)

func init() {
	engine.Register(engine.StepType{
		Type:    "dbFind",
		Label:   "Find Data",
		Summary: "Finds documents in a collection: the first match, or many.",
		Icon:    "search",
		Flow:    "looks data up in the database",
		Fields: []engine.Field{
			collectionField,
			{Name: "filters", Aliases: []string{"filter"}, Kind: engine.Filter, Description: "What the documents must match.", Example: doc.Object{{"email", "{{email}}"}}},
			{Name: "findType", Kind: engine.Choice, Enum: []string{"one", "findOne", "many"}, Description: "One document or many.", Example: "many"},
			{Name: "limit", Kind: engine.Number, Description: "Most documents to return.", Example: 20},
			{Name: "sort", Kind: engine.Value, Description: "Fields to sort by: 1 ascending, -1 descending.", Example: doc.Object{{"createdAt", int64(-1)}}},
			{Name: "projection", Kind: engine.Value, Description: "Fields to return (1) or to leave out (0).", Example: doc.Object{{"name", int64(1)}}},
		},
		Output:  engine.Output{Default: "found", Aliases: []string{"foundData", "result"}, Description: "The document or null, or the list of documents."},
		Compile: compileFind,
		Describe: func(f *engine.Fields, c *engine.Contract) {
			if f.Choice("findType") == "many" {
				c.Sets(doc.Object{{"type", "array"}, {"items", doc.Object{{"type", "object"}}}})
				return
			}
			c.Sets(perhapsDocument)
		},
	})
}

// collectionField is the same for every database step.
var collectionField = engine.Field{
	Name: "collection", Kind: engine.Name, Required: true,
	Description: "Name of the collection.", Example: "users",
}

// perhapsDocument is a document, or null when there was none.
var perhapsDocument = doc.Object{{"type", doc.Array{"object", "null"}}}

// objectOf is the schema of an object: names and types of its fields, in turn.
func objectOf(fields ...string) doc.Object {
	properties, required := doc.Object{}, doc.Array{}
	for i := 0; i+1 < len(fields); i += 2 {
		properties = append(properties, doc.Field{Key: fields[i], Value: doc.Object{{"type", fields[i+1]}}})
		required = append(required, fields[i])
	}
	return doc.Object{{"type", "object"}, {"properties", properties}, {"required", required}}
}

type dbFind struct {
	collection, kind string
	many             bool
	filters          *engine.FilterExpr
	limit            engine.NumberExpr
	sort, projection doc.Object
}

func compileFind(f *engine.Fields) engine.Execute {
	s := &dbFind{
		collection: f.Name("collection"),
		kind:       f.Choice("findType"),
		filters:    f.Filter("filters"),
		limit:      f.Number("limit"),
		sort:       readSort(f),
		projection: readProjection(f),
	}
	s.many = s.kind == "many"
	return s.run
}

func (s *dbFind) run(ctx context.Context, c *engine.Call) (engine.Outcome, error) {
	filters, err := s.filters.Resolve(c.Vars)
	if err != nil {
		return engine.Outcome{}, err
	}
	c.Show(doc.Object{{"collection", s.collection}, {"findType", s.kind}, {"filters", filters}})
	reportFilter(c, s.collection, filters)
	q := engine.Query{Filter: filters, Sort: s.sort, Projection: s.projection}
	if s.many {
		return s.findMany(ctx, c, q)
	}
	found, err := c.Data.FindOne(ctx, s.collection, q)
	if err != nil {
		return engine.Outcome{}, err
	}
	outcome := engine.Outcome{Sets: true, Shown: s.shown(c, 0, nil)}
	if found != nil {
		outcome.Value, outcome.Shown = found, s.shown(c, 1, preview(found))
	}
	reportFound(c, outcome.Shown)
	return outcome, nil
}

func (s *dbFind) findMany(ctx context.Context, c *engine.Call, q engine.Query) (engine.Outcome, error) {
	limit, ok, err := s.limit.Resolve(c.Vars)
	if err != nil {
		return engine.Outcome{}, err
	}
	if ok {
		if limit < 1 {
			return engine.Outcome{}, engine.FieldError("limit", "must be at least 1")
		}
		q.Limit = int64(min(limit, 1e6))
	}
	found, err := c.Data.Find(ctx, s.collection, q)
	if err != nil {
		return engine.Outcome{}, err
	}
	list := make(doc.Array, len(found))
	for i := range found {
		list[i] = found[i]
	}
	previews := make(doc.Array, min(len(found), maxPreviews))
	for i := range previews {
		previews[i] = preview(found[i])
	}
	shown := s.shown(c, len(list), previews)
	reportFound(c, shown)
	return engine.Outcome{Sets: true, Value: list, Shown: shown}, nil
}

// reportFilter shows, before the database is asked, what it is asked for.
func reportFilter(c *engine.Call, collection string, filter doc.Object) {
	c.Report("Resolved filters", doc.Object{{"collection", collection}, {"filters", filter}})
}

func reportFound(c *engine.Call, shown doc.Object) {
	count, _ := doc.Get(shown, "resultCount")
	first, _ := doc.Get(shown, "preview")
	c.Report("Records found", doc.Object{{"resultCount", count}, {"preview", first}})
}

// maxPreviews is how many of the documents that were found are shown.
const maxPreviews = 5

// preview is what is shown of a document that was found.
func preview(found doc.Object) doc.Object {
	id, _ := doc.Get(found, "_id")
	return doc.Object{{"_id", id}}
}

func (s *dbFind) shown(c *engine.Call, count int, preview any) doc.Object {
	return doc.Object{{"found", count > 0}, {"resultCount", int64(count)}, {"outputVariable", c.Output}, {"preview", preview}}
}

// readSort takes {"field": 1 or -1}, or the text "field" or "-field".
func readSort(f *engine.Fields) doc.Object {
	switch v := f.Raw("sort").(type) {
	case nil:
		return nil
	case string:
		if name := strings.TrimPrefix(v, "-"); name != "" && !strings.ContainsAny(name, "${} ") {
			return doc.Object{{name, direction(strings.HasPrefix(v, "-"))}}
		}
	case doc.Object:
		sort := make(doc.Object, 0, len(v))
		for _, field := range v {
			n, ok := engine.ToNumber(field.Value)
			switch field.Value {
			case "asc", "ascending":
				n, ok = 1, true
			case "desc", "descending":
				n, ok = -1, true
			}
			if !ok || (n != 1 && n != -1) || strings.HasPrefix(field.Key, "$") {
				f.Wrong("sort", "must be 1 or -1 for each field")
			}
			sort = append(sort, doc.Field{Key: field.Key, Value: direction(n < 0)})
		}
		return sort
	}
	f.Wrong("sort", `must be an object like {"createdAt": -1}`)
	return nil
}

func direction(descending bool) int32 {
	if descending {
		return -1
	}
	return 1
}

// readProjection takes {"field": 1 or 0}, or a list of names to return.
func readProjection(f *engine.Fields) doc.Object {
	switch v := f.Raw("projection").(type) {
	case nil:
		return nil
	case doc.Array:
		projection := make(doc.Object, 0, len(v))
		for _, item := range v {
			name, ok := item.(string)
			if !ok || name == "" || strings.HasPrefix(name, "$") {
				f.Wrong("projection", "must name fields")
			}
			projection = append(projection, doc.Field{Key: name, Value: int32(1)})
		}
		return projection
	case doc.Object:
		projection := make(doc.Object, 0, len(v))
		for _, field := range v {
			keep, ok := field.Value.(bool)
			if n, isNumber := engine.ToNumber(field.Value); isNumber {
				keep, ok = n != 0, n == 0 || n == 1
			}
			if !ok || strings.HasPrefix(field.Key, "$") {
				f.Wrong("projection", "must be 1 or 0 for each field")
			}
			value := int32(0)
			if keep {
				value = 1
			}
			projection = append(projection, doc.Field{Key: field.Key, Value: value})
		}
		return projection
	}
	f.Wrong("projection", `must be an object like {"name": 1}`)
	return nil
}
