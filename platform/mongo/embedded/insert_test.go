package embedded

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.etcd.io/bbolt"
	"go.mongodb.org/mongo-driver/bson"
	"pgregory.net/rapid"

	"github.com/orchestrix/orchestrix/platform/mongo"
)

// InsertMany stores exactly what one InsertOne after the other would.
func TestInsertManyIsManyInsertOnes(t *testing.T) {
	s, round := openStore(t, t.TempDir()), 0
	values := rapid.SampledFrom([]any{nil, 0, 1, 1.0, 2, 3, "", "a", "b", "ab", "a\x00", bson.A{1, 2}, bson.A{}, bson.A{2, "a"}, bson.D{{Key: "x", Value: 1}}})
	rapid.Check(t, func(t *rapid.T) {
		round++
		one, many := s.Collection(fmt.Sprint("one", round)), s.Collection(fmt.Sprint("many", round))
		for _, c := range []mongo.Collection{one, many} {
			require.NoError(t, c.EnsureIndexes(t.Context(), mongo.Index{Fields: []string{"a", "b"}, Unique: true}, mongo.Index{Fields: []string{"c"}, Unique: true, Sparse: true},
				mongo.Index{Fields: []string{"b"}}))
		}
		for range rapid.IntRange(1, 4).Draw(t, "batches") {
			var docs []bson.D
			var refused mongo.Refusals
			for range rapid.IntRange(0, 12).Draw(t, "documents") {
				d := bson.D{{Key: "_id", Value: values.Draw(t, "_id")}}
				for _, field := range []string{"a", "b", "c"} {
					if rapid.Bool().Draw(t, field) {
						d = append(d, bson.E{Key: field, Value: values.Draw(t, "value")})
					}
				}
				docs = append(docs, d)
				if _, err := one.InsertOne(t.Context(), d); err != nil {
					refused.Add(err)
				}
			}
			err := many.InsertMany(t.Context(), docs)
			for _, kind := range []error{mongo.ErrDuplicate, mongo.ErrInvalid, mongo.ErrUnsupported} {
				require.Equal(t, errors.Is(refused.Err(), kind), errors.Is(err, kind), "%v and %v", refused.Err(), err)
			}
			want, err := one.Find(t.Context(), nil, mongo.FindOptions{})
			require.NoError(t, err)
			have, err := many.Find(t.Context(), nil, mongo.FindOptions{})
			require.NoError(t, err)
			require.Equal(t, want, have)
		}
	})
	requireConsistent(t, s)
}

// A neighbour that spoils the transaction makes the job run again: nothing is
// counted twice or lost.
func TestInsertManyIsMadeAgain(t *testing.T) {
	s := openStore(t, t.TempDir())
	c := s.Collection("things")
	require.NoError(t, c.EnsureIndexes(t.Context(), mongo.Index{Fields: []string{"tag"}, Unique: true}))
	require.NoError(t, insertID(s, 3))
	release := hold(t, s)
	var wait sync.WaitGroup
	wait.Go(func() {
		docs := make([]bson.D, 10)
		for n := range docs {
			docs[n] = bson.D{{Key: "_id", Value: n}, {Key: "tag", Value: fmt.Sprint(n)}}
		}
		assert.ErrorIs(t, c.InsertMany(context.Background(), docs), mongo.ErrDuplicate)
	})
	queued(t, s, 1)
	wait.Go(func() {
		assert.Error(t, s.writer.do(context.Background(), func(*bbolt.Tx) error { return errors.New("boom") }))
	})
	queued(t, s, 2)
	release()
	wait.Wait()
	n, err := c.Count(t.Context(), bson.D{})
	require.NoError(t, err)
	assert.EqualValues(t, 10, n)
	requireConsistent(t, s)
}

func TestGapKnowsWhatIsFree(t *testing.T) {
	var g gap
	assert.False(t, g.holds([]byte("m")), "nothing is known yet")
	g.between([]byte("f"), []byte("pq"))
	for key, free := range map[string]bool{"a": false, "f": false, "fa": true, "m": true, "o": true, "p": false, "pp": true, "pq": false, "q": false} {
		assert.Equal(t, free, g.holds([]byte(key)), key)
	}
	g.fill([]byte("m"))
	assert.False(t, g.holds([]byte("g")))
	assert.True(t, g.holds([]byte("n")))
	g.between([]byte("z"), nil)
	assert.True(t, g.holds([]byte("zz")), "the end of the bucket")
}
