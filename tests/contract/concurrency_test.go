package contract_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"net/http"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.uber.org/zap"

	"github.com/orchestrix/orchestrix/modules"
	"github.com/orchestrix/orchestrix/platform/mongo"
	"github.com/orchestrix/orchestrix/platform/mongo/embedded"
)

// Saving and publishing are one outcome, also when one workflow is saved under
// several names at once: afterwards exactly the path that it reports is live.
func TestConcurrentSavesOfOneID(t *testing.T) {
	const savers, rounds, names = 32, 8, 5
	url := start(t)
	var latest atomic.Value // the path that the last answered save reported
	latest.Store(save(t, url, workflow("w", "ann", "name 0", respond(`"0"`))))

	failures := make(chan error, savers*(rounds+1)*2)
	expect := func(got answer, err error, want ...int) {
		for _, status := range want {
			if err == nil && got.status == status {
				return
			}
		}
		failures <- fmt.Errorf("%d %s: %w", got.status, got.body, err)
	}
	ctx, stop := context.WithCancel(t.Context())
	var callers, workers sync.WaitGroup
	for range 8 {
		callers.Go(func() {
			for ctx.Err() == nil {
				got, err := try(t.Context(), http.MethodPost, url+latest.Load().(string), `{}`)
				if err != nil || got.status != http.StatusOK && got.status != http.StatusNotFound { // renamed since
					failures <- fmt.Errorf("call: %d %s: %w", got.status, got.body, err)
					return
				}
			}
		})
	}
	for i := range savers {
		workers.Go(func() {
			random := rand.New(rand.NewPCG(1, uint64(i)))
			for range rounds {
				n := random.IntN(names)
				body := workflow("w", "ann", fmt.Sprintf("name %d", n), respond(fmt.Sprintf(`"%d"`, n)))
				var got answer
				var err error
				switch random.IntN(8) {
				case 0:
					got, err = try(t.Context(), http.MethodDelete, url+"/workflows/w?ownerId=ann", "")
					expect(got, err, http.StatusOK, http.StatusNotFound)
					continue
				case 1:
					got, err = try(t.Context(), http.MethodPut, url+"/workflows/w", body)
					expect(got, err, http.StatusOK, http.StatusNotFound)
				default:
					got, err = try(t.Context(), http.MethodPost, url+"/workflows", body)
					expect(got, err, http.StatusOK)
				}
				if err == nil && got.status == http.StatusOK {
					latest.Store(fmt.Sprintf("/workflow/run/w/name-%d", n))
				}
			}
		})
	}
	workers.Wait()
	stop()
	callers.Wait()
	close(failures)
	for err := range failures {
		t.Error(err)
	}

	// Whatever was last, one more save decides, and its own path is live.
	for n := range names {
		path := save(t, url, workflow("w", "ann", fmt.Sprintf("name %d", n), respond(fmt.Sprintf(`"last %d"`, n))))
		reported := send(t, http.MethodGet, url+"/workflows/w?ownerId=ann", "").text(t, "apiPath")
		assert.Equal(t, path, reported)
		for other := range names {
			got := send(t, http.MethodPost, fmt.Sprintf("%s/workflow/run/w/name-%d", url, other), `{}`)
			if other == n {
				assert.Equal(t, fmt.Sprintf(`"last %d"`, n), got.body)
			} else {
				assert.Equal(t, http.StatusNotFound, got.status, "%s", got.body)
			}
		}
	}
}

