package live_test

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/fasthttp/websocket"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/orchestrix/orchestrix/modules/modulestest"
)

func serve(t *testing.T) *modulestest.Host {
	t.Helper()
	t.Setenv("FRONTEND_URL", "http://app.example")
	return modulestest.Start(t, "live.socketio", "live.socketioPost", "live.stream", "live.execution", "execution.run")
}

func dial(t *testing.T, host *modulestest.Host, path string) *websocket.Conn {
	t.Helper()
	conn, res, err := websocket.DefaultDialer.Dial("ws"+strings.TrimPrefix(host.URL, "http")+path, nil)
	require.NoError(t, err)
	t.Cleanup(func() { conn.Close() })
	res.Body.Close()
	require.NoError(t, conn.SetReadDeadline(time.Now().Add(20*time.Second)))
	return conn
}

func begin(t *testing.T, host *modulestest.Host) (id string) {
	t.Helper()
	var answer struct{ ExecutionID string }
	require.NoError(t, json.Unmarshal([]byte(host.Call(http.MethodPost, "/workflows/run", `{"steps":[{"type":"response"}]}`).Body), &answer))
	return answer.ExecutionID
}

func TestWithoutUpgrade(t *testing.T) {
	host := serve(t)
	for path, c := range map[string]struct {
		status int
		body   string
	}{
		"/":                            {404, `{"error":"Not Found","message":"Route GET / not found"`},
		"/ws/executions/x":             {426, `{"error":"Upgrade Required"`},
		"/ws/executions/x?afterSeq=ab": {400, `{"error":"afterSeq must be a whole number"`},
		"/socket.io/":                  {400, `{"code":0,"message":"Transport unknown"}`},
	} {
		got := host.Call(http.MethodGet, path, "")
		assert.Equal(t, c.status, got.Status, path)
		assert.Contains(t, got.Body, c.body, path)
	}
}

func TestOrigins(t *testing.T) {
	host := serve(t)
	for origin, status := range map[string]int{"http://app.example": 101, host.URL: 101, "http://evil.example": 403} {
		for _, path := range []string{"/", "/ws/executions/x", "/socket.io/?EIO=4&transport=websocket"} {
			conn, res, err := websocket.DefaultDialer.Dial("ws"+strings.TrimPrefix(host.URL, "http")+path, http.Header{"Origin": {origin}})
			require.Equal(t, status, res.StatusCode, "%s %s: %v", origin, path, err)
			res.Body.Close()
			if conn != nil {
				conn.Close()
			}
		}
	}
}

func TestExecutionSendsOneEntryInAFrame(t *testing.T) {
	host := serve(t)
	id := begin(t, host)
	for after, want := range map[string][]string{
		"":            {"step_start", "step_start", "step_complete", "workflow_complete"},
		"?afterSeq=1": {"step_complete", "workflow_complete"},
	} {
		conn := dial(t, host, "/ws/executions/"+id+after)
		for _, kind := range want {
			var entry struct{ ExecutionID, Type string }
			require.NoError(t, conn.ReadJSON(&entry))
			assert.Equal(t, id, entry.ExecutionID)
			assert.Equal(t, kind, entry.Type)
		}
	}
}

func TestStreamSyncsAndCreates(t *testing.T) {
	host := serve(t)
	conn := dial(t, host, "/")
	id := begin(t, host)
	require.NoError(t, conn.WriteMessage(websocket.TextMessage, []byte(`{"type":"join","data":{"streamName":"other","groupId":"`+id+`"}}`)))
	require.NoError(t, conn.WriteMessage(websocket.TextMessage, []byte(`not JSON`)))
	require.NoError(t, conn.WriteJSON(map[string]any{"type": "join", "data": map[string]any{"streamName": "executionLog", "groupId": id, "subscriptionId": "s"}}))
	type item struct {
		ID, Type, Phase string
		Timestamp       int64
		Output, Data    any
	}
	var items []item
	for len(items) < 4 {
		var frame struct {
			Timestamp           int64
			StreamName, GroupID string
			ID                  *string
			Event               struct {
				Type string
				Data json.RawMessage
			}
		}
		require.NoError(t, conn.ReadJSON(&frame))
		assert.Equal(t, "executionLog", frame.StreamName)
		assert.Equal(t, id, frame.GroupID)
		assert.Positive(t, frame.Timestamp)
		if frame.Event.Type == "sync" {
			assert.Empty(t, items, "it is the first")
			assert.Nil(t, frame.ID)
			require.NoError(t, json.Unmarshal(frame.Event.Data, &items))
			continue
		}
		assert.Equal(t, "create", frame.Event.Type)
		var one item
		require.NoError(t, json.Unmarshal(frame.Event.Data, &one))
		require.NotNil(t, frame.ID)
		assert.Equal(t, one.ID, *frame.ID)
		items = append(items, one)
	}
	assert.Equal(t, "step_finished", items[2].Phase)
	assert.Equal(t, items[2].Output, items[2].Data)
	assert.Equal(t, "execution_finished", items[3].Phase)
	assert.Greater(t, items[3].Timestamp, int64(1_700_000_000_000))
}
