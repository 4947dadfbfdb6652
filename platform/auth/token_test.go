package auth_test

import (
	"crypto/hmac"
	"crypto/sha256"
	"crypto/sha512"
	"encoding/base64"
	"hash"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/orchestrix/orchestrix/platform/auth"
	"github.com/orchestrix/orchestrix/platform/doc"
)

const secret = "peer-test-secret"

// start is when the clock of the tests stands, and oldToken a token that the old
// backend's library signed then, valid for 7 days.
const (
	start    = 1700000000
	oldToken = "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJ1c2VySWQiOiI2NWExZjBjMmQ0ZTVmNjA3MTgyOTNhNGIiLCJlbWFpbCI6ImFubkBleGFtcGxlLmNvbSIsImlhdCI6MTcwMDAwMDAwMCwiZXhwIjoxNzAwNjA0ODAwfQ.EgzmkZttMKiAwMK6VL5vOr2OfEfYxLyM-UO-6ASYvUk"
)

var user = doc.Object{{"userId", "65a1f0c2d4e5f60718293a4b"}, {"email", "ann@example.com"}}

func at(seconds int64) *auth.Tokens {
	return auth.NewTokens([]byte(secret), func() time.Time { return time.Unix(seconds, 0) })
}

// raw is a token with any header and claims, signed with h.
func raw(h func() hash.Hash, header, claims string) string {
	text := base64.RawURLEncoding.EncodeToString([]byte(header)) + "." + base64.RawURLEncoding.EncodeToString([]byte(claims))
	mac := hmac.New(h, []byte(secret))
	mac.Write([]byte(text))
	return text + "." + base64.RawURLEncoding.EncodeToString(mac.Sum(nil))
}

func hs256(claims string) string { return raw(sha256.New, `{"alg":"HS256","typ":"JWT"}`, claims) }

func unsigned(token string) string { return token[:strings.LastIndexByte(token, '.')+1] }

func TestTokensOfTheOldBackend(t *testing.T) {
	signed, err := at(start).Sign(user, "HS256", 7*24*time.Hour)
	require.NoError(t, err)
	assert.Equal(t, oldToken, signed, "byte for byte")
	claims, err := at(start + 7*24*3600 - 1).Verify(oldToken)
	require.NoError(t, err)
	assert.Equal(t, append(user[:2:2], doc.Field{Key: "iat", Value: int64(start)}, doc.Field{Key: "exp", Value: int64(start + 7*24*3600)}), claims)
}

func TestSign(t *testing.T) {
	for _, alg := range []string{"HS256", "HS384", "HS512"} {
		t.Run(alg, func(t *testing.T) {
			in := doc.Object{{"z", int64(1)}, {"exp", "never"}, {"a", doc.Object{{"y", nil}, {"b", doc.Array{true, 1.5}}}}, {"iat", int64(0)}, {"m", "ü<"}}
			token, err := at(start).Sign(in, alg, time.Minute)
			require.NoError(t, err)
			assert.Len(t, in, 5, "the caller's claims are left alone")
			out, err := at(start).Verify(token)
			require.NoError(t, err)
			assert.Equal(t, doc.Object{in[0], in[2], in[4], {"iat", int64(start)}, {"exp", int64(start + 60)}}, out)
		})
	}
	for _, alg := range []string{"", "none", "hs256", "RS256", "PS256", "ES256"} {
		_, err := at(start).Sign(user, alg, time.Minute)
		require.ErrorIs(t, err, auth.ErrAlgorithm, alg)
	}
}

