package embedded

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"
	"go.mongodb.org/mongo-driver/bson"

	"github.com/orchestrix/orchestrix/platform/mongo"
)

// TestProjectionsThatLeaveOutFields compares the short way with the long one,
// which any further projection takes.
func TestProjectionsThatLeaveOutFields(t *testing.T) {
	s, err := Open(t.Context(), Options{Dir: t.TempDir()})
	require.NoError(t, err)
	defer func() { require.NoError(t, s.Close(t.Context())) }()
	c := s.Collection("c")
	for n := range 5 {
		_, err := c.InsertOne(t.Context(), bson.D{
			{Key: "_id", Value: n}, {Key: "a", Value: 9 - n}, {Key: "b", Value: bson.D{{Key: "c", Value: n}, {Key: "d", Value: "x"}}},
			{Key: "e", Value: bson.A{1, "y"}}, {Key: "f.g", Value: n},
		})
		require.NoError(t, err)
	}
	for _, projection := range []bson.D{
		{{Key: "a", Value: 0}}, {{Key: "b", Value: int64(0)}, {Key: "e", Value: false}}, {{Key: "b", Value: 0.0}, {Key: "a", Value: 0}},
		{{Key: "b.c", Value: 0}}, {{Key: "nothing", Value: 0}}, {{Key: "", Value: 0}}, {{Key: "f.g", Value: 0}},
	} {
		for _, filter := range []bson.D{nil, {{Key: "a", Value: bson.D{{Key: "$gt", Value: 6}}}}, {{Key: "b.c", Value: 2}}, {{Key: "$or", Value: bson.A{bson.D{{Key: "e", Value: "y"}}}}}} {
			for _, sort := range []bson.D{nil, {{Key: "a", Value: 1}}, {{Key: "b.c", Value: -1}}} {
				long := append(bson.D{{Key: "_id", Value: 0}}, projection...)
				want, err := c.Find(t.Context(), filter, mongo.FindOptions{Sort: sort, Projection: long})
				require.NoError(t, err)
				have, err := c.Find(t.Context(), filter, mongo.FindOptions{Sort: sort, Projection: projection})
				require.NoError(t, err)
				what := fmt.Sprint(projection, filter, sort)
				require.Len(t, have, len(want), what)
				for i := range have {
					require.Equal(t, want[i], have[i][1:], what)
				}
			}
		}
	}
	for _, wrong := range []bson.D{{{Key: "$a", Value: 0}}, {{Key: "a", Value: 0}, {Key: "b", Value: 1}}, {{Key: "a", Value: "x"}}} {
		_, err := c.Find(t.Context(), nil, mongo.FindOptions{Projection: wrong})
		require.ErrorIs(t, err, mongo.ErrInvalid)
	}
}
