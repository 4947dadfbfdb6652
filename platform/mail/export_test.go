package mail

import "time"

// SetIdle changes how long a connection is kept, before the first mail.
func (m *Mailer) SetIdle(d time.Duration) { m.pool.idle = d }

// SetCheck changes how long a kept connection has to show that it lives.
func (m *Mailer) SetCheck(d time.Duration) { m.pool.check = d }

// MaxConns is how many connections there are at most.
const MaxConns = maxConns