// After concurrent saves, with none that comes later to repair anything, the
// reported path answers with the steps that are stored.
func TestReportedPathIsLiveAfterConcurrentSaves(t *testing.T) {
	url := start(t)
	for round := range 10 {
		id := fmt.Sprintf("w%d", round)
		var saves sync.WaitGroup
		for i := range 32 {
			saves.Go(func() {
				name := fmt.Sprintf("name %d", i%5)
				got, err := try(t.Context(), http.MethodPost, url+"/workflows", workflow(id, "ann", name, respond(fmt.Sprintf(`{"name":"%s"}`, name))))
				if assert.NoError(t, err) {
					assert.Equal(t, http.StatusOK, got.status, "%s", got.body)
				}
			})
		}
		saves.Wait()
		stored := send(t, http.MethodGet, url+"/workflows/"+id+"?ownerId=ann", "")
		got := send(t, http.MethodPost, url+stored.text(t, "apiPath"), `{}`)
		assert.Equal(t, http.StatusOK, got.status, "%s", got.body)
		assert.Equal(t, stored.text(t, "apiName"), got.text(t, "name"))
		live := 0
		for n := range 5 {
			if send(t, http.MethodPost, fmt.Sprintf("%s/workflow/run/%s/name-%d", url, id, n), `{}`).status == http.StatusOK {
				live++
			}
		}
		assert.Equal(t, 1, live, "one name is live")
		theft := send(t, http.MethodPost, url+"/workflows", workflow(id, "bob", stored.text(t, "apiName"), `[]`))
		assert.Equal(t, http.StatusConflict, theft.status, "the live path is reserved")
		save(t, url, workflow(id, "ann", stored.text(t, "apiName"), `[]`)) // and still its holder's
		assert.Len(t, send(t, http.MethodGet, url+"/workflows?ownerId=ann", "").object(t)["workflows"], round+1)
	}
}

// Of owners that save one path at once, one wins and the others are refused.
func TestConcurrentOwnersOfOnePath(t *testing.T) {
	url := start(t)
	for round := range 10 {
		id := fmt.Sprintf("w%d", round)
		var saves sync.WaitGroup
		var winners atomic.Int32
		for i := range 8 {
			saves.Go(func() {
				got, err := try(t.Context(), http.MethodPost, url+"/workflows", workflow(id, fmt.Sprintf("owner%d", i), "x", `[]`))
				if !assert.NoError(t, err) || got.status == http.StatusConflict {
					return
				}
				assert.Equal(t, http.StatusOK, got.status, "%s", got.body)
				winners.Add(1)
			})
		}
		saves.Wait()
		assert.EqualValues(t, 1, winners.Load())
	}
}

// shared is a store that outlives the programs on it.
type shared struct{ mongo.Store }

func (shared) Close(context.Context) error { return nil }

// withinASecond wants a question that is asked a second from now to be answered with
// yes, and asks it until it is. How long the answer takes is up to the machine.
func withinASecond(t *testing.T, is func() bool) bool {
	t.Helper()
	for since := time.Now(); ; time.Sleep(10 * time.Millisecond) {
		asked := time.Since(since)
		if is() {
			return true
		}
		if asked > time.Second {
			return assert.Fail(t, "not seen within a second")
		}
	}
}

// Two processes on one database see each other's saves within a second.
func TestTwoProcesses(t *testing.T) {
	s := settings(t)
	store, err := embedded.Open(t.Context(), embedded.Options{Dir: s.DataDir, Logger: zap.NewNop()})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, store.Close(context.Background())) })
	var urls [2]string
	for i := range urls {
		program, err := modules.BuildOn(t.Context(), s, zap.NewNop(), shared{store})
		require.NoError(t, err)
		urls[i], _ = launch(t, program)
	}
	sees := func(url, path string, status int, body string) {
		t.Helper()
		var got answer
		if !withinASecond(t, func() bool {
			var err error
			got, err = try(t.Context(), http.MethodPost, url+path, `{}`)
			return err == nil && got.status == status && (body == "" || got.body == body)
		}) {
			t.Logf("last seen: %d %s", got.status, got.body)
		}
	}
	for round := range 3 {
		here, there := urls[round%2], urls[(round+1)%2]
		path := save(t, here, workflow("w", "ann", "x", respond(fmt.Sprintf(`"first %d"`, round))))
		sees(there, path, http.StatusOK, fmt.Sprintf(`"first %d"`, round))
		save(t, here, workflow("w", "ann", "x", respond(fmt.Sprintf(`"second %d"`, round))))
		sees(there, path, http.StatusOK, fmt.Sprintf(`"second %d"`, round))
		renamed := save(t, here, workflow("w", "ann", "y", respond(`"renamed"`)))
		sees(there, renamed, http.StatusOK, `"renamed"`)
		sees(there, path, http.StatusNotFound, "")
		require.Equal(t, http.StatusOK, send(t, http.MethodDelete, here+"/workflows/w?ownerId=ann", "").status)
		sees(there, renamed, http.StatusNotFound, "")
	}
}
