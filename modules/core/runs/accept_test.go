package runs_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.mongodb.org/mongo-driver/bson"

	"github.com/orchestrix/orchestrix/modules/core/runs"
	"github.com/orchestrix/orchestrix/platform/apierr"
	"github.com/orchestrix/orchestrix/platform/auth"
	"github.com/orchestrix/orchestrix/platform/doc"
	"github.com/orchestrix/orchestrix/platform/engine"
	"github.com/orchestrix/orchestrix/platform/runlog"
)

// requireStatus checks what a client is answered.
func requireStatus(t *testing.T, err error, status int) *apierr.Error {
	t.Helper()
	var e *apierr.Error
	require.ErrorAs(t, err, &e)
	require.Equal(t, status, e.Status, "%v", err)
	return e
}

func TestAcceptedRunSucceeds(t *testing.T) {
	h := start(t, open(t))
	r := request(step("dbInsert", "collection", "things", "data", object("name", "{{input.name}}")), step("response", "body", "{{created.name}}"))
	r.Input, r.WorkflowID, r.Trigger = object("name", "Ada"), "w7", runs.Saved
	id := h.accept(t, r)
	x := h.ended(t, id)
	assert.Equal(t, runs.Succeeded, x.Status)
	assert.Equal(t, 2, x.StepCount)
	assert.Equal(t, 2, x.StepsRun)
	assert.Equal(t, "w7", x.WorkflowID)
	assert.Equal(t, runs.Saved, x.Trigger)
	assert.Equal(t, owner, x.OwnerID)
	assert.False(t, x.StartedAt.Before(x.CreatedAt) || x.FinishedAt.Before(x.StartedAt))
	assert.NotNil(t, find(t, h.store, "things", object("name", "Ada")))

	log := h.log(t, id)
	assert.Equal(t, runlog.RunFinished, requireWhole(t, log).Kind)
	heard := h.heard.of(id)
	require.Len(t, heard, len(log), "what was sent is what is stored")
	for i, e := range log {
		assert.Equal(t, string(heard[i].AppendJSON(nil)), strings.ReplaceAll(string(e.AppendJSON(nil)), e.ID(), heard[i].ID()))
	}
	stored := h.stored(t, id)
	for _, key := range []string{"payload", "token", "lease", "cancel"} {
		_, there := doc.Get(stored, key)
		assert.False(t, there, "%s is gone at the end", key)
	}
}

func TestFullQueueTurnsAway(t *testing.T) {
	h := start(t, open(t), workers(1), queue(2))
	g := newGate(t)
	running := h.accept(t, request(g.step()))
	g.enter(t, 1)
	// One more is taken off the queue only when a worker is free.
	waiting := []string{h.accept(t, request(g.step())), h.accept(t, request(g.step()))}
	_, err := h.Accept(t.Context(), request(g.step()))
	e := requireStatus(t, err, http.StatusServiceUnavailable)
	assert.Equal(t, "QUEUE_FULL", e.Code)
	assert.Equal(t, 2*time.Second, e.RetryAfter)
	assert.Equal(t, int64(3), count(t, h.store, "executions", bson.D{}), "nothing of it is stored")

	g.pass()
	for _, id := range append(waiting, running) {
		assert.Equal(t, runs.Succeeded, h.ended(t, id).Status)
	}
	assert.Equal(t, runs.Succeeded, h.ended(t, h.accept(t, request())).Status, "there is room again")
}

func TestAcceptRefuses(t *testing.T) {
	h := start(t, open(t), queue(1))
	twins := request(step("delay", "id", "a", "seconds", int64(0)), step("delay", "id", "a", "seconds", int64(0)))
	large := request()
	large.Input = object("text", strings.Repeat("x", 17<<20))
	for name, row := range map[string]struct {
		request runs.Request
		status  int
	}{
		"a graph that can never run": {twins, http.StatusBadRequest},
		"too much input":             {large, http.StatusRequestEntityTooLarge},
	} {
		t.Run(name, func(t *testing.T) {
			for range 3 { // each gives its place in the queue back
				_, err := h.Accept(t.Context(), row.request)
				requireStatus(t, err, row.status)
			}
			assert.Zero(t, count(t, h.store, "executions", bson.D{}))
		})
	}
	h.ended(t, h.accept(t, request()))
}

func TestRunsBeginInTheirOrder(t *testing.T) {
	h := build(t, open(t), workers(1))
	var ids []string
	for n := range int64(20) {
		ids = append(ids, h.accept(t, request(step("dbInsert", "collection", "order", "data", object("n", n)))))
	}
	require.NoError(t, h.Start(t.Context()))
	last := h.get(t, ids[0]).CreatedAt
	for _, id := range ids {
		h.ended(t, id)
		at := h.heard.wait(t, id, runlog.RunStarted).At
		assert.False(t, at.Before(last))
		last = at
	}
}

const confidential = "a-confidential-value"

