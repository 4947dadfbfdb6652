package outbound

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"strings"
	"syscall"
	"time"
)

// ErrForbidden is why a connection was not made.
var ErrForbidden = errors.New("the address is not a public one")

// dialTimeout bounds the dialling of one connection whose context sets no limit.
const dialTimeout = 10 * time.Second

// Dialer makes TCP connections to public addresses. What is checked is the address
// that is about to be connected to, after every look-up of names: it does not
// matter where the name came from, and it cannot change in between.
type Dialer struct {
	AllowPrivate bool          // take any address
	Resolver     *net.Resolver // nil: the system's
}

// DialContext connects as net.Dialer does. It is ErrForbidden for an address that
// is not public, and for any network but TCP.
func (d *Dialer) DialContext(ctx context.Context, network, address string) (net.Conn, error) {
	if !strings.HasPrefix(network, "tcp") {
		return nil, fmt.Errorf("%w: network %s", ErrForbidden, network)
	}
	dialer := net.Dialer{Timeout: dialTimeout, Resolver: d.Resolver}
	if !d.AllowPrivate {
		dialer.ControlContext = check
	}
	return dialer.DialContext(ctx, network, address)
}

// check sees each address just before the connection.
func check(_ context.Context, network, address string, _ syscall.RawConn) error {
	at, err := netip.ParseAddrPort(address)
	if err != nil || !strings.HasPrefix(network, "tcp") || !Public(at.Addr()) {
		return ErrForbidden
	}
	return nil
}
