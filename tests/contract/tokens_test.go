package contract_test

import (
	"bufio"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/base64"
	"encoding/pem"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// guarded is a workflow for callers with a token.
const guarded = `[{"type":"authMiddleware"},{"type":"response","body":"{{currentUser}}"}]`

// forgeries are tokens that name the person and are not to be believed.
func forgeries(t *testing.T, p *person) map[string]string {
	t.Helper()
	claims := func() jwt.MapClaims {
		return jwt.MapClaims{"userId": p.id, "email": p.email, "sid": p.sid, "exp": time.Now().Add(time.Hour).Unix()}
	}
	sign := func(method jwt.SigningMethod, key any, change ...func(jwt.MapClaims)) string {
		c := claims()
		for _, f := range change {
			f(c)
		}
		signed, err := jwt.NewWithClaims(method, c).SignedString(key)
		require.NoError(t, err)
		return signed
	}
	rsaKey, err := rsa.GenerateKey(rand.Reader, 1024)
	require.NoError(t, err)
	ecKey, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	require.NoError(t, err)
	der, err := x509.MarshalPKIXPublicKey(&rsaKey.PublicKey)
	require.NoError(t, err)
	public := pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: der})

	good := []byte(secret)
	hs256 := sign(jwt.SigningMethodHS256, good)
	parts := strings.Split(hs256, ".")
	withHeader := func(header string) string {
		return base64.RawURLEncoding.EncodeToString([]byte(header)) + "." + parts[1] + "." + parts[2]
	}
	foreign := strings.Split(sign(jwt.SigningMethodHS256, good, func(c jwt.MapClaims) { c["userId"] = "65a1f0c2d4e5f60718293a4b" }), ".")
	return map[string]string{
		"alg none":                         sign(jwt.SigningMethodNone, jwt.UnsafeAllowNoneSignatureType),
		"alg none with a signature":        withHeader(`{"alg":"none","typ":"JWT"}`),
		"alg NONE":                         withHeader(`{"alg":"NONE"}`),
		"no alg":                           withHeader(`{"typ":"JWT"}`),
		"another header than was signed":   withHeader(`{"alg":"HS512","typ":"JWT"}`),
		"signed with a public key":         sign(jwt.SigningMethodHS256, public),
		"signed with nothing":              sign(jwt.SigningMethodHS256, []byte{}),
		"signed with another secret":       sign(jwt.SigningMethodHS256, []byte(secret+"!")),
		"RS256":                            sign(jwt.SigningMethodRS256, rsaKey),
		"RS256 over the secret":            withHeader(`{"alg":"RS256","typ":"JWT"}`),
		"ES256":                            sign(jwt.SigningMethodES256, ecKey),
		"a key of its own":                 withHeader(`{"alg":"HS256","jwk":{"kty":"oct","k":"AA"},"kid":"../../dev/null"}`),
		"no expiry":                        sign(jwt.SigningMethodHS256, good, func(c jwt.MapClaims) { delete(c, "exp") }),
		"an expiry that is a text":         sign(jwt.SigningMethodHS256, good, func(c jwt.MapClaims) { c["exp"] = "9999999999" }),
		"an expiry in the past":            sign(jwt.SigningMethodHS256, good, func(c jwt.MapClaims) { c["exp"] = time.Now().Add(-time.Minute).Unix() }),
		"a start in the future":            sign(jwt.SigningMethodHS256, good, func(c jwt.MapClaims) { c["nbf"] = time.Now().Add(time.Hour).Unix() }),
		"claims of one, signed as another": parts[0] + "." + parts[1] + "." + foreign[2],
		"two segments":                     parts[0] + "." + parts[1],
		"four segments":                    hs256 + "." + parts[2],
		"no signature":                     parts[0] + "." + parts[1] + ".",
		"more than 8 KB":                   sign(jwt.SigningMethodHS256, good, func(c jwt.MapClaims) { c["pad"] = strings.Repeat("x", 8<<10) }),
		"dots":                             strings.Repeat(".", 8<<10),
		"no base64":                        "a.b!.c",
		"NUL":                              "a.%00.c",
	}
}

