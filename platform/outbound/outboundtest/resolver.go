// Package outboundtest has names of its own, for tests of what is dialled.
package outboundtest

import (
	"context"
	"net"
	"net/netip"
	"testing"

	"github.com/stretchr/testify/require"
	"golang.org/x/net/dns/dnsmessage"
)

// Resolver knows the addresses of the names, which end with a dot, and no others. A
// name that begins with _ is one of servers: its SRV record leads to the name that
// stands for the address, on port 27017.
func Resolver(t testing.TB, names map[string]string) *net.Resolver {
	t.Helper()
	conn, err := net.ListenPacket("udp", "127.0.0.1:0")
	require.NoError(t, err)
	served := make(chan struct{})
	go func() {
		defer close(served)
		buffer := make([]byte, 1500)
		for {
			n, from, err := conn.ReadFrom(buffer)
			if err != nil {
				return
			}
			if reply := answer(buffer[:n], names); reply != nil {
				_, _ = conn.WriteTo(reply, from)
			}
		}
	}()
	t.Cleanup(func() {
		_ = conn.Close()
		<-served
	})
	return &net.Resolver{PreferGo: true, Dial: func(ctx context.Context, _, _ string) (net.Conn, error) {
		return new(net.Dialer).DialContext(ctx, "udp", conn.LocalAddr().String())
	}}
}

// answer is the reply to one question, nil to what is none.
func answer(query []byte, names map[string]string) []byte {
	var m dnsmessage.Message
	if m.Unpack(query) != nil || len(m.Questions) != 1 {
		return nil
	}
	asked := m.Questions[0]
	m.Response, m.Additionals = true, nil
	value, known := names[asked.Name.String()]
	head := dnsmessage.ResourceHeader{Name: asked.Name, Class: asked.Class, Type: asked.Type, TTL: 1}
	switch {
	case !known:
		m.RCode = dnsmessage.RCodeNameError
	case asked.Type == dnsmessage.TypeSRV:
		m.Answers = []dnsmessage.Resource{{Header: head, Body: &dnsmessage.SRVResource{Target: dnsmessage.MustNewName(value), Port: 27017}}}
	case asked.Type == dnsmessage.TypeA:
		if a, err := netip.ParseAddr(value); err == nil {
			m.Answers = []dnsmessage.Resource{{Header: head, Body: &dnsmessage.AResource{A: a.As4()}}}
		}
	}
	reply, err := m.Pack()
	if err != nil {
		return nil
	}
	return reply
}
