package collections_test

import (
	"net/http"
	"net/url"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.mongodb.org/mongo-driver/bson"

	"github.com/orchestrix/orchestrix/modules/modulestest"
)

// store puts a document into the store, behind the back of all services.
func store(t testing.TB, host *modulestest.Host, collection string, fields ...bson.E) {
	t.Helper()
	_, err := host.Store.Collection(collection).InsertOne(t.Context(), fields)
	require.NoError(t, err)
}

// step is a step of a type on a collection, as Run sends it and as a canvas does.
func step(kind, collection string) string {
	return `{"type":"` + kind + `","collection":` + quote(collection) + `}`
}

func node(id, kind, collection string) string {
	return `{"id":"` + id + `","type":"` + kind + `","data":{"label":"L","fields":{"collection":` + quote(collection) + `}}}`
}

func TestListMergesWhatThereIs(t *testing.T) {
	host := start(t)
	store(t, host, "stored", bson.E{Key: "a", Value: 1}, bson.E{Key: "b", Value: bson.D{{Key: "c", Value: 1}}})
	store(t, host, "stored", bson.E{Key: "d", Value: 1}, bson.E{Key: "a", Value: 1}, bson.E{Key: "__v", Value: 0})
	store(t, host, "both", bson.E{Key: "more", Value: 1}, bson.E{Key: "qty", Value: 1})
	store(t, host, "users", bson.E{Key: "role", Value: "x"}, bson.E{Key: "emailKey", Value: "x"}, bson.E{Key: "email", Value: "x"})
	store(t, host, "dynamicdatas", bson.E{Key: "ownerId", Value: "o"}, bson.E{Key: "collectionName", Value: "rows"}, bson.E{Key: "data", Value: bson.D{{Key: "r", Value: 1}}})
	store(t, host, "dynamicdatas", bson.E{Key: "collectionName", Value: "workflows"}, bson.E{Key: "data", Value: bson.D{{Key: "r", Value: 1}}})
	store(t, host, "collectiondefinitions", bson.E{Key: "collectionName", Value: "sampled"}, bson.E{Key: "source", Value: "sampled"},
		bson.E{Key: "fields", Value: bson.D{{Key: "z", Value: "string"}, {Key: "y", Value: "object"}}})
	store(t, host, "collectiondefinitions", bson.E{Key: "collectionName", Value: "sessions"}, bson.E{Key: "source", Value: "mongoose"}, bson.E{Key: "fields", Value: bson.D{{Key: "z", Value: "String"}}})
	for _, name := range []string{"sessions", "executions", "execution_logs", "userdbconnections", "owners.507f1f77bcf86cd799439011.people"} {
		store(t, host, name, bson.E{Key: "secret", Value: 1}, bson.E{Key: "sessionId", Value: name}, bson.E{Key: "ownerId", Value: name}, bson.E{Key: "seq", Value: 1})
	}
	save(t, host, "w", `[`+step("dbFind", "mentioned")+`,`+step("dbInsert", "workflows")+`,`+step("dbFind", "both")+`,`+step("dbFind", "{{input.x}}")+`]`)
	define(t, host, "both", `{"title":"string","qty":"number"}`)
	define(t, host, "defined", `{"z":"string","a":"date"}`)

	want := map[string][]string{
		"users": {"name", "email", "password", "role"}, "stored": {"d", "a", "b"}, "both": {"title", "qty", "more"},
		"defined": {"z", "a"}, "sampled": {"z", "y"}, "rows": {"r"}, "mentioned": {},
	}
	assert.Equal(t, want, listed(t, host))
	assert.Equal(t, host.Call(http.MethodGet, "/db/schemas", "").Body, host.Call(http.MethodGet, "/collections", "").Body)
	assert.Equal(t, want, listed(t, host, "refresh", "true"))
	for _, platform := range []string{"sessions", "workflows"} {
		assert.Equal(t, http.StatusNotFound, host.Call(http.MethodGet, "/collections/"+platform, "").Status, "the old backend's definition of its own collection")
	}
}

