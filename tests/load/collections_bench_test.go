package load_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.mongodb.org/mongo-driver/bson"
)

// BenchmarkFindOnIndex is a published find by a declared index in collections of
// growing size: the time must not grow (issue 5, part 4).
func BenchmarkFindOnIndex(b *testing.B) {
	for _, size := range []int{1_000, 10_000, 100_000} {
		for name, indexed := range map[string]string{"one": "email", "many": "team"} { // 1 match, 10 matches
			b.Run(fmt.Sprintf("%s/%d", name, size), func(b *testing.B) {
				h := start(b)
				h.define("people", `{"email":"string"}`, `[{"fields":["email"],"unique":true},{"fields":["team","age"]}]`)
				h.insert("people", size, func(i int) bson.D {
					return bson.D{{Key: "email", Value: fmt.Sprintf("p%d@example.com", i)}, {Key: "team", Value: fmt.Sprintf("t%d", i/10)}, {Key: "age", Value: i % 90}}
				})
				path := h.save("find", `[{"type":"dbFind","collection":"people","filters":{"`+indexed+`":"{{input.key}}"},"findType":"many"},
					{"type":"response","body":{"n":"found.length"}}]`)
				key := func(i int) string { return fmt.Sprintf(`{"key":"p%d@example.com"}`, i*7919%size) }
				if indexed == "team" {
					key = func(i int) string { return fmt.Sprintf(`{"key":"t%d"}`, i*7919%(size/10)) }
				}
				h.drive(path, key)
			})
		}
	}
}

// BenchmarkPage is the same through the data endpoint, which also counts all matches;
// without a filter those are all documents.
func BenchmarkPage(b *testing.B) {
	for _, size := range []int{1_000, 10_000, 100_000} {
		h := start(b)
		h.define("people", `{}`, `[{"fields":["email"]}]`)
		h.insert("people", size, func(i int) bson.D { return bson.D{{Key: "email", Value: fmt.Sprintf("p%d@example.com", i)}} })
		for name, query := range map[string]string{"filter": `?filters={"email":"p7@example.com"}`, "all": "?limit=20", "sorted": "?limit=20&sort=-_id"} {
			b.Run(fmt.Sprintf("%s/%d", name, size), func(b *testing.B) {
				for b.Loop() {
					h.get("/collections/people/data" + query)
				}
			})
		}
	}
}

// BenchmarkSchemas is the list of 200 collections and 5,000 workflows when nothing has
// changed, over HTTP; server and client are measured together. The first call, which
// reads everything, is reported beside it.
func BenchmarkSchemas(b *testing.B) {
	for _, saved := range []string{"this backend", "the old backend"} {
		b.Run("saved by "+saved, func(b *testing.B) {
			h := start(b)
			for c := range 200 {
				h.insert(collectionName(c), 50, func(i int) bson.D {
					document := bson.D{}
					for f := range 10 {
						document = append(document, bson.E{Key: fmt.Sprintf("field%d", f), Value: i})
					}
					return document
				})
			}
			h.insert("workflows", 5_000, func(i int) bson.D { return workflowDocument(i, saved == "this backend") })
			begin := time.Now()
			body := h.get("/db/schemas")
			first := time.Since(begin)
			require.Equal(b, 203, strings.Count(body, "["), "200 collections that hold documents, two that do not, and the users")
			h.ReportAllocs()
			h.ResetTimer()
			before := cpu()
			for range h.N {
				h.get("/db/schemas")
			}
			h.ReportMetric(float64((cpu()-before).Microseconds())/float64(h.N), "cpu-µs/op")
			h.ReportMetric(float64(first.Milliseconds()), "first-ms")
		})
	}
}

func collectionName(i int) string { return fmt.Sprintf("collection%d", i) }

// workflowDocument is a workflow of 10 steps as it is stored.
func workflowDocument(i int, listed bool) bson.D {
	names := bson.A{collectionName(i % 200), "never stored", "nor this"}
	steps := bson.A{}
	for s := range 10 {
		steps = append(steps, bson.D{{Key: "id", Value: fmt.Sprint(s)}, {Key: "type", Value: "dbFind"}, {Key: "data", Value: bson.D{
			{Key: "label", Value: "Find Data"}, {Key: "fields", Value: bson.D{{Key: "collection", Value: names[s%3]}, {Key: "filters", Value: bson.D{{Key: "email", Value: "{{email}}"}}}}}}}})
	}
	d := bson.D{{Key: "workflowId", Value: fmt.Sprint("w", i)}, {Key: "ownerId", Value: "o"}, {Key: "steps", Value: steps}, {Key: "apiPath", Value: fmt.Sprint("/", i)}}
	if listed {
		d = append(d, bson.E{Key: "collections", Value: names})
	}
	return d
}

func (h *bench) define(name, fields, indexes string) {
	h.Helper()
	status, body := h.post("/collections", fmt.Sprintf(`{"collectionName":%q,"fields":%s,"indexes":%s}`, name, fields, indexes))
	require.Equal(h, 201, status, body)
}

// insert puts documents into a collection, past the services.
func (h *bench) insert(collection string, n int, document func(i int) bson.D) {
	h.Helper()
	all := make([]bson.D, n)
	for i := range all {
		all[i] = document(i)
	}
	require.NoError(h, h.program.Store.Collection(collection).InsertMany(h.Context(), all))
}

func (h *bench) get(path string) string {
	h.Helper()
	status, body, err := h.client.Get(nil, h.url+path)
	require.NoError(h, err)
	require.Equal(h, 200, status)
	return string(body)
}
