package execution_test

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/orchestrix/orchestrix/modules/modulestest"
)

func TestPublishedStatuses(t *testing.T) {
	host := modulestest.Start(t, "workflow.save", "execution.published")
	for steps, want := range map[string]int{
		`[{"type":"response","status":201}]`: http.StatusCreated,
		`[{"type":"response","status":999}]`: http.StatusOK,
		`[]`:                                 http.StatusOK,
		`[{"type":"nope"}]`:                  http.StatusUnprocessableEntity,
		`[{"type":"authMiddleware"}]`:        http.StatusUnauthorized,
		`[{"type":"response","status":201},{"type":"authMiddleware"}]`: http.StatusUnauthorized,
	} {
		host.Call(http.MethodPost, "/workflows", `{"workflowId":"w","ownerId":"o","apiName":"x","steps":`+steps+`}`)
		got := host.Call(http.MethodPost, "/workflow/run/w/x", `{}`)
		assert.Equal(t, want, got.Status, "%s %s", steps, got.Body)
		assert.Len(t, got.Header.Get("X-Execution-Id"), 36)
	}
	for _, path := range []string{"/workflow/run/w/y", "/workflow/run/v/x"} {
		assert.Contains(t, host.Call(http.MethodPost, path, `{}`).Body, `"error":"API not published"`)
	}
}

func TestPublishedAnswersAreJSON(t *testing.T) {
	host := modulestest.Start(t, "workflow.save", "execution.published")
	for body, want := range map[string]string{`"{{input.nul}}"`: `null`, `""`: `""`, `0`: `0`, `[]`: `[]`, `"<b>"`: `"<b>"`} {
		host.Call(http.MethodPost, "/workflows", `{"workflowId":"w","ownerId":"o","apiName":"x","steps":[{"type":"response","body":`+body+`}]}`)
		got := host.Call(http.MethodPost, "/workflow/run/w/x", `{"nul":null}`)
		assert.Equal(t, want, got.Body)
		assert.Equal(t, "application/json; charset=utf-8", got.Header.Get("Content-Type"))
	}
	host.Call(http.MethodPost, "/workflows", `{"workflowId":"w","ownerId":"o","apiName":"x","steps":[{"type":"response","status":204}]}`)
	assert.Empty(t, host.Call(http.MethodPost, "/workflow/run/w/x", `{}`).Body)
}

func TestPublishedLegacyStatus(t *testing.T) {
	t.Setenv("PUBLISHED_STATUS", "legacy")
	host := modulestest.Start(t, "workflow.save", "execution.published")
	host.Call(http.MethodPost, "/workflows", `{"workflowId":"w","ownerId":"o","apiName":"x","steps":[{"type":"nope"}]}`)
	got := host.Call(http.MethodPost, "/workflow/run/w/x", "")
	assert.Equal(t, http.StatusOK, got.Status)
	assert.Contains(t, got.Body, `"ok":false`)
}
