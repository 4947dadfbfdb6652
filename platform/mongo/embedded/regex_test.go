package embedded_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"go.mongodb.org/mongo-driver/bson"

	"github.com/orchestrix/orchestrix/platform/mongo"
)

// Nothing can interrupt a match, and what a pattern is compiled to takes memory.
func TestRegularExpressionsAreBounded(t *testing.T) {
	people := open(t, t.TempDir()).Collection("people")
	ctx := t.Context()
	_, err := people.InsertOne(ctx, bson.D{{Key: "name", Value: strings.Repeat("a", 8<<20)}})
	require.NoError(t, err)
	find := func(filter bson.D) error {
		_, err := people.Find(ctx, filter, mongo.FindOptions{})
		return err
	}
	name := func(pattern string) bson.D {
		return bson.D{{Key: "name", Value: bson.D{{Key: "$regex", Value: pattern}}}}
	}
	require.ErrorIs(t, find(name(strings.Repeat(".{0,900}", 100))), mongo.ErrInvalid)
	require.ErrorIs(t, find(name("(([a-z]{0,30}){0,30}[0-9])$")), mongo.ErrInvalid, "it took two minutes")
	many := make(bson.A, 200)
	for i := range many {
		many[i] = name("b{900}")
	}
	require.ErrorIs(t, find(bson.D{{Key: "$or", Value: many}}), mongo.ErrInvalid)
	require.NoError(t, find(name("^a{3,}")))
}
