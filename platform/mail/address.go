package mail

import (
	"net/mail"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Bounds of what a mail may have.
const (
	maxRecipients = 50
	maxAddress    = 254 // RFC 5321, without the angle brackets
	maxName       = 200
	maxList       = maxRecipients * (maxAddress + maxName)
	maxSubject    = 998
	maxBody       = 10 << 20
)

// recipients parses To: addresses separated by commas, every one of them valid.
func recipients(list string) ([]*mail.Address, error) {
	if len(list) > maxList {
		return nil, problem("to is too long")
	}
	if err := oneLine("to", list); err != nil {
		return nil, err
	}
	// A group ("friends: a@x, b@x;") is the only form with a semicolon outside
	// of a quoted name, and would hide recipients from whoever reads To.
	if strings.Contains(list, ";") {
		return nil, problem("to must be separated by commas and hold no groups or semicolons")
	}
	all, err := mail.ParseAddressList(list)
	if err != nil || len(all) == 0 {
		return nil, problem("to must be a valid mail address, or several separated by commas")
	}
	if len(all) > maxRecipients {
		return nil, problem("to may hold at most 50 addresses")
	}
	for _, a := range all {
		if err := check("to", a); err != nil {
			return nil, err
		}
	}
	return all, nil
}

// sender is the first of the candidates that is set.
func sender(candidates ...string) (*mail.Address, error) {
	for _, c := range candidates {
		if strings.TrimSpace(c) == "" {
			continue
		}
		if err := oneLine("from", c); err != nil {
			return nil, err
		}
		a, err := mail.ParseAddress(c)
		if err != nil || strings.Contains(c, ";") {
			return nil, problem("from must be one valid mail address")
		}
		return a, check("from", a)
	}
	return nil, problem("there is no sender; set FROM_EMAIL, or from in the step")
}

// isAddress reports whether s is a bare mail address.
func isAddress(s string) bool {
	a, err := mail.ParseAddress(s)
	return err == nil && a.Address == s
}

// check refuses what a parser lets pass but a mail server or another parser
// might take for something else. It tidies the spaces of a display name.
func check(field string, a *mail.Address) error {
	local, domain := a.Address, ""
	if at := strings.LastIndexByte(a.Address, '@'); at >= 0 {
		local, domain = a.Address[:at], a.Address[at+1:]
	}
	if len(a.Address) > maxAddress || local == "" || domain == "" || strings.ContainsFunc(local, outsideLocal) || strings.ContainsFunc(domain, outsideDomain) {
		return problem(field + " must have addresses like name@example.com")
	}
	// Encoded words are decoded by now, so what they hid is seen here; a word
	// that is still encoded was encoded twice.
	if err := oneLine(field, a.Name); err != nil {
		return err
	}
	if strings.Contains(a.Name, "=?") || len(a.Name) > maxName {
		return problem(field + " has a display name that is encoded twice or too long")
	}
	a.Name = strings.Join(strings.Fields(a.Name), " ")
	return nil
}

// outsideLocal finds what only a quoted local part can have: spaces, brackets,
// quotes. Nobody has such an address, and it could end the address early.
func outsideLocal(r rune) bool {
	return !isWord(r) && !strings.ContainsRune("!#$%&'*+-/=?^_`{|}~.", r)
}

func outsideDomain(r rune) bool { return !isWord(r) && !strings.ContainsRune("-.[]:", r) }

func isWord(r rune) bool {
	return r < utf8.RuneSelf && (unicode.IsLetter(r) || unicode.IsDigit(r)) ||
		r >= utf8.RuneSelf && (unicode.IsLetter(r) || unicode.IsDigit(r) || unicode.IsMark(r))
}

// oneLine refuses control characters and whatever else may end a line. They are
// refused, not removed: who sends them is up to something, or has a bug.
func oneLine(field, s string) error {
	if !utf8.ValidString(s) || strings.ContainsFunc(s, breaks) {
		return problem(field + " must not contain line breaks or other control characters")
	}
	return nil
}

func breaks(r rune) bool { return unicode.IsControl(r) || r == '\u2028' || r == '\u2029' }

// maxShown is how much of To an error repeats.
const maxShown = 500

// show makes To fit for a message.
func show(s string) string {
	s = strings.Map(func(r rune) rune {
		if breaks(r) {
			return utf8.RuneError
		}
		return r
	}, s)
	if len(s) <= maxShown {
		return s
	}
	return strings.ToValidUTF8(s[:maxShown], "") + "…"
}
