// Package llm asks language models. Each provider is a file that registers itself
// by name; whoever asks sees one interface and one kind of error.
package llm

import (
	"context"

	"github.com/orchestrix/orchestrix/platform/doc"
)

// Request is what a model is asked.
type Request struct {
	System    string    // instructions
	Messages  []Message // the conversation so far, the last from the user
	Schema    *Schema   // of the answer; nil: any JSON object
	MaxTokens int       // of the answer; 0 is the provider's default

	// Task is the same request as data, for a provider that does not read prose.
	Task Task
}

// Role says who speaks.
type Role string

// The roles.
const (
	User      Role = "user"
	Assistant Role = "assistant"
)

// Message is one turn of a conversation.
type Message struct {
	Role Role
	Text string
}

// Schema is a JSON Schema for answers.
type Schema struct {
	Name string // letters, digits and underscores
	JSON []byte
}

// Task is what somebody wants: a new workflow, or with steps a change of one.
type Task struct {
	Description  string
	Steps, Edges doc.Array
}

// Answer is what a model said.
type Answer struct {
	Text      string
	Provider  string
	Model     string
	Truncated bool // it was cut off at the limit of tokens
}

// Provider asks one model.
type Provider interface {
	// Name is that of AI_PROVIDER.
	Name() string
	// Generate asks the model. Its error is an *Error, or the context's.
	Generate(ctx context.Context, r Request) (Answer, error)
}

// Kind says what went wrong with a model (http.md, "AI").
type Kind int

// The kinds of failure.
const (
	Failed      Kind = iota // the provider failed, or its answer is of no use: 502
	Unavailable             // no key, a refused key, or no quota left: 503
	TimedOut                // it took too long: 504
)

// Error is why a model gave no answer. Code and Message may be shown to anybody;
// Cause is only for the log.
type Error struct {
	Kind    Kind
	Code    string // "MODEL_FAILED", "MODEL_NO_KEY", "MODEL_KEY_REFUSED", "MODEL_QUOTA", "MODEL_TIMEOUT", ...
	Message string
	Cause   error
}

func (e *Error) Error() string { return e.Message }

// Unwrap gives the cause.
func (e *Error) Unwrap() error { return e.Cause }
