package auth_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/assert"

	"github.com/orchestrix/orchestrix/modules/modulestest"
)

func TestCookie(t *testing.T) {
	for _, environment := range []string{"development", "production"} {
		t.Run(environment, func(t *testing.T) {
			t.Setenv("NODE_ENV", environment)
			const week = 7 * 24 * time.Hour
			h, began := start(t), time.Now()
			made := accountOf(t, h.Call(http.MethodPost, "/auth/register", credentials("a@b.c", password)), http.StatusCreated)
			for _, cookie := range []*http.Cookie{made.cookie, login(t, h, "a@b.c").cookie} {
				assert.Equal(t, "orchestrix_sid", cookie.Name)
				assert.NoError(t, uuid.Validate(cookie.Value))
				assert.True(t, cookie.HttpOnly)
				assert.Equal(t, http.SameSiteLaxMode, cookie.SameSite)
				assert.Equal(t, "/", cookie.Path)
				assert.Empty(t, cookie.Domain, "this host and no other")
				assert.Equal(t, environment == "production", cookie.Secure)
				assert.InDelta(t, week.Seconds(), cookie.MaxAge, 5)
				assert.WithinRange(t, cookie.Expires, began.Add(week-time.Second), time.Now().Add(week)) // it has whole seconds
			}
		})
	}
}

func TestWhatACookieIsGoodFor(t *testing.T) {
	t.Setenv("FRONTEND_URL", "https://app.example.com,https://two.example.com")
	h := start(t)
	ann, bob := enter(t, h, "ann@b.c"), enter(t, h, "bob@b.c")
	ended := login(t, h, "ann@b.c")
	assert.Equal(t, http.StatusOK, h.Call(http.MethodPost, "/auth/logout", "", ended.jar()...).Status)
	origin := func(origin string, more ...string) []string {
		return append(append(ann.jar(), "Origin", origin), more...)
	}
	for name, c := range map[string]struct {
		headers []string
		want    string // the user's e-mail, or the message of a 401
	}{
		"alone":                         {ann.jar(), "ann@b.c"},
		"beside others":                 {[]string{"Cookie", "a=b; orchestrix_sid=" + ann.cookie.Value + "; c=d"}, "ann@b.c"},
		"ended":                         {ended.jar(), badToken},
		"of nobody":                     {[]string{"Cookie", "orchestrix_sid=" + uuid.NewString()}, badToken},
		"in capitals":                   {[]string{"Cookie", "orchestrix_sid=" + strings.ToUpper(ann.cookie.Value)}, badToken},
		"no id":                         {[]string{"Cookie", `orchestrix_sid={"$ne":1}`}, badToken},
		"empty":                         {[]string{"Cookie", "orchestrix_sid="}, noToken},
		"of another name":               {[]string{"Cookie", "sid=" + ann.cookie.Value}, noToken},
		"a token beats it":              {append(ann.jar(), bob.bearer()...), "bob@b.c"},
		"a bad token beats it":          {append(ann.jar(), "Authorization", "Bearer x"), badToken},
		"an ended token beats it":       {append(ann.jar(), ended.bearer()...), badToken},
		"another scheme does not":       {append(ann.jar(), "Authorization", "Basic YTpi"), "ann@b.c"},
		"from an origin that may call":  {origin("https://two.example.com"), "ann@b.c"},
		"from the same host":            {origin(h.URL), "ann@b.c"},
		"from the same host over HTTPS": {origin("https" + h.URL[len("http"):]), "ann@b.c"},
		"from another":                  {origin("https://evil.example.com"), noToken},
		"from this machine":             {origin("http://localhost:3000"), noToken},
		"from nowhere":                  {origin("null"), noToken},
		"from one that begins so":       {origin("https://app.example.com.evil.com"), noToken},
		"from a host that begins so":    {origin(h.URL + ".evil.com"), noToken},
		"from another scheme":           {origin("http://app.example.com"), noToken},
		"from another, with a token":    {origin("https://evil.example.com", bob.bearer()...), "bob@b.c"},
	} {
		t.Run(name, func(t *testing.T) { callsAs(t, h, c.headers, c.want) })
	}
}

func callsAs(t *testing.T, h *modulestest.Host, headers []string, want string) {
	t.Helper()
	got := h.Call(http.MethodGet, "/auth/me", "", headers...)
	if want == noToken || want == badToken {
		refuses(t, got, http.StatusUnauthorized, `"message":"`+want+`"`)
		return
	}
	assert.Equal(t, http.StatusOK, got.Status, "%s", got.Body)
	assert.Contains(t, got.Body, `"email":"`+want+`"`)
}
