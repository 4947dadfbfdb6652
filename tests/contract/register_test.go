package contract_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.mongodb.org/mongo-driver/bson"
	"golang.org/x/crypto/bcrypt"

	"github.com/orchestrix/orchestrix/config"
	"github.com/orchestrix/orchestrix/modules"
	"github.com/orchestrix/orchestrix/modules/modulestest"
)

// crowd is how many do the same thing at once.
const crowd = 50

// patient gives requests the time that hashing for a crowd may take.
func patient(s *config.Settings) { s.RunTimeout, s.AccountLimit = 5*time.Minute, 0 }

// Of many who register one e-mail at once, in one letter case or another, one is
// the first.
func TestConcurrentRegistrations(t *testing.T) {
	url := start(t, patient)
	email := func(i int) string {
		if i%2 == 0 {
			return "Race@Example.com"
		}
		return strings.ToUpper("race@example.com"[:i%16]) + "race@example.com"[i%16:]
	}
	assert.Equal(t, map[int]int{201: 1, 409: crowd - 1}, modulestest.Crowd(crowd, func(i int) int {
		got, err := try(t.Context(), http.MethodPost, url+"/auth/register", `{"email":`+quote(email(i))+`,"password":"`+password+`"}`)
		assert.NoError(t, err)
		return got.status
	}))
	logIn(t, url, "race@example.com", password)
}

// Of many changes of one password at once, one counts, and it leaves one session.
func TestConcurrentPasswordChanges(t *testing.T) {
	s := settings(t)
	patient(s)
	program := build(t, s)
	url, _ := launch(t, program)
	addCheap(t, program, "a@b.c")
	ann := logIn(t, url, "a@b.c", password)
	got := make([]answer, crowd)
	count := modulestest.Crowd(crowd, func(i int) int {
		var err error
		got[i], err = try(t.Context(), http.MethodPost, url+"/auth/password",
			`{"currentPassword":"`+password+`","newPassword":"`+newPassword(i)+`"}`, "Authorization", "Bearer "+ann.token)
		assert.NoError(t, err)
		return got[i].status
	})
	assert.Equal(t, map[int]int{200: 1, 401: crowd - 1}, count)
	for i := range got {
		if got[i].status != http.StatusOK {
			continue
		}
		now := enter(t, url, "a@b.c", got[i])
		require.True(t, now.alive(t))
		assert.Len(t, now.send(t, http.MethodGet, "/auth/sessions", "").object(t)["sessions"], 1)
		logIn(t, url, "a@b.c", newPassword(i))
	}
	assert.False(t, ann.alive(t))
	assert.Equal(t, http.StatusUnauthorized, tryLogin(t, url, "a@b.c", password).status)
}

// addCheap stores an account whose password costs little to compare.
func addCheap(t testing.TB, program *modules.Program, email string) {
	t.Helper()
	hash, err := bcrypt.GenerateFromPassword([]byte(password), bcrypt.MinCost)
	require.NoError(t, err)
	_, err = program.Store.Collection("users").InsertOne(t.Context(), bson.D{
		{Key: "email", Value: email}, {Key: "emailKey", Value: strings.ToLower(email)}, {Key: "password", Value: string(hash)}})
	require.NoError(t, err)
}

func newPassword(i int) string { return strings.Repeat("x", i+1) }
