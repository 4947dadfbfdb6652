// Package health says whether the program can do its work now.
package health

import "context"

// Check is something that must be well.
type Check struct {
	Name string
	// Problem says what is wrong, in words that anybody may read, or "". It must
	// not take long.
	Problem func(context.Context) string
}

// Result is what one check found.
type Result struct {
	Name    string
	Problem string // "" when all is well
}

// Checks are all that must be well.
type Checks []Check

// Run makes every check, and says whether all is well.
func (all Checks) Run(ctx context.Context) (results []Result, ok bool) {
	ok = true
	for _, c := range all {
		r := Result{Name: c.Name, Problem: c.Problem(ctx)}
		results, ok = append(results, r), ok && r.Problem == ""
	}
	return results, ok
}
