package socketio

import (
	"fmt"
	"net"
	"os"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/fasthttp/websocket"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// TestChurn opens and resets connections while messages are under way to them:
// a message for one must never reach another. D lengthens it.
func TestChurn(t *testing.T) {
	length := time.Second
	if d := os.Getenv("D"); d != "" {
		var err error
		length, err = time.ParseDuration(d)
		require.NoError(t, err)
	}
	var connections, messages, wrong atomic.Int64
	h := start(t, Options{})
	h.On("join", func(s *Socket, e *Event) {
		packet := EncodeEvent("log", e.Raw(0))
		done := make(chan struct{})
		s.OnDisconnect(func(string) { close(done) })
		go func() { // as the caller's fan-out does; ends with the socket
			for s.Send(packet) {
				if s.WaitQueued(t.Context(), 4<<10) != nil {
					return
				}
			}
			<-done
		}()
	})
	stop := time.Now().Add(length)
	var clients sync.WaitGroup
	for worker := range 16 {
		clients.Go(func() {
			for n := 0; time.Now().Before(stop); n++ {
				id := fmt.Sprintf("<%d-%d>", worker, n)
				c, _, err := websocket.DefaultDialer.Dial("ws://"+h.addr+"/socket.io/?EIO=4&transport=websocket", nil)
				if !assert.NoError(t, err) {
					return
				}
				connections.Add(1)
				for _, say := range []string{"40", `42["join","` + id + `"]`} {
					assert.NoError(t, c.WriteMessage(websocket.TextMessage, []byte(say)))
				}
				for seen := 0; seen < 40; {
					_, text, err := c.ReadMessage()
					if !assert.NoError(t, err) {
						break
					}
					if strings.HasPrefix(string(text), "42") {
						seen++
						messages.Add(1)
						if string(text) != `42["log","`+id+`"]` {
							wrong.Add(1)
						}
					}
				}
				if n%2 == 0 { // a reset instead of an orderly end
					assert.NoError(t, c.NetConn().(*net.TCPConn).SetLinger(0))
				}
				c.Close()
			}
		})
	}
	clients.Wait()
	eventually(t, func() bool { return h.Stats() == 0 }, "all are gone")
	assert.Zero(t, wrong.Load(), "messages of another client")
	t.Logf("%d connections, %d messages", connections.Load(), messages.Load())
}
