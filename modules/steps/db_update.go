package steps

import (
	"context"

	"github.com/orchestrix/orchestrix/platform/doc"
	"github.com/orchestrix/orchestrix/platform/engine"
)

func init() {
	engine.Register(engine.StepType{
		Type:    "dbUpdate",
		Label:   "Update Data",
		Summary: "Changes fields of the document, or of all documents, that match a filter.",
		Icon:    "edit",
		Flow:    "updates records in the database",
		Fields: []engine.Field{
			collectionField,
			{Name: "filter", Aliases: []string{"filters"}, Kind: engine.Filter, Required: true, Description: "What the documents must match; never empty.", Example: doc.Object{{"_id", "{{id}}"}}},
			{Name: "data", Aliases: []string{"update"}, Kind: engine.Update, Required: true, Description: "The fields to set, or update operators.", Example: doc.Object{{"name", "{{name}}"}}},
			{Name: "updateType", Kind: engine.Choice, Enum: []string{"updateOne", "updateMany"}, Description: "One document or all that match.", Example: "updateOne"},
		},
		Output:  engine.Output{Default: "updated", Aliases: []string{"updatedRecord"}, Description: "The document after the update or null, or the counts."},
		Compile: compileUpdate,
		Describe: func(f *engine.Fields, c *engine.Contract) {
			if f.Choice("updateType") == "updateMany" {
				c.Sets(objectOf("matchedCount", "integer", "modifiedCount", "integer"))
				return
			}
			c.Sets(perhapsDocument)
		},
	})
}

type dbUpdate struct {
	collection string
	many       bool
	filter     *engine.FilterExpr
	data       *engine.UpdateExpr
}

func compileUpdate(f *engine.Fields) engine.Execute {
	s := &dbUpdate{
		collection: f.Name("collection"),
		many:       f.Choice("updateType") == "updateMany",
		filter:     f.Filter("filter"),
		data:       f.Update("data"),
	}
	return s.run
}

func (s *dbUpdate) run(ctx context.Context, c *engine.Call) (engine.Outcome, error) {
	filter, err := s.filter.ResolveNarrow(c.Vars)
	if err != nil {
		return engine.Outcome{}, err
	}
	update, fields, err := s.data.Resolve(c.Vars)
	if err != nil {
		return engine.Outcome{}, err
	}
	c.Show(doc.Object{{"collection", s.collection}, {"filter", filter}, {"updateFields", fields}})
	reportFilter(c, s.collection, filter)
	if s.many {
		return s.updateMany(ctx, c, filter, update)
	}
	document, err := c.Data.UpdateOne(ctx, s.collection, filter, update)
	if err != nil {
		return engine.Outcome{}, err
	}
	shown := doc.Object{{"success", true}, {"documentFound", document != nil}}
	if document == nil {
		shown = append(shown, doc.Field{Key: "outputVariable", Value: c.Output}, doc.Field{Key: "document"})
		return engine.Outcome{Sets: true, Shown: shown}, nil
	}
	shown = appendID(shown, document)
	shown = append(shown, doc.Field{Key: "outputVariable", Value: c.Output}, doc.Field{Key: "document", Value: document})
	return engine.Outcome{Sets: true, Value: document, Shown: shown}, nil
}

func (s *dbUpdate) updateMany(ctx context.Context, c *engine.Call, filter, update doc.Object) (engine.Outcome, error) {
	matched, modified, err := c.Data.UpdateMany(ctx, s.collection, filter, update)
	if err != nil {
		return engine.Outcome{}, err
	}
	counts := doc.Object{{"matchedCount", matched}, {"modifiedCount", modified}}
	shown := doc.Object{
		{"success", true}, {"documentFound", matched > 0}, {"matchedCount", matched}, {"modifiedCount", modified},
		{"outputVariable", c.Output},
	}
	return engine.Outcome{Sets: true, Value: counts, Shown: shown}, nil
}
