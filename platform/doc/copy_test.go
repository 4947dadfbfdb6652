package doc_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/orchestrix/orchestrix/platform/doc"
)

func TestCloneSharesNothing(t *testing.T) {
	original := doc.Object{{"a", doc.Array{"x", doc.Object{{"b", int64(1)}}}}, {"c", nil}}
	copied := doc.Clone(original).(doc.Object)
	assert.Equal(t, original, copied)
	copied[0].Value.(doc.Array)[1].(doc.Object)[0].Value = "changed"
	assert.Equal(t, int64(1), original[0].Value.(doc.Array)[1].(doc.Object)[0].Value)
}

func TestMapChangesLeavesOnly(t *testing.T) {
	upper := func(leaf any) any {
		if s, ok := leaf.(string); ok {
			return strings.ToUpper(s)
		}
		return leaf
	}
	assert.Equal(t, doc.Object{{"key", doc.Array{"A", int64(1), nil}}}, doc.Map(doc.Object{{"key", doc.Array{"a", int64(1), nil}}}, upper))
	assert.Equal(t, "A", doc.Map("a", upper))
}
