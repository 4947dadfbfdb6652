package auth_test

import (
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
)

func TestLogout(t *testing.T) {
	h := start(t)
	first := enter(t, h, "a@b.c")
	second := login(t, h, "a@b.c")
	for name, headers := range map[string][]string{"by the token": first.bearer(), "by the cookie": second.jar()} {
		t.Run(name, func(t *testing.T) {
			got := h.Call(http.MethodPost, "/auth/logout", "", headers...)
			assert.Equal(t, http.StatusOK, got.Status)
			assert.JSONEq(t, `{"message":"Logout successful"}`, got.Body)
			cookie := cookieOf(t, got)
			assert.Equal(t, first.cookie.Name, cookie.Name)
			assert.Empty(t, cookie.Value)
			assert.Equal(t, "/", cookie.Path, "else it is another cookie")
			assert.Negative(t, cookie.MaxAge, "gone at once")
			assert.True(t, cookie.Expires.Before(time.Now()))
			refuses(t, h.Call(http.MethodPost, "/auth/logout", "", headers...), http.StatusUnauthorized, badToken)
		})
	}
	for _, ended := range []account{first, second} {
		refuses(t, h.Call(http.MethodGet, "/auth/me", "", ended.bearer()...), http.StatusUnauthorized, badToken)
		refuses(t, h.Call(http.MethodGet, "/auth/me", "", ended.jar()...), http.StatusUnauthorized, badToken)
	}
	refuses(t, h.Call(http.MethodPost, "/auth/logout", ""), http.StatusUnauthorized, noToken)
}

func TestLogoutEndsOneSession(t *testing.T) {
	h := start(t)
	stays, goes := enter(t, h, "a@b.c"), login(t, h, "a@b.c")
	assert.Equal(t, http.StatusOK, h.Call(http.MethodPost, "/auth/logout", "", goes.bearer()...).Status)
	assert.Equal(t, http.StatusOK, h.Call(http.MethodGet, "/auth/me", "", stays.bearer()...).Status)
}

// A token of the old backend belongs to no session: there is nothing to end.
func TestLogoutWithAnOldToken(t *testing.T) {
	h := start(t)
	old := oldToken(t, enter(t, h, "a@b.c").User.ID)
	assert.Equal(t, http.StatusOK, h.Call(http.MethodPost, "/auth/logout", "", old...).Status)
	assert.Equal(t, http.StatusOK, h.Call(http.MethodGet, "/auth/me", "", old...).Status, "until it expires")
}
