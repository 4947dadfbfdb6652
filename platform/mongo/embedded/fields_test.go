package embedded_test

import (
	"strconv"
	"testing"

	"github.com/stretchr/testify/require"
	"go.mongodb.org/mongo-driver/bson"

	"github.com/orchestrix/orchestrix/platform/mongo"
)

// One of 30,000 fields took 8 s of a document that had 100,000, and all other writes
// waited.
func TestUpdatesNameABoundedNumberOfFields(t *testing.T) {
	people := open(t, t.TempDir()).Collection("people")
	ctx := t.Context()
	_, err := people.InsertOne(ctx, bson.D{{Key: "_id", Value: "a"}})
	require.NoError(t, err)
	var fields bson.D
	for i := range 999 {
		fields = append(fields, bson.E{Key: "f" + strconv.Itoa(i), Value: int32(i)})
	}
	update := func(operators ...bson.E) error {
		_, err := people.UpdateOne(ctx, bson.D{{Key: "_id", Value: "a"}}, operators, mongo.UpdateOptions{})
		return err
	}
	one := bson.D{{Key: "n", Value: int32(1)}}
	require.NoError(t, update(bson.E{Key: "$set", Value: fields}, bson.E{Key: "$inc", Value: one}))
	fields = append(fields, bson.E{Key: "f999", Value: int32(1)})
	require.ErrorIs(t, update(bson.E{Key: "$set", Value: fields}, bson.E{Key: "$inc", Value: one}), mongo.ErrInvalid)
}
