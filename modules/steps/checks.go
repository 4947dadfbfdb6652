package steps

import (
	"fmt"
	"net/mail"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/orchestrix/orchestrix/platform/doc"
	"github.com/orchestrix/orchestrix/platform/engine"
)

// check is one demand of a validation rule.
type check struct {
	name    string // as it is shown: "required", the type, or the rule's key
	message string
	passes  func(value any, found bool) bool
	facts   doc.Object // the same demand in JSON Schema
}

// compileChecks reads the demands of a rule, in the order in which they are
// reported.
func compileChecks(f *engine.Fields) []check {
	var checks []check
	if f.Flag("required") {
		checks = append(checks, check{"required", "Field is required", func(v any, found bool) bool {
			return found && v != nil && v != ""
		}, nil})
	}
	if name := f.Name("type"); name != "" && name != "any" {
		test, ok := typeTests[name]
		if !ok {
			f.Wrong("type", "must be string, number, boolean, email, array or object")
			return checks
		}
		// Only what is missing is skipped: null is a value that must fit.
		checks = append(checks, check{name, "Expected " + name, func(v any, found bool) bool { return !found || test(v) }, typeFacts(name)})
	}
	checks = appendLimits(checks, f)
	if pattern := f.Pattern("pattern"); pattern != nil {
		text := f.Name("pattern")
		checks = append(checks, optional("pattern", "Expected to match "+text, func(v any) bool {
			return pattern.Match(engine.Text(v))
		}, patternFacts(text)))
	}
	if allowed, ok := f.Raw("enum").(doc.Array); ok {
		once, known := distinct(allowed)
		checks = append(checks, optional("enum", "Expected one of "+listText(allowed), func(v any) bool {
			return known[string(doc.MarshalJSON(v))]
		}, doc.Object{{"enum", once}}))
	} else if f.Has("enum") {
		f.Wrong("enum", "must be a list")
	}
	return checks
}

// appendLimits adds the checks on length and size.
func appendLimits(checks []check, f *engine.Fields) []check {
	limits := []struct {
		name, message string
		measure       func(any) (float64, bool)
		fits          func(value, limit float64) bool
		keyword       string // of JSON Schema
	}{
		{"minLength", "Expected at least %s characters", length, atLeast, "minLength"},
		{"maxLength", "Expected at most %s characters", length, atMost, "maxLength"},
		{"min", "Expected at least %s", engine.ToNumber, atLeast, "minimum"},
		{"max", "Expected at most %s", engine.ToNumber, atMost, "maximum"},
	}
	for _, l := range limits {
		limit := f.Limit(l.name)
		if limit == nil {
			continue
		}
		message := fmt.Sprintf(l.message, strconv.FormatFloat(*limit, 'f', -1, 64))
		checks = append(checks, optional(l.name, message, func(v any) bool {
			n, ok := l.measure(v)
			return ok && l.fits(n, *limit)
		}, limitFacts(l.keyword, *limit)))
	}
	return checks
}

// optional is a check that missing values and null pass: demanding a value is
// what "required" is for.
func optional(name, message string, test func(any) bool, facts doc.Object) check {
	return check{name, message, func(v any, found bool) bool { return !found || v == nil || test(v) }, facts}
}

var typeTests = map[string]func(any) bool{
	"string":  func(v any) bool { _, ok := v.(string); return ok },
	"boolean": func(v any) bool { _, ok := v.(bool); return ok },
	"array":   func(v any) bool { _, ok := v.(doc.Array); return ok },
	"object":  func(v any) bool { _, ok := v.(doc.Object); return ok },
	"number":  isNumber,
	"email":   isEmail,
}

// isNumber takes what the clients' language converts to a number: numbers,
// booleans, null, blank text, decimal and 0x texts.
func isNumber(v any) bool {
	switch v := v.(type) {
	case nil, bool, int64, int32, float64:
		return true
	case string:
		s := strings.TrimSpace(v)
		if s == "" {
			return true
		}
		if len(s) > 2 && s[0] == '0' && (s[1] == 'x' || s[1] == 'X') {
			_, err := strconv.ParseUint(s[2:], 16, 64)
			return err == nil
		}
		_, err := strconv.ParseFloat(s, 64)
		return err == nil && strings.IndexFunc(s, notDecimal) < 0
	}
	return false
}

func notDecimal(r rune) bool { return !strings.ContainsRune("0123456789+-.eE", r) }

// isEmail takes a bare address with a dot in its domain.
func isEmail(v any) bool {
	s, ok := v.(string)
	if !ok || len(s) > 254 {
		return false
	}
	address, err := mail.ParseAddress(s)
	if err != nil || address.Address != s || address.Name != "" {
		return false
	}
	domain := s[strings.LastIndexByte(s, '@')+1:]
	return strings.Contains(strings.Trim(domain, "."), ".")
}

// length counts the characters of a text or the items of a list.
func length(v any) (float64, bool) {
	switch v := v.(type) {
	case string:
		return float64(utf8.RuneCountInString(v)), true
	case doc.Array:
		return float64(len(v)), true
	}
	return 0, false
}

func atLeast(value, limit float64) bool { return value >= limit }
func atMost(value, limit float64) bool  { return value <= limit }

// distinct leaves out what is there twice, and tells values apart as JSON does: 1
// and 1.0 are one number, "1" is not.
func distinct(list doc.Array) (once doc.Array, known map[string]bool) {
	once, known = doc.Array{}, make(map[string]bool, len(list))
	for _, v := range list {
		if text := string(doc.MarshalJSON(v)); !known[text] {
			known[text] = true
			once = append(once, v)
		}
	}
	return once, known
}

func listText(list doc.Array) string {
	texts := make([]string, len(list))
	for i, item := range list {
		texts[i] = engine.Text(item)
	}
	return strings.Join(texts, ", ")
}
