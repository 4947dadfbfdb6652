package mongotest

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.mongodb.org/mongo-driver/bson"

	"github.com/orchestrix/orchestrix/platform/doc"
	"github.com/orchestrix/orchestrix/platform/mongo"
)

const workers = 64

// together runs work in many goroutines and fails the case on any error.
func (f *fixture) together(work func(worker int) error) {
	f.Helper()
	var wait sync.WaitGroup
	errs := make([]error, workers)
	for i := range workers {
		wait.Go(func() { errs[i] = work(i) })
	}
	wait.Wait()
	require.NoError(f, errors.Join(errs...))
}

var concurrency = map[string]func(*fixture){
	"increments are not lost": func(f *fixture) {
		f.insert(`{"_id":1,"n":0}`)
		f.together(func(int) error {
			for range 10 {
				if _, err := f.c.UpdateOne(f.ctx, bson.D{{Key: "_id", Value: 1}}, bson.D{{Key: "$inc", Value: bson.D{{Key: "n", Value: 1}}}}, mongo.UpdateOptions{}); err != nil {
					return err
				}
			}
			return nil
		})
		assert.Equal(f, `{"_id":1,"n":640}`, f.json(1))
	},
	"a job has one winner": func(f *fixture) {
		f.insert(`{"_id":1,"owner":null}`)
		var won atomic.Int32
		f.together(func(worker int) error {
			_, err := f.c.FindOneAndUpdate(f.ctx, bson.D{{Key: "_id", Value: 1}, {Key: "owner", Value: nil}},
				bson.D{{Key: "$set", Value: bson.D{{Key: "owner", Value: worker}}}}, mongo.FindUpdateOptions{After: true})
			if errors.Is(err, mongo.ErrNotFound) {
				return nil
			}
			won.Add(1)
			return err
		})
		assert.EqualValues(f, 1, won.Load())
	},
	"concurrent upserts make one document": func(f *fixture) {
		require.NoError(f, f.c.EnsureIndexes(f.ctx, mongo.Index{Fields: []string{"k"}, Unique: true}))
		f.together(func(int) error {
			_, err := f.c.UpdateOne(f.ctx, bson.D{{Key: "k", Value: "x"}}, bson.D{{Key: "$inc", Value: bson.D{{Key: "n", Value: 1}}}}, mongo.UpdateOptions{Upsert: true})
			return err
		})
		found, err := f.c.Find(f.ctx, bson.D{}, mongo.FindOptions{})
		require.NoError(f, err)
		require.Len(f, found, 1)
		n, _ := doc.Get(found[0], "n")
		assert.EqualValues(f, workers, n)
	},
	"one of many equal inserts succeeds, its neighbours too": func(f *fixture) {
		require.NoError(f, f.c.EnsureIndexes(f.ctx, mongo.Index{Fields: []string{"k"}, Unique: true}))
		var refused atomic.Int32
		f.together(func(worker int) error {
			if _, err := f.c.InsertOne(f.ctx, bson.D{{Key: "k", Value: worker}}); err != nil {
				return err
			}
			_, err := f.c.InsertOne(f.ctx, bson.D{{Key: "k", Value: "same"}})
			if errors.Is(err, mongo.ErrDuplicate) {
				refused.Add(1)
				return nil
			}
			return err
		})
		assert.EqualValues(f, workers-1, refused.Load())
		n, err := f.c.Count(f.ctx, bson.D{})
		require.NoError(f, err)
		assert.EqualValues(f, workers+1, n)
	},
	"an ended context writes nothing": func(f *fixture) {
		ctx, cancel := context.WithCancel(f.ctx)
		cancel()
		for range 200 { // a race of the end with the write would be lost once
			_, err := f.c.InsertOne(ctx, bson.D{})
			require.ErrorIs(f, err, context.Canceled)
		}
		assert.Empty(f, f.ids(`{}`))
	},
}
