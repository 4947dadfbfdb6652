package workflow_test

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/orchestrix/orchestrix/modules/core/workflows"
	"github.com/orchestrix/orchestrix/modules/modulestest"
	"github.com/orchestrix/orchestrix/platform/doc"
)

// saved starts a host with one workflow of the owner "o".
func saved(t *testing.T, ids ...string) *modulestest.Host {
	t.Helper()
	host := modulestest.Start(t, ids...)
	_, err := host.App.Workflows.Save(t.Context(), workflows.Draft{
		WorkflowID: "w", OwnerID: "o", APIName: "A", Steps: doc.Array{doc.Object{{"z", int64(1)}, {"type", "t"}}},
	})
	require.NoError(t, err)
	return host
}

func TestGet(t *testing.T) {
	host := saved(t, "workflow.get")
	got := host.Call(http.MethodGet, "/workflow/w?ownerId=o", "")
	assert.Equal(t, http.StatusOK, got.Status)
	assert.Contains(t, got.Body, `"apiName":"A","apiPath":"/workflow/run/w/a","ownerId":"o","steps":[{"z":1,"type":"t"}],"edges":[],"inputVariables":[]`)
	assert.Equal(t, http.StatusNotFound, host.Call(http.MethodGet, "/workflows/w", "").Status, "it is not the default owner's")
	assert.Equal(t, http.StatusBadRequest, host.Call(http.MethodGet, "/workflows/undefined?ownerId=o", "").Status)
}

func TestList(t *testing.T) {
	host := saved(t, "workflow.list")
	assert.Contains(t, host.Call(http.MethodGet, "/workflows?ownerId=o", "").Body, `{"workflows":[{"workflowId":"w","apiName":"A","apiPath":"/workflow/run/w/a","nodeCount":1,`)
	assert.Equal(t, `{"workflows":[]}`, host.Call(http.MethodGet, "/workflow", "").Body)
}

func TestUpdate(t *testing.T) {
	host := saved(t, "workflow.update")
	got := host.Call(http.MethodPut, "/workflow/w", `{"ownerId":"o","steps":[],"apiName":"B"}`)
	assert.Equal(t, http.StatusOK, got.Status)
	assert.Contains(t, got.Body, `"apiPath":"/workflow/run/w/b"`)
	assert.Equal(t, http.StatusNotFound, host.Call(http.MethodPut, "/workflows/w", `{"ownerId":"x","steps":[],"apiName":"B"}`).Status)
	assert.Equal(t, http.StatusBadRequest, host.Call(http.MethodPut, "/workflows/w", `{"ownerId":"o","apiName":"B"}`).Status)
}

func TestDelete(t *testing.T) {
	host := saved(t, "workflow.delete")
	assert.Equal(t, http.StatusBadRequest, host.Call(http.MethodDelete, "/workflows/w", "").Status)
	assert.Equal(t, http.StatusNotFound, host.Call(http.MethodDelete, "/workflows/w?ownerId=x", "").Status)
	assert.Equal(t, `{"ok":true,"message":"Workflow deleted successfully"}`, host.Call(http.MethodDelete, "/workflow/w?ownerId=o", "").Body)
	assert.Equal(t, http.StatusNotFound, host.Call(http.MethodDelete, "/workflows/w?ownerId=o", "").Status)
}
