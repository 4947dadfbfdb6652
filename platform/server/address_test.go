package server_test

import (
	"context"
	"io"
	"net/http"
	"net/netip"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/orchestrix/orchestrix/platform/doc"
	"github.com/orchestrix/orchestrix/platform/registry"
	"github.com/orchestrix/orchestrix/platform/server"
)

// whence is a route that answers with the address that a request came from.
func whence() *registry.Registry[*fixture] {
	type request struct {
		Address string `client:"address"`
	}
	r := registry.New[*fixture]()
	r.Register(registry.Route[*fixture]{ID: "whence", Method: http.MethodGet, Path: "/whence", Summary: "s",
		Handler: registry.Handle(func(_ context.Context, _ *fixture, req *request) (*doc.Object, error) {
			return &doc.Object{{"address", req.Address}}, nil
		})})
	return r
}

func prefixes(texts ...string) (list []netip.Prefix) {
	for _, text := range texts {
		list = append(list, netip.MustParsePrefix(text))
	}
	return list
}

func TestAddress(t *testing.T) {
	local := prefixes("127.0.0.0/8", "10.0.0.0/8", "2001:db8:1::/48")
	for name, c := range map[string]struct {
		trusted   []netip.Prefix
		forwarded []string // lines of X-Forwarded-For
		want      string
	}{
		"nobody is trusted":              {nil, []string{"198.51.100.7"}, "127.0.0.1"},
		"the peer is not trusted":        {prefixes("10.0.0.0/8"), []string{"198.51.100.7"}, "127.0.0.1"},
		"nothing is said":                {local, nil, "127.0.0.1"},
		"nothing is in it":               {local, []string{""}, "127.0.0.1"},
		"one proxy":                      {local, []string{"198.51.100.7"}, "198.51.100.7"},
		"a chain of trusted ones":        {local, []string{"198.51.100.7, 10.0.0.1,10.0.0.2"}, "198.51.100.7"},
		"in several lines":               {local, []string{"198.51.100.7", "10.0.0.1", "10.0.0.2"}, "198.51.100.7"},
		"a client's own words":           {local, []string{"1.1.1.1, 198.51.100.7, 10.0.0.1"}, "198.51.100.7"},
		"that it comes from inside":      {local, []string{"10.0.0.9, 198.51.100.7"}, "198.51.100.7"},
		"in a line of its own":           {local, []string{"1.1.1.1", "198.51.100.7"}, "198.51.100.7"},
		"all are trusted":                {local, []string{"10.0.0.3, 10.0.0.2"}, "10.0.0.3"},
		"a port":                         {local, []string{"198.51.100.7:4711"}, "198.51.100.7"},
		"a port of a trusted one":        {local, []string{"198.51.100.7, 10.0.0.1:80"}, "198.51.100.7"},
		"IPv6":                           {local, []string{"2001:db8::7"}, "2001:db8::7"},
		"IPv6 in brackets":               {local, []string{"[2001:db8::7]"}, "2001:db8::7"},
		"IPv6 and a port":                {local, []string{"[2001:db8::7]:4711"}, "2001:db8::7"},
		"a trusted IPv6":                 {local, []string{"198.51.100.7, 2001:db8:1::1"}, "198.51.100.7"},
		"IPv4 in IPv6":                   {local, []string{"198.51.100.7, ::ffff:10.0.0.1"}, "198.51.100.7"},
		"a zone says nothing":            {local, []string{"198.51.100.7, fe80::1%eth0"}, "fe80::1"},
		"garbage":                        {local, []string{"unknown"}, "127.0.0.1"},
		"a name":                         {local, []string{"198.51.100.7, proxy.internal"}, "127.0.0.1"},
		"garbage before what is trusted": {local, []string{"<script>, 10.0.0.1"}, "10.0.0.1"},
		"garbage is not reached":         {local, []string{"', 198.51.100.7"}, "198.51.100.7"},
		"an empty part":                  {local, []string{"198.51.100.7,"}, "127.0.0.1"},
		"too many":                       {local, []string{"198.51.100.7" + strings.Repeat(",10.0.0.1", 100)}, "10.0.0.1"},
		"very many":                      {local, []string{strings.Repeat(",", 8000)}, "127.0.0.1"},
	} {
		t.Run(name, func(t *testing.T) {
			h := start(t, func(o *server.Options[*fixture]) { o.Registry, o.TrustedProxies = whence(), c.trusted })
			req := "GET /whence HTTP/1.1\r\nHost: x\r\nConnection: close\r\n"
			for _, line := range c.forwarded {
				req += "X-Forwarded-For: " + line + "\r\n"
			}
			resp := h.raw(t, req+"\r\n")
			defer resp.Body.Close()
			body, err := io.ReadAll(resp.Body)
			require.NoError(t, err)
			assert.Equal(t, `{"address":"`+c.want+`"}`, string(body))
		})
	}
}

// Other headers that proxies set are nothing here.
func TestOnlyXForwardedForTellsAddresses(t *testing.T) {
	h := start(t, func(o *server.Options[*fixture]) { o.Registry, o.TrustedProxies = whence(), prefixes("127.0.0.1/32") })
	for _, name := range []string{"Forwarded", "X-Real-Ip", "X-Client-Ip", "True-Client-Ip", "Cf-Connecting-Ip", "X-Forwarded", "X-Forwarded-Host"} {
		_, body := h.call(t, http.MethodGet, "/whence", "", name, "198.51.100.7")
		assert.Equal(t, `{"address":"127.0.0.1"}`, body, name)
	}
}
