package connections_test

import (
	"context"
	"fmt"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/orchestrix/orchestrix/modules/core/connections"
	"github.com/orchestrix/orchestrix/platform/doc"
	"github.com/orchestrix/orchestrix/platform/mongo"
)

// counted is a store that counts what is looked up.
type counted struct {
	mongo.Store
	finds *atomic.Int64
}

type countedCollection struct {
	mongo.Collection
	finds *atomic.Int64
}

func (c counted) Collection(name string) mongo.Collection {
	return countedCollection{c.Store.Collection(name), c.finds}
}

func (c countedCollection) FindOne(ctx context.Context, filter doc.Object, opts mongo.FindOptions) (doc.Object, error) {
	c.finds.Add(1)
	return c.Collection.FindOne(ctx, filter, opts)
}

func TestWhoHasNoneIsLookedUpOnce(t *testing.T) {
	for _, shared := range []bool{false, true} {
		t.Run(fmt.Sprintf("shared: %t", shared), func(t *testing.T) {
			f := start(t, func(o *connections.Options) { o.Shared = shared })
			finds := &atomic.Int64{}
			s, err := connections.New(counted{f.store, finds}, f.opts)
			require.NoError(t, err)
			for range 10 {
				store, _, err := s.Of(t.Context(), "ann")
				require.NoError(t, err)
				require.Nil(t, store)
			}
			assert.EqualValues(t, 1, finds.Load())

			f.connect(t, "ann", "one") // another process does
			f.clock.Advance(time.Second)
			store, release, err := s.Of(t.Context(), "ann")
			require.NoError(t, err)
			if !shared {
				assert.Nil(t, store, "there is no other process")
				return
			}
			require.NotNil(t, store)
			assert.Equal(t, "one", store.(*opening).name)
			release()
			f.connect(t, "ann", "two")
			f.clock.Advance(time.Second)
			store, release, err = s.Of(t.Context(), "ann")
			require.NoError(t, err)
			assert.Equal(t, "two", store.(*opening).name)
			release()
			require.NoError(t, f.Disconnect(t.Context(), "ann"))
			f.clock.Advance(time.Second)
			store, _, err = s.Of(t.Context(), "ann")
			require.NoError(t, err)
			assert.Nil(t, store)
			require.NoError(t, s.Close(t.Context()))
		})
	}
}

func TestTheCacheIsBounded(t *testing.T) {
	f := start(t)
	for i := range connections.MaxCached + 50 {
		f.uses(t, fmt.Sprintf("owner%d", i))
	}
	assert.Equal(t, connections.MaxCached, f.Cached())
	f.uses(t, strings.Repeat("x", 1<<20))
	assert.Equal(t, connections.MaxCached, f.Cached(), "nobody has such a name")
}

// The db steps of every run ask.
func BenchmarkOfWithoutAConnection(b *testing.B) {
	for _, shared := range []bool{false, true} {
		b.Run(fmt.Sprintf("shared=%t", shared), func(b *testing.B) {
			f := start(b, func(o *connections.Options) { o.Shared, o.Clock = shared, time.Now })
			ctx := b.Context()
			b.ReportAllocs()
			for b.Loop() {
				if _, _, err := f.Of(ctx, "user_default"); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func BenchmarkOfWithAConnection(b *testing.B) {
	f := start(b)
	f.connect(b, "ann", "one")
	ctx := b.Context()
	b.ReportAllocs()
	for b.Loop() {
		_, release, err := f.Of(ctx, "ann")
		if err != nil {
			b.Fatal(err)
		}
		release()
	}
}
