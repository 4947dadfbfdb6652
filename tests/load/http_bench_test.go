// Package load_test measures the whole program over HTTP.
package load_test

import (
	"context"
	"fmt"
	"net"
	"os"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"github.com/valyala/fasthttp"
	"go.mongodb.org/mongo-driver/bson"
	"go.uber.org/zap"

	"github.com/orchestrix/orchestrix/config"
	"github.com/orchestrix/orchestrix/modules"
)

const connections = 16

// bench is a server in production mode, with its client.
type bench struct {
	*testing.B
	program *modules.Program
	client  fasthttp.Client
	url     string
}

func start(b *testing.B) *bench {
	b.Helper()
	for name, value := range map[string]string{"NODE_ENV": "production", "JWT_SECRET": "a secret for benchmarks", "DATA_DIR": b.TempDir()} {
		b.Setenv(name, value)
	}
	s, err := config.Load(nil)
	require.NoError(b, err)
	program, err := modules.Build(context.Background(), s, zap.NewNop())
	require.NoError(b, err)
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(b, err)
	go program.Server.Serve(listener) //nolint:errcheck // it ends with Close
	b.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
		defer cancel()
		require.NoError(b, program.Close(ctx))
	})
	h := &bench{B: b, program: program, url: "http://" + listener.Addr().String()}
	h.client.MaxConnsPerHost = connections
	return h
}

func (h *bench) save(id, steps string) string {
	h.Helper()
	status, body := h.post("/workflows", fmt.Sprintf(`{"workflowId":%q,"ownerId":"o","apiName":"run","steps":%s}`, id, steps))
	require.Equal(h, 200, status, body)
	return "/workflow/run/" + id + "/run"
}

func (h *bench) post(path, body string) (int, string) {
	req, res := fasthttp.AcquireRequest(), fasthttp.AcquireResponse()
	defer fasthttp.ReleaseRequest(req)
	defer fasthttp.ReleaseResponse(res)
	req.SetRequestURI(h.url + path)
	req.Header.SetMethod("POST")
	req.Header.SetContentType("application/json")
	req.SetBodyString(body)
	if err := h.client.Do(req, res); err != nil {
		return 0, err.Error()
	}
	return res.StatusCode(), string(res.Body())
}

// drive calls a path b.N times over 16 connections and reports the CPU time of
// client and server together: both run in this process.
func (h *bench) drive(path string, body func(i int) string) {
	h.ReportAllocs()
	work := make(chan int, connections)
	var wait sync.WaitGroup
	h.ResetTimer()
	before := cpu()
	for range connections {
		wait.Go(func() {
			for i := range work {
				if status, answer := h.post(path, body(i)); status != 200 {
					h.Errorf("%d %s", status, answer)
				}
			}
		})
	}
	for i := range h.N {
		work <- i
	}
	close(work)
	wait.Wait()
	h.ReportMetric(float64((cpu()-before).Microseconds())/float64(h.N), "cpu-µs/op")
}

func cpu() time.Duration {
	var usage syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &usage); err != nil {
		return 0
	}
	return time.Duration(usage.Utime.Nano() + usage.Stime.Nano())
}

func BenchmarkHealth(b *testing.B) {
	h := start(b)
	h.ReportAllocs()
	for b.Loop() {
		if status, _, err := h.client.Get(nil, h.url+"/health"); status != 200 {
			b.Fatal(status, err)
		}
	}
}

func BenchmarkPublishedThreeSteps(b *testing.B) {
	h := start(b)
	path := h.save("three", `[{"type":"input","variables":[{"name":"email"},{"name":"name"}]},
		{"type":"inputValidation","rules":[{"field":"{{email}}","required":true,"type":"email"}]},
		{"type":"response","body":{"ok":true,"text":"Hello {{name}}"}}]`)
	h.drive(path, func(int) string { return `{"email":"ada@example.com","name":"Ada"}` })
}

func BenchmarkPublishedInsertAndFind(b *testing.B) {
	h := start(b)
	h.fill("items", 100_000)
	path := h.save("pair", `[{"type":"dbInsert","collection":"items","data":{"email":"{{input.email}}","name":"x"}},
		{"type":"dbFind","collection":"items","filters":{"_id":"{{created._id}}"}},{"type":"response","body":{"id":"found._id"}}]`)
	h.drive(path, func(i int) string { return fmt.Sprintf(`{"email":"new%d@example.com"}`, i) })
}

// fill puts documents into a collection before the clock starts.
func (h *bench) fill(collection string, n int) {
	h.Helper()
	c := h.program.Store.Collection(collection)
	var wait sync.WaitGroup
	for worker := range 256 {
		wait.Go(func() {
			for i := worker; i < n; i += 256 {
				if _, err := c.InsertOne(context.Background(), bson.D{{Key: "email", Value: fmt.Sprintf("p%d@example.com", i)}, {Key: "name", Value: "x"}}); err != nil {
					h.Error(err)
				}
			}
		})
	}
	wait.Wait()
}

// BenchmarkStart is from nothing to a served request.
func BenchmarkStart(b *testing.B) {
	for b.Loop() {
		b.StopTimer()
		dir, err := os.MkdirTemp(b.TempDir(), "")
		require.NoError(b, err)
		b.Setenv("DATA_DIR", dir)
		b.StartTimer()
		s, err := config.Load(nil)
		require.NoError(b, err)
		program, err := modules.Build(context.Background(), s, zap.NewNop())
		require.NoError(b, err)
		listener, err := net.Listen("tcp", "127.0.0.1:0")
		require.NoError(b, err)
		go program.Server.Serve(listener) //nolint:errcheck // it ends with Close
		status, _, err := fasthttp.Get(nil, "http://"+listener.Addr().String()+"/health")
		require.NoError(b, err)
		require.Equal(b, 200, status)
		b.StopTimer()
		require.NoError(b, program.Close(context.Background()))
		b.StartTimer()
	}
}
