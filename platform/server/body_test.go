package server_test

import (
	"bytes"
	"compress/gzip"
	"compress/zlib"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/orchestrix/orchestrix/platform/server"
)

func gzipped(t testing.TB, text string) string {
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	_, err := io.WriteString(w, text)
	require.NoError(t, err)
	require.NoError(t, w.Close())
	return b.String()
}

func deflated(t testing.TB, text string) string {
	var b bytes.Buffer
	w := zlib.NewWriter(&b)
	_, err := io.WriteString(w, text)
	require.NoError(t, err)
	require.NoError(t, w.Close())
	return b.String()
}

func TestBodies(t *testing.T) {
	h := start(t, nil)
	small := gzipped(t, `{"a":1}`)
	for _, c := range []struct {
		name, path, body, kind, encoding string
		status                           int
		want                             string
	}{
		{"none", "/echo", "", "", "", 200, `{}`},
		{"none with a type", "/echo", "", "text/plain", "gzip", 200, `{}`},
		{"object in order", "/echo", `{"z":1,"a":{"y":[1.5,null],"b":"<"}}`, "application/json", "", 200, `{"z":1,"a":{"y":[1.5,null],"b":"<"}}`},
		{"upper case", "/echo", `{"a":1}`, "Application/JSON; Charset=UTF-8", "", 200, `{"a":1}`},
		{"+json", "/echo", `{"a":1}`, "application/vnd.api+json", "", 200, `{"a":1}`},
		{"white space", "/echo", " \n{\"a\":1} ", "application/json", "", 200, `{"a":1}`},
		{"gzip", "/echo", small, "application/json", "gzip", 200, `{"a":1}`},
		{"GZIP", "/echo", small, "application/json", "GZIP", 200, `{"a":1}`},
		{"deflate", "/echo", deflated(t, `{"a":1}`), "application/json", "deflate", 200, `{"a":1}`},
		{"identity", "/echo", `{"a":1}`, "application/json", "identity", 200, `{"a":1}`},
		{"ignored by the route", "/ignores", `not json`, "text/plain", "zstd", 200, `{}`},
		{"no type", "/echo", `{"a":1}`, "", "", 415, `"error":"Content-Type must be application/json in UTF-8"`},
		{"form", "/echo", `a=1`, "application/x-www-form-urlencoded", "", 415, `"error":"Content-Type`},
		{"multipart", "/echo", "--b\r\n\r\na\r\n--b--\r\n", "multipart/form-data; boundary=b", "", 415, `"error":"Content-Type`},
		{"other charset", "/echo", `{}`, "application/json; charset=latin1", "", 415, `"error":"Content-Type`},
		{"broken type", "/echo", `{}`, "application/json; charset", "", 415, `"error":"Content-Type`},
		{"zstd", "/echo", `x`, "application/json", "zstd", 415, `"error":"unsupported content encoding \"zstd\""`},
		{"two encodings", "/echo", small, "application/json", "gzip, gzip", 415, `"error":"unsupported content encoding`},
		{"no gzip", "/echo", "not gzip at all", "application/json", "gzip", 400, `{"error":"incorrect header check","code":"Z_DATA_ERROR"`},
		{"no deflate", "/echo", "not zlib at all", "application/json", "deflate", 400, `{"error":"incorrect header check"`},
		{"short header", "/echo", "\x1f\x8b", "application/json", "gzip", 400, `{"error":"unexpected end of file"`},
		{"cut gzip", "/echo", small[:len(small)-9], "application/json", "gzip", 400, `{"error":"unexpected end of file"`},
		{"wrong checksum", "/echo", small[:len(small)-8] + "12345678", "application/json", "gzip", 400, `{"error":"invalid compressed data"`},
		{"gzip bomb", "/echo", gzipped(t, strings.Repeat(" ", 16<<20)), "application/json", "gzip", 413, `"error":"The request body is over 10485760 bytes"`},
		{"array", "/echo", `[]`, "application/json", "", 400, `"error":"the request body must be a JSON object"`},
		{"null", "/echo", `null`, "application/json", "", 400, `"error":"the request body must be a JSON object"`},
		{"malformed", "/echo", `{"a":`, "application/json", "", 400, `"error":"invalid JSON: unexpected end"`},
		{"rest", "/echo", `{"a":1}x`, "application/json", "", 400, `"error":"invalid JSON: `},
		{"duplicate", "/echo", `{"a":1,"a":2}`, "application/json", "", 400, `"error":"invalid JSON: an object has the same key twice"`},
		{"invalid UTF-8", "/echo", "{\"a\":\"\xff\"}", "application/json", "", 400, `"error":"invalid JSON: `},
		{"deep", "/echo", `{"a":` + strings.Repeat("[", 100_000), "application/json", "", 400, `"error":"invalid JSON: nested deeper`},
	} {
		t.Run(c.name, func(t *testing.T) {
			headers := []string{"X-Request-Id", "r1"}
			if c.kind != "" {
				headers = append(headers, "Content-Type", c.kind)
			}
			if c.encoding != "" {
				headers = append(headers, "Content-Encoding", c.encoding)
			}
			resp, body := h.call(t, http.MethodPost, c.path, c.body, headers...)
			assert.Equal(t, c.status, resp.StatusCode, body)
			if c.status == 200 {
				assert.Equal(t, c.want, body)
				return
			}
			assert.Contains(t, body, c.want)
			assert.True(t, strings.HasSuffix(body, stamp), body)
		})
	}
	assert.Empty(t, h.logs.FilterMessage("request failed").All(), "bad input is not the server's fault")
}

func TestBodyLimit(t *testing.T) {
	h := start(t, nil)
	pad := strings.Repeat("a", server.DefaultBodyLimit-len(`{"pad":""}`))
	full := `{"pad":"` + pad + `"}`
	for _, chunked := range []bool{false, true} {
		for extra, status := range map[string]int{"": 200, " ": 413} {
			var body io.Reader = strings.NewReader(full + extra)
			if chunked {
				body = io.MultiReader(body) // hides the length
			}
			resp, err := h.client.Post("http://"+h.addr+"/size", "application/json", body)
			require.NoError(t, err)
			_, err = io.Copy(io.Discard, resp.Body)
			require.NoError(t, err)
			resp.Body.Close()
			assert.Equal(t, status, resp.StatusCode, "chunked %v, %d bytes more", chunked, len(extra))
		}
	}
	for extra, status := range map[string]int{"": 200, " ": 413} {
		resp, _ := h.call(t, http.MethodPost, "/size", gzipped(t, full+extra), "Content-Type", "application/json", "Content-Encoding", "gzip")
		assert.Equal(t, status, resp.StatusCode, "inflated")
	}
}
