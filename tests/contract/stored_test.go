package contract_test

import (
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.mongodb.org/mongo-driver/bson"
	"go.mongodb.org/mongo-driver/bson/primitive"
)

// Documents as the old backend stored them: no apiName, apiPath or nodeCount,
// with __v, and the path only in a row of publishedapis.
func TestWorkflowsOfTheOldBackend(t *testing.T) {
	program := build(t, settings(t))
	url, _ := launch(t, program)
	made := primitive.NewDateTimeFromTime(time.Date(2025, 3, 4, 5, 6, 7, 8e6, time.UTC))
	insert := func(collection string, document bson.D) {
		t.Helper()
		document = append(document, bson.E{Key: "createdAt", Value: made}, bson.E{Key: "updatedAt", Value: made}, bson.E{Key: "__v", Value: int32(0)})
		_, err := program.Store.Collection(collection).InsertOne(t.Context(), document)
		require.NoError(t, err)
	}
	steps := bson.A{
		bson.D{{Key: "id", Value: "i"}, {Key: "type", Value: "input"}, {Key: "data", Value: bson.D{{Key: "label", Value: "In"}, {Key: "fields", Value: bson.D{{Key: "variables", Value: bson.A{bson.D{{Key: "name", Value: "email"}}}}}}}}},
		bson.D{{Key: "id", Value: "r"}, {Key: "type", Value: "response"}, {Key: "data", Value: bson.D{{Key: "fields", Value: bson.D{{Key: "status", Value: 201.0}, {Key: "body", Value: bson.D{{Key: "to", Value: "{{email}}"}}}}}}}},
	}
	twins := bson.A{ // stored before two steps with one id were refused: they run in the given order
		bson.D{{Key: "id", Value: "r"}, {Key: "type", Value: "response"}, {Key: "body", Value: "first"}},
		bson.D{{Key: "id", Value: "r"}, {Key: "type", Value: "response"}, {Key: "body", Value: "second"}},
	}
	for id, list := range map[string]bson.A{"old": steps, "twins": twins} {
		insert("workflows", bson.D{{Key: "workflowId", Value: id}, {Key: "ownerId", Value: "ann"}, {Key: "steps", Value: list}, {Key: "edges", Value: bson.A{}}})
		insert("publishedapis", bson.D{{Key: "path", Value: "/workflow/run/" + id + "/my-api"}, {Key: "workflowId", Value: id},
			{Key: "name", Value: "My API"}, {Key: "slug", Value: "my-api"}, {Key: "ownerId", Value: "ann"}, {Key: "method", Value: "POST"}})
	}
	insert("publishedapis", bson.D{{Key: "path", Value: "/workflow/run/gone/my-api"}, {Key: "workflowId", Value: "gone"},
		{Key: "name", Value: "My API"}, {Key: "slug", Value: "my-api"}, {Key: "ownerId", Value: "ann"}, {Key: "method", Value: "POST"}})

	play(t, url, []exchange{
		{name: "listed", method: "GET", path: "/workflows?ownerId=ann", status: 200,
			contains: []string{`"workflowId":"old"`, `"nodeCount":2`, `"createdAt":"2025-03-04T05:06:07.008Z"`}, lacks: []string{"__v", "_id"}},
		{name: "loaded", method: "GET", path: "/workflows/old?ownerId=ann", status: 200,
			contains: []string{`"steps":[{"id":"i","type":"input"`, `"status":201`, `"updatedAt":"2025-03-04T05:06:07.008Z"`}, lacks: []string{"__v", "_id"}},
		{name: "called", method: "POST", path: "/workflow/run/old/my-api", body: `{"email":"a@b.cd"}`, status: 201, contains: []string{`{"to":"a@b.cd"}`}},
		{name: "two steps with one id run as given", method: "POST", path: "/workflow/run/twins/my-api", body: `{}`, status: 200, contains: []string{`"second"`}},
		{name: "a row without its workflow", method: "POST", path: "/workflow/run/gone/my-api", body: `{}`, status: 404, contains: []string{notFound}},
		{name: "a path that was never published", method: "POST", path: "/workflow/run/old/other", body: `{}`, status: 404, contains: []string{notPublished}},
		{name: "still theirs", method: "POST", path: "/workflows", body: workflow("old", "bob", "My API", `[]`), status: 409},
		{name: "save under the same name", method: "POST", path: "/workflows", body: workflow("old", "ann", "My API", respond(`"new"`)), status: 200, contains: []string{"/workflow/run/old/my-api"}},
		{name: "called again", method: "POST", path: "/workflow/run/old/my-api", body: `{}`, status: 200, contains: []string{`"new"`}},
		{name: "rename the other", method: "PUT", path: "/workflows/twins", body: workflow("twins", "ann", "Renamed", respond(`"renamed"`)), status: 200},
		{name: "its old path is dead", method: "POST", path: "/workflow/run/twins/my-api", body: `{}`, status: 404, contains: []string{notPublished}},
		{name: "its new path lives", method: "POST", path: "/workflow/run/twins/renamed", body: `{}`, status: 200, contains: []string{`"renamed"`}},
		{name: "delete", method: "DELETE", path: "/workflows/old?ownerId=ann", status: 200},
		{name: "dead", method: "POST", path: "/workflow/run/old/my-api", body: `{}`, status: 404, contains: []string{notPublished}},
	})
	// A change in the database itself is seen within a second.
	path := save(t, url, workflow("edited", "ann", "x", respond(`"before"`)))
	require.Equal(t, http.StatusOK, send(t, http.MethodPost, url+path, `{}`).status)
	_, err := program.Store.Collection("workflows").DeleteMany(t.Context(), bson.D{{Key: "workflowId", Value: "edited"}})
	require.NoError(t, err)
	withinASecond(t, func() bool {
		got, err := try(t.Context(), http.MethodPost, url+path, `{}`)
		return err == nil && got.status == http.StatusNotFound
	})
}
