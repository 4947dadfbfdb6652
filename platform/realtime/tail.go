package realtime

import (
	"time"

	"go.uber.org/zap"
)

// tail looks, for each run that is followed and not over, for entries that
// another process has stored: its runs are not published here.
func (h *Hub) tail() {
	ticker := time.NewTicker(tailInterval)
	defer ticker.Stop()
	for {
		select {
		case <-h.ctx.Done():
			return
		case <-ticker.C:
		}
		for _, r := range h.waiting() {
			if err := r.look(); err != nil && h.ctx.Err() == nil {
				h.log.Warn("looking for the log of a run elsewhere", zap.String("executionId", r.id), zap.Error(err))
				break // the store is away: try again with the next tick
			}
		}
	}
}

// waiting are the rooms whose members are up to date and wait for more.
func (h *Hub) waiting() (rooms []*room) {
	for i := range h.shards {
		s := &h.shards[i]
		s.mu.RLock()
		for _, r := range s.rooms {
			if _, ok := r.awaited(); ok {
				rooms = append(rooms, r)
			}
		}
		s.mu.RUnlock()
	}
	return rooms
}

// awaited is the number of the first entry that a live member waits for.
func (r *room) awaited() (next int64, ok bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.over {
		return 0, false
	}
	for sub := range r.members {
		if sub.live && (!ok || sub.next < next) {
			next, ok = sub.next, true
		}
	}
	return next, ok
}

func (r *room) look() error {
	next, ok := r.awaited()
	if !ok {
		return nil
	}
	sub := Subscription{hub: r.hub, room: r, next: next}
	entries, err := sub.read(r.hub.ctx, pageSize)
	if err != nil {
		return err
	}
	for _, e := range entries {
		r.publish(e)
	}
	return nil
}
