package crash_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// client speaks to one life of the program.
type client struct {
	url  string
	http *http.Client
}

func newClient(url string) *client {
	return &client{url: url, http: &http.Client{
		Timeout:   20 * time.Second,
		Transport: &http.Transport{MaxIdleConnsPerHost: acceptors},
	}}
}

// do sends a request and decodes a good answer into out. It is safe in any
// goroutine.
func (c *client) do(method, path string, body, out any) error {
	var sent io.Reader
	if body != nil {
		text, err := json.Marshal(body)
		if err != nil {
			return err
		}
		sent = bytes.NewReader(text)
	}
	req, err := http.NewRequest(method, c.url+path, sent) //nolint:noctx // the client has a timeout
	if err != nil {
		return err
	}
	if body != nil {
		req.Header.Set("Content-Type", "application/json")
	}
	res, err := c.http.Do(req)
	if err != nil {
		return err
	}
	defer res.Body.Close()
	text, err := io.ReadAll(res.Body)
	if err != nil {
		return err
	}
	if res.StatusCode != http.StatusOK {
		return &refused{res.StatusCode, method + " " + path + ": " + string(text)}
	}
	return json.Unmarshal(text, out)
}

// refused is an answer that is no success.
type refused struct {
	status int
	text   string
}

func (r *refused) Error() string { return fmt.Sprintf("%d %s", r.status, r.text) }

// object is a JSON object that is sent.
type object map[string]any

// save stores a workflow and publishes it as api.
func (c *client) save(t *testing.T, id string, steps []object) {
	t.Helper()
	var answer object
	require.NoError(t, c.do(http.MethodPost, "/workflows", object{"workflowId": id, "ownerId": owner, "apiName": "api", "steps": steps}, &answer))
}

const owner = "user_default"

// post asks for a background run.
func (c *client) post(path string, body object) (executionID string, err error) {
	var answer struct {
		OK          bool   `json:"ok"`
		ExecutionID string `json:"executionId"`
	}
	if err := c.do(http.MethodPost, path, body, &answer); err != nil {
		return "", err
	}
	if !answer.OK || answer.ExecutionID == "" {
		return "", fmt.Errorf("%s: %+v", path, answer)
	}
	return answer.ExecutionID, nil
}

// execution is what GET /executions/:id says.
type execution struct {
	ExecutionID, Status, Error       string
	CreatedAt, StartedAt, FinishedAt string
	DurationMs                       *int64
	StepCount                        int
	WorkflowID, Trigger              string
}

func (x *execution) ended() bool { return x.Status != "queued" && x.Status != "running" }

// after reports whether the run began after a moment.
func (x *execution) startedAfter(moment time.Time) bool {
	at, err := time.Parse(time.RFC3339Nano, x.StartedAt)
	return err == nil && at.After(moment)
}

func (c *client) execution(id string) (x execution, err error) {
	return x, c.do(http.MethodGet, "/executions/"+id, nil, &x)
}

// entry is the part of a log entry that tells how the run went.
type entry struct {
	ID, ExecutionID, Type, Phase, Title, Error, Timestamp string
	Seq                                                   int
}

func (c *client) log(id string) (entries []entry, err error) {
	return entries, c.do(http.MethodGet, "/executions/"+id+"/logs", nil, &entries)
}
