package accounts_test

import (
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/orchestrix/orchestrix/modules/core/accounts"
	"github.com/orchestrix/orchestrix/platform/auth"
	"github.com/orchestrix/orchestrix/platform/doc"
	"github.com/orchestrix/orchestrix/platform/engine"
	"github.com/orchestrix/orchestrix/platform/users"
)

// In one database the users of workflows are the accounts: who guesses at both
// doors has no more tries than at one. Where owners are kept apart, the users of
// each are people of their own.
func TestLimitsOfUserLogin(t *testing.T) {
	for name, required := range map[string]bool{"open": false, "required": true} {
		t.Run(name, func(t *testing.T) {
			f := start(t, func(o *accounts.Options) { o.LoginRequired, o.PerAccount = required, 3 })
			f.add(t, "a@b.c")
			directory := users.NewDirectory(users.In(f.store.Collection(users.Collection)), auth.NewPasswords(), time.Now)
			step := func(owner, given string) (code string) {
				_, err := f.Credentials(owner, directory).Check(t.Context(), "A@b.c", given)
				if err == nil {
					return "ok"
				}
				var failed *engine.Error
				require.ErrorAs(t, err, &failed)
				assert.Equal(t, engine.Auth, failed.Kind)
				return failed.Code
			}
			endpoint := func(given string) int {
				_, err := f.Login(t.Context(), "a@b.c", given, accounts.Client{Address: "198.51.100.7"})
				if err == nil {
					return http.StatusOK
				}
				return refusal(t, err).Status
			}
			assert.Equal(t, "ok", step("ann", password))
			assert.Equal(t, "", step("ann", "wrong"))
			assert.Equal(t, "", step("ann", "wrong"))
			assert.Equal(t, 401, endpoint("wrong"))
			shared := map[bool]string{false: "RATE_LIMITED", true: "ok"}[required]
			assert.Equal(t, shared, step("ann", password))
			assert.Equal(t, shared, step("bob", password))
			assert.Equal(t, map[bool]int{false: 429, true: 200}[required], endpoint(password))

			assert.Contains(t, []string{"", "RATE_LIMITED"}, step("ann", "wrong"))
			assert.Equal(t, "RATE_LIMITED", step("ann", password), "a step has its limit in either mode")
			f.now = f.now.Add(20 * time.Second)
			assert.Equal(t, "ok", step("ann", password))
		})
	}
}

// A user whom a workflow gave an id of its own cannot be an account: it logs in
// with the step, and not at the endpoint.
func TestUsersWithIDsOfTheirOwn(t *testing.T) {
	f := start(t)
	f.add(t, "a@b.c", doc.Field{Key: "_id", Value: "ann"})
	_, err := f.Login(t.Context(), "a@b.c", password, accounts.Client{})
	assert.Equal(t, "Invalid email or password", refusal(t, err).Message)
	directory := users.NewDirectory(users.In(f.store.Collection(users.Collection)), auth.NewPasswords(), time.Now)
	user, err := f.Credentials("ann", directory).Check(t.Context(), "a@b.c", password)
	require.NoError(t, err)
	assert.Equal(t, doc.Object{{"userId", "ann"}, {"email", "a@b.c"}, {"name", ""}}, user)
}

func TestLoginsAreTold(t *testing.T) {
	var told []string
	f := start(t, func(o *accounts.Options) {
		o.PerAccount, o.Logins = 2, func(outcome string) { told = append(told, outcome) }
	})
	f.add(t, "a@b.c")
	for _, given := range []string{password, "wrong", "wrong", password} {
		_, _ = f.Login(t.Context(), "a@b.c", given, accounts.Client{Address: "198.51.100.7"})
	}
	require.NoError(t, f.store.Close(t.Context()))
	_, err := f.Login(t.Context(), "b@b.c", password, accounts.Client{})
	require.Error(t, err)
	assert.Equal(t, []string{"succeeded", "failed", "failed", "limited", "error"}, told)
}
