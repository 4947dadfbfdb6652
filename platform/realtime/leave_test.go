package realtime_test

import (
	"context"
	"testing"
	"testing/synctest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.uber.org/zap"

	"github.com/orchestrix/orchestrix/platform/realtime"
	"github.com/orchestrix/orchestrix/platform/runlog"
)

// reluctant takes a page of history when it is told to.
type reluctant struct {
	*follower
	asked, told chan struct{}
}

func (r *reluctant) Ready(ctx context.Context) error {
	close(r.asked)
	select {
	case <-r.told:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// A client may leave and join again while its history is read. What was read for
// the first join must not come within the second.
func TestNothingIsDeliveredAfterCancel(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		source := newLogs()
		source.add("r", runlog.RunStarted)
		hub := realtime.NewHub(source, zap.NewNop(), false)
		defer hub.Close()
		f := &reluctant{follower: newFollower("r"), asked: make(chan struct{}), told: make(chan struct{})}
		sub, err := hub.Subscribe("r", -1, f)
		require.NoError(t, err)
		<-f.asked
		sub.Cancel()
		close(f.told)
		synctest.Wait()
		assert.Zero(t, f.calls)
		assert.Empty(t, f.caught)
	})
}
