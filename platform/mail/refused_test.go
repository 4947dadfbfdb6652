package mail_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/orchestrix/orchestrix/platform/engine"
	"github.com/orchestrix/orchestrix/platform/mail"
	"github.com/orchestrix/orchestrix/platform/mail/mailtest"
)

// breaks are what might end a line somewhere, or a string.
var breaks = []string{"\r\n", "\n", "\r", "\x00", "\t", "\x0b", "\x0c", "\x1b", "\x7f", "\u0085", "\u2028", "\u2029", "\xff"}

func TestLineBreaksAreRefused(t *testing.T) {
	s := mailtest.Start(t, login(mailtest.Script{}))
	m := mailer(t, options(s))
	for _, b := range breaks {
		for field, values := range map[string][]string{
			"to": {
				"ada@example.com" + b + "Bcc: evil@x.io", b + "ada@example.com", "ada@example.com" + b,
				"Ada" + b + " <ada@example.com>", `"Ada` + b + `" <ada@example.com>`, "ada@example.com," + b + " b@x.io",
				fmt.Sprintf("=?utf-8?q?Ada%s?= <ada@example.com>", hex(b)),
			},
			"from": {
				"a@x.io" + b + "Bcc: evil@x.io", `"A` + b + `" <a@x.io>`, fmt.Sprintf("=?utf-8?q?A%s?= <a@x.io>", hex(b)),
			},
			"subject": {"Hello" + b + "Bcc: evil@x.io", b + "Hello", "Hello" + b, "Hello" + b + b + "<p>body</p>"},
		} {
			for _, v := range values {
				what := engine.Mail{To: "ada@example.com", From: "a@x.io", Subject: "s", Body: "b"}
				switch field {
				case "to":
					what.To = v
				case "from":
					what.From = v
				case "subject":
					what.Subject = v
				}
				_, err := m.Send(t.Context(), what)
				if b == "\xff" && strings.Contains(v, "=?") {
					continue // a decoder makes a character of it that is harmless
				}
				if assert.Error(t, err, "%s %q", field, v) {
					message := failed(t, err)
					assert.Contains(t, message, ": "+field+" must not contain line breaks", "%q", v)
					assert.NotContains(t, message, b, "an error is one line as well")
				}
			}
		}
	}
	for _, got := range s.Messages() {
		assert.NotContains(t, string(got.Raw), "evil")
	}
}

// hex is b as the Q encoding has it.
func hex(b string) (s string) {
	for i := range len(b) {
		s += fmt.Sprintf("=%02X", b[i])
	}
	return s
}

