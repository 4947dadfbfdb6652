package crash_test

import (
	"fmt"
	"math/rand/v2"
	"os"
	"strconv"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// TestKill kills the program at random moments, over and over on one directory,
// and then asks it for everything that it ever acknowledged. What clients have
// seen of a run before a kill is not compared: the end of a run is sent at once
// and stored up to 100 ms later (realtime.md).
func TestKill(t *testing.T) {
	rounds := 2
	if n, err := strconv.Atoi(os.Getenv("CRASH_ROUNDS")); err == nil {
		rounds = n
	}
	var total tally
	dir := ""
	for n := range rounds {
		if n%2 == 0 { // every second round finds the history of the one before
			dir = t.TempDir()
		}
		began := time.Now()
		one := playRound(t, &round{dir: dir, collection: fmt.Sprintf("crash%d", n), workers: 4 + rand.IntN(13)})
		t.Logf("round %d: %+v in %.1fs", n, one, time.Since(began).Seconds())
		total.add(one)
	}
	t.Logf("all: %+v", total)
	// Otherwise the kills have hit nothing, and the test says nothing.
	require.GreaterOrEqual(t, 2*total.resuming, rounds, "in most rounds, runs that were queued at a kill succeed after it")
	require.NotZero(t, total.interrupted, "kills hit runs under way")
}

// tally says what kills have hit.
type tally struct {
	rounds, resuming            int // resuming: in which queued runs survived a kill
	kills, early                int // early: before it served
	succeeded, interrupted      int
	resumed, cutBetween, unsure int // succeeded after a kill; first insert only; never acknowledged, but run
}

func (a *tally) add(b tally) {
	a.rounds += b.rounds
	a.resuming += b.resuming
	a.kills += b.kills
	a.early += b.early
	a.succeeded += b.succeeded
	a.interrupted += b.interrupted
	a.resumed += b.resumed
	a.cutBetween += b.cutBetween
	a.unsure += b.unsure
}

func playRound(t *testing.T, r *round) tally {
	t.Helper()
	got := tally{rounds: 1, kills: 1}
	killed := r.first(t)
	for range rand.IntN(3) {
		var early bool
		killed, early = r.again(t)
		got.kills++
		if early {
			got.early++
		}
	}
	p := r.last(t)

	all, found := r.outcomes(t, p.client), r.documents(t, p.client)
	requireOnce(t, found)
	for i := range all {
		o := &all[i]
		w := found[o.key]
		requireWhole(t, o, w)
		delete(found, o.key)
		if o.execution.Status == "interrupted" {
			got.interrupted++
			if w == (written{first: 1}) {
				got.cutBetween++
			}
			continue
		}
		got.succeeded++
		if o.kills > 0 && o.execution.startedAfter(killed) {
			got.resumed++
		}
	}
	got.unsure = len(found)
	if got.resumed > 0 {
		got.resuming = 1
	}
	p.terminate(t)

	// One more life changes nothing: each end is the only one.
	p = start(t, r.dir, r.settings()...)
	for i, later := range r.outcomes(t, p.client) {
		require.Equal(t, all[i], later)
	}
	p.terminate(t)
	return got
}
