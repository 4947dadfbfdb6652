// Package mail sends mail through an SMTP server, or writes it to a directory.
package mail

import (
	"context"
	"crypto/x509"
	"encoding/base64"
	"fmt"
	"os"
	"strings"
	"time"

	"go.uber.org/zap"

	"github.com/orchestrix/orchestrix/platform/engine"
	"github.com/orchestrix/orchestrix/platform/logging"
)

// How a connection is secured (Options.TLS).
const (
	TLSAuto     = "auto"     // implicit on port 465, STARTTLS on every other
	TLSImplicit = "implicit" // from the first byte on
	TLSStart    = "starttls" // STARTTLS; without it nothing is sent
	TLSOff      = "off"      // plain text, the password too
)

const (
	defaultTimeout = 20 * time.Second
	implicitPort   = 465
	submissionPort = 587
)

// Options say where mail goes. With neither a Host nor an Outbox every Send
// fails; an Outbox wins over a Host.
type Options struct {
	Host             string
	Port             int // 0 is 587
	User, Pass, From string
	TLS              string         // "" is TLSAuto
	Outbox           string         // directory that mails are written to instead of being sent
	Timeout          time.Duration  // of one whole delivery; 0 is 20 seconds
	Roots            *x509.CertPool // who may sign the server's certificate; nil: whom the system trusts
	Logger           *zap.Logger
	Clock            func() time.Time
}

// Mailer sends mail. It is safe for concurrent use.
type Mailer struct {
	options Options
	mask    *logging.Masker
	pool    *pool
}

// New makes a Mailer. Nothing is dialled or written before the first mail.
func New(o Options) *Mailer {
	if o.Port == 0 {
		o.Port = submissionPort
	}
	if o.TLS == "" || o.TLS == TLSAuto {
		o.TLS = TLSStart
		if o.Port == implicitPort {
			o.TLS = TLSImplicit
		}
	}
	if o.Timeout <= 0 {
		o.Timeout = defaultTimeout
	}
	if o.Logger == nil {
		o.Logger = zap.NewNop()
	}
	if o.Clock == nil {
		o.Clock = time.Now
	}
	return &Mailer{options: o, mask: mask(o), pool: newPool(server{Options: o, helo: helo()})}
}

// mask knows the password in every form in which it goes over the wire, since
// a server may repeat what it was sent.
func mask(o Options) *logging.Masker {
	if o.Pass == "" {
		return logging.NewMasker()
	}
	encoded := base64.StdEncoding.EncodeToString
	return logging.NewMasker(o.Pass, encoded([]byte(o.Pass)), encoded([]byte("\x00"+o.User+"\x00"+o.Pass)))
}

// helo is how this machine names itself; a name that is none for the world
// would only raise suspicion.
func helo() string {
	if name, err := os.Hostname(); err == nil && strings.Contains(name, ".") {
		return name
	}
	return "[127.0.0.1]"
}

// Enabled reports whether mail can be sent or written at all.
func (m *Mailer) Enabled() bool { return m.options.Host != "" || m.options.Outbox != "" }

// Send sends one mail to all its recipients, or to none when a recipient is no
// address or the server refuses one. It returns the Message-ID.
func (m *Mailer) Send(ctx context.Context, mail engine.Mail) (id string, err error) {
	log := logging.From(ctx, m.options.Logger)
	l, err := m.send(ctx, mail)
	if err == nil {
		log.Debug("mail sent", zap.String("messageId", l.id), zap.Int("recipients", len(l.to)))
		return l.id, nil
	}
	reason := m.mask.String(describe(err))
	log.Warn("mail not sent", zap.Int("recipients", len(l.to)),
		zap.String("reason", l.anonymous(reason)), zap.String("error", l.anonymous(m.mask.String(err.Error()))))
	if ended := ctx.Err(); ended != nil {
		return "", fmt.Errorf("send mail: %w", ended)
	}
	return "", &engine.Error{Message: "Failed to send email to " + show(mail.To) + ": " + reason, Cause: err}
}

// send also returns the letter of a mail that could not be sent, as far as it
// was written.
func (m *Mailer) send(ctx context.Context, mail engine.Mail) (letter, error) {
	if !m.Enabled() {
		return letter{}, errUnset
	}
	if err := ctx.Err(); err != nil {
		return letter{}, err
	}
	l, err := m.options.write(mail)
	if err != nil {
		return letter{}, err
	}
	if m.options.Outbox != "" {
		return l, m.options.file(l)
	}
	return l, m.pool.deliver(ctx, l)
}

// Close waits for the deliveries under way and closes the connections. When
// ctx ends first it cuts the deliveries off and returns the error of ctx. There
// is no sending after Close.
func (m *Mailer) Close(ctx context.Context) error { return m.pool.close(ctx) }

var _ engine.Mailer = (*Mailer)(nil)
