package plainws_test

import (
	"net/http"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/fasthttp/websocket"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/orchestrix/orchestrix/platform/realtime/plainws"
)

// Many that come at once may all find room when they ask, so they are counted
// again when they are in: what is too many is turned away before or after.
func TestMaxConnsHoldsWhenManyComeAtOnce(t *testing.T) {
	everywhere(t, func(t *testing.T, mount func(plainws.Options, peers) *mounted) {
		const most, clients = 3, 60
		m := mount(plainws.Options{MaxConns: most}, echo)
		var in, before, after atomic.Int64
		var all sync.WaitGroup
		for range clients {
			all.Go(func() {
				conn, resp, err := (&websocket.Dialer{HandshakeTimeout: patience}).Dial("ws://"+m.addr+"/ws/a", nil)
				if err != nil {
					if assert.NotNil(t, resp, "%v", err) {
						assert.Equal(t, http.StatusServiceUnavailable, resp.StatusCode)
						before.Add(1)
					}
					return
				}
				t.Cleanup(func() { conn.Close() })
				_ = conn.WriteMessage(websocket.TextMessage, []byte("hi"))
				_, _, err = conn.ReadMessage()
				if err == nil {
					in.Add(1)
					return
				}
				assert.Equal(t, &websocket.CloseError{Code: websocket.CloseTryAgainLater, Text: "too many connections"}, err)
				after.Add(1)
			})
		}
		all.Wait()
		t.Logf("%d before the upgrade, %d after", before.Load(), after.Load())
		assert.EqualValues(t, most, in.Load())
		stats := m.Stats()
		require.Equal(t, most, stats.Open)
		assert.EqualValues(t, most, stats.Accepted)
		assert.EqualValues(t, clients-most, stats.Refused)
	})
}
