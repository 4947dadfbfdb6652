package remote

import (
	"net/url"
	"regexp"
	"strings"
	"unicode/utf8"
)

// hidden stands for whatever must not or cannot be shown.
const hidden = "***"

var (
	shownHost     = regexp.MustCompile(`^([A-Za-z0-9._-]+|\[[0-9A-Fa-f:.]+\])(:[0-9]{1,5})?$`)
	shownDatabase = regexp.MustCompile(`^[A-Za-z0-9_-]{1,63}$`)
)

// uriParts is a connection string taken apart without judging it.
type uriParts struct {
	scheme   string
	userInfo string // before the last @ of the authority
	hasUser  bool
	hosts    []string
	database string // percent-encoded
	rest     string // all that follows the authority
}

func splitURI(uri string) (uriParts, bool) {
	scheme, rest, found := strings.Cut(uri, "://")
	if !found || scheme != "mongodb" && scheme != "mongodb+srv" {
		return uriParts{}, false
	}
	p := uriParts{scheme: scheme}
	authority := rest
	if end := strings.IndexAny(rest, "/?#"); end >= 0 {
		authority, p.rest = rest[:end], rest[end:]
	}
	if at := strings.LastIndexByte(authority, '@'); at >= 0 {
		p.userInfo, p.hasUser, authority = authority[:at], true, authority[at+1:]
	}
	p.hosts = strings.Split(authority, ",")
	if path, ok := strings.CutPrefix(p.rest, "/"); ok {
		p.database, _, _ = strings.Cut(path, "?")
	}
	return p, true
}

// databaseOf is the database that the URI's path names, or "".
func databaseOf(uri string) string {
	p, _ := splitURI(uri)
	name, err := url.PathUnescape(p.database)
	if err != nil {
		return ""
	}
	return name
}

// MaskURI is a connection string for people: scheme, the first letter of the
// user, hosts and database, without password and options. A part that does not
// look like what it should be is shown as ***, so that a misspelt URI does not
// show a piece of its password as a host.
func MaskURI(uri string) string {
	return maskURI(uri, databaseOf(uri))
}

func maskURI(uri, database string) string {
	p, ok := splitURI(uri)
	if !ok {
		return hidden
	}
	// An @ after the authority: an unescaped / or ? in the password, or an
	// option holding an @. They look alike, so nothing is shown.
	if strings.Contains(p.rest, "@") {
		return p.scheme + "://" + hidden
	}
	var b strings.Builder
	b.WriteString(p.scheme + "://")
	if p.hasUser {
		b.WriteString(firstLetter(p.userInfo) + hidden + "@")
	}
	for n, host := range p.hosts {
		if n > 0 {
			b.WriteByte(',')
		}
		if !shownHost.MatchString(host) {
			host = hidden
		}
		b.WriteString(host)
	}
	if database != "" {
		if !shownDatabase.MatchString(database) {
			database = hidden
		}
		b.WriteString("/" + database)
	}
	return b.String()
}

// firstLetter is that of the user name, when there is a password behind it:
// user information without one may itself be a token.
func firstLetter(userInfo string) string {
	user, _, found := strings.Cut(userInfo, ":")
	name, err := url.PathUnescape(user)
	if !found || err != nil || name == "" {
		return ""
	}
	first, size := utf8.DecodeRuneInString(name)
	if first == utf8.RuneError || size == len(name) {
		return "" // one letter would be all of it
	}
	return string(first)
}
