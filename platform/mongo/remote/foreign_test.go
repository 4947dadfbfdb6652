package remote_test

import (
	"context"
	"errors"
	"net"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.mongodb.org/mongo-driver/bson"
	"go.mongodb.org/mongo-driver/bson/primitive"
	"go.mongodb.org/mongo-driver/mongo/options"

	"github.com/orchestrix/orchestrix/platform/mongo"
	"github.com/orchestrix/orchestrix/platform/mongo/remote"
	"github.com/orchestrix/orchestrix/platform/mongo/remote/remotetest"
	"github.com/orchestrix/orchestrix/platform/outbound"
)

func TestForeignConnectionStrings(t *testing.T) {
	for _, uri := range []string{
		"mongodb://a.example.com", "mongodb://a.example.com./", "mongodb://owner:s3cr3t@a.example.com:27017/shop",
		"mongodb://1.2.3.4,[2606:4700::1]:27018/shop?replicaSet=rs&tls=true;w=majority",
		"mongodb+srv://owner:s3%40cr3t@c0.abc.mongodb.net/shop?retryWrites=true&w=majority&appName=Cluster0",
		"mongodb://owner:s3cr3t@a/?authMechanism=SCRAM-SHA-256&authSource=admin",
	} {
		assert.NoError(t, remote.CheckForeign(uri), uri)
	}
	for name, row := range map[string]struct{ uri, why string }{
		"empty":                 {"", "must begin with mongodb://"},
		"other scheme":          {"postgres://owner:s3cr3t@a", "must begin with mongodb://"},
		"capital scheme":        {"MONGODB://owner:s3cr3t@a", "must begin with mongodb://"},
		"file":                  {"file:///s3cr3t", "must begin with mongodb://"},
		"too long":              {"mongodb://a/" + strings.Repeat("s3cr3t", 400), "longer than 2048"},
		"newline":               {"mongodb://a/s3cr3t\nx", "control characters"},
		"space":                 {"mongodb://owner:s3c r3t@a", "spaces"},
		"NUL":                   {"mongodb://a\x00.example/x", "control characters"},
		"not UTF-8":             {"mongodb://a/s3cr3t\xff", "control characters"},
		"two @":                 {"mongodb://owner:s3c@r3t@a", "percent-encoded"},
		"@ in the path":         {"mongodb://owner:s3c/r3t@a", "percent-encoded"},
		"#":                     {"mongodb://owner:s3c#r3t@a", "percent-encoded"},
		"many hosts":            {"mongodb://" + strings.Repeat("a,", 16) + "a", "more than 16 hosts"},
		"no host":               {"mongodb:///x", "host"},
		"empty host":            {"mongodb://owner:s3cr3t@a,,b", "host"},
		"socket":                {"mongodb://%2Ftmp%2Fs3cr3t.sock/x", "host"},
		"name like a socket":    {"mongodb://owner:s3cr3t@a.sock/x", "host"},
		"socket, capitals":      {"mongodb://owner:s3cr3t@a.SOCK./x", "host"},
		"percent in a host":     {"mongodb://owner:s3cr3t@%31%32%37.0.0.1", "host"},
		"zone":                  {"mongodb://owner:s3cr3t@[fe80::1%25lo]", "host"},
		"bare IPv6":             {"mongodb://owner:s3cr3t@::1/x", "host"},
		"short address":         {"mongodb://owner:s3cr3t@127.1", "host"},
		"one number":            {"mongodb://owner:s3cr3t@2130706433", "host"},
		"hexadecimal":           {"mongodb://owner:s3cr3t@0x7f000001", "host"},
		"hexadecimal label":     {"mongodb://owner:s3cr3t@127.0.0.0x1", "host"},
		"octal":                 {"mongodb://owner:s3cr3t@0177.0.0.01", "host"},
		"number with a dot":     {"mongodb://owner:s3cr3t@2130706433.", "host"},
		"five numbers":          {"mongodb://owner:s3cr3t@1.2.3.4.5", "host"},
		"other digits":          {"mongodb://owner:s3cr3t@①②⑦.0.0.1", "host"},
		"port 0":                {"mongodb://owner:s3cr3t@a:0", "port"},
		"port 65536":            {"mongodb://owner:s3cr3t@a:65536", "port"},
		"reads a file":          {"mongodb://owner:s3cr3t@a/?tlsCAFile=/etc/passwd", "tlsCAFile is not allowed"},
		"reads a key":           {"mongodb://owner:s3cr3t@a/?TLSCERTIFICATEKEYFILE=/x", "tlsCertificateKeyFile is not allowed"},
		"escaped name":          {"mongodb://owner:s3cr3t@a/?tls%43AFile=/etc/passwd", "not known"},
		"after a semicolon":     {"mongodb://owner:s3cr3t@a/?w=1;tlsCAFile=/etc/passwd", "tlsCAFile is not allowed"},
		"proxy":                 {"mongodb://owner:s3cr3t@a/?proxyHost=127.0.0.1", "proxyHost is not allowed"},
		"compression":           {"mongodb://owner:s3cr3t@a/?compressors=zlib", "compressors is not allowed"},
		"service name":          {"mongodb+srv://owner:s3cr3t@a.b.c/?srvServiceName=x", "srvServiceName is not allowed"},
		"AWS":                   {"mongodb://a/?authMechanism=MONGODB-AWS", "authMechanism must be one of"},
		"OIDC":                  {"mongodb://a/?authMechanism=MONGODB-OIDC&authMechanismProperties=ENVIRONMENT:azure", "authMechanism must be one of"},
		"Kerberos":              {"mongodb://a/?authMechanism=gssapi", "authMechanism must be one of"},
		"certificate":           {"mongodb://a/?authMechanism=MONGODB-X509", "authMechanism must be one of"},
		"escaped mechanism":     {"mongodb://a/?authMechanism=MONGODB%2DAWS", "authMechanism must be one of"},
		"unknown option":        {"mongodb://owner:x@a/?s3cr3t=1", "not known"},
		"password with a query": {"mongodb://a?s3cr3t", "not known"},
	} {
		t.Run(name, func(t *testing.T) {
			err := remote.CheckForeign(row.uri)
			require.ErrorContains(t, err, row.why)
			_, connecting := remote.Connect(t.Context(), remote.Options{URI: row.uri, Dialer: &outbound.Dialer{AllowPrivate: true}})
			require.ErrorIs(t, connecting, mongo.ErrUnavailable)
			for _, piece := range []string{"s3c", "r3t", "owner", "passwd"} {
				assert.NotContains(t, err.Error(), piece)
				assert.NotContains(t, connecting.Error(), piece)
			}
		})
	}
}

