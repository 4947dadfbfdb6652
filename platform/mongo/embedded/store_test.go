package embedded_test

import (
	"context"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.mongodb.org/mongo-driver/bson"

	"github.com/orchestrix/orchestrix/platform/mongo"
	"github.com/orchestrix/orchestrix/platform/mongo/embedded"
	"github.com/orchestrix/orchestrix/platform/mongo/mongotest"
)

func open(t testing.TB, dir string) *embedded.Store {
	t.Helper()
	s, err := embedded.Open(context.Background(), embedded.Options{Dir: dir})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, s.Close(context.Background())) })
	return s
}

func TestConformance(t *testing.T) {
	mongotest.Run(t, func(t *testing.T) mongo.Store { return open(t, t.TempDir()) })
}

func TestSecondProcessIsRefusedClearly(t *testing.T) {
	dir := t.TempDir()
	open(t, dir)
	_, err := embedded.Open(t.Context(), embedded.Options{Dir: dir})
	require.ErrorContains(t, err, "in use by another process")
}

func TestExpiredDocumentsGo(t *testing.T) {
	var clock atomic.Pointer[time.Time] // the store's own sweep reads it too
	now := time.Now()
	long := now.Add(-time.Hour)
	clock.Store(&long)
	s, err := embedded.Open(t.Context(), embedded.Options{Dir: t.TempDir(), Clock: func() time.Time { return *clock.Load() }})
	require.NoError(t, err)
	defer func() { require.NoError(t, s.Close(context.Background())) }()
	c := s.Collection("sessions")
	require.NoError(t, c.EnsureIndexes(t.Context(), mongo.Index{Fields: []string{"expiresAt"}, Expire: true}))
	for i := range 1200 {
		_, err := c.InsertOne(t.Context(), bson.D{{Key: "_id", Value: i}, {Key: "expiresAt", Value: now.Add(time.Duration(i-1199) * time.Second)}})
		require.NoError(t, err)
	}
	for _, id := range []string{"never", "text"} {
		_, err := c.InsertOne(t.Context(), bson.D{{Key: "_id", Value: id}, {Key: "expiresAt", Value: map[string]any{"never": nil, "text": "1999"}[id]}})
		require.NoError(t, err)
	}
	due := now.Add(-100 * time.Second)
	clock.Store(&due)
	n, err := s.ExpireNow(t.Context())
	require.NoError(t, err)
	assert.EqualValues(t, 1100, n)
	left, err := c.Count(t.Context(), bson.D{})
	require.NoError(t, err)
	assert.EqualValues(t, 102, left)
}

func TestClosedStoreSaysSo(t *testing.T) {
	s, err := embedded.Open(t.Context(), embedded.Options{Dir: t.TempDir()})
	require.NoError(t, err)
	require.NoError(t, s.Close(t.Context()))
	_, err = s.Collection("a").InsertOne(t.Context(), bson.D{})
	require.ErrorIs(t, err, mongo.ErrUnavailable)
	require.ErrorIs(t, s.Ping(t.Context()), mongo.ErrUnavailable)
	require.NoError(t, s.Close(t.Context()))
}
