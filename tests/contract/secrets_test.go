package contract_test

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"

	"github.com/fasthttp/websocket"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.mongodb.org/mongo-driver/bson"

	"github.com/orchestrix/orchestrix/config"
	"github.com/orchestrix/orchestrix/modules"
	"github.com/orchestrix/orchestrix/platform/engine"
	"github.com/orchestrix/orchestrix/platform/logging"
	"github.com/orchestrix/orchestrix/platform/mail/mailtest"
	"github.com/orchestrix/orchestrix/platform/mongo"
)

// A step type with a bug that puts what it was given into its panic.
func init() {
	engine.Register(engine.StepType{
		Type: "testSpill", Label: "Spill", Summary: "Panics with a text, in tests.",
		Fields: []engine.Field{{Name: "text", Kind: engine.Template, Description: "The text."}},
		Compile: func(f *engine.Fields) engine.Execute {
			text := f.Value("text")
			return func(_ context.Context, c *engine.Call) (engine.Outcome, error) {
				value, _ := text.Resolve(c.Vars)
				panic(value)
			}
		},
	})
}

// The canaries: what a caller sends and what the installation has.
const (
	canaryPassword = "canary-password-6d1f"
	canaryKey      = "canary-apikey-83ac"
	canaryURIPass  = "canary-uri-pass-71e0"
	canaryJWT      = "canary-jwt-secret-0b42"
	canarySMTP     = "canary-smtp-pass-99d7"
)

// journal is a log that can be read while it is written.
type journal struct {
	mu   sync.Mutex
	text strings.Builder
}

func (j *journal) Write(p []byte) (int, error) {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.text.Write(p)
}

func (j *journal) Sync() error { return nil }

func (j *journal) String() string {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.text.String()
}

// TestSecretsGoNowhere is security.md, 10.
func TestSecretsGoNowhere(t *testing.T) {
	office := mailtest.Start(t, mailtest.Options{User: "peer", Pass: canarySMTP,
		Script: mailtest.Script{Replies: map[mailtest.Phase]string{mailtest.Recipient: "550 5.1.1 no user " + canarySMTP}}})
	t.Setenv("JWT_SECRET", canaryJWT)
	t.Setenv("SMTP_PASS", canarySMTP)
	t.Setenv("DATA_DIR", t.TempDir())
	s, err := config.Load(nil)
	require.NoError(t, err)
	sending(office)(s)
	s.SMTPPass = canarySMTP
	written := &journal{}
	log, err := logging.New(logging.Options{Level: "debug", Output: written, Secrets: s.Secrets()})
	require.NoError(t, err)
	program, err := modules.Build(t.Context(), s, log)
	require.NoError(t, err)
	url, _ := launch(t, program)

	token := register(t, url, "canary@example.com")
	input := fmt.Sprintf(`{"email":"u@example.com","password":%q,"apiKey":%q,"uri":"mongodb://u:%s@db.example.com/x"}`, canaryPassword, canaryKey, canaryURIPass)
	begin := `{"id":"in","type":"input","variables":[{"name":"email"},{"name":"password"},{"name":"apiKey"},{"name":"uri"}]},
		{"id":"v","type":"inputValidation","rules":[{"field":"password","required":true,"minLength":3}]},
		{"id":"a","type":"authMiddleware"}`
	for name, steps := range map[string]string{
		"happy": `{"id":"i","type":"dbInsert","collection":"users","data":{"email":"{{email}}","password":"{{password}}"}},
			{"id":"l","type":"userLogin","email":"{{email}}","password":"{{password}}"},
			{"id":"n","type":"dbInsert","collection":"notes","data":{"text":"a note"}}`,
		"no query":      `{"id":"f","type":"dbFind","collection":"notes","filters":{"a":{"$regex":"({{password}} {{uri}}"}}}`,
		"refused mail":  `{"id":"m","type":"emailSend","to":"{{apiKey}}@peer.test","subject":"s","body":"{{password}}"}`,
		"wrong login":   `{"id":"l","type":"userLogin","email":"{{apiKey}}","password":"{{password}}x"}`,
		"invalid value": `{"id":"w","type":"inputValidation","rules":[{"field":"password","type":"email"},{"field":"uri","pattern":"^x$"}]}`,
		"panic":         `{"id":"p","type":"testSpill","text":"{{password}} {{apiKey}} {{uri}}"}`,
	} {
		t.Run(name, func(t *testing.T) {
			all := "[" + begin + "," + steps + "]"
			path := save(t, url, workflow("canary", "ann", "canary", all))
			got := send(t, http.MethodPost, url+path, input, "Authorization", "Bearer "+token)
			seen := map[string]string{"the answer": got.body}
			seen["its log"], seen["its socket"] = followed(t, url, got.header.Get("X-Execution-Id"), token)

			accepted := send(t, http.MethodPost, url+"/workflows/run", `{"steps":`+all+`,"input":`+input+`}`, "Authorization", "Bearer "+token)
			seen["the log of a background run"], seen["the socket of a background run"] = followed(t, url, accepted.text(t, "executionId"), token)
			seen["the executions"] = send(t, http.MethodGet, url+"/executions?ownerId=user_default", "").body
			for place, text := range stored(t, program.Store) {
				seen["the store's "+place] = text
			}
			require.NoError(t, log.Sync())
			seen["the server's log"] = written.String()
			for place, text := range seen {
				for _, hidden := range []string{canaryPassword, canaryKey, canaryURIPass, canaryJWT, canarySMTP, token} {
					assert.NotContains(t, text, hidden, place)
				}
				assert.NotEmpty(t, text, place)
			}
		})
	}
	assert.Contains(t, written.String(), "run failed", "the log is looked at")
}

// followed returns the log of a run as it is read afterwards and as a socket gets
// it, to its end.
func followed(t *testing.T, url, id, token string) (log, frames string) {
	t.Helper()
	conn, _, err := websocket.DefaultDialer.Dial("ws"+strings.TrimPrefix(url, "http")+"/ws/executions/"+id, http.Header{"Authorization": {"Bearer " + token}})
	require.NoError(t, err)
	defer conn.Close()
	for {
		_, frame, err := conn.ReadMessage()
		require.NoError(t, err)
		frames += string(frame)
		var entry struct{ Type string }
		require.NoError(t, json.Unmarshal(frame, &entry))
		if entry.Type == "workflow_complete" || entry.Type == "workflow_failed" {
			return send(t, http.MethodGet, url+"/executions/"+id+"/logs", "").body, frames
		}
	}
}

// stored is everything in the store, by collection.
func stored(t *testing.T, store mongo.Store) map[string]string {
	t.Helper()
	names, err := store.Collections(t.Context())
	require.NoError(t, err)
	all := map[string]string{}
	for _, name := range names {
		found, err := store.Collection(name).Find(t.Context(), bson.D{}, mongo.FindOptions{})
		require.NoError(t, err)
		if len(found) == 0 {
			continue
		}
		raw, err := bson.Marshal(bson.D{{Key: "all", Value: found}})
		require.NoError(t, err)
		all[name] = string(raw)
	}
	return all
}
