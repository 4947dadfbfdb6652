package accounts_test

import (
	"context"
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.mongodb.org/mongo-driver/bson/primitive"

	"github.com/orchestrix/orchestrix/modules/core/accounts"
	"github.com/orchestrix/orchestrix/platform/apierr"
	"github.com/orchestrix/orchestrix/platform/doc"
	"github.com/orchestrix/orchestrix/platform/users"
)

// refusal is the 4xx that an error is.
func refusal(t testing.TB, err error) *apierr.Error {
	t.Helper()
	var refused *apierr.Error
	require.ErrorAs(t, err, &refused)
	return refused
}

// Whoever changes the password, a workflow, say, or an administrator in the
// database: what was made under the old one counts no longer.
func TestAPasswordThatIsChangedElsewhereEndsSessions(t *testing.T) {
	f := start(t)
	f.add(t, "a@b.c")
	login := f.login(t, "a@b.c")
	call := f.serve(t, func(context.Context) error { return nil })
	require.Equal(t, 200, call(login.Token))

	f.change(t, "a@b.c", "password", hash2b)
	assert.Equal(t, 401, call(login.Token))
	alive, err := f.Alive(t.Context(), login.Session.ID)
	require.NoError(t, err)
	assert.False(t, alive)

	next := f.login(t, "a@b.c")
	assert.Equal(t, 200, call(next.Token))
	listed, err := f.Sessions(t.Context(), &accounts.Caller{User: next.User, Session: next.Session})
	require.NoError(t, err)
	require.Len(t, listed, 1, "the dead one is not shown")
	assert.Equal(t, next.Session.ID, listed[0].ID)

	f.change(t, "a@b.c", "name", "Ann")
	assert.Equal(t, 200, call(next.Token), "other changes end nothing")
}

func TestDisabledUsers(t *testing.T) {
	f := start(t)
	f.add(t, "a@b.c")
	login := f.login(t, "a@b.c")
	call := f.serve(t, func(context.Context) error { return nil })
	require.Equal(t, 200, call(login.Token))

	_, wrong := f.Login(t.Context(), "a@b.c", "wrong", accounts.Client{})
	f.change(t, "a@b.c", "disabled", true)
	assert.Equal(t, 401, call(login.Token), "at once")
	alive, err := f.Alive(t.Context(), login.Session.ID)
	require.NoError(t, err)
	assert.False(t, alive)
	for _, given := range []string{password, "wrong"} {
		_, err := f.Login(t.Context(), "a@b.c", given, accounts.Client{})
		assert.Equal(t, refusal(t, wrong), refusal(t, err))
	}
	assert.Equal(t, http.StatusUnauthorized, refusal(t, wrong).Status)
}

func TestAnOldDatabase(t *testing.T) {
	f := start(t)
	made := primitive.NewDateTimeFromTime(time.Date(2025, 3, 4, 5, 6, 7, 8e6, time.UTC))
	old := func(email, hash string) doc.Object {
		return doc.Object{{"name", "Old"}, {"email", email}, {"password", hash}, {"createdAt", made}, {"updatedAt", made}, {"__v", int32(0)}}
	}
	for _, user := range []doc.Object{old("Old@b.c", hash2a), old("Twin@b.c", hash2b), old("twin@b.c", hash2a)} {
		f.insert(t, user)
	}
	logsIn := func(email string) string {
		t.Helper()
		login := f.login(t, email)
		caller, err := f.ByToken(t.Context(), login.Token)
		require.NoError(t, err)
		assert.Equal(t, "Old", caller.User.Name)
		return login.User.ID
	}
	ids := map[string]string{}
	for _, email := range []string{"Old@b.c", "Twin@b.c", "twin@b.c"} {
		ids[email] = logsIn(email)
	}
	assert.NotEqual(t, ids["Twin@b.c"], ids["twin@b.c"])

	f.Start()
	t.Cleanup(f.Close)
	keyed := doc.Object{{users.EmailKey, doc.Object{{"$exists", true}}}}
	require.Eventually(t, func() bool {
		n, err := f.store.Collection(users.Collection).Count(t.Context(), keyed)
		return err == nil && n == 2
	}, 5*time.Second, time.Millisecond, "one of the twins has no key")

	for email, id := range ids {
		assert.Equal(t, id, logsIn(email), "as before")
	}
	assert.Equal(t, ids["Old@b.c"], logsIn("OLD@B.C"))
	for _, email := range []string{"old@b.c", "twin@b.c", "TWIN@b.c"} {
		_, err := f.Register(t.Context(), email, password, "", accounts.Client{})
		assert.Equal(t, http.StatusConflict, refusal(t, err).Status, email)
	}
}
