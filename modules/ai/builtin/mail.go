package builtin

import (
	"strings"

	"github.com/orchestrix/orchestrix/modules/ai/nouns"
	"github.com/orchestrix/orchestrix/platform/doc"
)

// mail writes a mail: to the addresses that were named, else to the user whom the
// workflow knows.
func (b *builder) mail(a action) node {
	to := strings.Join(a.to, ", ")
	switch {
	case to == placeholder:
		b.note("nobody said where the mail goes: put an address in place of " + placeholder)
	case to != "":
	case b.vars.has("email"):
		to = "{{email}}"
	case b.vars.email() != "":
		to = variable(b.vars.email())
	case b.found != "":
		to = variable(b.found + ".email")
	default:
		b.vars = b.vars.add(named("email"))
		to = "{{email}}"
	}
	to, a.subject, a.text = b.settle(to), b.settle(a.subject), b.settle(a.text)
	return letter(a, to, b.vars)
}

// letter writes the subject and the body of a mail.
func letter(a action, to string, vars fields) node {
	subject, text := "Notification", "Hello,"
	var about []string
	for _, v := range vars {
		if v.name != "password" && v.name != "id" && v.fixed == nil {
			about = append(about, v.name+": "+variable(v.name))
		}
	}
	details := "<p>" + strings.Join(about, "<br>") + "</p>"
	if len(about) == 0 {
		details = "<p>Something has happened.</p>"
	}
	label := "Send Email"
	switch a.kind {
	case "welcome":
		subject, text, details = "Welcome!", greeting(vars), "<p>Welcome! It is good to have you here.</p>"
	case "confirmation", "receipt", "verification", "thanks":
		subject, text = "Thank you", greeting(vars)
		details = "<p>We have received this:</p>" + details
	case "reminder":
		subject, text, details = "Reminder", greeting(vars), "<p>This is a reminder.</p>"
	}
	if a.kind != "" {
		label = "Send " + nouns.Title(a.kind) + " Email"
	}
	if a.subject != "" {
		subject = a.subject
	}
	body := "<p>" + text + "</p>" + details
	if a.text != "" {
		body = "<p>" + a.text + "</p>"
		if a.subject == "" && a.kind == "" {
			subject = shorten(a.text)
		}
	}
	return mailNode(label, to, subject, body)
}

func shorten(s string) string {
	if words := strings.Fields(s); len(words) > 8 {
		return strings.Join(words[:8], " ")
	}
	return s
}

func greeting(vars fields) string {
	for _, v := range vars {
		if v.name == "name" && !v.optional {
			return "Hello {{name}},"
		}
	}
	return "Hello,"
}

// withRules puts the demands of a description into a validation step.
func withRules(n node, demands []rule) node {
	rules := doc.List(n.fields, "rules")
	for _, d := range demands {
		for i, r := range rules {
			entry, _ := r.(doc.Object)
			if doc.String(entry, "field") == variable(d.field) {
				rules[i] = doc.Set(entry, d.key, d.value)
			}
		}
	}
	n.fields = doc.Set(n.fields, "rules", rules)
	return n
}
