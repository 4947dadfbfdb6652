package connections

import (
	"context"
	"time"

	"go.uber.org/zap"

	"github.com/orchestrix/orchestrix/platform/mongo"
)

// database is one that is open, or about to be. What is not set before ready is
// closed is guarded by the pool's mutex.
type database struct {
	connection *Connection
	ready      chan struct{} // closed when store or err is set
	store      mongo.Store
	err        error

	failed  time.Time     // when it could not be opened
	users   int           // at the moment
	used    time.Time     // last
	retired bool          // nobody comes any more
	over    chan struct{} // closed when it is retired and not used
}

// endIfUnused is called after every change. The pool's mutex is held.
func (d *database) endIfUnused() {
	if d.retired && d.users == 0 {
		close(d.over)
	}
}

// live opens a database, and closes it in the end. Opening goes on when who asked
// first has gone.
func (p *pool) live(d *database, open func(context.Context) (mongo.Store, error)) {
	ctx, cancel := context.WithTimeout(p.ctx, openLimit)
	d.store, d.err = open(ctx)
	cancel()
	if d.err != nil {
		p.log.Warn("an owner's database cannot be opened", zap.String("ownerId", d.connection.Owner), zap.Error(d.err))
		p.mu.Lock()
		d.failed = p.now()
		p.mu.Unlock()
	}
	close(d.ready)
	<-d.over
	if d.err == nil {
		p.end(d.store)
	}
}

// end closes a database.
func (p *pool) end(store mongo.Store) {
	ctx, cancel := context.WithTimeout(context.Background(), closeLimit)
	defer cancel()
	if err := store.Close(ctx); err != nil {
		p.log.Warn("an owner's database did not close", zap.Error(err))
	}
}

// usable fails for a database that could not be opened, and at once while it is
// known to be out of reach: its driver goes on trying.
func (d *database) usable() error {
	if d.err != nil {
		return d.err
	}
	if known, ok := d.store.(interface{ Unreachable() error }); ok {
		return known.Unreachable()
	}
	return nil
}
