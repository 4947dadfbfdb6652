package logging_test

import (
	"net/url"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/orchestrix/orchestrix/platform/doc"
	"github.com/orchestrix/orchestrix/platform/logging"
)

const (
	token = "eyJhbGciOiJIUzI1NiJ9.eyJ1IjoiY2FuYXJ5In0.c2lnbmF0dXJlLWNhbmFyeQ"
	hash  = "$2a$10$WEuF6VtD8u8VJfJOh.hgHu73ch56R4c6q5chXIv.h9KhSfG3FmQUa"
)

func TestMaskShapes(t *testing.T) {
	tests := []struct{ name, in, want string }{
		{"bearer", "got Bearer canary-123456 from ann", "got Bearer *** from ann"},
		{"bearer, lower case", "authorization=bearer canary-123456", "authorization=*** ***"},
		{"header", "Authorization: Bearer canary-123456", "Authorization: ***"},
		{"short bearer in a header", "Authorization: Bearer abc", "Authorization: ***"},
		{"basic", "Authorization: Basic Y2FuYXJ5OmNhbmFyeQ==", "Authorization: ***"},
		{"cookies", "Cookie: sid=canary; b=canary\nHost: a", "Cookie: ***\nHost: a"},
		{"JWT", "token is " + token + ".", "token is ***."},
		{"unsigned JWT", "eyJhbGciOiJub25lIn0.eyJ1IjoiY2FuYXJ5In0.", "***"},
		{"bcrypt", "hash " + hash + " stored", "hash *** stored"},
		{"connection string", "dial mongodb://ann:canary@h1:1,h2:2/db?x=1", "dial mongodb://***@h1:1,h2:2/db?x=1"},
		{"connection string with @", "mongodb+srv://ann:can@ary@host/db", "mongodb+srv://***@host/db"},
		{"connection string with /", "smtp://ann:can/ary@host", "smtp://***@host"},
		{"user only", "https://canary@host/a", "https://***@host/a"},
		{"no credentials", "see https://host:80/a?b=c and x@y.z", "see https://host:80/a?b=c and x@y.z"},
		{"OpenAI", "key sk-canarycanarycanary1 is bad", "key *** is bad"},
		{"Groq", "gsk_canarycanarycanary1", "***"},
		{"Hugging Face", "hf_canarycanarycanary1", "***"},
		{"Google", "GET https://host/v1?key=AIzacanarycanarycanary&b=c", "GET https://host/v1?key=***&b=c"},
		{"JSON text", `{"password":"can\"ary","a":1}`, `{"password":"***","a":1}`},
		{"JSON in JSON", `"{\"password\":\"canary\"}"`, `"{\"password\":\"***"`},
		{"cut JSON", `{"apiKey": "canary`, `{"apiKey": "***"`},
		{"assignment", "JWT_SECRET=canary PORT=1", "JWT_SECRET=*** PORT=1"},
		{"form", "a=b&new_password=canary&c=d", "a=b&new_password=***&c=d"},
		{"Go struct", "{Name:ann Password:canary}", "{Name:ann Password:***}"},
		{"Go document", "[{Key:password Value:canary} {Key:a Value:b}]", "[{Key:password Value:***} {Key:a Value:b}]"},
		{"password in a line of its own", "user: ann\npassword: canary\nhost: a", "user: ann\npassword: ***\nhost: a"},
		{"prose", "the password must be at least 8 bytes: see token rules", "the password must be at least 8 bytes: see token rules"},
		{"reason", "verify token: jwt expired", "verify token: jwt expired"},
		{"nothing", "run finished in 3ms", "run finished in 3ms"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got := logging.Mask(tt.in)
			assert.Equal(t, tt.want, got)
			assert.Equal(t, got, logging.Mask(got), "masking again changes nothing")
		})
	}
}

func TestMaskRegisteredValues(t *testing.T) {
	secret := "top \"secret\"/ü&" // every escape changes it
	m := logging.NewMasker("", "abc", secret, "canary", "canary-longer")
	for _, in := range []string{secret, url.QueryEscape(secret), url.PathEscape(secret), string(doc.MarshalJSON(secret)[1 : len(doc.MarshalJSON(secret))-1])} {
		assert.Equal(t, "a *** z", m.String("a "+in+" z"))
	}
	assert.Equal(t, "***,***", m.String("canary,canary-longer"), "no rest of the longer one is left")
	assert.Equal(t, "abc", m.String("abc"), "too short to look for")
}

func TestMaskValue(t *testing.T) {
	in := doc.Object{
		{"a", doc.Array{doc.Object{{"PassWord", "canary"}, {"b", "Bearer canary-123456"}}}},
		{"api_key", doc.Array{"canary"}}, {"set-cookie", doc.Object{{"a", "canary"}}}, {"secret", int64(1234)},
		{"token", nil}, {"hasToken", true}, {"totalTokens", int64(12)}, {"n", 1.5},
	}
	before := string(doc.MarshalJSON(in))
	out := logging.NewMasker().Value(in)
	assert.JSONEq(t, `{"a":[{"PassWord":"***","b":"Bearer ***"}],"api_key":"***","set-cookie":"***","secret":"***",
		"token":null,"hasToken":true,"totalTokens":12,"n":1.5}`, string(doc.MarshalJSON(out)))
	assert.Equal(t, before, string(doc.MarshalJSON(in)), "the value itself is left alone")
}

func TestIsSecretKey(t *testing.T) {
	for _, key := range []string{"password", "newPassword", "PASSWORD_HASH", "x-api-key", "apiKey", "API KEY", "accessToken", "client_secret",
		"Authorization", "cookie", "Set-Cookie", "credentials", "private_key", "pass", "jwt", "SMTP_PASS", "OPENAI_KEY", "pwd", "pass_word"} {
		assert.True(t, logging.IsSecretKey(key), key)
	}
	for _, key := range []string{"", "key", "author", "path", "passed", "compass", "tok", "monkey", "requestId", "ünïcode"} {
		assert.False(t, logging.IsSecretKey(key), key)
	}
}

func BenchmarkMask(b *testing.B) {
	m := logging.NewMasker("a registered secret", "another registered secret")
	for name, s := range map[string]string{
		"nothing": "run finished after 3 steps in 12ms, status ok",
		"token":   "refused Bearer " + token,
		"64 KB":   strings.Repeat("token=x:\"", 64<<10/9),
	} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			b.SetBytes(int64(len(s)))
			for b.Loop() {
				m.String(s)
			}
		})
	}
}
