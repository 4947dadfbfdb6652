package mail_test

import (
	"bytes"
	"net/mail"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/orchestrix/orchestrix/platform/engine"
	"github.com/orchestrix/orchestrix/platform/mail/mailtest"
)

// sent sends a mail to a server and returns what arrived.
func sent(t *testing.T, m engine.Mail, extensions ...string) mailtest.Message {
	t.Helper()
	script := login(mailtest.Script{})
	script.Extensions = extensions
	s := mailtest.Start(t, script)
	_, err := mailer(t, options(s)).Send(t.Context(), m)
	require.NoError(t, err)
	require.Len(t, s.Messages(), 1)
	return s.Messages()[0]
}

func TestHeaders(t *testing.T) {
	s := mailtest.Start(t, login(mailtest.Script{}))
	o := options(s)
	o.Clock = func() time.Time { return time.Date(2026, 3, 4, 5, 6, 7, 0, time.UTC) }
	id, err := mailer(t, o).Send(t.Context(), hello)
	require.NoError(t, err)
	got, err := s.Messages()[0].Parsed()
	require.NoError(t, err)
	assert.Regexp(t, `^<[A-Z2-7]{26}@example\.com>$`, id)
	assert.Equal(t, id, got.Header.Get("Message-Id"))
	assert.Equal(t, `"Orchestrix" <noreply@example.com>`, got.Header.Get("From"))
	assert.Equal(t, "<ada@example.com>", got.Header.Get("To"))
	assert.Equal(t, "Hello", got.Header.Get("Subject"))
	assert.Equal(t, "Wed, 04 Mar 2026 05:06:07 +0000", got.Header.Get("Date"))
	assert.Equal(t, "1.0", got.Header.Get("Mime-Version"))
	assert.True(t, strings.HasPrefix(got.Header.Get("Content-Type"), "multipart/alternative;"))
	assert.Len(t, got.Header, 7, "and none that tells who wrote it: %v", got.Header)
}

func TestTheBodyArrivesAsItIs(t *testing.T) {
	for name, body := range map[string]string{
		"one line":        "<p>Hello</p>",
		"unicode":         "<p>Grüße, 世界 🎉 שלום</p>",
		"dots":            ".\r\n..\r\n.hidden\r\n.",
		"dots and LF":     ".\n..\n.\n",
		"line ends":       "a\nb\n",
		"mixed line ends": "a\r\nb\nc\rd\r\n",
		"long line":       strings.Repeat("x", 100_000),
		"long words":      strings.Repeat("wörd ", 20_000),
		"spaces at ends":  "a  \r\n\tb\t\r\n  ",
		"equals":          "a=20b =3D = ==\r\n=",
		"control bytes":   "a\x00b\x1bc\x7f",
		"looks like MIME": "--boundary\r\nContent-Type: text/plain\r\n\r\nx\r\n--boundary--",
		"From at start":   "From here\r\nFrom there",
		"empty template":  " ",
		"1 MB":            strings.Repeat("0123456789abcde\n", 1<<20/16),
	} {
		t.Run(name, func(t *testing.T) {
			got := sent(t, engine.Mail{To: "ada@example.com", Subject: "s", Body: body})
			parts, err := got.Parts()
			require.NoError(t, err)
			require.Len(t, parts, 2)
			assert.Equal(t, "text/plain", parts[0].Type)
			assert.Equal(t, "text/html", parts[1].Type)
			assert.True(t, body == parts[0].Body, "the text")
			assert.True(t, body == parts[1].Body, "the HTML")
			for line := range bytes.SplitSeq(got.Raw, []byte("\r\n")) {
				assert.LessOrEqual(t, len(line), 76)
				assert.False(t, bytes.ContainsAny(line, "\r\n\x00"), "bare line end")
			}
		})
	}
}

