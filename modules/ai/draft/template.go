package draft

import (
	"regexp"
	"strings"

	"github.com/orchestrix/orchestrix/platform/doc"
)

var (
	braces     = regexp.MustCompile(`(\{\{+)\s*([^{}]+?)\s*(\}\}+)`)
	dollar     = regexp.MustCompile(`\$\{\s*([^{}]+?)\s*\}`)
	lonePath   = regexp.MustCompile(`^(?:\{\s*([A-Za-z_]\w*(?:\.\w+)*)\s*\}|\$([A-Za-z_]\w*(?:\.\w+)*))$`)
	indexes    = regexp.MustCompile(`\[["']?(\w+)["']?\]`)
	calls      = regexp.MustCompile(`\.\w+\([^()]*\)$`)
	simplePath = regexp.MustCompile(`^[\pL_$][\pL\d_$ -]*(?:\.[\pL\d_$ -]+)*$`)
	wholePath  = regexp.MustCompile(`^\{\{([^{}]+)\}\}$`)
	bareWord   = regexp.MustCompile(`^[A-Za-z_]\w{0,63}$`)
)

// tidy writes every variable in a value as the engine has it: {{path}}.
func tidy(v any) any {
	return doc.Map(v, func(leaf any) any {
		if text, ok := leaf.(string); ok {
			return tidyText(text)
		}
		return leaf
	})
}

func tidyText(s string) string {
	if strings.IndexByte(s, '{') < 0 && strings.IndexByte(s, '$') < 0 {
		return s
	}
	if m := lonePath.FindStringSubmatch(s); m != nil {
		return "{{" + cleanPath(m[1]+m[2]) + "}}"
	}
	s = dollar.ReplaceAllString(s, "{{$1}}")
	return braces.ReplaceAllStringFunc(s, func(written string) string {
		m := braces.FindStringSubmatch(written)
		open, end := len(m[1])-2, len(m[3])-2
		if open == end { // {{{x}}}
			open, end = 0, 0
		}
		return m[1][:open] + "{{" + cleanPath(m[2]) + "}}" + m[3][:end]
	})
}

// cleanPath makes a path of the expressions that models write; what it cannot
// read it leaves alone.
func cleanPath(written string) string {
	path := strings.TrimLeft(strings.Trim(written, "\"'` "), "=$")
	for _, cut := range []string{"||", "??", "|"} {
		path, _, _ = strings.Cut(path, cut)
	}
	path = indexes.ReplaceAllString(strings.ReplaceAll(strings.TrimSpace(path), "?.", "."), ".$1")
	for range 3 {
		path = calls.ReplaceAllString(path, "")
	}
	for _, prefix := range []string{"vars.", "variables.", "context.", "ctx.", "state.", "json.", "steps.", "nodes."} {
		path = strings.TrimPrefix(path, prefix)
	}
	if !simplePath.MatchString(path) {
		return strings.TrimSpace(written)
	}
	return path
}

// bareName is the name of a variable, without what models put around it, or "".
func bareName(v any) string {
	s, _ := v.(string)
	s = strings.TrimSpace(strings.Trim(strings.TrimSpace(s), "{}$"))
	for _, prefix := range []string{"vars.", "input."} {
		s = strings.TrimPrefix(s, prefix)
	}
	if !bareWord.MatchString(s) {
		return ""
	}
	return s
}

// eachText calls visit with every text in v.
func eachText(v any, visit func(string)) {
	switch v := v.(type) {
	case string:
		visit(v)
	case doc.Object:
		for _, f := range v {
			eachText(f.Value, visit)
		}
	case doc.Array:
		for _, item := range v {
			eachText(item, visit)
		}
	}
}

// eachPath calls visit with every path in the texts of v.
func eachPath(v any, visit func(path string)) {
	eachText(v, func(s string) {
		if strings.Contains(s, "{{") {
			for _, m := range braces.FindAllStringSubmatch(s, -1) {
				visit(m[2])
			}
		}
	})
}

// mapPaths rewrites the paths in the texts of v.
func mapPaths(v any, change func(path string) string) any {
	switch v := v.(type) {
	case string:
		if !strings.Contains(v, "{{") {
			return v
		}
		return braces.ReplaceAllStringFunc(v, func(written string) string {
			m := braces.FindStringSubmatch(written)
			return strings.Replace(written, m[2], change(m[2]), 1)
		})
	case doc.Object:
		o := make(doc.Object, len(v))
		for i, f := range v {
			o[i] = doc.Field{Key: f.Key, Value: mapPaths(f.Value, change)}
		}
		return o
	case doc.Array:
		a := make(doc.Array, len(v))
		for i := range v {
			a[i] = mapPaths(v[i], change)
		}
		return a
	}
	return v
}

// rootOf is the first segment of a path.
func rootOf(path string) string {
	root, _, _ := strings.Cut(path, ".")
	return root
}
