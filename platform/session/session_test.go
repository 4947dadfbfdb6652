package session_test

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.mongodb.org/mongo-driver/bson/primitive"

	"github.com/orchestrix/orchestrix/platform/doc"
	"github.com/orchestrix/orchestrix/platform/session"
)

func nested(levels int) any {
	var v any = "x"
	for range levels {
		v = doc.Array{v}
	}
	return v
}

func TestSet(t *testing.T) {
	at := time.Date(2026, 1, 2, 3, 4, 5, 6_000_000, time.UTC)
	for name, c := range map[string]struct {
		key   string
		value any
		want  any // nil is the value itself
		bad   string
	}{
		"all that a key may have": {key: "azAZ09_-", value: "x"},
		"a long key":              {key: strings.Repeat("k", 64), value: "x"},
		"a key of the language":   {key: "__proto__", value: "x"},
		"int":                     {key: "k", value: 7, want: int64(7)},
		"time":                    {key: "k", value: at, want: primitive.NewDateTimeFromTime(at)},
		"nested":                  {key: "k", value: doc.Object{{"a.b", doc.Array{int64(1), 1.5, true, nil}}}},
		"deep":                    {key: "k", value: nested(63)},
		"as large as can be":      {key: "k", value: strings.Repeat("x", 16<<10-10)},

		"no key":                {bad: "a key has"},
		"a longer key":          {key: strings.Repeat("k", 65), bad: "a key has"},
		"a path":                {key: "a.b", bad: "a key has"},
		"an operator":           {key: "$set", bad: "a key has"},
		"NUL":                   {key: "a\x00", bad: "a key has"},
		"a letter of elsewhere": {key: "é", bad: "a key has"},
		"a NUL inside":          {key: "k", value: doc.Object{{"a\x00", 1}}, bad: "NUL"},
		"no UTF-8":              {key: "k", value: doc.Array{"\xff"}, bad: "UTF-8"},
		"no UTF-8 inside":       {key: "k", value: doc.Object{{"\xff", 1}}, bad: "UTF-8"},
		"too large":             {key: "k", value: strings.Repeat("x", 16<<10), bad: "16 KB"},
		"too deep":              {key: "k", value: nested(64), bad: "nested"},
		"a map":                 {key: "k", value: map[string]any{"a": 1}, bad: "map[string]"},
		"bytes":                 {key: "k", value: doc.Array{primitive.Binary{Data: make([]byte, 1<<20)}}, bad: "Binary"},
	} {
		t.Run(name, func(t *testing.T) {
			s := &session.Session{}
			err := s.Set(c.key, c.value)
			got, ok := s.Get(c.key)
			if c.bad != "" {
				require.ErrorIs(t, err, session.ErrData)
				require.ErrorContains(t, err, c.bad)
				assert.False(t, ok)
				assert.False(t, s.Changed())
				return
			}
			require.NoError(t, err)
			if c.want == nil {
				c.want = c.value
			}
			assert.Equal(t, c.want, got)
			assert.True(t, ok)
			assert.True(t, s.Changed())
		})
	}
}

func TestAllDataTogetherIsBounded(t *testing.T) {
	s := &session.Session{}
	require.NoError(t, s.Set("a", strings.Repeat("x", 10<<10)))
	require.ErrorIs(t, s.Set("b", strings.Repeat("x", 10<<10)), session.ErrData)
	_, ok := s.Get("b")
	assert.False(t, ok)
	require.NoError(t, s.Set("a", "small"), "it counts once")
	require.NoError(t, s.Set("b", strings.Repeat("x", 10<<10)))
	s.Delete("b")
	require.NoError(t, s.Set("c", strings.Repeat("x", 10<<10)))
}

func TestWhatComesAndGoesIsNoChange(t *testing.T) {
	s := &session.Session{}
	s.Delete("never there")
	require.NoError(t, s.Set("k", "v"))
	s.Delete("k")
	assert.False(t, s.Changed())
	_, ok := s.Get("k")
	assert.False(t, ok)
}

func TestValuesAreNotShared(t *testing.T) {
	s := &session.Session{}
	list := doc.Array{doc.Object{{"a", "old"}}}
	require.NoError(t, s.Set("k", list))
	list[0].(doc.Object)[0].Value = "new"
	got, _ := s.Get("k")
	assert.Equal(t, doc.Array{doc.Object{{"a", "old"}}}, got)
	got.(doc.Array)[0] = "new"
	got, _ = s.Get("k")
	assert.Equal(t, doc.Array{doc.Object{{"a", "old"}}}, got)
}

func TestNilSession(t *testing.T) {
	var s *session.Session
	v, ok := s.Get("k")
	assert.Nil(t, v)
	assert.False(t, ok)
	require.ErrorIs(t, s.Set("k", 1), session.ErrData)
	s.Delete("k")
	assert.False(t, s.Changed())
}
