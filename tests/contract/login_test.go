package contract_test

import (
	"net/http"
	"regexp"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.mongodb.org/mongo-driver/bson"

	"github.com/orchestrix/orchestrix/platform/mongo"
)

// Nobody learns from a failed login whether there is such an account.
func TestFailedLoginsAreAlike(t *testing.T) {
	for _, environment := range []string{"development", "production"} {
		t.Run(environment, func(t *testing.T) {
			s := settings(t)
			s.Environment = environment
			program := build(t, s)
			url, _ := launch(t, program)
			signUp(t, url, "known@b.c")
			signUp(t, url, "disabled@b.c")
			_, err := program.Store.Collection("users").UpdateOne(t.Context(), bson.D{{Key: "email", Value: "disabled@b.c"}},
				bson.D{{Key: "$set", Value: bson.D{{Key: "disabled", Value: true}}}}, mongo.UpdateOptions{})
			require.NoError(t, err)
			want := failedLogin(t, url, "known@b.c", "wrong")
			assert.Contains(t, want.body, `{"error":"Unauthorized","message":"Invalid email or password","requestId":`)
			assert.Equal(t, want, failedLogin(t, url, "unknown@b.c", password))
			assert.Equal(t, want, failedLogin(t, url, "disabled@b.c", password))
			assert.Equal(t, want, failedLogin(t, url, "disabled@b.c", "wrong"))
			assert.Equal(t, want, failedLogin(t, url, "KNOWN@b.c", "wrong"))
		})
	}
}

var varying = regexp.MustCompile(`"(requestId|timestamp)":"[^"]+"`)

// failedLogin is the answer without what differs from request to request.
func failedLogin(t *testing.T, url, email, password string) answer {
	t.Helper()
	got := tryLogin(t, url, email, password)
	require.Equal(t, http.StatusUnauthorized, got.status, "%s", got.body)
	got.body = varying.ReplaceAllString(got.body, `"$1":"..."`)
	got.header.Del("X-Request-Id")
	got.header.Del("Date")
	return got
}

// That the database is away is nobody's failed guess.
func TestLoginDuringAnOutage(t *testing.T) {
	s := settings(t)
	s.AccountLimit, s.AddressLimit = 1, 1
	url, gone := launchFlaky(t, s)
	ann := signUp(t, url, "a@b.c")

	gone.Store(true)
	for range 3 {
		got := tryLogin(t, url, "a@b.c", password)
		assert.Equal(t, http.StatusServiceUnavailable, got.status, "%s", got.body)
		assert.Contains(t, got.body, "The database is unavailable")
		got = ann.send(t, http.MethodGet, "/auth/me", "")
		assert.Equal(t, http.StatusServiceUnavailable, got.status, "a 401 would log everybody out: %s", got.body)
	}
	gone.Store(false)
	logIn(t, url, "a@b.c", password)
	assert.Equal(t, http.StatusUnauthorized, tryLogin(t, url, "a@b.c", "wrong").status)
	assert.Equal(t, http.StatusTooManyRequests, tryLogin(t, url, "a@b.c", password).status)
}
