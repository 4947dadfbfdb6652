package execution

import (
	"context"
	"net/http"

	"github.com/orchestrix/orchestrix/modules/core/app"
	"github.com/orchestrix/orchestrix/platform/registry"
	"github.com/orchestrix/orchestrix/platform/runlog"
)

func init() {
	app.Routes.Register(app.Route{
		ID:      "execution.logs",
		Method:  http.MethodGet,
		Path:    "/executions/:id/logs",
		Tag:     "Execution",
		Summary: "Shows the log of an execution, the oldest entry first.",
		Auth:    registry.Owned,
		Handler: registry.Handle(logs),
	})
}

// Bounds of one answer. The rest of a longer log is after its last seq.
const (
	logPage  = 500
	maxLog   = 16 << 20 // bytes
	allAfter = -1
)

type logsRequest struct {
	ID       string `param:"id"`
	Owner    string `owner:"caller"`
	AfterSeq int64  `query:"afterSeq" default:"-1" description:"only entries after the one with this seq"`
}

func logs(ctx context.Context, a *app.App, req *logsRequest) (*registry.Reply, error) {
	visible, err := a.Runs.Visible(ctx, req.ID, req.Owner)
	if err != nil {
		return nil, err
	}
	body := []byte{'['}
	for after := max(req.AfterSeq, allAfter); visible && len(body) < maxLog; {
		entries, err := a.Runs.Entries(ctx, req.ID, after, logPage)
		if err != nil {
			return nil, err
		}
		body = appendEntries(body, entries)
		if len(entries) < logPage {
			break
		}
		after = entries[len(entries)-1].Seq
	}
	return &registry.Reply{
		Header: []registry.Header{{Name: "Content-Type", Value: "application/json; charset=utf-8"}},
		Body:   append(body, ']'),
	}, nil
}

func appendEntries(body []byte, entries []*runlog.Entry) []byte {
	for _, e := range entries {
		if len(body) > 1 {
			body = append(body, ',')
		}
		body = e.AppendJSON(body)
	}
	return body
}
