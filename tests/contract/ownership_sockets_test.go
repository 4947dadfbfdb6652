package contract_test

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/fasthttp/websocket"
	"github.com/golang-jwt/jwt/v5"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

const (
	socketPath   = "/socket.io/?EIO=4&transport=websocket"
	notFollowed  = `[{"ok":false,"error":"Execution not found"}]`
	unknownRunID = "01890a5d-ac96-774b-bcce-b302099a8057"
)

// upgrade tries to open a WebSocket; headers are names and values in turn.
func upgrade(t *testing.T, url, path string, headers ...string) (*websocket.Conn, int) {
	t.Helper()
	header := http.Header{}
	for i := 0; i+1 < len(headers); i += 2 {
		header.Set(headers[i], headers[i+1])
	}
	conn, res, err := websocket.DefaultDialer.Dial("ws"+strings.TrimPrefix(url, "http")+path, header)
	require.NotNil(t, res, "%v", err)
	res.Body.Close()
	if conn != nil {
		t.Cleanup(func() { conn.Close() })
		require.NoError(t, conn.SetReadDeadline(time.Now().Add(20*time.Second)))
	}
	return conn, res.StatusCode
}

func read(t *testing.T, conn *websocket.Conn) string {
	t.Helper()
	_, text, err := conn.ReadMessage()
	require.NoError(t, err)
	return string(text)
}

func write(t *testing.T, conn *websocket.Conn, text string) {
	t.Helper()
	require.NoError(t, conn.WriteMessage(websocket.TextMessage, []byte(text)))
}

// connect opens Socket.IO and returns the answer to a connect packet.
func connect(t *testing.T, url, path, packet string, headers ...string) (*websocket.Conn, string) {
	t.Helper()
	conn, status := upgrade(t, url, path, headers...)
	require.Equal(t, http.StatusSwitchingProtocols, status)
	require.True(t, strings.HasPrefix(read(t, conn), "0{"))
	write(t, conn, packet)
	return conn, withoutSID(read(t, conn))
}

// connectWith is connect with a token in the connect packet.
func connectWith(t *testing.T, url, token string) (*websocket.Conn, string) {
	t.Helper()
	return connect(t, url, socketPath, `40{"token":`+quote(token)+`}`)
}

// join asks for a run over Socket.IO and returns the acknowledgement.
func join(t *testing.T, conn *websocket.Conn, id string) string {
	t.Helper()
	write(t, conn, `421["join-execution",`+quote(id)+`]`)
	for {
		if got, found := strings.CutPrefix(read(t, conn), "431"); found {
			return got
		}
	}
}

// synced joins a run on the log stream and returns what it answers of it.
func synced(t *testing.T, conn *websocket.Conn, id string) []any {
	t.Helper()
	write(t, conn, `{"type":"join","data":{"streamName":"executionLog","groupId":`+quote(id)+`,"subscriptionId":"s"}}`)
	var frame struct {
		GroupID string
		Event   struct {
			Type string
			Data []any
		}
	}
	require.NoError(t, json.Unmarshal([]byte(read(t, conn)), &frame))
	require.Equal(t, "sync", frame.Event.Type)
	require.Equal(t, id, frame.GroupID)
	return frame.Event.Data
}

