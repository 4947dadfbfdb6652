package limit_test

import (
	"net/netip"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/orchestrix/orchestrix/platform/limit"
)

func TestAddressKey(t *testing.T) {
	for text, want := range map[string]string{
		"192.0.2.7":                 "192.0.2.7",
		"::ffff:192.0.2.7":          "192.0.2.7",
		"::ffff:192.0.2.7%eth0":     "192.0.2.7",
		"2001:db8:1:2:3:4:5:6":      "2001:db8:1:2::/64",
		"2001:db8:1:2:ffff::":       "2001:db8:1:2::/64",
		"2001:db8:1:2::":            "2001:db8:1:2::/64",
		"2001:db8:1:3::":            "2001:db8:1:3::/64",
		"fe80::1%eth0":              "fe80::/64",
		"fe80::2%eth1":              "fe80::/64",
		"::1":                       "::/64",
		"::":                        "::/64",
		"64:ff9b::192.0.2.7":        "64:ff9b::/64",
		"::ffff:0:192.0.2.7":        "::/64",
		"255.255.255.255":           "255.255.255.255",
		"ffff:ffff:ffff:ffff::ffff": "ffff:ffff:ffff:ffff::/64",
	} {
		assert.Equal(t, want, limit.AddressKey(netip.MustParseAddr(text)), text)
	}
	assert.Equal(t, "invalid IP", limit.AddressKey(netip.Addr{}))
}
