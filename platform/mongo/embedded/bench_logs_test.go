package embedded

import (
	"context"
	"fmt"
	"syscall"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"
	"go.mongodb.org/mongo-driver/bson"
	"go.mongodb.org/mongo-driver/bson/primitive"
	"golang.org/x/sync/errgroup"

	"github.com/orchestrix/orchestrix/platform/mongo"
)

const (
	logsPerCall = 9
	logsStored  = 200_000
	callsAtOnce = 110 // about 1000 documents, what 100 ms of calls leave behind
)

var logIndex = mongo.Index{Fields: []string{"executionId", "seq"}, Unique: true}

// logsOf are the documents that one call of a published API leaves in its log.
func logsOf(execution string) []bson.D {
	docs := make([]bson.D, logsPerCall)
	now := primitive.NewDateTimeFromTime(time.Now())
	for n := range docs {
		docs[n] = bson.D{{Key: "_id", Value: primitive.NewObjectID()}, {Key: "executionId", Value: execution}, {Key: "seq", Value: int64(n)},
			{Key: "timestamp", Value: now}, {Key: "type", Value: "step"}, {Key: "phase", Value: "completed"}, {Key: "stepIndex", Value: n / 2},
			{Key: "stepType", Value: "inputValidation"}, {Key: "stepName", Value: "inputValidation"}, {Key: "title", Value: "Input validation"},
			{Key: "message", Value: "All rules are satisfied"}, {Key: "input", Value: bson.D{{Key: "email", Value: "ada@example.com"}, {Key: "name", Value: "Ada"}}},
			{Key: "output", Value: bson.D{{Key: "valid", Value: true}}}, {Key: "error", Value: nil}, {Key: "durationMs", Value: 0.25}}
	}
	return docs
}

// newExecution is a UUIDv7, whose order is that of time.
func newExecution() string { return uuid.Must(uuid.NewV7()).String() }

// logsOfMany are the logs of calls that ran at the same time: step by step, the
// one among the other.
func logsOfMany(calls int) []bson.D {
	var docs []bson.D
	const together = 1
	for ; calls > 0; calls -= together {
		var running [][]bson.D
		for range min(together, calls) {
			running = append(running, logsOf(newExecution()))
		}
		for n := range logsPerCall {
			for _, logs := range running {
				docs = append(docs, logs[n])
			}
		}
	}
	return docs
}

// loggedStore holds what came before.
func loggedStore(b *testing.B) mongo.Collection {
	b.Helper()
	c := openStore(b, b.TempDir()).Collection("execution_logs")
	require.NoError(b, c.EnsureIndexes(b.Context(), logIndex))
	for n := 0; n < logsStored; n += callsAtOnce * logsPerCall {
		require.NoError(b, c.InsertMany(b.Context(), logsOfMany(callsAtOnce)))
	}
	return c
}

// measured runs write for groups of calls, b.N calls in all, and reports what
// they cost. The documents are made beforehand.
func measured(b *testing.B, write func([]bson.D) error) {
	b.Helper()
	b.ReportAllocs()
	b.ResetTimer()
	var spent time.Duration
	for left := b.N; left > 0; left -= callsAtOnce {
		b.StopTimer()
		docs := logsOfMany(min(callsAtOnce, left))
		b.StartTimer()
		before := cpu()
		if err := write(docs); err != nil {
			b.Fatal(err)
		}
		spent += cpu() - before
	}
	b.ReportMetric(float64(spent.Nanoseconds())/1000/float64(b.N*logsPerCall), "cpu-µs/doc")
}

// cpu is the processor time that this process has used.
func cpu() time.Duration {
	var usage syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &usage); err != nil {
		return 0
	}
	return time.Duration(usage.Utime.Nano() + usage.Stime.Nano())
}

// BenchmarkInsertManyLogs is the log of a call per operation, written with that
// of the calls of the same moment.
func BenchmarkInsertManyLogs(b *testing.B) {
	c := loggedStore(b)
	measured(b, func(docs []bson.D) error { return c.InsertMany(context.Background(), docs) })
}

