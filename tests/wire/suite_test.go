package wire

import (
	"testing"

	"github.com/stretchr/testify/require"
	"go.mongodb.org/mongo-driver/bson"

	"github.com/orchestrix/orchestrix/platform/mongo"
	"github.com/orchestrix/orchestrix/platform/mongo/mongotest"
)

// What FerretDB 1.24 cannot do and MongoDB can. The error mapping that these
// cases would show is tested in package remote, on MongoDB's own answers.
var notInFerretDB = []string{
	"keys keep their order, operators inside are data",   // refuses keys with $ inside documents; MongoDB takes them from 5.0
	"scalars come back with their type",                  // drops the connection on a Decimal128
	"decimals",                                           // the same
	"arrays",                                             // $elemMatch only with operators, not with fields
	"what is not supported is refused by name",           // checks no filter while the collection does not exist
	"broken unique rules are reported, the rest is made", // an internal error (code 1) instead of 11000
	"unique on insert, update and upsert",                // names no index on insert; an internal error on update
	"insert many names the index",                        // names no index on insert
	"missing is one value unless sparse",                 // missing values never collide
	"malformed operands are refused whatever is stored",  // looks at an operand only when a document reaches it
}

func TestSuite(t *testing.T) {
	mongotest.Run(t, func(t *testing.T) mongo.Store { return connect(t, Start(t)) }, notInFerretDB...)
}

func TestUnsupportedOperatorsAreNamed(t *testing.T) {
	things := connect(t, Start(t)).Collection("things")
	_, err := things.InsertOne(t.Context(), bson.D{{Key: "a", Value: 1}})
	require.NoError(t, err)
	_, err = things.Find(t.Context(), bson.D{{Key: "a", Value: bson.D{{Key: "$foo", Value: 1}}}}, mongo.FindOptions{})
	require.ErrorIs(t, err, mongo.ErrUnsupported)
	require.ErrorContains(t, err, "$foo")
	_, err = things.UpdateOne(t.Context(), bson.D{}, bson.D{{Key: "$foo", Value: bson.D{{Key: "a", Value: 1}}}}, mongo.UpdateOptions{})
	require.ErrorIs(t, err, mongo.ErrUnsupported)
	_, err = things.Count(t.Context(), bson.D{{Key: "$where", Value: "true"}})
	require.ErrorIs(t, err, mongo.ErrUnsupported)
}

func TestUniqueIsOneErrorKind(t *testing.T) {
	things := connect(t, Start(t)).Collection("things")
	require.NoError(t, things.EnsureIndexes(t.Context(), mongo.Index{Fields: []string{"k"}, Unique: true}))
	_, err := things.InsertOne(t.Context(), bson.D{{Key: "k", Value: "a"}})
	require.NoError(t, err)
	_, err = things.InsertOne(t.Context(), bson.D{{Key: "k", Value: "a"}})
	require.ErrorIs(t, err, mongo.ErrDuplicate)
}
