package steps

import (
	"net/mail"
	"strings"

	"github.com/orchestrix/orchestrix/platform/doc"
	"github.com/orchestrix/orchestrix/platform/engine"
)

const noRecipient = "Email recipient (to) is required and must be a valid string"

// recipients are what an author wrote in `to`: one address, or several as a list
// or separated by commas. Each resolves to one address: what a variable holds
// cannot add a recipient.
type recipients []engine.Expr

func parseRecipients(raw any) (r recipients) {
	list, ok := raw.(doc.Array)
	if text, isText := raw.(string); isText {
		for _, piece := range splitAddresses(text) {
			list = append(list, piece)
		}
	} else if !ok && raw != nil {
		list = doc.Array{raw}
	}
	for _, item := range list {
		r = append(r, engine.ParseExpr(item))
	}
	return r
}

// splitAddresses cuts at commas that are neither in a quoted name nor in a
// variable's braces.
func splitAddresses(text string) (pieces []string) {
	start, quoted := 0, false
	for i := 0; i < len(text); i++ {
		switch {
		case quoted && text[i] == '\\':
			i++
		case text[i] == '"':
			quoted = !quoted
		case !quoted && strings.HasPrefix(text[i:], "{{"):
			if end := strings.Index(text[i:], "}}"); end > 0 {
				i += end + 1
			}
		case !quoted && text[i] == ',':
			pieces = append(pieces, strings.TrimSpace(text[start:i]))
			start = i + 1
		}
	}
	return append(pieces, strings.TrimSpace(text[start:]))
}

// resolve returns the addresses, separated by commas.
func (r recipients) resolve(v *engine.Vars) (string, error) {
	all := make([]string, len(r))
	for i := range r {
		value, err := r[i].Resolve(v)
		if err != nil {
			return "", err
		}
		if _, several := value.(doc.Array); several {
			return "", engine.FieldError("to", "must name one address for each variable; write a list for several")
		}
		address, _ := value.(string)
		if strings.TrimSpace(address) == "" {
			return "", engine.Fail(noRecipient)
		}
		if len(r) > 1 || strings.ContainsRune(address, ',') {
			if _, err := mail.ParseAddress(address); err != nil {
				return "", engine.FieldError("to", "must hold one valid mail address where one is written")
			}
		}
		all[i] = address
	}
	if len(all) == 0 {
		return "", engine.Fail(noRecipient)
	}
	return strings.Join(all, ", "), nil
}