func TestAForeignServerIsReachedThroughTheDialerAlone(t *testing.T) {
	store, server := serve(t, func(bson.D) bson.D { return bson.D{{Key: "ok", Value: 1}} })
	uri := "mongodb://owner:s3cr3t@" + server.Address + "/shop"
	began := time.Now()
	_, err := remote.Connect(t.Context(), remote.Options{URI: uri, Dialer: &outbound.Dialer{}, ConnectTimeout: time.Minute})
	require.ErrorIs(t, err, mongo.ErrUnavailable)
	assert.Equal(t, "store unavailable: mongodb://o***@"+server.Address+"/shop: the address is not allowed", err.Error())
	assert.Less(t, time.Since(began), 30*time.Second, "it did not go on trying")
	require.NoError(t, store.Ping(t.Context()))
}

// picky dials one address, and leaves others to the guard.
type picky struct {
	outbound.Dialer
	only    string
	refused chan string
}

func (p *picky) DialContext(ctx context.Context, network, address string) (net.Conn, error) {
	if address == p.only {
		return new(net.Dialer).DialContext(ctx, network, address)
	}
	conn, err := p.Dialer.DialContext(ctx, network, address)
	if errors.Is(err, outbound.ErrForbidden) {
		select {
		case p.refused <- network + " " + address:
		default:
		}
	}
	return conn, err
}

