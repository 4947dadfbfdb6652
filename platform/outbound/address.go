// Package outbound guards connections to addresses that somebody else chose: it
// dials public addresses only, so that nobody can reach through this server what
// only the server can reach.
package outbound

import "net/netip"

// Public reports whether an address belongs to the public internet. What is not
// known to be public is not (IANA's special-purpose registries, RFC 6890), and
// neither is a version 6 address that carries one of version 4: where it leads
// is decided elsewhere.
func Public(a netip.Addr) bool {
	if !a.IsValid() || a.Zone() != "" || a.Is6() && !global6.Contains(a) || isatap(a) {
		return false
	}
	for _, network := range special {
		if network.Contains(a) {
			return false
		}
	}
	return true
}

// global6 are the version 6 addresses that are given out at all (RFC 4291, 2.4).
// Outside are ::, ::1, mapped and compatible addresses, NAT64 (64:ff9b::/96,
// 64:ff9b:1::/48), unique local ones with the metadata services in them, link-local
// ones and multicast.
var global6 = netip.MustParsePrefix("2000::/3")

var special = prefixes(
	"0.0.0.0/8",        // this network
	"10.0.0.0/8",       // private
	"100.64.0.0/10",    // shared by carriers; metadata of Alibaba
	"127.0.0.0/8",      // loopback
	"168.63.129.16/32", // metadata of Azure
	"169.254.0.0/16",   // link-local; metadata of most clouds
	"172.16.0.0/12",    // private
	"192.0.0.0/24",     // protocol assignments; metadata of Oracle
	"192.0.2.0/24",     // documentation
	"192.88.99.0/24",   // relays of 6to4
	"192.168.0.0/16",   // private
	"198.18.0.0/15",    // benchmarks
	"198.51.100.0/24",  // documentation
	"203.0.113.0/24",   // documentation
	"224.0.0.0/4",      // multicast
	"240.0.0.0/4",      // reserved, and broadcast
	"2001::/23",        // protocol assignments: Teredo, benchmarks, ORCHID
	"2001:db8::/32",    // documentation
	"2002::/16",        // 6to4
	"3fff::/20",        // documentation
)

func prefixes(texts ...string) []netip.Prefix {
	all := make([]netip.Prefix, len(texts))
	for i, text := range texts {
		all[i] = netip.MustParsePrefix(text)
	}
	return all
}

// isatap recognises the interface ids that carry a version 4 address (RFC 5214).
func isatap(a netip.Addr) bool {
	b := a.As16()
	return a.Is6() && b[8]&^0x03 == 0 && b[9] == 0 && b[10] == 0x5e && b[11] == 0xfe
}
