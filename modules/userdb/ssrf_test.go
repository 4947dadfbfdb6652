package userdb_test

import (
	"encoding/json"
	"net"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/orchestrix/orchestrix/modules/modulestest"
	"github.com/orchestrix/orchestrix/platform/outbound/outboundtest"
)

// A door is a listener on a port of loopback that must not be knocked at.
func door(t *testing.T) (port string, knocks *atomic.Int64) {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	knocks = &atomic.Int64{}
	done := make(chan struct{})
	go func() {
		defer close(done)
		for {
			c, err := listener.Accept()
			if err != nil {
				return
			}
			knocks.Add(1)
			_ = c.Close()
		}
	}()
	t.Cleanup(func() {
		_ = listener.Close()
		<-done
	})
	_, port, err = net.SplitHostPort(listener.Addr().String())
	require.NoError(t, err)
	return port, knocks
}

// named makes the names of the test those of the program.
func named(t *testing.T, names map[string]string) {
	t.Helper()
	before := net.DefaultResolver
	net.DefaultResolver = outboundtest.Resolver(t, names)
	t.Cleanup(func() { net.DefaultResolver = before })
}

// TestForbiddenAddresses holds every spelling of an address that is not public
// against the endpoint (security.md, 9).
func TestForbiddenAddresses(t *testing.T) {
	named(t, map[string]string{
		"loopback.example.com.": "127.0.0.1", "private.example.com.": "10.1.2.3", "metadata.example.com.": "169.254.169.254",
		"unspecified.example.com.": "0.0.0.0", "localhost.example.com.": "127.8.8.8",
		"_mongodb._tcp.srv.example.com.": "loopback.example.com.", "_mongodb._tcp.elsewhere.example.com.": "a.example.org.",
	})
	t.Setenv("ENCRYPTION_KEY", strings.Repeat("ab", 32))
	h := start(t)
	port, knocks := door(t)
	for name, uri := range map[string]string{
		"loopback":                      "mongodb://127.0.0.1:PORT/x",
		"another loopback":              "mongodb://127.255.255.254:PORT/x",
		"unspecified":                   "mongodb://0.0.0.0:PORT/x",
		"short":                         "mongodb://127.1:PORT/x",
		"shorter":                       "mongodb://0:PORT/x",
		"decimal":                       "mongodb://2130706433:PORT/x",
		"decimal with a dot":            "mongodb://2130706433.:PORT/x",
		"hexadecimal":                   "mongodb://0x7f000001:PORT/x",
		"hexadecimal, dotted":           "mongodb://0x7f.0x0.0x0.0x1:PORT/x",
		"octal":                         "mongodb://017700000001:PORT/x",
		"octal, dotted":                 "mongodb://0177.0.0.01:PORT/x",
		"leading zeros":                 "mongodb://127.000.000.001:PORT/x",
		"dotted with a dot":             "mongodb://127.0.0.1.:PORT/x",
		"IPv6 loopback":                 "mongodb://[::1]:PORT/x",
		"IPv6 loopback, long":           "mongodb://[0:0:0:0:0:0:0:1]:PORT/x",
		"IPv6 unspecified":              "mongodb://[::]:PORT/x",
		"mapped":                        "mongodb://[::ffff:127.0.0.1]:PORT/x",
		"mapped, hexadecimal":           "mongodb://[::ffff:7f00:1]:PORT/x",
		"compatible":                    "mongodb://[::127.0.0.1]:PORT/x",
		"NAT64":                         "mongodb://[64:ff9b::7f00:1]:PORT/x",
		"local NAT64":                   "mongodb://[64:ff9b:1::7f00:1]:PORT/x",
		"6to4":                          "mongodb://[2002:7f00:1::]:PORT/x",
		"Teredo":                        "mongodb://[2001:0:7f00:1::]:PORT/x",
		"unique local":                  "mongodb://[fd00::1]:PORT/x",
		"link-local, IPv6":              "mongodb://[fe80::1]:PORT/x",
		"zone":                          "mongodb://[fe80::1%25lo]:PORT/x",
		"zone, not escaped":             "mongodb://[::1%lo]:PORT/x",
		"private 10":                    "mongodb://10.0.0.1:PORT/x",
		"private 172":                   "mongodb://172.16.5.4:PORT/x",
		"private 192":                   "mongodb://192.168.1.1:PORT/x",
		"carrier":                       "mongodb://100.64.0.1:PORT/x",
		"link-local":                    "mongodb://169.254.1.1:PORT/x",
		"metadata":                      "mongodb://169.254.169.254:80/x",
		"metadata of Amazon, IPv6":      "mongodb://[fd00:ec2::254]:80/x",
		"metadata of Alibaba":           "mongodb://100.100.100.200:80/x",
		"broadcast":                     "mongodb://255.255.255.255:PORT/x",
		"multicast":                     "mongodb://224.0.0.1:PORT/x",
		"reserved":                      "mongodb://240.0.0.1:PORT/x",
		"benchmarks":                    "mongodb://198.18.0.1:PORT/x",
		"documentation":                 "mongodb://192.0.2.1:PORT/x",
		"localhost":                     "mongodb://localhost:PORT/x",
		"LOCALHOST with a dot":          "mongodb://LOCALHOST.:PORT/x",
		"a name of loopback":            "mongodb://loopback.example.com:PORT/x",
		"such a name with a dot":        "mongodb://loopback.example.com.:PORT/x",
		"such a name in capitals":       "mongodb://LoopBack.Example.COM:PORT/x",
		"a name of a private address":   "mongodb://private.example.com:PORT/x",
		"a name of metadata":            "mongodb://metadata.example.com:80/x",
		"a name of the unspecified":     "mongodb://unspecified.example.com:PORT/x",
		"a name that looks harmless":    "mongodb://localhost.example.com:PORT/x",
		"SRV to loopback":               "mongodb+srv://srv.example.com/x",
		"SRV to another domain":         "mongodb+srv://elsewhere.example.com/x",
		"SRV without records":           "mongodb+srv://loopback.example.com/x",
		"SRV of an address":             "mongodb+srv://127.0.0.1/x",
		"the second of two":             "mongodb://8.8.8.8:PORT,127.0.0.1:PORT/x",
		"the first of two":              "mongodb://127.0.0.1:PORT,8.8.8.8:PORT/x",
		"the last of a set":             "mongodb://8.8.8.8:PORT,8.8.4.4:PORT,loopback.example.com:PORT/x?replicaSet=rs",
		"a direct connection":           "mongodb://127.0.0.1:PORT/x?directConnection=true",
		"behind user information":       "mongodb://8.8.8.8:PORT@127.0.0.1:PORT/x",
		"two @":                         "mongodb://a:b@8.8.8.8@127.0.0.1:PORT/x",
		"an address as the user":        "mongodb://127.0.0.1:pw@127.0.0.1:PORT/x",
		"percent-encoded":               "mongodb://%31%32%37%2e0%2e0%2e1:PORT/x",
		"percent-encoded, with a slash": "mongodb://8.8.8.8%2f@127.0.0.1:PORT/x",
		"backslash":                     "mongodb://8.8.8.8\\\\@127.0.0.1:PORT/x",
		"hash":                          "mongodb://8.8.8.8#@127.0.0.1:PORT/x",
		"full-width digits":             "mongodb://１２７.0.0.1:PORT/x",
		"full-width dots":               "mongodb://127。0。0。1:PORT/x",
		"socket":                        "mongodb://%2Ftmp%2Fmongodb-27017.sock/x",
		"socket by its ending":          "mongodb://loopback.example.sock/x",
		"tab":                           "mongodb://127.0.0.1\\t:PORT/x",
		"NUL":                           "mongodb://127.0.0.1\\u0000.example.com:PORT/x",
		"scheme":                        "http://127.0.0.1:PORT/x",
		"proxy":                         "mongodb://8.8.8.8/x?proxyHost=127.0.0.1&proxyPort=PORT",
		"cloud credentials":             "mongodb://8.8.8.8/x?authMechanism=MONGODB-AWS",
	} {
		t.Run(name, func(t *testing.T) {
			uri := strings.ReplaceAll(uri, "PORT", port)
			began := time.Now()
			got := h.Call(http.MethodPost, "/user/db/connect", `{"ownerId":"ann","uri":"`+uri+`"}`)
			assert.Equal(t, http.StatusUnprocessableEntity, got.Status, got.Body)
			assert.Less(t, time.Since(began), 8*time.Second, "a connect that is tried takes 10")
			var answer struct{ Error, Detail string }
			require.NoError(t, json.Unmarshal([]byte(got.Body), &answer))
			assert.Equal(t, "Could not connect to your database", answer.Error)
			assert.NotEmpty(t, answer.Detail)
			assert.NotContains(t, answer.Detail, "connection refused", "it was dialled")
			t.Log(answer.Detail)
		})
	}
	assert.Zero(t, knocks.Load(), "nothing was dialled")
	assert.JSONEq(t, `{"connected":false}`, h.Call(http.MethodGet, "/user/db/status?ownerId=ann", "").Body)
}

func TestPrivateAddressesWhereAllowed(t *testing.T) {
	t.Setenv("ENCRYPTION_KEY", strings.Repeat("ab", 32))
	t.Setenv("ALLOW_PRIVATE_DB", "true")
	h := start(t)
	port, knocks := door(t)
	got := h.Call(http.MethodPost, "/user/db/connect", `{"ownerId":"ann","uri":"mongodb://127.0.0.1:`+port+`/x"}`)
	assert.Equal(t, http.StatusUnprocessableEntity, got.Status, "it is no database")
	assert.Contains(t, got.Body, "connection lost")
	assert.NotZero(t, knocks.Load())
}

func start(t *testing.T) *modulestest.Host {
	t.Helper()
	return modulestest.Start(t, "userdb.connect", "userdb.status", "userdb.schemas", "userdb.disconnect", "auth.register")
}
