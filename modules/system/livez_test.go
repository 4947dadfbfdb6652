package system_test

import (
	"context"
	"net/http"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/orchestrix/orchestrix/modules/modulestest"
)

func TestLivez(t *testing.T) {
	host := modulestest.Start(t, "system.livez")
	require.NoError(t, host.Store.Close(context.Background()), "it needs nothing")
	got := host.Call(http.MethodGet, "/livez", "")
	assert.Equal(t, http.StatusOK, got.Status)
	assert.Equal(t, `{"status":"ok"}`, got.Body)
	assert.Equal(t, http.StatusOK, host.Call(http.MethodHead, "/livez", "").Status)
	assert.Equal(t, http.StatusNotFound, host.Call(http.MethodPost, "/livez", "").Status)
}
