package schemas

import (
	"maps"
	"slices"
	"sync"
	"time"

	"github.com/orchestrix/orchestrix/platform/doc"
	"github.com/orchestrix/orchestrix/platform/users"
)

// Bounds of what is remembered of the collections that hold documents.
const (
	maxCollections = 10_000
	maxListed      = 500 // fields of a collection
	maxDrafted     = 500 // collections of drafts
)

// hiddenFields are the platform's own in every document.
var hiddenFields = []string{"_id", "__v", "createdAt", "updatedAt", users.EmailKey}

// userFields are what users always have.
var userFields = []string{"name", "email", "password"}

// space is what is known of one namespace. Changes of this process are noted as
// they are made, so that nothing has to be read for them again.
type space struct {
	owner, prefix string

	mu          sync.RWMutex
	definitions map[string]*Definition
	stored      map[string][]string // fields of the collections that hold documents
	mentioned   map[string]struct{} // by saved workflows
	drafted     []string            // by workflows that are not stored, the newest last
	redefined   uint64              // changes of definitions by this process
	changes     uint64              // the same of the rest
	defined     time.Time           // when the definitions were last read, or that was begun
	sampled     time.Time           // the same for the rest; zero before
	listing     doc.Object          // of everything; nil when it must be made anew
}

func (sp *space) definition(collection string) *Definition {
	sp.mu.RLock()
	defer sp.mu.RUnlock()
	return sp.definitions[collection]
}

// isUnread reports whether all that can be listed has never been read.
func (sp *space) isUnread() bool {
	sp.mu.RLock()
	defer sp.mu.RUnlock()
	return sp.sampled.IsZero()
}

// room reports whether the collection may have a definition beside the others.
func (sp *space) room(collection string) bool {
	sp.mu.RLock()
	defer sp.mu.RUnlock()
	return len(sp.definitions) < maxCollections || sp.definitions[collection] != nil
}

// set notes a definition that was stored, or with nil deleted.
func (sp *space) set(collection string, d *Definition) {
	sp.mu.Lock()
	defer sp.mu.Unlock()
	sp.redefined++
	sp.listing = nil
	if d == nil {
		delete(sp.definitions, collection)
	} else {
		sp.definitions[collection] = d
	}
}

// learn notes the fields of a stored document. It is called for every write, and
// mostly finds nothing new.
func (sp *space) learn(collection string, document doc.Object) {
	sp.mu.RLock()
	fields, there := sp.stored[collection]
	nothing := there && !slices.ContainsFunc(document, func(f doc.Field) bool { return isNew(fields, f.Key) })
	sp.mu.RUnlock()
	if nothing {
		return
	}
	sp.mu.Lock()
	defer sp.mu.Unlock()
	sp.changes++
	if fields, there = sp.stored[collection]; !there && len(sp.stored) >= maxCollections {
		return
	}
	sp.stored[collection] = appendFields(slices.Clone(fields), document)
	sp.listing = nil
}

func isNew(fields []string, name string) bool {
	return len(fields) < maxListed && nameProblem(name) == "" && !slices.Contains(fields, name) && !slices.Contains(hiddenFields, name)
}

func appendFields(fields []string, document doc.Object) []string {
	for _, f := range document {
		if isNew(fields, f.Key) {
			fields = append(fields, f.Key)
		}
	}
	return fields
}

// mention notes the collections of a workflow that was saved.
func (sp *space) mention(collections []string) {
	sp.mu.Lock()
	defer sp.mu.Unlock()
	sp.changes++ // also without a new name: one may be read anew just now from before the save
	for _, name := range collections {
		if _, there := sp.mentioned[name]; !there && len(sp.mentioned) < maxCollections && !foreign(name) {
			sp.mentioned[name] = struct{}{}
			sp.listing = nil
		}
	}
}

// draft notes the collections of a workflow that was made and not stored. Those of
// the oldest drafts are forgotten.
func (sp *space) draft(collections []string) {
	sp.mu.Lock()
	defer sp.mu.Unlock()
	for _, name := range collections {
		if foreign(name) {
			continue
		}
		sp.drafted = append(slices.DeleteFunc(sp.drafted, func(old string) bool { return old == name }), name)
		sp.listing = nil
	}
	sp.drafted = slices.Delete(sp.drafted, 0, max(0, len(sp.drafted)-maxDrafted))
}

// has reports whether a workflow can use the collection already.
func (sp *space) has(collection string) bool {
	sp.mu.RLock()
	defer sp.mu.RUnlock()
	_, stored := sp.stored[collection]
	_, mentioned := sp.mentioned[collection]
	return stored || mentioned || sp.definitions[collection] != nil || collection == users.Collection
}

// list is every collection with its fields, sorted. It is shared and must not be
// changed.
func (sp *space) list() doc.Object {
	sp.mu.RLock()
	listing := sp.listing
	sp.mu.RUnlock()
	if listing != nil {
		return listing
	}
	sp.mu.Lock()
	defer sp.mu.Unlock()
	if sp.listing == nil {
		sp.listing = sp.render()
	}
	return sp.listing
}

func (sp *space) render() doc.Object {
	all := map[string]struct{}{users.Collection: {}}
	for name := range sp.definitions {
		all[name] = struct{}{}
	}
	for name := range sp.stored {
		all[name] = struct{}{}
	}
	maps.Copy(all, sp.mentioned)
	for _, name := range sp.drafted {
		all[name] = struct{}{}
	}
	listing := make(doc.Object, 0, len(all))
	for _, name := range slices.Sorted(maps.Keys(all)) {
		if foreign(name) {
			continue
		}
		list := doc.Array{}
		for _, field := range sp.fields(name) {
			list = append(list, field)
		}
		listing = append(listing, doc.Field{Key: name, Value: list})
	}
	return listing
}

// fields are the defined ones, in their order, then what documents have besides.
func (sp *space) fields(collection string) (fields []string) {
	if d := sp.definitions[collection]; d != nil {
		for _, f := range d.Fields {
			fields = append(fields, f.Key)
		}
	}
	known := sp.stored[collection]
	if collection == users.Collection {
		known = append(slices.Clone(userFields), known...)
	}
	for _, name := range known {
		if !slices.Contains(fields, name) {
			fields = append(fields, name)
		}
	}
	return fields
}
