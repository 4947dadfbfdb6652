// Package faults_test takes away what the real program stands on, and gives it
// back: it must say clearly that it cannot serve, lose nothing that it
// acknowledged, and recover by itself. `make faults` runs it.
package faults_test

import (
	"context"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/orchestrix/orchestrix/tests/harness"
	"github.com/orchestrix/orchestrix/tests/steady/lab"
)

const (
	diskSize = 24 << 20
	limit    = 60 * time.Second // of everything that is waited for
)

// smallDisk mounts a file system that is full soon, where root may.
func smallDisk(t *testing.T) (dir string) {
	t.Helper()
	if os.Getenv("FAULTS") == "" {
		t.Skip("make faults runs it")
	}
	dir = t.TempDir()
	mount := exec.CommandContext(t.Context(), "mount", "-t", "tmpfs", "-o", fmt.Sprintf("size=%d", diskSize), "none", dir)
	if out, err := mount.CombinedOutput(); err != nil {
		t.Skipf("only root can mount a small disk: %s", out)
	}
	t.Cleanup(func() {
		out, err := exec.CommandContext(context.Background(), "umount", dir).CombinedOutput()
		assert.NoError(t, err, "%s", out)
	})
	return dir
}

func build(t *testing.T) string {
	t.Helper()
	binary, err := harness.Build(t.Context(), t.TempDir())
	require.NoError(t, err)
	return binary
}

func start(t *testing.T, binary, dir string) *lab.Server {
	t.Helper()
	s, err := lab.Start(t.Context(), binary, dir)
	require.NoError(t, err)
	t.Cleanup(func() { s.Kill() })
	return s
}

// fill takes all room of a disk, and returns what gives it back.
func fill(t *testing.T, dir string) (free func()) {
	t.Helper()
	path := filepath.Join(dir, "ballast")
	file, err := os.Create(path)
	require.NoError(t, err)
	for block := make([]byte, 1<<16); len(block) > 0; {
		if _, err := file.Write(block); err != nil {
			block = block[:len(block)/2]
		}
	}
	require.NoError(t, file.Close())
	return func() { require.NoError(t, os.Remove(path)) }
}

const steps = `[{"type":"input","variables":[{"name":"n"}]},{"type":"dbInsert","collection":"kept","data":{"n":"{{n}}","pad":"{{pad}}"}},{"type":"response","body":{"ok":true}}]`

// A disk that is full is a 503 that says so to the operator and not to clients.
// What was acknowledged is there, also after a kill, and writing goes on as soon
// as there is room, without a restart.
func TestDiskFull(t *testing.T) {
	disk := smallDisk(t)
	binary := build(t)
	s := start(t, binary, disk)
	path, err := s.Save("full", steps)
	require.NoError(t, err)
	acknowledged := insert(t, s, path, 200, false)
	require.Len(t, acknowledged, 200)

	free := fill(t, disk)
	acknowledged = append(acknowledged, insert(t, s, path, 400, true)...)
	full := func(method, path, body string, statuses ...int) *lab.Answer {
		t.Helper()
		a, err := s.Send(method, path, body)
		require.NoError(t, err)
		assert.Contains(t, statuses, a.Status, "%s %s: %s", method, path, a.Body)
		assert.NotContains(t, string(a.Body), "space left", "no internals")
		assert.NotContains(t, string(a.Body), disk)
		return a
	}
	refused := full("POST", path, `{"n":"refused","pad":"`+strings.Repeat("x", 100_000)+`"}`, 503)
	assert.Contains(t, string(refused.Body), "database")
	saved := full("POST", "/workflows", `{"workflowId":"new","ownerId":"steady","apiName":"run","steps":[{"type":"response","body":"`+strings.Repeat("x", 100_000)+`"}]}`, 503)
	assert.Equal(t, "1", saved.RetryAfter)
	run := full("POST", "/workflows/run", `{"ownerId":"steady","steps":[{"type":"response","body":"`+strings.Repeat("x", 100_000)+`"}]}`, 503)
	assert.NotContains(t, string(run.Body), "executionId", "what cannot be kept is not acknowledged")
	full("GET", "/health", "", 200)
	full("GET", "/workflows/full?ownerId=steady", "", 200)
	full("GET", "/collections/kept/data?ownerId=steady", "", 200)
	assert.Contains(t, s.String(), "no space left on device", "the log says why")

	free()
	freed := time.Now()
	require.Eventually(t, func() bool {
		a, err := s.Send("POST", path, `{"n":"again","pad":""}`)
		return err == nil && a.Status == http.StatusOK
	}, limit, 10*time.Millisecond)
	t.Logf("writing again %s after there was room", time.Since(freed).Round(time.Millisecond))
	acknowledged = append(acknowledged, "again")
	run = full("POST", "/workflows/run", `{"ownerId":"steady","steps":[{"type":"response","body":"x"}]}`, 200)
	var background struct{ ExecutionID string }
	require.NoError(t, run.Decode(&background))
	requireEnds(t, s, background.ExecutionID, "succeeded")
	requireKept(t, s, acknowledged)

	s.Kill()
	s = start(t, binary, disk)
	requireKept(t, s, acknowledged)
	requireEnds(t, s, background.ExecutionID, "succeeded", "interrupted") // if its end was not stored yet
	require.NoError(t, s.Stop())
}