// What this process does is listed at once.
func TestListFollowsChanges(t *testing.T) {
	host := start(t)
	require.Equal(t, map[string][]string{"users": {"name", "email", "password"}}, listed(t, host))
	define(t, host, "orders", `{"qty":"number"}`)
	assert.Equal(t, []string{"qty"}, listed(t, host)["orders"])
	insert(t, host, "orders", `{"first":1,"qty":2}`)
	assert.Equal(t, []string{"qty", "first"}, listed(t, host)["orders"])
	insert(t, host, "orders", `{"_id":"x","second":1}`)
	assert.Equal(t, []string{"qty", "first", "second"}, listed(t, host)["orders"])
	define(t, host, "orders", `{"second":"number"}`)
	assert.Equal(t, []string{"second", "first", "qty"}, listed(t, host)["orders"])
	host.Call(http.MethodDelete, "/collections/orders", "")
	assert.Equal(t, []string{"first", "qty", "second"}, listed(t, host)["orders"])
	define(t, host, "empty", `{}`)
	assert.Equal(t, []string{}, listed(t, host)["empty"])
	host.Call(http.MethodDelete, "/collections/empty", "")
	assert.NotContains(t, listed(t, host), "empty")
}

// Every step type of a database, in both forms, and both ways of saving.
func TestListHasWhatWorkflowsName(t *testing.T) {
	host := start(t)
	require.NotContains(t, listed(t, host), "flat-dbFind")
	for _, kind := range []string{"dbFind", "dbInsert", "dbUpdate", "dbDelete"} {
		save(t, host, "flat"+kind, `[`+step(kind, "flat-"+kind)+`]`)
		save(t, host, "node"+kind, `[`+node("a", kind, "node-"+kind)+`,`+node("b", kind, "second-"+kind)+`]`)
		all := listed(t, host)
		for _, name := range []string{"flat-", "node-", "second-"} {
			assert.Equal(t, []string{}, all[name+kind])
		}
	}
	save(t, host, "others", `[{"type":"delay","collection":"of no database step"},`+step("unknown", "of no type")+`,{"type":"dbFind"},`+step("dbFind", "")+`]`)
	assert.Len(t, listed(t, host), 13)
}

// Workflows that the old backend saved have no list of their collections.
func TestListReadsOldWorkflows(t *testing.T) {
	host := start(t)
	store(t, host, "workflows", bson.E{Key: "workflowId", Value: "old"}, bson.E{Key: "ownerId", Value: "o"}, bson.E{Key: "steps", Value: bson.A{
		bson.D{{Key: "id", Value: "a"}, {Key: "type", Value: "dbFind"}, {Key: "data", Value: bson.D{{Key: "fields", Value: bson.D{{Key: "collection", Value: "canvas"}}}}}},
		bson.D{{Key: "type", Value: "dbInsert"}, {Key: "collection", Value: "flat"}},
	}})
	all := listed(t, host)
	assert.Contains(t, all, "canvas")
	assert.Contains(t, all, "flat")
}

// A find is a 404 unless a workflow could use the collection.
func TestUnknownCollections(t *testing.T) {
	host := start(t)
	store(t, host, "stored", bson.E{Key: "a", Value: 1})
	store(t, host, "owners.x.people", bson.E{Key: "a", Value: 1})
	store(t, host, "sessions", bson.E{Key: "secret", Value: "canary"}, bson.E{Key: "sessionId", Value: "canary"})
	define(t, host, "defined", `{}`)
	save(t, host, "w", `[`+step("dbFind", "mentioned")+`,`+step("dbFind", "workflows")+`]`)
	for _, tree := range trees {
		for _, name := range []string{"stored", "defined", "mentioned", "users"} {
			assert.Equal(t, http.StatusOK, host.Call(http.MethodGet, tree+"/"+name+"/data", "").Status, name)
			assert.Equal(t, http.StatusCreated, host.Call(http.MethodPost, tree+"/"+name+"/data", `{"data":{"a":1}}`).Status, name)
		}
		for _, name := range []string{
			"unknown", "Defined", "workflows", "publishedapis", "sessions", "executions", "execution_logs", "userdbconnections", "collectiondefinitions",
			"dynamicdatas", "system.users", "system.buckets.x", "owners.x.people", "owners.", "a$b", "nul\x00", long(200), "<b>", "..", "a/b",
		} {
			for _, call := range [][2]string{{http.MethodGet, ""}, {http.MethodPost, `{"data":{"a":1}}`}} {
				got := host.Call(call[0], tree+"/"+url.PathEscape(name)+"/data", call[1])
				assert.Equal(t, http.StatusNotFound, got.Status, "%s %q: %s", call[0], name, got.Body)
				assert.Contains(t, got.Body, `"error":`+quoteAsIs("Model not found: "+name))
				assert.NotContains(t, got.Body, "canary")
			}
		}
	}
	assert.NotContains(t, listed(t, host), "unknown", "what was refused has not come into being")
}
