package outbound_test

import (
	"net/netip"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/orchestrix/orchestrix/platform/outbound"
)

func TestPublic(t *testing.T) {
	for _, text := range []string{
		"1.1.1.1", "8.8.8.8", "9.255.255.255", "11.0.0.0", "100.63.255.255", "100.128.0.0", "126.255.255.255", "128.0.0.1",
		"169.253.255.255", "169.255.0.0", "172.15.255.255", "172.32.0.0", "192.0.1.0", "192.167.255.255", "192.169.0.0",
		"198.17.255.255", "198.20.0.0", "223.255.255.255", "168.63.129.15",
		"2606:4700:4700::1111", "2001:4860:4860::8888", "2a00:1450::1", "2003::1",
	} {
		assert.True(t, outbound.Public(netip.MustParseAddr(text)), text)
	}
	for name, texts := range map[string][]string{
		"unspecified":   {"0.0.0.0", "0.1.2.3", "::"},
		"loopback":      {"127.0.0.1", "127.255.255.254", "::1"},
		"private":       {"10.0.0.1", "172.16.0.1", "172.31.255.255", "192.168.0.1", "fc00::1", "fdff::1", "fec0::1"},
		"link-local":    {"169.254.0.1", "fe80::1", "fe80::1%eth0", "2606:4700::1%eth0"},
		"metadata":      {"169.254.169.254", "fd00:ec2::254", "100.100.100.200", "192.0.0.192", "168.63.129.16"},
		"carriers":      {"100.64.0.0", "100.127.255.255"},
		"assignments":   {"192.0.0.1", "192.88.99.1", "2001:1::1"},
		"benchmarks":    {"198.18.0.1", "198.19.255.255", "2001:2::1"},
		"documentation": {"192.0.2.1", "198.51.100.1", "203.0.113.1", "2001:db8::1", "3fff::1"},
		"multicast":     {"224.0.0.1", "239.255.255.255", "ff02::1"},
		"reserved":      {"240.0.0.1", "255.255.255.255", "100::1", "5f00::1", "4000::1"},
		"mapped":        {"::ffff:127.0.0.1", "::ffff:8.8.8.8"},
		"compatible":    {"::127.0.0.1", "::8.8.8.8"},
		"translated":    {"64:ff9b::7f00:1", "64:ff9b::8.8.8.8", "64:ff9b:1::a00:1"},
		"6to4":          {"2002:7f00:1::", "2002:808:808::1"},
		"Teredo":        {"2001::1", "2001:0:4136:e378:8000:63bf:3fff:fdd2"},
		"ISATAP":        {"2606:4700::5efe:7f00:1", "2606:4700::200:5efe:10.0.0.1"},
	} {
		for _, text := range texts {
			assert.False(t, outbound.Public(netip.MustParseAddr(text)), "%s: %s", name, text)
		}
	}
	assert.False(t, outbound.Public(netip.Addr{}))
}
