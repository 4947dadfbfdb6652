package embedded_test

import (
	"context"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.mongodb.org/mongo-driver/bson"
	"go.uber.org/zap"
	"go.uber.org/zap/zaptest/observer"

	"github.com/orchestrix/orchestrix/platform/mongo"
	"github.com/orchestrix/orchestrix/platform/mongo/embedded"
)

func TestIndexesAreLearnedFromSlowFinds(t *testing.T) {
	core, logs := observer.New(zap.InfoLevel)
	s, err := embedded.Open(t.Context(), embedded.Options{Dir: t.TempDir(), Logger: zap.New(core)})
	require.NoError(t, err)
	defer func() { require.NoError(t, s.Close(context.Background())) }()
	c := s.Collection("people")
	var wait sync.WaitGroup
	for worker := range 16 {
		wait.Go(func() {
			for i := worker; i < 3000; i += 16 {
				_, err := c.InsertOne(t.Context(), bson.D{{Key: "email", Value: fmt.Sprintf("p%d@x.y", i)}, {Key: "even", Value: i%2 == 0}})
				assert.NoError(t, err)
			}
		})
	}
	wait.Wait()
	find := func(filter bson.D) int {
		found, err := c.Find(t.Context(), filter, mongo.FindOptions{})
		require.NoError(t, err)
		return len(found)
	}
	assert.Equal(t, 1500, find(bson.D{{Key: "even", Value: true}}))
	assert.Equal(t, 1, find(bson.D{{Key: "email", Value: "p7@x.y"}, {Key: "even", Value: false}}))
	require.Eventually(t, func() bool { return logs.FilterMessage("learned an index").Len() == 1 }, 10*time.Second, time.Millisecond)
	assert.Equal(t, "email", logs.All()[0].ContextMap()["field"])
	assert.Equal(t, 1, find(bson.D{{Key: "email", Value: "p7@x.y"}}))
	declared, err := c.Indexes(t.Context())
	require.NoError(t, err)
	assert.Empty(t, declared, "a learned index is nobody's declaration")
	_, err = c.UpdateOne(t.Context(), bson.D{{Key: "email", Value: "p7@x.y"}}, bson.D{{Key: "$set", Value: bson.D{{Key: "email", Value: "new"}}}}, mongo.UpdateOptions{})
	require.NoError(t, err)
	assert.Equal(t, 1, find(bson.D{{Key: "email", Value: "new"}}))
	require.NoError(t, c.EnsureIndexes(t.Context(), mongo.Index{Fields: []string{"email"}, Unique: true}))
	declared, err = c.Indexes(t.Context())
	require.NoError(t, err)
	assert.Len(t, declared, 1, "declaring it makes it one")
}
