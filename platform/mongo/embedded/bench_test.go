package embedded

import (
	"context"
	"fmt"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/require"
	"go.mongodb.org/mongo-driver/bson"
	"golang.org/x/sync/errgroup"

	"github.com/orchestrix/orchestrix/platform/mongo"
)

const (
	benchDocuments = 100_000
	benchGroups    = 10_000
)

func benchDocument(i int) bson.D {
	return bson.D{{Key: "_id", Value: fmt.Sprintf("id-%d", i)}, {Key: "email", Value: fmt.Sprintf("%d@example.com", i)},
		{Key: "group", Value: i % benchGroups}, {Key: "n", Value: i}, {Key: "name", Value: "Ada Lovelace"},
		{Key: "address", Value: bson.D{{Key: "city", Value: "London"}, {Key: "lines", Value: bson.A{"a", "b"}}}}}
}

// loaded is a collection with 100,000 documents and two indexes.
func loaded(b *testing.B) mongo.Collection {
	b.Helper()
	c := openStore(b, b.TempDir()).Collection("things")
	require.NoError(b, c.EnsureIndexes(b.Context(), mongo.Index{Fields: []string{"email"}, Unique: true}, mongo.Index{Fields: []string{"group"}}))
	var load errgroup.Group
	load.SetLimit(512)
	for i := range benchDocuments {
		load.Go(func() error {
			_, err := c.InsertOne(context.Background(), benchDocument(i))
			return err
		})
	}
	require.NoError(b, load.Wait())
	return c
}

func BenchmarkInsert(b *testing.B) {
	c := openStore(b, b.TempDir()).Collection("things")
	require.NoError(b, c.EnsureIndexes(b.Context(), mongo.Index{Fields: []string{"email"}, Unique: true}))
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		if _, err := c.InsertOne(b.Context(), benchDocument(i)); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkInsert64(b *testing.B) {
	c := openStore(b, b.TempDir()).Collection("things")
	require.NoError(b, c.EnsureIndexes(b.Context(), mongo.Index{Fields: []string{"email"}, Unique: true}))
	b.ReportAllocs()
	b.ResetTimer()
	var next atomic.Int64
	var writers errgroup.Group
	for range 64 {
		writers.Go(func() error {
			for {
				i := int(next.Add(1))
				if i > b.N {
					return nil
				}
				if _, err := c.InsertOne(context.Background(), benchDocument(i)); err != nil {
					return err
				}
			}
		})
	}
	require.NoError(b, writers.Wait())
}

// BenchmarkLarge measures finds and updates among 100,000 documents.
func BenchmarkLarge(b *testing.B) {
	c := loaded(b)
	for _, find := range []struct {
		name   string
		filter func(i int) bson.D
		want   int
	}{
		{"find by _id", func(i int) bson.D {
			return bson.D{{Key: "_id", Value: fmt.Sprintf("id-%d", i*7919%benchDocuments)}}
		}, 1},
		{"find by unique field", func(i int) bson.D {
			return bson.D{{Key: "email", Value: fmt.Sprintf("%d@example.com", i*7919%benchDocuments)}}
		}, 1},
		{"find 10 by field", func(i int) bson.D {
			return bson.D{{Key: "group", Value: i * 7919 % benchGroups}}
		}, benchDocuments / benchGroups},
		// A comparison is one that no index helps with.
		{"scan", func(int) bson.D { return bson.D{{Key: "n", Value: bson.D{{Key: "$lt", Value: 10}}}} }, 10},
	} {
		b.Run(find.name, func(b *testing.B) {
			b.ReportAllocs()
			for i := 0; b.Loop(); i++ {
				found, err := c.Find(b.Context(), find.filter(i), mongo.FindOptions{})
				if err != nil || len(found) != find.want {
					b.Fatalf("%d documents, %v", len(found), err)
				}
			}
		})
	}
	b.Run("update one", func(b *testing.B) {
		b.ReportAllocs()
		for i := 0; b.Loop(); i++ {
			res, err := c.UpdateOne(b.Context(), bson.D{{Key: "_id", Value: fmt.Sprintf("id-%d", i*7919%benchDocuments)}},
				bson.D{{Key: "$inc", Value: bson.D{{Key: "n", Value: 1}}}}, mongo.UpdateOptions{})
			if err != nil || res.Modified != 1 {
				b.Fatal(res, err)
			}
		}
	})
}

// BenchmarkFindOne is what every request that reads a document pays.
func BenchmarkFindOne(b *testing.B) {
	s, err := Open(b.Context(), Options{Dir: b.TempDir()})
	require.NoError(b, err)
	defer func() { require.NoError(b, s.Close(context.Background())) }()
	c := s.Collection("workflows")
	require.NoError(b, c.EnsureIndexes(b.Context(), mongo.Index{Fields: []string{"workflowId"}}, mongo.Index{Fields: []string{"ownerId"}},
		mongo.Index{Fields: []string{"workflowId", "ownerId"}, Unique: true}, mongo.Index{Fields: []string{"apiPath"}, Unique: true, Sparse: true}))
	for i := range 1000 {
		_, err := c.InsertOne(b.Context(), bson.D{{Key: "workflowId", Value: fmt.Sprint("w", i)}, {Key: "ownerId", Value: "o"}, {Key: "apiPath", Value: fmt.Sprint("/w", i)}})
		require.NoError(b, err)
	}
	b.ReportAllocs()
	for b.Loop() {
		_, err := c.FindOne(b.Context(), bson.D{{Key: "workflowId", Value: "w500"}, {Key: "ownerId", Value: "o"}}, mongo.FindOptions{})
		require.NoError(b, err)
	}
}
