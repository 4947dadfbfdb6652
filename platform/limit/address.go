package limit

import "net/netip"

// AddressKey is the key of a client: an IPv4 address as it is, also when IPv6
// carries it, and of an IPv6 address its /64 network, since one client has all
// of that. All invalid addresses have one key.
func AddressKey(a netip.Addr) string {
	a = a.Unmap()
	if !a.Is6() {
		return a.String()
	}
	return netip.PrefixFrom(a.WithZone(""), 64).Masked().String()
}
