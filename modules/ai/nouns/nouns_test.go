package nouns_test

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/orchestrix/orchestrix/modules/ai/nouns"
)

func TestNumber(t *testing.T) {
	for one, many := range map[string]string{
		"user": "users", "category": "categories", "class": "classes", "box": "boxes", "branch": "branches", "dish": "dishes",
		"person": "people", "child": "children", "status": "statuses", "movie": "movies", "todo": "todos", "day": "days",
		"blog_post": "blog_posts", "orderItem": "orderItems",
	} {
		assert.Equal(t, many, nouns.Plural(one))
		assert.Equal(t, many, nouns.Plural(many), "a plural stays one")
		assert.Equal(t, one, nouns.Singular(many))
		assert.Equal(t, one, nouns.Singular(one), "a singular stays one")
		assert.True(t, nouns.IsPlural(many), many)
		assert.False(t, nouns.IsPlural(one), one)
	}
	for _, both := range []string{"news", "data", "media", "feedback"} {
		assert.Equal(t, both, nouns.Plural(both))
		assert.Equal(t, both, nouns.Singular(both))
	}
	assert.Empty(t, nouns.Plural(""))
	assert.Empty(t, nouns.Singular(""))
	assert.Equal(t, "s", nouns.Singular("s"))
}

func TestTitle(t *testing.T) {
	for name, want := range map[string]string{
		"order_items": "Order Items", "orderItems": "Order Items", "users": "Users", "a-b.c": "A B C", "": "", "__": "", "été": "Été",
	} {
		assert.Equal(t, want, nouns.Title(name), name)
	}
}
