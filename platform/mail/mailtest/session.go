package mailtest

import (
	"crypto/tls"
	"net"
	"net/textproto"
	"strings"
)

// session is one connection.
type session struct {
	server *Server
	raw    net.Conn // what is closed
	conn   net.Conn // what is spoken on: raw, or TLS on it
	text   *textproto.Conn
	secure bool
	user   string // who has signed in
	mail   Message
}

// hang waits until the server is closed.
func (c *session) hang() {
	c.server.mu.Lock()
	c.server.hanging++
	c.server.tell()
	c.server.mu.Unlock()
	<-c.server.done
}

func (c *session) run() {
	if _, on := c.at(Connect); !on {
		return
	}
	if c.server.options.Mode == Implicit && !c.handshake() {
		return
	}
	c.text = textproto.NewConn(c.conn)
	if !c.answer(Banner, "220 mailtest ESMTP") {
		return
	}
	for {
		line, err := c.text.ReadLine()
		if err != nil {
			return
		}
		c.note(line)
		if !c.command(line) {
			return
		}
	}
}

func (c *session) note(line string) {
	c.server.mu.Lock()
	defer c.server.mu.Unlock()
	c.server.commands = append(c.server.commands, line)
	c.server.tell()
}

func (c *session) handshake() bool {
	secure := tls.Server(c.conn, c.server.tls)
	if secure.Handshake() != nil {
		return false
	}
	c.conn, c.secure = secure, true
	return true
}

// answer gives the script's reply of the phase, or the usual one.
func (c *session) answer(p Phase, usual string) bool {
	reply, on := c.at(p)
	if !on {
		return false
	}
	if reply == "" {
		reply = usual
	}
	return c.say(reply)
}

func (c *session) say(lines ...string) bool {
	return c.text.PrintfLine("%s", strings.Join(lines, "\r\n")) == nil && !strings.HasPrefix(lines[0], "421")
}

// command does one command and reports whether the conversation goes on.
func (c *session) command(line string) bool {
	verb, rest, _ := strings.Cut(line, " ")
	switch strings.ToUpper(verb) {
	case "EHLO":
		c.mail = Message{}
		return c.answer(Hello, strings.Join(c.greeting(), "\r\n"))
	case "HELO":
		return c.answer(Hello, "250 mailtest")
	case "STARTTLS":
		return c.startTLS()
	case "AUTH":
		return c.auth(rest)
	case "MAIL":
		c.mail = Message{From: address(rest), User: c.user, Secure: c.secure}
		return c.answer(From, "250 2.1.0 ok")
	case "RCPT":
		return c.recipient(address(rest))
	case "DATA":
		return c.data()
	case "RSET":
		c.mail = Message{}
		return c.answer(Reset, "250 2.0.0 ok")
	case "NOOP":
		return c.say("250 2.0.0 ok")
	case "QUIT":
		c.say("221 2.0.0 bye")
		return false
	}
	return c.say("500 5.5.1 unknown command")
}

func (c *session) greeting() []string {
	o := c.server.options
	lines := append([]string{"mailtest"}, o.Extensions...)
	if o.Mode == StartTLS && !c.secure {
		lines = append(lines, "STARTTLS")
	}
	if o.User != "" {
		lines = append(lines, "AUTH "+strings.Join(o.Mechanisms, " "))
	}
	for i := range lines {
		lines[i] = "250-" + lines[i]
	}
	return append(lines, "250 8BITMIME")
}

func (c *session) startTLS() bool {
	if c.server.options.Mode != StartTLS || c.secure {
		return c.say("502 5.5.1 no STARTTLS here")
	}
	reply, on := c.at(Secure)
	if !on || reply != "" {
		return on && c.say(reply)
	}
	if !c.say("220 2.0.0 go ahead") || !c.handshake() {
		return false
	}
	c.text = textproto.NewConn(c.conn)
	return true
}

func (c *session) recipient(to string) bool {
	if reply := c.refusal(to); reply != "" {
		return c.say(reply)
	}
	c.mail.To = append(c.mail.To, to)
	return c.answer(Recipient, "250 2.1.5 ok")
}

func (c *session) data() bool {
	if reply, on := c.at(Data); !on || reply != "" {
		return on && c.say(reply)
	}
	if len(c.mail.To) == 0 {
		return c.say("503 5.5.1 no recipients")
	}
	if !c.say("354 go on") {
		return false
	}
	if _, on := c.at(Content); !on {
		return false
	}
	raw, err := readData(c.text.R)
	if err != nil {
		return false
	}
	c.mail.Raw = raw
	return c.confirm()
}

// address is what stands between the angle brackets.
func address(argument string) string {
	_, rest, _ := strings.Cut(argument, "<")
	inner, _, _ := strings.Cut(rest, ">")
	return inner
}
