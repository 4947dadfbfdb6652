package wire

import (
	"context"
	"fmt"
	"net"
	"net/url"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.mongodb.org/mongo-driver/bson"
	"go.uber.org/zap"
	"go.uber.org/zap/zaptest/observer"

	"github.com/orchestrix/orchestrix/platform/mongo"
	"github.com/orchestrix/orchestrix/platform/mongo/remote"
)

func TestAnUnreachableServerIsAQuickMaskedError(t *testing.T) {
	free, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	address := free.Addr().String()
	require.NoError(t, free.Close())

	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	_, err = remote.Connect(ctx, remote.Options{
		URI:            "mongodb://owner:s3cr3t@" + address + "/shop?appName=hush",
		ConnectTimeout: time.Second,
	})
	require.ErrorIs(t, err, mongo.ErrUnavailable)
	assert.NoError(t, ctx.Err(), "the connect timeout ends it, not the caller's")
	assert.Equal(t, "store unavailable: mongodb://o***@"+address+"/shop: connection refused", err.Error())
}

func TestASilentServerIsAMaskedErrorToo(t *testing.T) {
	silent, err := net.Listen("tcp", "127.0.0.1:0") // takes connections, never answers
	require.NoError(t, err)
	t.Cleanup(func() { _ = silent.Close() })

	_, err = remote.Connect(t.Context(), remote.Options{
		URI: "mongodb://owner:s3cr3t@" + silent.Addr().String(), ConnectTimeout: time.Second,
	})
	require.ErrorIs(t, err, mongo.ErrUnavailable)
	assert.NotContains(t, err.Error(), "s3cr3t")
	assert.NotContains(t, err.Error(), "owner")
}

func TestALostServerIsUnavailableAndComesBackByItself(t *testing.T) {
	uri, err := url.Parse(Start(t))
	require.NoError(t, err)
	line := startProxy(t, uri.Host)
	uri.Host = line.address
	core, logged := observer.New(zap.InfoLevel)
	store, err := remote.Connect(t.Context(), remote.Options{URI: uri.String(), Logger: zap.New(core)})
	require.NoError(t, err)
	t.Cleanup(func() { assert.NoError(t, store.Close(context.Background())) })
	things := store.Collection("things")
	_, err = things.InsertOne(t.Context(), bson.D{{Key: "_id", Value: "a"}})
	require.NoError(t, err)

	line.cut()
	limit, cancel := context.WithTimeout(t.Context(), 9*time.Second)
	defer cancel()
	_, err = things.FindOne(limit, bson.D{{Key: "_id", Value: "a"}}, mongo.FindOptions{})
	require.ErrorIs(t, err, mongo.ErrUnavailable)
	require.NoError(t, limit.Err(), "an outage must not take the caller's whole time")
	require.ErrorIs(t, store.Ping(limit), mongo.ErrUnavailable)

	line.restore()
	require.Eventually(t, func() bool {
		found, err := things.FindOne(t.Context(), bson.D{{Key: "_id", Value: "a"}}, mongo.FindOptions{})
		return err == nil && len(found) == 1
	}, 15*time.Second, 50*time.Millisecond)
	require.NoError(t, store.Ping(t.Context()))
	assert.Equal(t, "MongoDB mongodb://"+line.address+"/wire", store.String())
	assert.Equal(t, 1, logged.FilterMessage("MongoDB server lost").Len(), "one line for one outage")
	assert.Equal(t, 2, logged.FilterMessage("MongoDB server reached").Len(), "at the start and after it")
}

// FerretDB refuses SCRAM without an account: the same to the driver as a wrong
// password.
func TestRefusedCredentialsAreNotTriedAgain(t *testing.T) {
	uri, err := url.Parse(Start(t))
	require.NoError(t, err)
	uri.User = url.UserPassword("owner", "s3cr3t")
	core, logged := observer.New(zap.DebugLevel)
	limit, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	_, err = remote.Connect(limit, remote.Options{URI: uri.String(), Logger: zap.New(core), ConnectTimeout: time.Hour})
	require.ErrorIs(t, err, mongo.ErrUnavailable)
	require.NoError(t, limit.Err())
	assert.Equal(t, "store unavailable: mongodb://o***@"+uri.Host+"/wire: the server refused the user or password", err.Error())
	for _, entry := range logged.All() {
		assert.NotContains(t, fmt.Sprint(entry.Message, entry.ContextMap()), "s3cr3t")
	}
}

func TestAnEndedContextIsTheContextsError(t *testing.T) {
	store := connect(t, Start(t))
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err := store.Collection("things").Count(ctx, nil)
	require.ErrorIs(t, err, context.Canceled)
	require.NotErrorIs(t, err, mongo.ErrUnavailable)
}

func TestAClosedStoreIsUnavailable(t *testing.T) {
	store := connect(t, Start(t))
	require.NoError(t, store.Close(t.Context()))
	require.NoError(t, store.Close(t.Context()), "closing twice is harmless")
	require.ErrorIs(t, store.Ping(t.Context()), mongo.ErrUnavailable)
	_, err := store.Collection("things").Count(t.Context(), nil)
	require.ErrorIs(t, err, mongo.ErrUnavailable)
}

func connect(t *testing.T, uri string) mongo.Store {
	t.Helper()
	store, err := remote.Connect(t.Context(), remote.Options{URI: uri})
	require.NoError(t, err)
	t.Cleanup(func() { assert.NoError(t, store.Close(context.Background())) })
	return store
}
