package embedded

import (
	"testing"

	"github.com/stretchr/testify/require"
	"go.mongodb.org/mongo-driver/bson"

	"github.com/orchestrix/orchestrix/platform/mongo"
)

func parse(t *testing.T, text string) bson.D {
	t.Helper()
	var d bson.D
	require.NoError(t, bson.UnmarshalExtJSON([]byte(text), false, &d), text)
	return d
}

// What would give a wrong answer is refused.
func TestRefusedFilters(t *testing.T) {
	c := openStore(t, t.TempDir()).Collection("things")
	for filter, kind := range map[string]error{
		`{"a":{"$in":["x",{"$regularExpression":{"pattern":"x","options":""}}]}}`:        mongo.ErrUnsupported,
		`{"a":{"$nin":[{"$regularExpression":{"pattern":"x","options":""}}]}}`:           mongo.ErrUnsupported,
		`{"$or":[{"a":{"$all":[{"$regularExpression":{"pattern":"x","options":""}}]}}]}`: mongo.ErrUnsupported,
		`{"a":{"$not":{"$in":[{"$regularExpression":{"pattern":"x","options":""}}]}}}`:   mongo.ErrUnsupported,
		`{"a":{"$numberDecimal":"NaN"}}`:                                                 mongo.ErrUnsupported,
		`{"a":{"$lt":{"$numberDecimal":"Infinity"}}}`:                                    mongo.ErrUnsupported,
	} {
		_, err := c.Count(t.Context(), parse(t, filter))
		require.ErrorIs(t, err, kind, filter)
	}
}

func TestRefusedDocuments(t *testing.T) {
	c := openStore(t, t.TempDir()).Collection("things")
	for document, kind := range map[string]error{
		`{"_id":[1]}`: mongo.ErrInvalid,
		`{"_id":{"$regularExpression":{"pattern":"x","options":""}}}`: mongo.ErrInvalid,
		`{"a":[{"$numberDecimal":"-Infinity"}]}`:                      mongo.ErrUnsupported,
	} {
		_, err := c.InsertOne(t.Context(), parse(t, document))
		require.ErrorIs(t, err, kind, document)
	}
	_, err := c.UpdateOne(t.Context(), bson.D{{Key: "_id", Value: "x"}}, bson.D{{Key: "$setOnInsert", Value: bson.D{{Key: "a", Value: 1}}}}, mongo.UpdateOptions{Upsert: true})
	require.NoError(t, err)
}
