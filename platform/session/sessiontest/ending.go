package sessiontest

import (
	"context"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.mongodb.org/mongo-driver/bson/primitive"

	"github.com/orchestrix/orchestrix/platform/doc"
	"github.com/orchestrix/orchestrix/platform/mongo"
	"github.com/orchestrix/orchestrix/platform/session"
)

var ending = map[string]func(*fixture){
	"end": func(f *fixture) {
		s, other := f.create("user"), f.create("user")
		require.NoError(f, f.sessions.End(f.ctx, s.ID))
		require.NoError(f, f.sessions.End(f.ctx, s.ID), "again")
		require.NoError(f, f.sessions.End(f.ctx, other.Key), "a key is no id")
		f.gone(s.ID)
		assert.Equal(f, []string{other.ID}, f.list("user"))
	},
	"revoke": func(f *fixture) {
		byKey, byID, stays, others := f.create("user"), f.create("user"), f.create("user"), f.create("other")
		for _, c := range []struct {
			key string
			s   *session.Session
		}{{byKey.Key, byKey}, {byID.ID, byID}} {
			id, err := f.sessions.Revoke(f.ctx, "user", c.key)
			require.NoError(f, err)
			assert.Equal(f, c.s.ID, id)
			f.gone(c.s.ID)
			_, err = f.sessions.Revoke(f.ctx, "user", c.key)
			require.ErrorIs(f, err, session.ErrNone, "again")
		}
		for _, key := range []string{others.Key, others.ID, primitive.NewObjectID().Hex(), uuid.NewString()} {
			_, err := f.sessions.Revoke(f.ctx, "user", key)
			require.ErrorIs(f, err, session.ErrNone)
		}
		_, err := f.sessions.Revoke(f.ctx, "", others.Key)
		require.ErrorIs(f, err, session.ErrNone)
		assert.Equal(f, []string{stays.ID}, f.list("user"))
		assert.Equal(f, []string{others.ID}, f.list("other"))
	},
	"end all": func(f *fixture) {
		expired := f.create("user")
		f.clock.Advance(life)
		one, two, others := f.create("user"), f.create("user"), f.create("other")
		ids, err := f.sessions.EndAll(f.ctx, "user")
		require.NoError(f, err)
		assert.ElementsMatch(f, idsOf(expired, one, two), ids)
		for _, id := range ids {
			f.gone(id)
		}
		assert.Equal(f, []string{others.ID}, f.list("other"))
		ids, err = f.sessions.EndAll(f.ctx, "user")
		require.NoError(f, err)
		assert.Empty(f, ids)
	},
	"end all of very many": func(f *fixture) {
		want := f.fill("user", session.MaxPerUser+500)
		ids, err := f.sessions.EndAll(f.ctx, "user")
		require.NoError(f, err)
		assert.ElementsMatch(f, want, ids)
	},
	"sweep takes what has expired": func(f *fixture) {
		n, err := f.sessions.Sweep(f.ctx)
		require.NoError(f, err)
		assert.Zero(f, n)
		gone := idsOf(f.create("user"), f.create("other"))
		f.clock.Advance(time.Millisecond)
		stays := f.create("user")
		f.clock.Advance(life - time.Millisecond)
		n, err = f.sessions.Sweep(f.ctx)
		require.NoError(f, err)
		assert.EqualValues(f, 2, n)
		for _, id := range gone {
			f.gone(id)
		}
		f.find(stays.ID)
		n, err = f.sessions.Sweep(f.ctx)
		require.NoError(f, err)
		assert.Zero(f, n)
	},
	"a store that is away is no missing session": func(f *fixture) {
		s := f.create("user")
		away := session.NewStore(closedStore{f.raw}, session.Options{Clock: f.clock.Now})
		_, err := away.Find(f.ctx, s.ID)
		require.ErrorIs(f, err, mongo.ErrUnavailable)
		require.NotErrorIs(f, err, session.ErrNone)
		_, err = away.Revoke(f.ctx, "user", s.Key)
		require.ErrorIs(f, err, mongo.ErrUnavailable)
		f.find(s.ID)
	},
}

// closedStore is a store that has gone away.
type closedStore struct{ mongo.Store }

func (s closedStore) Collection(name string) mongo.Collection {
	return closedCollection{s.Store.Collection(name)}
}

type closedCollection struct{ mongo.Collection }

func (closedCollection) FindOne(context.Context, doc.Object, mongo.FindOptions) (doc.Object, error) {
	return nil, mongo.ErrUnavailable
}

func (closedCollection) UpdateOne(context.Context, doc.Object, doc.Object, mongo.UpdateOptions) (mongo.UpdateResult, error) {
	return mongo.UpdateResult{}, mongo.ErrUnavailable
}
