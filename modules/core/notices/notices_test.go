package notices_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"
	"go.uber.org/zap"
	"go.uber.org/zap/zaptest/observer"

	"github.com/orchestrix/orchestrix/modules/core/notices"
	"github.com/orchestrix/orchestrix/platform/background"
	"github.com/orchestrix/orchestrix/platform/engine"
	"github.com/orchestrix/orchestrix/platform/logging"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// fake is a mailer that keeps what it is to send.
type fake struct {
	mu      sync.Mutex
	mails   []engine.Mail
	request string
	limited bool
	err     error
	hold    chan struct{} // when set, Send waits for it
}

func (f *fake) Send(ctx context.Context, m engine.Mail) (string, error) {
	if f.hold != nil {
		<-f.hold
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	f.mails = append(f.mails, m)
	f.request = logging.RequestID(ctx)
	_, f.limited = ctx.Deadline()
	return "<id@x.io>", f.err
}

// sent calls what with notices in the name of app, and waits for its mails.
func sent(t *testing.T, f *fake, app string, what func(ctx context.Context, n *notices.Notices)) []observer.LoggedEntry {
	t.Helper()
	core, logs := observer.New(zap.DebugLevel)
	tasks := background.NewGroup(1, zap.NewNop())
	ctx, cancel := context.WithCancel(logging.WithRequest(t.Context(), "req-1"))
	what(ctx, notices.New(f, tasks, app, zap.New(core)))
	cancel() // the request has its answer; the notice goes on
	require.NoError(t, tasks.Close(t.Context()))
	return logs.All()
}

func welcome(email, name string) func(context.Context, *notices.Notices) {
	return func(ctx context.Context, n *notices.Notices) { n.Welcome(ctx, email, name) }
}

func passwordChanged(email, name string) func(context.Context, *notices.Notices) {
	return func(ctx context.Context, n *notices.Notices) { n.PasswordChanged(ctx, email, name) }
}

func TestTheNotices(t *testing.T) {
	for _, c := range []struct {
		what    func(context.Context, *notices.Notices)
		subject string
		body    []string
	}{
		{welcome("ada@example.com", "Ada"), "Welcome to Shop & Co", []string{"Hello Ada,", "welcome to Shop &amp; Co!", "ada@example.com"}},
		{welcome("ada@example.com", ""), "Welcome to Shop & Co", []string{"Hello,"}},
		{passwordChanged("ada@example.com", "Ada"), "Your Shop & Co password was changed", []string{"Hello Ada,", "If it was not you", "ada@example.com"}},
	} {
		f := &fake{}
		logs := sent(t, f, "Shop & Co", c.what)
		assert.Empty(t, logs)
		require.Len(t, f.mails, 1)
		assert.Equal(t, "ada@example.com", f.mails[0].To)
		assert.Empty(t, f.mails[0].From, "the server's own")
		assert.Equal(t, c.subject, f.mails[0].Subject)
		for _, part := range c.body {
			assert.Contains(t, f.mails[0].Body, part)
		}
		assert.True(t, strings.HasPrefix(f.mails[0].Body, "<!doctype html>"))
		assert.NotContains(t, f.mails[0].Body, "href", "there is nothing to link to")
		assert.NotContains(t, f.mails[0].Text, "<")
		for _, part := range []string{"Hello", "@"} {
			assert.Contains(t, f.mails[0].Text, part)
		}
		assert.Equal(t, "req-1", f.request)
		assert.True(t, f.limited)
	}
}

func TestANameIsInert(t *testing.T) {
	for _, c := range []struct{ name, greeting string }{
		{"<img src=x onerror=alert(1)>", "Hello &lt;img src=x onerror=alert(1)&gt;,"},
		{"<b>Ada", "Hello &lt;b&gt;Ada,"},
		{"</p><a href=https://evil.example>click</a>", "Hello,"},
		{"Ada\r\nBcc: evil@x.io", "Hello,"},
		{"Ada\r\nKing\x00", "Hello Ada King,"},
		{"Ada\u2028King\u0085", "Hello Ada King,"},
		{"\u202eadA\u202c \u2066x\u2069\u200f", "Hello adA x,"},
		{"{{.Email}}", "Hello {{.Email}},"},
		{"O'Brien & \"Sons\"", "Hello O&#39;Brien &amp; &#34;Sons&#34;,"},
		{"J.R.R. Tolkien", "Hello J.R.R. Tolkien,"},
		{"You won, see evil.example", "Hello,"},
		{"www.evil.example", "Hello,"},
		{"שלום", "Hello שלום,"},
		{strings.Repeat("x", 61), "Hello,"},
		{"\xff\xfe", "Hello,"},
		{"   ", "Hello,"},
	} {
		for _, what := range []func(string, string) func(context.Context, *notices.Notices){welcome, passwordChanged} {
			f := &fake{}
			sent(t, f, "Shop", what("ada@example.com", c.name))
			require.Len(t, f.mails, 1)
			if !strings.HasPrefix(c.name, "{{") { // which is not a template's business
				assert.NotContains(t, f.mails[0].Body, "evil")
			}
			assert.Contains(t, f.mails[0].Body, "<p>"+c.greeting+"</p>", "%q", c.name)
			assert.NotContains(t, f.mails[0].Subject, "\n")
		}
	}
}

func TestTheNameOfTheAppIsOneLine(t *testing.T) {
	f := &fake{}
	sent(t, f, "My\r\nBcc: x\u202e <App>", welcome("ada@example.com", ""))
	assert.Equal(t, "Welcome to My Bcc: x <App>", f.mails[0].Subject)
	assert.Contains(t, f.mails[0].Body, "My Bcc: x &lt;App&gt;!")
}

func TestNoMailWithoutAnAddress(t *testing.T) {
	for _, email := range []string{"", "nobody", "a@x.io, b@x.io", "A <a@x.io>", "a@x.io\r\nBcc: b@x.io", " a@x.io", "g: a@x.io;"} {
		f := &fake{}
		logs := sent(t, f, "Shop", welcome(email, "Ada"))
		assert.Empty(t, f.mails, "%q", email)
		require.Len(t, logs, 1)
		assert.Equal(t, zap.DebugLevel, logs[0].Level)
		assert.NotContains(t, fmt.Sprint(logs[0].ContextMap()), "x.io")
	}
}

func TestAFailureIsOnlyLogged(t *testing.T) {
	f := &fake{err: errors.New("no such user")}
	logs := sent(t, f, "Shop", passwordChanged("ada@example.com", "Ada"))
	require.Len(t, logs, 1)
	assert.Equal(t, zap.WarnLevel, logs[0].Level)
	assert.Equal(t, map[string]any{"requestId": "req-1", "notice": "password_changed", "error": "no such user"}, logs[0].ContextMap())
}

func TestNobodyWaits(t *testing.T) {
	f := &fake{hold: make(chan struct{})}
	logs := sent(t, f, "Shop", func(ctx context.Context, n *notices.Notices) {
		n.Welcome(ctx, "a@x.io", "")
		n.Welcome(ctx, "b@x.io", "") // while the first takes the only place
		close(f.hold)
	})
	require.Len(t, logs, 1)
	assert.Equal(t, background.ErrFull.Error(), logs[0].ContextMap()["error"])
	assert.Len(t, f.mails, 1)
}

func TestWithoutNotices(t *testing.T) {
	var none *notices.Notices
	none.Welcome(t.Context(), "a@x.io", "")
	none.PasswordChanged(t.Context(), "a@x.io", "")
	tasks := background.NewGroup(1, zap.NewNop())
	assert.Nil(t, notices.New(nil, tasks, "Shop", zap.NewNop()))
	ctx, cancel := context.WithTimeout(t.Context(), time.Second)
	defer cancel()
	require.NoError(t, tasks.Close(ctx))
}
