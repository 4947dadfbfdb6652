package realtime

import (
	"context"
	"sync"
	"time"

	"go.uber.org/zap"

	"github.com/orchestrix/orchestrix/platform/runlog"
)

const (
	// gatherTime is how long an entry waits for those that follow it at once: a
	// run makes several in a moment, and a client gets them in one write.
	gatherTime = time.Millisecond
	// maxGathered bounds the entries that wait. When a room has too many members
	// to keep up, they read the rest from the source.
	maxGathered = 1024
)

// room is those who follow one run. It exists as long as it has members.
type room struct {
	hub *Hub
	id  string

	mu       sync.Mutex
	head     int64 // number of the last entry that was published since the room exists
	over     bool  // the last entry of the run was seen
	gathered []*runlog.Entry
	due      bool // deliver will be called
	members  map[*Subscription]struct{}
}

// publish has an entry delivered in a moment. It costs the run the same however
// many follow it.
func (r *room) publish(e *runlog.Entry) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.head = max(r.head, e.Seq)
	r.over = r.over || e.Kind.Ends()
	if len(r.gathered) == maxGathered {
		clear(r.gathered)
		r.gathered = r.gathered[:0] // their successor shows members what they lack
	}
	r.gathered = append(r.gathered, e)
	if !r.due {
		r.due = r.hub.after(gatherTime, r.deliver)
	}
}

// deliver hands what has gathered to the members that are up to date. The others
// find it in the source.
func (r *room) deliver() {
	r.mu.Lock()
	defer r.mu.Unlock()
	for sub := range r.members {
		sub.take(r.gathered)
	}
	r.gathered, r.due = nil, false
}

// Subscription is one follower of one run.
type Subscription struct {
	hub      *Hub
	room     *room
	follower Follower

	handing   sync.Mutex // held while the goroutine that catches up delivers
	cancelled bool       // guarded by handing

	// Of the goroutine that catches up.
	rewound bool  // where it starts was checked
	greeted bool  // Deliver was called
	ahead   int64 // how many entries the follower has seen, it says, that the source does not have
	missed  int64 // one more than an entry that was published and that the source did not have

	// Guarded by room.mu while live, else of the goroutine that catches up.
	next int64 // number of the next entry to deliver
	live bool  // entries are delivered as they are published; guarded by room.mu
}

// take delivers those entries that the follower lacks. It is called with the
// room's lock.
func (s *Subscription) take(entries []*runlog.Entry) {
	if !s.live {
		return
	}
	for len(entries) > 0 && entries[0].Seq < s.next {
		entries = entries[1:]
	}
	if len(entries) == 0 {
		return
	}
	if !inSequence(entries, s.next) { // entries in between were stored elsewhere
		s.fallBehind()
		return
	}
	taken, ok := s.follower.Deliver(entries)
	s.next += int64(taken)
	switch {
	case !ok:
		delete(s.room.members, s) // the transport ends the client, and with it the subscription
	case taken < len(entries):
		s.fallBehind()
	}
}

// fallBehind makes the follower read what it lacks from the source.
func (s *Subscription) fallBehind() {
	s.live = false
	if !s.hub.start(s.catchUp) {
		delete(s.room.members, s)
	}
}

func inSequence(entries []*runlog.Entry, first int64) bool {
	for i, e := range entries {
		if e.Seq != first+int64(i) {
			return false
		}
	}
	return true
}

// Cancel ends the subscription: when it returns, nothing is delivered any more.
func (s *Subscription) Cancel() {
	s.handing.Lock()
	s.cancelled = true
	s.handing.Unlock()
	shard := s.hub.shard(s.room.id)
	shard.mu.Lock()
	defer shard.mu.Unlock()
	s.room.mu.Lock()
	defer s.room.mu.Unlock()
	delete(s.room.members, s)
	if len(s.room.members) == 0 && shard.rooms[s.room.id] == s.room {
		delete(shard.rooms, s.room.id)
	}
}

