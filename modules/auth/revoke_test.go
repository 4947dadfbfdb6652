package auth_test

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestRevoke(t *testing.T) {
	h := start(t)
	here, there, bob := enter(t, h, "a@b.c"), login(t, h, "a@b.c"), enter(t, h, "bob@b.c")
	list := sessionsOf(t, h, here)
	require.Len(t, list, 2)
	theirs := sessionsOf(t, h, bob)[0].ID

	for name, id := range map[string]string{
		"another's": theirs, "another's, by its id": bob.cookie.Value, "none": "65a1f0c2d4e5f60718293a4b",
		"no id": "x", "an operator": "%7B%22$ne%22:1%7D", "all": "*",
	} {
		got := h.Call(http.MethodDelete, "/auth/sessions/"+id, "", here.bearer()...)
		refuses(t, got, http.StatusNotFound, `"error":"Session not found"`)
		assert.NotContains(t, got.Body, id, name)
	}
	refuses(t, h.Call(http.MethodDelete, "/auth/sessions/"+theirs, ""), http.StatusUnauthorized, noToken)
	refuses(t, h.Call(http.MethodDelete, "/auth/sessions/"+list[0].ID, "", oldToken(t, here.User.ID)...), http.StatusUnauthorized, "A login session is required")
	for _, live := range []account{here, there, bob} {
		assert.Equal(t, http.StatusOK, h.Call(http.MethodGet, "/auth/me", "", live.bearer()...).Status, "nothing was done")
	}

	got := h.Call(http.MethodDelete, "/auth/sessions/"+list[0].ID, "", here.bearer()...)
	assert.Equal(t, http.StatusOK, got.Status, "%s", got.Body)
	refuses(t, h.Call(http.MethodGet, "/auth/me", "", there.bearer()...), http.StatusUnauthorized, badToken)
	refuses(t, h.Call(http.MethodGet, "/auth/me", "", there.jar()...), http.StatusUnauthorized, badToken)
	refuses(t, h.Call(http.MethodDelete, "/auth/sessions/"+list[0].ID, "", here.bearer()...), http.StatusNotFound, "Session not found")

	assert.Equal(t, http.StatusOK, h.Call(http.MethodDelete, "/auth/sessions/"+list[1].ID, "", here.jar()...).Status, "the caller's own")
	refuses(t, h.Call(http.MethodGet, "/auth/me", "", here.bearer()...), http.StatusUnauthorized, badToken)
}
