package remote_test

import (
	"context"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/orchestrix/orchestrix/platform/mongo"
	"github.com/orchestrix/orchestrix/platform/mongo/remote"
	"github.com/orchestrix/orchestrix/platform/mongo/remote/remotetest"
)

// serve connects a store to a server that answers with answer.
func serve(t *testing.T, answer remotetest.Answer) (mongo.Store, *remotetest.Server) {
	t.Helper()
	server := remotetest.Serve(t, answer)
	store, err := remote.Connect(t.Context(), remote.Options{URI: "mongodb://" + server.Address + "/shop"})
	require.NoError(t, err)
	t.Cleanup(func() { assert.NoError(t, store.Close(context.Background())) })
	return store, server
}
