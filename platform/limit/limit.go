// Package limit bounds how often something may happen, for each of many keys,
// in bounded memory.
package limit

import (
	"crypto/sha256"
	"encoding/hex"
	"strings"
	"sync"
	"time"
)

const (
	defaultMaxKeys = 100_000
	// longKey is how long a key is kept as it is. The name of a longer one is
	// longer than that too, so that it is nobody else's key.
	longKey = 64
)

// Options change a Limiter. Their zero values are 100,000 keys and time.Now.
type Options struct {
	MaxKeys int // how many keys are remembered at most
	Clock   func() time.Time
}

// Limiter lets a number of events through in a minute for each key, as many at
// once: a token bucket that is refilled evenly. A nil *Limiter limits nothing.
type Limiter struct {
	interval time.Duration // in which there is one more
	burst    time.Duration // in which an empty bucket is full again
	maxKeys  int
	clock    func() time.Time

	mu      sync.Mutex
	last    time.Time     // what the clock said last
	now     time.Duration // how far it moved forward in all
	buckets map[string]*bucket
	ring    bucket // its next is the bucket used last, its prev the one used first
}

// New returns a limiter of perMinute events, or nil when perMinute is not above
// zero.
func New(perMinute int, opts Options) *Limiter {
	if perMinute <= 0 {
		return nil
	}
	interval := max(time.Minute/time.Duration(perMinute), 1)
	l := &Limiter{
		interval: interval, burst: min(interval*time.Duration(perMinute), time.Minute),
		maxKeys: opts.MaxKeys, clock: opts.Clock, buckets: map[string]*bucket{},
	}
	if l.maxKeys <= 0 {
		l.maxKeys = defaultMaxKeys
	}
	if l.clock == nil {
		l.clock = time.Now
	}
	l.last = l.clock()
	l.ring.next, l.ring.prev = &l.ring, &l.ring
	return l
}

// Take takes one event of key. It returns 0, or, when there is none, how long
// it is until there is one; then nothing was taken.
func (l *Limiter) Take(key string) (retry time.Duration) {
	if l == nil {
		return 0
	}
	key = bounded(key)
	l.mu.Lock()
	defer l.mu.Unlock()
	l.tick()
	b := l.buckets[key]
	if b == nil {
		b = l.add(key)
	}
	l.use(b)
	full := max(b.full, l.now) + l.interval
	if retry = full - l.now - l.burst; retry > 0 {
		return retry
	}
	b.full = full
	return 0
}

// Return gives back one event of key, never beyond the burst: for one that does
// not count after all.
func (l *Limiter) Return(key string) {
	if l == nil {
		return
	}
	key = bounded(key)
	l.mu.Lock()
	defer l.mu.Unlock()
	l.tick()
	b := l.buckets[key]
	if b == nil {
		return
	}
	if b.full -= l.interval; b.full <= l.now {
		l.remove(b) // as good as new
	}
}

// Len is how many keys are remembered.
func (l *Limiter) Len() int {
	if l == nil {
		return 0
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	return len(l.buckets)
}

// tick reads the clock. Time is how far the clock moves forward, at most a
// minute at once, which fills every bucket. When it is set back, no time passes:
// nothing is gained by that, and nobody waits for it to catch up.
func (l *Limiter) tick() {
	now := l.clock()
	l.now += min(max(now.Sub(l.last), 0), time.Minute)
	l.last = now
}

// add remembers a key, with a full bucket.
func (l *Limiter) add(key string) *bucket {
	l.makeRoom()
	b := &bucket{key: strings.Clone(key)} // it may be part of a large text
	l.buckets[b.key] = b
	return b
}

// bounded is the name of a key, so that the memory of each is bounded.
func bounded(key string) string {
	if len(key) <= longKey {
		return key
	}
	sum := sha256.Sum256([]byte(key))
	return "#" + hex.EncodeToString(sum[:])
}
