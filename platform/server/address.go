package server

import (
	"net"
	"net/netip"
	"strings"

	"github.com/gofiber/fiber/v2"
	"github.com/valyala/fasthttp"
)

// maxHops bounds how many addresses of X-Forwarded-For are looked at.
const maxHops = 32

// proxies are the networks whose word about their client counts.
type proxies []netip.Prefix

func (p proxies) trust(a netip.Addr) bool {
	for _, network := range p {
		if network.Contains(a) {
			return true
		}
	}
	return false
}

// client is the address that a request came from. Each trusted proxy names the
// one before it at the end of X-Forwarded-For; what a client wrote there itself
// stands before those and is never reached.
func (p proxies) client(rctx *fasthttp.RequestCtx) netip.Addr {
	address := remote(rctx.RemoteAddr())
	if len(p) == 0 || !p.trust(address) {
		return address
	}
	var chain []string
	for _, line := range rctx.Request.Header.PeekAll(fiber.HeaderXForwardedFor) {
		chain = append(chain, strings.Split(string(line), ",")...)
	}
	for n := 0; len(chain) > 0 && n < maxHops && p.trust(address); n++ {
		before, ok := hop(chain[len(chain)-1])
		if !ok {
			break
		}
		address, chain = before, chain[:len(chain)-1]
	}
	return address
}

// hop reads an address as proxies write them, some with a port.
func hop(text string) (netip.Addr, bool) {
	text = strings.TrimSpace(text)
	if withPort, err := netip.ParseAddrPort(text); err == nil {
		return withPort.Addr().Unmap().WithZone(""), true
	}
	address, err := netip.ParseAddr(strings.Trim(text, "[]"))
	return address.Unmap().WithZone(""), err == nil
}

func remote(a net.Addr) netip.Addr {
	if tcp, ok := a.(*net.TCPAddr); ok {
		return tcp.AddrPort().Addr().Unmap().WithZone("")
	}
	return netip.Addr{}
}
