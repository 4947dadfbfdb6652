package users_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/orchestrix/orchestrix/platform/doc"
	"github.com/orchestrix/orchestrix/platform/mongo"
	"github.com/orchestrix/orchestrix/platform/users"
)

func TestBackfill(t *testing.T) {
	d, c := open(t)
	many := make([]doc.Object, 0, 550)
	for i := range 550 {
		user := doc.Object{{"email", fmt.Sprintf("User%d@x.y", i)}, {"__v", int32(0)}}
		if i < 520 { // more than a page, and then ids of another kind
			user = append(doc.Object{{"_id", fmt.Sprintf("id %04d", i)}}, user...)
		}
		many = append(many, user)
	}
	require.NoError(t, c.InsertMany(t.Context(), many))
	insert(t, c, doc.Object{{"email", "Kept@x.y"}, {users.EmailKey, "another key"}}...)
	insert(t, c, doc.Object{{"email", "Twin@x.y"}, {"n", int64(1)}}...)
	insert(t, c, doc.Object{{"email", "twin@X.y"}, {"n", int64(2)}}...)
	insert(t, c, doc.Object{{"name", "nobody"}}...)
	insert(t, c, doc.Object{{"email", int64(7)}}...)

	count, err := d.Backfill(t.Context())
	require.NoError(t, err)
	assert.EqualValues(t, 551, count)
	found, err := c.Find(t.Context(), doc.Object{{users.EmailKey, doc.Object{{"$exists", true}}}}, mongo.FindOptions{})
	require.NoError(t, err)
	assert.Equal(t, 552, len(found))
	twins := 0
	for _, user := range found {
		switch email := doc.String(user, "email"); email {
		case "Kept@x.y":
			assert.Equal(t, "another key", doc.String(user, users.EmailKey))
		case "Twin@x.y", "twin@X.y":
			twins++
			fallthrough
		default:
			assert.Equal(t, users.Key(email), doc.String(user, users.EmailKey))
		}
	}
	assert.Equal(t, 1, twins, "one of them has the key")

	count, err = d.Backfill(t.Context())
	require.NoError(t, err)
	assert.Zero(t, count, "there is nothing left to do")
}
