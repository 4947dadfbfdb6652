package runs

import (
	"go.mongodb.org/mongo-driver/bson/primitive"

	"github.com/orchestrix/orchestrix/platform/doc"
)

// sighting is what the store said of who holds a run, and in how many rounds of
// recovery since it has said the same.
type sighting struct {
	token  string
	lease  primitive.DateTime
	rounds int
}

// isAbandoned reports whether a run that the store has as under way is so
// nowhere: its process is gone, or has given it up since it could not renew the
// lease, or claimed it without getting an answer.
func (s *Service) isAbandoned(d doc.Object, seen map[string]sighting) bool {
	id, token := doc.String(d, "_id"), doc.String(d, "token")
	lease, _ := doc.Get(d, "lease")
	until, held := lease.(primitive.DateTime)
	switch mine := token == s.process; {
	case mine && s.active.holds(id):
		return false
	case !mine && !s.opts.Shared:
		return true
	case !held: // the old backend's
		return false
	}
	now := sighting{token: token, lease: until}
	if before := s.seen[id]; before.token == token && before.lease == until {
		now.rounds = before.rounds + 1
	}
	seen[id] = now
	return now.rounds >= lookOn
}
