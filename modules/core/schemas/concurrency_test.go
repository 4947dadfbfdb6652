package schemas_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"runtime"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.mongodb.org/mongo-driver/bson"
	"go.uber.org/goleak"

	"github.com/orchestrix/orchestrix/platform/data"
	"github.com/orchestrix/orchestrix/platform/doc"
	"github.com/orchestrix/orchestrix/platform/mongo"
)

// Everything at once; what is known at the end is what is stored.
func TestConcurrentUse(t *testing.T) {
	f := newFixture(t, openStore(t), shared)
	var wait sync.WaitGroup
	for worker := range 8 {
		wait.Go(func() {
			for i := range 20 {
				_, err := f.Define(t.Context(), owner, f.data, "contended", fieldsOf(fmt.Sprintf("f%d_%d", worker, i), "number"), nil, false)
				assert.NoError(t, err)
				_, err = f.data.Insert(t.Context(), "contended", bson.D{{Key: fmt.Sprintf("g%d_%d", worker, i), Value: "x"}})
				assert.NoError(t, err)
				f.Mentioned(owner, []string{fmt.Sprintf("named%d_%d", worker, i)})
				f.clock.Advance(time.Minute)
				_, err = f.Schemas(t.Context(), owner, i%10 == 0)
				assert.NoError(t, err)
				_, err = f.Knows(t.Context(), owner, "contended")
				assert.NoError(t, err)
				if i%5 == 4 {
					_ = f.Delete(t.Context(), owner, fmt.Sprintf("own%d", worker))
					_, err = f.Define(t.Context(), owner, f.data, fmt.Sprintf("own%d", worker), fieldsOf(), nil, false)
					assert.NoError(t, err)
				}
			}
		})
	}
	wait.Wait()
	known, err := f.Get(t.Context(), owner, "contended")
	require.NoError(t, err)
	stored, err := f.store.Collection("collectiondefinitions").FindOne(t.Context(), bson.D{{Key: "collectionName", Value: "contended"}}, mongo.FindOptions{})
	require.NoError(t, err)
	assert.Equal(t, stored[2].Value, known.Fields, "%v", stored)
	assert.Equal(t, known.Fields[0].Key, f.list()["contended"][0])
	for worker := range 8 {
		assert.Contains(t, f.list(), fmt.Sprintf("own%d", worker))
	}
}

// Who defines at the same time as others leaves behind what was stored last.
func TestDefinitionsAreNotedInTheirOrder(t *testing.T) {
	store := openStore(t)
	f := newFixture(t, slowReplies{store})
	for range 20 {
		var wait sync.WaitGroup
		for i := range 8 {
			wait.Go(func() { f.define("c", fmt.Sprintf("f%d", i), "number") })
		}
		wait.Wait()
		known, err := f.Get(t.Context(), owner, "c")
		require.NoError(t, err)
		fresh := newFixture(t, store)
		stored, err := fresh.Get(t.Context(), owner, "c")
		require.NoError(t, err)
		require.Equal(t, stored.Fields, known.Fields)
	}
}

// Indexes join those of before, also of who declares one at the same time.
func TestIndexesDeclaredAtTheSameTimeAreAllKept(t *testing.T) {
	f := newFixture(t, openStore(t))
	f.define("c")
	var wait sync.WaitGroup
	for i := range 8 {
		wait.Go(func() {
			index := doc.Object{{Key: "fields", Value: doc.Array{fmt.Sprintf("f%d", i)}}}
			_, err := f.Define(t.Context(), owner, f.data, "c", fieldsOf(), doc.Array{index}, true)
			assert.NoError(t, err)
		})
	}
	wait.Wait()
	f.define("c", "a", "number") // without indexes it keeps them, too
	known, err := f.Get(t.Context(), owner, "c")
	require.NoError(t, err)
	assert.Len(t, known.Indexes, 8)
}

// slowReplies lets others come in between a write and its reply.
type slowReplies struct{ mongo.Store }

type slowCollection struct{ mongo.Collection }

func (s slowReplies) Collection(name string) mongo.Collection {
	return slowCollection{s.Store.Collection(name)}
}

func (c slowCollection) FindOneAndUpdate(ctx context.Context, filter, update bson.D, opts mongo.FindUpdateOptions) (bson.D, error) {
	found, err := c.Collection.FindOneAndUpdate(ctx, filter, update, opts)
	for range rand.IntN(5) {
		runtime.Gosched()
	}
	return found, err
}

func TestCloseLeavesNothingBehind(t *testing.T) {
	store := openStore(t)
	before := goleak.IgnoreCurrent()
	f := newFixture(t, store, shared)
	for range 50 {
		f.clock.Advance(2 * time.Minute)
		f.list()
	}
	f.Close()
	f.Close()
	goleak.VerifyNone(t, before)
}

// In a namespace of their own, owners know nothing of each other.
func TestOwnersApart(t *testing.T) {
	store := openStore(t)
	f := newFixture(t, store, isolated)
	provider := data.NewProvider(store, data.Options{Mode: data.Isolated, Shapes: f.Service, Clock: f.clock.Now})
	for owner, kind := range map[string]string{"ann": "number", "bob": "string"} {
		_, err := f.Define(t.Context(), owner, provider.For(owner), "things", fieldsOf("of"+owner, kind), nil, false)
		require.NoError(t, err)
		_, err = provider.For(owner).Insert(t.Context(), "only"+owner, bson.D{{Key: "a", Value: 1}})
		require.NoError(t, err)
		f.Mentioned(owner, []string{"named" + owner})
	}
	for owner, other := range map[string]string{"ann": "bob", "bob": "ann"} {
		for _, refresh := range []bool{false, true} {
			all, err := f.Schemas(t.Context(), owner, refresh)
			require.NoError(t, err)
			text := fmt.Sprint(all)
			assert.Contains(t, text, "only"+owner)
			assert.NotContains(t, text, other)
		}
		known, err := f.Knows(t.Context(), owner, "only"+other)
		require.NoError(t, err)
		assert.False(t, known)
	}
	assert.Error(t, f.CheckDocument(t.Context(), "ann", "things", bson.D{{Key: "ofann", Value: "x"}}))
	assert.NoError(t, f.CheckDocument(t.Context(), "bob", "things", bson.D{{Key: "ofann", Value: "x"}}))
	require.NoError(t, f.Delete(t.Context(), "ann", "things"))
	_, err := f.Get(t.Context(), "bob", "things")
	require.NoError(t, err)
}
