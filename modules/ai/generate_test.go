package ai_test

import (
	"context"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/orchestrix/orchestrix/modules/modulestest"
	"github.com/orchestrix/orchestrix/platform/llm"
)

// scripted is a model that says what it is told to, one thing after the other.
type scripted struct {
	answers []string
	err     error
	asked   []llm.Request
	before  func()
}

func (m *scripted) Name() string { return "scripted" }

func (m *scripted) Generate(_ context.Context, r llm.Request) (llm.Answer, error) {
	m.asked = append(m.asked, r)
	if m.before != nil {
		m.before()
	}
	if m.err != nil {
		return llm.Answer{}, m.err
	}
	text := m.answers[min(len(m.asked), len(m.answers))-1]
	return llm.Answer{Text: text, Provider: "scripted", Model: "script"}, nil
}

const (
	usable   = `{"nodes":[{"id":"a","type":"input","data":{"fields":{"variables":[{"name":"x"}]}}},{"id":"b","type":"response","data":{"fields":{"status":200,"body":{"x":"{{x}}"}}}}],"edges":[]}`
	unusable = `{"nodes":[{"id":"a","type":"dbFind","data":{"fields":{"collection":"sessions","filters":{}}}}],"edges":[]}`
)

func start(t *testing.T, m *scripted) *modulestest.Host {
	h := modulestest.Start(t, "ai.generate", "ai.mutate", "workflow.save", "workflow.get")
	h.App.Model = m
	return h
}

func TestABlankPromptIsNone(t *testing.T) {
	m := &scripted{answers: []string{usable}}
	h := start(t, m)
	for path, body := range map[string]string{
		"/workflow/generate": `{"prompt":" \n"}`,
		"/workflow/mutate":   `{"prompt":" ","workflowId":"w","ownerId":"o"}`,
	} {
		assert.Equal(t, http.StatusBadRequest, h.Call(http.MethodPost, path, body).Status, path)
	}
	assert.Empty(t, m.asked, "a model is not asked for nothing")
}

// What the built-in grammar could not do, a caller must learn.
func TestWhatTheModelSaysAboutItIsTold(t *testing.T) {
	m := &scripted{answers: []string{strings.Replace(usable, `"edges"`, `"reasoning":"it only echoes","edges"`, 1)}}
	got := start(t, m).Call(http.MethodPost, "/workflow/generate", `{"prompt":"echo x"}`)
	require.Equal(t, http.StatusOK, got.Status, got.Body)
	assert.Contains(t, got.Body, `"reasoning":"it only echoes"`)
}

func TestAModelIsToldWhatIsWrong(t *testing.T) {
	m := &scripted{answers: []string{"no JSON here", unusable, usable}}
	got := start(t, m).Call(http.MethodPost, "/workflow/generate", `{"prompt":"echo x"}`)
	require.Equal(t, http.StatusOK, got.Status, got.Body)
	assert.Contains(t, got.Body, `"provider":"scripted"`)
	require.Len(t, m.asked, 3)
	last := m.asked[2].Messages
	require.Len(t, last, 3, "the task, the last answer, and what is wrong with it")
	assert.Equal(t, unusable, last[1].Text)
	assert.Contains(t, last[2].Text, "sessions")
}

func TestFailuresOfModels(t *testing.T) {
	for name, row := range map[string]struct {
		model  *scripted
		status int
		says   []string
	}{
		"unusable":  {&scripted{answers: []string{unusable}}, 502, []string{"MODEL_UNUSABLE", "no workflow that can be used"}},
		"failed":    {&scripted{err: &llm.Error{Kind: llm.Failed, Code: "MODEL_FAILED", Message: "The model's provider failed"}}, 502, []string{"MODEL_FAILED"}},
		"no key":    {&scripted{err: &llm.Error{Kind: llm.Unavailable, Code: "MODEL_NO_KEY", Message: "set OPENAI_API_KEY"}}, 503, []string{"MODEL_NO_KEY", "OPENAI_API_KEY"}},
		"timed out": {&scripted{err: &llm.Error{Kind: llm.TimedOut, Code: "MODEL_TIMEOUT", Message: "too long"}}, 504, []string{"MODEL_TIMEOUT"}},
	} {
		t.Run(name, func(t *testing.T) {
			h := start(t, row.model)
			got := h.Call(http.MethodPost, "/ai/generate-workflow", `{"prompt":"x","workflowId":"w","ownerId":"o"}`)
			assert.Equal(t, row.status, got.Status, got.Body)
			for _, text := range row.says {
				assert.Contains(t, got.Body, text)
			}
			assert.LessOrEqual(t, len(row.model.asked), 3)
			assert.Equal(t, http.StatusNotFound, h.Call(http.MethodGet, "/workflows/w?ownerId=o", "").Status, "nothing is stored")
		})
	}
}

// A change is stored only when it can be drawn and run, and when nobody has saved
// the workflow meanwhile.
func TestChanges(t *testing.T) {
	m := &scripted{}
	h := start(t, m)
	save := func(label string) {
		saved := h.Call(http.MethodPost, "/workflows", `{"workflowId":"w","ownerId":"o","apiName":"w","steps":[
			{"id":"a","type":"input","position":{"x":1,"y":2},"mine":true,"data":{"label":"`+label+`","fields":{"variables":[{"name":"x"}]}}},
			{"id":"b","type":"response","data":{"label":"R","fields":{"status":200,"body":{}}}}],"edges":[{"id":"e","source":"a","target":"b"}]}`)
		require.Equal(t, http.StatusOK, saved.Status, saved.Body)
	}
	save("In")
	mutate := func(answers ...string) modulestest.Answer {
		m.answers, m.asked = answers, nil
		return h.Call(http.MethodPost, "/workflow/mutate", `{"prompt":"wait","workflowId":"w","ownerId":"o"}`)
	}
	stored := func() string { return h.Call(http.MethodGet, "/workflows/w?ownerId=o", "").Body }
	add := `{"addedNodes":[{"id":"d","type":"delay","data":{"label":"Wait","fields":{"seconds":1}}}],"addedEdges":[{"source":"a","target":"d"},{"source":"d","target":"b"}],"reasoning":"waits"}`

	before := stored()
	got := mutate("nothing")
	require.Equal(t, http.StatusOK, got.Status, got.Body)
	assert.Contains(t, got.Body, `"preservedExisting":true`)
	assert.Contains(t, got.Body, "left as it is")
	assert.Equal(t, before, stored())

	got = mutate(add)
	require.Equal(t, http.StatusOK, got.Status, got.Body)
	assert.Contains(t, got.Body, `"diff":{"nodesAdded":1,"nodeCountBefore":2,"nodeCountAfter":3,"newNodeIds":["d"]}`)
	assert.Contains(t, got.Body, `"reasoning":"waits"`)
	assert.Contains(t, stored(), `"position":{"x":1,"y":2},"mine":true`, "what is not changed stays as it is")
	assert.Contains(t, stored(), `"apiPath":"/workflow/run/w/w"`)

	m.before = func() { m.before = nil; save("Saved meanwhile") }
	got = mutate(strings.ReplaceAll(add, `"d"`, `"z"`))
	assert.Equal(t, http.StatusConflict, got.Status, got.Body)
	assert.Contains(t, stored(), "Saved meanwhile")
	assert.NotContains(t, stored(), "delay", "the save is not lost")
}
