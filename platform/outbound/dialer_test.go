package outbound_test

import (
	"context"
	"net"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/orchestrix/orchestrix/platform/outbound"
	"github.com/orchestrix/orchestrix/platform/outbound/outboundtest"
)

// A door is a listener on loopback that must stay shut.
func door(t *testing.T) (port string, knocks func() int) {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	count, done := 0, make(chan struct{})
	go func() {
		defer close(done)
		for {
			c, err := listener.Accept()
			if err != nil {
				return
			}
			count++
			_ = c.Close()
		}
	}()
	_, port, err = net.SplitHostPort(listener.Addr().String())
	require.NoError(t, err)
	return port, func() int {
		_ = listener.Close()
		<-done
		return count
	}
}

func TestForbiddenAddressesAreNotDialled(t *testing.T) {
	port, knocks := door(t)
	names := outboundtest.Resolver(t, map[string]string{
		"loopback.example.": "127.0.0.1", "metadata.example.": "169.254.169.254", "private.example.": "10.0.0.1",
	})
	dialer := &outbound.Dialer{Resolver: names}
	for _, host := range []string{
		"127.0.0.1", "localhost", "[::1]", "[::]", "0.0.0.0", "[::ffff:127.0.0.1]", "[::127.0.0.1]",
		"loopback.example.", "metadata.example.", "private.example.",
	} {
		t.Run(host, func(t *testing.T) {
			began := time.Now()
			_, err := dialer.DialContext(t.Context(), "tcp", host+":"+port)
			require.ErrorIs(t, err, outbound.ErrForbidden)
			assert.Less(t, time.Since(began), 8*time.Second)
		})
	}
	assert.Zero(t, knocks())
}

func TestOtherNetworksAreForbidden(t *testing.T) {
	path := filepath.Join(t.TempDir(), "s.sock")
	listener, err := net.Listen("unix", path)
	require.NoError(t, err)
	defer listener.Close()
	for _, network := range []string{"unix", "unixgram", "udp", "ip", ""} {
		for _, allow := range []bool{false, true} {
			_, err := (&outbound.Dialer{AllowPrivate: allow}).DialContext(t.Context(), network, path)
			require.ErrorIs(t, err, outbound.ErrForbidden, network)
		}
	}
}

func TestPrivateAddressesWhereAllowed(t *testing.T) {
	port, knocks := door(t)
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
	defer cancel()
	conn, err := (&outbound.Dialer{AllowPrivate: true}).DialContext(ctx, "tcp", "127.0.0.1:"+port)
	require.NoError(t, err)
	_, _ = conn.Read(make([]byte, 1)) // until the door is closed again
	require.NoError(t, conn.Close())
	assert.Equal(t, 1, knocks())
}