func TestVerifyRefuses(t *testing.T) {
	const live = `{"userId":"u","exp":1700000060}`
	tests := []struct{ name, token, want string }{
		{"none, unsigned", unsigned(raw(sha256.New, `{"alg":"none"}`, live)), "jwt signature is required"},
		{"none, signed", raw(sha256.New, `{"alg":"none","typ":"JWT"}`, live), "invalid algorithm"},
		{"nOnE, signed", raw(sha256.New, `{"alg":"nOnE"}`, live), "invalid algorithm"},
		{"HS256, unsigned", unsigned(hs256(live)), "jwt signature is required"},
		{"RS256 over the secret", raw(sha256.New, `{"alg":"RS256","typ":"JWT"}`, live), "invalid algorithm"},
		{"PS256 over the secret", raw(sha256.New, `{"alg":"PS256","typ":"JWT"}`, live), "invalid algorithm"},
		{"ES256 over the secret", raw(sha256.New, `{"alg":"ES256","typ":"JWT"}`, live), "invalid algorithm"},
		{"unknown algorithm", raw(sha256.New, `{"alg":"XX"}`, live), "invalid algorithm"},
		{"no algorithm", raw(sha256.New, `{"typ":"JWT"}`, live), "invalid algorithm"},
		{"algorithm that is no text", raw(sha256.New, `{"alg":5}`, live), "invalid algorithm"},
		{"HS512 header, HS256 signature", raw(sha256.New, `{"alg":"HS512"}`, live), "invalid signature"},
		{"HS256 header, HS512 signature", raw(sha512.New, `{"alg":"HS256"}`, live), "invalid signature"},
		{"changed claims", strings.Replace(hs256(live), ".ey", ".fy", 1), "jwt malformed"},
		{"changed signature", oldToken[:len(oldToken)-4] + "AAAA", "invalid signature"},
		{"short signature", oldToken[:len(oldToken)-11], "invalid signature"},
		{"signature cut inside a byte", oldToken[:len(oldToken)-10], "jwt malformed"},
		{"no expiry", hs256(`{"userId":"u"}`), "jwt has no expiry"},
		{"expiry is a text", hs256(`{"exp":"1700000060"}`), "jwt malformed"},
		{"expiry is null", hs256(`{"exp":null}`), "jwt malformed"},
		{"expiry out of range", hs256(`{"exp":1e300}`), "jwt malformed"},
		{"expiry before time began", hs256(`{"exp":-1e300}`), "jwt malformed"},
		{"two expiries", hs256(`{"exp":1,"exp":1700000060}`), "jwt malformed"},
		{"expired", hs256(`{"exp":1699999999}`), "jwt expired"},
		{"expires now", hs256(`{"exp":1700000000}`), "jwt expired"},
		{"not yet", hs256(`{"nbf":1700000001,"exp":1700000060}`), "jwt not active"},
		{"not yet and no expiry", hs256(`{"nbf":1700000001}`), "jwt not active"},
		{"start is a text", hs256(`{"nbf":"x","exp":1700000060}`), "jwt malformed"},
		{"claims are an array", hs256(`[1]`), "jwt malformed"},
		{"claims are null", hs256(`null`), "jwt has no expiry"},
		{"text after the claims", hs256(live + " {}"), "jwt malformed"},
		{"deep claims", hs256(`{"a":` + strings.Repeat("[", 2000) + strings.Repeat("]", 2000) + `}`), "jwt malformed"},
		{"empty", "", "jwt malformed"},
		{"garbage", "garbage", "jwt malformed"},
		{"dots", "..", "jwt malformed"},
		{"three dots", oldToken + ".", "jwt malformed"},
		{"bytes", "\x00.\xff.\xfe", "jwt malformed"},
		{"no base64", "a b.c d.e f", "jwt malformed"},
		{"1 MB of dots", strings.Repeat(".", 1<<20), "jwt malformed"},
		{"1 MB of letters", strings.Repeat("a", 1<<20), "jwt malformed"},
		{"over the limit", hs256(`{"exp":1700000060,"a":"` + strings.Repeat("a", 8<<10) + `"}`), "jwt malformed"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			claims, err := at(start).Verify(tt.token)
			var refused *auth.TokenError
			require.ErrorAs(t, err, &refused)
			assert.Equal(t, tt.want, err.Error())
			assert.Nil(t, claims)
		})
	}
}

func TestWrongSecret(t *testing.T) {
	_, err := auth.NewTokens([]byte("another"), func() time.Time { return time.Unix(start, 0) }).Verify(oldToken)
	require.EqualError(t, err, "invalid signature")
}

func TestTimes(t *testing.T) {
	token := hs256(`{"nbf":1700000000,"exp":1700000060.5}`)
	for second, want := range map[int64]string{-1: "jwt not active", 0: "", 59: "", 60: "", 61: "jwt expired"} {
		_, err := at(start + second).Verify(token)
		if want == "" {
			assert.NoError(t, err, second)
			continue
		}
		assert.EqualError(t, err, want, second)
	}
}

// A token that was issued by a clock that was ahead is good when it is right again.
func TestAClockThatIsSetBack(t *testing.T) {
	token, err := at(start+3600).Sign(user, "HS256", time.Hour)
	require.NoError(t, err)
	_, err = at(start).Verify(token)
	require.NoError(t, err)
}

func TestBearer(t *testing.T) {
	for header, want := range map[string]string{
		"Bearer a.b.c": "a.b.c", "Bearer  a ": "a", "Bearer ": "", "Bearer": "", "bearer a": "", "Basic a": "", "": "", "Bearera": "",
	} {
		token, ok := auth.Bearer(header)
		assert.Equal(t, want != "", ok, "%q", header)
		if ok {
			assert.Equal(t, want, token, "%q", header)
		}
	}
}

func BenchmarkSign(b *testing.B) {
	b.ReportAllocs()
	tokens := at(start)
	for b.Loop() {
		if _, err := tokens.Sign(user, "HS256", time.Hour); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkVerify(b *testing.B) {
	for name, token := range map[string]string{"valid": oldToken, "dots": strings.Repeat(".", 1<<20), "forged": oldToken[:len(oldToken)-4] + "AAAA"} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			tokens := at(start)
			for b.Loop() {
				if _, err := tokens.Verify(token); (err == nil) != (name == "valid") {
					b.Fatal(err)
				}
			}
		})
	}
}

func FuzzVerify(f *testing.F) {
	f.Add(oldToken)
	f.Add(unsigned(oldToken))
	f.Add(hs256(`{"exp":1e300,"nbf":null}`))
	tokens := at(start)
	f.Fuzz(func(t *testing.T, token string) {
		claims, err := tokens.Verify(token)
		if err == nil {
			return
		}
		var refused *auth.TokenError
		require.ErrorAs(t, err, &refused)
		require.Nil(t, claims)
	})
}
