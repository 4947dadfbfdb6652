package background_test

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.uber.org/zap"
	"go.uber.org/zap/zapcore"
	"go.uber.org/zap/zaptest/observer"

	"github.com/orchestrix/orchestrix/platform/background"
)

func TestLimit(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := background.NewGroup(2, zap.NewNop())
		release := make(chan struct{})
		wait := func(context.Context) { <-release }
		require.NoError(t, g.Go(wait))
		require.NoError(t, g.Go(wait))
		require.ErrorIs(t, g.Go(wait), background.ErrFull)
		release <- struct{}{}
		synctest.Wait()
		require.NoError(t, g.Go(wait), "a slot is free again")
		close(release)
		require.NoError(t, g.Close(t.Context()))
	})
}

func TestCloseWaits(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := background.NewGroup(1, zap.NewNop())
		var ended bool
		require.NoError(t, g.Go(func(ctx context.Context) {
			select {
			case <-time.After(time.Minute):
				ended = true
			case <-ctx.Done():
			}
		}))
		require.NoError(t, g.Close(t.Context()))
		assert.True(t, ended)
		require.ErrorIs(t, g.Go(func(context.Context) {}), background.ErrFull, "closed")
		require.NoError(t, g.Close(t.Context()), "twice")
	})
}

func TestCloseCancels(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := background.NewGroup(1, zap.NewNop())
		var cause error
		require.NoError(t, g.Go(func(ctx context.Context) {
			<-ctx.Done()
			cause = ctx.Err()
		}))
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		require.ErrorIs(t, g.Close(ctx), context.DeadlineExceeded)
		assert.ErrorIs(t, cause, context.Canceled)
	})
}

func TestCloseDoesNotWaitForever(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := background.NewGroup(1, zap.NewNop())
		release := make(chan struct{})
		defer close(release)
		require.NoError(t, g.Go(func(context.Context) { <-release }))
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		begun := time.Now()
		require.ErrorIs(t, g.Close(ctx), background.ErrStuck)
		assert.Equal(t, time.Minute+time.Second, time.Since(begun))
	})
}

func TestPanicIsContained(t *testing.T) {
	core, logs := observer.New(zapcore.InfoLevel)
	g := background.NewGroup(1, zap.New(core))
	require.NoError(t, g.Go(func(context.Context) { panic("boom") }))
	require.NoError(t, g.Close(t.Context()))
	require.Equal(t, 1, logs.Len())
	fields := logs.All()[0].ContextMap()
	assert.Equal(t, "boom", fields["panic"])
	assert.Contains(t, fields["stack"], "group_test.go")
}
