package limit_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/orchestrix/orchestrix/platform/limit"
)

// TestLikeTheModel compares a limiter that has room for all its keys with a
// plain counter for each, over any uses and any clock.
func TestLikeTheModel(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		perMinute := rapid.SampledFrom([]int{1, 2, 5, 60, 1000}).Draw(t, "perMinute") // that divide a minute
		token := time.Minute / time.Duration(perMinute)
		now := newClock()
		l := limit.New(perMinute, now.options())
		// What each key has, in the time that it takes to refill.
		left := map[string]time.Duration{"a": time.Minute, "b": time.Minute, "c": time.Minute}
		key := rapid.SampledFrom([]string{"a", "b", "c"})
		t.Repeat(map[string]func(*rapid.T){
			"take": func(t *rapid.T) {
				key := key.Draw(t, "key")
				for range rapid.SampledFrom([]int{1, 1, 3, 1000}).Draw(t, "times") {
					want := max(token-left[key], 0)
					require.Equal(t, want, l.Take(key))
					if want == 0 {
						left[key] -= token
					}
				}
			},
			"return": func(t *rapid.T) {
				key := key.Draw(t, "key")
				l.Return(key)
				left[key] = min(left[key]+token, time.Minute)
			},
			"time passes": func(t *rapid.T) {
				d := time.Duration(rapid.Int64Range(0, int64(90*time.Second)).Draw(t, "passes"))
				now.pass(d)
				l.Return("unknown") // so that the limiter looks at the clock
				for key := range left {
					left[key] = min(left[key]+d, time.Minute)
				}
			},
			"the clock is set back": func(t *rapid.T) {
				now.pass(-time.Duration(rapid.Int64Range(0, int64(time.Hour)).Draw(t, "back")))
				l.Return("unknown")
			},
		})
	})
}

// TestNeverMoreThanAllowed is the promise itself, for rates that do not divide a
// minute too: in none more than the burst and the refill.
func TestNeverMoreThanAllowed(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		perMinute := rapid.IntRange(1, 100).Draw(t, "perMinute")
		now := newClock()
		l := limit.New(perMinute, now.options())
		var taken []time.Time
		for range rapid.IntRange(1, 300).Draw(t, "takes") {
			now.pass(time.Duration(rapid.Int64Range(0, int64(10*time.Second)).Draw(t, "passes")))
			for range rapid.IntRange(1, 20).Draw(t, "at once") {
				if l.Take("k") == 0 {
					taken = append(taken, now.Now())
				}
			}
		}
		for i := range taken {
			n := 0
			for _, other := range taken[i:] {
				if other.Sub(taken[i]) < time.Minute {
					n++
				}
			}
			require.LessOrEqual(t, n, 2*perMinute)
		}
	})
}
