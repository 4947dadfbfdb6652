package system_test

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/orchestrix/orchestrix/modules/modulestest"
)

func TestHello(t *testing.T) {
	t.Setenv("APP_NAME", "Acme")
	host := modulestest.Start(t, "system.hello")
	got := host.Call(http.MethodGet, "/hello", "")
	assert.Equal(t, http.StatusOK, got.Status)
	assert.JSONEq(t, `{"message":"Hello from Acme!","status":"processing","appName":"Acme"}`, got.Body)
}
