package engine

import (
	"context"
	"time"

	"github.com/orchestrix/orchestrix/platform/doc"
)

// Env is what a run may use. Nil services make the steps that need them fail
// with a message that says so.
type Env struct {
	Data          Data
	Tokens        Tokens
	Mailer        Mailer
	Credentials   Credentials
	Authorization func(context.Context) (Authorization, error) // of the caller; nil is nobody
	StepTimeout   time.Duration                                // limit of one step; 0 is none
	MaxDelay      time.Duration                                // longest wait that a delay step may ask for
	Sink          Sink                                         // hears of every step; nil is nobody
}

// Data reads and writes the documents of one owner. Its errors are *Error when
// callers may see them.
type Data interface {
	// FindOne returns the first match, or nil.
	FindOne(ctx context.Context, collection string, q Query) (doc.Object, error)
	// Find returns the matches, at most q.Limit.
	Find(ctx context.Context, collection string, q Query) ([]doc.Object, error)
	// Insert stores document and returns it as stored, without secrets.
	Insert(ctx context.Context, collection string, document doc.Object) (doc.Object, error)
	// UpdateOne returns the document after the update, or nil without a match.
	UpdateOne(ctx context.Context, collection string, filter, update doc.Object) (doc.Object, error)
	// UpdateMany returns how many documents matched and how many changed.
	UpdateMany(ctx context.Context, collection string, filter, update doc.Object) (matched, modified int64, err error)
	// Delete deletes the first match, or every match, and counts.
	Delete(ctx context.Context, collection string, filter doc.Object, many bool) (int64, error)
}

// Query narrows a find. A Limit of 0 means the default of Data.
type Query struct {
	Filter, Sort, Projection doc.Object
	Skip, Limit              int64
}

// Tokens signs and checks JSON Web Tokens.
type Tokens interface {
	// Sign returns a token with the claims, valid for life.
	Sign(claims doc.Object, algorithm string, life time.Duration) (string, error)
	// Verify returns the claims of a valid token. What is wrong with a token is
	// an Auth *Error.
	Verify(ctx context.Context, token string) (doc.Object, error)
}

// Mailer sends mail. Its errors are *Error when callers may see them.
type Mailer interface {
	// Send returns the message id.
	Send(ctx context.Context, m Mail) (id string, err error)
}

// Mail is a message. Body is HTML, Text is what those see who want none: Body,
// when it is empty. An empty From is the server's own address.
type Mail struct{ From, To, Subject, Body, Text string }

// Credentials checks logins.
type Credentials interface {
	// Check returns {userId, email, name} of the user. Wrong credentials are an
	// Auth *Error, the same for an unknown user and a wrong password.
	Check(ctx context.Context, email, password string) (doc.Object, error)
}
