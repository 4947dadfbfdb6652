package main

import (
	"fmt"
	"strings"
	"time"
)

const owner = "bench"

// row is a line of the table.
type row struct {
	name    string
	unit    string              // what is counted
	prepare func(*server) error // stores what the row needs
	request *request            // nil when it is more than one
	limit   string              // the answer that the limit gives to it; "" when it has none
	drive   func(s *server, length time.Duration) (tally, error)
}

// rows are all of them, in the order of the table.
func rows(s *settings) []*row {
	all := []*row{
		{name: "health", limit: "health", request: get("/health")},
		published("published, 3 steps", "greeting", workflow("w", steps(3))),
		published("published, 20 steps", "greeting", workflow("w", steps(20))),
		published("published, 1,000 steps", "greeting", workflow("w", steps(1000))),
		published("published dbInsert", "inserted", each(define, workflow("w", insertSteps))),
		found("published dbFind, indexed, 1,000", 1000),
		found("published dbFind, indexed, 100,000", 100_000),
		{name: "GET workflow", limit: "workflow", request: get("/workflows/w?ownerId=" + owner), prepare: workflow("w", steps(3))},
		{name: "GET workflows, 1,000", limit: "workflows", request: get("/workflows?ownerId=" + owner), prepare: many(1000)},
		{name: "background run, watched", unit: "run", prepare: workflow("w", steps(3)), drive: func(h *server, length time.Duration) (tally, error) {
			return runs(h, "/workflows/w/execute", s.connections, length)
		}},
		{name: "fan-out", unit: "message", prepare: workflow("w", `{"type":"delay","duration":"500ms"},`+steps(runSteps)), drive: func(h *server, length time.Duration) (tally, error) {
			return fanOut(h, "/workflows/w/execute", s.watchers, length)
		}},
	}
	for _, r := range all {
		if r.request != nil {
			r.unit = "request"
			r.drive = func(h *server, length time.Duration) (tally, error) { return r.request.drive(h, s.connections, length) }
		}
	}
	return all
}

func get(path string) *request { return &request{method: "GET", path: path} }

// published is a call of the workflow w.
func published(name, limit string, prepare func(*server) error) *row {
	return &row{name: name, limit: limit, prepare: prepare, request: &request{method: "POST", path: "/workflow/run/w/run", body: person}}
}

// found is a find among so many documents.
func found(name string, documents int) *row {
	r := published(name, "found", each(define, fill(documents), workflow("w", findSteps)))
	r.request.body = func(n int) string { return person(n * 7919 % documents) }
	return r
}

func person(n int) string { return fmt.Sprintf(`{"email":"p%d@example.com","name":"Ada"}`, n) }

// steps takes the input, checks it once or more often, and answers.
func steps(n int) string {
	const check = `{"type":"inputValidation","rules":[{"field":"{{email}}","required":true,"type":"email"}]},`
	return `{"type":"input","variables":[{"name":"email"},{"name":"name"}]},` + strings.Repeat(check, n-2) +
		`{"type":"response","body":{"ok":true,"text":"Hello {{name}}"}}`
}

const (
	insertSteps = `{"type":"dbInsert","collection":"people","data":{"email":"{{input.email}}","name":"{{input.name}}"}},
		{"type":"response","body":{"id":"created._id"}}`
	findSteps = `{"type":"dbFind","collection":"people","filters":{"email":"{{input.email}}"}},{"type":"response","body":"found"}`
)

func workflow(id, steps string) func(*server) error {
	return func(s *server) error {
		_, err := s.send("POST", "/workflows", fmt.Sprintf(`{"workflowId":%q,"ownerId":%q,"apiName":"run","steps":[%s]}`, id, owner, steps))
		return err
	}
}

// each does one thing after the other.
func each(all ...func(*server) error) func(*server) error {
	return func(s *server) error {
		for _, do := range all {
			if err := do(s); err != nil {
				return err
			}
		}
		return nil
	}
}

func many(workflows int) func(*server) error {
	return func(s *server) error {
		for i := range workflows {
			if err := workflow(fmt.Sprintf("w%d", i), steps(3))(s); err != nil {
				return err
			}
		}
		return nil
	}
}

// define makes a collection with an index.
func define(s *server) error {
	_, err := s.send("POST", "/collections", `{"ownerId":"`+owner+`","collectionName":"people","fields":{"email":"string","name":"string"},"indexes":[{"fields":["email"]}]}`)
	return err
}

const fillers = 128 // insert at a time

// fill inserts people, as calls of a workflow do.
func fill(documents int) func(*server) error {
	return func(s *server) error {
		if err := workflow("fill", insertSteps)(s); err != nil {
			return err
		}
		errs := make(chan error, fillers)
		for f := range fillers {
			go func() {
				var err error
				for n := f; n < documents && err == nil; n += fillers {
					_, err = s.send("POST", "/workflow/run/fill/run", person(n))
				}
				errs <- err
			}()
		}
		var failed error
		for range fillers {
			if err := <-errs; err != nil {
				failed = err
			}
		}
		return failed
	}
}
