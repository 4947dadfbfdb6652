package mail_test

import (
	"crypto/x509"
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/orchestrix/orchestrix/platform/mail"
	"github.com/orchestrix/orchestrix/platform/mail/mailtest"
)

func TestTLSModes(t *testing.T) {
	for _, c := range []struct {
		name   string
		mode   mailtest.Mode
		tls    string
		user   string
		secure bool
		reason string // "" is success
	}{
		{"auto is STARTTLS", mailtest.StartTLS, "auto", user, true, ""},
		{"nothing set is auto", mailtest.StartTLS, "", user, true, ""},
		{"starttls", mailtest.StartTLS, mail.TLSStart, user, true, ""},
		{"starttls without an account", mailtest.StartTLS, mail.TLSStart, "", true, ""},
		{"implicit", mailtest.Implicit, mail.TLSImplicit, user, true, ""},
		{"off", mailtest.Plain, mail.TLSOff, user, false, ""},
		{"off at a server with STARTTLS", mailtest.StartTLS, mail.TLSOff, user, false, ""},
		{"off without an account", mailtest.Plain, mail.TLSOff, "", false, ""},
		{"auto without STARTTLS", mailtest.Plain, "auto", user, false, "the mail server offers no STARTTLS, and mail is not sent without TLS"},
		{"starttls without STARTTLS or account", mailtest.Plain, mail.TLSStart, "", false, "the mail server offers no STARTTLS, and mail is not sent without TLS"},
		{"implicit at a plain server", mailtest.Plain, mail.TLSImplicit, user, false, "the mail server does not speak TLS here"},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := mailtest.Start(t, mailtest.Options{Mode: c.mode, User: user, Pass: password})
			o := options(s)
			o.TLS, o.User = c.tls, c.user
			id, err := mailer(t, o).Send(t.Context(), hello)
			if c.reason != "" {
				assert.Equal(t, "Failed to send email to ada@example.com: "+c.reason, failed(t, err))
				assert.Empty(t, s.Messages())
				assert.NotContains(t, strings.Join(s.Commands(), "\n"), "AUTH")
				return
			}
			require.NoError(t, err)
			require.Len(t, s.Messages(), 1)
			got := s.Messages()[0]
			assert.Contains(t, string(got.Raw), "Message-ID: "+id)
			assert.Equal(t, c.secure, got.Secure)
			assert.Equal(t, c.user, got.User)
			assert.Equal(t, "noreply@example.com", got.From)
			assert.Equal(t, []string{"ada@example.com"}, got.To)
		})
	}
}

func TestAnUntrustedCertificateIsRefused(t *testing.T) {
	for _, mode := range []mailtest.Mode{mailtest.StartTLS, mailtest.Implicit} {
		for name, change := range map[string]func(*mail.Options){
			"signer unknown":  func(o *mail.Options) { o.Roots = x509.NewCertPool() },
			"system's roots":  func(o *mail.Options) { o.Roots = nil },
			"signer of other": func(o *mail.Options) { o.Roots = mailtest.Start(t, mailtest.Options{}).Roots() },
		} {
			t.Run(fmt.Sprint(name, mode), func(t *testing.T) {
				s := mailtest.Start(t, mailtest.Options{Mode: mode, User: user, Pass: password})
				o := options(s)
				if mode == mailtest.Implicit {
					o.TLS = mail.TLSImplicit
				}
				change(&o)
				_, err := mailer(t, o).Send(t.Context(), hello)
				assert.Contains(t, failed(t, err), ": the mail server's certificate is not trusted")
				assert.Empty(t, s.Messages())
				assert.NotContains(t, strings.Join(s.Commands(), "\n"), "AUTH")
			})
		}
	}
}

func TestSignIn(t *testing.T) {
	for _, c := range []struct{ tls, offered, used string }{
		{mail.TLSStart, "PLAIN LOGIN CRAM-MD5", "AUTH PLAIN"},
		{mail.TLSStart, "LOGIN", "AUTH LOGIN"},
		{mail.TLSStart, "XOAUTH2 CRAM-MD5", "AUTH CRAM-MD5"},
		{mail.TLSOff, "PLAIN LOGIN CRAM-MD5", "AUTH CRAM-MD5"},
		{mail.TLSOff, "LOGIN PLAIN", "AUTH PLAIN"},
		{mail.TLSOff, "LOGIN", "AUTH LOGIN"},
		{mail.TLSStart, "XOAUTH2 GSSAPI", ""},
	} {
		t.Run(c.tls+" "+c.offered, func(t *testing.T) {
			o := login(mailtest.Script{})
			o.Mechanisms = strings.Fields(c.offered)
			s := mailtest.Start(t, o)
			settings := options(s)
			settings.TLS = c.tls
			_, err := mailer(t, settings).Send(t.Context(), hello)
			if c.used == "" {
				assert.Contains(t, failed(t, err), "no way to sign in that is known here")
				assert.NotContains(t, strings.Join(s.Commands(), "\n"), "AUTH")
				return
			}
			require.NoError(t, err)
			assert.Contains(t, strings.Join(s.Commands(), "\n"), c.used)
			assert.Equal(t, user, s.Messages()[0].User)
		})
	}
}

func TestAWrongPasswordIsNotShown(t *testing.T) {
	for _, mechanism := range []string{"PLAIN", "LOGIN", "CRAM-MD5"} {
		t.Run(mechanism, func(t *testing.T) {
			const wrong = "wrong-canary"
			s := mailtest.Start(t, mailtest.Options{
				Mode: mailtest.StartTLS, User: user, Pass: password, Mechanisms: []string{mechanism},
				Script: mailtest.Script{Replies: map[mailtest.Phase]string{mailtest.SignIn: "535 5.7.8 no such user or password: " + wrong}},
			})
			o := options(s)
			log, logs := logged()
			o.Pass, o.Logger = wrong, log
			_, err := mailer(t, o).Send(t.Context(), hello)
			assert.Equal(t, "Failed to send email to ada@example.com: 535 5.7.8 no such user or password: ***", failed(t, err))
			require.Equal(t, 1, logs.Len())
			assert.NotContains(t, fmt.Sprint(logs.All()[0].ContextMap()), "canary")
			assert.Empty(t, s.Messages())
		})
	}
}
