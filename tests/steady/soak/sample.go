package main

import (
	"context"
	"encoding/csv"
	"fmt"
	"net/http"
	"os"
	"reflect"
	"strconv"
	"strings"
	"time"

	"github.com/valyala/fasthttp"

	"github.com/orchestrix/orchestrix/tests/steady/lab"
)

// sample is how the program was at a moment, or over the time since the one
// before.
type sample struct {
	Seconds    float64 // since the soak began
	Calls      float64 // in a second
	P99        float64 // ms
	Errors     int     // so far
	CPU        float64 // processors
	RSS        float64 // MB, with what is mapped of the store's file
	Own        float64 // MB without that
	Goroutines float64 // 0 when the program does not say
	HeapMB     float64 // the same
	Threads    int64
	Files      int
	History    int64 // executions that are kept
}

// watch takes samples, evenly over the whole time.
func (k *soak) watch(ctx context.Context) (samples []sample, err error) {
	began, before := time.Now(), time.Now()
	k.tally.interval()
	used, err := k.server.Usage()
	if err != nil {
		return nil, err
	}
	for n := range k.samples {
		if !until(ctx, began.Add(k.length*time.Duration(n+1)/time.Duration(k.samples))) {
			return nil, ctx.Err()
		}
		cpu := used.CPU
		s, now, err := k.sample(began)
		if err != nil {
			return nil, err
		}
		if used, err = k.server.Usage(); err != nil {
			return nil, err
		}
		span := now.Sub(before).Seconds()
		before = now
		s.Calls, s.CPU = s.Calls/span, (used.CPU-cpu).Seconds()/span
		samples = append(samples, s)
	}
	return samples, nil
}

// rest is how the program is when all clients are gone.
func (k *soak) rest(ctx context.Context) ([]sample, error) {
	time.Sleep(min(k.length/10, 10*time.Second))
	if err := countHistory(k, k.server.Client, 0); err != nil {
		return nil, err
	}
	s, _, err := k.sample(time.Now().Add(-k.length - k.length/10))
	if err != nil {
		return nil, err
	}
	s.Calls, s.P99 = 0, 0
	return []sample{s}, ctx.Err()
}

func (k *soak) sample(began time.Time) (s sample, now time.Time, err error) {
	now = time.Now()
	p99, calls := k.tally.interval()
	used, err := k.server.Usage()
	if err != nil {
		return s, now, err
	}
	s = sample{
		Seconds: now.Sub(began).Seconds(), Calls: float64(calls), P99: float64(p99.Microseconds()) / 1000, Errors: k.tally.errors(),
		RSS: float64(used.RSS) / (1 << 20), Own: float64(used.Own) / (1 << 20), Threads: used.Threads, Files: used.Files,
	}
	s.Goroutines, s.HeapMB = k.said("go_goroutines"), k.said("go_memstats_heap_inuse_bytes")/(1<<20)
	s.History = k.history.Load()
	return s, now, nil
}

// said is a figure of the program's metrics, 0 when it has none.
func (k *soak) said(name string) (value float64) {
	status, body, err := fasthttp.GetTimeout(nil, "http://"+k.metrics+"/metrics", 10*time.Second)
	if err != nil || status != http.StatusOK {
		return 0
	}
	if _, rest, found := strings.Cut(string(body), "\n"+name+" "); found {
		_, _ = fmt.Sscan(rest, &value)
	}
	return value
}

// countHistory counts the executions that are kept, page by page.
func countHistory(k *soak, client *lab.Client, _ int) error {
	n := 0
	for before := ""; ; {
		var page struct {
			Executions []struct{ ExecutionID string }
		}
		if err := client.Must("GET", "/executions?limit=200&ownerId="+lab.Owner+"&before="+before, "", &page); err != nil {
			return err
		}
		if n += len(page.Executions); len(page.Executions) < 200 {
			k.history.Store(int64(n))
			return nil
		}
		before = page.Executions[len(page.Executions)-1].ExecutionID
	}
}

// writeCSV writes a line for each sample, under the names of its figures.
func writeCSV(path string, samples []sample) error {
	file, err := os.Create(path)
	if err != nil {
		return err
	}
	defer file.Close() //nolint:errcheck // Close below tells
	out := csv.NewWriter(file)
	for i, s := range samples {
		value := reflect.ValueOf(s)
		names, figures := make([]string, value.NumField()), make([]string, value.NumField())
		for f := range names {
			names[f], figures[f] = value.Type().Field(f).Name, figure(value.Field(f))
		}
		if i == 0 {
			_ = out.Write(names) // Error below tells
		}
		_ = out.Write(figures)
	}
	out.Flush()
	if err := out.Error(); err != nil {
		return err
	}
	return file.Close()
}

func figure(v reflect.Value) string {
	if v.CanFloat() {
		return strconv.FormatFloat(v.Float(), 'f', 2, 64)
	}
	return fmt.Sprint(v.Interface())
}
