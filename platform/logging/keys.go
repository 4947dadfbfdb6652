package logging

import "strings"

// IsSecretKey reports whether a field of that name holds a secret: its name has
// password, token, secret, authorization, cookie, apiKey or the like in it, in
// any spelling.
func IsSecretKey(key string) bool {
	switch strings.ToLower(key) {
	case "pass", "jwt", "otp", "smtp_pass", "smtppass", "openai_key":
		return true
	}
	return hasSecretWord(key)
}

// IsSecret reports whether v is a secret because of the name that it goes by.
// Whether there is one (null, true, false) is not; nor is a model's usage.
func IsSecret(key string, v any) bool {
	switch v.(type) {
	case nil, bool:
		return false
	case int64, int32, float64:
		return IsSecretKey(key) && !countsTokens(key)
	}
	return IsSecretKey(key)
}

// countsTokens tells the numbers of a model's usage from tokens.
func countsTokens(key string) bool { return strings.Contains(strings.ToLower(key), "tokens") }

// secretWords by their first letter; - and _ inside a name do not count.
var secretWords = [256][]string{
	'a': {"apikey", "authorization", "accesskey"},
	'c': {"cookie", "credential"},
	'e': {"encryptionkey"},
	'p': {"password", "passwd", "passphrase", "pwd", "privatekey"},
	's': {"secret", "signingkey"},
	't': {"token"},
}

func hasSecretWord(s string) bool {
	for i := range len(s) {
		for _, w := range secretWords[s[i]|0x20] {
			if hasWord(s[i:], w) {
				return true
			}
		}
	}
	return false
}

// hasWord reports whether s begins with the lower-case word w.
func hasWord(s, w string) bool {
	j := 0
	for i := 0; i < len(s) && j < len(w); i++ {
		switch {
		case s[i]|0x20 == w[j]:
			j++
		case s[i] != '_' && s[i] != '-' && s[i] != ' ':
			return false
		}
	}
	return j == len(w)
}

// PasswordIn returns the password in a connection string as it is written there,
// or "". Several hosts in one string are more than net/url reads.
func PasswordIn(uri string) string {
	_, rest, _ := strings.Cut(uri, "://")
	at := strings.LastIndexByte(rest, '@')
	if at < 0 {
		return ""
	}
	_, password, _ := strings.Cut(rest[:at], ":")
	return password
}
