package mail

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"net/textproto"
	"strings"
	"syscall"
	"unicode"
)

// failure is a delivery that failed for a reason that may be shown.
type failure struct {
	reason string
	cause  error
}

func (f failure) Error() string {
	if f.cause == nil {
		return f.reason
	}
	return f.reason + ": " + f.cause.Error()
}

func (f failure) Unwrap() error { return f.cause }

func problem(reason string) error { return failure{reason: reason} }

// unconfirmed is a failure after the whole mail was handed over: the server may
// have taken it or not. To send it again could be to send it twice.
type unconfirmed struct{ cause error }

func (u unconfirmed) Error() string { return "no confirmation: " + u.cause.Error() }

func (u unconfirmed) Unwrap() error { return u.cause }

var (
	errUnset      = problem("mail is not set up; set SMTP_HOST (and SMTP_USER, SMTP_PASS, FROM_EMAIL), or MAIL_OUTBOX to have mails written to a directory")
	errClosed     = problem("the server is shutting down")
	errNoStartTLS = problem("the mail server offers no STARTTLS, and mail is not sent without TLS")
	errNoAuth     = problem("the mail server offers no way to sign in that is known here (PLAIN, LOGIN, CRAM-MD5)")
	errNoUTF8     = problem("the mail server takes only addresses of ASCII characters")
)

// maxReply is how much of a server's reply is shown.
const maxReply = 500

// describe says why a delivery failed, without addresses of machines or anything
// else that callers need not know.
func describe(err error) string {
	var open unconfirmed
	if errors.As(err, &open) {
		return sentence(err) + "; the mail may have been delivered all the same"
	}
	return sentence(err)
}

func sentence(err error) string {
	var (
		known   failure
		reply   *textproto.Error
		garbled textproto.ProtocolError
		cert    *tls.CertificateVerificationError
		record  tls.RecordHeaderError
		alert   tls.AlertError
		dns     *net.DNSError
		network net.Error
	)
	switch {
	case errors.As(err, &known):
		return known.reason
	case errors.As(err, &reply):
		return plainReply(reply)
	case errors.As(err, &garbled):
		return "the mail server does not speak SMTP on this port"
	case errors.As(err, &cert):
		return "the mail server's certificate is not trusted"
	case errors.As(err, &record):
		return "the mail server does not speak TLS here"
	case errors.As(err, &alert):
		return "the mail server and this one could not agree on TLS"
	case errors.As(err, &dns) && dns.IsNotFound:
		return "the mail server's name is not known"
	case errors.Is(err, syscall.ECONNREFUSED):
		return "connection refused"
	case errors.Is(err, context.DeadlineExceeded), errors.As(err, &network) && network.Timeout():
		return "the mail server did not answer in time"
	case errors.Is(err, context.Canceled):
		return errClosed.Error()
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, net.ErrClosed),
		errors.Is(err, syscall.ECONNRESET), errors.Is(err, syscall.EPIPE):
		return "the mail server closed the connection"
	}
	return "the mail server cannot be reached"
}

// plainReply is a server's reply in one line.
func plainReply(e *textproto.Error) string {
	text := strings.Join(strings.Fields(strings.Map(func(r rune) rune {
		if unicode.IsControl(r) {
			return ' '
		}
		return r
	}, e.Msg)), " ")
	if len(text) > maxReply {
		text = text[:maxReply] + "…"
	}
	return fmt.Sprintf("%d %s", e.Code, strings.ToValidUTF8(text, ""))
}
