package session_test

import (
	"context"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"
	"go.uber.org/zap"
	"go.uber.org/zap/zapcore"
	"go.uber.org/zap/zaptest/observer"

	"github.com/orchestrix/orchestrix/platform/doc"
	"github.com/orchestrix/orchestrix/platform/mongo"
	"github.com/orchestrix/orchestrix/platform/mongo/embedded"
	"github.com/orchestrix/orchestrix/platform/session"
	"github.com/orchestrix/orchestrix/platform/session/sessiontest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestEmbedded(t *testing.T) {
	sessiontest.Run(t, func(t *testing.T) mongo.Store {
		s, err := embedded.Open(t.Context(), embedded.Options{Dir: t.TempDir()})
		require.NoError(t, err)
		t.Cleanup(func() { assert.NoError(t, s.Close(context.Background())) })
		return s
	})
}

// sweeps is a store that only knows how often it was swept.
type sweeps struct {
	mongo.Store
	n    atomic.Int64
	away atomic.Bool
}

func (s *sweeps) Collection(string) mongo.Collection { return collection{sweeps: s} }

type collection struct {
	mongo.Collection // nil: nothing else is called
	sweeps           *sweeps
}

func (c collection) DeleteMany(context.Context, doc.Object) (int64, error) {
	c.sweeps.n.Add(1)
	if c.sweeps.away.Load() {
		return 0, mongo.ErrUnavailable
	}
	return 1, nil
}

func TestKeepSweepsNowAndThenUntilItsContextEnds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		store := &sweeps{}
		core, logs := observer.New(zapcore.DebugLevel)
		ctx, cancel := context.WithCancel(t.Context())
		ended := make(chan struct{})
		go func() {
			session.NewStore(store, session.Options{}).Keep(ctx, zap.New(core))
			close(ended)
		}()
		synctest.Wait()
		assert.EqualValues(t, 1, store.n.Load(), "now")
		time.Sleep(time.Hour - 1) // of the bubble's clock
		synctest.Wait()
		assert.EqualValues(t, 1, store.n.Load())
		store.away.Store(true)
		time.Sleep(time.Nanosecond)
		synctest.Wait()
		assert.EqualValues(t, 2, store.n.Load())
		assert.Equal(t, 1, logs.FilterLevelExact(zapcore.WarnLevel).Len())
		store.away.Store(false)
		time.Sleep(time.Hour)
		synctest.Wait()
		assert.EqualValues(t, 3, store.n.Load(), "a failure does not end it")
		cancel()
		<-ended
		assert.EqualValues(t, 3, store.n.Load())
	})
}
