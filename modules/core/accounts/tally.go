package accounts

import (
	"context"
	"sync"
	"time"

	"github.com/orchestrix/orchestrix/platform/limit"
)

// tally limits what counts only when it fails. An attempt under way counts until
// it is settled, so that many at once are no way around the limit; who comes when
// as many are under way as may fail waits for one of them.
type tally struct {
	limiter *limit.Limiter

	mu   sync.Mutex
	open map[string]*underWay
}

// underWay are the attempts of a key that are not settled.
type underWay struct {
	count   int
	settled chan struct{} // closed when one of them is
}

func newTally(perMinute int, o limit.Options) *tally {
	return &tally{limiter: limit.New(perMinute, o), open: map[string]*underWay{}}
}

// take begins an attempt, or returns how long there can be none.
func (t *tally) take(ctx context.Context, key string) (retry time.Duration, err error) {
	for {
		retry, before := t.try(key)
		if retry == 0 || before == nil {
			return retry, nil
		}
		select {
		case <-before:
		case <-ctx.Done():
			return 0, ctx.Err()
		}
	}
}

// try also returns what to wait for when the attempts under way leave no room.
func (t *tally) try(key string) (retry time.Duration, settled <-chan struct{}) {
	t.mu.Lock()
	defer t.mu.Unlock()
	u := t.open[key]
	if retry = t.limiter.Take(key); retry > 0 {
		if u != nil {
			settled = u.settled
		}
		return retry, settled
	}
	if u == nil {
		u = &underWay{settled: make(chan struct{})}
		t.open[key] = u
	}
	u.count++
	return 0, nil
}

// settle ends an attempt.
func (t *tally) settle(key string, failed bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if !failed {
		t.limiter.Return(key)
	}
	u := t.open[key]
	u.count--
	close(u.settled)
	u.settled = make(chan struct{})
	if u.count == 0 {
		delete(t.open, key)
	}
}
