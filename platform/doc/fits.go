package doc

// Fits reports whether v takes at most max bytes as JSON, roughly. It stops as
// soon as it knows, so that a value which names a large one many times costs
// little to refuse.
func Fits(v any, max int) bool { return measure(v, max) >= 0 }

// measure returns what is left of budget after v, or a negative number.
func measure(v any, budget int) int {
	switch v := v.(type) {
	case string:
		return budget - len(v) - 2
	case Object:
		budget -= 2
		for i := range v {
			if budget = measure(v[i].Value, budget-len(v[i].Key)-4); budget < 0 {
				return budget
			}
		}
		return budget
	case Array:
		budget -= 2
		for i := range v {
			if budget = measure(v[i], budget-1); budget < 0 {
				return budget
			}
		}
		return budget
	}
	return budget - 4
}
