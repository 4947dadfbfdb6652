package mail

import (
	"bytes"
	"crypto/rand"
	"encoding/base64"
	"fmt"
	"net/mail"
	"strings"
	"unicode/utf8"

	gomail "github.com/wneessen/go-mail"

	"github.com/orchestrix/orchestrix/platform/engine"
	"github.com/orchestrix/orchestrix/platform/logging"
)

// letter is a mail that was checked and can go.
type letter struct {
	id      string
	from    string
	to      []string
	message *gomail.Msg
}

// write checks a mail and makes a letter of it.
func (o *Options) write(m engine.Mail) (letter, error) {
	to, err := recipients(m.To)
	if err != nil {
		return letter{}, err
	}
	from, err := sender(m.From, o.From, o.fallback())
	if err != nil {
		return letter{}, err
	}
	if err := oneLine("subject", m.Subject); err != nil {
		return letter{}, err
	}
	if len(m.Subject) > maxSubject {
		return letter{}, problem("subject may be at most 998 bytes long")
	}
	if m.Text == "" {
		m.Text = m.Body // as engine.md says
	}
	if len(m.Body) > maxBody || len(m.Text) > maxBody {
		return letter{}, problem("body may be at most 10 MB long")
	}

	msg := gomail.NewMsg(gomail.WithNoDefaultUserAgent())
	msg.FromMailAddress(from)
	msg.ToMailAddress(to...)
	msg.Subject(subject(m.Subject))
	msg.SetDateWithValue(o.Clock())
	msg.SetMessageIDWithValue(rand.Text() + "@" + domain(from))
	msg.SetBodyString(gomail.TypeTextPlain, m.Text, gomail.WithPartEncoding(encodingOf(m.Text)))
	msg.AddAlternativeString(gomail.TypeTextHTML, m.Body, gomail.WithPartEncoding(encodingOf(m.Body)))

	l := letter{id: msg.GetMessageID(), from: from.Address, message: msg}
	for _, a := range to {
		l.to = append(l.to, a.Address)
	}
	return l, nil
}

// text is the whole mail as it goes over the wire.
func (l *letter) text() ([]byte, error) {
	var b bytes.Buffer
	if _, err := l.message.WriteTo(&b); err != nil {
		return nil, fmt.Errorf("write a mail: %w", err)
	}
	return b.Bytes(), nil
}

// fallback is the sender when none is set.
func (o *Options) fallback() string {
	switch {
	case isAddress(o.User):
		return o.User
	case o.Outbox != "":
		return "orchestrix@localhost"
	}
	return ""
}

// encodingOf keeps a body as it is to the byte. Quoted-printable is the more
// readable one, but it knows only one kind of line break.
func encodingOf(body string) gomail.Encoding {
	if strings.ContainsAny(strings.ReplaceAll(body, "\r\n", ""), "\r\n") {
		return gomail.EncodingB64
	}
	return gomail.EncodingQP
}

// maxWord is how long an unencoded word of a header may be, so that no line has
// to be longer than the 76 characters it should have.
const maxWord = 60

// subject leaves to go-mail what it writes safely: text with other than ASCII
// characters, which it encodes, and ASCII words, which it folds at their spaces.
// The rest it would write as it is: words that look encoded and would be decoded
// by whoever reads them, and words or runs of spaces too long for a line.
func subject(s string) string {
	plain := !strings.Contains(s, "=?")
	for word := range strings.SplitSeq(s, " ") {
		plain = plain && word != "" && len(word) <= maxWord
	}
	if plain || !isASCII(s) {
		return s
	}
	const chunk = 45 // bytes, which are 60 characters in base64
	var words []string
	for len(s) > 0 {
		n := min(chunk, len(s))
		words = append(words, "=?UTF-8?B?"+base64.StdEncoding.EncodeToString([]byte(s[:n]))+"?=")
		s = s[n:]
	}
	return strings.Join(words, " ")
}

func isASCII(s string) bool {
	for i := range len(s) {
		if s[i] >= utf8.RuneSelf {
			return false
		}
	}
	return true
}

func domain(a *mail.Address) string {
	if d := a.Address[strings.LastIndexByte(a.Address, '@')+1:]; isASCII(d) {
		return d
	}
	return "localhost"
}

// needsUTF8 reports whether an address of the envelope is not ASCII.
func (l *letter) needsUTF8() bool {
	return !isASCII(l.from + strings.Join(l.to, ""))
}

// anonymous takes the addresses out of a server's reply, for the log.
func (l *letter) anonymous(reason string) string {
	return logging.NewMasker(append(l.to, l.from)...).String(reason)
}
