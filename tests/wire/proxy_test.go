package wire

import (
	"io"
	"net"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"
)

// proxy passes TCP connections on, until it is cut.
type proxy struct {
	t       *testing.T
	target  string
	address string

	mu       sync.Mutex
	listener net.Listener
	open     map[net.Conn]bool
	wait     sync.WaitGroup
}

func startProxy(t *testing.T, target string) *proxy {
	p := &proxy{t: t, target: target, address: "127.0.0.1:0", open: map[net.Conn]bool{}}
	p.restore()
	t.Cleanup(p.cut)
	return p
}

// restore listens, after a cut on the same address as before.
func (p *proxy) restore() {
	listener, err := net.Listen("tcp", p.address)
	require.NoError(p.t, err)
	p.mu.Lock()
	p.listener, p.address = listener, listener.Addr().String()
	p.mu.Unlock()
	p.wait.Go(func() {
		for {
			client, err := listener.Accept()
			if err != nil {
				return
			}
			p.wait.Go(func() { p.pass(client) })
		}
	})
}

// aim changes where connections go, while there are none.
func (p *proxy) aim(target string) { p.target = target }

// cut closes the listener and every connection, and waits for them to end.
func (p *proxy) cut() {
	p.mu.Lock()
	_ = p.listener.Close()
	for connection := range p.open {
		_ = connection.Close()
	}
	p.mu.Unlock()
	p.wait.Wait()
}

func (p *proxy) pass(client net.Conn) {
	server, err := net.Dial("tcp", p.target)
	if err != nil {
		_ = client.Close()
		return
	}
	p.track(client, server)
	var both sync.WaitGroup
	for _, way := range [][2]net.Conn{{client, server}, {server, client}} {
		both.Go(func() {
			_, _ = io.Copy(way[0], way[1])
			_ = client.Close()
			_ = server.Close()
		})
	}
	both.Wait()
	p.mu.Lock()
	delete(p.open, client)
	delete(p.open, server)
	p.mu.Unlock()
}

// track notes the connections, so that cut ends them; one that came too late
// for a cut is ended here.
func (p *proxy) track(connections ...net.Conn) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, connection := range connections {
		p.open[connection] = true
	}
}