// catchUp delivers what the source has, page after page, until there is nothing
// that was published and not delivered; from then on the room delivers. It reads
// when the follower has room, and holds nothing while it waits: whoever joins
// large logs and does not read them must not fill the memory.
func (s *Subscription) catchUp() {
	ctx := s.hub.ctx
	for page := pageSize; s.isMember(); {
		if s.follower.Ready(ctx) != nil {
			s.Cancel()
			return
		}
		err := s.rewind(ctx)
		var entries []*runlog.Entry
		if err == nil {
			entries, err = s.read(ctx, page)
		}
		switch {
		case ctx.Err() != nil:
			return
		case err != nil:
			s.hub.log.Warn("reading the log of a run", zap.String("executionId", s.room.id), zap.Error(err))
			s.follower.Failed(err)
			s.Cancel()
			return
		case len(entries) == 0 && s.greeted:
			if s.goLive() {
				return
			}
			continue
		}
		s.greeted = true
		taken, ok := s.hand(entries)
		if !ok {
			s.Cancel()
			return
		}
		s.passed(entries[:taken])
		if page = min(2*page, pageSize); taken < len(entries) {
			page = max(taken, minPage) // the rest is read again
		}
	}
}

// passed notes that entries were delivered.
func (s *Subscription) passed(entries []*runlog.Entry) {
	if len(entries) == 0 {
		return
	}
	last := entries[len(entries)-1]
	s.next = last.Seq + 1
	if last.Kind.Ends() {
		s.room.end()
	}
}

// hand delivers some of a page, unless the follower has left in the meantime: it
// may have come back, and gets them from its new subscription.
func (s *Subscription) hand(entries []*runlog.Entry) (taken int, ok bool) {
	s.handing.Lock()
	defer s.handing.Unlock()
	if s.cancelled {
		return 0, false
	}
	return s.follower.Deliver(entries)
}

// end notes that the run is over.
func (r *room) end() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.over = true
}

func (s *Subscription) isMember() bool {
	s.room.mu.Lock()
	defer s.room.mu.Unlock()
	_, ok := s.room.members[s]
	return ok
}

// rewind checks, once, the number that a follower says it has seen. A crash may
// have cut off that entry, and the end of the run have taken its number: the
// follower gets that end, for it would wait for it for ever.
func (s *Subscription) rewind(ctx context.Context) error {
	if s.rewound || s.next == 0 {
		s.rewound = true
		return nil
	}
	return s.ask(ctx, func(ctx context.Context) error {
		last, err := s.hub.source.Last(ctx, s.room.id)
		if err != nil {
			return err
		}
		s.rewound = true
		switch {
		case last == nil: // it has not begun
			s.ahead = s.next
		case last.Kind.Ends() && (last.Seq < s.next-1 || last.Seq == s.next-1 && last.Interrupts()):
			s.next = last.Seq
		case last.Seq < s.next-1:
			s.ahead = s.next - 1 - last.Seq
		}
		return nil
	})
}

// read reads a page.
func (s *Subscription) read(ctx context.Context, page int) (entries []*runlog.Entry, err error) {
	err = s.ask(ctx, func(ctx context.Context) error {
		entries, err = s.hub.source.Entries(ctx, s.room.id, s.next-1, page)
		return err
	})
	return entries, err
}

// ask asks the source, when it is this follower's turn.
func (s *Subscription) ask(ctx context.Context, question func(context.Context) error) error {
	select {
	case s.hub.readers <- struct{}{}:
	case <-ctx.Done():
		return ctx.Err()
	}
	defer func() { <-s.hub.readers }()
	ctx, cancel := context.WithTimeout(ctx, readLimit)
	defer cancel()
	return question(ctx)
}

// goLive makes the room deliver, unless something was published since the last
// page was read: that is in the source.
func (s *Subscription) goLive() bool {
	s.room.mu.Lock()
	defer s.room.mu.Unlock()
	if _, ok := s.room.members[s]; !ok {
		return true
	}
	if s.room.head >= s.next {
		if s.missed == s.next+1 { // asked twice: a long run that is not kept
			s.next = s.room.head + 1
		}
		s.missed = s.next + 1
		return false
	}
	s.live = true
	s.follower.CaughtUp(s.next - 1 - s.ahead)
	s.ahead = 0
	return true
}
