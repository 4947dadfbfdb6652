package steps

import (
	"math"
	"strings"

	"github.com/orchestrix/orchestrix/platform/doc"
)

// What checks demand, in JSON Schema. A value that is as it says passes the check;
// checks also take some that clients send in other ways, such as numbers in texts.

func typeFacts(name string) doc.Object {
	if name == "email" {
		return doc.Object{{"type", "string"}, {"format", "email"}}
	}
	return doc.Object{{"type", name}}
}

// limitFacts rounds limits of lengths to whole numbers, which a schema must have.
func limitFacts(keyword string, limit float64) doc.Object {
	switch keyword {
	case "minLength":
		return doc.Object{{keyword, int64(math.Ceil(math.Min(math.Max(limit, 0), math.MaxInt32)))}}
	case "maxLength":
		if limit < 0 {
			return doc.Object{{"enum", doc.Array{}}} // nothing is that short
		}
		return doc.Object{{keyword, int64(math.Floor(math.Min(limit, math.MaxInt32)))}}
	}
	if limit == math.Trunc(limit) && math.Abs(limit) < 1<<53 {
		return doc.Object{{keyword, int64(limit)}}
	}
	return doc.Object{{keyword, limit}}
}

// notPortable are parts of regular expressions that Go reads and JSON Schema's
// language does not, or in another way.
var notPortable = []string{"(?", `\A`, `\z`, `\Q`, `\C`, `\a`, `\p`, `\P`, `\x{`, "[[:"}

func patternFacts(pattern string) doc.Object {
	for _, part := range notPortable {
		if strings.Contains(pattern, part) && !strings.HasPrefix(pattern[strings.Index(pattern, part):], "(?:") {
			return doc.Object{{"description", "Matches the regular expression (RE2) " + pattern}}
		}
	}
	return doc.Object{{"pattern", pattern}}
}
