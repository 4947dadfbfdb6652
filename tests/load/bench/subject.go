package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/valyala/fasthttp"

	"github.com/orchestrix/orchestrix/tests/harness"
)

// production is how the program is measured: as it serves real users, with its
// access log and the history of every run.
var production = []string{"NODE_ENV=production", "FRONTEND_URL=http://localhost:5173"}

// subject is a binary of the program, with the data that rows need and the
// results so far.
type subject struct {
	binary, data  string
	order         []*row
	taken         map[string][]figures
	limits        map[string][]figures
	cold, coldCPU []float64 // ms from the start to the first answer
	idle          []float64 // MB at rest
}

func newSubject(binary, data string) (*subject, error) {
	binary, err := filepath.Abs(binary)
	if err != nil {
		return nil, err
	}
	return &subject{binary: binary, data: data, taken: map[string][]figures{}, limits: map[string][]figures{}}, os.MkdirAll(data, 0o755)
}

func (s *subject) add(r *row, f figures) {
	if s.taken[r.name] == nil {
		s.order = append(s.order, r)
	}
	s.taken[r.name] = append(s.taken[r.name], f)
}

func (s *subject) addLimit(r *row, f figures) { s.limits[r.name] = append(s.limits[r.name], f) }

// home is the directory with the data of a row.
func (s *subject) home(r *row) string { return filepath.Join(s.data, r.name) }

// prepare makes the data of a row, once, and keeps what the program answers.
func (s *subject) prepare(ctx context.Context, r *row) (err error) {
	if _, err := os.Stat(s.home(r)); err == nil {
		return nil
	}
	if err := os.Mkdir(s.home(r), 0o755); err != nil {
		return err
	}
	p, err := start(ctx, harness.Options{Binary: s.binary, Dir: s.home(r), Env: append([]string{"RUN_HISTORY=none", "PROFILE=" + s.data + "/profile"}, production...)})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, p.stop()) }()
	if r.prepare != nil {
		if err := r.prepare(p); err != nil {
			return err
		}
	}
	if r.limit == "" {
		return nil
	}
	answer, err := p.send(r.request.method, r.request.path, r.request.text(0))
	if err != nil {
		return err
	}
	return os.WriteFile(s.home(r)+".json", []byte(answer), 0o644)
}

// server is a process under load.
type server struct {
	*harness.Process
	http fasthttp.Client
}

func start(ctx context.Context, o harness.Options) (*server, error) {
	p, err := harness.Start(ctx, o)
	if err != nil {
		return nil, err
	}
	return &server{Process: p}, nil
}

// stop ends the process. It closes the client's connections first: the limit
// would wait for them.
func (s *server) stop() error {
	s.http.CloseIdleConnections()
	_, err := s.Terminate()
	var exit interface{ ExitCode() int }
	if errors.As(err, &exit) && exit.ExitCode() == -1 { // by the signal itself: the limit does not catch it
		return nil
	}
	return err
}

// send sends one request, and returns the answer of one that succeeds.
func (s *server) send(method, path, body string) (answer string, err error) {
	req, res := fasthttp.AcquireRequest(), fasthttp.AcquireResponse()
	defer fasthttp.ReleaseRequest(req)
	defer fasthttp.ReleaseResponse(res)
	req.SetRequestURI(s.URL() + path)
	req.Header.SetMethod(method)
	if body != "" {
		req.Header.SetContentType("application/json")
		req.SetBodyString(body)
	}
	if err := s.http.DoTimeout(req, res, requestLimit); err != nil {
		return "", err
	}
	if res.StatusCode() >= fasthttp.StatusBadRequest {
		return "", fmt.Errorf("%s %s: %d %s", method, path, res.StatusCode(), res.Body())
	}
	return string(res.Body()), nil
}
