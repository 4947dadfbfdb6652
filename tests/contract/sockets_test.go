package contract_test

import (
	"encoding/json"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/fasthttp/websocket"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// socketCase is a recorded exchange over the sockets.
type socketCase struct {
	golden
	Kind     string
	Text     string
	Response struct{ Body any }
	Events   [][]any
	Packets  []struct {
		Sent, Got, Reply string
		Status           int
	}
}

// socketOverrides are the recorded headers that the contract replaces.
var socketOverrides = map[string]map[string]string{
	"engine.io preflight": { // http.md, CORS: methods GET,POST,PUT,DELETE,PATCH; applies to /socket.io/ polling too
		"access-control-allow-methods": "GET,POST,PUT,DELETE,PATCH"},
}

// outputOverrides are the recorded step outputs that the contract replaces, by
// the case and the event.
var outputOverrides = map[string]map[int]string{
	"inline ok: input, validation, response (FE payload)": { // engine.md, input: variables, also under data
		3: `{"variablesSet":["email"],"values":{"email":"x@y.z"}}`},
}

func TestSocketGoldens(t *testing.T) {
	text, err := os.ReadFile(filepath.Join("..", "fixtures", "goldens", "sockets.json"))
	require.NoError(t, err)
	var file struct{ Cases []json.RawMessage }
	require.NoError(t, json.Unmarshal(text, &file))
	r := newReplay(t, start(t))
	for _, raw := range file.Cases {
		var c socketCase
		require.NoError(t, json.Unmarshal(raw, &c.golden))
		require.NoError(t, json.Unmarshal(raw, &struct {
			Kind, Text *string
			Response   any
			Events     any
			Packets    any
		}{&c.Kind, &c.Text, &c.Response, &c.Events, &c.Packets}))
		t.Run(c.Name, func(t *testing.T) {
			switch {
			case c.Kind == "http":
				r.polled(t, &c)
			case c.Packets != nil:
				r.packets(t, &c)
			default:
				r.watched(t, &c, raw)
			}
		})
	}
}

// polled replays a request to the path of Socket.IO.
func (r *replay) polled(t *testing.T, c *socketCase) {
	status, headers, body := r.send(t, c.Method, c.Path, c.Request.Headers, nil)
	assert.Equal(t, c.Status, status)
	for name, value := range c.Headers {
		if other, ok := socketOverrides[c.Name][name]; ok {
			value = other
		}
		assert.Equal(t, value, headers.Get(name), name)
	}
	assert.Equal(t, c.Text, withoutSID(string(body)))
}

// withoutSID puts a placeholder in the place of a session's id.
func withoutSID(text string) string {
	before, rest, ok := strings.Cut(text, `"sid":"`)
	if !ok {
		return text
	}
	_, after, _ := strings.Cut(rest, `"`)
	return before + `"sid":"<sid>"` + after
}

// packets replays a transcript of long-polling.
func (r *replay) packets(t *testing.T, c *socketCase) {
	_, _, body := r.send(t, http.MethodGet, "/socket.io/?EIO=4&transport=polling", nil, nil)
	var open struct{ Sid string }
	require.NoError(t, json.Unmarshal(body[1:], &open))
	path := "/socket.io/?EIO=4&transport=polling&sid=" + open.Sid
	for _, p := range c.Packets {
		if p.Sent != "" {
			status, _, reply := r.send(t, http.MethodPost, path, map[string]string{"content-type": "text/plain;charset=UTF-8"}, []byte(p.Sent))
			assert.Equal(t, p.Status, status)
			assert.Equal(t, p.Reply, string(reply))
			continue
		}
		_, _, got := r.send(t, http.MethodGet, path, nil, nil)
		assert.Equal(t, p.Got, withoutSID(string(got)))
	}
}

// watched starts the recorded run and compares its events. realtime.md adds to
// what was recorded: entries hold more fields, step_data entries come in
// between, and a failed run ends with workflow_failed.
func (r *replay) watched(t *testing.T, c *socketCase, raw json.RawMessage) {
	var request struct{ Request json.RawMessage }
	require.NoError(t, json.Unmarshal(raw, &request))
	status, _, body := r.send(t, http.MethodPost, "/workflows/run", map[string]string{"content-type": "application/json"}, request.Request)
	require.Equal(t, http.StatusOK, status, "%s", body)
	var answer map[string]any
	require.NoError(t, json.Unmarshal(body, &answer))
	compare := comparison{replay: r, extra: true}
	assert.Empty(t, compare.compare("", c.Response.Body, any(answer)))

	events := watch(t, r.url, answer["executionId"].(string))
	assert.Equal(t, "joined-execution", events[0][0])
	kept := events[:0]
	for _, e := range events {
		if entry := e[1].(map[string]any); entry["type"] != "step_data" {
			kept = append(kept, e)
		}
	}
	last := kept[len(kept)-1][1].(map[string]any)
	if last["type"] == "workflow_failed" {
		assert.NotEmpty(t, last["error"])
		kept = kept[:len(kept)-1]
	}
	require.Len(t, kept, len(c.Events))
	for i := range kept {
		if patch, ok := outputOverrides[c.Name][i]; ok {
			var output any
			require.NoError(t, json.Unmarshal([]byte(patch), &output))
			c.Events[i][1].(map[string]any)["output"] = output
		}
		for _, difference := range compare.compare("", any(c.Events[i]), any(kept[i])) {
			t.Errorf("event %d: %s", i, difference)
		}
	}
}

// watch joins a run over a raw WebSocket and returns what comes until its end.
func watch(t *testing.T, url, id string) (events [][]any) {
	t.Helper()
	conn, res, err := websocket.DefaultDialer.Dial("ws"+strings.TrimPrefix(url, "http")+"/socket.io/?EIO=4&transport=websocket", nil)
	require.NoError(t, err)
	defer conn.Close()
	defer res.Body.Close()
	require.NoError(t, conn.SetReadDeadline(time.Now().Add(20*time.Second)))
	for {
		_, text, err := conn.ReadMessage()
		require.NoError(t, err)
		switch {
		case text[0] == '0':
			require.NoError(t, conn.WriteMessage(websocket.TextMessage, []byte("40")))
		case strings.HasPrefix(string(text), "40"):
			require.NoError(t, conn.WriteMessage(websocket.TextMessage, []byte(`42["join-execution",`+quote(id)+`]`)))
		case strings.HasPrefix(string(text), "42"):
			var event []any
			require.NoError(t, json.Unmarshal(text[2:], &event))
			events = append(events, event)
			entry, _ := event[1].(map[string]any)
			if kind := entry["type"]; kind == "workflow_complete" || kind == "workflow_failed" {
				return events
			}
		}
	}
}
