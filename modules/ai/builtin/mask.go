package builtin

import "slices"

// mask takes phrases out of the tokens, and reports whether one was there that
// is not denied. Whose something is, is still there to be read: "the current
// user's orders" are "my orders", and "of the current user" is of the caller.
func (p *plan) mask(tokens []token, table [][]string) (rest []token, found bool) {
	for i := 0; i < len(tokens); i++ {
		n := 0
		for _, words := range table {
			if len(words) > n && startsWith(tokens[i:], words) {
				n = len(words)
			}
		}
		if n == 0 {
			rest = append(rest, tokens[i])
			continue
		}
		if p.editing && removes(rest) {
			rest = append(rest, tokens[i])
			continue
		}
		denied, only, whose := false, false, false
		for len(rest) > 0 && rest[len(rest)-1].is("only", "for", "be", "is", "are", "must", "a", "an", "the", "by", "that", "and", "not", "it", "to", "but", "with", "any", "let", "allow") {
			last := rest[len(rest)-1]
			denied, only, whose = denied || last.is("not"), only || last.is("only"), whose || last.is("for", "by", "to")
			rest = rest[:len(rest)-1]
		}
		found = found || !denied
		end := i + n - 1
		for !tokens[end].owns && end+1 < len(tokens) && tokens[end+1].is("user", "users", "people", "members", "customers", "admins", "callers", "can", "may", "to", "only", "first", "should", "is", "required", "be", "able", "authentication", "login", "header") {
			end++
		}
		if slices.ContainsFunc(tokens[i:i+n], func(t token) bool { return t.in(roles) }) {
			p.note("roles are not known: whoever is logged in may do this")
		}
		whose = whose || at(rest, len(rest)-1).is("of", "from")
		switch {
		case tokens[end].owns:
			rest = append(rest, token{text: "my", low: "my"})
		case whose && !only && !denied && tokens[end].is("user", "member", "customer"):
			rest = append(rest, token{mark: caller})
		default:
			rest = append(rest, token{mark: stop})
		}
		i = end
	}
	return rest, found
}

// callers reports whether the tokens say that something is the caller's.
func callers(tokens []token) bool {
	for i, t := range tokens {
		if t.mark == caller || t.is("me", "myself") && at(tokens, i-1).is("to", "by") {
			return true // "assigned to me"
		}
	}
	return false
}

// removes reports whether a clause that ends here takes something away.
func removes(tokens []token) bool {
	for i := len(tokens) - 1; i >= max(0, len(tokens)-3); i-- {
		if tokens[i].mark != word {
			return false
		}
		if verbs[tokens[i].low] == remove {
			return true
		}
	}
	return false
}

func startsWith(tokens []token, words []string) bool {
	if len(tokens) < len(words) {
		return false
	}
	for i, w := range words {
		if !tokens[i].is(w) {
			return false
		}
	}
	return true
}

// wantsToken reports whether a token is to be issued where somebody logs in.
func wantsToken(tokens []token) bool {
	for i, t := range tokens {
		if t.is("jwt", "token") && !at(tokens, i-1).is("not") && !at(tokens, i-2).is("not") {
			return true
		}
	}
	return false
}

// deniesValidation reports whether a description wants none.
func deniesValidation(tokens []token) bool {
	for i, t := range tokens {
		if t.is("not") && (at(tokens, i+1).is("validation", "validate") || at(tokens, i+2).is("validation")) {
			return true
		}
	}
	return false
}

// issues reports whether a token is asked for by a verb: "generate a token".
func issues(tokens []token) bool {
	for i, t := range tokens {
		if !t.is("generate", "generates", "generating", "issue", "issues", "create", "creates", "sign", "return", "returns", "give", "make") {
			continue
		}
		for j := i + 1; j < min(len(tokens), i+4) && tokens[j].mark == word; j++ {
			if tokens[j].is("jwt", "token") {
				return true
			}
		}
	}
	return false
}
