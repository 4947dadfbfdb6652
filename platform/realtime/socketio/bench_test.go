package socketio

import (
	"bytes"
	"fmt"
	"net"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

const benchClients, benchGroups = 200, 20

// fanOut connects the clients, whose sockets come in groups, and counts the
// bytes that reach them.
func fanOut(b *testing.B) (groups [][]*Socket, received *atomic.Int64) {
	opts, connected := sockets(Options{MaxQueueBytes: 64 << 20})
	h := start(b, opts)
	groups, received = make([][]*Socket, benchGroups), new(atomic.Int64)
	var readers sync.WaitGroup
	b.Cleanup(readers.Wait) // after the connections were closed
	for i := range benchClients {
		p := h.peer(b)
		groups[i%benchGroups] = append(groups[i%benchGroups], <-connected)
		nc := p.NetConn()
		readers.Go(func() { // the bytes as they come: parsing them would be the client's cost
			buf := make([]byte, 64<<10)
			for {
				n, err := nc.Read(buf)
				received.Add(int64(n))
				if err != nil {
					return
				}
			}
		})
		b.Cleanup(func() { nc.Close() })
	}
	return groups, received
}

func cpu() time.Duration {
	var u syscall.Rusage
	_ = syscall.Getrusage(syscall.RUSAGE_SELF, &u)
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// BenchmarkFanOut delivers a 300-byte entry to the ten sockets of a group, and
// measures per delivered message. The cost of reading them is part of it.
func BenchmarkFanOut(b *testing.B) {
	for _, paced := range []int{0, 10_000} {
		b.Run(fmt.Sprintf("rate=%d", paced), func(b *testing.B) {
			groups, received := fanOut(b)
			entry := []byte(`"` + strings.Repeat("x", 298) + `"`)
			size := int64(EncodeEvent("execution-log", entry).Size())
			base, sent := received.Load(), int64(0)
			used := cpu()
			b.ResetTimer()
			begin := time.Now()
			for i := 0; sent < int64(b.N); i++ {
				packet := EncodeEvent("execution-log", entry)
				for _, s := range groups[i%benchGroups] {
					if !s.Send(packet) {
						b.Fatal("a client was closed")
					}
					sent++
				}
				if paced > 0 {
					due := begin.Add(time.Duration(sent) * time.Second / time.Duration(paced))
					time.Sleep(time.Until(due))
				} else if i%64 == 0 {
					for sent-(received.Load()-base)/size > 100_000 {
						runtime.Gosched()
					}
				}
			}
			for received.Load()-base < sent*size {
				runtime.Gosched()
			}
			b.StopTimer()
			perMessage := float64(cpu()-used) / float64(sent)
			b.ReportMetric(float64(b.Elapsed())/float64(sent), "ns/msg")
			b.ReportMetric(perMessage, "cpu-ns/msg")
			b.ReportMetric(float64(sent)/b.Elapsed().Seconds(), "msg/s")
		})
	}
}

// BenchmarkIdleMemory measures what a connected and silent websocket keeps,
// without the client's end. Run it with -benchtime=1x.
func BenchmarkIdleMemory(b *testing.B) {
	const n = 1000
	for b.Loop() {
		opts, connected := sockets(Options{})
		h := start(b, opts)
		before := inUse()
		conns := make([]net.Conn, n)
		for i := range conns {
			conns[i] = rawPeer(b, h.addr)
			<-connected
		}
		client := clientCost(b, n)
		// The workers that did the handshakes go after a moment.
		time.Sleep(300 * time.Millisecond)
		b.ReportMetric((float64(inUse()-before)-client)/n/1024, "KB/conn")
		for _, c := range conns {
			c.Close()
		}
		require.Eventually(b, func() bool { return h.Stats() == 0 }, patience, time.Millisecond)
	}
}

// inUse is heap and stacks after a collection.
func inUse() int64 {
	runtime.GC()
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc + m.StackInuse)
}

// clientCost is what n client ends weigh: connections without a server's side.
func clientCost(b *testing.B, n int) float64 {
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(b, err)
	defer ln.Close()
	before := inUse()
	conns := make([]net.Conn, 2*n)
	for i := range n {
		conns[2*i], err = net.Dial("tcp", ln.Addr().String())
		require.NoError(b, err)
		conns[2*i+1], err = ln.Accept()
		require.NoError(b, err)
	}
	cost := float64(inUse()-before) / 2
	for _, c := range conns {
		c.Close()
	}
	return cost
}

// rawPeer is a websocket whose client keeps nothing but the connection.
func rawPeer(b *testing.B, addr string) net.Conn {
	c, err := net.Dial("tcp", addr)
	require.NoError(b, err)
	_, err = c.Write([]byte("GET /socket.io/?EIO=4&transport=websocket HTTP/1.1\r\nHost: localhost:3000\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n" +
		"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nOrigin: http://localhost:5173\r\n" +
		"User-Agent: Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0.0.0 Safari/537.36\r\n" +
		"Accept-Encoding: gzip, deflate, br\r\nAccept-Language: en-US,en;q=0.9\r\nCache-Control: no-cache\r\n" +
		"Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits\r\n\r\n"))
	require.NoError(b, err)
	// As every client does: what comes early would keep the host's read buffer.
	var seen []byte
	for buf := make([]byte, 512); !bytes.Contains(seen, []byte("maxPayload")); {
		n, err := c.Read(buf)
		require.NoError(b, err)
		seen = append(seen, buf[:n]...)
	}
	_, err = c.Write([]byte{0x81, 0x82, 0, 0, 0, 0, '4', '0'})
	require.NoError(b, err)
	return c
}
