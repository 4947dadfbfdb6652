package notices

import (
	"bytes"
	"embed"
	"errors"
	"fmt"
	html "html/template"
	"regexp"
	"strings"
	text "text/template"
	"unicode"

	"github.com/orchestrix/orchestrix/platform/engine"
)

//go:embed templates
var files embed.FS

// The notices are named like their files.
const (
	welcome         = "welcome"
	passwordChanged = "password_changed"
)

// content is what the templates may use.
type content struct{ App, Name, Email string }

// notice is one mail: its text, which also defines the subject, and the same as
// HTML.
type notice struct {
	text *text.Template
	body *html.Template
}

type notices map[string]notice

// parse reads the templates, which are part of the program: one that is wrong
// does not pass the first test.
func parse() notices {
	all := notices{}
	for _, name := range []string{welcome, passwordChanged} {
		file := "templates/" + name
		all[name] = notice{
			text: text.Must(text.ParseFS(files, file+".txt")),
			body: html.Must(html.ParseFS(files, file+".html")),
		}
	}
	return all
}

func (n notices) write(name string, c content) (engine.Mail, error) {
	var subject, plain, body bytes.Buffer
	err := errors.Join(
		n[name].text.ExecuteTemplate(&subject, "subject", c),
		n[name].text.Execute(&plain, c),
		n[name].body.Execute(&body, c))
	if err != nil {
		return engine.Mail{}, fmt.Errorf("write %s: %w", name, err)
	}
	return engine.Mail{To: c.Email, Subject: tidy(subject.String()), Body: lines(body.String()), Text: lines(plain.String())}, nil
}

// lines ends lines as mail does, so that it can be sent in a form that people can
// read.
func lines(s string) string { return strings.ReplaceAll(s, "\n", "\r\n") }

// maxName is how many characters of a name are used.
const maxName = 60

// link is what mail programs make a link of. Whoever signs up with the address
// of somebody else chooses the name, but not what we ask that person to visit.
var link = regexp.MustCompile(`[/\\@:]|\pL\.\pL{2}`)

// callable is a name as it is used in a greeting; one that is none is left out.
func callable(name string) string {
	name = tidy(name)
	if runes := []rune(name); len(runes) > maxName || link.MatchString(name) {
		return ""
	}
	return name
}

// tidy makes one plain line of s: no control characters, none that change the
// direction of what follows, no spaces in a row.
func tidy(s string) string {
	s = strings.Map(func(r rune) rune {
		switch {
		case unicode.IsSpace(r), unicode.IsControl(r):
			return ' '
		case unicode.Is(unicode.Bidi_Control, r), r == unicode.ReplacementChar:
			return -1
		}
		return r
	}, s)
	return strings.Join(strings.Fields(s), " ")
}
