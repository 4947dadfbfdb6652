package sessiontest

import (
	"fmt"
	"sync"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/orchestrix/orchestrix/platform/doc"
	"github.com/orchestrix/orchestrix/platform/mongo"
	"github.com/orchestrix/orchestrix/platform/session"
)

var saving = map[string]func(*fixture){
	"only changes are written": func(f *fixture) {
		s, err := f.sessions.Create(f.ctx, "user", "", doc.Object{{"a", "old"}, {"b", "old"}, {"c", "old"}})
		require.NoError(f, err)
		one, two := f.find(s.ID), f.find(s.ID)
		require.NoError(f, one.Set("a", "one"))
		require.NoError(f, one.Set("d", doc.Object{{"deep", "one"}}))
		two.Delete("b")
		require.NoError(f, two.Set("e", "two"))
		f.clock.Advance(time.Second)
		require.NoError(f, f.sessions.Save(f.ctx, one))
		require.NoError(f, f.sessions.Save(f.ctx, two))
		after := f.find(s.ID)
		for key, want := range map[string]any{"a": "one", "b": nil, "c": "old", "d": doc.Object{{"deep", "one"}}, "e": "two"} {
			v, ok := after.Get(key)
			assert.Equal(f, want, v, key)
			assert.Equal(f, want != nil, ok, key)
		}
		assert.Equal(f, s.CreatedAt.Add(time.Second), after.UpdatedAt)
		assert.Equal(f, s.CreatedAt, after.CreatedAt)
		assert.Equal(f, s.ExpiresAt, after.ExpiresAt, "a change makes it live no longer")
	},
	"nothing changed, nothing written": func(f *fixture) {
		s := f.create("user")
		before := f.store.calls.Load()
		require.NoError(f, f.sessions.Save(f.ctx, s))
		require.NoError(f, f.sessions.Save(f.ctx, nil))
		require.Error(f, s.Set("a.b", 1))
		s.Delete("a")
		require.NoError(f, f.sessions.Save(f.ctx, s))
		assert.Equal(f, before, f.store.calls.Load())
		require.NoError(f, s.Set("a", nil))
		require.NoError(f, f.sessions.Save(f.ctx, s))
		require.NoError(f, f.sessions.Save(f.ctx, s))
		assert.Equal(f, before+1, f.store.calls.Load())
		v, ok := f.find(s.ID).Get("a")
		assert.True(f, ok, "null is a value")
		assert.Nil(f, v)
	},
	"set, saved, deleted and saved": func(f *fixture) {
		s := f.create("user")
		require.NoError(f, s.Set("a", "x"))
		require.NoError(f, f.sessions.Save(f.ctx, s))
		assert.False(f, s.Changed())
		s.Delete("a")
		require.NoError(f, f.sessions.Save(f.ctx, s))
		_, ok := f.find(s.ID).Get("a")
		assert.False(f, ok)
	},
	"an ended session stays ended": func(f *fixture) {
		s := f.create("user")
		require.NoError(f, s.Set("k", "v"))
		require.NoError(f, f.sessions.End(f.ctx, s.ID))
		require.NoError(f, f.sessions.Save(f.ctx, s))
		f.gone(s.ID)
	},
	"a failed save can be repeated": func(f *fixture) {
		s := f.create("user")
		require.NoError(f, s.Set("k", "v"))
		broken := session.NewStore(closedStore{f.raw}, session.Options{Clock: f.clock.Now})
		require.ErrorIs(f, broken.Save(f.ctx, s), mongo.ErrUnavailable)
		assert.True(f, s.Changed())
		require.NoError(f, f.sessions.Save(f.ctx, s))
		v, _ := f.find(s.ID).Get("k")
		assert.Equal(f, "v", v)
	},
	"one session, several goroutines": func(f *fixture) {
		s := f.create("user")
		var all sync.WaitGroup
		for i := range 8 {
			all.Go(func() {
				key := fmt.Sprint("k", i)
				assert.NoError(f, s.Set(key, int64(i)))
				assert.NoError(f, f.sessions.Save(f.ctx, s))
				v, _ := s.Get(key)
				assert.Equal(f, int64(i), v)
				s.Delete("none")
				s.Changed()
			})
		}
		all.Wait()
		assert.False(f, s.Changed())
		found := f.find(s.ID)
		for i := range 8 {
			v, _ := found.Get(fmt.Sprint("k", i))
			assert.Equal(f, int64(i), v)
		}
	},
}
