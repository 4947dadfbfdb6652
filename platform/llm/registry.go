package llm

import (
	"errors"
	"fmt"
	"runtime"
	"slices"
	"strings"
)

// spec declares a provider. Its file registers it, and names nothing elsewhere.
type spec struct {
	name  string // in AI_PROVIDER
	rank  int    // of the providers with a key the one of lowest rank is the default; 0 never is
	model string // unless AI_MODEL says another
	base  string // URL, unless the setting says another

	keySetting  string // "": it needs no key
	baseSetting string

	open func(endpoint) (backend, error)

	source string // file that registered it
}

// registry is a set of providers. Registering only stores; check finds every
// conflict.
type registry struct{ specs []spec }

// providers are those that the files of this package register.
var providers registry

func (r *registry) register(s spec) {
	if _, file, line, ok := runtime.Caller(1); ok {
		s.source = fmt.Sprintf("%s:%d", file[strings.LastIndexByte(file, '/')+1:], line)
	}
	r.specs = append(r.specs, s)
}

func (r *registry) find(name string) (spec, bool) {
	i := slices.IndexFunc(r.specs, func(s spec) bool { return s.name == name })
	if i < 0 {
		return spec{}, false
	}
	return r.specs[i], true
}

// names are sorted, so that the order of registration does not matter.
func (r *registry) names() []string {
	var names []string
	for _, s := range r.specs {
		names = append(names, s.name)
	}
	slices.Sort(names)
	return names
}

// ranked are the providers that may be a default, the first choice first.
func (r *registry) ranked() []spec {
	ranked := slices.DeleteFunc(slices.Clone(r.specs), func(s spec) bool { return s.rank == 0 })
	slices.SortFunc(ranked, func(a, b spec) int { return a.rank - b.rank })
	return ranked
}

// check reports every mistake and every conflict at once.
func (r *registry) check() error {
	var errs []error
	names, ranks := map[string]string{}, map[int]string{}
	for _, s := range r.specs {
		if s.name == "" || s.model == "" || s.baseSetting == "" || s.open == nil {
			errs = append(errs, fmt.Errorf("provider %q (%s): a name, a model, a setting of the base URL or a constructor is missing", s.name, s.source))
		}
		if err := checkURL(s.base); err != nil {
			errs = append(errs, fmt.Errorf("provider %q (%s): %w", s.name, s.source, err))
		}
		if s.rank != 0 && s.keySetting == "" {
			errs = append(errs, fmt.Errorf("provider %q (%s): it has a rank and needs no key, so that it would always be chosen", s.name, s.source))
		}
		if other, ok := names[s.name]; ok {
			errs = append(errs, fmt.Errorf("provider %q is registered twice: %s and %s", s.name, other, s.source))
		}
		if other, ok := ranks[s.rank]; ok && s.rank != 0 {
			errs = append(errs, fmt.Errorf("rank %d is taken twice: %s and %s", s.rank, other, s.source))
		}
		names[s.name], ranks[s.rank] = s.source, s.source
	}
	return errors.Join(errs...)
}
