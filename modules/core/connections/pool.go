package connections

import (
	"context"
	"fmt"
	"sync"
	"time"

	"go.uber.org/zap"

	"github.com/orchestrix/orchestrix/platform/mongo"
)

const (
	maxOpen    = 100             // databases
	idleLimit  = 5 * time.Minute // until one that nobody uses is closed
	sweepPause = 30 * time.Second
	openLimit  = testLimit
	closeLimit = 10 * time.Second
	failedFor  = 2 * time.Second // a failure to open is remembered
)

// pool holds the open databases, one for each owner, and closes none that is in
// use.
type pool struct {
	now func() time.Time
	log *zap.Logger

	mu     sync.Mutex
	open   map[string]*database // by owner
	closed bool

	ctx   context.Context // ends with the pool
	stop  context.CancelFunc
	owned sync.WaitGroup // a goroutine for each database, and the sweeper
}

func newPool(now func() time.Time, log *zap.Logger) *pool {
	p := &pool{now: now, log: log, open: map[string]*database{}}
	p.ctx, p.stop = context.WithCancel(context.Background())
	return p
}

var (
	errFull   = fmt.Errorf("%w: too many databases are in use", mongo.ErrUnavailable)
	errClosed = fmt.Errorf("%w: the server is shutting down", mongo.ErrUnavailable)
)

// acquire returns the database of a connection, opening it when it is not open.
// All who come meanwhile wait for that one opening.
func (p *pool) acquire(ctx context.Context, c *Connection, open func(context.Context) (mongo.Store, error)) (mongo.Store, func(), error) {
	d, err := p.enter(c, open)
	if err != nil {
		return nil, nil, err
	}
	select {
	case <-d.ready:
		err = d.usable()
	case <-ctx.Done():
		err = ctx.Err()
	}
	if err != nil {
		p.leave(d)
		return nil, nil, err
	}
	return d.store, sync.OnceFunc(func() { p.leave(d) }), nil
}

// enter counts a user of the connection's database, which it makes when there is
// none, or that of another connection, or one that failed a while ago.
func (p *pool) enter(c *Connection, open func(context.Context) (mongo.Store, error)) (*database, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.closed {
		return nil, errClosed
	}
	d := p.open[c.Owner]
	if d != nil && (d.connection.sealed != c.sealed || !d.failed.IsZero() && p.now().Sub(d.failed) >= failedFor) {
		p.retire(d)
		d = nil
	}
	if d == nil {
		if len(p.open) >= maxOpen && !p.makeRoom() {
			return nil, errFull
		}
		d = &database{connection: c, ready: make(chan struct{}), over: make(chan struct{})}
		p.open[c.Owner] = d
		p.owned.Go(func() { p.live(d, open) })
	}
	d.users++
	return d, nil
}

func (p *pool) leave(d *database) {
	p.mu.Lock()
	defer p.mu.Unlock()
	d.users--
	d.used = p.now()
	d.endIfUnused()
}

// drop lets go of an owner's database; who uses it may finish.
func (p *pool) drop(owner string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if d := p.open[owner]; d != nil {
		p.retire(d)
	}
}

// retire takes a database out of the pool. The mutex is held.
func (p *pool) retire(d *database) {
	delete(p.open, d.connection.Owner)
	d.retired = true
	d.endIfUnused()
}

// makeRoom retires the database that has been out of use for longest, and reports
// whether there is one. The mutex is held.
func (p *pool) makeRoom() bool {
	var oldest *database
	for _, d := range p.open {
		if d.users == 0 && (oldest == nil || d.used.Before(oldest.used)) {
			oldest = d
		}
	}
	if oldest != nil {
		p.retire(oldest)
	}
	return oldest != nil
}

// start begins to sweep.
func (p *pool) start() {
	p.owned.Go(func() {
		tick := time.NewTicker(sweepPause)
		defer tick.Stop()
		for {
			select {
			case <-p.ctx.Done():
				return
			case <-tick.C:
				p.sweep()
			}
		}
	})
}

// sweep retires the databases that were not used for a while.
func (p *pool) sweep() {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, d := range p.open {
		if d.users == 0 && p.now().Sub(d.used) >= idleLimit {
			p.retire(d)
		}
	}
}

// close opens no more, and waits until every database is closed. One that is still
// in use when ctx ends is closed with its last operation.
func (p *pool) close(ctx context.Context) error {
	p.mu.Lock()
	p.closed = true
	for _, d := range p.open {
		p.retire(d)
	}
	p.mu.Unlock()
	p.stop()
	done := make(chan struct{})
	go func() { p.owned.Wait(); close(done) }()
	select {
	case <-done:
		return nil
	case <-ctx.Done():
		return fmt.Errorf("closing the owners' databases: %w", ctx.Err())
	}
}