func TestRefused(t *testing.T) {
	s := mailtest.Start(t, login(mailtest.Script{}))
	m := mailer(t, options(s))
	many := strings.TrimSuffix(strings.Repeat("a@x.io,", 51), ",")
	const (
		invalid = "to must be a valid mail address, or several separated by commas"
		odd     = "to must have addresses like name@example.com"
		group   = "to must be separated by commas and hold no groups or semicolons"
	)
	for _, c := range []struct{ to, from, subject, reason string }{
		{to: "nobody", reason: invalid},
		{to: "nobody@", reason: invalid},
		{to: "@x.io", reason: invalid},
		{to: ",", reason: invalid},
		{to: "a@x.io b@x.io", reason: invalid},
		{to: "a@x.io, nobody", reason: invalid},
		{to: "a@x.io, b@x.io, <c", reason: invalid},
		{to: "a@x.io> NOTIFY=NEVER <b@x.io", reason: invalid},
		{to: "a..b@x.io", reason: invalid},
		{to: "friends: a@x.io, b@x.io;", reason: group},
		{to: "a@x.io, friends:;", reason: group},
		{to: "a@x.io; b@x.io", reason: group},
		{to: `"a> RCPT TO:<b@x.io"@x.io`, reason: odd},
		{to: `"a b"@x.io`, reason: odd},
		{to: `"a@b"@x.io`, reason: odd},
		{to: "a\u202eb@x.io", reason: odd},
		{to: "a\u200bb@x.io", reason: odd},
		{to: strings.Repeat("a", 64) + "@" + strings.Repeat("b.", 95) + "io", reason: odd},
		{to: `"=?utf-8?q?x=0D=0ABcc:_evil@x.io?=" <a@x.io>`, reason: "to has a display name that is encoded twice or too long"},
		{to: "=?utf-8?q?=3D=3Futf-8=3Fq=3Fx=3D0D=3F=3D?= <a@x.io>", reason: "to has a display name that is encoded twice or too long"},
		{to: `"` + strings.Repeat("x", 201) + `" <a@x.io>`, reason: "to has a display name that is encoded twice or too long"},
		{to: many, reason: "to may hold at most 50 addresses"},
		{to: strings.Repeat(" ", 1<<20) + "a@x.io", reason: "to is too long"},
		{from: "nobody", reason: "from must be one valid mail address"},
		{from: "a@x.io, b@x.io", reason: "from must be one valid mail address"},
		{from: "us: a@x.io;", reason: "from must be one valid mail address"},
		{from: `"a b"@x.io`, reason: "from must have addresses like name@example.com"},
		{subject: strings.Repeat("x", 999), reason: "subject may be at most 998 bytes long"},
	} {
		what := engine.Mail{To: c.to, From: c.from, Subject: c.subject, Body: "b"}
		if c.to == "" {
			what.To = "ada@example.com"
		}
		_, err := m.Send(t.Context(), what)
		if assert.Error(t, err, "%+v", c) {
			message := failed(t, err)
			assert.True(t, strings.HasPrefix(message, "Failed to send email to ") && strings.HasSuffix(message, ": "+c.reason), "%.100q: %s", c, message)
			assert.Less(t, len(message), 700)
		}
	}
	_, err := m.Send(t.Context(), engine.Mail{To: "a@x.io", Subject: "s", Body: strings.Repeat("x", 10<<20+1)})
	assert.Contains(t, failed(t, err), ": body may be at most 10 MB long")
	assert.Zero(t, s.Connections(), "not even a connection is made")
}

func TestTheSender(t *testing.T) {
	for _, c := range []struct{ name, mail, option, user, want string }{
		{"the mail's", "m@x.io", "o@x.io", user, "m@x.io"},
		{"FROM_EMAIL", " ", "o@x.io", user, "o@x.io"},
		{"the account", "", "", user, user},
		{"an account that is no address", "", "", "apikey", ""},
		{"an account with a name", "", "", "A <a@x.io>", ""},
		{"nothing", "", "", "", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := mailtest.Start(t, mailtest.Options{Mode: mailtest.StartTLS, User: c.user, Pass: password})
			o := options(s)
			o.From, o.User = c.option, c.user
			_, err := mailer(t, o).Send(t.Context(), engine.Mail{To: "ada@example.com", From: c.mail, Subject: "s", Body: "b"})
			if c.want == "" {
				assert.Contains(t, failed(t, err), ": there is no sender; set FROM_EMAIL, or from in the step")
				return
			}
			require.NoError(t, err)
			assert.Equal(t, c.want, s.Messages()[0].From)
		})
	}
}

func FuzzRecipients(f *testing.F) {
	dir := f.TempDir()
	m := mail.New(mail.Options{Outbox: dir})
	for _, s := range []string{"a@x.io", `"a, b" <a@x.io>, c@x.io`, "=?utf-8?q?a=0D=0A?= <a@x.io>", "g: a@x.io;", `"\"" <a@[1.2.3.4]>`, "a@x.io (comment)"} {
		f.Add(s, s)
	}
	f.Fuzz(func(t *testing.T, to, subject string) {
		if _, err := m.Send(t.Context(), engine.Mail{To: to, Subject: subject, Body: "b"}); err != nil {
			failed(t, err)
			return
		}
		got := only(t, dir)
		parsed, err := got.Parsed()
		require.NoError(t, err)
		assert.Len(t, parsed.Header, 7, "%s", got.Raw)
		decoded, err := got.Subject()
		require.NoError(t, err)
		assert.Equal(t, subject, decoded)
		_, err = parsed.Header.AddressList("To")
		require.NoError(t, err)
	})
}
