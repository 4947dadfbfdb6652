package wire

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.mongodb.org/mongo-driver/bson"

	"github.com/orchestrix/orchestrix/platform/mongo"
)

// owning is a program whose people may connect databases on this machine.
func owning(t *testing.T, platform string) *program {
	t.Helper()
	t.Setenv("ENCRYPTION_KEY", strings.Repeat("ab", 32))
	t.Setenv("ALLOW_PRIVATE_DB", "true")
	return startProgram(t, platform)
}

// must posts and wants a status.
func (p *program) must(status int, path, body string) string {
	p.Helper()
	got, _, answer := p.post(path, body)
	require.Equal(p, status, got, answer)
	return answer
}

// connectOwn connects an owner to the database of a URI.
func (p *program) connectOwn(owner, uri string) {
	p.Helper()
	p.must(http.StatusOK, "/user/db/connect", fmt.Sprintf(`{"ownerId":%q,"uri":%q,"label":"Mine"}`, owner, uri))
}

// signup publishes a workflow that stores a person and reads it again.
func (p *program) signup(owner string) (path string) {
	p.Helper()
	p.must(http.StatusOK, "/workflows", fmt.Sprintf(`{"workflowId":"w-%s","ownerId":%q,"apiName":"Sign up","steps":[
		{"type":"dbInsert","collection":"people","data":{"email":"{{input.email}}"}},
		{"type":"dbFind","collection":"people","findType":"findOne","filters":{"_id":"{{created._id}}"}},
		{"type":"response","status":201,"body":{"email":"{{found.email}}"}}]}`, owner, owner))
	return "/workflow/run/w-" + owner + "/sign-up"
}

// people are the e-mails in a database.
func people(t *testing.T, store mongo.Store) []string {
	t.Helper()
	found, err := store.Collection("people").Find(t.Context(), bson.D{}, mongo.FindOptions{Sort: bson.D{{Key: "email", Value: 1}}})
	require.NoError(t, err)
	var emails []string
	for _, document := range found {
		for _, field := range document {
			if field.Key == "email" {
				emails = append(emails, field.Value.(string))
			}
		}
	}
	return emails
}

// The stream frontend's dialogue, with its one owner.
func TestAnOwnDatabase(t *testing.T) {
	platform, own := Start(t), Start(t)
	p := owning(t, platform)
	path := p.signup("default-owner")
	status := func() string { return p.get("/user/db/status?ownerId=default-owner") }
	store := func(email string) {
		t.Helper()
		assert.Equal(t, `{"email":"`+email+`"}`, p.must(http.StatusCreated, path, `{"email":"`+email+`"}`))
	}
	assert.JSONEq(t, `{"connected":false}`, status())
	store("before@example.com")

	theirs := mongo.Index{Fields: []string{"email"}, Unique: true}
	require.NoError(t, connect(t, own).Collection("users").EnsureIndexes(t.Context(), theirs))
	p.connectOwn("default-owner", own)
	for _, text := range []string{`"connected":true`, `"label":"Mine"`, `"uriMasked":"mongodb://127.0.0.1:`, `"status":"connected"`} {
		assert.Contains(t, status(), text)
	}
	store("own@example.com")
	assert.JSONEq(t, `{"ok":true,"schemas":{"people":["email","createdAt","updatedAt"],"users":[]}}`, p.get("/user/db/schemas?ownerId=default-owner"))
	assert.Equal(t, []string{"own@example.com"}, people(t, connect(t, own)))
	assert.Equal(t, []string{"before@example.com"}, people(t, connect(t, platform)))

	users := `{"workflowId":"u","ownerId":"default-owner","apiName":"users","steps":[
		{"type":"dbInsert","collection":"users","data":{"email":"{{input.email}}","password":"{{input.password}}"}},
		{"type":"userLogin","email":"{{input.email}}","password":"{{input.password}}"},
		{"type":"response","body":"in"}]}`
	p.must(http.StatusOK, "/workflows", users)
	assert.Equal(t, `"in"`, p.must(http.StatusOK, "/workflow/run/u/users", `{"email":"user@example.com","password":"correct horse"}`))
	p.must(http.StatusUnauthorized, "/auth/login", `{"email":"user@example.com","password":"correct horse"}`)
	indexes, err := connect(t, own).Collection("users").Indexes(t.Context())
	require.NoError(t, err)
	assert.Len(t, indexes, 2)
	assert.Contains(t, indexes, theirs, "what the owner has made stays")

	p.must(http.StatusOK, "/user/db/disconnect", `{"ownerId":"default-owner"}`)
	assert.JSONEq(t, `{"connected":false}`, status())
	store("after@example.com")
	assert.Equal(t, []string{"after@example.com", "before@example.com"}, people(t, connect(t, platform)))
	assert.Equal(t, []string{"own@example.com"}, people(t, connect(t, own)))
}

