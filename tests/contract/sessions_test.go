package contract_test

import (
	"net/http"
	"testing"

	"github.com/fasthttp/websocket"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// connections are the open sockets of a session, one of each kind.
type connections struct{ stream, execution, client *websocket.Conn }

// connections follows a run that is under way.
func (p *person) connections(t *testing.T, run string) *connections {
	t.Helper()
	c := &connections{}
	c.stream, _ = upgrade(t, p.url, "/?token="+p.token)
	c.execution, _ = upgrade(t, p.url, "/ws/executions/"+run, "Cookie", p.cookie)
	require.Contains(t, read(t, c.execution), run)
	var got string
	c.client, got = connectWith(t, p.url, p.token)
	require.Contains(t, got, "40{")
	c.open(t, run)
	return c
}

// open requires that the sockets still show the run.
func (c *connections) open(t *testing.T, run string) {
	t.Helper()
	require.NotEmpty(t, synced(t, c.stream, run))
	require.Contains(t, join(t, c.client, run), `"ok":true`)
}

// closed requires that the sockets are closed, with the code that says why.
func (c *connections) closed(t *testing.T) {
	t.Helper()
	for _, conn := range []*websocket.Conn{c.stream, c.execution} {
		var err error
		for err == nil {
			_, _, err = conn.ReadMessage()
		}
		var closed *websocket.CloseError
		require.ErrorAs(t, err, &closed)
		assert.Equal(t, 4401, closed.Code)
	}
	for read(t, c.client) != "41" { // a disconnect: the client stays away
	}
}

// dead requires that nothing takes the session any more.
func (p *person) dead(t *testing.T, open bool, run, api string) {
	t.Helper()
	assert.False(t, p.alive(t))
	for _, headers := range [][]string{{"Authorization", "Bearer " + p.token}, {"Cookie", p.cookie}} {
		got := send(t, http.MethodGet, p.url+"/auth/me", "", headers...)
		refused(t, got, "me")
		assert.Equal(t, "Invalid or expired token", got.text(t, "message"))
		for path, method := range map[string]string{"/auth/logout": "POST", "/auth/password": "POST", "/auth/sessions": "GET"} {
			refused(t, send(t, method, p.url+path, "", headers...), path)
		}
		if open {
			continue
		}
		refused(t, send(t, http.MethodGet, p.url+"/workflows", "", headers...), "workflows")
		for _, path := range []string{"/", "/ws/executions/" + run} {
			_, status := upgrade(t, p.url, path, headers...)
			assert.Equal(t, http.StatusUnauthorized, status, path)
		}
		_, packet := connect(t, p.url, socketPath, "40", headers...)
		assert.Contains(t, packet, "44{")
	}
	got := send(t, http.MethodPost, p.url+api, `{}`, "Authorization", "Bearer "+p.token)
	assert.Equal(t, http.StatusUnauthorized, got.status, "%s", got.body)
	assert.Equal(t, "session has ended", got.text(t, "error"))
	if !open {
		_, answer := connectWith(t, p.url, p.token)
		assert.Contains(t, answer, `44{"message":"Invalid or expired token"`)
	}
}

// A session that ends is over at once, everywhere; the others of its user go on
// after a logout, and end with the password.
func TestSessionsEnd(t *testing.T) {
	for mode, change := range modes {
		t.Run(mode, func(t *testing.T) {
			url, first, bob := startWithTwo(t, change)
			open := mode == "open"
			api := first.publish(t, "guarded", guarded)
			run := first.run(t, `[{"type":"delay","seconds":20}]`)
			keyOf := func(p *person) string {
				for _, s := range p.send(t, http.MethodGet, "/auth/sessions", "").object(t)["sessions"].([]any) {
					if one := s.(map[string]any); one["current"] == true {
						return one["id"].(string)
					}
				}
				return ""
			}
			var kept *connections
			if !open {
				kept = first.connections(t, run)
			}
			for name, end := range map[string]func(*person) answer{
				"logout by token": func(p *person) answer { return p.send(t, http.MethodPost, "/auth/logout", "") },
				"logout by cookie": func(p *person) answer {
					return send(t, http.MethodPost, url+"/auth/logout", "", "Cookie", p.cookie)
				},
				"revoked by itself":         func(p *person) answer { return p.send(t, http.MethodDelete, "/auth/sessions/"+keyOf(p), "") },
				"revoked by another of its": func(p *person) answer { return first.send(t, http.MethodDelete, "/auth/sessions/"+keyOf(p), "") },
			} {
				t.Run(name, func(t *testing.T) {
					second := logIn(t, url, first.email, password)
					var lost *connections
					if !open {
						lost = second.connections(t, run)
					}
					got := end(second)
					require.Equal(t, http.StatusOK, got.status, "%s", got.body)
					second.dead(t, open, run, api)
					assert.True(t, first.alive(t), "the other goes on")
					if !open {
						lost.closed(t)
						kept.open(t, run)
					}
				})
			}
			t.Run("password", func(t *testing.T) {
				changer, body := logIn(t, url, first.email, password), `{"currentPassword":"`+password+`","newPassword":"another one"}`
				wrong := changer.send(t, http.MethodPost, "/auth/password", `{"currentPassword":"wrong","newPassword":"another one"}`)
				refused(t, wrong, "the wrong password")
				assert.True(t, first.alive(t) && changer.alive(t), "nothing was changed")
				var lost *connections
				if !open {
					lost = changer.connections(t, run)
				}
				got := changer.send(t, http.MethodPost, "/auth/password", body)
				require.Equal(t, http.StatusOK, got.status, "%s", got.body)
				first.dead(t, open, run, api)
				changer.dead(t, open, run, api)
				if !open {
					kept.closed(t)
					lost.closed(t)
				}
				again := enter(t, url, first.email, got)
				assert.True(t, again.alive(t), "the answer logs in anew")
				assert.True(t, bob.alive(t), "other accounts are not touched")
				refused(t, tryLogin(t, url, first.email, password), "the old password")
				assert.True(t, logIn(t, url, first.email, "another one").alive(t))
				if !open {
					again.connections(t, run).open(t, run)
				}
				assert.Equal(t, http.StatusOK, again.send(t, http.MethodPost, "/executions/"+run+"/cancel", "").status)
			})
		})
	}
}
