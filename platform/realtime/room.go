package realtime

import (
	"context"
	"sync"

	"go.uber.org/zap"

	"github.com/orchestrix/orchestrix/platform/runlog"
)

// room is those who follow one run. It exists as long as it has members.
type room struct {
	hub *Hub
	id  string

	mu      sync.Mutex
	head    int64 // number of the last entry that was published since the room exists
	over    bool  // the last entry of the run was seen
	members map[*Subscription]struct{}
}

// publish hands an entry to the members that are up to date. The others find it
// in the source.
func (r *room) publish(e *runlog.Entry) {
	one := [1]*runlog.Entry{e}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.head = max(r.head, e.Seq)
	r.over = r.over || e.Kind.Ends()
	for sub := range r.members {
		switch {
		case !sub.live || e.Seq < sub.next:
		case e.Seq > sub.next: // entries in between were stored elsewhere
			sub.live = false
			if !r.hub.start(sub.catchUp) {
				delete(r.members, sub)
			}
		case sub.follower.Deliver(one[:]):
			sub.next++
		default:
			delete(r.members, sub) // the transport ends the client, and with it the subscription
		}
	}
}

// Subscription is one follower of one run.
type Subscription struct {
	hub      *Hub
	room     *room
	follower Follower

	// Of the goroutine that catches up.
	greeted bool  // Deliver was called
	missed  int64 // one more than an entry that was published and that the source did not have

	// Guarded by room.mu while live, else of the goroutine that catches up.
	next int64 // number of the next entry to deliver
	live bool  // entries are delivered as they are published; guarded by room.mu
}

// Cancel ends the subscription. A delivery that is under way may still end after
// it.
func (s *Subscription) Cancel() {
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
// that was published and not delivered; from then on the room delivers.
func (s *Subscription) catchUp() {
	ctx := s.hub.ctx
	for s.isMember() {
		entries, err := s.read(ctx)
		if err == nil && len(entries) > 0 {
			err = s.follower.Ready(ctx)
		}
		switch {
		case ctx.Err() != nil:
			return
		case err != nil:
			s.hub.log.Warn("reading the log of a run", zap.String("executionId", s.room.id), zap.Error(err))
			s.follower.Failed(err)
			s.Cancel()
			return
		}
		if len(entries) > 0 || !s.greeted {
			s.greeted = true
			if !s.follower.Deliver(entries) {
				s.Cancel()
				return
			}
		}
		if len(entries) == 0 {
			if s.goLive() {
				return
			}
			continue
		}
		last := entries[len(entries)-1]
		s.next = last.Seq + 1
		if last.Kind.Ends() {
			s.room.end()
		}
	}
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

// read reads a page, when it is this follower's turn.
func (s *Subscription) read(ctx context.Context) ([]*runlog.Entry, error) {
	select {
	case s.hub.readers <- struct{}{}:
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	defer func() { <-s.hub.readers }()
	ctx, cancel := context.WithTimeout(ctx, readLimit)
	defer cancel()
	return s.hub.source.Entries(ctx, s.room.id, s.next-1, pageSize)
}

// goLive makes the room deliver, unless something was published since the last
// page was read: that is in the source.
func (s *Subscription) goLive() bool {
	s.room.mu.Lock()
	defer s.room.mu.Unlock()
	if s.room.head >= s.next {
		if s.missed == s.next+1 { // asked twice: a long run that is not kept
			s.next = s.room.head + 1
		}
		s.missed = s.next + 1
		return false
	}
	s.live = true
	s.follower.CaughtUp(s.next - 1)
	return true
}
