package auth_test

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/orchestrix/orchestrix/modules/modulestest"
)

type shown struct {
	ID, UserAgent, Address          string
	Current                         bool
	CreatedAt, UpdatedAt, ExpiresAt time.Time
}

func sessionsOf(t testing.TB, h *modulestest.Host, a account) []shown {
	t.Helper()
	got := h.Call(http.MethodGet, "/auth/sessions", "", a.bearer()...)
	require.Equal(t, http.StatusOK, got.Status, "%s", got.Body)
	assert.NotContains(t, got.Body, a.cookie.Value, "a session's id is as good as a password")
	var list struct{ Sessions []shown }
	require.NoError(t, json.Unmarshal([]byte(got.Body), &list))
	return list.Sessions
}

func TestSessions(t *testing.T) {
	h := start(t)
	first := enter(t, h, "a@b.c")
	second := login(t, h, "a@b.c", "User-Agent", "Browser "+strings.Repeat("é", 200)+"\xff")
	enter(t, h, "bob@b.c")

	list := sessionsOf(t, h, second)
	require.Len(t, list, 2, "bob's is not among them")
	assert.True(t, list[0].Current, "the newest first")
	assert.False(t, list[1].Current)
	assert.True(t, strings.HasPrefix(list[0].UserAgent, "Browser éé"))
	assert.LessOrEqual(t, len(list[0].UserAgent), 256)
	for _, one := range list {
		assert.Len(t, one.ID, 24)
		assert.Equal(t, "127.0.0.1", one.Address)
		assert.Equal(t, 7*24*time.Hour, one.ExpiresAt.Sub(one.CreatedAt))
		assert.Equal(t, one.CreatedAt, one.UpdatedAt)
	}
	assert.Equal(t, list[0].ID, sessionsOf(t, h, first)[0].ID)
	assert.True(t, sessionsOf(t, h, first)[1].Current)

	refuses(t, h.Call(http.MethodGet, "/auth/sessions", ""), http.StatusUnauthorized, noToken)
	refuses(t, h.Call(http.MethodGet, "/auth/sessions", "", oldToken(t, first.User.ID)...), http.StatusUnauthorized, "A login session is required")
}

func TestSessionLife(t *testing.T) {
	t.Setenv("SESSION_TTL", "1h")
	h := start(t)
	ann := enter(t, h, "a@b.c")
	list := sessionsOf(t, h, ann)
	assert.Equal(t, time.Hour, list[0].ExpiresAt.Sub(list[0].CreatedAt))
	assert.InDelta(t, 3600, ann.cookie.MaxAge, 5)
}
