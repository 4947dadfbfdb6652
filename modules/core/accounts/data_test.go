package accounts_test

import (
	"context"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/orchestrix/orchestrix/modules/core/accounts"
	"github.com/orchestrix/orchestrix/modules/modulestest"
	"github.com/orchestrix/orchestrix/platform/apierr"
	"github.com/orchestrix/orchestrix/platform/auth"
	"github.com/orchestrix/orchestrix/platform/doc"
	"github.com/orchestrix/orchestrix/platform/session"
)

// dataOf is the caller's session.
func dataOf(ctx context.Context) *session.Session { return accounts.From(ctx).Session }

func TestSessionDataIsSavedOncePerRequest(t *testing.T) {
	f := start(t)
	f.add(t, "a@b.c")
	token := f.login(t, "a@b.c").Token
	for _, step := range []struct {
		name   string
		handle func(t *testing.T, s *session.Session) error
		status int
		writes int64
	}{
		{"several changes", func(t *testing.T, s *session.Session) error {
			for i, key := range []string{"a", "b", "c", "a"} {
				assert.NoError(t, s.Set(key, i))
			}
			s.Delete("b")
			return nil
		}, 200, 1},
		{"reading", func(t *testing.T, s *session.Session) error {
			a, _ := s.Get("a")
			_, b := s.Get("b")
			c, _ := s.Get("c")
			assert.Equal(t, []any{int64(3), false, int64(2)}, []any{a, b, c})
			return nil
		}, 200, 0},
		{"what comes and goes", func(t *testing.T, s *session.Session) error {
			assert.NoError(t, s.Set("d", 1))
			s.Delete("d")
			s.Delete("none")
			return nil
		}, 200, 0},
		{"what it cannot hold", func(t *testing.T, s *session.Session) error {
			assert.ErrorIs(t, s.Set("$set", 1), session.ErrData)
			return nil
		}, 200, 0},
		{"a failure", func(t *testing.T, s *session.Session) error {
			assert.NoError(t, s.Set("a", "lost"))
			return apierr.Conflict("taken")
		}, 409, 0},
		{"a panic", func(t *testing.T, s *session.Session) error {
			assert.NoError(t, s.Set("a", "lost"))
			panic("oh")
		}, 500, 0},
		{"deleting", func(t *testing.T, s *session.Session) error {
			a, _ := s.Get("a")
			assert.Equal(t, int64(3), a, "failures left it alone")
			s.Delete("a")
			return nil
		}, 200, 1},
	} {
		t.Run(step.name, func(t *testing.T) {
			call := f.serve(t, func(ctx context.Context) error { return step.handle(t, dataOf(ctx)) })
			before := f.store.writes.Load()
			assert.Equal(t, step.status, call(token))
			assert.Equal(t, step.writes, f.store.writes.Load()-before)
		})
	}
}

func TestASessionThatEndsDuringARequestStaysEnded(t *testing.T) {
	for name, end := range map[string]func(ctx context.Context, f *fixture) error{
		"logged out": func(ctx context.Context, f *fixture) error { return f.Logout(ctx, accounts.From(ctx)) },
		"revoked": func(ctx context.Context, f *fixture) error {
			c := accounts.From(ctx)
			return f.Revoke(ctx, c, c.Session.Key)
		},
		"expired": func(_ context.Context, f *fixture) error {
			f.now = f.now.Add(2 * time.Hour)
			return nil
		},
	} {
		t.Run(name, func(t *testing.T) {
			f := start(t)
			f.add(t, "a@b.c")
			token := f.login(t, "a@b.c").Token
			call := f.serve(t, func(ctx context.Context) error {
				assert.NoError(t, dataOf(ctx).Set("k", "v"))
				return end(ctx, f)
			})
			assert.Equal(t, 200, call(token), "that is no error")
			assert.Equal(t, 401, call(token))
			found, err := f.store.Collection("sessions").Count(t.Context(), doc.Object{{"data.k", "v"}})
			require.NoError(t, err)
			assert.Zero(t, found)
		})
	}
}

func TestConcurrentRequestsKeepEachOthersData(t *testing.T) {
	const requests = 16
	f := start(t)
	f.add(t, "a@b.c")
	login := f.login(t, "a@b.c")
	var read sync.WaitGroup
	read.Add(requests)
	keys := make(chan string, requests)
	call := f.serve(t, func(ctx context.Context) error {
		read.Done()
		read.Wait() // all have read the session before one writes it
		return dataOf(ctx).Set(<-keys, "v")
	})
	for i := range requests {
		keys <- fmt.Sprintf("k%d", i)
	}
	assert.Equal(t, map[int]int{200: requests}, modulestest.Crowd(requests, func(int) int { return call(login.Token) }))
	all, err := f.Sessions(t.Context(), &accounts.Caller{User: login.User})
	require.NoError(t, err)
	require.Len(t, all, 1)
	for i := range requests {
		v, _ := all[0].Get(fmt.Sprintf("k%d", i))
		assert.Equal(t, "v", v, "k%d", i)
	}
}

// A token of the old backend has no session, and so no data.
func TestATokenWithoutASessionHasNoData(t *testing.T) {
	f := start(t)
	f.add(t, "a@b.c")
	token, err := auth.NewTokens([]byte("a secret for tests"), func() time.Time { return f.now }).
		Sign(doc.Object{{"userId", f.login(t, "a@b.c").User.ID}}, "HS256", time.Hour)
	require.NoError(t, err)
	call := f.serve(t, func(ctx context.Context) error {
		assert.Nil(t, dataOf(ctx))
		_, ok := dataOf(ctx).Get("k")
		assert.False(t, ok)
		assert.ErrorIs(t, dataOf(ctx).Set("k", "v"), session.ErrData)
		return nil
	})
	assert.Equal(t, 200, call(token))
	assert.Zero(t, f.store.writes.Load())
	assert.Nil(t, accounts.From(t.Context()), "where nobody is asked for")
}
