package config

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
)

// known picks the declared variables out of a file's values, older names under
// the new one. Unless the file is shared, each unknown key is a problem.
func known(values map[string]any, from source) (picked map[string]any, problems []string) {
	picked = make(map[string]any)
	rest := maps.Clone(values)
	for _, v := range variables {
		for _, name := range v.names() {
			key := strings.ToLower(name)
			value, ok := text(rest[key], v.secret)
			delete(rest, key)
			switch {
			case !ok:
				problems = append(problems, fmt.Sprintf("%s: %s must be one text or whole number; put it in quotes", from.name, name))
			case value != "" && picked[v.name] == nil:
				picked[v.name] = value
			}
		}
	}
	if !from.shared {
		for _, key := range slices.Sorted(maps.Keys(rest)) {
			problems = append(problems, fmt.Sprintf("%s: unknown key %q", from.name, key))
		}
	}
	return picked, problems
}

// text is a scalar as it was written, as far as that can be told: 012 in a YAML
// file is ten, so a secret must be a text.
func text(v any, secret bool) (string, bool) {
	switch v := v.(type) {
	case nil:
		return "", true
	case string:
		return v, true
	case int, int64, uint64:
		return fmt.Sprint(v), !secret
	case bool:
		return strconv.FormatBool(v), !secret
	case float64: // what a JSON file's numbers are
		return strconv.FormatFloat(v, 'f', -1, 64), !secret && v == float64(int64(v))
	}
	return "", false
}
