package steps

import (
	"context"

	"github.com/orchestrix/orchestrix/platform/doc"
	"github.com/orchestrix/orchestrix/platform/engine"
)

func init() {
	engine.Register(engine.StepType{
		Type:    "dbInsert",
		Label:   "Create Record",
		Summary: "Stores a new document in a collection; a password in it is hashed.",
		Icon:    "database",
		Flow:    "stores a record in the database",
		Fields: []engine.Field{
			collectionField,
			{Name: "data", Aliases: []string{"document"}, Kind: engine.Document, Required: true, Description: "The document to store.", Example: doc.Object{{"email", "{{email}}"}, {"name", "{{name}}"}}},
		},
		Output:   engine.Output{Default: "created", Aliases: []string{"createdRecord"}, Description: "The stored document with its _id."},
		Compile:  compileInsert,
		Describe: func(f *engine.Fields, c *engine.Contract) { c.Sets(c.OfDocument(f.Document("data"))) },
	})
}

func compileInsert(f *engine.Fields) engine.Execute {
	collection, data := f.Name("collection"), f.Document("data")
	return func(ctx context.Context, c *engine.Call) (engine.Outcome, error) {
		document, err := data.Resolve(c.Vars)
		if err != nil {
			return engine.Outcome{}, err
		}
		password := doc.String(document, "password")
		c.Show(doc.Object{{"collection", collection}, {"dataFields", keys(document)}, {"passwordHashed", password != ""}})
		stored, err := c.Data.Insert(ctx, collection, document)
		if err != nil {
			return engine.Outcome{}, err
		}
		shown := doc.Object{{"success", true}}
		shown = appendID(shown, stored)
		shown = append(shown, doc.Field{Key: "outputVariable", Value: c.Output}, doc.Field{Key: "document", Value: stored})
		return engine.Outcome{Sets: true, Value: stored, Shown: shown}, nil
	}
}

// appendID shows a document's id, which is left out when it is not known.
func appendID(shown, document doc.Object) doc.Object {
	if id, ok := doc.Get(document, "_id"); ok {
		return append(shown, doc.Field{Key: "documentId", Value: id})
	}
	return shown
}
