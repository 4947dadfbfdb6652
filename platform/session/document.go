package session

import (
	"slices"
	"time"

	"go.mongodb.org/mongo-driver/bson/primitive"

	"github.com/orchestrix/orchestrix/platform/doc"
)

func date(t time.Time) primitive.DateTime { return primitive.NewDateTimeFromTime(t) }

// encode is a new session as it is stored.
func (s *Session) encode() doc.Object {
	return doc.Object{
		{"_id", s.id}, {"sessionId", s.ID}, {"userId", s.UserID}, {"data", s.stored}, {"stamp", s.Stamp},
		{"expiresAt", date(s.ExpiresAt)}, {"createdAt", date(s.CreatedAt)}, {"updatedAt", date(s.UpdatedAt)},
	}
}

// decode reads a stored session. What a document lacks is zero, so that one
// without a time to expire has expired.
func decode(d doc.Object) *Session {
	at := func(key string) time.Time {
		v, _ := doc.Get(d, key)
		if t, ok := v.(primitive.DateTime); ok {
			return t.Time().UTC()
		}
		return time.Time{}
	}
	v, _ := doc.Get(d, "_id")
	id, _ := v.(primitive.ObjectID)
	data := doc.Child(d, "data")
	return &Session{
		ID: doc.String(d, "sessionId"), Key: id.Hex(), UserID: doc.String(d, "userId"), Stamp: doc.String(d, "stamp"),
		CreatedAt: at("createdAt"), UpdatedAt: at("updatedAt"), ExpiresAt: at("expiresAt"),
		id: id, stored: data, data: slices.Clone(data),
	}
}

// saved makes the data what the store has.
func (s *Session) saved() {
	s.stored, s.changed = slices.Clone(s.data), nil
	if s.stored == nil {
		s.stored = doc.Object{}
	}
}
