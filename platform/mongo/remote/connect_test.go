package remote_test

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/orchestrix/orchestrix/platform/mongo"
	"github.com/orchestrix/orchestrix/platform/mongo/remote"
)

// URIs that the driver refuses quote themselves in its errors; ours never do.
func TestConnectRefusesABrokenURIWithoutRepeatingIt(t *testing.T) {
	for name, uri := range map[string]string{
		"empty":                "",
		"no scheme":            "owner:s3cr3t@a/shop",
		"broken escape":        "mongodb://owner:s3cr3t%zz@a/shop",
		"at in password":       "mongodb://owner:s3c@r3t@a/shop",
		"slash in password":    "mongodb://owner:s3c/r3t@a/shop",
		"bad option":           "mongodb://owner:s3cr3t@a/shop?maxPoolSize=s3cr3t",
		"srv of several hosts": "mongodb+srv://owner:s3cr3t@a.b.c,d.e.f/shop",
		"srv with a port":      "mongodb+srv://owner:s3cr3t@a.b.c:27017/shop",
		"missing file":         "mongodb://owner:s3cr3t@a/shop?tlsCAFile=/s3cr3t",
	} {
		t.Run(name, func(t *testing.T) {
			_, err := remote.Connect(t.Context(), remote.Options{URI: uri, ConnectTimeout: time.Minute})
			require.ErrorIs(t, err, mongo.ErrUnavailable)
			for _, piece := range []string{"s3c", "r3t", "owner"} {
				assert.NotContains(t, err.Error(), piece)
			}
			assert.Contains(t, err.Error(), "not a valid MongoDB connection string")
		})
	}
}

func TestConnectEndsWithItsContext(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err := remote.Connect(ctx, remote.Options{URI: "mongodb://owner:s3cr3t@127.0.0.1:1/shop"})
	require.ErrorIs(t, err, mongo.ErrUnavailable)
	assert.Contains(t, err.Error(), "mongodb://o***@127.0.0.1:1/shop")
}
