package mailtest

import (
	"crypto/hmac"
	"crypto/md5"
	"encoding/base64"
	"fmt"
	"slices"
	"strings"
)

// auth signs a client in with one of the mechanisms that are offered.
func (c *session) auth(argument string) bool {
	o := c.server.options
	mechanism, initial, _ := strings.Cut(argument, " ")
	if o.User == "" || !slices.Contains(o.Mechanisms, mechanism) {
		return c.say("504 5.5.4 no such mechanism")
	}
	var user string
	var right, ok bool
	switch mechanism {
	case "PLAIN":
		user, right, ok = c.plain(initial)
	case "LOGIN":
		user, right, ok = c.login()
	case "CRAM-MD5":
		user, right, ok = c.cram()
	}
	switch {
	case !ok:
		return false
	case !right:
		return c.answer(SignIn, "535 5.7.8 authentication failed")
	}
	c.user = user
	return c.answer(SignIn, "235 2.7.0 welcome")
}

func (c *session) plain(initial string) (user string, right, ok bool) {
	text, err := base64.StdEncoding.DecodeString(initial)
	parts := strings.Split(string(text), "\x00")
	if err != nil || len(parts) != 3 {
		return "", false, true
	}
	return parts[1], c.knows(parts[1], parts[2]), true
}

func (c *session) login() (user string, right, ok bool) {
	user, ok = c.ask("Username:")
	if !ok {
		return "", false, false
	}
	pass, ok := c.ask("Password:")
	return user, c.knows(user, pass), ok
}

func (c *session) cram() (user string, right, ok bool) {
	const challenge = "<1@mailtest>"
	answer, ok := c.ask(challenge)
	user, digest, _ := strings.Cut(answer, " ")
	mac := hmac.New(md5.New, []byte(c.server.options.Pass))
	mac.Write([]byte(challenge))
	return user, user == c.server.options.User && digest == fmt.Sprintf("%x", mac.Sum(nil)), ok
}

func (c *session) knows(user, pass string) bool {
	return user == c.server.options.User && pass == c.server.options.Pass
}

// ask sends a challenge and reads what the client says to it.
func (c *session) ask(challenge string) (string, bool) {
	if !c.say("334 " + base64.StdEncoding.EncodeToString([]byte(challenge))) {
		return "", false
	}
	line, err := c.text.ReadLine()
	if err != nil {
		return "", false
	}
	c.note(line)
	text, err := base64.StdEncoding.DecodeString(line)
	return string(text), err == nil
}
