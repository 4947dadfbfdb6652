package contract_test

import (
	"encoding/json"
	"fmt"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"
	"github.com/stretchr/testify/require"
)

const secret = "peer-test-secret" // of the recorded server

// comparison compares an answer with a recorded one.
type comparison struct {
	*replay
	extra bool // fields that were not recorded are welcome
}

// mayGrow are the objects in which further fields are welcome anywhere: step
// outputs, errors, and workflows, which now keep what the old backend dropped.
var mayGrow = regexp.MustCompile(`\.(steps\.\d+\.(output|error)|workflows\.\d+)$`)

func (c *comparison) compare(path string, want, got any) []string {
	switch want := want.(type) {
	case map[string]any:
		have, ok := got.(map[string]any)
		if !ok {
			return []string{fmt.Sprintf("%s: want an object, got %v", path, got)}
		}
		return c.compareObjects(path, want, have)
	case []any:
		have, ok := got.([]any)
		if !ok || len(have) != len(want) {
			return []string{fmt.Sprintf("%s: want %d items, got %v", path, len(want), got)}
		}
		var all []string
		for i := range want {
			all = append(all, c.compare(fmt.Sprintf("%s.%d", path, i), want[i], have[i])...)
		}
		return all
	case string:
		if !c.equalText(want, got) {
			return []string{fmt.Sprintf("%s: want %q, got %v", path, want, got)}
		}
		return nil
	}
	if !reflect.DeepEqual(want, got) {
		return []string{fmt.Sprintf("%s: want %v, got %v", path, want, got)}
	}
	return nil
}

func (c *comparison) compareObjects(path string, want, got map[string]any) []string {
	var all []string
	for key, value := range want {
		at := path + "." + key
		if key == "stack" || (key == "code" && want["stack"] != nil) {
			continue
		}
		have, ok := got[key]
		switch {
		case value == "<bcrypt:10>": // password hashes are never shown
			if ok {
				all = append(all, at+": a password hash is shown")
			}
		case key == "error" && want["timestamp"] != nil && want["message"] == nil: // a parser's own words
		case !ok:
			all = append(all, at+": missing")
		default:
			all = append(all, c.compare(at, value, have)...)
		}
	}
	for key, value := range got {
		if path == ".output" && key == "emailResult" || path == ".schemas" { // goldens: steps set their output variables; schemas as a subset
			continue
		}
		if _, ok := want[key]; !ok && !c.extra && !mayGrow.MatchString(path) {
			all = append(all, fmt.Sprintf("%s.%s: not recorded: %v", path, key, value))
		}
	}
	slices.Sort(all)
	return all
}

var (
	isoDate  = regexp.MustCompile(`^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$`)
	objectID = regexp.MustCompile(`^[0-9a-f]{24}$`)
	numbered = regexp.MustCompile(`^<(oid|uuid|workflow_id):\d+>$`)
	token    = regexp.MustCompile(`^<jwt (\{.*?\}) (\{.*\})(?: life=(\d+))?>$`)
)

func (c *comparison) equalText(want string, got any) bool {
	switch {
	case want == "<dur>" || want == "<ms>" || want == "<iat>" || want == "<exp>":
		_, ok := got.(float64)
		return ok
	case strings.HasSuffix(want, "-<ms>"):
		text, ok := got.(string)
		prefix := strings.TrimSuffix(want, "<ms>")
		_, err := strconv.ParseInt(strings.TrimPrefix(text, prefix), 10, 64)
		return ok && strings.HasPrefix(text, prefix) && err == nil
	case want == "<iso>":
		text, ok := got.(string)
		return ok && isoDate.MatchString(text)
	case numbered.MatchString(want):
		text, ok := got.(string)
		if !ok || (strings.HasPrefix(want, "<oid:") && !objectID.MatchString(text)) {
			return false
		}
		return c.same(want, text)
	case token.MatchString(want):
		text, _ := got.(string)
		return c.equalToken(token.FindStringSubmatch(want), text)
	}
	return want == got
}

// same binds a numbered placeholder to its first value, and holds it to that.
func (c *comparison) same(placeholder, value string) bool {
	bound, ok := c.bound[placeholder]
	if !ok {
		c.bound[placeholder] = value
	}
	return !ok || bound == value
}

// equalToken compares the header, the claims and the life of a token. A login's
// also names its session (issue 4), which was not recorded.
func (c *comparison) equalToken(want []string, got string) bool {
	var header, claims map[string]any
	if json.Unmarshal([]byte(want[1]), &header) != nil || json.Unmarshal([]byte(want[2]), &claims) != nil {
		return false
	}
	parsed, err := jwt.Parse(got, func(*jwt.Token) (any, error) { return []byte(secret), nil }, jwt.WithValidMethods([]string{"HS256", "HS384", "HS512"}))
	if err != nil || !reflect.DeepEqual(header, parsed.Header) {
		return false
	}
	have := parsed.Claims.(jwt.MapClaims)
	delete(have, "sid")
	life := fmt.Sprint(int64(have["exp"].(float64) - have["iat"].(float64)))
	for key, value := range claims {
		text, isText := value.(string)
		if isText && numbered.MatchString(text) {
			if shown, _ := have[key].(string); !c.same(text, shown) {
				return false
			}
			continue
		}
		if !reflect.DeepEqual(value, have[key]) {
			return false
		}
	}
	return life == want[3] && len(have) == len(claims)+2
}

// jwt makes the token that a recorded header stands for.
func (r *replay) jwt(t *testing.T, header string) string {
	prefix, placeholder, found := strings.Cut(header, "<jwt ")
	if !found {
		return header
	}
	parts := token.FindStringSubmatch("<jwt " + placeholder)
	require.NotNil(t, parts, header)
	var head, claims jwt.MapClaims
	require.NoError(t, json.Unmarshal([]byte(parts[1]), &head))
	require.NoError(t, json.Unmarshal(r.fill([]byte(parts[2])), &claims))
	method, key := jwt.GetSigningMethod(head["alg"].(string)), any([]byte(secret))
	if method == jwt.SigningMethodNone {
		key = jwt.UnsafeAllowNoneSignatureType
	}
	if parts[3] != "" {
		life, err := time.ParseDuration(parts[3] + "s")
		require.NoError(t, err)
		claims["iat"], claims["exp"] = time.Now().Unix(), time.Now().Add(life).Unix()
	}
	signed, err := jwt.NewWithClaims(method, claims).SignedString(key)
	require.NoError(t, err)
	return prefix + signed
}
