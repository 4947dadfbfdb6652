package realtime_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/orchestrix/orchestrix/platform/realtime"
)

// TestConnect covers what a client sends, and whom its handshake spoke for: each
// must end as one viewer, or be refused.
func TestConnect(t *testing.T) {
	const nobody = `44{"message":"Not authenticated"}`
	for name, c := range map[string]struct{ connect, handshake, owns string }{ // owns: a run that it may follow, or the refusal
		"nothing":                  {`40`, "", nobody},
		"a good token":             {`40{"token":"ada"}`, "", "adas"},
		"a bad token":              {`40{"token":"mallory"}`, "", nobody},
		"a handshake":              {`40`, "ada", "adas"},
		"a handshake, other auth":  {`40{"user":"x"}`, "ada", "adas"},
		"a handshake, no object":   {`40["token"]`, "ada", "adas"},
		"a handshake, null":        {`40{"token":null}`, "ada", "adas"},
		"a handshake, empty":       {`40{"token":""}`, "ada", "adas"},
		"no handshake, empty":      {`40{"token":""}`, "", nobody},
		"no handshake, null":       {`40{"token":null}`, "", nobody},
		"no handshake, no object":  {`40"ada"`, "", nobody},
		"a handshake, bad token":   {`40{"token":"mallory"}`, "ada", nobody},
		"a handshake, no string":   {`40{"token":7}`, "ada", nobody},
		"a handshake, an object":   {`40{"token":{"$ne":null}}`, "ada", nobody},
		"a handshake, other token": {`40{"token":"bob"}`, "ada", "bobs"},
	} {
		t.Run(name, func(t *testing.T) {
			for transport, open := range transports {
				s := serve(t, newRules(), realtime.GatewayOptions{})
				client := open(s, t, c.handshake)
				client.say(c.connect)
				answer, owns := client.read(), c.owns
				if owns == nobody {
					assert.Equal(t, nobody, answer, transport)
					client.say(`40{"token":"ada"}`) // it may try again
					require.Regexp(t, `^40\{"sid":`, client.read(), transport)
					owns = "adas"
				} else {
					require.Regexp(t, `^40\{"sid":`, answer, transport)
				}
				client.say(`420["join-execution",{"executionId":"` + owns + `","afterSeq":1}]`)
				assert.Contains(t, client.read(), "joined", transport)
				assert.Contains(t, client.read(), `"ok":true`, transport)
			}
		})
	}
}

// The request that opened a session may be long ago.
func TestAHandshakeIsWorthItsSession(t *testing.T) {
	for transport, open := range transports {
		t.Run(transport, func(t *testing.T) {
			s := serve(t, newRules(), realtime.GatewayOptions{})
			unclear, dead := open(s, t, "bob"), open(s, t, "ada")
			s.rules.blur("b")
			unclear.say(`40`)
			assert.Equal(t, `44{"message":"the session cannot be checked now; connect again"}`, unclear.read())
			s.rules.end("a")
			dead.say(`40`)
			assert.Equal(t, `44{"message":"the session has ended"}`, dead.read())
		})
	}
}

// Who has not connected can do nothing.
func TestAnEventBeforeConnect(t *testing.T) {
	s := serve(t, newRules(), realtime.GatewayOptions{})
	c := s.dial(t, "/socket.io/?EIO=4&transport=websocket", "ada")
	assert.Regexp(t, `^0\{`, c.read())
	c.say(`420["join-execution","adas"]`)
	code, _ := c.closed()
	assert.Equal(t, 1002, code)
}

// A client may leave the namespace and connect as somebody else, in one session.
func TestConnectAgainAsSomebodyElse(t *testing.T) {
	s := serve(t, newRules(), realtime.GatewayOptions{})
	c := s.socket(t, "websocket", "ada")
	c.say(`42["join-execution",{"executionId":"adas","afterSeq":1}]`)
	assert.Contains(t, c.read(), "joined")
	c.say(`41`)
	c.say(`40{"token":"bob"}`)
	require.Regexp(t, `^40\{"sid":`, c.read())
	assert.Equal(t, 1, s.Connections())
	assert.Zero(t, s.hub.Rooms())
	c.say(`420["join-execution","adas"]`)
	assert.Equal(t, `430[`+notFound+`]`, c.read())
	s.EndSessions("a")
	c.say(`421["leave-execution","x"]`)
	assert.Contains(t, c.read(), `"ok":true`, "it speaks for bob now")
}
