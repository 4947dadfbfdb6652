package steps

import (
	"context"

	"github.com/orchestrix/orchestrix/platform/doc"
	"github.com/orchestrix/orchestrix/platform/engine"
)

func init() {
	engine.Register(engine.StepType{
		Type:    "dbDelete",
		Label:   "Delete Data",
		Summary: "Deletes the document, or all documents, that match a filter.",
		Icon:    "trash",
		Flow:    "deletes records from the database",
		Fields: []engine.Field{
			collectionField,
			{Name: "filter", Aliases: []string{"filters"}, Kind: engine.Filter, Required: true, Description: "What the documents must match; never empty.", Example: doc.Object{{"_id", "{{id}}"}}},
			{Name: "deleteType", Kind: engine.Choice, Enum: []string{"deleteOne", "deleteMany"}, Description: "One document or all that match.", Example: "deleteOne"},
		},
		Output:  engine.Output{Default: "deleted", Aliases: []string{"deletedRecord"}, Description: "{deletedCount}", Schema: objectOf("deletedCount", "integer")},
		Compile: compileDelete,
	})
}

func compileDelete(f *engine.Fields) engine.Execute {
	collection, filter := f.Name("collection"), f.Filter("filter")
	kind := f.Choice("deleteType")
	return func(ctx context.Context, c *engine.Call) (engine.Outcome, error) {
		resolved, err := filter.ResolveNarrow(c.Vars)
		if err != nil {
			return engine.Outcome{}, err
		}
		c.Show(doc.Object{{"collection", collection}, {"filter", resolved}, {"deleteType", kind}})
		reportFilter(c, collection, resolved)
		count, err := c.Data.Delete(ctx, collection, resolved, kind == "deleteMany")
		if err != nil {
			return engine.Outcome{}, err
		}
		return engine.Outcome{
			Sets: true, Value: doc.Object{{"deletedCount", count}},
			Shown: doc.Object{{"success", true}, {"deletedCount", count}, {"outputVariable", c.Output}},
		}, nil
	}
}
