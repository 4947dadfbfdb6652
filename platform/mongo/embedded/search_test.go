package embedded

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.mongodb.org/mongo-driver/bson"

	"github.com/orchestrix/orchestrix/platform/mongo"
)

// A sort without an index holds every match: so many, and so many bytes of them. What
// is left out is not held.
func TestWhatASortHolds(t *testing.T) {
	s := openStore(t, t.TempDir())
	c := s.Collection("things")
	for n := range 10 {
		_, err := c.InsertOne(t.Context(), bson.D{{Key: "_id", Value: n}, {Key: "n", Value: -n}, {Key: "text", Value: make([]byte, 1000)}})
		require.NoError(t, err)
	}
	byN := bson.D{{Key: "n", Value: 1}}
	for name, row := range map[string]struct {
		bound   int64
		bytes   int
		without []string
		refused bool
	}{
		"no bound":             {},
		"both hold":            {bound: 10, bytes: 11000},
		"too many":             {bound: 9, bytes: 11000, refused: true},
		"too large":            {bound: 10, bytes: 9000, refused: true},
		"without what is long": {bound: 10, bytes: 1000, without: []string{"text"}},
	} {
		t.Run(name, func(t *testing.T) {
			o, err := newOrder(byN)
			require.NoError(t, err)
			m, err := newMatcher(nil)
			require.NoError(t, err)
			err = c.(*collection).view(t.Context(), func(table *table) error {
				found, err := search{table: table, matcher: m, order: o, limit: 2, without: row.without, bound: row.bound, bytes: row.bytes}.run(t.Context())
				if err == nil {
					assert.Len(t, found, 2)
				}
				return err
			})
			if row.refused {
				require.ErrorIs(t, err, mongo.ErrInvalid)
				return
			}
			require.NoError(t, err)
		})
	}
}
