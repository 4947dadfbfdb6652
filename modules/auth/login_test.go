package auth_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/orchestrix/orchestrix/platform/doc"
)

func TestLogin(t *testing.T) {
	h := start(t)
	made := enter(t, h, "Ann@Example.com")
	for _, email := range []string{"Ann@Example.com", "ann@example.com", "aNN@eXAMPLE.COM"} {
		got := h.Call(http.MethodPost, "/auth/login", credentials(email, password))
		ann := accountOf(t, got, http.StatusOK)
		assert.JSONEq(t, `{"message":"Login successful","user":{"id":"`+made.User.ID+`","email":"Ann@Example.com"},"token":"`+ann.Token+`"}`, got.Body)
		assert.NotEqual(t, made.cookie.Value, ann.cookie.Value, "a session of its own")
		assert.Equal(t, http.StatusOK, h.Call(http.MethodGet, "/auth/me", "", ann.bearer()...).Status)
	}
	for _, pair := range [][2]string{
		{"Ann@Example.com", "Correct horse"}, {"Ann@Example.com", password + " "}, {" Ann@Example.com", password},
		{"Ann@Example.co", password}, {".*", password}, {"Ann@Example.com", made.Token},
	} {
		refuses(t, h.Call(http.MethodPost, "/auth/login", credentials(pair[0], pair[1])), http.StatusUnauthorized,
			`{"error":"Unauthorized","message":"Invalid email or password"`)
	}
	other := h.Call(http.MethodPost, "/auth/login", `{"email":"Ann@Example.com","password":"`+password+`","userId":"x","role":"admin","extra":{"$ne":1}}`)
	assert.Equal(t, made.User.ID, accountOf(t, other, http.StatusOK).User.ID, "other fields are ignored")
}

func TestLoginRefusesBadFields(t *testing.T) {
	h := start(t)
	enter(t, h, "a@b.c")
	refusesFields(t, h, "/auth/login", doc.Object{{"email", "a@b.c"}, {"password", password}},
		`"error":"Validation error","message":"Email and password are required"`)
}

// Only registering says that a password is too long; a login compares as bcrypt
// does, which looks at 72 bytes, so that old accounts keep working.
func TestLoginWithMoreThanBcryptLooksAt(t *testing.T) {
	h := start(t)
	longest := strings.Repeat("x", 72)
	accountOf(t, h.Call(http.MethodPost, "/auth/register", credentials("a@b.c", longest)), http.StatusCreated)
	accountOf(t, h.Call(http.MethodPost, "/auth/login", credentials("a@b.c", longest+"y")), http.StatusOK)
	refuses(t, h.Call(http.MethodPost, "/auth/login", credentials("a@b.c", longest[1:]+"y")), http.StatusUnauthorized, "Invalid email or password")
}
