package mail

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"time"
)

const (
	maxConns  = 2 // connections to the mail server at a time
	idleTime  = 30 * time.Second
	checkTime = 3 * time.Second
)

// pool keeps connections for the next mail.
type pool struct {
	server server
	idle   time.Duration      // that a connection is kept without a mail
	check  time.Duration      // that a kept connection has to show that it lives
	slots  chan struct{}      // one for each delivery under way
	force  context.Context    // ends when deliveries are to be cut off
	cut    context.CancelFunc // ends force
	closed chan struct{}

	mu   sync.Mutex
	kept []*conn
	done bool
}

func newPool(s server) *pool {
	force, cut := context.WithCancel(context.Background())
	return &pool{
		server: s, idle: idleTime, check: checkTime, slots: make(chan struct{}, maxConns),
		force: force, cut: cut, closed: make(chan struct{}),
	}
}

// deliver sends a letter on a connection of its own for that time. Waiting for
// one ends with ctx; from then on the delivery has the server's Timeout.
func (p *pool) deliver(ctx context.Context, l letter) error {
	select {
	case <-p.closed:
		return errClosed
	default:
	}
	select {
	case p.slots <- struct{}{}:
	case <-p.closed:
		return errClosed
	case <-ctx.Done():
		return ctx.Err()
	}
	defer func() { <-p.slots }()
	text, err := l.text() // only now: a big mail is big twice
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, p.server.Timeout)
	defer cancel()
	defer context.AfterFunc(p.force, cancel)()

	c, err := p.offer(ctx, l)
	if err == nil {
		err = c.do(ctx, func() error { return c.hand(text) })
	}
	if c != nil {
		p.put(c, healthy(err) && ctx.Err() == nil)
	}
	return err
}

// offer offers the letter on a kept connection, or on a new one when there is
// none or it turns out to be dead. The connection is also returned with an error,
// unless there is none.
func (p *pool) offer(ctx context.Context, l letter) (*conn, error) {
	if c := p.take(); c != nil {
		err := p.try(ctx, c)
		if err == nil {
			if err = c.do(ctx, func() error { return c.offer(l) }); healthy(err) {
				return c, err
			}
		}
		c.close()
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
	}
	c, err := p.server.dial(ctx)
	if err != nil {
		return nil, err
	}
	return c, c.do(ctx, func() error { return c.offer(l) })
}

// try finds out whether a kept connection still lives, and ends what a mail that
// was refused has left.
func (p *pool) try(ctx context.Context, c *conn) error {
	ctx, cancel := context.WithTimeout(ctx, p.check)
	defer cancel()
	if err := c.do(ctx, c.client.Reset); err != nil {
		return fmt.Errorf("check a kept connection: %w", err)
	}
	return nil
}

// take returns the connection that was used last, or nil.
func (p *pool) take() *conn {
	p.mu.Lock()
	defer p.mu.Unlock()
	if len(p.kept) == 0 {
		return nil
	}
	c := p.kept[len(p.kept)-1]
	p.kept = p.kept[:len(p.kept)-1]
	c.idle.Stop()
	return c
}

// put keeps a connection for the next mail, or closes it.
func (p *pool) put(c *conn, healthy bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	switch {
	case !healthy:
		c.close()
	case p.done:
		c.quit()
	default:
		c.idle = time.AfterFunc(p.idle, func() { p.expire(c) })
		p.kept = append(p.kept, c)
	}
}

// expire closes a connection unless somebody was faster.
func (p *pool) expire(c *conn) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if i := slices.Index(p.kept, c); i >= 0 {
		p.kept = slices.Delete(p.kept, i, i+1)
		c.quit()
	}
}

func (p *pool) close(ctx context.Context) error {
	p.mu.Lock()
	again := p.done
	p.done = true
	p.mu.Unlock()
	if again {
		return nil
	}
	close(p.closed)
	defer p.cut()
	err := p.wait(ctx)
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, c := range p.kept {
		c.idle.Stop()
		c.quit()
	}
	p.kept = nil
	return err
}

// wait returns when no delivery is under way.
func (p *pool) wait(ctx context.Context) error {
	for range maxConns {
		select {
		case p.slots <- struct{}{}:
		case <-ctx.Done():
			p.cut()
			p.slots <- struct{}{}
		}
	}
	return ctx.Err()
}
