package logging

import (
	"encoding/json"
	"net/url"
	"regexp"
	"slices"
	"strings"

	"github.com/orchestrix/orchestrix/platform/doc"
)

// Masked stands where a secret was.
const Masked = "***"

// minSecret is the shortest registered value that is looked for: shorter ones
// would blank out parts of ordinary words.
const minSecret = 4

// Masker replaces secrets by "***". It is safe for concurrent use.
type Masker struct{ secrets []string }

// NewMasker makes a Masker that knows the given values besides the shapes that
// every Masker knows. Values under 4 bytes are ignored.
func NewMasker(secrets ...string) *Masker {
	return (&Masker{}).With(secrets...)
}

// With is a Masker that knows further values.
func (m *Masker) With(secrets ...string) *Masker {
	m = &Masker{secrets: slices.Clone(m.secrets)}
	for _, s := range secrets {
		if len(s) < minSecret {
			continue
		}
		html, _ := json.Marshal(s) // a string always marshals
		m.secrets = append(m.secrets, s, url.QueryEscape(s), url.PathEscape(s), inner(html), inner(doc.MarshalJSON(s)))
	}
	// The longest first, so that a secret inside another leaves no rest.
	slices.SortFunc(m.secrets, func(a, b string) int {
		if len(a) != len(b) {
			return len(b) - len(a)
		}
		return strings.Compare(a, b)
	})
	m.secrets = slices.Compact(m.secrets)
	return m
}

// inner is a JSON string without its quotes.
func inner(quoted []byte) string { return string(quoted[1 : len(quoted)-1]) }

var shapes = NewMasker()

// Mask replaces what looks like a secret in s: bearer tokens, JSON Web Tokens,
// bcrypt hashes, provider keys, credentials in connection strings, and values
// that follow the name of a secret.
func Mask(s string) string { return shapes.String(s) }

// Known masks the values that the Masker was given, and nothing by its shape.
func (m *Masker) Known(s string) string {
	for _, secret := range m.secrets {
		if strings.Contains(s, secret) {
			s = strings.ReplaceAll(s, secret, Masked)
		}
	}
	return s
}

// String masks s.
func (m *Masker) String(s string) string {
	s = m.Known(s)
	signs := signsIn(s)
	for i := range patterns {
		if p := &patterns[i]; p.signs&signs != 0 && p.hint(s) {
			s = p.find.ReplaceAllString(s, p.replace)
		}
	}
	return s
}

// Text returns s masked and cut to limit bytes; a text that was cut ends with
// the length that it had.
func (m *Masker) Text(s string, limit int) string { return cut(m.String(precut(s)), len(s), limit) }

// Value returns a document value masked at every depth: texts as by String,
// and whatever a secret's name names. v itself is left alone.
func (m *Masker) Value(v any) any {
	switch v := v.(type) {
	case string:
		return m.String(v)
	case doc.Object:
		o := make(doc.Object, len(v))
		for i, f := range v {
			o[i] = doc.Field{Key: m.String(f.Key), Value: m.field(f.Key, f.Value)}
		}
		return o
	case doc.Array:
		a := make(doc.Array, len(v))
		for i := range v {
			a[i] = m.Value(v[i])
		}
		return a
	}
	return v
}

func (m *Masker) field(key string, v any) any {
	if IsSecret(key, v) {
		return Masked
	}
	return m.Value(v)
}

// A sign is a byte without which a pattern cannot match. Most texts have none of
// them, and are done after one look at each byte.
const (
	signMark   = 1 << iota // : or =
	signSpace              // or %, between a scheme and its credentials
	signDollar             // of a password hash
	signJ                  // of a JSON Web Token: eyJ
	signDash               // - or _ in a provider's key
	signZ                  // AIza
)

var signOf = [256]uint8{
	':': signMark, '=': signMark, ' ': signSpace, '\t': signSpace, '\n': signSpace, '\r': signSpace, '\f': signSpace, '\v': signSpace, '%': signSpace,
	'$': signDollar, 'J': signJ, '-': signDash, '_': signDash, 'z': signZ,
}

func signsIn(s string) (signs uint8) {
	for i := range len(s) {
		signs |= signOf[s[i]]
	}
	return signs
}

type pattern struct {
	signs   uint8             // at least one of them is in every match
	hint    func(string) bool // cheap: false when find cannot match
	find    *regexp.Regexp
	replace string
}

func contains(parts ...string) func(string) bool {
	return func(s string) bool {
		return slices.ContainsFunc(parts, func(p string) bool { return strings.Contains(s, p) })
	}
}

// patterns are applied in this order. After a colon and a space, only a header or
// a single word to the end is a value: "verify token: jwt expired" is a sentence. The user part of a connection string
// reaches to the last @, since passwords with an unescaped one do occur.
var patterns = []pattern{
	{signMark, contains("://"), regexp.MustCompile(`([a-zA-Z][a-zA-Z0-9+.-]*://)(?:[^\s"'<>/?#:@]*:[^\s"'<>]*@|[^\s"'<>/?#]*@)`), `${1}` + Masked + `@`},
	{signJ, contains("eyJ"), regexp.MustCompile(`eyJ[A-Za-z0-9_-]{5,}\.[A-Za-z0-9_-]*(?:\.[A-Za-z0-9_-]*)?`), Masked},
	{signDollar, contains("$2"), regexp.MustCompile(`\$2[abxy]?\$\d\d\$[./A-Za-z0-9]{8,}`), Masked},
	{signMark, assigned, regexp.MustCompile(`(?i)\b((?:proxy-)?authorization|(?:set-)?cookie|x-[\w-]*key):[ \t]+[^\r\n"]+`), `${1}: ` + Masked},
	{signSpace, contains("earer", "EARER"), regexp.MustCompile(`(?i)\b(bearer)(?:\s+|%20)[A-Za-z0-9._~+/=-]{8,}`), `${1} ` + Masked},
	{signSpace, contains("asic ", "ASIC "), regexp.MustCompile(`(?i)\b(basic)\s+[A-Za-z0-9+/=_-]{12,}`), `${1} ` + Masked},
	{signDash | signZ, contains("sk-", "gsk_", "hf_", "AIza"), regexp.MustCompile(`\b(?:sk-|gsk_|hf_|AIza)[A-Za-z0-9_-]{16,}`), Masked},
	{signMark, contains("?key=", "&key="), regexp.MustCompile(`([?&]key=)[^\s&"']+`), `${1}` + Masked},
	{signMark, assigned, regexp.MustCompile(`(?im)((?:password|passwd|passphrase|pwd|secret):[ \t]+)[^\s"',;]+([ \t\r]*(?:$|[,;}]))`), `${1}` + Masked + `${2}`},
	{signMark, assigned, regexp.MustCompile(`(?i)([\w.-]*(?:` + words + `)[\w.-]*\\?["']?\s*[:=]\s*\\?)"(?:[^"\\]|\\.)*"?`), `${1}"` + Masked + `"`},
	{signMark, assigned, regexp.MustCompile(`(?i)([\w.-]*(?:` + words + `)[\w.-]*(?:[:=]| Value:))[^\s&,;"'\])}:=][^\s&,;"'\])}]*`), `${1}` + Masked},
}

const words = `password|passwd|passphrase|pwd|secret|token|api[_-]?key|authorization|cookie|credential|private[_-]?key|access[_-]?key`

func assigned(s string) bool { return strings.ContainsAny(s, ":=") && hasSecretWord(s) }
