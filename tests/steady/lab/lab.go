// Package lab runs the real program for the measurements of its steadiness, and
// says whether what was seen is what is promised.
package lab

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/valyala/fasthttp"

	"github.com/orchestrix/orchestrix/tests/harness"
)

// Owner has all workflows.
const Owner = "steady"

const (
	answerLimit = 40 * time.Second // longer than the program lets any request take
	connections = 256              // of a server's own client
)

// Server is a program under test, with a client.
type Server struct {
	*harness.Process
	*Client
}

// Start builds the program, unless there is a binary, and starts it on a
// directory as it serves real users. Settings are NAME=value.
func Start(ctx context.Context, binary, dir string, settings ...string) (*Server, error) {
	if binary == "" {
		var err error
		if binary, err = harness.Build(ctx, dir); err != nil {
			return nil, err
		}
	}
	p, err := harness.Start(ctx, harness.Options{Binary: binary, Dir: dir, Env: append([]string{
		"NODE_ENV=production", "FRONTEND_URL=http://localhost:5173"}, settings...)})
	if err != nil {
		return nil, err
	}
	return &Server{Process: p, Client: Dial(p.Addr(), connections)}, nil
}

// Stop ends the program as an operator does.
func (s *Server) Stop() error {
	s.Close()
	_, err := s.Terminate()
	return err
}

// Client sends requests over connections of its own.
type Client struct {
	http  fasthttp.HostClient
	Token string // of a login, sent when there is one
}

// Dial makes a client with so many connections at most. They are opened when they
// are needed.
func Dial(addr string, connections int) *Client {
	return &Client{http: fasthttp.HostClient{Addr: addr, MaxConns: connections, MaxConnWaitTimeout: answerLimit, MaxIdemponentCallAttempts: 1}}
}

// Close ends the client's connections.
func (c *Client) Close() { c.http.CloseIdleConnections() }

// Answer is what came back, and how long that took.
type Answer struct {
	Status     int
	Body       []byte
	RetryAfter string
	Execution  string // the id of the run
	Took       time.Duration
}

// Busy reports whether the program turned the request away as it may: with when
// to come back.
func (a *Answer) Busy() bool {
	return a.Status == fasthttp.StatusServiceUnavailable && a.RetryAfter != ""
}

// Decode reads the body as JSON.
func (a *Answer) Decode(into any) error { return json.Unmarshal(a.Body, into) }

// Send sends a request. Its error says that there was no answer.
func (c *Client) Send(method, path, body string) (*Answer, error) {
	req, res := fasthttp.AcquireRequest(), fasthttp.AcquireResponse()
	defer fasthttp.ReleaseRequest(req)
	defer fasthttp.ReleaseResponse(res)
	req.SetRequestURI("http://" + c.http.Addr + path)
	req.Header.SetMethod(method)
	if body != "" {
		req.Header.SetContentType("application/json")
		req.SetBodyString(body)
	}
	if c.Token != "" {
		req.Header.Set("Authorization", "Bearer "+c.Token)
	}
	began := time.Now()
	if err := c.http.DoTimeout(req, res, answerLimit); err != nil {
		return nil, fmt.Errorf("%s %s: %w", method, path, err)
	}
	return &Answer{
		Status: res.StatusCode(), Body: append([]byte(nil), res.Body()...), Took: time.Since(began),
		RetryAfter: string(res.Header.Peek("Retry-After")), Execution: string(res.Header.Peek("X-Execution-Id")),
	}, nil
}

// Must sends a request that has to succeed, and decodes its answer.
func (c *Client) Must(method, path, body string, into any) error {
	a, err := c.Send(method, path, body)
	if err == nil && a.Status >= fasthttp.StatusBadRequest {
		err = fmt.Errorf("%s %s: %d %s", method, path, a.Status, a.Body)
	}
	if err != nil || into == nil {
		return err
	}
	return a.Decode(into)
}

// Save stores a workflow and returns the path of its API.
func (c *Client) Save(id, steps string) (path string, err error) {
	var saved struct{ APIPath string }
	err = c.Must("POST", "/workflows", fmt.Sprintf(`{"workflowId":%q,"ownerId":%q,"apiName":"run","steps":%s}`, id, Owner, steps), &saved)
	if err == nil && saved.APIPath == "" {
		err = errors.New("a workflow was saved without an API")
	}
	return saved.APIPath, err
}

// Count is how many documents a collection holds.
func (c *Client) Count(collection string) (n int, err error) {
	var found struct{ Total int }
	err = c.Must("GET", "/collections/"+collection+"/data?limit=1&ownerId="+Owner, "", &found)
	return found.Total, err
}
