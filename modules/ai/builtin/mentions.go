package builtin

import (
	"regexp"
	"slices"
	"strings"

	"github.com/orchestrix/orchestrix/platform/doc"
)

// mentioned are the variables that a text names in braces and callers send.
func mentioned(text string) (f fields) {
	for i := 0; i < maxFields; i++ {
		_, rest, ok := strings.Cut(text, "{{")
		inner, after, closed := strings.Cut(rest, "}}")
		if !ok || !closed {
			return f
		}
		if name := strings.TrimSpace(inner); name != "" && name == clean(name) && !outputNames[name] {
			f = f.add(named(name))
		}
		text = after
	}
	return f
}

var outputNames = set("token created found updated deleted currentUser loginResult emailResult validated input result")

var (
	// braces are the spellings of a variable that the pipeline reads.
	braces       = regexp.MustCompile(`(?s)\{\{.*?\}\}|\$\{[^{}]*\}|^\{[^{}]*\}$|^\$[\w.]+$`)
	variablePath = regexp.MustCompile(`^[A-Za-z]\w*(\.\w+)*$`)
	noBraces     = strings.NewReplacer("{", "", "}", "", "$", "")
)

// settle takes the braces off what is no variable: then it is just text. What is
// left may close braces further out, "${a {{b}} c}", and is read again.
func settle(text string, known func(name string) bool) string {
	for range maxFields {
		settled := braces.ReplaceAllStringFunc(text, func(found string) string {
			path := strings.TrimSpace(noBraces.Replace(found))
			if root, _, _ := strings.Cut(path, "."); variablePath.MatchString(path) && known(root) {
				return variable(path)
			}
			return path
		})
		if settled == text {
			return text
		}
		text = settled
	}
	return noBraces.Replace(text) // nested without end
}

// unvaried is a text that names no variable, whatever it looks like.
func unvaried(text string) string { return settle(text, func(string) bool { return false }) }

// settle makes sure of the variables that a text for the next step names: what
// callers can send is taken, what nobody sets is text.
func (b *builder) settle(text string) string {
	b.vars = b.vars.add(mentioned(text)...)
	return settle(text, b.knows)
}

// knows reports whether a variable is set where the next step goes.
func (b *builder) knows(name string) bool {
	return b.vars.has(name) || b.protect && name == "currentUser" ||
		slices.ContainsFunc(b.nodes, func(n node) bool { return doc.String(n.fields, "outputVar") == name })
}

// settle does the same for a step of a stored workflow.
func (f *flow) settle(text string, s *step) string {
	for _, v := range mentioned(text) {
		f.take(v)
	}
	vars, before := f.vars(), f.steps[:slices.Index(f.steps, s)]
	return settle(text, func(name string) bool {
		return vars.has(name) || slices.ContainsFunc(before, func(s *step) bool { return s.output() == name })
	})
}
