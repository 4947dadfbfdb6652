package contract_test

import (
	"net/http"
	"net/netip"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/orchestrix/orchestrix/config"
)

// RATE_LIMIT turns away everything but preflights, with an answer that pages can
// read; 0 turns nobody away.
func TestRateLimit(t *testing.T) {
	url := start(t, func(s *config.Settings) { s.RateLimit = 2 })
	origin := []string{"Origin", "http://localhost:3000"}
	assert.Equal(t, 200, send(t, http.MethodGet, url+"/health", "", origin...).status)
	assert.Equal(t, 404, send(t, http.MethodGet, url+"/nothing", "", origin...).status)
	for _, path := range []string{"/health", "/nothing", "/workflows", "/socket.io/?EIO=4&transport=polling"} {
		got := send(t, http.MethodGet, url+path, "", append(origin, "X-Forwarded-For", "198.51.100.7")...)
		assert.Equal(t, http.StatusTooManyRequests, got.status, "%s: %s", path, got.body)
		assert.Equal(t, "Too many requests", got.text(t, "error"))
		assert.Equal(t, "RATE_LIMITED", got.text(t, "code"))
		assert.Equal(t, got.header.Get("X-Request-Id"), got.text(t, "requestId"))
		assert.Regexp(t, `^([12]\d?|30)$`, got.header.Get("Retry-After"))
		assert.Equal(t, "http://localhost:3000", got.header.Get("Access-Control-Allow-Origin"))
		assert.Contains(t, got.header.Get("Access-Control-Expose-Headers"), "Retry-After")
		assert.Equal(t, http.StatusNoContent, send(t, http.MethodOptions, url+path, "", origin...).status)
	}

	url = start(t, func(s *config.Settings) { s.RateLimit = 0 })
	for range 100 {
		assert.Equal(t, 200, send(t, http.MethodGet, url+"/health", "").status)
	}
}

func TestRateLimitBehindAProxy(t *testing.T) {
	url := start(t, func(s *config.Settings) {
		s.RateLimit, s.TrustedProxies = 1, []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}
	})
	from := func(addresses string) int {
		return send(t, http.MethodGet, url+"/health", "", "X-Forwarded-For", addresses).status
	}
	assert.Equal(t, 200, from("198.51.100.7"))
	assert.Equal(t, 429, from("203.0.113.9, 198.51.100.7"))
	assert.Equal(t, 200, from("198.51.100.7, 198.51.100.8"))
}

// Who guesses with a workflow of the platform's and at the platform itself, has no
// more tries than at one of them.
func TestGuessesCountTogether(t *testing.T) {
	s := settings(t)
	s.AccountLimit = 2 // a try comes back after half a minute
	program := build(t, s)
	url, _ := launch(t, program)
	addCheap(t, program, "a@b.c") // failing is quick: none does meanwhile
	api := save(t, url, workflow("w", "ann", "x", `[{"type":"userLogin","email":"{{input.email}}","password":"{{input.password}}"},{"type":"response","body":"in"}]`))
	step := func(password string) answer {
		return send(t, http.MethodPost, url+api, `{"email":"A@B.C","password":"`+password+`"}`)
	}
	assert.Equal(t, http.StatusOK, step(password).status)
	assert.Equal(t, http.StatusUnauthorized, tryLogin(t, url, "a@b.c", "wrong").status)
	assert.Contains(t, step("wrong").body, "Invalid email or password")
	limited := step(password)
	assert.Equal(t, http.StatusUnauthorized, limited.status)
	assert.Contains(t, limited.body, "Too many attempts")
	got := tryLogin(t, url, strings.ToUpper("a@b.c"), password)
	assert.Equal(t, http.StatusTooManyRequests, got.status, "%s", got.body)
	assert.Equal(t, "RATE_LIMITED", got.text(t, "code"))
}
