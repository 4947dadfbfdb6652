package crash_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// TestTerminate stops the program as an operator does. What is under way gets
// SHUTDOWN_TIMEOUT to end by itself, what waits is kept for the next life.
func TestTerminate(t *testing.T) {
	const (
		limit   = 2 * time.Second
		closing = 6 * time.Second // what is cancelled at the limit still has to end and to be stored
	)
	r := &round{dir: t.TempDir(), collection: "terminated"}
	settings := []string{"RUN_WORKERS=2", "SHUTDOWN_TIMEOUT=" + limit.String()}
	p := start(t, r.dir, settings...)
	r.save(t, p.client)
	request := func(key string, wait time.Duration) string {
		id, err := p.post("/workflows/run", object{"steps": r.steps(wait), "input": object{"key": key}})
		require.NoError(t, err)
		r.acknowledge(id, key)
		return id
	}
	short, long := request("short", time.Second), request("long", time.Minute)
	for _, id := range []string{short, long} {
		x := waitFor(t, p, id, time.Now().Add(settled), func(x *execution) bool { return x.Status == "running" })
		require.Equal(t, "running", x.Status)
	}
	waiting := []string{request("first", 0), request("second", 0), request("third", 0)}

	took, err := p.Terminate()
	t.Logf("ended %.2fs after SIGTERM", took.Seconds())
	require.NoError(t, err, "to interrupt a run is orderly")
	assert.Less(t, took, limit+closing)
	assert.GreaterOrEqual(t, took, limit, "the long run was given its time")
	stopped := time.Now()

	p = start(t, r.dir, settings...)
	for _, id := range waiting {
		x := waitFor(t, p, id, time.Now().Add(settled), (*execution).ended)
		assert.Equal(t, "succeeded", x.Status)
		assert.True(t, x.startedAfter(stopped), "it was not begun by a program that was closing: %+v", x)
	}
	r.survive()
	found := r.documents(t, p.client)
	requireOnce(t, found)
	status := map[string]string{}
	for _, o := range r.outcomes(t, p.client) {
		requireWhole(t, &o, found[o.key])
		status[o.key] = o.execution.Status
	}
	assert.Equal(t, map[string]string{"short": "succeeded", "long": "interrupted", "first": "succeeded", "second": "succeeded", "third": "succeeded"}, status)
	assert.Equal(t, written{first: 1}, found["long"])
	p.terminate(t)
}
