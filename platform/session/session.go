package session

import (
	"fmt"
	"slices"
	"sync"
	"time"

	"go.mongodb.org/mongo-driver/bson/primitive"

	"github.com/orchestrix/orchestrix/platform/doc"
)

// Session is one login as it was when it was read. Its exported fields are not
// to be changed; its data may be, by several goroutines, until Store.Save. A nil
// *Session is one without data that takes none.
type Session struct {
	// ID is the credential: who knows it, is the user. Key names the session to
	// its user and lets nobody in.
	ID, Key string
	UserID  string
	Stamp   string // for the caller to compare; whatever was given to Create

	CreatedAt, UpdatedAt, ExpiresAt time.Time

	id primitive.ObjectID

	mu      sync.Mutex
	stored  doc.Object // the data as it was read; never changed
	data    doc.Object
	changed map[string]bool // keys to be written; what data lacks of them goes
}

// Get returns the value under key, and whether there is one. The value is the
// caller's own.
func (s *Session) Get(key string) (any, bool) {
	if s == nil {
		return nil, false
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	v, ok := doc.Get(s.data, key)
	return doc.Clone(v), ok
}

// Set puts a copy of v under key. A key or value that a session cannot hold is
// an ErrData, and nothing changes.
func (s *Session) Set(key string, v any) error {
	if s == nil {
		return fmt.Errorf("%w: there is no session", ErrData)
	}
	v, err := clean(key, v)
	if err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	data := doc.Set(slices.Clone(s.data), key, v)
	if !doc.Fits(data, maxData) {
		return errTooLarge
	}
	if s.changed == nil {
		s.changed = map[string]bool{}
	}
	s.data, s.changed[key] = data, true
	return nil
}

// Delete removes key and its value.
func (s *Session) Delete(key string) {
	if s == nil || !isKey(key) {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if _, ok := doc.Get(s.data, key); !ok {
		return
	}
	s.data = doc.Without(s.data, key)
	// What the store never had need not be deleted there. To forget it keeps the
	// changes as few as the data, however many keys come and go.
	if _, ok := doc.Get(s.stored, key); !ok {
		delete(s.changed, key)
		return
	}
	if s.changed == nil {
		s.changed = map[string]bool{}
	}
	s.changed[key] = true
}

// Changed reports whether there is something for Store.Save to write.
func (s *Session) Changed() bool {
	if s == nil {
		return false
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.changed) > 0
}

// update is the change of the stored document, without the session's lock.
func (s *Session) update(now time.Time) doc.Object {
	set := doc.Object{{"updatedAt", date(now)}}
	unset := doc.Object{}
	for key := range s.changed {
		if v, ok := doc.Get(s.data, key); ok {
			set = append(set, doc.Field{Key: "data." + key, Value: v})
		} else {
			unset = append(unset, doc.Field{Key: "data." + key, Value: ""})
		}
	}
	if len(unset) == 0 {
		return doc.Object{{"$set", set}}
	}
	return doc.Object{{"$set", set}, {"$unset", unset}}
}
