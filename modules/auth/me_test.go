package auth_test

import (
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/orchestrix/orchestrix/platform/auth"
	"github.com/orchestrix/orchestrix/platform/doc"
	"github.com/orchestrix/orchestrix/platform/mongo"
)

// oldToken is the header with a token as the old backend made them.
func oldToken(t testing.TB, userID string) []string {
	t.Helper()
	token, err := auth.NewTokens([]byte("a secret for tests"), nil).Sign(doc.Object{{"userId", userID}}, "HS256", time.Hour)
	require.NoError(t, err)
	return []string{"Authorization", "Bearer " + token}
}

func TestMe(t *testing.T) {
	h := start(t)
	ann := enter(t, h, "a@b.c")
	_, err := h.Store.Collection("users").UpdateOne(t.Context(), doc.Object{{"email", "a@b.c"}},
		doc.Object{{"$set", doc.Object{{"role", "admin"}, {"name", "Ann"}}}}, mongo.UpdateOptions{})
	require.NoError(t, err)
	want := `{"user":{"id":"` + ann.User.ID + `","email":"a@b.c","name":"Ann","role":"admin"}}`
	for name, headers := range map[string][]string{"token": ann.bearer(), "cookie": ann.jar(), "old token": oldToken(t, ann.User.ID)} {
		got := h.Call(http.MethodGet, "/auth/me", "", headers...)
		assert.Equal(t, http.StatusOK, got.Status, name)
		assert.JSONEq(t, want, got.Body, name)
		assert.Empty(t, got.Header.Values("Set-Cookie"), name)
	}
}

func TestMeRefuses(t *testing.T) {
	h := start(t)
	ann := enter(t, h, "a@b.c")
	for name, c := range map[string]struct {
		headers []string
		says    string
	}{
		"nothing":             {nil, noToken},
		"another scheme":      {[]string{"Authorization", "Token " + ann.Token}, noToken},
		"a small letter":      {[]string{"Authorization", "bearer " + ann.Token}, noToken},
		"no token":            {[]string{"Authorization", "Bearer "}, noToken},
		"no JWT":              {[]string{"Authorization", "Bearer x"}, badToken},
		"the session's id":    {[]string{"Authorization", "Bearer " + ann.cookie.Value}, badToken},
		"a token as a cookie": {[]string{"Cookie", ann.cookie.Name + "=" + ann.Token}, badToken},
		"an unknown user":     {oldToken(t, "65a1f0c2d4e5f60718293a4b"), "User not found"},
		"no id":               {oldToken(t, "ann"), "User not found"},
		"no user":             {oldToken(t, ""), "User not found"},
	} {
		t.Run(name, func(t *testing.T) {
			refuses(t, h.Call(http.MethodGet, "/auth/me", "", c.headers...), http.StatusUnauthorized, `"error":"Unauthorized","message":"`+c.says+`"`)
		})
	}
	_, err := h.Store.Collection("users").DeleteOne(t.Context(), doc.Object{{"email", "a@b.c"}})
	require.NoError(t, err)
	refuses(t, h.Call(http.MethodGet, "/auth/me", "", ann.bearer()...), http.StatusUnauthorized, "User not found")
	refuses(t, h.Call(http.MethodGet, "/auth/me", "", ann.jar()...), http.StatusUnauthorized, "User not found")
}