// BenchmarkInsertOneLogs is the same with a write for each document; they share
// commits.
func BenchmarkInsertOneLogs(b *testing.B) {
	c := loggedStore(b)
	measured(b, func(docs []bson.D) error {
		var group errgroup.Group
		for _, d := range docs {
			group.Go(func() error {
				_, err := c.InsertOne(context.Background(), d)
				return err
			})
		}
		return group.Wait()
	})
}

// BenchmarkOrderedWalk reads pages of 50 among 200,000 documents.
func BenchmarkOrderedWalk(b *testing.B) {
	c := openStore(b, b.TempDir()).Collection("executions")
	require.NoError(b, c.EnsureIndexes(b.Context(), mongo.Index{Fields: []string{"ownerId", "_id"}}, mongo.Index{Fields: []string{"status", "_id"}}))
	ids := make([]string, logsStored)
	docs := make([]bson.D, logsStored)
	for n := range docs {
		ids[n] = newExecution()
		docs[n] = bson.D{{Key: "_id", Value: ids[n]}, {Key: "ownerId", Value: fmt.Sprint("owner-", n%4)}, {Key: "status", Value: "completed"}, {Key: "n", Value: n}}
	}
	require.NoError(b, c.InsertMany(b.Context(), docs))
	newest := bson.D{{Key: "_id", Value: -1}}
	for name, find := range map[string]struct {
		filter func(n int) bson.D
		opts   mongo.FindOptions
	}{
		"newest of all":      {func(int) bson.D { return nil }, mongo.FindOptions{Sort: newest, Limit: 50}},
		"newest of an owner": {func(int) bson.D { return bson.D{{Key: "ownerId", Value: "owner-1"}} }, mongo.FindOptions{Sort: newest, Limit: 50}},
		"a later page": {func(n int) bson.D {
			return bson.D{{Key: "ownerId", Value: "owner-1"}, {Key: "_id", Value: bson.D{{Key: "$lt", Value: ids[logsStored/4+n%(logsStored/2)]}}}}
		}, mongo.FindOptions{Sort: newest, Limit: 50}},
		"behind 10,000":     {func(int) bson.D { return bson.D{{Key: "ownerId", Value: "owner-1"}} }, mongo.FindOptions{Sort: newest, Skip: 10_000, Limit: 50}},
		"oldest, to delete": {func(int) bson.D { return bson.D{{Key: "_id", Value: bson.D{{Key: "$lt", Value: ids[1000]}}}} }, mongo.FindOptions{Sort: bson.D{{Key: "_id", Value: 1}}, Limit: 50}},
	} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for n := 0; b.Loop(); n++ {
				found, err := c.Find(b.Context(), find.filter(n), find.opts)
				if err != nil || len(found) != 50 {
					b.Fatal(len(found), err)
				}
			}
		})
	}
	b.Run("count of an owner", func(b *testing.B) {
		for b.Loop() {
			if n, err := c.Count(b.Context(), bson.D{{Key: "ownerId", Value: "owner-1"}}); n != logsStored/4 || err != nil {
				b.Fatal(n, err)
			}
		}
	})
}

// BenchmarkDeleteLogs deletes the logs of 200 calls at once.
func BenchmarkDeleteLogs(b *testing.B) {
	const calls = 200
	c := loggedStore(b)
	var spent time.Duration
	for b.Loop() {
		b.StopTimer()
		ids, docs := bson.A{}, []bson.D{}
		for range calls {
			id := newExecution()
			ids, docs = append(ids, id), append(docs, logsOf(id)...)
		}
		require.NoError(b, c.InsertMany(b.Context(), docs))
		b.StartTimer()
		before := cpu()
		n, err := c.DeleteMany(b.Context(), bson.D{{Key: "executionId", Value: bson.D{{Key: "$in", Value: ids}}}})
		if err != nil || n != calls*logsPerCall {
			b.Fatal(n, err)
		}
		spent += cpu() - before
	}
	b.ReportMetric(float64(spent.Nanoseconds())/1000/float64(b.N*calls*logsPerCall), "cpu-µs/doc")
}
