package workflow_test

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/orchestrix/orchestrix/modules/modulestest"
)

func TestSave(t *testing.T) {
	host := modulestest.Start(t, "workflow.save")
	for _, path := range []string{"/workflows/save", "/workflows", "/workflow"} {
		got := host.Call(http.MethodPost, path, `{"workflowId":"w","ownerId":"o","steps":[],"apiName":"My API"}`)
		assert.Equal(t, http.StatusOK, got.Status)
		assert.Equal(t, `{"ok":true,"workflowId":"w","apiPath":"/workflow/run/w/my-api","apiName":"My API","inputVariables":[]}`, got.Body)
	}
	for body, want := range map[string]string{
		``: `"error":"workflowId, ownerId, steps, apiName required"`,
		`{"workflowId":"w","ownerId":"o","steps":{},"apiName":"x"}`:                                            `"error":"steps must be an array"`,
		`{"workflowId":"w","ownerId":"o","steps":["x"],"apiName":"x"}`:                                         `"error":"Invalid workflow step format"`,
		`{"workflowId":"w","ownerId":"o","steps":[{"type":"t","id":"a"},{"type":"t","id":"a"}],"apiName":"x"}`: `"message":"Two steps have the id \"a\""`,
	} {
		got := host.Call(http.MethodPost, "/workflows", body)
		assert.Equal(t, http.StatusBadRequest, got.Status, body)
		assert.Contains(t, got.Body, want)
	}
	got := host.Call(http.MethodPost, "/workflows", `{"workflowId":"w","ownerId":"other","steps":[],"apiName":"my api"}`)
	assert.Equal(t, http.StatusConflict, got.Status, "the path belongs to another owner")
}
