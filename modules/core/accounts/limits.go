package accounts

import (
	"net/netip"
	"time"

	"github.com/orchestrix/orchestrix/platform/apierr"
	"github.com/orchestrix/orchestrix/platform/limit"
	"github.com/orchestrix/orchestrix/platform/users"
)

// registrationsPerAccount is how much more often than a login may fail an e-mail
// may be registered in vain: that tells nothing but that it is taken.
const registrationsPerAccount = 10

// limits keep guesses few. Only what fails counts for logins; every registration
// counts for the address that it comes from.
type limits struct {
	loginAddress, loginAccount       *limit.Limiter
	registerAddress, registerAccount *limit.Limiter
}

func newLimits(opts Options) *limits {
	o := limit.Options{Clock: opts.Clock}
	return &limits{
		loginAddress:    limit.New(opts.PerAddress, o),
		loginAccount:    limit.New(opts.PerAccount, o),
		registerAddress: limit.New(opts.PerAddress, o),
		registerAccount: limit.New(opts.PerAccount*registrationsPerAccount, o),
	}
}

// attempt is a login under way. It counts as failed until it is forgiven, so that
// many at once are no way around the limit.
type attempt struct {
	limits           *limits
	address, account string
}

// login begins an attempt at an account of a namespace; an empty address is not
// limited.
func (l *limits) login(address, namespace, email string) (*attempt, error) {
	a := &attempt{limits: l, account: namespace + "\x00" + users.Key(email)}
	if address != "" {
		a.address = addressKey(address)
		if retry := l.loginAddress.Take(a.address); retry > 0 {
			return nil, tooMany(retry)
		}
	}
	if retry := l.loginAccount.Take(a.account); retry > 0 {
		return nil, tooMany(retry) // which counts for the address
	}
	return a, nil
}

// forgive takes an attempt back: it succeeded, or could not be decided.
func (a *attempt) forgive() {
	if a.address != "" {
		a.limits.loginAddress.Return(a.address)
	}
	a.limits.loginAccount.Return(a.account)
}

func (l *limits) register(address, email string) error {
	if retry := l.registerAddress.Take(addressKey(address)); retry > 0 {
		return tooMany(retry)
	}
	if retry := l.registerAccount.Take(users.Key(email)); retry > 0 {
		return tooMany(retry)
	}
	return nil
}

func addressKey(address string) string {
	a, err := netip.ParseAddr(address)
	if err != nil {
		return address
	}
	return limit.AddressKey(a)
}

func tooMany(retry time.Duration) error { return apierr.TooMany("Too many attempts", retry) }