func TestTheSubjectArrivesAsItIs(t *testing.T) {
	for name, subject := range map[string]string{
		"ASCII":                  "Welcome, Ada",
		"unicode":                "Grüße aus Köln — 世界 🎉",
		"long":                   strings.Repeat("word ", 190) + "end",
		"long unicode":           strings.Repeat("ü", 499),
		"one long word":          strings.Repeat("x", 998),
		"looks encoded":          "=?utf-8?q?a=0D=0ABcc:_evil@x.io?=",
		"looks encoded, unicode": "ü =?utf-8?q?a=0D=0ABcc:_evil@x.io?=",
		"spaces only inside":     "a" + strings.Repeat(" ", 300) + "Bcc: evil@x.io",
		"spaces around":          "  a  b  ",
		"RTL mark":               "\u200fשלום",
		"quotes":                 `"quoted" <b@x.io>, (c)`,
	} {
		t.Run(name, func(t *testing.T) {
			got := sent(t, engine.Mail{To: "ada@example.com", Subject: subject, Body: "b"})
			decoded, err := got.Subject()
			require.NoError(t, err)
			assert.Equal(t, subject, decoded)
			parsed, err := got.Parsed()
			require.NoError(t, err)
			assert.Len(t, parsed.Header, 7, "no header comes in through the subject: %v", parsed.Header)
			head, _, _ := bytes.Cut(got.Raw, []byte("\r\n\r\n"))
			for line := range bytes.SplitSeq(head, []byte("\r\n")) {
				assert.LessOrEqual(t, len(line), 78)
				assert.NotEmpty(t, bytes.TrimSpace(line), "some take a blank line for the end of the headers")
			}
		})
	}
}

func TestSeveralRecipients(t *testing.T) {
	got := sent(t, engine.Mail{
		To:   `ada@example.com, "Lovelace, Ada" <b@x.io>,Jürgen <c@x.io>, =?utf-8?q?D=C3=B6?= <d+tag@sub.x.io>`,
		From: `"Shop, the" <shop@x.io>`, Subject: "s", Body: "b",
	})
	assert.Equal(t, []string{"ada@example.com", "b@x.io", "c@x.io", "d+tag@sub.x.io"}, got.To)
	assert.Equal(t, "shop@x.io", got.From)
	parsed, err := got.Parsed()
	require.NoError(t, err)
	list, err := parsed.Header.AddressList("To")
	require.NoError(t, err)
	assert.Equal(t, []*mail.Address{
		{Address: "ada@example.com"}, {Name: "Lovelace, Ada", Address: "b@x.io"},
		{Name: "Jürgen", Address: "c@x.io"}, {Name: "Dö", Address: "d+tag@sub.x.io"},
	}, list)
}

func TestAddressesOfOtherThanASCII(t *testing.T) {
	const to = "jürgen@münchen.example"
	s := mailtest.Start(t, login(mailtest.Script{}))
	m := mailer(t, options(s))
	_, err := m.Send(t.Context(), engine.Mail{To: to, Subject: "s", Body: "b"})
	assert.Equal(t, "Failed to send email to "+to+": the mail server takes only addresses of ASCII characters", failed(t, err))
	_, err = m.Send(t.Context(), hello)
	require.NoError(t, err)
	assert.Equal(t, 1, s.Connections(), "which is no reason to hang up")

	assert.Equal(t, []string{to}, sent(t, engine.Mail{To: to, Subject: "s", Body: "b"}, "SMTPUTF8").To)
}

// A server that gets SMTPUTF8 may not pass the mail on to one that lacks it.
func TestSMTPUTF8IsNotAskedForWithoutNeed(t *testing.T) {
	o := login(mailtest.Script{})
	o.Extensions = []string{"SMTPUTF8"}
	s := mailtest.Start(t, o)
	m := mailer(t, options(s))
	_, err := m.Send(t.Context(), engine.Mail{To: "ü@x.io", Subject: "s", Body: "b"})
	require.NoError(t, err)
	_, err = m.Send(t.Context(), hello)
	require.NoError(t, err)
	var froms []bool
	for _, line := range s.Commands() {
		if strings.HasPrefix(line, "MAIL") {
			froms = append(froms, strings.Contains(line, "SMTPUTF8"))
		}
	}
	assert.Equal(t, []bool{true, false}, froms)
}
