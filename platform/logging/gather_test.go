package logging_test

import (
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.uber.org/zap"

	"github.com/orchestrix/orchestrix/platform/logging"
)

// written is an output that tells its writes apart.
type written struct {
	mu     sync.Mutex
	writes []string
}

func (w *written) Write(p []byte) (int, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.writes = append(w.writes, string(p))
	return len(p), nil
}

func (w *written) Sync() error { return nil }

func (w *written) all() []string {
	w.mu.Lock()
	defer w.mu.Unlock()
	return append([]string(nil), w.writes...)
}

func TestGatheredLinesAreWrittenTogether(t *testing.T) {
	out := &written{}
	log, err := logging.New(logging.Options{Production: true, Output: out, Secrets: []string{canary}})
	require.NoError(t, err)
	gathered := logging.Gathered(log.With(zap.String("with", "field")))
	for range 3 {
		gathered.Info("often", zap.String("a", canary))
	}
	log.Info("at once")
	text := strings.Join(out.all(), "")
	assert.Equal(t, 3, strings.Count(text, `"message":"often","with":"field","a":"***"`), text)
	assert.Less(t, strings.LastIndex(text, "often"), strings.Index(text, "at once"), "in order")

	gathered.Info("last")
	require.NoError(t, log.Sync())
	writes := len(out.all())
	assert.Contains(t, out.all()[writes-1], "last")
	require.NoError(t, log.Sync())
	assert.Len(t, out.all(), writes, "nothing twice")

	gathered.Info("alone")
	require.Eventually(t, func() bool { return strings.Contains(strings.Join(out.all(), ""), "alone") }, 10*time.Second, time.Millisecond)
}

func TestGatheredLinesKeepTheirOrder(t *testing.T) {
	const writers, lines = 8, 2000
	out := &written{}
	log, err := logging.New(logging.Options{Production: true, Output: out})
	require.NoError(t, err)
	gathered := logging.Gathered(log)
	var wait sync.WaitGroup
	for w := range writers {
		wait.Go(func() {
			for n := range lines {
				if n%100 == 99 {
					log.Info(fmt.Sprintf("%d:%d.", w, n))
				} else {
					gathered.Info(fmt.Sprintf("%d:%d.", w, n))
				}
			}
		})
	}
	wait.Wait()
	require.NoError(t, log.Sync())
	text := strings.Join(out.all(), "")
	for w := range writers {
		rest := text
		for n := range lines {
			_, after, found := strings.Cut(rest, fmt.Sprintf(`"%d:%d."`, w, n))
			require.True(t, found, "%d:%d is missing or early", w, n)
			rest = after
		}
	}
	assert.Less(t, len(out.all()), writers*lines/4)
}

func TestGatheredLinesHaveALevel(t *testing.T) {
	out := &written{}
	log, err := logging.New(logging.Options{Level: "warn", Output: out})
	require.NoError(t, err)
	logging.Gathered(log).Info("no")
	logging.Gathered(logging.Gathered(log)).Warn("yes")
	require.NoError(t, log.Sync())
	assert.Len(t, out.all(), 1)
	assert.NotPanics(t, func() { logging.Gathered(zap.NewNop()).Info("nowhere") })
}
