// Package mongo is the document store that the rest of the program sees: one
// small interface with MongoDB's query language, implemented over the official
// driver (package remote) and by an embedded store (package embedded). Package
// mongotest holds the suite that both pass.
//
// Filters, updates, sorts and projections are bson documents. What a backend
// does not support it refuses with ErrUnsupported, naming the operator; nothing
// is silently ignored.
package mongo

import (
	"context"

	"go.mongodb.org/mongo-driver/bson"
)

// MaxResults bounds a Find that names no limit.
const MaxResults = 10_000

// Store is a database of named collections. A collection that does not exist is
// empty and comes into being with its first write.
type Store interface {
	// Collection returns a handle; it does no I/O and never fails.
	Collection(name string) Collection
	// Collections lists the names of the existing collections, sorted, without
	// those the backend keeps for itself.
	Collections(ctx context.Context) ([]string, error)
	// Ping reports whether the store answers; the error is an ErrUnavailable.
	Ping(ctx context.Context) error
	// String names the store for people, without secrets.
	String() string
	// Close waits for writes under way, then releases everything.
	Close(ctx context.Context) error
}

// Collection reads and writes documents. Every error is one of this package's
// kinds, the context's error, or a backend failure. Single-document writes are
// atomic and, when they return without error, durable.
//
// Documents come back as bson.D with nested bson.D and bson.A. The caller owns
// them: a backend never keeps or shares what it returns or was given.
type Collection interface {
	Name() string

	// InsertOne stores doc and returns its _id. A doc without _id gets a new
	// ObjectID, as its first field. A taken _id or unique key is ErrDuplicate.
	InsertOne(ctx context.Context, doc bson.D) (id any, err error)
	// InsertMany stores every document that it can, in no promised order. One
	// that is refused (ErrDuplicate, ErrInvalid, ErrUnsupported) is left out;
	// once all the others are stored, the error is each kind of refusal that
	// there was, with the DuplicateError of one document. After any other error
	// it is not known which are stored: inserting them again, with the same
	// _ids, is safe, for what is there is a duplicate. One call is not atomic.
	InsertMany(ctx context.Context, docs []bson.D) error
	// InsertRaw is InsertMany of documents that are encoded already. Each begins
	// with its _id, and is valid: the caller answers for it. They must not be
	// changed before it returns.
	InsertRaw(ctx context.Context, docs []bson.Raw) error
	// FindOne returns the first match, or ErrNotFound.
	FindOne(ctx context.Context, filter bson.D, opts FindOptions) (bson.D, error)
	// Find returns the matches, at most opts.Limit (MaxResults when it is 0).
	Find(ctx context.Context, filter bson.D, opts FindOptions) ([]bson.D, error)
	// Count returns the number of matches.
	Count(ctx context.Context, filter bson.D) (int64, error)
	// UpdateOne applies update operators to the first match.
	UpdateOne(ctx context.Context, filter, update bson.D, opts UpdateOptions) (UpdateResult, error)
	// UpdateMany applies update operators to every match.
	UpdateMany(ctx context.Context, filter, update bson.D, opts UpdateOptions) (UpdateResult, error)
	// FindOneAndUpdate applies update operators to the first match and returns
	// that document as it was before, or after with opts.After. Without a match
	// it is ErrNotFound; with opts.Upsert a document is inserted, and then only
	// the form before is ErrNotFound.
	FindOneAndUpdate(ctx context.Context, filter, update bson.D, opts FindUpdateOptions) (bson.D, error)
	// DeleteOne deletes the first match and returns 0 or 1.
	DeleteOne(ctx context.Context, filter bson.D) (int64, error)
	// DeleteMany deletes every match and returns how many there were.
	DeleteMany(ctx context.Context, filter bson.D) (int64, error)

	// EnsureIndexes makes the indexes that are missing. Documents that break a
	// unique one leave that index unmade and are reported as an *IndexError;
	// the other indexes are made all the same.
	EnsureIndexes(ctx context.Context, indexes ...Index) error
	// Indexes lists the indexes besides the one on _id, sorted by name.
	Indexes(ctx context.Context) ([]Index, error)
	// Drop removes the collection, its documents and indexes.
	Drop(ctx context.Context) error
}

// FindOptions narrow and order a find. Sort and Projection are as in MongoDB: a
// sort that ends with _id leaves nothing open, any other leaves the order of
// equal documents to the backend.
type FindOptions struct {
	Sort       bson.D
	Projection bson.D
	Skip       int64
	Limit      int64
	// MaxBytes refuses (ErrInvalid) what is larger, of more than one document, in
	// bytes of BSON; 0 is no bound. Decoded they take some eight times as much.
	MaxBytes int64
}

// UpdateOptions change an update.
type UpdateOptions struct {
	Upsert bool // insert when nothing matches
}

// FindUpdateOptions change a FindOneAndUpdate.
type FindUpdateOptions struct {
	Sort   bson.D
	Upsert bool // insert when nothing matches
	After  bool // return the document as it is after the update
}

// UpdateResult counts what an update did. UpsertedID is nil unless a document
// was inserted.
type UpdateResult struct {
	Matched, Modified int64
	UpsertedID        any
}

// Index declares an index on ascending fields.
type Index struct {
	Fields []string // dotted paths, in order
	Unique bool     // no two documents with the same values
	// Sparse leaves documents that lack all fields out of the index, so that a
	// unique one binds only documents that have a value ("unique where present").
	Sparse bool
	// Expire deletes a document once the time in its (single) field has passed.
	Expire bool
}

// Name is the index's name as MongoDB makes it: "email_1", "a_1_b_1".
func (i Index) Name() string {
	name := ""
	for n, f := range i.Fields {
		if n > 0 {
			name += "_"
		}
		name += f + "_1"
	}
	return name
}
