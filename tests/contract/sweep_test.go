package contract_test

import (
	"net/http"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/orchestrix/orchestrix/modules/core/app"
)

var parameter = regexp.MustCompile(`:\w+`)

// TestEveryRoute holds each registered route, and each of its aliases, against
// what http.md says of all of them. A new route is swept without a word here.
func TestEveryRoute(t *testing.T) {
	r := &replay{url: start(t)}
	bearer := "Bearer " + register(t, r.url, "sweep@example.com")
	json := map[string]string{"content-type": "application/json", "authorization": bearer}
	for _, route := range app.Routes.Routes() {
		for _, path := range route.Paths() {
			path := parameter.ReplaceAllString(path, "sweep")
			t.Run(route.Method+" "+path, func(t *testing.T) {
				status, headers, _ := r.send(t, http.MethodOptions, path, nil, nil)
				assert.Equal(t, http.StatusNoContent, status, "any OPTIONS is 204")
				assert.Equal(t, "http://localhost:3000", headers.Get("Access-Control-Allow-Origin"))

				status, headers, body := r.send(t, "PROPFIND", path, nil, nil)
				assert.Equal(t, http.StatusNotFound, status, "another method is the same 404")
				assert.Contains(t, string(body), `"error":"Not Found"`)
				assert.NotEmpty(t, headers.Get("X-Request-Id"))

				if !route.Handler.ReadsBody() {
					return
				}
				for name, c := range map[string]struct {
					headers map[string]string
					body    string
					status  int
				}{
					"malformed":        {json, `{"a":`, 400},
					"array":            {json, `[]`, 400},
					"text":             {json, `"x"`, 400},
					"same key twice":   {json, `{"a":1,"a":2}`, 400},
					"not a number":     {json, `{"a":NaN}`, 400},
					"10,000 levels":    {json, strings.Repeat(`{"a":`, 10_000) + "1" + strings.Repeat("}", 10_000), 400},
					"NUL in a key":     {json, `{"a\u0000":1}`, 400},
					"not JSON":         {map[string]string{"content-type": "text/plain", "authorization": bearer}, `{}`, 415},
					"other charset":    {map[string]string{"content-type": "application/json; charset=latin1", "authorization": bearer}, `{}`, 415},
					"other encoding":   {map[string]string{"content-type": "application/json", "content-encoding": "br", "authorization": bearer}, `{}`, 415},
					"more than 10 MB":  {json, `{"a":"` + strings.Repeat("x", 10_485_760) + `"}`, 413},
					"broken deflation": {map[string]string{"content-type": "application/json", "content-encoding": "gzip", "authorization": bearer}, `{}`, 400},
				} {
					status, headers, body := r.send(t, route.Method, path, c.headers, []byte(c.body))
					require.Equal(t, c.status, status, "%s: %s", name, body)
					assert.Contains(t, string(body), `"error":`, name)
					assert.Contains(t, string(body), headers.Get("X-Request-Id"), name)
					assert.Equal(t, "http://localhost:3000", headers.Get("Access-Control-Allow-Origin"), name)
				}
			})
		}
	}
}
