// Package notices sends users mails about their account.
package notices

import (
	"context"
	"net/mail"
	"time"

	"go.uber.org/zap"

	"github.com/orchestrix/orchestrix/platform/background"
	"github.com/orchestrix/orchestrix/platform/engine"
	"github.com/orchestrix/orchestrix/platform/logging"
)

// limit is how long a notice may take.
const limit = time.Minute

// Notices sends mails in the background. No request waits for one, and none
// fails because of one. A nil *Notices sends nothing.
type Notices struct {
	mailer  engine.Mailer
	tasks   *background.Group
	app     string
	log     *zap.Logger
	notices notices
}

// New makes Notices in the name of appName. Without a mailer there are none.
func New(mailer engine.Mailer, tasks *background.Group, appName string, log *zap.Logger) *Notices {
	if mailer == nil {
		return nil
	}
	return &Notices{mailer: mailer, tasks: tasks, app: tidy(appName), log: log, notices: parse()}
}

// Welcome greets a new user.
func (n *Notices) Welcome(ctx context.Context, email, name string) { n.send(ctx, welcome, email, name) }

// PasswordChanged tells a user of a new password, and what to do about one that
// somebody else has set.
func (n *Notices) PasswordChanged(ctx context.Context, email, name string) {
	n.send(ctx, passwordChanged, email, name)
}

func (n *Notices) send(ctx context.Context, notice, email, name string) {
	if n == nil {
		return
	}
	log := logging.From(ctx, n.log).With(zap.String("notice", notice))
	if !isAddress(email) {
		log.Debug("no notice, the account has no valid mail address")
		return
	}
	id := logging.RequestID(ctx)
	err := n.tasks.Go(func(ctx context.Context) {
		ctx, cancel := context.WithTimeout(logging.WithRequest(ctx, id), limit)
		defer cancel()
		m, err := n.notices.write(notice, content{App: n.app, Name: callable(name), Email: email})
		if err == nil {
			_, err = n.mailer.Send(ctx, m)
		}
		if err != nil {
			log.Warn("notice not sent", zap.Error(err))
		}
	})
	if err != nil {
		log.Warn("notice not sent", zap.Error(err))
	}
}

// isAddress reports whether s is one bare mail address.
func isAddress(s string) bool {
	a, err := mail.ParseAddress(s)
	return err == nil && a.Address == s
}
