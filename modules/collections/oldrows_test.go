package collections_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/assert"
	"go.mongodb.org/mongo-driver/bson"
	"go.mongodb.org/mongo-driver/bson/primitive"
)

const (
	ref  = "507f1f77bcf86cd799439011"
	hash = "$2b$10$abcdefghijklmnopqrstuuABCDEFGHIJKLMNOPQRSTUVWXYZabcde"
)

// Rows of the old backend are read after the documents of the collection itself.
func TestOldRows(t *testing.T) {
	host := start(t)
	oid, err := primitive.ObjectIDFromHex(ref)
	assert.NoError(t, err)
	for i := range 5 {
		id := primitive.NewObjectID()
		if i == 4 {
			id = oid
		}
		store(t, host, "dynamicdatas", bson.E{Key: "_id", Value: id}, bson.E{Key: "ownerId", Value: "someone"}, bson.E{Key: "collectionName", Value: "orders"},
			bson.E{Key: "data", Value: bson.D{{Key: "name", Value: fmt.Sprintf("old%d", i)}, {Key: "n", Value: i}, {Key: "ref", Value: oid},
				{Key: "password", Value: hash}, {Key: "deep", Value: bson.D{{Key: "x", Value: hash}, {Key: "y", Value: 1}}}}})
	}
	store(t, host, "dynamicdatas", bson.E{Key: "collectionName", Value: "others"}, bson.E{Key: "data", Value: bson.D{{Key: "name", Value: "other"}}})
	define(t, host, "orders", `{}`)
	for i := range 3 {
		insert(t, host, "orders", fmt.Sprintf(`{"name":"new%d","n":%d}`, i, i))
	}

	for _, row := range []struct {
		parameters []string
		want       []string
		total      int
	}{
		{[]string{"sort", "name"}, []string{"new0", "new1", "new2", "old0", "old1", "old2", "old3", "old4"}, 8},
		{[]string{"sort", "-name"}, []string{"new2", "new1", "new0", "old4", "old3", "old2", "old1", "old0"}, 8},
		{[]string{"sort", "name", "limit", "4"}, []string{"new0", "new1", "new2", "old0"}, 8},
		{[]string{"sort", "name", "limit", "3"}, []string{"new0", "new1", "new2"}, 8},
		{[]string{"sort", "name", "skip", "2", "limit", "2"}, []string{"new2", "old0"}, 8},
		{[]string{"sort", "name", "skip", "3", "limit", "2"}, []string{"old0", "old1"}, 8},
		{[]string{"sort", "name", "skip", "6"}, []string{"old3", "old4"}, 8},
		{[]string{"skip", "8"}, []string{}, 8},
		{[]string{"skip", "100"}, []string{}, 8},
		{[]string{"sort", "name", "filters", `{"n":1}`}, []string{"new1", "old1"}, 2},
		{[]string{"sort", "name", "filters", `{"n":{"$gte":2}}`}, []string{"new2", "old2", "old3", "old4"}, 4},
		{[]string{"filters", `{"name":"old2"}`}, []string{"old2"}, 1},
		{[]string{"filters", `{"$or":[{"name":"old2"},{"$and":[{"n":4},{"deep.y":1}]}]}`, "sort", "n"}, []string{"old2", "old4"}, 2},
		{[]string{"filters", `{"_id":"` + ref + `"}`}, []string{"old4"}, 1},
		{[]string{"filters", `{"_id":{"$in":["` + ref + `"]}}`}, []string{"old4"}, 1},
		{[]string{"filters", `{"ref":"` + ref + `"}`, "sort", "n", "limit", "1"}, []string{"old0"}, 5},
		{[]string{"filters", `{"collectionName":"others"}`}, []string{}, 0},
		{[]string{"filters", `{"ownerId":"someone"}`}, []string{}, 0},
	} {
		got := find(t, host, "orders", row.parameters...)
		assert.Equal(t, row.want, names(got), "%v", row.parameters)
		assert.Equal(t, row.total, got.Total, "%v", row.parameters)
		assert.Equal(t, len(row.want), got.Count, "%v", row.parameters)
	}
	got := find(t, host, "orders", "filters", `{"name":"old4"}`).Data[0]
	assert.Equal(t, map[string]any{"_id": ref, "name": "old4", "n": 4.0, "ref": ref, "deep": map[string]any{"y": 1.0}}, got, "no hash at any depth")
	one := host.Call("GET", "/collections/orders/data?findType=one&filters="+query("", `{"name":"old1"}`)[2:], "")
	assert.Contains(t, one.Body, `"name":"old1"`)
	assert.Equal(t, []string{"other"}, names(find(t, host, "others")))
}
