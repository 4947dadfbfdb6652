package mail_test

import (
	"context"
	"errors"
	"fmt"
	"net"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/orchestrix/orchestrix/platform/engine"
	"github.com/orchestrix/orchestrix/platform/logging"
	"github.com/orchestrix/orchestrix/platform/mail"
	"github.com/orchestrix/orchestrix/platform/mail/mailtest"
)

func TestRefusals(t *testing.T) {
	replies := func(p mailtest.Phase, reply string) mailtest.Script {
		return mailtest.Script{Replies: map[mailtest.Phase]string{p: reply}}
	}
	for _, c := range []struct {
		name   string
		script mailtest.Script
		to     string
		reason string
	}{
		{"the recipient", mailtest.Script{Refuse: map[string]string{"ada@example.com": "550 5.1.1 no such user"}}, "ada@example.com", "550 5.1.1 no such user"},
		{"one of several", mailtest.Script{Refuse: map[string]string{"b@x.io": "550 5.1.1 no such user"}}, "a@x.io, b@x.io, c@x.io", "550 5.1.1 no such user"},
		{"the sender", replies(mailtest.From, "553 5.7.1 not yours"), "ada@example.com", "553 5.7.1 not yours"},
		{"everybody", replies(mailtest.Recipient, "450-4.2.1 busy,\r\n450 4.2.1 later"), "ada@example.com", "450 4.2.1 busy, 4.2.1 later"},
		{"DATA", replies(mailtest.Data, "554 5.5.1 no"), "ada@example.com", "554 5.5.1 no"},
		{"the mail", replies(mailtest.Confirm, "552 5.3.4 too big"), "ada@example.com", "552 5.3.4 too big"},
		{"the connection", replies(mailtest.Banner, "554 5.7.1 you are on a list"), "ada@example.com", "554 5.7.1 you are on a list"},
		{"STARTTLS", replies(mailtest.Secure, "454 4.7.0 not now"), "ada@example.com", "454 4.7.0 not now"},
		{"closing", replies(mailtest.From, "421 4.3.2 closing"), "ada@example.com", "421 4.3.2 closing"},
		{"no SMTP", replies(mailtest.Banner, "HTTP/1.1 400 Bad Request"), "ada@example.com", "the mail server does not speak SMTP on this port"},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := mailtest.Start(t, login(c.script))
			m := mailer(t, options(s))
			_, err := m.Send(t.Context(), engine.Mail{To: c.to, Subject: "s", Body: "b"})
			assert.Equal(t, "Failed to send email to "+c.to+": "+c.reason, failed(t, err))
			assert.Empty(t, s.Messages())

			// What was refused leaves nothing behind for the next mail.
			s.SetScript(mailtest.Script{})
			_, err = m.Send(t.Context(), engine.Mail{To: "d@x.io", Subject: "s", Body: "b"})
			require.NoError(t, err)
			assert.Equal(t, []string{"d@x.io"}, s.Messages()[0].To)
		})
	}
}

var phases = []mailtest.Phase{
	mailtest.Banner, mailtest.Hello, mailtest.Secure, mailtest.SignIn, mailtest.From, mailtest.Recipient,
	mailtest.Data, mailtest.Content, mailtest.Confirm,
}

// big does not fit into the buffers between client and server, which take up to 4 MB.
var big = engine.Mail{To: "ada@example.com", Subject: "big", Body: strings.Repeat("0123456789abcde\n", 150_000)}

func TestAServerThatHangs(t *testing.T) {
	for _, phase := range append([]mailtest.Phase{mailtest.Connect}, phases...) {
		for _, end := range []string{"timeout", "deadline", "cancel"} {
			t.Run(fmt.Sprint(phase, " ", end), func(t *testing.T) {
				t.Parallel()
				script := login(mailtest.Script{Hang: phase})
				if phase == mailtest.Connect {
					script.Mode = mailtest.Implicit
				}
				s := mailtest.Start(t, script)
				o := options(s)
				if phase == mailtest.Connect {
					o.TLS = mail.TLSImplicit
				}
				ctx, cancel := context.WithCancel(t.Context())
				defer cancel()
				switch end {
				case "timeout":
					o.Timeout = 200 * time.Millisecond
				case "deadline":
					ctx, cancel = context.WithTimeout(ctx, 100*time.Millisecond)
					defer cancel()
				case "cancel":
					go func() {
						_ = s.Wait(ctx, func() bool { return s.Hanging() > 0 })
						cancel()
					}()
				}
				m := mailer(t, o)
				start := time.Now()
				what := hello
				if phase == mailtest.Content {
					what = big
				}
				_, err := m.Send(ctx, what)
				assert.Less(t, time.Since(start), waited, "the server did not hold it up")
				switch end {
				case "timeout":
					assert.Contains(t, failed(t, err), ": the mail server did not answer in time")
					// Time may run out while the server still reads the last of the mail.
					taken, open := len(s.Messages()) > 0, strings.Contains(err.Error(), "may have been delivered")
					assert.True(t, open || !taken, "who has a mail may have delivered it")
					assert.True(t, phase == mailtest.Confirm || !open, "it was not handed over")
				case "deadline":
					assert.ErrorIs(t, err, context.DeadlineExceeded)
				case "cancel":
					assert.ErrorIs(t, err, context.Canceled)
				}
				var shown *engine.Error
				assert.Equal(t, end == "timeout", errors.As(err, &shown), "the engine sees its own endings")
			})
		}
	}
}

