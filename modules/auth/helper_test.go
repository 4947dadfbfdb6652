package auth_test

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"golang.org/x/crypto/bcrypt"

	"github.com/orchestrix/orchestrix/modules/modulestest"
	"github.com/orchestrix/orchestrix/platform/doc"
	"github.com/orchestrix/orchestrix/platform/mongo"
	"github.com/orchestrix/orchestrix/platform/users"
)

const (
	password = "correct horse"
	noToken  = "No token provided"
	badToken = "Invalid or expired token"
)

// start serves every endpoint of accounts.
func start(t testing.TB) *modulestest.Host {
	return modulestest.Start(t, "auth.register", "auth.login", "auth.logout", "auth.me", "auth.password", "auth.sessions", "auth.revoke")
}

// account is what registering and logging in answer.
type account struct {
	Message string
	User    struct{ ID, Email, Name string }
	Token   string

	cookie *http.Cookie
}

// bearer and jar are the headers that show the account's token and its cookie.
func (a account) bearer() []string { return []string{"Authorization", "Bearer " + a.Token} }
func (a account) jar() []string    { return []string{"Cookie", a.cookie.Name + "=" + a.cookie.Value} }

func accountOf(t testing.TB, got modulestest.Answer, status int) (a account) {
	t.Helper()
	require.Equal(t, status, got.Status, "%s", got.Body)
	require.NoError(t, json.Unmarshal([]byte(got.Body), &a))
	a.cookie = cookieOf(t, got)
	return a
}

func cookieOf(t testing.TB, got modulestest.Answer) *http.Cookie {
	t.Helper()
	cookies := (&http.Response{Header: got.Header}).Cookies()
	require.Len(t, cookies, 1)
	return cookies[0]
}

// add stores an account whose password costs little to compare.
func add(t testing.TB, h *modulestest.Host, email string, more ...doc.Field) {
	t.Helper()
	hash, err := bcrypt.GenerateFromPassword([]byte(password), bcrypt.MinCost)
	require.NoError(t, err)
	_, err = h.Store.Collection("users").InsertOne(t.Context(),
		append(doc.Object{{"email", email}, {users.EmailKey, users.Key(email)}, {"password", string(hash)}}, more...))
	require.NoError(t, err)
}

// enter is an account that has just been made and is logged in.
func enter(t testing.TB, h *modulestest.Host, email string) account {
	t.Helper()
	add(t, h, email)
	return login(t, h, email)
}

func login(t testing.TB, h *modulestest.Host, email string, headers ...string) account {
	t.Helper()
	return accountOf(t, h.Call(http.MethodPost, "/auth/login", credentials(email, password), headers...), http.StatusOK)
}

func credentials(email, password string) string {
	return string(doc.MarshalJSON(doc.Object{{"email", email}, {"password", password}}))
}

// stored is the document of a user.
func stored(t testing.TB, h *modulestest.Host, email string) doc.Object {
	t.Helper()
	found, err := h.Store.Collection("users").FindOne(t.Context(), doc.Object{{"email", email}}, mongo.FindOptions{})
	require.NoError(t, err)
	return found
}

// refuses asserts a 4xx that says what is wrong, and sets no cookie.
func refuses(t *testing.T, got modulestest.Answer, status int, says string) {
	t.Helper()
	assert.Equal(t, status, got.Status, "%s", got.Body)
	assert.Contains(t, got.Body, says)
	assert.Contains(t, got.Body, `"requestId":"`+got.Header.Get("X-Request-Id"))
	assert.Empty(t, got.Header.Values("Set-Cookie"))
}

// refusesFields sends a body with each of its fields spoilt in every way. What is
// missing is told in the words of the endpoint, a value of another kind by name.
func refusesFields(t *testing.T, h *modulestest.Host, path string, good doc.Object, missing string, headers ...string) {
	for _, f := range good {
		for value, says := range map[string]string{
			"": missing, `""`: missing, "null": missing, "0": missing, "false": missing,
			"7": "must be a string", "true": "must be a string", "[]": "must be a string", `["x"]`: "must be a string",
			"{}": "must be a string", `{"$ne":null}`: "must be a string", `{"$gt":""}`: "must be a string",
		} {
			t.Run(f.Key+" "+value, func(t *testing.T) {
				body := string(doc.MarshalJSON(doc.Without(good, f.Key)))
				if value != "" {
					body = strings.TrimSuffix(body, "}") + `,"` + f.Key + `":` + value + "}"
				}
				if says != missing {
					says = f.Key + " " + says
				}
				refuses(t, h.Call(http.MethodPost, path, body, headers...), http.StatusBadRequest, says)
			})
		}
	}
	refuses(t, h.Call(http.MethodPost, path, "", headers...), http.StatusBadRequest, missing)
	refuses(t, h.Call(http.MethodPost, path, "{}", headers...), http.StatusBadRequest, missing)
}
