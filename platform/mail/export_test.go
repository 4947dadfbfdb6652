package mail

import "time"

// SetIdle changes how long a connection is kept, before the first mail.
func (m *Mailer) SetIdle(d time.Duration) { m.pool.idle = d }

// MaxConns is how many connections there are at most.
const MaxConns = maxConns
