package plainws

import (
	"net"
	"sync"
	"time"

	"github.com/gofiber/contrib/socketio"
	"github.com/gofiber/contrib/websocket"
	"github.com/gofiber/fiber/v2"
)

// attribute is where a connection of the library keeps ours.
const attribute = "plainws"

// registered is the only state of this package: the library has one list of
// listeners and one set of timings for the whole process, and no way to take a
// listener back. So they are set once, for all servers, and an event finds its
// server through the attribute of its connection.
var registered sync.Once

// register makes the library's events reach our connections and keeps its own
// writer silent: that one blocks without limit, and writes to connections that
// are already in use for another client.
func register() {
	registered.Do(func() {
		socketio.PongTimeout = 100 * 365 * 24 * time.Hour
		socketio.ReadTimeout = time.Millisecond // its pause between two messages of a client
		socketio.On(socketio.EventMessage, func(e *socketio.EventPayload) {
			if c, ok := e.SocketAttributes[attribute].(*Conn); ok {
				c.receive(e.Data)
			}
		})
		socketio.On(socketio.EventDisconnect, func(e *socketio.EventPayload) {
			if c, ok := e.SocketAttributes[attribute].(*Conn); ok {
				c.end(e.Error)
			}
		})
	})
}

// upgrade hands the connection of this request to the library. What runs later
// may use nothing of the request.
func (s *Server) upgrade(c *fiber.Ctx, p Peer) error {
	var conn *Conn
	return socketio.New(func(ws *socketio.Websocket) {
		// The wrapper goes back to a pool before the library's goroutines are
		// done with it, so they get one of their own.
		ws.Conn = &websocket.Conn{Conn: ws.Conn.Conn}
		conn = &Conn{server: s, peer: p, raw: ws.Conn.Conn, wire: wire(ws.Conn.NetConn())}
		// Only here: once the library reads, it holds the lock that this needs.
		ws.SetAttribute(attribute, conn)
		conn.begin()
	}, websocket.Config{
		ReadBufferSize:  512,
		WriteBufferPool: &s.unused, // or each connection would hold a buffer that nobody writes to
		// Not only after a panic: it is the last that runs before the connection
		// goes back to its pool.
		RecoverHandler: func(*websocket.Conn) {
			if p := recover(); p != nil {
				s.panicked("connection", p)
			}
			s.remove(conn)
		},
	})(c)
}

// wire is the connection below the one that fasthttp lends out. That one comes
// from a pool, and its Close does nothing.
func wire(lent net.Conn) net.Conn {
	if l, ok := lent.(interface{ UnsafeConn() net.Conn }); ok {
		return l.UnsafeConn()
	}
	return lent
}
