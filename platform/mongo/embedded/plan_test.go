package embedded

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.mongodb.org/mongo-driver/bson"

	"github.com/orchestrix/orchestrix/platform/mongo"
)

// visits is how many entries a search goes through, and whether it sorts.
func visits(t *testing.T, c mongo.Collection, filter, sort bson.D, skip, limit int64) (count int, p *plan) {
	t.Helper()
	m, err := newMatcher(filter)
	require.NoError(t, err)
	o, err := newOrder(sort)
	require.NoError(t, err)
	require.NoError(t, c.(*collection).view(t.Context(), func(table *table) error {
		p, err = table.plan(m.query, o)
		require.NoError(t, err)
		s := search{table: table, matcher: m, order: o, limit: limit}
		return s.each(t.Context(), p, func() bool { count++; return int64(count) <= skip }, func(match) error {
			if int64(count) >= skip+limit && (p.sorted || len(sort) == 0) {
				return errEnough
			}
			return nil
		})
	}))
	return count, p
}

// The searches of a run history read what they return, and little more.
func TestPlansOfARunHistory(t *testing.T) {
	s := openStore(t, t.TempDir())
	runs, logs := s.Collection("executions"), s.Collection("execution_logs")
	require.NoError(t, runs.EnsureIndexes(t.Context(), mongo.Index{Fields: []string{"ownerId", "_id"}},
		mongo.Index{Fields: []string{"workflowId", "_id"}, Sparse: true}, mongo.Index{Fields: []string{"status"}}))
	require.NoError(t, logs.EnsureIndexes(t.Context(), logIndex))
	var executions, entries []bson.D
	id := func(n int) string { return fmt.Sprintf("run-%04d", n) }
	for n := range 1000 {
		d := bson.D{{Key: "_id", Value: id(n)}, {Key: "ownerId", Value: fmt.Sprint("owner", n%10)}, {Key: "status", Value: []string{"ok", "failed"}[n%2]}}
		if n%4 == 0 {
			d = append(d, bson.E{Key: "workflowId", Value: fmt.Sprint("flow", n%10)})
		}
		executions = append(executions, d)
		for seq := range 3 {
			entries = append(entries, bson.D{{Key: "executionId", Value: id(n)}, {Key: "seq", Value: seq}})
		}
	}
	require.NoError(t, runs.InsertMany(t.Context(), executions))
	require.NoError(t, logs.InsertMany(t.Context(), entries))
	newest, oldest, bySeq := bson.D{{Key: "_id", Value: -1}}, bson.D{{Key: "_id", Value: 1}}, bson.D{{Key: "seq", Value: 1}}
	for name, row := range map[string]struct {
		c            mongo.Collection
		filter, sort string
		skip, limit  int64
		want         int
		index        string // empty: the documents themselves
		sorted       bool
		covered      bool
	}{
		"newest":                   {runs, `{}`, "newest", 0, 20, 20, "", true, true},
		"newest before":            {runs, `{"_id":{"$lt":"run-0500"}}`, "newest", 0, 20, 20, "", true, true},
		"newest of an owner":       {runs, `{"ownerId":"owner3"}`, "newest", 0, 20, 20, "ownerId_1__id_1", true, true},
		"its second page":          {runs, `{"ownerId":"owner3","_id":{"$lt":"run-0500"}}`, "newest", 0, 20, 20, "ownerId_1__id_1", true, true},
		"its page by number":       {runs, `{"ownerId":"owner3"}`, "newest", 40, 20, 60, "ownerId_1__id_1", true, true},
		"newest of a workflow":     {runs, `{"workflowId":"flow4"}`, "newest", 0, 20, 20, "workflowId_1__id_1", true, true},
		"by an exact index":        {runs, `{"status":"failed"}`, "newest", 0, 20, 20, "status_1", true, true},
		"by an exact index, after": {runs, `{"status":"failed","_id":{"$gt":"run-0500"}}`, "oldest", 0, 20, 20, "status_1", true, true},
		"oldest, to delete":        {runs, `{"_id":{"$lt":"run-0500"}}`, "oldest", 0, 20, 20, "", true, true},
		"all old":                  {runs, `{"_id":{"$lt":"run-0100"}}`, "", 0, 1000, 100, "", false, true},
		"logs of a run":            {logs, `{"executionId":"run-0007"}`, "seq", 0, 100, 3, "executionId_1_seq_1", true, true},
		"logs from a number on":    {logs, `{"executionId":"run-0007","seq":{"$gte":1}}`, "seq", 0, 100, 2, "executionId_1_seq_1", true, false},
		"logs of runs, to delete":  {logs, `{"executionId":{"$in":["run-0007","run-0009","run-0007"]}}`, "", 0, 1000, 6, "executionId_1_seq_1", false, true},
		"logs by seq alone":        {logs, `{}`, "seq", 0, 10, 3000, "", false, true},
	} {
		t.Run(name, func(t *testing.T) {
			sort := map[string]bson.D{"newest": newest, "oldest": oldest, "seq": bySeq}[row.sort]
			n, p := visits(t, row.c, parse(t, row.filter), sort, row.skip, row.limit)
			assert.Equal(t, row.want, n)
			assert.Equal(t, row.sorted, p.sorted)
			assert.Equal(t, row.covered, p.covered)
			if row.index == "" {
				assert.True(t, p.docs)
			} else if assert.NotNil(t, p.index) {
				assert.Equal(t, row.index, p.index.Name())
			}
		})
	}
}

// One list, or one value whose key does not tell its order, and the index does
// not stand for a sort any more; to be made anew helps when they are gone.
func TestAnIndexLosesItsOrder(t *testing.T) {
	for name, odd := range map[string]any{
		"a list": bson.A{1}, "an empty list": bson.A{}, "a document": bson.D{}, "a long text": string(make([]byte, 2000)), "an inexact decimal": decimalOf("1.00000000000000000000001"),
	} {
		t.Run(name, func(t *testing.T) {
			c := openStore(t, t.TempDir()).Collection("things")
			byN, index := bson.D{{Key: "n", Value: 1}}, mongo.Index{Fields: []string{"n"}}
			require.NoError(t, c.EnsureIndexes(t.Context(), index))
			isSorted := func() bool {
				_, p := visits(t, c, nil, byN, 0, 10)
				return p.sorted
			}
			for _, value := range []any{1, "x", nil, 2.5, decimalOf("1.5"), true} {
				_, err := c.InsertOne(t.Context(), bson.D{{Key: "n", Value: value}})
				require.NoError(t, err)
			}
			require.True(t, isSorted())
			require.NoError(t, c.InsertMany(t.Context(), []bson.D{{{Key: "_id", Value: 1}, {Key: "n", Value: 7}}, {{Key: "_id", Value: 2}, {Key: "n", Value: odd}}}))
			require.False(t, isSorted())
			_, err := c.DeleteOne(t.Context(), bson.D{{Key: "_id", Value: 2}})
			require.NoError(t, err)
			require.False(t, isSorted(), "nobody counts them")
			require.NoError(t, c.EnsureIndexes(t.Context(), mongo.Index{Fields: []string{"n"}, Sparse: true}))
			require.NoError(t, c.EnsureIndexes(t.Context(), index))
			require.True(t, isSorted())
			_, err = c.UpdateOne(t.Context(), bson.D{{Key: "_id", Value: 1}}, bson.D{{Key: "$set", Value: bson.D{{Key: "n", Value: odd}}}}, mongo.UpdateOptions{})
			require.NoError(t, err)
			require.False(t, isSorted())
			requireConsistent(t, c.(*collection).store)
		})
	}
}