func TestTwoOwnDatabases(t *testing.T) {
	platform, one, other := Start(t), Start(t), Start(t)
	p := owning(t, platform)
	again := startProgram(t, platform)
	ann, bob, eve := p.signup("ann"), p.signup("bob"), p.signup("eve")
	p.connectOwn("ann", one)
	p.connectOwn("bob", other)
	for path, email := range map[string]string{ann: "ann@example.com", bob: "bob@example.com", eve: "eve@example.com"} {
		p.must(http.StatusCreated, path, `{"email":"`+email+`"}`)
	}
	assert.Equal(t, []string{"ann@example.com"}, people(t, connect(t, one)))
	assert.Equal(t, []string{"bob@example.com"}, people(t, connect(t, other)))
	assert.Equal(t, []string{"eve@example.com"}, people(t, connect(t, platform)))

	// Another process on the same store uses them, and sees within a second that
	// they are replaced.
	again.must(http.StatusCreated, ann, `{"email":"there@example.com"}`)
	assert.Equal(t, []string{"ann@example.com", "there@example.com"}, people(t, connect(t, one)))
	p.connectOwn("ann", other)
	replaced := time.Now()
	require.Eventually(t, func() bool {
		again.must(http.StatusCreated, ann, `{"email":"moved@example.com"}`)
		return len(people(t, connect(t, other))) > 1
	}, 20*time.Second, 20*time.Millisecond)
	t.Logf("seen after %s", time.Since(replaced).Round(time.Millisecond))
}

func TestAnOwnDatabaseIsLostAndComesBack(t *testing.T) {
	platform := Start(t)
	own, err := url.Parse(Start(t))
	require.NoError(t, err)
	line := startProxy(t, own.Host)
	own.Host = line.address
	p := owning(t, platform)
	path, others := p.signup("ann"), p.signup("bob")
	p.connectOwn("ann", own.String())
	p.must(http.StatusCreated, path, `{"email":"a@b.c"}`)

	line.cut()
	body := p.must(http.StatusServiceUnavailable, path, `{"email":"a@b.c"}`)
	assert.Contains(t, body, "The database does not answer")
	assert.NotContains(t, body, "127.0.0.1")
	p.must(http.StatusCreated, others, `{"email":"bob@example.com"}`)
	began := time.Now()
	for range 20 {
		p.must(http.StatusServiceUnavailable, path, `{"email":"a@b.c"}`)
	}
	assert.Less(t, time.Since(began), 30*time.Second, "it is known to be lost: to find that out takes 3 s")
	assert.Contains(t, p.get("/user/db/schemas?ownerId=ann"), `"error":"Could not connect to your database"`)
	assert.Contains(t, p.get("/user/db/status?ownerId=ann"), `"connected":true`)

	line.restore()
	require.Eventually(t, func() bool {
		status, _, _ := p.post(path, `{"email":"a@b.c"}`)
		return status == http.StatusCreated
	}, 20*time.Second, 50*time.Millisecond)
}

func TestAnOwnDatabaseThatRefusesCredentials(t *testing.T) {
	own, err := url.Parse(Start(t))
	require.NoError(t, err)
	own.User = url.UserPassword("owner", "s3cr3t")
	p := owning(t, Start(t))
	began := time.Now()
	body := p.must(http.StatusUnprocessableEntity, "/user/db/connect", fmt.Sprintf(`{"ownerId":"ann","uri":%q}`, own))
	assert.Contains(t, body, "mongodb://o***@"+own.Host+"/wire: the server refused the user or password")
	assert.NotContains(t, body, "s3cr3t")
	assert.Less(t, time.Since(began), 9*time.Second, "to go on trying takes 10")
}
