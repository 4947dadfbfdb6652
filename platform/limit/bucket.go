package limit

import "time"

// bucket is one key's tokens, and its place among the others in the order of
// their last use. The tokens are one number: the time at which the bucket is
// full again, an interval later for each that was taken.
type bucket struct {
	key        string
	full       time.Duration
	next, prev *bucket
}

// use makes b the one that was used last.
func (l *Limiter) use(b *bucket) {
	if b.next != nil {
		b.unlink()
	}
	b.prev, b.next = &l.ring, l.ring.next
	b.prev.next, b.next.prev = b, b
}

func (b *bucket) unlink() { b.prev.next, b.next.prev = b.next, b.prev }

func (l *Limiter) remove(b *bucket) {
	b.unlink()
	delete(l.buckets, b.key)
}

// lookAt is how many of the buckets that were used first are looked at for one
// to give up.
const lookAt = 8

// makeRoom forgets what is full again at the old end, two for each that comes,
// so that the limiter shrinks after a flood. Everything unused for a minute is
// there. When that does not suffice, another goes.
func (l *Limiter) makeRoom() {
	for range 2 {
		if b := l.ring.prev; b != &l.ring && b.full <= l.now {
			l.remove(b)
		}
	}
	if len(l.buckets) >= l.maxKeys {
		l.remove(l.victim())
	}
}

// victim is a bucket that loses nothing, being full again, or else the one that
// was used first.
func (l *Limiter) victim() *bucket {
	b := l.ring.prev
	for range lookAt {
		if b == &l.ring {
			break
		}
		if b.full <= l.now {
			return b
		}
		b = b.prev
	}
	return l.ring.prev
}