// Where a login is required, sockets open for a session alone, however it is
// shown. Socket.IO asks in its protocol.
func TestSocketsNeedALogin(t *testing.T) {
	url, ann, bob := startWithTwo(t, loginRequired)
	old := mint(t, jwt.MapClaims{"userId": ann.id})
	run := ann.run(t, respond(`{}`))
	require.Equal(t, "succeeded", ann.ended(t, run))
	const refusal, welcome = `44{"message":"`, `40{"sid":"<sid>"}`
	for name, c := range map[string]struct {
		query   string
		headers []string
		ok      bool
	}{
		"nothing":                    {},
		"a token":                    {headers: []string{"Authorization", "Bearer " + ann.token}, ok: true},
		"a cookie":                   {headers: []string{"Cookie", ann.cookie}, ok: true},
		"a cookie and a good origin": {headers: []string{"Cookie", ann.cookie, "Origin", "http://localhost:3000"}, ok: true},
		"a token in the query":       {query: "token=" + ann.token, ok: true},
		"a bad token in the query":   {query: "token=x"},
		"a bad one beside a cookie":  {query: "token=x", headers: []string{"Cookie", ann.cookie}},
		"a token without session":    {query: "token=" + old},
		"a bad cookie":               {headers: []string{"Cookie", "orchestrix_sid=" + ann.id}},
		"another scheme":             {headers: []string{"Authorization", "Basic " + ann.token}},
	} {
		t.Run(name, func(t *testing.T) {
			status := map[bool]int{true: http.StatusSwitchingProtocols, false: http.StatusUnauthorized}[c.ok]
			for _, path := range []string{"/?", "/ws/executions/" + run + "?"} {
				_, got := upgrade(t, url, path+c.query, c.headers...)
				assert.Equal(t, status, got, path)
			}
			_, got := connect(t, url, socketPath+"&"+c.query, "40", c.headers...)
			if c.ok {
				assert.Equal(t, welcome, got)
			} else {
				assert.Contains(t, got, refusal)
			}
		})
	}
	for name, c := range map[string]struct{ packet, want string }{
		"a token":                 {`40{"token":"` + ann.token + `"}`, welcome},
		"nothing":                 {`40`, refusal + "Not authenticated"},
		"an empty object":         {`40{}`, refusal + "Not authenticated"},
		"an operator":             {`40{"token":{"$ne":null}}`, refusal + "Not authenticated"},
		"garbage":                 {`40{"token":"x"}`, refusal + "Invalid or expired token"},
		"a token without session": {`40{"token":"` + old + `"}`, refusal + "A login session is required"},
	} {
		t.Run("connect packet with "+name, func(t *testing.T) {
			_, got := connect(t, url, socketPath, c.packet)
			assert.Contains(t, got, c.want)
		})
	}
	t.Run("the packet's token counts, not the handshake", func(t *testing.T) {
		conn, got := connect(t, url, socketPath, `40{"token":"`+bob.token+`"}`, "Cookie", ann.cookie)
		require.Equal(t, welcome, got)
		assert.Equal(t, notFollowed, join(t, conn, run))
	})
	t.Run("foreign pages", func(t *testing.T) {
		for _, path := range []string{"/", "/ws/executions/" + run} {
			_, status := upgrade(t, url, path, "Cookie", ann.cookie, "Origin", "http://evil.example")
			assert.Contains(t, []int{401, 403}, status)
		}
		_, status := upgrade(t, url, socketPath, "Cookie", ann.cookie, "Origin", "http://evil.example")
		assert.Equal(t, http.StatusForbidden, status)
	})
}

// Somebody else's run is one that does not exist, over every transport.
func TestSocketsShowOwnRuns(t *testing.T) {
	url, ann, bob := startWithTwo(t, loginRequired)
	ended := ann.run(t, respond(`{"secret":"of ann"}`))
	require.Equal(t, "succeeded", ann.ended(t, ended))
	waiting := ann.run(t, `[{"type":"delay","seconds":20}]`)
	for name, id := range map[string]string{"ended": ended, "under way": waiting, "unknown": unknownRunID, "no id": "x"} {
		t.Run(name, func(t *testing.T) {
			_, status := upgrade(t, url, "/ws/executions/"+id, "Cookie", bob.cookie)
			assert.Equal(t, http.StatusNotFound, status)

			stream, _ := upgrade(t, url, "/", "Cookie", bob.cookie)
			assert.Empty(t, synced(t, stream, id))

			conn, _ := connectWith(t, url, bob.token)
			assert.Equal(t, notFollowed, join(t, conn, id))
		})
	}
	t.Run("its owner follows it", func(t *testing.T) {
		conn, _ := upgrade(t, url, "/ws/executions/"+ended, "Cookie", ann.cookie)
		assert.Contains(t, read(t, conn), ended)

		stream, _ := upgrade(t, url, "/", "Cookie", ann.cookie)
		assert.NotEmpty(t, synced(t, stream, ended))

		conn, _ = connectWith(t, url, ann.token)
		assert.Contains(t, join(t, conn, ended), `"ok":true`)
		assert.Contains(t, join(t, conn, waiting), `"ok":true`)
	})
	assert.Equal(t, http.StatusOK, ann.send(t, http.MethodPost, "/executions/"+waiting+"/cancel", "").status)
}