// No forged token is believed anywhere, in either mode (security.md 5).
func TestForgedTokens(t *testing.T) {
	for mode, change := range modes {
		t.Run(mode, func(t *testing.T) {
			url, ann, _ := startWithTwo(t, change)
			path := ann.publish(t, "guarded", guarded)
			for name, token := range forgeries(t, ann) {
				t.Run(name, func(t *testing.T) {
					header := []string{"Authorization", "Bearer " + token}
					got := send(t, http.MethodGet, url+"/auth/me", "", header...)
					refused(t, got, "me")
					assert.Equal(t, "Invalid or expired token", got.text(t, "message"))
					refused(t, send(t, http.MethodGet, url+"/auth/sessions", "", header...), "sessions")
					got = send(t, http.MethodPost, url+path, `{}`, header...)
					assert.Equal(t, http.StatusUnauthorized, got.status, "%s", got.body)
					assert.NotContains(t, got.body, ann.email)
				})
			}
			assert.True(t, ann.alive(t))
		})
	}
}

// What an Authorization header must look like.
func TestAuthorizationHeaders(t *testing.T) {
	url, ann, _ := startWithTwo(t, openMode)
	path := ann.publish(t, "guarded", guarded)
	const none, missing = `"message":"No token provided"`, `"error":"Missing or invalid Authorization header"`
	for header, ok := range map[string]bool{
		"Bearer " + ann.token: true, "Bearer  " + ann.token: true,
		"bearer " + ann.token: false, "BEARER " + ann.token: false, "Bearer": false, "Bearer ": false, "": false, ann.token: false,
		"Token " + ann.token: false, "Bearer\t" + ann.token: false, "Basic " + ann.token: false,
	} {
		me := send(t, http.MethodGet, url+"/auth/me", "", "Authorization", header)
		called := send(t, http.MethodPost, url+path, `{}`, "Authorization", header)
		if ok {
			assert.Equal(t, []int{200, 200}, []int{me.status, called.status}, header)
			continue
		}
		refused(t, me, header)
		assert.Contains(t, me.body, none, header)
		assert.Equal(t, http.StatusUnauthorized, called.status, header)
		assert.Contains(t, called.body, missing, header)
		assert.NotContains(t, called.body, ann.token, header)
	}
	for _, header := range []string{"Bearer " + ann.token + " x", "Bearer " + ann.token + ",x", "Bearer x " + ann.token, "Bearer Bearer " + ann.token} {
		refused(t, send(t, http.MethodGet, url+"/auth/me", "", "Authorization", header), header)
		assert.Equal(t, http.StatusUnauthorized, send(t, http.MethodPost, url+path, `{}`, "Authorization", header).status, header)
	}
}

// raw sends bytes and returns the answer.
func raw(t *testing.T, url, request string) answer {
	t.Helper()
	conn, err := net.Dial("tcp", strings.TrimPrefix(url, "http://"))
	require.NoError(t, err)
	defer conn.Close()
	require.NoError(t, conn.SetDeadline(time.Now().Add(20*time.Second)))
	sent := make(chan struct{})
	go func() {
		defer close(sent)
		_, _ = io.WriteString(conn, request) // who refuses it need not read it
	}()
	res, err := http.ReadResponse(bufio.NewReader(conn), nil)
	require.NoError(t, err)
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	require.NoError(t, err)
	conn.Close()
	<-sent
	return answer{res.StatusCode, res.Header, string(body)}
}

