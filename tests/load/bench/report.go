package main

import (
	"encoding/json"
	"fmt"
	"io"
	"os"
	"runtime"
	"slices"
	"strings"
	"time"
)

// report is what is printed, and kept as JSON.
type report struct {
	Taken       time.Time `json:"taken"`
	Go          string    `json:"go"`
	CPUs        int       `json:"cpus"`
	Connections int       `json:"connections"`
	Rounds      int       `json:"rounds"`
	Seconds     float64   `json:"seconds"` // of one measurement
	Rows        []result  `json:"rows"`
	StartMS     float64   `json:"startMs"`
	StartCPU    float64   `json:"startCpuMs"`
	IdleMB      float64   `json:"idleMB"`
}

// result is a row with the limit that was measured beside it; the limit's figures
// are nil for rows that have none.
type result struct {
	Row  string `json:"row"`
	Unit string `json:"unit"`
	figures
	Limit *figures `json:"limit,omitempty"`
	Ratio float64  `json:"ratio,omitempty"` // of the CPU time
}

func (s *subject) report(o *settings) *report {
	r := &report{
		Taken: time.Now().UTC().Truncate(time.Second), Go: runtime.Version(), CPUs: runtime.NumCPU(),
		Connections: o.connections, Rounds: o.rounds, Seconds: o.length.Seconds(), StartMS: median(s.cold), StartCPU: median(s.coldCPU), IdleMB: median(s.idle),
	}
	for _, row := range s.order {
		one := result{Row: row.name, Unit: row.unit, figures: medians(s.taken[row.name])}
		if limits := s.limits[row.name]; len(limits) > 0 {
			limit := medians(limits)
			one.Limit, one.Ratio = &limit, one.CPU/limit.CPU
		}
		r.Rows = append(r.Rows, one)
	}
	return r
}

func medians(all []figures) figures {
	of := func(field func(*figures) float64) float64 {
		values := make([]float64, len(all))
		for i := range all {
			values[i] = field(&all[i])
		}
		return median(values)
	}
	return figures{
		Rate: of(func(f *figures) float64 { return f.Rate }), CPU: of(func(f *figures) float64 { return f.CPU }),
		P50: of(func(f *figures) float64 { return f.P50 }), P99: of(func(f *figures) float64 { return f.P99 }),
		Before: of(func(f *figures) float64 { return f.Before }), After: of(func(f *figures) float64 { return f.After }),
	}
}

func median(values []float64) float64 {
	if len(values) == 0 {
		return 0
	}
	v := slices.Sorted(slices.Values(values))
	return (v[(len(v)-1)/2] + v[len(v)/2]) / 2
}

// write prints the table.
func (r *report) write(w io.Writer) {
	line := liner(w)
	line("\n%d connections, %g s a row, medians of %d rounds, %d cores, %s\n", r.Connections, r.Seconds, r.Rounds, r.CPUs, r.Go)
	line("| %-36s | %8s | %8s | %8s | %8s | %11s | %8s | %6s |", "", "per s", "CPU µs", "p50 ms", "p99 ms", "RSS MB", "limit µs", "ratio")
	line("|%s|%s", strings.Repeat("-", 38), strings.Repeat("--:|", 7))
	for _, row := range r.Rows {
		limit := ""
		if row.Limit != nil {
			limit = fmt.Sprintf("%.1f", row.Limit.CPU)
		}
		line("| %-36s | %8.0f | %8.2f | %8s | %8s | %4.0f → %4.0f | %8s | %6s |",
			row.label(), row.Rate, row.CPU, ms(row.P50), ms(row.P99), row.Before, row.After, limit, ratio(row.Ratio))
	}
	line("\nfrom the start of the process to the first answer: %.1f ms, of them %.0f ms of CPU; at rest: %.1f MB", r.StartMS, r.StartCPU, r.IdleMB)
	line("CPU is the server's process alone, for each request, run or message; the limit is a bare Fiber handler with the same answer.")
}

// liner writes lines; who cannot write to a terminal need not know.
func liner(w io.Writer) func(format string, args ...any) {
	return func(format string, args ...any) { _, _ = fmt.Fprintf(w, format+"\n", args...) }
}

func (r *result) label() string {
	if r.Unit == "request" {
		return r.Row
	}
	return r.Row + " (" + r.Unit + "s)"
}

func ms(micros float64) string { return ratio(micros / 1000) }

// ratio is empty for what was not measured.
func ratio(n float64) string {
	if n == 0 {
		return ""
	}
	return fmt.Sprintf("%.2f", n)
}

func change(before, now string) string {
	if before == "" || now == "" {
		return ""
	}
	return before + " → " + now
}

// compare prints how the rows that both have differ from an earlier report.
func (r *report) compare(w io.Writer, earlier *report) {
	line := liner(w)
	line("")
	line("| %-36s | %19s | %7s | %13s | %19s | %13s |", "before → now", "CPU µs", "change", "ratio", "p99 ms", "RSS MB")
	line("|%s|%s", strings.Repeat("-", 38), strings.Repeat("--:|", 5))
	for _, row := range r.Rows {
		i := slices.IndexFunc(earlier.Rows, func(e result) bool { return e.Row == row.Row })
		if i < 0 {
			continue
		}
		was := earlier.Rows[i]
		line("| %-36s | %8.2f → %8.2f | %+6.0f%% | %13s | %19s | %5.0f → %5.0f |", row.label(),
			was.CPU, row.CPU, 100*(row.CPU/was.CPU-1), change(ratio(was.Ratio), ratio(row.Ratio)), change(ms(was.P99), ms(row.P99)), was.After, row.After)
	}
	line("\nstart: %.1f → %.1f ms; at rest: %.1f → %.1f MB; before: %s",
		earlier.StartMS, r.StartMS, earlier.IdleMB, r.IdleMB, earlier.Taken.Format(time.DateTime))
}

// readReport reads what save has written; nil without a file.
func readReport(file string) (*report, error) {
	if file == "" {
		return nil, nil
	}
	text, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	var r report
	if err := json.Unmarshal(text, &r); err != nil {
		return nil, fmt.Errorf("%s: %w", file, err)
	}
	return &r, nil
}

func (r *report) save(file string) error {
	if file == "" {
		return nil
	}
	text, err := json.MarshalIndent(r, "", "  ")
	if err != nil {
		return err
	}
	return os.WriteFile(file, append(text, '\n'), 0o644)
}
