package mail_test

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"
	"go.uber.org/zap"
	"go.uber.org/zap/zaptest/observer"

	"github.com/orchestrix/orchestrix/platform/engine"
	"github.com/orchestrix/orchestrix/platform/mail"
	"github.com/orchestrix/orchestrix/platform/mail/mailtest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const (
	user     = "robot@example.com"
	password = "hunter2-canary"
)

var hello = engine.Mail{To: "ada@example.com", Subject: "Hello", Body: "<p>Hello, Ada</p>"}

// login is what most tests need: STARTTLS and an account.
func login(s mailtest.Script) mailtest.Options {
	return mailtest.Options{Mode: mailtest.StartTLS, User: user, Pass: password, Script: s}
}

// limit is the time limit of a delivery, which no test waits for, and waited is half of
// it: who took longer did wait for it. A busy machine is slow, too.
const (
	limit  = 2 * time.Minute
	waited = limit / 2
)

// options are those that fit the server.
func options(s *mailtest.Server) mail.Options {
	return mail.Options{
		Host: s.Host(), Port: s.Port(), User: user, Pass: password, From: "Orchestrix <noreply@example.com>",
		Roots: s.Roots(), Timeout: limit,
	}
}

// mailer is a Mailer that is closed at the end of the test.
func mailer(t *testing.T, o mail.Options) *mail.Mailer {
	t.Helper()
	m := mail.New(o)
	t.Cleanup(func() { assert.NoError(t, m.Close(context.Background())) })
	return m
}

func logged() (*zap.Logger, *observer.ObservedLogs) {
	core, logs := observer.New(zap.DebugLevel)
	return zap.New(core), logs
}

// failed is the message of an error that callers may see.
func failed(t *testing.T, err error) string {
	t.Helper()
	var e *engine.Error
	require.ErrorAs(t, err, &e)
	assert.Equal(t, engine.Failed, e.Kind)
	assert.Error(t, e.Cause)
	return e.Message
}

func reached(t *testing.T, s *mailtest.Server, what func() bool) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), waited)
	defer cancel()
	require.NoError(t, s.Wait(ctx, what), "it did not come to that")
}