func TestAServerThatHangsUp(t *testing.T) {
	for _, phase := range phases {
		t.Run(string(phase), func(t *testing.T) {
			s := mailtest.Start(t, login(mailtest.Script{Drop: phase}))
			m := mailer(t, options(s))
			_, err := m.Send(t.Context(), hello)
			reason := "the mail server closed the connection"
			if phase == mailtest.Confirm || phase == mailtest.Content {
				reason += "; the mail may have been delivered all the same"
			}
			assert.Equal(t, "Failed to send email to ada@example.com: "+reason, failed(t, err))
			assert.Equal(t, 1, s.Connections(), "a new connection is not tried twice")

			s.SetScript(mailtest.Script{})
			_, err = m.Send(t.Context(), hello)
			assert.NoError(t, err)
		})
	}
}

func TestNoServer(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	port := l.Addr().(*net.TCPAddr).Port
	require.NoError(t, l.Close())
	_, err = mailer(t, mail.Options{Host: "127.0.0.1", Port: port, From: "a@x.io"}).Send(t.Context(), hello)
	assert.Equal(t, "Failed to send email to ada@example.com: connection refused", failed(t, err))
}

func TestNotSetUp(t *testing.T) {
	m := mailer(t, mail.Options{})
	assert.False(t, m.Enabled())
	_, err := m.Send(t.Context(), hello)
	assert.Equal(t, "Failed to send email to ada@example.com: mail is not set up; set SMTP_HOST (and SMTP_USER, SMTP_PASS, FROM_EMAIL), "+
		"or MAIL_OUTBOX to have mails written to a directory", failed(t, err))
	assert.True(t, mailer(t, mail.Options{Host: "mail.example.com"}).Enabled())
	assert.True(t, mailer(t, mail.Options{Outbox: t.TempDir()}).Enabled())
}

func TestWhatIsLogged(t *testing.T) {
	s := mailtest.Start(t, login(mailtest.Script{Refuse: map[string]string{"Ada@example.com": "550 5.1.1 <Ada@example.com> is unknown; token=abc123"}}))
	o := options(s)
	log, logs := logged()
	o.Logger = log
	m := mailer(t, o)
	ctx := logging.WithExecution(t.Context(), "run-1")

	_, err := m.Send(ctx, engine.Mail{To: "bob@example.com, Ada@example.com", Subject: "s", Body: "secret body"})
	assert.Contains(t, failed(t, err), ": 550 5.1.1 <Ada@example.com> is unknown; token=***")
	_, err = m.Send(ctx, hello)
	require.NoError(t, err)

	require.Equal(t, 2, logs.Len())
	warned, sent := logs.All()[0], logs.All()[1]
	assert.Equal(t, "warn: mail not sent", warned.Level.String()+": "+warned.Message)
	assert.Equal(t, "550 5.1.1 <***> is unknown; token=***", warned.ContextMap()["reason"])
	assert.EqualValues(t, 2, warned.ContextMap()["recipients"])
	assert.Equal(t, "run-1", warned.ContextMap()["executionId"])
	assert.Equal(t, "debug: mail sent", sent.Level.String()+": "+sent.Message)
	for _, entry := range logs.All() {
		assert.NotContains(t, fmt.Sprint(entry.ContextMap()), "Ada@")
		assert.NotContains(t, fmt.Sprint(entry.ContextMap()), "bob@")
		assert.NotContains(t, fmt.Sprint(entry.ContextMap()), "secret")
	}
}
