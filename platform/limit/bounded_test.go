package limit_test

import (
	"strconv"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/orchestrix/orchestrix/platform/limit"
)

func TestAFloodIsBounded(t *testing.T) {
	now := newClock()
	l := limit.New(10, limit.Options{MaxKeys: 1000, Clock: now.Now})
	for i := range 1_000_000 {
		require.Zero(t, l.Take(strconv.Itoa(i)))
		if i%1000 == 0 {
			require.LessOrEqual(t, l.Len(), 1000)
		}
	}
	assert.Equal(t, 1000, l.Len())
	now.pass(time.Minute)
	for i := range 600 {
		l.Take("after " + strconv.Itoa(i))
	}
	assert.LessOrEqual(t, l.Len(), 600, "it shrinks afterwards")
}

func TestWhoIsForgotten(t *testing.T) {
	const perMinute = 60
	for name, c := range map[string]struct {
		use  func(now *clock, l *limit.Limiter) // of a, b and c, all that there is room for
		gone string
	}{
		"the one used first": {func(_ *clock, l *limit.Limiter) {
			for _, key := range []string{"a", "b", "c"} {
				take(l, key, perMinute)
			}
		}, "a"},
		"a use is a use": {func(_ *clock, l *limit.Limiter) {
			for _, key := range []string{"a", "b", "c", "a"} {
				take(l, key, perMinute)
			}
		}, "b"},
		"to be refused is a use": {func(_ *clock, l *limit.Limiter) {
			for _, key := range []string{"a", "b", "c"} {
				take(l, key, perMinute)
			}
			l.Take("a")
			l.Take("b")
		}, "c"},
		"what is full again, before an older one that is not": {func(now *clock, l *limit.Limiter) {
			take(l, "a", perMinute)
			take(l, "b", 1)
			take(l, "c", perMinute)
			now.pass(10 * time.Second)
		}, "b"},
	} {
		t.Run(name, func(t *testing.T) {
			now := newClock()
			l := limit.New(perMinute, limit.Options{MaxKeys: 3, Clock: now.Now})
			c.use(now, l)
			require.Equal(t, 3, l.Len())
			require.Zero(t, l.Take("new"))
			require.Equal(t, 3, l.Len())
			// Who is remembered has something less than the burst. To ask for who
			// is forgotten makes it known again, so that it must come last.
			for _, key := range []string{"a", "b", "c"} {
				if key != c.gone {
					assert.Less(t, take(l, key, perMinute), perMinute, key)
				}
			}
			assert.Equal(t, perMinute, take(l, c.gone, perMinute), c.gone)
		})
	}
}

func TestOneKey(t *testing.T) {
	l := limit.New(1, limit.Options{MaxKeys: 1, Clock: newClock().Now})
	assert.Zero(t, l.Take("a"))
	assert.NotZero(t, l.Take("a"))
	assert.Zero(t, l.Take("b"))
	assert.NotZero(t, l.Take("b"))
	assert.Equal(t, 1, l.Len())
}
