package scaffold

import (
	"fmt"
	"go/token"
	"regexp"
	"slices"
	"strings"
	"unicode"
)

var (
	packageName = regexp.MustCompile(`^[a-z][a-z0-9]{0,39}$`)
	camelCase   = regexp.MustCompile(`^[a-z][a-zA-Z0-9]{0,59}$`)
)

// taken are the directories under modules that are no domains, and what the Go
// tool does not take for a package.
var taken = []string{"core", "command", "modulestest", "steps", "internal", "vendor", "testdata", "main"}

// checkDomain says what is wrong with the name of a domain.
func checkDomain(name string) error {
	switch {
	case !packageName.MatchString(name):
		return fmt.Errorf("a domain is named in small letters and digits, such as orders; %q is not", name)
	case token.IsKeyword(name), slices.Contains(taken, name):
		return fmt.Errorf("a domain cannot be named %q", name)
	}
	return nil
}

// buildWords end the names of files that Go builds elsewhere, or only in tests.
var buildWords = strings.Fields("test " +
	"aix android darwin dragonfly freebsd hurd illumos ios js linux nacl netbsd openbsd plan9 solaris wasip1 windows zos " +
	"386 amd64 amd64p32 arm armbe arm64 arm64be loong64 mips mipsle mips64 mips64le mips64p32 mips64p32le ppc ppc64 ppc64le " +
	"riscv riscv64 s390 s390x sparc sparc64 wasm")

// words are those of a name such as listOrders, in small letters, once it is
// known to be one.
func words(what, name string) ([]string, error) {
	if !camelCase.MatchString(name) {
		return nil, fmt.Errorf("%s is named like listOrders, in letters and digits; %q is not", what, name)
	}
	var all []string
	start := 0
	for i, r := range name {
		if unicode.IsUpper(r) {
			all = append(all, strings.ToLower(name[start:i]))
			start = i
		}
	}
	all = append(all, strings.ToLower(name[start:]))
	if last := all[len(all)-1]; len(all) > 1 && slices.Contains(buildWords, last) {
		return nil, fmt.Errorf("%s cannot be named %q: a file called %s.go means something else to Go", what, name, strings.Join(all, "_"))
	}
	return all, nil
}

// title is a name with a capital letter.
func title(name string) string { return strings.ToUpper(name[:1]) + name[1:] }

// builtins are the names that Go gives by itself, and those that an endpoint's file
// imports or must not declare otherwise.
var builtins = strings.Fields("any append bool byte cap clear close comparable complex complex128 complex64 copy delete error false float32 " +
	"float64 imag int int16 int32 int64 int8 iota len make max min new nil panic print println real recover rune string true uint " +
	"uint16 uint32 uint64 uint8 uintptr app context http init main registry")

// function is what a function for an action can be called.
func function(action string) string {
	if token.IsKeyword(action) || slices.Contains(builtins, action) {
		return "handle" + title(action)
	}
	return action
}