func TestMembersThatAServerAnnouncesAreDialledThroughTheGuard(t *testing.T) {
	door, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	defer door.Close()
	for network, member := range map[string]string{"tcp": door.Addr().String(), "unix": "/tmp/evil.sock"} {
		t.Run(network, func(t *testing.T) {
			server := remotetest.ServeSet(t, func(bson.D) bson.D { return bson.D{{Key: "ok", Value: 1}} }, "rs", member)
			dialer := &picky{only: server.Address, refused: make(chan string, 1)}
			store, err := remote.Connect(t.Context(), remote.Options{URI: "mongodb://" + server.Address + "/?replicaSet=rs", Dialer: dialer})
			assert.Equal(t, network+" "+member, <-dialer.refused)
			if err != nil { // it was refused before the first answer
				require.ErrorContains(t, err, "the address is not allowed")
				return
			}
			require.NoError(t, store.Close(t.Context()))
		})
	}
	require.NoError(t, door.(*net.TCPListener).SetDeadline(time.Now()))
	_, err = door.Accept()
	require.ErrorIs(t, err, os.ErrDeadlineExceeded, "nobody has knocked")
}

func TestAServerThatSendsTooMuchIsCutOff(t *testing.T) {
	large := primitive.Binary{Data: make([]byte, 65<<20)}
	server := remotetest.Serve(t, func(bson.D) bson.D { return bson.D{{Key: "ok", Value: 1}, {Key: "x", Value: large}} })
	server.Announce("maxMessageSizeBytes", 1<<30)
	store, err := remote.Connect(t.Context(), remote.Options{URI: "mongodb://" + server.Address, Dialer: &outbound.Dialer{AllowPrivate: true}})
	require.NoError(t, err)
	defer func() { assert.NoError(t, store.Close(context.Background())) }()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute) // a busy machine takes long to send that much
	defer cancel()
	_, err = store.Collection("things").Count(ctx, nil)
	require.ErrorIs(t, err, mongo.ErrUnavailable)
}

// What passes is understood by the driver in the same way.
func FuzzCheckForeignAgreesWithTheDriver(f *testing.F) {
	for _, uri := range []string{"a/x?w=1;tls=true", "u:p@a:1,[::1]:2/?authMechanism=SCRAM-SHA-1", "a.sock/?tlsCAFile=x", "%2ftmp%2fx.sock", "u:p%40@a/", "127.1"} {
		f.Add(uri)
	}
	f.Fuzz(func(t *testing.T, rest string) {
		uri := "mongodb://" + rest
		if remote.CheckForeign(uri) != nil {
			return
		}
		got := options.Client().ApplyURI(uri)
		if got.Validate() != nil {
			return
		}
		for _, host := range got.Hosts {
			assert.NotContains(t, host, "/")
			assert.False(t, strings.HasSuffix(strings.ToLower(host), "sock"), host)
			assert.Contains(t, rest, host)
		}
		if got.Auth != nil {
			assert.Contains(t, []string{"", "SCRAM-SHA-1", "SCRAM-SHA-256"}, strings.ToUpper(got.Auth.AuthMechanism))
			assert.Empty(t, got.Auth.AuthMechanismProperties)
		}
		assert.Empty(t, got.Compressors)
		if got.TLSConfig != nil {
			assert.Nil(t, got.TLSConfig.RootCAs)
			assert.Empty(t, got.TLSConfig.Certificates)
		}
	})
}

func TestAForeignServerThatIsNotThereFailsAtOnce(t *testing.T) {
	free, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	require.NoError(t, free.Close())
	began := time.Now()
	_, err = remote.Connect(t.Context(), remote.Options{URI: "mongodb://" + free.Addr().String(), Dialer: &outbound.Dialer{AllowPrivate: true}, ConnectTimeout: time.Minute})
	require.ErrorIs(t, err, mongo.ErrUnavailable)
	require.ErrorContains(t, err, "connection refused")
	assert.Less(t, time.Since(began), 30*time.Second, "it did not go on trying")
}