func TestHostileHeaders(t *testing.T) {
	for mode, change := range modes {
		t.Run(mode, func(t *testing.T) {
			url, ann, _ := startWithTwo(t, change)
			request := func(headers ...string) string {
				return "GET /auth/me HTTP/1.1\r\nHost: x\r\nConnection: close\r\n" + strings.Join(headers, "\r\n") + "\r\n\r\n"
			}
			bearer := func(token string) string { return "Authorization: Bearer " + token }
			for name, c := range map[string]struct {
				request string
				want    []int
			}{
				"1 MB of dots":             {request(bearer(strings.Repeat(".", 1<<20))), []int{431, 401}},
				"1 MB of letters":          {request(bearer(strings.Repeat("a", 1<<20))), []int{431, 401}},
				"8 KB of dots":             {request(bearer(strings.Repeat(".", 8<<10))), []int{401}},
				"10,000 headers":           {request(strings.Repeat("A: b\r\n", 10_000) + bearer(ann.token)), []int{431}},
				"good":                     {request(bearer(ann.token)), []int{200}},
				"another case":             {request("aUTHORIZATION: Bearer " + ann.token), []int{200}},
				"bad and good":             {request(bearer("x"), bearer(ann.token)), []int{400, 401}},
				"a space before the colon": {request("Authorization : Bearer " + ann.token), []int{400, 401}},
				"folded":                   {request("Authorization: Bearer\r\n " + ann.token), []int{200, 400, 401}},
				"cookies of two":           {request("Cookie: orchestrix_sid=x; " + ann.cookie), []int{401}},
			} {
				t.Run(name, func(t *testing.T) {
					assert.Contains(t, c.want, raw(t, url, c.request).status)
				})
			}
		})
	}
}

// Of two tokens one counts, the same for everybody who reads the header.
func TestTwoAuthorizationHeaders(t *testing.T) {
	url, ann, bob := startWithTwo(t, openMode)
	path := ann.publish(t, "guarded", guarded)
	for _, pair := range [][2]*person{{ann, bob}, {bob, ann}} {
		ask := func(line string) answer {
			return raw(t, url, fmt.Sprintf("%s HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: 0\r\nAuthorization: Bearer %s\r\nAuthorization: Bearer %s\r\n\r\n",
				line, pair[0].token, pair[1].token))
		}
		me, called := ask("GET /auth/me"), ask("POST "+path)
		require.Equal(t, me.status, called.status)
		if me.status == http.StatusOK {
			assert.Equal(t, me.object(t)["user"].(map[string]any)["id"], called.text(t, "userId"))
		}
	}
}

// Tokens of the old backend name no session: they say who calls, and open
// nothing that asks for a login.
func TestTokensOfTheOldBackend(t *testing.T) {
	for mode, change := range modes {
		t.Run(mode, func(t *testing.T) {
			url, ann, _ := startWithTwo(t, change)
			path := ann.publish(t, "guarded", guarded)
			for _, method := range []jwt.SigningMethod{jwt.SigningMethodHS256, jwt.SigningMethodHS384, jwt.SigningMethodHS512} {
				header := []string{"Authorization", "Bearer " + mint(t, jwt.MapClaims{"userId": ann.id, "email": ann.email}, method)}
				me := send(t, http.MethodGet, url+"/auth/me", "", header...)
				assert.Equal(t, http.StatusOK, me.status, "%s", me.body)
				assert.Contains(t, me.body, ann.id)
				for _, c := range [][2]string{{"GET", "/auth/sessions"}, {"POST", "/auth/password"}, {"DELETE", "/auth/sessions/" + ann.sid}} {
					got := send(t, c[0], url+c[1], "", header...)
					refused(t, got, c[1])
					assert.Equal(t, "A login session is required", got.text(t, "message"))
				}
				logout := send(t, http.MethodPost, url+"/auth/logout", "", header...)
				assert.Equal(t, http.StatusOK, logout.status, "there is nothing to end: %s", logout.body)
				called := send(t, http.MethodPost, url+path, `{}`, header...)
				owned := send(t, http.MethodGet, url+"/workflows", "", header...)
				if mode == "open" {
					assert.Equal(t, []int{200, 200}, []int{called.status, owned.status})
					assert.Contains(t, called.body, ann.email)
				} else {
					assert.Equal(t, []int{401, 401}, []int{called.status, owned.status})
				}
			}
			for _, userID := range []any{"65a1f0c2d4e5f60718293a4b", "x", nil, 7, map[string]any{"$ne": nil}, []any{ann.id}} {
				got := send(t, http.MethodGet, url+"/auth/me", "", "Authorization", "Bearer "+mint(t, jwt.MapClaims{"userId": userID}))
				refused(t, got, fmt.Sprint(userID))
				assert.Equal(t, "User not found", got.text(t, "message"))
			}
			assert.True(t, ann.alive(t))
		})
	}
}