func TestWaitingInputIsSealed(t *testing.T) {
	store := open(t)
	h := build(t, store)
	r := request(step("response", "body", object("said", confidential)))
	r.Input = object("note", confidential)
	r.Workflow.InputVariables = doc.Array{object("name", confidential)}
	id := h.accept(t, r)
	stored, err := bson.Marshal(h.stored(t, id))
	require.NoError(t, err)
	assert.NotContains(t, string(stored), confidential)
	assert.NotContains(t, string(stored), "response")
	again, err := bson.Marshal(h.stored(t, h.accept(t, r)))
	require.NoError(t, err)
	assert.NotEqual(t, payload(t, stored), payload(t, again), "equal inputs do not look equal")

	require.NoError(t, h.Start(t.Context()))
	assert.Equal(t, runs.Succeeded, h.ended(t, id).Status)
	_, there := doc.Get(h.stored(t, id), "payload")
	assert.False(t, there)
}

func payload(t *testing.T, document []byte) []byte {
	t.Helper()
	_, sealed := bson.Raw(document).Lookup("payload").Binary()
	require.NotEmpty(t, sealed)
	return sealed
}

// What was sealed with another secret, for another run, or was changed, is a
// failure that says what to do, and tells nothing of what was in it.
func TestWhatCannotBeOpenedFails(t *testing.T) {
	for name, row := range map[string]struct {
		secret string
		spoil  func(sealed []byte, other []byte) []byte
	}{
		"another secret":     {"another secret", nil},
		"a changed byte":     {secret, func(s, _ []byte) []byte { s[len(s)/2] ^= 1; return s }},
		"another run's":      {secret, func(_, other []byte) []byte { return other }},
		"cut off":            {secret, func(s, _ []byte) []byte { return s[:5] }},
		"nothing of it left": {secret, func(_, _ []byte) []byte { return nil }},
	} {
		t.Run(name, func(t *testing.T) {
			store := open(t)
			h := build(t, store)
			r := request(step("dbInsert", "collection", "things", "data", object("note", confidential)))
			r.Input = object("note", confidential)
			id, other := h.accept(t, r), h.accept(t, r)
			if row.spoil != nil {
				raw := func(id string) []byte {
					b, err := bson.Marshal(h.stored(t, id))
					require.NoError(t, err)
					return payload(t, b)
				}
				h.update(t, id, object("payload", row.spoil(raw(id), raw(other))))
			}
			h.crash()
			h = start(t, store, func(o *runs.Options) { o.Secret = []byte(row.secret) })
			x := h.ended(t, id)
			assert.Equal(t, runs.Failed, x.Status)
			assert.Contains(t, x.Error, "JWT_SECRET")
			last := requireWhole(t, h.log(t, id))
			assert.Equal(t, runlog.RunFailed, last.Kind)
			assert.Equal(t, x.Error, last.Error)
			stored, err := bson.Marshal(h.stored(t, id))
			require.NoError(t, err)
			assert.NotContains(t, string(stored)+string(last.AppendJSON(nil)), confidential)
			_, there := doc.Get(h.stored(t, id), "payload")
			assert.False(t, there)
		})
	}
}

func TestOnlyClaimsOfATokenAreKept(t *testing.T) {
	token, err := auth.NewTokens([]byte(secret), time.Now).Sign(object("userId", "u-17"), "HS256", time.Hour)
	require.NoError(t, err)
	for name, row := range map[string]struct {
		header string
		want   runs.Status
		holds  string
	}{
		"valid":   {"Bearer " + token, runs.Succeeded, "u-17"},
		"invalid": {"Bearer " + token + "x", runs.Failed, "invalid signature"},
		"none":    {"", runs.Failed, "Missing or invalid Authorization header"},
	} {
		t.Run(name, func(t *testing.T) {
			h := build(t, open(t))
			r := request(step("authMiddleware"), step("response", "body", "{{currentUser.userId}}"))
			r.Authorization = row.header
			id := h.accept(t, r)
			waiting, err := bson.Marshal(h.stored(t, id))
			require.NoError(t, err)
			require.NoError(t, h.Start(t.Context()))
			assert.Equal(t, row.want, h.ended(t, id).Status)
			text := ""
			for _, e := range h.log(t, id) {
				text += string(e.AppendJSON(nil))
			}
			assert.Contains(t, text, row.holds)
			for _, part := range strings.Split(strings.TrimPrefix(row.header, "Bearer "), ".") {
				if part != "" {
					assert.NotContains(t, string(waiting)+text, part)
				}
			}
		})
	}
	// Opened with the key, there is no token in the payload either.
	claims, err := engine.CheckAuthorization(t.Context(), "Bearer "+token, services(open(t))(owner).Tokens)
	require.NoError(t, err)
	r := request()
	r.Authorization = "Bearer " + token
	plain := string(doc.MarshalJSON(runs.Pack(r, claims)))
	assert.Contains(t, plain, "u-17")
	assert.NotContains(t, plain, token)
}
