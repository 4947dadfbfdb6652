package embedded

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.mongodb.org/mongo-driver/bson"
	"go.mongodb.org/mongo-driver/bson/primitive"

	"github.com/orchestrix/orchestrix/platform/mongo"
)

func TestIndexThatCannotBeMadeLeavesTheOldOne(t *testing.T) {
	s := openStore(t, t.TempDir())
	c := s.Collection("things")
	require.NoError(t, c.EnsureIndexes(t.Context(), mongo.Index{Fields: []string{"a", "b"}}))
	many := make(bson.A, 40)
	for i := range many {
		many[i] = i
	}
	// Two lists make more entries than a document may have.
	bad := bson.D{{Key: "_id", Value: "bad"}, {Key: "a", Value: many}, {Key: "c", Value: many}}
	for _, d := range []bson.D{{{Key: "_id", Value: "a"}, {Key: "a", Value: 1}}, bad, {{Key: "_id", Value: "z"}, {Key: "a", Value: 2}}} {
		_, err := c.InsertOne(t.Context(), d)
		require.NoError(t, err)
	}
	for _, i := range []mongo.Index{{Fields: []string{"a", "c"}}, {Fields: []string{"a", "c"}, Unique: true}} {
		require.ErrorIs(t, c.EnsureIndexes(t.Context(), i), mongo.ErrInvalid)
	}
	requireConsistent(t, s)
	_, err := c.DeleteMany(t.Context(), bson.D{})
	require.NoError(t, err)
	require.NoError(t, c.EnsureIndexes(t.Context(), mongo.Index{Fields: []string{"a", "c"}, Unique: true}))
	requireConsistent(t, s)
	_, err = c.InsertOne(t.Context(), bson.D{{Key: "_id", Value: "new"}, {Key: "a", Value: 1}})
	require.NoError(t, err, "no entries of the failed attempt are left")
}

func TestIndexIsNotUsedForDocuments(t *testing.T) {
	s := openStore(t, t.TempDir())
	c := s.Collection("things")
	require.NoError(t, c.EnsureIndexes(t.Context(), mongo.Index{Fields: []string{"a"}}))
	value := bson.D{{Key: "b", Value: 1}, {Key: "$eq", Value: 2}}
	_, err := c.InsertOne(t.Context(), bson.D{{Key: "_id", Value: 1}, {Key: "a", Value: value}})
	require.NoError(t, err)
	n, err := c.Count(t.Context(), bson.D{{Key: "a", Value: value}})
	require.NoError(t, err)
	assert.EqualValues(t, 1, n)
}

func TestExpiryCountsADocumentOnce(t *testing.T) {
	s := openStore(t, t.TempDir())
	c := s.Collection("things")
	require.NoError(t, c.EnsureIndexes(t.Context(), mongo.Index{Fields: []string{"at"}, Expire: true}))
	past := primitive.NewDateTimeFromTime(time.Now().Add(-time.Hour))
	_, err := c.InsertOne(t.Context(), bson.D{{Key: "at", Value: bson.A{past, past - 1, past - 2}}})
	require.NoError(t, err)
	n, err := s.ExpireNow(t.Context())
	require.NoError(t, err)
	assert.EqualValues(t, 1, n)
}

// A process that was killed leaves its draft behind, and in a container every
// process has the same id.
func TestDraftOfAKilledProcessIsReplaced(t *testing.T) {
	dir := t.TempDir()
	draft := filepath.Join(dir, fmt.Sprintf("%s.%d.new", fileName, os.Getpid()))
	require.NoError(t, os.WriteFile(draft, make([]byte, 5000), 0o600))
	s := openStore(t, dir)
	require.NoError(t, s.Ping(t.Context()))
	left, err := os.ReadDir(dir)
	require.NoError(t, err)
	assert.Len(t, left, 1)
}

func TestOnlyWritesThatStoreMakeACollection(t *testing.T) {
	s := openStore(t, t.TempDir())
	c := s.Collection("things")
	_, err := c.DeleteMany(t.Context(), bson.D{})
	require.NoError(t, err)
	_, err = c.UpdateOne(t.Context(), bson.D{}, bson.D{{Key: "$set", Value: bson.D{{Key: "a", Value: 1}}}}, mongo.UpdateOptions{})
	require.NoError(t, err)
	names, err := s.Collections(t.Context())
	require.NoError(t, err)
	assert.Empty(t, names)
}