// A start on a full disk says so, and a start after that works.
func TestStartOnAFullDisk(t *testing.T) {
	disk := smallDisk(t)
	binary := build(t)
	free := fill(t, disk)
	p, err := harness.Launch(t.Context(), harness.Options{Binary: binary, Dir: disk})
	require.NoError(t, err)
	require.False(t, p.Up())
	require.Error(t, p.Err())
	assert.Contains(t, p.String(), "no space left on device")
	free()
	s := start(t, binary, disk)
	require.NoError(t, s.Stop())
}

// insert calls the API over and over from several clients, and returns what was
// acknowledged. On a disk that is full it may be refused.
func insert(t *testing.T, s *lab.Server, path string, times int, mayRefuse bool) (acknowledged []string) {
	t.Helper()
	var mu sync.Mutex
	var all sync.WaitGroup
	const clients = 8
	for c := range clients {
		all.Go(func() {
			for n := c; n < times; n += clients {
				name := fmt.Sprintf("%t-%d", mayRefuse, n)
				a, err := s.Send("POST", path, fmt.Sprintf(`{"n":%q,"pad":%q}`, name, strings.Repeat("x", 2000)))
				if !assert.NoError(t, err) {
					return
				}
				switch {
				case a.Status == http.StatusOK:
					mu.Lock()
					acknowledged = append(acknowledged, name)
					mu.Unlock()
				case mayRefuse:
					assert.Equal(t, http.StatusServiceUnavailable, a.Status, "%s", a.Body)
				default:
					assert.Fail(t, "refused", "%d %s", a.Status, a.Body)
				}
			}
		})
	}
	all.Wait()
	t.Logf("%d of %d inserts acknowledged", len(acknowledged), times)
	return acknowledged
}

// requireKept checks that each document that was acknowledged is there, once.
func requireKept(t *testing.T, s *lab.Server, acknowledged []string) {
	t.Helper()
	times := map[string]int{}
	for skip := 0; ; skip += 1000 {
		var page struct{ Data []struct{ N string } }
		require.NoError(t, s.Must("GET", fmt.Sprintf("/collections/kept/data?ownerId=steady&limit=1000&sort=_id&skip=%d", skip), "", &page))
		for _, d := range page.Data {
			times[d.N]++
		}
		if len(page.Data) < 1000 {
			break
		}
	}
	for _, name := range acknowledged {
		require.Equal(t, 1, times[name], name)
	}
}

// requireEnds waits for the end of a run, which must be one of these.
func requireEnds(t *testing.T, s *lab.Server, id string, as ...string) {
	t.Helper()
	var run struct{ Status string }
	require.Eventually(t, func() bool {
		return s.Must("GET", "/executions/"+id+"?ownerId=steady", "", &run) == nil && slices.Contains(as, run.Status)
	}, limit, 20*time.Millisecond, "%s", run.Status)
}
