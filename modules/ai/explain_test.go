package ai_test

import (
	"encoding/json"
	"net/http"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/orchestrix/orchestrix/modules/modulestest"
	"github.com/orchestrix/orchestrix/platform/engine"
)

// icons are those that the frontends can draw (clients.md).
var icons = []string{"user", "shield-check", "lock", "log-in", "search", "database", "edit", "trash", "mail", "clock", "send", "zap", "circle"}

type explanation struct {
	Summary string
	Steps   []struct {
		Order                          int
		Type, Label, Description, Icon string
	}
	DataFlow      []string
	SecurityNotes []struct{ Type, Message, Severity string }
	NodeCount     int
}

func explain(t *testing.T, h *modulestest.Host, steps string) (e explanation) {
	t.Helper()
	saved := h.Call(http.MethodPost, "/workflows", `{"workflowId":"w","ownerId":"o","apiName":"w","steps":`+steps+`}`)
	require.Equal(t, http.StatusOK, saved.Status, saved.Body)
	got := h.Call(http.MethodPost, "/ai/explain-workflow", `{"workflowId":"w","ownerId":"o"}`)
	require.Equal(t, http.StatusOK, got.Status, got.Body)
	require.NoError(t, json.Unmarshal([]byte(got.Body), &e))
	return e
}

// Every step type is explained from its declaration.
func TestExplainEveryStepType(t *testing.T) {
	h := modulestest.Start(t, "ai.explain", "workflow.save")
	for _, typ := range engine.Steps.All() {
		e := explain(t, h, `[{"id":"a","type":"`+typ.Type+`","data":{"fields":{}}}]`)
		require.Len(t, e.Steps, 1)
		assert.Equal(t, typ.Label, e.Steps[0].Label)
		assert.Equal(t, typ.Summary, e.Steps[0].Description)
		assert.Contains(t, icons, e.Steps[0].Icon)
		assert.Equal(t, "Response is returned to user", e.DataFlow[len(e.DataFlow)-1])
		if typ.Flow != "" {
			assert.Equal(t, "The workflow "+typ.Flow, e.DataFlow[0])
			assert.Contains(t, e.Summary, typ.Flow)
		}
	}
}

func TestExplainNotes(t *testing.T) {
	h := modulestest.Start(t, "ai.explain", "workflow.save")
	severities := func(steps string) map[string]string {
		all := map[string]string{}
		for _, n := range explain(t, h, steps).SecurityNotes {
			all[n.Type] = n.Severity
		}
		return all
	}
	assert.Empty(t, severities(`[{"type":"response"}]`))
	assert.Equal(t, map[string]string{"authentication": "warning", "validation": "warning", "database": "info"},
		severities(`[{"type":"input"},{"type":"dbInsert","collection":"x"}]`))
	assert.Equal(t, map[string]string{"authentication": "success", "validation": "success", "database": "info", "email": "info"},
		severities(`[{"type":"input"},{"type":"inputValidation"},{"type":"authMiddleware"},{"type":"dbDelete"},{"type":"emailSend"}]`))
	unknown := explain(t, h, `[{"type":"teleport"}]`).Steps[0]
	assert.Equal(t, []string{"teleport", "zap"}, []string{unknown.Label, unknown.Icon})
}
