package runs_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/orchestrix/orchestrix/modules/core/runs"
	"github.com/orchestrix/orchestrix/platform/clocktest"
)

// The clocks of two machines differ, or one of them jumps: who still renews its
// lease keeps its runs.
func TestClocksThatDifferCostNoRun(t *testing.T) {
	for name, ahead := range map[string]time.Duration{"an hour ahead": time.Hour, "a month ahead": 31 * day, "an hour behind": -time.Hour} {
		t.Run(name, func(t *testing.T) {
			a := start(t, open(t), shared)
			clock := clocktest.New(a.clock.Now())
			b := build(t, a.store, shared, at(clock))
			g := newGate(t)
			id := a.accept(t, request(g.step()))
			g.enter(t, 1)
			clock.Advance(ahead)
			for range 20 {
				require.NoError(t, b.Recover(t.Context()))
				require.Equal(t, runs.Running, b.get(t, id).Status)
				a.clock.Advance(runs.RenewEvery)
				clock.Advance(runs.RenewEvery)
				require.NoError(t, a.Renew(t.Context()))
			}
			g.pass()
			assert.Equal(t, runs.Succeeded, a.ended(t, id).Status)
			requireWhole(t, b.log(t, id))
		})
	}
}

// What a process leaves that dies is taken over all the same, whatever the clock
// of the other says.
func TestClocksThatDifferLeaveNoRunBehind(t *testing.T) {
	for name, ahead := range map[string]time.Duration{"an hour ahead": time.Hour, "an hour behind": -time.Hour} {
		t.Run(name, func(t *testing.T) {
			a := start(t, open(t), shared)
			clock := clocktest.New(a.clock.Now())
			b := build(t, a.store, shared, at(clock))
			g := newGate(t)
			id := a.accept(t, request(g.step()))
			g.enter(t, 1)
			logged(t, a, id, 2)
			a.crash()
			clock.Advance(ahead)
			b.outlast(t)
			assert.Equal(t, runs.Interrupted, b.get(t, id).Status)
			requireWhole(t, b.log(t, id))
		})
	}
}

// A run that ends before it has begun, by a clock that was set back meanwhile,
// took no time, rather than less than that.
func TestAClockThatIsSetBackDuringARun(t *testing.T) {
	h := start(t, open(t))
	g := newGate(t)
	id := h.accept(t, request(g.step()))
	g.enter(t, 1)
	h.clock.Advance(-time.Hour)
	g.pass()
	assert.Zero(t, h.ended(t, id).Duration())
	requireWhole(t, h.log(t, id))
}

// Runs keep their order while the clock is set back, and none of them is taken
// for an old one.
func TestAClockThatIsSetBackCostsNoHistory(t *testing.T) {
	h := start(t, open(t), keep(30, 3))
	var ids []string
	for range 5 {
		ids = append(ids, h.accept(t, request(insertion("a"))))
		h.ended(t, ids[len(ids)-1])
		h.clock.Advance(-time.Hour)
	}
	require.NoError(t, h.Retain(t.Context()))
	found, err := h.List(t.Context(), runs.Query{OwnerID: owner, Limit: 10})
	require.NoError(t, err)
	var kept []string
	for _, x := range found {
		kept = append(kept, x.ID)
	}
	assert.Equal(t, []string{ids[4], ids[3], ids[2]}, kept, "the newest by what happened, not by what the clock said")
}
