package sessiontest

import (
	"strings"
	"sync"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.mongodb.org/mongo-driver/bson/primitive"

	"github.com/orchestrix/orchestrix/platform/doc"
	"github.com/orchestrix/orchestrix/platform/mongo"
	"github.com/orchestrix/orchestrix/platform/session"
)

var reading = map[string]func(*fixture){
	"indexes": func(f *fixture) {
		require.NoError(f, f.sessions.EnsureIndexes(f.ctx), "again")
		made, err := f.raw.Collection("sessions").Indexes(f.ctx)
		require.NoError(f, err)
		names := map[string]bool{}
		for _, i := range made {
			names[i.Name()] = i.Unique
		}
		assert.Equal(f, map[string]bool{"sessionId_1": true, "userId_1": false, "expiresAt_1": false}, names)
	},
	"found as created": func(f *fixture) {
		id := primitive.NewObjectID()
		data := doc.Object{{"cart", doc.Array{int64(1), 1.5, "x", nil, doc.Object{{"b", true}, {"a", id}}}}, {"0", "a number for a key"}}
		created, err := f.sessions.Create(f.ctx, "user", "stamp", data)
		require.NoError(f, err)
		found := f.find(created.ID)
		for _, s := range []*session.Session{created, found} {
			assert.Equal(f, created.ID, s.ID)
			assert.Equal(f, uuid.Version(4), uuid.MustParse(s.ID).Version())
			assert.Equal(f, "user", s.UserID)
			assert.Equal(f, "stamp", s.Stamp)
			assert.Equal(f, created.Key, s.Key)
			assert.Len(f, s.Key, 24)
			assert.False(f, s.Changed())
			assert.Equal(f, f.clock.Now().UTC(), s.CreatedAt)
			assert.Equal(f, s.CreatedAt, s.UpdatedAt)
			assert.Equal(f, f.clock.Now().UTC().Add(life), s.ExpiresAt)
			for _, want := range data {
				v, ok := s.Get(want.Key)
				assert.True(f, ok)
				assert.Equal(f, want.Value, v)
			}
			_, ok := s.Get("other")
			assert.False(f, ok)
		}
	},
	"data that cannot be held makes no session": func(f *fixture) {
		for _, data := range []doc.Object{{{"a.b", 1}}, {{"a", strings.Repeat("x", 20_000)}}, {{"a", struct{}{}}}} {
			_, err := f.sessions.Create(f.ctx, "user", "", data)
			require.ErrorIs(f, err, session.ErrData)
		}
		assert.Empty(f, f.list("user"))
	},
	"a clock that is wrong for a while ends nothing that is not swept": func(f *fixture) {
		s := f.create("user")
		f.clock.Advance(2 * life)
		ahead := f.create("user")
		_, err := f.sessions.Find(f.ctx, s.ID)
		require.ErrorIs(f, err, session.ErrNone)
		f.clock.Advance(-2 * life)
		assert.Equal(f, s.ID, f.find(s.ID).ID)
		assert.Equal(f, ahead.ID, f.find(ahead.ID).ID, "one from the future is good")
		f.clock.Advance(-life)
		assert.ElementsMatch(f, []string{s.ID, ahead.ID}, f.list("user"))
	},
	"ends by the clock": func(f *fixture) {
		s := f.create("user")
		f.clock.Advance(life - time.Millisecond)
		copied := f.find(s.ID)
		assert.Equal(f, []string{s.ID}, f.list("user"))
		f.clock.Advance(time.Millisecond)
		_, err := f.sessions.Find(f.ctx, s.ID)
		require.ErrorIs(f, err, session.ErrNone)
		assert.Empty(f, f.list("user"))
		_, err = f.sessions.Revoke(f.ctx, "user", s.Key)
		require.ErrorIs(f, err, session.ErrNone)
		require.NoError(f, copied.Set("k", "v"))
		require.NoError(f, f.sessions.Save(f.ctx, copied))
		d, err := f.raw.Collection("sessions").FindOne(f.ctx, doc.Object{{"sessionId", s.ID}}, mongo.FindOptions{})
		require.NoError(f, err, "not swept yet")
		assert.Empty(f, doc.Child(d, "data"))
	},
	"what is no id does not reach the store": func(f *fixture) {
		s := f.create("user")
		before := f.store.calls.Load()
		for _, id := range []string{
			"", "x", strings.Repeat("a", 1<<20), "\x00", s.ID + "\x00", s.ID + " ", "{" + s.ID + "}", "urn:uuid:" + s.ID, strings.ToUpper("x" + s.ID[1:]),
			strings.ReplaceAll(s.ID, "-", ""), strings.Replace(s.ID, "-", "\x00", 1), `{"$ne":null}`, "$where", strings.Repeat("0", 35) + "Z",
			"AAAAAAAA-AAAA-4AAA-8AAA-AAAAAAAAAAAA",
		} {
			_, err := f.sessions.Find(f.ctx, id)
			assert.ErrorIs(f, err, session.ErrNone)
			assert.NoError(f, f.sessions.End(f.ctx, id))
			_, err = f.sessions.Revoke(f.ctx, "user", id)
			assert.ErrorIs(f, err, session.ErrNone)
		}
		assert.Equal(f, before, f.store.calls.Load())
		f.find(s.ID)
	},
	"sessions of the old backend": func(f *fixture) {
		ids := f.fill("user", 1)
		found := f.find(ids[0])
		assert.Empty(f, found.Stamp)
		require.NoError(f, found.Set("k", "v"))
		require.NoError(f, f.sessions.Save(f.ctx, found))
		v, _ := f.find(ids[0]).Get("k")
		assert.Equal(f, "v", v)
		assert.Equal(f, ids, f.list("user"))
	},
	"without a time to end it has ended": func(f *fixture) {
		id := uuid.NewString()
		_, err := f.raw.Collection("sessions").InsertOne(f.ctx, doc.Object{{"sessionId", id}, {"userId", "user"}})
		require.NoError(f, err)
		_, err = f.sessions.Find(f.ctx, id)
		require.ErrorIs(f, err, session.ErrNone)
		assert.Empty(f, f.list("user"))
	},
	"listed from the newest": func(f *fixture) {
		assert.Empty(f, f.list("user"))
		var want []string
		for range 3 {
			want = append([]string{f.create("user").ID}, want...)
			want = append([]string{f.create("user").ID}, want...) // in the same millisecond
			f.create("other")
			f.clock.Advance(time.Millisecond)
		}
		assert.Equal(f, want, f.list("user"))
	},
	"a user has so many sessions at most": func(f *fixture) {
		old := f.fill("user", session.MaxPerUser-1)
		f.fill("other", 3)
		first := f.create("user")
		f.find(old[len(old)-1])
		f.clock.Advance(time.Millisecond)
		second := f.create("user")
		f.gone(old[len(old)-1])
		assert.Equal(f, append([]string{second.ID, first.ID}, old[:len(old)-1]...), f.list("user"))
		assert.Len(f, f.list("other"), 3)
	},
	"created at the same time": func(f *fixture) {
		f.fill("user", session.MaxPerUser-3)
		var mu sync.Mutex
		ids := map[string]bool{}
		var all sync.WaitGroup
		for range 12 {
			all.Go(func() {
				s, err := f.sessions.Create(f.ctx, "user", "", nil)
				if assert.NoError(f, err) {
					mu.Lock()
					ids[s.ID] = true
					mu.Unlock()
				}
			})
		}
		all.Wait()
		assert.Len(f, ids, 12)
		left := f.list("user")
		assert.Len(f, left, session.MaxPerUser, "no more and no fewer")
		for _, id := range left[:12] {
			assert.True(f, ids[id], "the new ones stay")
		}
		n, err := f.raw.Collection("sessions").Count(f.ctx, doc.Object{})
		require.NoError(f, err)
		assert.EqualValues(f, session.MaxPerUser, n)
	},
}
