package contract_test

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"sync"
	"testing"

	"github.com/orchestrix/orchestrix/config"
)

// fakeModel is the model server of the recorded exchanges, as far as they need it
// (tools/fakeai.mjs): a marker in the prompt chooses the answer.
type fakeModel struct {
	mu    sync.Mutex
	asked []string // all messages of each request, joined
}

// startModel starts one, and returns what makes a server ask it.
func startModel(t *testing.T) (*fakeModel, func(*config.Settings)) {
	m := &fakeModel{}
	server := httptest.NewServer(m)
	t.Cleanup(server.Close)
	return m, func(s *config.Settings) {
		s.AIProvider, s.OpenAIKey, s.OpenAIURL = "openai", "a key for tests", server.URL+"/v1"
	}
}

func (m *fakeModel) prompts() []string {
	m.mu.Lock()
	defer m.mu.Unlock()
	return append([]string(nil), m.asked...)
}

var marker = regexp.MustCompile(`FAKE:([a-z0-9]+)`)

// madeGraph is the workflow that the recorded model makes.
const madeGraph = `{"nodes":[
	{"id":"step1","type":"input","data":{"label":"User Input","fields":{"variables":[{"name":"email","type":"string"},{"name":"password","type":"string"}]}}},
	{"id":"step2","type":"inputValidation","data":{"label":"Validate Input","fields":{"rules":[{"field":"{{email}}","required":true,"type":"string"}]}}},
	{"id":"step3","type":"dbInsert","data":{"label":"Create User","fields":{"collection":"users","data":{"email":"{{email}}","password":"{{password}}"},"outputVar":"newUser"}}},
	{"id":"step4","type":"jwtGenerate","data":{"label":"Issue Token","fields":{"payload":{"userId":"{{created._id}}"},"expiresIn":"7d","output":"token"}}},
	{"id":"step5","type":"response","data":{"label":"Send Response","fields":{"status":201,"body":{"token":"{{token}}"}}}}],
	"edges":[{"id":"edge1","source":"step1","target":"step2"},{"id":"edge2","source":"step2","target":"step3"},{"id":"edge3","source":"step3","target":"step4"},{"id":"edge4","source":"step4","target":"step5"}]}`

const madeEdit = `{"addedNodes":[
	{"id":"step2","type":"emailSend","data":{"label":"Send Email","fields":{"to":"{{email}}","subject":"Hi","body":"Hello {{email}}"}}},
	{"id":"step7","type":"frobnicate","data":{"label":"Bad"}}],
	"addedEdges":[{"id":"edge9","source":"step4","target":"step2"},{"id":"edge10","source":"step2","target":"step5"}],"reasoning":"added email"}`

func (m *fakeModel) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	var body struct{ Messages []struct{ Content string } }
	text, _ := io.ReadAll(r.Body)
	_ = json.Unmarshal(text, &body)
	var all []string
	for _, message := range body.Messages {
		all = append(all, message.Content)
	}
	prompt := strings.Join(all, "\n")
	m.mu.Lock()
	m.asked = append(m.asked, prompt)
	m.mu.Unlock()
	w.Header().Set("Content-Type", "application/json")
	answer := madeGraph
	kind := ""
	if found := marker.FindStringSubmatch(prompt); found != nil {
		kind = found[1]
	}
	switch kind {
	case "401", "500":
		w.WriteHeader(map[string]int{"401": 401, "500": 400}[kind]) // 400: a server's failure that is not tried again
		_, _ = io.WriteString(w, `{"error":{"message":"fake `+kind+`","type":"fake"}}`)
		return
	case "nojson":
		answer = "Sorry, I cannot do that."
	case "badjson":
		answer = `{"nodes": [ }`
	case "md":
		answer = "Here you go:\n```json\n" + answer + "\n```\nDone."
	case "unquoted":
		answer = regexp.MustCompile(`"([a-zA-Z0-9_]+)":`).ReplaceAllString(answer, "$1:")
	case "noedges":
		answer, _, _ = strings.Cut(answer, `"edges"`)
		answer = strings.TrimSuffix(strings.TrimSpace(answer), ",") + "}"
	case "unknowntypes":
		answer = strings.Replace(answer, `{"id":"step2"`, `{"id":"x","type":"teleport","data":{}},{"id":"step2"`, 1)
	case "nolabel":
		answer = regexp.MustCompile(`"label":"[^"]*",`).ReplaceAllString(answer, "")
	case "extra":
		answer = strings.TrimSuffix(answer, "}") + `,"inputVariables":[{"name":"email"}],"note":"extra"}`
	default:
		if strings.Contains(prompt, `"addedNodes"`) && strings.Contains(prompt, "This workflow exists") {
			answer = madeEdit
		}
	}
	_ = json.NewEncoder(w).Encode(map[string]any{
		"id": "c", "object": "chat.completion", "model": "fake",
		"choices": []any{map[string]any{"index": 0, "finish_reason": "stop", "message": map[string]any{"role": "assistant", "content": answer}}},
	})
}
