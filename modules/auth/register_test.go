package auth_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/orchestrix/orchestrix/platform/doc"
)

func TestRegister(t *testing.T) {
	h := start(t)
	got := h.Call(http.MethodPost, "/auth/register", `{"email":"Ann@Example.com","password":"x","name":"Ann"}`)
	ann := accountOf(t, got, http.StatusCreated)
	assert.JSONEq(t, `{"message":"User registered successfully","user":{"id":"`+ann.User.ID+`","email":"Ann@Example.com","name":"Ann"},"token":"`+ann.Token+`"}`, got.Body)
	assert.Len(t, ann.User.ID, 24)
	me := h.Call(http.MethodGet, "/auth/me", "", ann.bearer()...)
	assert.JSONEq(t, `{"user":{"id":"`+ann.User.ID+`","email":"Ann@Example.com","name":"Ann"}}`, me.Body, "the e-mail is kept as it was given")

	user := stored(t, h, "Ann@Example.com")
	assert.Equal(t, "ann@example.com", doc.String(user, "emailKey"))
	assert.Regexp(t, `^\$2a\$10\$.{53}$`, doc.String(user, "password"))

	for _, email := range []string{"Ann@Example.com", "ann@example.com", "ANN@EXAMPLE.COM"} {
		taken := h.Call(http.MethodPost, "/auth/register", credentials(email, "other"))
		refuses(t, taken, http.StatusConflict, `"error":"Conflict","message":"User with this email already exists"`)
	}
}

func TestRegisterRefusesBadFields(t *testing.T) {
	h := start(t)
	refusesFields(t, h, "/auth/register", doc.Object{{"email", "a@b.c"}, {"password", "x"}},
		`"error":"Validation error","message":"Email and password are required"`)
	refuses(t, h.Call(http.MethodPost, "/auth/register", `{"email":"a@b.c","password":"x","name":7}`), http.StatusBadRequest, "name must be a string")
	refuses(t, h.Call(http.MethodPost, "/auth/register", credentials(strings.Repeat("a", 315)+"@b.com", "x")), http.StatusBadRequest, "at most 320 bytes")
	count, err := h.Store.Collection("users").Count(t.Context(), nil)
	require.NoError(t, err)
	assert.Zero(t, count, "nothing was stored")
}

// What is not asked for is not taken: nobody makes themselves an administrator.
func TestRegisterIgnoresOtherFields(t *testing.T) {
	h := start(t)
	ann := accountOf(t, h.Call(http.MethodPost, "/auth/register", `{"email":"a@b.c","password":"x","name":null,"role":"admin","disabled":true,
		"_id":"65a1f0c2d4e5f60718293a4b","id":"65a1f0c2d4e5f60718293a4b","emailKey":"other","createdAt":"2000-01-01T00:00:00.000Z","$set":{"role":"admin"}}`), http.StatusCreated)
	assert.NotEqual(t, "65a1f0c2d4e5f60718293a4b", ann.User.ID)
	var keys []string
	for _, f := range stored(t, h, "a@b.c") {
		keys = append(keys, f.Key)
	}
	assert.ElementsMatch(t, []string{"_id", "email", "emailKey", "password", "createdAt", "updatedAt"}, keys)
	assert.JSONEq(t, `{"user":{"id":"`+ann.User.ID+`","email":"a@b.c"}}`, h.Call(http.MethodGet, "/auth/me", "", ann.bearer()...).Body)
}

func TestRegisterTakesWhatBcryptTakes(t *testing.T) {
	h := start(t)
	for name, c := range map[string]struct {
		password string
		taken    bool
	}{
		"72 bytes":               {strings.Repeat("x", 72), true},
		"73 bytes":               {strings.Repeat("x", 73), false},
		"72 bytes, 24 signs":     {strings.Repeat("€", 24), true},
		"75 bytes, 25 signs":     {strings.Repeat("€", 25), false},
		"73 bytes, 37 signs":     {strings.Repeat("ü", 36) + "x", false},
		"a NUL and what follows": {"x\x00y", true},
	} {
		t.Run(name, func(t *testing.T) {
			email := strings.ReplaceAll(name, " ", "") + "@example.com"
			got := h.Call(http.MethodPost, "/auth/register", credentials(email, c.password))
			if !c.taken {
				refuses(t, got, http.StatusBadRequest, `"error":"Validation error","message":"Password must be at most 72 bytes"`)
				return
			}
			require.Equal(t, http.StatusCreated, got.Status, "%s", got.Body)
			refuses(t, h.Call(http.MethodPost, "/auth/login", credentials(email, c.password[:len(c.password)-1]+"?")), http.StatusUnauthorized, "Invalid email or password")
		})
	}
}

func TestShortestPassword(t *testing.T) {
	h := start(t)
	short := accountOf(t, h.Call(http.MethodPost, "/auth/register", credentials("short@example.com", "x")), http.StatusCreated)
	assert.NotEmpty(t, short.Token, "any length, unless told otherwise")

	t.Setenv("PASSWORD_MIN_LENGTH", "8")
	h = start(t)
	const says = `"message":"Password must be at least 8 characters"`
	refuses(t, h.Call(http.MethodPost, "/auth/register", credentials("a@b.c", "1234567")), http.StatusBadRequest, says)
	refuses(t, h.Call(http.MethodPost, "/auth/register", credentials("a@b.c", "üüüü")), http.StatusBadRequest, says)
	ann := accountOf(t, h.Call(http.MethodPost, "/auth/register", credentials("a@b.c", "üüüüüüüü")), http.StatusCreated)
	refuses(t, h.Call(http.MethodPost, "/auth/password", `{"currentPassword":"üüüüüüüü","newPassword":"1234567"}`, ann.bearer()...), http.StatusBadRequest, says)
	refuses(t, h.Call(http.MethodPost, "/auth/login", credentials("a@b.c", "x")), http.StatusUnauthorized, "Invalid email or password") // not a 400
}
