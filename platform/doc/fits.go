package doc

// Fits reports whether v takes at most max bytes as JSON, roughly. It stops as
// soon as it knows, so that a value which names a large one many times costs
// little to refuse.
func Fits(v any, max int) bool { return Room(v, max) >= 0 }

// Room is what is left of a budget of bytes after v, as Fits counts, or a negative
// number.
func Room(v any, budget int) int {
	switch v := v.(type) {
	case string:
		return budget - len(v) - 2
	case Object:
		budget -= 2
		for i := range v {
			if budget = Room(v[i].Value, budget-len(v[i].Key)-4); budget < 0 {
				return budget
			}
		}
		return budget
	case Array:
		budget -= 2
		for i := range v {
			if budget = Room(v[i], budget-1); budget < 0 {
				return budget
			}
		}
		return budget
	}
	return budget - 4
}
