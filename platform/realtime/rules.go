package realtime

import (
	"context"
	"encoding/json"
	"errors"
	"time"

	"go.uber.org/zap"

	"github.com/orchestrix/orchestrix/platform/realtime/socketio"
)

// askLimit is what the rules have for one answer.
const askLimit = 5 * time.Second

// Viewer is for whom a connection speaks. The zero value is what connections
// have where no rule is configured; there it may follow every run. Its strings
// are kept as long as the connection.
type Viewer struct {
	Owner   string // whose runs it may follow
	Session string // id of the login session that it came with; the connection ends with it
}

// Rules decide who may follow what. They are asked by many goroutines at a time,
// and answer within ctx.
type Rules interface {
	// Identify returns whom a client speaks for by the token that it sent when it
	// connected. An error's text is shown to the client.
	Identify(ctx context.Context, token string) (Viewer, error)
	// Check reports whether the viewer may follow a run, right now: its session is
	// still alive and the run exists and is its owner's. ErrUnknownRun: it may
	// not, or there is no such run: the two look the same. Another error: it
	// cannot be said.
	Check(ctx context.Context, v Viewer, executionID string) error
	// Alive reports whether a login session has neither ended nor expired.
	Alive(ctx context.Context, session string) (bool, error)
}

// ErrUnknownRun says that a viewer may not follow a run, or that there is none.
// Clients see it.
var ErrUnknownRun = errors.New("Execution not found") //nolint:staticcheck // the text of the API's 404

var (
	errNobody = errors.New("Not authenticated") //nolint:staticcheck // the text of the API's 401
	errEnded  = errors.New("the session has ended")
	errUnsure = errors.New("the session cannot be checked now; connect again")
)

// check returns nil when the viewer may follow a run, else an error that clients
// may see.
func (g *Gateway) check(v Viewer, executionID string) error {
	if g.rules == nil {
		return nil
	}
	ctx, cancel := context.WithTimeout(g.ctx, askLimit)
	defer cancel()
	err := g.rules.Check(ctx, v, executionID)
	switch {
	case err == nil:
		return nil
	case errors.Is(err, ErrUnknownRun):
		return ErrUnknownRun
	case g.ctx.Err() != nil:
		return ErrClosed
	}
	g.log.Warn("asking who may follow a run", zap.String("executionId", executionID), zap.Error(err))
	return errLog
}

// confirm returns nil when the viewer's login session is alive, else an error
// that clients may see.
func (g *Gateway) confirm(v Viewer) error {
	if v.Session == "" {
		return nil
	}
	ctx, cancel := context.WithTimeout(g.ctx, askLimit)
	defer cancel()
	switch alive, err := g.rules.Alive(ctx, v.Session); {
	case err != nil && g.ctx.Err() != nil:
		return ErrClosed
	case err != nil:
		g.log.Warn("asking whether a login session is alive", zap.Error(err))
		return errUnsure
	case !alive:
		return errEnded
	}
	return nil
}

// authorize decides on a Socket.IO client: by the token that it sends, and
// without one by its handshake.
func (g *Gateway) authorize(sock *socketio.Socket, auth json.RawMessage) (err error) {
	token, sent, err := tokenOf(auth)
	if err != nil {
		return err
	}
	v := Viewer{}
	if sent {
		ctx, cancel := context.WithTimeout(g.ctx, askLimit)
		defer cancel()
		v, err = g.rules.Identify(ctx, token)
	} else if spoke, _ := sock.Handshake().(*Viewer); spoke != nil {
		v, err = *spoke, g.confirm(*spoke) // the handshake may be long ago
	} else {
		err = errNobody
	}
	if err != nil {
		return err
	}
	g.of(sock).viewer = v
	return nil
}

// tokenOf is the token of a client's auth value. One that is no string, or that
// is empty or null, was not sent.
func tokenOf(auth json.RawMessage) (token string, sent bool, err error) {
	var value map[string]json.RawMessage
	if json.Unmarshal(auth, &value) != nil { // absent, or no object
		return "", false, nil
	}
	raw, has := value["token"]
	if !has {
		return "", false, nil
	}
	if json.Unmarshal(raw, &token) != nil {
		return "", true, errNobody
	}
	return token, token != "", nil
}
