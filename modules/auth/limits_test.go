package auth_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.uber.org/zap"

	"github.com/orchestrix/orchestrix/modules/core/accounts"
	"github.com/orchestrix/orchestrix/modules/modulestest"
	"github.com/orchestrix/orchestrix/platform/auth"
	"github.com/orchestrix/orchestrix/platform/doc"
)

// limited is a host whose accounts have a clock that stands still.
type limited struct {
	*modulestest.Host
	now time.Time
}

func startLimited(t *testing.T, perAddress, perAccount int) *limited {
	l := &limited{Host: start(t), now: time.Now()}
	l.App.Accounts = accounts.NewService(l.Store, accounts.Options{
		Passwords: auth.NewPasswords(),
		Secret:    []byte("a secret for tests"), SessionLife: time.Hour, PerAddress: perAddress, PerAccount: perAccount,
		Clock: func() time.Time { return l.now }, Logger: zap.NewNop(),
	})
	return l
}

func (l *limited) login(email, password string, headers ...string) modulestest.Answer {
	return l.Call(http.MethodPost, "/auth/login", credentials(email, password), headers...)
}

func (l *limited) register(email string) int {
	return l.Call(http.MethodPost, "/auth/register", credentials(email, "x")).Status
}

func tooMany(t *testing.T, got modulestest.Answer, retry string) {
	t.Helper()
	refuses(t, got, http.StatusTooManyRequests, `{"error":"Too many attempts","message":"Try again later","code":"RATE_LIMITED","requestId":`)
	assert.Equal(t, retry, got.Header.Get("Retry-After"))
}

// So many failures, and the next try has to wait, whoever it is: that there is no
// such user is not to be told by this either.
func TestLimitOfAnAccount(t *testing.T) {
	assert.Equal(t, 10, start(t).App.Settings.AccountLimit, "what is not set")
	l := startLimited(t, 0, 4)
	add(t, l.Host, "Known@b.c")
	add(t, l.Host, "disabled@b.c", doc.Field{Key: "disabled", Value: true})
	add(t, l.Host, "other@b.c")
	for _, email := range []string{"known@b.c", "disabled@b.c", "unknown@b.c"} {
		t.Run(email, func(t *testing.T) {
			for range 4 {
				refuses(t, l.login(email, "wrong"), http.StatusUnauthorized, "Invalid email or password")
			}
			tooMany(t, l.login(email, "wrong"), "15")
			tooMany(t, l.login(email, password), "15")
			tooMany(t, l.login(strings.ToUpper(email), password), "15")
			accountOf(t, l.login("other@b.c", password), http.StatusOK)
		})
	}
	l.now = l.now.Add(14 * time.Second)
	tooMany(t, l.login("known@b.c", password), "1")
	l.now = l.now.Add(time.Second)
	for range 12 {
		accountOf(t, l.login("known@b.c", password), http.StatusOK)
	}
	refuses(t, l.login("known@b.c", "wrong"), http.StatusUnauthorized, "Invalid email or password")
	tooMany(t, l.login("known@b.c", password), "15")
}

// Who has a session may not guess the password by changing it either.
func TestLimitOfPasswordChanges(t *testing.T) {
	l := startLimited(t, 0, 3)
	add(t, l.Host, "a@b.c")
	ann := accountOf(t, l.login("a@b.c", password), http.StatusOK)
	change := func(current string) modulestest.Answer {
		return l.Call(http.MethodPost, "/auth/password", `{"currentPassword":"`+current+`","newPassword":"new"}`, ann.bearer()...)
	}
	refuses(t, change("wrong"), http.StatusUnauthorized, "The current password is wrong")
	refuses(t, l.login("A@b.c", "wrong"), http.StatusUnauthorized, "Invalid email or password")
	refuses(t, change("wrong"), http.StatusUnauthorized, "The current password is wrong")
	tooMany(t, change(password), "20")
	tooMany(t, l.login("a@b.c", password), "20")
	l.now = l.now.Add(20 * time.Second)
	accountOf(t, change(password), http.StatusOK)
}

