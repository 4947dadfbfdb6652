package system_test

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/orchestrix/orchestrix/modules/modulestest"
)

func TestHealth(t *testing.T) {
	host := modulestest.Start(t, "system.health")
	got := host.Call(http.MethodGet, "/health", "")
	assert.Equal(t, http.StatusOK, got.Status)
	assert.Regexp(t, `^{"status":"ok","timestamp":"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z","environment":"development"}$`, got.Body)
	assert.Equal(t, http.StatusOK, host.Call(http.MethodHead, "/health", "").Status)
	assert.Equal(t, http.StatusNotFound, host.Call(http.MethodPost, "/health", "").Status)
}
