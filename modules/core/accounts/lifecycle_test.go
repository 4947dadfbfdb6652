package accounts_test

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"
	"go.uber.org/zap"
	"go.uber.org/zap/zaptest/observer"

	"github.com/orchestrix/orchestrix/modules/core/accounts"
	"github.com/orchestrix/orchestrix/platform/auth"
	"github.com/orchestrix/orchestrix/platform/doc"
	"github.com/orchestrix/orchestrix/platform/mongo"
)

func TestStartCleansUpSessions(t *testing.T) {
	f := start(t)
	f.add(t, "a@b.c")
	f.login(t, "a@b.c")
	f.now = f.now.Add(2 * time.Hour)
	live := f.login(t, "a@b.c")
	before := goleak.IgnoreCurrent()
	f.Start()
	sessions := f.store.Collection("sessions")
	require.Eventually(t, func() bool {
		n, err := sessions.Count(t.Context(), nil)
		return err == nil && n == 1
	}, 5*time.Second, time.Millisecond)
	f.Close()
	goleak.VerifyNone(t, before)
	_, err := f.ByToken(t.Context(), live.Token)
	require.NoError(t, err, "a closed service still answers")
	f.Close()
}

func TestCloseWithoutStart(t *testing.T) { start(t).Close() }

// stuck is a store whose users cannot be listed before the caller gives up.
type stuck struct {
	mongo.Store
	listing chan struct{}
}

type stuckCollection struct {
	mongo.Collection
	listing chan struct{}
}

func (s stuck) Collection(name string) mongo.Collection {
	return stuckCollection{s.Store.Collection(name), s.listing}
}

func (c stuckCollection) Find(ctx context.Context, _ doc.Object, _ mongo.FindOptions) ([]doc.Object, error) {
	close(c.listing)
	<-ctx.Done()
	return nil, ctx.Err()
}

func TestCloseDoesNotWaitForAStoreThatHangs(t *testing.T) {
	core, logs := observer.New(zap.WarnLevel)
	store := stuck{start(t).store, make(chan struct{})}
	service := accounts.NewService(store, accounts.Options{Passwords: auth.NewPasswords(), Clock: time.Now, Logger: zap.New(core)})
	before := goleak.IgnoreCurrent()
	service.Start()
	<-store.listing
	service.Close()
	goleak.VerifyNone(t, before)
	assert.Zero(t, logs.Len(), "to be stopped is no failure")
}

// Who is connected with a session is told when it ends before its time.
func TestOnEnd(t *testing.T) {
	f := start(t)
	var ended []string
	f.OnEnd(func(ids ...string) { ended = append(ended, ids...) })
	f.add(t, "a@b.c")
	caller := func() *accounts.Caller {
		login := f.login(t, "a@b.c")
		return &accounts.Caller{User: login.User, Session: login.Session}
	}
	out, revoked, here, there := caller(), caller(), caller(), caller()
	require.NoError(t, f.Logout(t.Context(), out))
	require.NoError(t, f.Logout(t.Context(), &accounts.Caller{User: out.User}), "a token without a session")
	require.NoError(t, f.Revoke(t.Context(), here, revoked.Session.Key))
	require.Error(t, f.Revoke(t.Context(), here, revoked.Session.Key))
	assert.Equal(t, []string{out.Session.ID, revoked.Session.ID}, ended)

	ended = nil
	login, err := f.ChangePassword(t.Context(), here, password, "new", accounts.Client{})
	require.NoError(t, err)
	assert.ElementsMatch(t, []string{here.Session.ID, there.Session.ID}, ended)
	assert.NotContains(t, ended, login.Session.ID)
}
