package accounts

import (
	"context"
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
	loginAddress, loginAccount       *tally
	registerAddress, registerAccount *limit.Limiter
}

func newLimits(opts Options) *limits {
	o := limit.Options{Clock: opts.Clock}
	return &limits{
		loginAddress:    newTally(opts.PerAddress, o),
		loginAccount:    newTally(opts.PerAccount, o),
		registerAddress: limit.New(opts.PerAddress, o),
		registerAccount: limit.New(opts.PerAccount*registrationsPerAccount, o),
	}
}

// attempt is a login under way. It counts as failed unless it is forgiven.
type attempt struct {
	limits           *limits
	address, account string
	forgiven         bool
}

// login begins an attempt at an account of a namespace, which the caller ends; an
// empty address is not limited.
func (l *limits) login(ctx context.Context, address, namespace, email string) (*attempt, error) {
	a := &attempt{limits: l, account: namespace + "\x00" + users.Key(email)}
	if address != "" {
		a.address = addressKey(address)
		if retry, err := l.loginAddress.take(ctx, a.address); retry > 0 || err != nil {
			return nil, refuse(retry, err)
		}
	}
	if retry, err := l.loginAccount.take(ctx, a.account); retry > 0 || err != nil {
		if address != "" {
			l.loginAddress.settle(a.address, retry > 0)
		}
		return nil, refuse(retry, err)
	}
	return a, nil
}

// forgive takes an attempt back: it succeeded, or could not be decided.
func (a *attempt) forgive() { a.forgiven = true }

// end settles the attempt.
func (a *attempt) end() {
	if a.address != "" {
		a.limits.loginAddress.settle(a.address, !a.forgiven)
	}
	a.limits.loginAccount.settle(a.account, !a.forgiven)
}

func refuse(retry time.Duration, err error) error {
	if err != nil {
		return err
	}
	return tooMany(retry)
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
