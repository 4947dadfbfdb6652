package wire

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// A database that is stopped and started under load: whatever was acknowledged is
// there, once; whatever was not is a 503 that says when to come back; a run that
// was accepted before goes on and is recorded. Nobody restarts the program.
func TestTheDatabaseIsStoppedAndStarted(t *testing.T) {
	server := startServer(t)
	uri, err := url.Parse(server.uri())
	require.NoError(t, err)
	line := startProxy(t, uri.Host) // keeps the address, whatever port the server gets
	uri.Host = line.address
	p := startProgram(t, uri.String())
	const steps = `[{"type":"dbInsert","collection":"people","data":{"email":"{{input.email}}"}},{"type":"response","status":201,"body":"stored"}]`
	status, _, body := p.post("/workflows", `{"workflowId":"w","ownerId":"o","apiName":"x","steps":`+steps+`}`)
	require.Equal(t, http.StatusOK, status, body)

	var acknowledged []string
	refused := 0
	insert := func(name string) (status int) {
		status, _, body := p.post("/workflow/run/w/x", `{"email":"`+name+`"}`)
		switch status {
		case http.StatusCreated:
			acknowledged = append(acknowledged, name)
		case http.StatusServiceUnavailable:
			refused++
			assert.NotContains(t, body, "127.0.0.1", "the reason names no address")
		default:
			assert.Fail(t, "neither stored nor refused", "%d %s", status, body)
		}
		return status
	}
	status, _, body = p.post("/workflows/run", `{"ownerId":"o","steps":[{"type":"delay","duration":"2s"},{"type":"dbInsert","collection":"people","data":{"email":"background"}},{"type":"response"}]}`)
	require.Equal(t, http.StatusOK, status, body)
	var run struct{ ExecutionID string }
	require.NoError(t, json.Unmarshal([]byte(body), &run))

	for round := range 2 {
		for n := range 10 {
			require.Equal(t, http.StatusCreated, insert(fmt.Sprintf("%d-before-%d", round, n)))
		}
		var stopping sync.WaitGroup
		stopping.Go(func() { line.cut(); server.stop() })
		for n := 0; refused <= round; n++ { // until it is noticed
			insert(fmt.Sprintf("%d-during-%d", round, n))
		}
		stopping.Wait()
		status, headers, body := p.post("/workflows/run", `{"ownerId":"o","steps":[{"type":"response"}]}`)
		assert.Equal(t, http.StatusServiceUnavailable, status, body)
		assert.NotEmpty(t, headers.Get("Retry-After"))
		assert.NotContains(t, body, "executionId", "what cannot be kept is not acknowledged")

		server.start()
		line.aim(server.address())
		line.restore()
		restored := time.Now()
		require.Eventually(t, func() bool { return insert(fmt.Sprintf("%d-after", round)) == http.StatusCreated }, 20*time.Second, 50*time.Millisecond)
		t.Logf("serving again %s after the database", time.Since(restored).Round(time.Millisecond))
	}

	require.Eventually(t, func() bool {
		got := p.get("/executions/" + run.ExecutionID + "?ownerId=o")
		return strings.Contains(got, `"status":"succeeded"`) || strings.Contains(got, `"status":"failed"`)
	}, 40*time.Second, 50*time.Millisecond, "the run that was accepted ends")
	t.Logf("the background run: %s", p.get("/executions/"+run.ExecutionID+"?ownerId=o"))
	times := map[string]int{}
	var page struct{ Data []struct{ Email string } }
	require.NoError(t, json.Unmarshal([]byte(p.get("/collections/people/data?ownerId=o&limit=1000")), &page))
	for _, d := range page.Data {
		times[d.Email]++
	}
	for _, name := range acknowledged {
		assert.Equal(t, 1, times[name], name)
	}
}
