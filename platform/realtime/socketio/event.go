package socketio

import (
	"encoding/json"
	"fmt"
	"sync/atomic"

	"github.com/orchestrix/orchestrix/platform/doc"
)

// Event is what a client sent: an event, or its answer to one.
type Event struct {
	sock        *Socket
	id          int64 // of the acknowledgement that is asked for; -1: none
	args        []json.RawMessage
	attachments [][]byte
	acked       atomic.Bool
}

// Len is the number of arguments.
func (e *Event) Len() int { return len(e.args) }

// Raw returns argument i as JSON, nil when there is none. Attachments are
// placeholders.
func (e *Event) Raw(i int) json.RawMessage {
	if i < len(e.args) {
		return e.args[i]
	}
	return nil
}

// String returns argument i when it is a string, else "".
func (e *Event) String(i int) (v string) {
	if json.Unmarshal(e.Raw(i), &v) != nil {
		return ""
	}
	return v
}

// Bind decodes argument i into v, as encoding/json does.
func (e *Event) Bind(i int, v any) error {
	if i >= len(e.args) {
		return fmt.Errorf("socketio: the event has no argument %d", i)
	}
	return json.Unmarshal(e.args[i], v)
}

// Value decodes argument i to what encoding/json makes of it, with attachments
// as []byte; nil when there is none.
func (e *Event) Value(i int) (v any) {
	if json.Unmarshal(e.Raw(i), &v) != nil {
		return nil
	}
	if len(e.attachments) > 0 {
		v = restore(v, e.attachments)
	}
	return v
}

// Ack answers the client, once, when it waits for that; false: it does not, or
// is gone.
func (e *Event) Ack(args ...any) bool {
	if e.id < 0 || e.acked.Swap(true) {
		return false
	}
	return e.sock.Send(encode(typeAck, e.id, doc.Array(args)))
}
