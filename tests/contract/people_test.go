package contract_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/orchestrix/orchestrix/config"
)

// loginRequired is a server on which everything has an owner who is logged in.
func loginRequired(s *config.Settings) { s.AuthMode = "required" }

func openMode(*config.Settings) {}

// modes are the settings of both kinds of server.
var modes = map[string]func(*config.Settings){"open": openMode, "required": loginRequired}

// startWithTwo runs the program with two accounts whose password costs little to
// compare: ann@example.com, bob@example.com.
func startWithTwo(t testing.TB, change func(*config.Settings)) (url string, ann, bob *person) {
	t.Helper()
	s := settings(t)
	change(s)
	program := build(t, s)
	url, _ = launch(t, program)
	addCheap(t, program, "ann@example.com")
	addCheap(t, program, "bob@example.com")
	return url, logIn(t, url, "ann@example.com", password), logIn(t, url, "bob@example.com", password)
}

// person is an account that is logged in at a server.
type person struct {
	url, id, email string
	token, sid     string // of the session
	cookie         string // as browsers send it
}

// signUp makes an account whose password is that of all accounts here.
func signUp(t testing.TB, url, email string) *person {
	t.Helper()
	got := send(t, http.MethodPost, url+"/auth/register", `{"email":`+quote(email)+`,"password":"`+password+`"}`)
	require.Equal(t, http.StatusCreated, got.status, "%s", got.body)
	return enter(t, url, email, got)
}

// logIn begins a further session of an account.
func logIn(t testing.TB, url, email, password string) *person {
	t.Helper()
	got := tryLogin(t, url, email, password)
	require.Equal(t, http.StatusOK, got.status, "%s", got.body)
	return enter(t, url, email, got)
}

func tryLogin(t testing.TB, url, email, password string) answer {
	t.Helper()
	return send(t, http.MethodPost, url+"/auth/login", `{"email":`+quote(email)+`,"password":`+quote(password)+`}`)
}

// enter reads the answer that logs somebody in.
func enter(t testing.TB, url, email string, got answer) *person {
	t.Helper()
	p := &person{url: url, email: email, token: got.text(t, "token")}
	claims := claimsOf(t, p.token)
	p.id, p.sid = claims["userId"].(string), claims["sid"].(string)
	p.cookie, _, _ = strings.Cut(got.header.Get("Set-Cookie"), ";")
	require.Equal(t, "orchestrix_sid="+p.sid, p.cookie)
	return p
}

// claimsOf are the claims of a token, whoever signed it.
func claimsOf(t testing.TB, token string) jwt.MapClaims {
	t.Helper()
	claims := jwt.MapClaims{}
	_, _, err := jwt.NewParser().ParseUnverified(token, claims)
	require.NoError(t, err)
	return claims
}

// mint signs claims with the server's secret, as the old backend did, to last an
// hour unless they say otherwise.
func mint(t testing.TB, claims jwt.MapClaims, method ...jwt.SigningMethod) string {
	t.Helper()
	if _, given := claims["exp"]; !given {
		claims["exp"] = time.Now().Add(time.Hour).Unix()
	}
	use := jwt.SigningMethod(jwt.SigningMethodHS256)
	for _, m := range method {
		use = m
	}
	signed, err := jwt.NewWithClaims(use, claims).SignedString([]byte(secret))
	require.NoError(t, err)
	return signed
}

// send sends a request with the person's token.
func (p *person) send(t testing.TB, method, path, body string) answer {
	t.Helper()
	return send(t, method, p.url+path, body, "Authorization", "Bearer "+p.token)
}

// alive reports whether the session is: by the token and by the cookie alike.
func (p *person) alive(t testing.TB) bool {
	t.Helper()
	token := p.send(t, http.MethodGet, "/auth/sessions", "").status
	cookie := send(t, http.MethodGet, p.url+"/auth/sessions", "", "Cookie", p.cookie).status
	require.Equal(t, token, cookie, "a session is alive by both or by none")
	require.Contains(t, []int{http.StatusOK, http.StatusUnauthorized}, token)
	return token == http.StatusOK
}

// publish saves a workflow of the person and returns its API's path.
func (p *person) publish(t testing.TB, id, steps string) string {
	t.Helper()
	got := p.send(t, http.MethodPost, "/workflows", workflow(id, p.id, id, steps))
	require.Equal(t, http.StatusOK, got.status, "%s", got.body)
	return got.text(t, "apiPath")
}

// call runs steps as a published API of the person, without a login.
func (p *person) call(t testing.TB, steps, input string, headers ...string) answer {
	t.Helper()
	return send(t, http.MethodPost, p.url+p.publish(t, "call-"+p.id, steps), input, headers...)
}

// result is call for a run that must succeed.
func (p *person) result(t testing.TB, steps, input string) string {
	t.Helper()
	got := p.call(t, steps, input)
	require.Equal(t, http.StatusOK, got.status, "%s", got.body)
	return got.body
}

// run starts steps in the background and returns the run's id.
func (p *person) run(t testing.TB, steps string) string {
	t.Helper()
	got := p.send(t, http.MethodPost, "/workflows/run", `{"ownerId":`+quote(p.id)+`,"steps":`+steps+`}`)
	require.Equal(t, http.StatusOK, got.status, "%s", got.body)
	return got.text(t, "executionId")
}

// ended waits for a run's end and returns its status.
func (p *person) ended(t testing.TB, id string) (status string) {
	t.Helper()
	require.Eventually(t, func() bool {
		status = p.send(t, http.MethodGet, "/executions/"+id, "").text(t, "status")
		return status != "queued" && status != "running"
	}, 20*time.Second, 5*time.Millisecond)
	return status
}

// refused is the answer to somebody who is not logged in.
func refused(t testing.TB, got answer, name string) {
	t.Helper()
	assert.Equal(t, http.StatusUnauthorized, got.status, "%s: %s", name, got.body)
	assert.Contains(t, got.body, `"error":"Unauthorized"`, name)
}
