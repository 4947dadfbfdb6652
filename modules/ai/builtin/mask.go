package builtin

// mask takes phrases out of the tokens, and reports whether one was there that
// is not denied.
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
		denied := false
		for len(rest) > 0 && rest[len(rest)-1].is("only", "for", "be", "is", "are", "must", "a", "an", "the", "by", "that", "and", "not", "it", "to", "but", "with", "any", "let", "allow") {
			denied = denied || rest[len(rest)-1].is("not")
			rest = rest[:len(rest)-1]
		}
		found = found || !denied
		for i+n < len(tokens) && tokens[i+n].is("user", "users", "people", "members", "customers", "admins", "callers", "can", "may", "to", "only", "first", "should", "is", "required", "be", "able", "authentication", "login", "header") {
			n++
		}
		i += n - 1
		rest = append(rest, token{mark: stop})
	}
	return rest, found
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
