package wire

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/orchestrix/orchestrix/modules/modulestest"
)

// Of many who register one e-mail at once one is the first, and of many changes
// of its password one counts.
func TestCrowds(t *testing.T) {
	const crowd = 50
	t.Setenv("LOGIN_LIMIT_ACCOUNT", "0")
	t.Setenv("RUN_TIMEOUT", "5m")
	p := startProgram(t, Start(t))
	token := make(chan string, crowd)
	assert.Equal(t, map[int]int{201: 1, 409: crowd - 1}, modulestest.Crowd(crowd, func(i int) int {
		email := strings.Replace("race@example.com", "race", []string{"race", "Race", "RACE", "rAcE"}[i%4], 1)
		status, _, body := p.post("/auth/register", `{"email":"`+email+`","password":"correct horse"}`)
		var made struct{ Token string }
		if status == http.StatusCreated && assert.NoError(t, json.Unmarshal([]byte(body), &made)) {
			token <- made.Token
		}
		return status
	}))
	require.Len(t, token, 1)
	bearer := "Bearer " + <-token
	assert.Equal(t, map[int]int{200: 1, 401: crowd - 1}, modulestest.Crowd(crowd, func(i int) int {
		status, _, _ := p.post("/auth/password", `{"currentPassword":"correct horse","newPassword":"`+strings.Repeat("x", i+1)+`"}`, "Authorization", bearer)
		return status
	}))
	status, _, body := p.post("/auth/logout", "", "Authorization", bearer)
	assert.Equal(t, http.StatusUnauthorized, status, body)
}
