package limit_test

import (
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"
	"unsafe"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/orchestrix/orchestrix/platform/limit"
)

type clock struct{ now time.Time }

func newClock() *clock { return &clock{now: time.Unix(1_700_000_000, 0)} }

func (c *clock) Now() time.Time         { return c.now }
func (c *clock) pass(d time.Duration)   { c.now = c.now.Add(d) }
func (c *clock) options() limit.Options { return limit.Options{Clock: c.Now} }

// take takes until nothing is left, or max times, and returns how often it could.
func take(l *limit.Limiter, key string, max int) (n int) {
	for n < max && l.Take(key) == 0 {
		n++
	}
	return n
}

func TestTake(t *testing.T) {
	for _, c := range []struct {
		perMinute int
		pass      time.Duration // after all was taken
		want      int           // then there are
		retry     time.Duration // and when these are taken, how long until the next
	}{
		{60, 0, 0, time.Second},
		{60, 999 * time.Millisecond, 0, time.Millisecond},
		{60, time.Second, 1, time.Second},
		{60, 1500 * time.Millisecond, 1, 500 * time.Millisecond},
		{60, 30 * time.Second, 30, time.Second},
		{60, time.Minute, 60, time.Second},
		{60, 24 * time.Hour, 60, time.Second},
		{1, 0, 0, time.Minute},
		{1, 59 * time.Second, 0, time.Second},
		{1, time.Minute, 1, time.Minute},
		{7, time.Minute, 7, time.Minute / 7},
		{100_000, time.Second, 1666, 200 * time.Microsecond},
	} {
		t.Run(fmt.Sprint(c.perMinute, "/min after ", c.pass), func(t *testing.T) {
			now := newClock()
			l := limit.New(c.perMinute, now.options())
			require.Equal(t, c.perMinute, take(l, "k", c.perMinute+1), "as many at once")
			now.pass(c.pass)
			assert.Equal(t, c.want, take(l, "k", c.perMinute+1))
			assert.Equal(t, c.retry, l.Take("k"))
			assert.Equal(t, c.retry, l.Take("k"), "asking costs nothing")
			now.pass(c.retry)
			assert.Zero(t, l.Take("k"))
			assert.Zero(t, l.Take("other"))
		})
	}
}

func TestNoLimit(t *testing.T) {
	for _, perMinute := range []int{0, -1} {
		l := limit.New(perMinute, limit.Options{})
		require.Nil(t, l)
		assert.Equal(t, 1000, take(l, "k", 1000))
		l.Return("k")
		assert.Zero(t, l.Len())
	}
}

func TestReturn(t *testing.T) {
	now := newClock()
	l := limit.New(3, now.options())
	l.Return("unknown")
	assert.Zero(t, l.Len())
	require.Equal(t, 3, take(l, "k", 4))
	l.Return("k")
	assert.Equal(t, 1, take(l, "k", 4))
	now.pass(10 * time.Second) // half of one
	l.Return("k")
	l.Return("k")
	assert.Equal(t, 1, l.Len())
	assert.Equal(t, 2, take(l, "k", 4))
	assert.Equal(t, 10*time.Second, l.Take("k"), "the half is still there")
	for range 10 {
		l.Return("k")
	}
	assert.Zero(t, l.Len(), "what is full need not be remembered")
	assert.Equal(t, 3, take(l, "k", 4), "never above the burst")
}

func TestAClockThatIsSetBack(t *testing.T) {
	for _, back := range []time.Duration{time.Millisecond, time.Second, time.Hour, 200 * 365 * 24 * time.Hour} {
		t.Run(back.String(), func(t *testing.T) {
			now := newClock()
			l := limit.New(60, now.options())
			require.Zero(t, l.Take("idle"))
			now.pass(time.Minute)
			require.Equal(t, 60, take(l, "k", 61))
			now.pass(-back)
			assert.Equal(t, time.Second, l.Take("k"), "nothing is gained, and the wait is no longer")
			assert.Equal(t, 60, take(l, "idle", 61))
			assert.Equal(t, 60, take(l, "new", 61))
			now.pass(time.Second)
			assert.Equal(t, 1, take(l, "k", 61))
			now.pass(time.Minute)
			assert.Equal(t, 60, take(l, "k", 61))
		})
	}
}

func TestALongKeyIsItsOwn(t *testing.T) {
	l := limit.New(1, newClock().options())
	long := strings.Repeat("k", 1<<20)
	for _, key := range []string{"", long, long + "k", long[:64], long[:65], long[:66], strings.Repeat("\x00", 64)} {
		assert.Zero(t, l.Take(key))
		assert.NotZero(t, l.Take(key))
	}
	l.Return(long)
	assert.NotZero(t, l.Take(long+"k"))
	assert.Zero(t, l.Take(long))
}

// The host's strings are valid only while a request is.
func TestAKeyIsCopied(t *testing.T) {
	l := limit.New(1, newClock().options())
	shared := []byte("aaaa")
	require.Zero(t, l.Take(unsafe.String(&shared[0], len(shared))))
	copy(shared, "bbbb")
	assert.NotZero(t, l.Take("aaaa"))
	assert.Zero(t, l.Take("bbbb"))
}

func TestConcurrentTakes(t *testing.T) {
	const perMinute, workers = 1000, 16
	l := limit.New(perMinute, limit.Options{Clock: newClock().Now, MaxKeys: 50})
	var taken atomic.Int64
	var all sync.WaitGroup
	for w := range workers {
		all.Go(func() {
			for i := range perMinute {
				if l.Take("shared") == 0 {
					taken.Add(1)
				}
				if i%10 == 0 {
					l.Take(fmt.Sprint(w, "-", i))
					l.Return(fmt.Sprint(w, "-", i-10))
					l.Len()
				}
			}
		})
	}
	all.Wait()
	assert.EqualValues(t, perMinute, taken.Load(), "the one that is used always is not forgotten")
	assert.LessOrEqual(t, l.Len(), 50)
}

func BenchmarkTake(b *testing.B) {
	l := limit.New(1000, limit.Options{})
	for i := range 100_000 {
		l.Take(fmt.Sprint("key ", i))
	}
	for _, name := range []string{"key 7", strings.Repeat("k", 100)} {
		b.Run(fmt.Sprint("known, ", len(name), " bytes"), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				l.Take(name)
			}
		})
	}
	b.Run("new", func(b *testing.B) {
		keys := make([]string, 1<<20)
		for i := range keys {
			keys[i] = fmt.Sprint("new ", i)
		}
		b.ReportAllocs()
		i := 0
		for b.Loop() {
			l.Take(keys[i%len(keys)])
			i++
		}
	})
}

func TestAKnownKeyCostsNoMemory(t *testing.T) {
	l := limit.New(1000, limit.Options{})
	l.Take("10.0.0.1")
	assert.Zero(t, testing.AllocsPerRun(100, func() { l.Take("10.0.0.1") }))
}
