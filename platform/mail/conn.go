package mail

import (
	"context"
	"crypto/tls"
	"errors"
	"net"
	"net/textproto"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/wneessen/go-mail/smtp"
)

// server is the mail server, and how to speak to it.
type server struct {
	Options
	helo string
}

// conn is a connection to the mail server, used by one delivery at a time. It
// speaks through go-mail's smtp.Client rather than its mail.Client: that one
// neither ends with a context nor tells whether the mail was handed over.
type conn struct {
	server server
	raw    net.Conn // is closed to end whatever goes on
	client *smtp.Client
	idle   *time.Timer // closes the connection when nobody takes it
}

// dial opens a connection, secures it and signs in.
func (s server) dial(ctx context.Context) (*conn, error) {
	raw, err := new(net.Dialer).DialContext(ctx, "tcp", net.JoinHostPort(s.Host, strconv.Itoa(s.Port)))
	if err != nil {
		return nil, err
	}
	c := &conn{server: s, raw: raw}
	if err := c.do(ctx, c.open); err != nil {
		c.close()
		return nil, err
	}
	return c, nil
}

// do runs f, which speaks on the connection, and cuts the connection when ctx
// ends. The error is then also that of ctx.
func (c *conn) do(ctx context.Context, f func() error) error {
	stop := context.AfterFunc(ctx, c.close)
	defer stop()
	err := f()
	if err != nil {
		return errors.Join(ctx.Err(), err)
	}
	return nil
}

func (c *conn) open() (err error) {
	config := &tls.Config{ServerName: c.server.Host, RootCAs: c.server.Roots, MinVersion: tls.VersionTLS12}
	speak := c.raw
	if c.server.TLS == TLSImplicit {
		speak = tls.Client(c.raw, config)
	}
	if c.client, err = smtp.NewClient(speak, c.server.Host); err != nil {
		return err
	}
	if err := c.client.Hello(c.server.helo); err != nil {
		return err
	}
	if c.server.TLS == TLSStart {
		if offered, _ := c.client.Extension("STARTTLS"); !offered {
			return errNoStartTLS
		}
		if err := c.client.StartTLS(config); err != nil {
			return err
		}
	}
	return c.signIn()
}

// signIn picks among the mechanisms that the server offers; in plain text the
// one that does not show the password comes first.
func (c *conn) signIn() error {
	s := c.server
	if s.User == "" {
		return nil
	}
	plain := s.TLS == TLSOff
	known := []string{"PLAIN", "LOGIN", "CRAM-MD5"}
	if plain {
		known = []string{"CRAM-MD5", "PLAIN", "LOGIN"}
	}
	_, list := c.client.Extension("AUTH")
	offered := strings.Fields(strings.ToUpper(list))
	for _, mechanism := range known {
		if !slices.Contains(offered, mechanism) {
			continue
		}
		switch mechanism {
		case "PLAIN":
			return c.client.Auth(smtp.PlainAuth("", s.User, s.Pass, s.Host, plain))
		case "LOGIN":
			return c.client.Auth(smtp.LoginAuth(s.User, s.Pass, s.Host, plain))
		}
		return c.client.Auth(smtp.CRAMMD5Auth(s.User, s.Pass))
	}
	return errNoAuth
}

// offer does everything up to where the server would take the mail. After a
// failure the mail was not sent for certain.
func (c *conn) offer(l letter) error {
	utf8, _ := c.client.Extension("SMTPUTF8")
	if l.needsUTF8() && !utf8 {
		return errNoUTF8
	}
	// Asked for without need, it keeps the mail from servers that lack it.
	c.client.SkipSMTPUTF8(!l.needsUTF8())
	if err := c.client.Mail("<" + l.from + ">"); err != nil {
		return err
	}
	for _, to := range l.to {
		if err := c.client.Rcpt("<" + to + ">"); err != nil {
			return err
		}
	}
	return nil
}

// hand hands the mail over. A failure that is not the server's reply leaves
// open whether the mail was taken.
func (c *conn) hand(text []byte) error {
	w, err := c.client.Data()
	if err != nil {
		return err
	}
	if _, err := w.Write(text); err != nil {
		return err // without the dot that ends the mail, so that half of it is not taken
	}
	err = w.Close()
	if err != nil && !isReply(err) {
		return unconfirmed{err}
	}
	return err
}

// quit says goodbye and closes the connection. It does not wait for an answer.
func (c *conn) quit() {
	_ = c.raw.SetDeadline(time.Now().Add(time.Second))
	_ = c.client.Text.PrintfLine("QUIT") // it is only polite
	c.close()
}

// close ends whatever goes on; a TLS connection is not told, since that could take its time.
func (c *conn) close() { _ = c.raw.Close() }

// healthy reports whether a connection can be used again after err.
func healthy(err error) bool {
	var reply *textproto.Error
	return err == nil || errors.Is(err, errNoUTF8) || errors.As(err, &reply) && reply.Code != 421
}

func isReply(err error) bool {
	var reply *textproto.Error
	return errors.As(err, &reply)
}
