package plainws_test

import (
	"io"
	"net"
	"runtime"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/orchestrix/orchestrix/platform/realtime/plainws"
)

// BenchmarkIdle reports what an idle connection costs.
func BenchmarkIdle(b *testing.B) {
	const clients = 1000
	for range b.N {
		open := make(chan *plainws.Conn, 1)
		m := onHost(b, brief, func(string) plainws.Peer {
			return plainws.Peer{Open: func(c *plainws.Conn) { open <- c }}
		})
		for range 10 { // what is made once
			m.dial(b, "a")
			receive(b, open)
		}
		before := memory()
		goroutines := runtime.NumGoroutine()
		for range clients {
			dialBare(b, m.addr)
			receive(b, open)
		}
		b.ReportMetric(float64(memory()-before)/clients/1024, "KiB/conn")
		b.ReportMetric(float64(runtime.NumGoroutine()-goroutines)/clients, "goroutines/conn")
	}
}

// dialBare opens a connection whose client holds next to nothing.
func dialBare(b *testing.B, addr string) {
	conn, err := net.Dial("tcp", addr)
	require.NoError(b, err)
	b.Cleanup(func() { conn.Close() })
	_, err = io.WriteString(conn, "GET /ws/a HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"+
		"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n")
	require.NoError(b, err)
}

func memory() uint64 {
	runtime.GC()
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapAlloc + m.StackInuse
}

// BenchmarkFanOut sends one message of 300 bytes to 200 clients.
func BenchmarkFanOut(b *testing.B) {
	const clients = 200
	open := make(chan *plainws.Conn, 1)
	m := onHost(b, brief, func(string) plainws.Peer {
		return plainws.Peer{Open: func(c *plainws.Conn) { open <- c }}
	})
	var reading sync.WaitGroup
	conns := make([]*plainws.Conn, clients)
	for i := range conns {
		c := m.dial(b, "a")
		conns[i] = receive(b, open)
		reading.Go(func() {
			for range b.N {
				if _, _, err := c.ReadMessage(); err != nil {
					b.Error(err)
					return
				}
			}
		})
	}
	message := make([]byte, 300)
	b.ReportAllocs()
	b.ResetTimer()
	for range b.N {
		for _, c := range conns {
			require.True(b, c.Send(message))
		}
		require.NoError(b, conns[0].WaitQueued(b.Context(), 1<<20))
	}
	reading.Wait()
	b.ReportMetric(float64(b.N*clients)/b.Elapsed().Seconds(), "messages/s")
}
