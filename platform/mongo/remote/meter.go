package remote

import (
	"context"
	"errors"
	"net"
	"sync/atomic"
)

// maxReply bounds what a server sends for one request, in bytes: MongoDB's largest
// message is 48 MB.
const maxReply = 64 << 20

var errReply = errors.New("the server sends more than a message can hold")

// metered is a Dialer for servers that may not be honest. The driver takes messages
// of whatever size the server has announced; here the connection fails first.
type metered struct{ Dialer }

func (m metered) DialContext(ctx context.Context, network, address string) (net.Conn, error) {
	conn, err := m.Dialer.DialContext(ctx, network, address)
	if err != nil {
		return nil, err
	}
	return &meteredConn{Conn: conn}, nil
}

type meteredConn struct {
	net.Conn
	received atomic.Int64 // since the last request
}

func (c *meteredConn) Write(p []byte) (int, error) {
	c.received.Store(0)
	return c.Conn.Write(p)
}

func (c *meteredConn) Read(p []byte) (int, error) {
	n, err := c.Conn.Read(p)
	if c.received.Add(int64(n)) > maxReply {
		return 0, errReply
	}
	return n, err
}