func TestLimitOfAnAddress(t *testing.T) {
	for name, c := range map[string]struct {
		trusted    string
		first, and []string // headers of who fails, and of who else is limited
		free       []string // and of who is not; nil is nobody
	}{
		"untrusted: what is said does not count": {first: from("198.51.100.7"), and: from("198.51.100.8")},
		"trusted: each client for itself":        {trusted: "127.0.0.1", first: from("198.51.100.7"), and: from("198.51.100.7"), free: from("198.51.100.8")},
		"a spoofed left part":                    {trusted: "127.0.0.1", first: from("1.1.1.1, 198.51.100.7"), and: from("2.2.2.2, 198.51.100.7:99"), free: from("198.51.100.7, 198.51.100.8")},
		"behind a chain":                         {trusted: "127.0.0.0/8,10.0.0.0/8", first: from("198.51.100.7, 10.0.0.1"), and: from("198.51.100.7, 10.0.0.2"), free: from("10.0.0.1")},
		"a network of IPv6":                      {trusted: "127.0.0.1", first: from("2001:db8::1"), and: from("[2001:db8::2]:99"), free: from("2001:db8:0:1::1")},
	} {
		t.Run(name, func(t *testing.T) {
			t.Setenv("TRUSTED_PROXIES", c.trusted)
			l := startLimited(t, 3, 0)
			for _, email := range []string{"a@b.c", "b@b.c", "c@b.c", "d@b.c"} {
				add(t, l.Host, email)
			}
			for range 5 {
				accountOf(t, l.login("a@b.c", password, c.first...), http.StatusOK)
			}
			for _, email := range []string{"a@b.c", "b@b.c", "c@b.c"} {
				refuses(t, l.login(email, "wrong", c.first...), http.StatusUnauthorized, "Invalid email or password")
			}
			tooMany(t, l.login("d@b.c", "wrong", c.first...), "20")
			tooMany(t, l.login("d@b.c", password, c.and...), "20")
			if c.free != nil {
				accountOf(t, l.login("d@b.c", password, c.free...), http.StatusOK)
			}
			l.now = l.now.Add(20 * time.Second)
			accountOf(t, l.login("d@b.c", password, c.and...), http.StatusOK)
		})
	}
}

func from(address string) []string { return []string{"X-Forwarded-For", address} }

func TestLimitOfRegistrations(t *testing.T) {
	l := startLimited(t, 3, 0)
	add(t, l.Host, "taken@b.c")
	assert.Equal(t, http.StatusBadRequest, l.register(""), "what is refused at once does not count")
	assert.Equal(t, http.StatusCreated, l.register("a@b.c"))
	assert.Equal(t, http.StatusConflict, l.register("taken@b.c"))
	assert.Equal(t, http.StatusCreated, l.register("b@b.c"))
	tooMany(t, l.Call(http.MethodPost, "/auth/register", credentials("c@b.c", "x")), "20")
	accountOf(t, l.login("taken@b.c", password), http.StatusOK)
	count, err := l.Store.Collection("users").Count(t.Context(), nil)
	require.NoError(t, err)
	assert.EqualValues(t, 3, count)

	l = startLimited(t, 0, 1)
	add(t, l.Host, "taken@b.c")
	for range 10 { // ten times as often as a login may fail
		assert.Equal(t, http.StatusConflict, l.register("Taken@b.c"))
	}
	tooMany(t, l.Call(http.MethodPost, "/auth/register", credentials("taken@b.c", "x")), "6")
}

func TestNoLimits(t *testing.T) {
	l := startLimited(t, 0, 0)
	add(t, l.Host, "a@b.c")
	for range 100 {
		refuses(t, l.login("a@b.c", "wrong"), http.StatusUnauthorized, "Invalid email or password")
	}
	accountOf(t, l.login("a@b.c", password), http.StatusOK)
}

// A crowd that logs in rightly is let in, all of it; one that guesses has as many
// guesses as one after the other.
func TestLimitOfACrowd(t *testing.T) {
	l := startLimited(t, 5, 4)
	add(t, l.Host, "ann@b.c")
	const crowd = 20
	assert.Equal(t, map[int]int{200: crowd}, modulestest.Crowd(crowd, func(int) int {
		return l.login("ann@b.c", password).Status
	}))
	assert.Equal(t, map[int]int{401: 4, 429: crowd - 4}, modulestest.Crowd(crowd, func(int) int {
		return l.login("ann@b.c", "wrong").Status
	}))
}
