package doc

// Map returns a copy of a value in which every leaf, whatever is neither an Object
// nor an Array, is what change makes of it.
func Map(v any, change func(leaf any) any) any {
	switch v := v.(type) {
	case Object:
		copied := make(Object, len(v))
		for i, f := range v {
			copied[i] = Field{Key: f.Key, Value: Map(f.Value, change)}
		}
		return copied
	case Array:
		copied := make(Array, len(v))
		for i := range v {
			copied[i] = Map(v[i], change)
		}
		return copied
	}
	return change(v)
}

// Clone returns a copy of a value that shares no Object and no Array with it.
func Clone(v any) any {
	return Map(v, func(leaf any) any { return leaf })
}
