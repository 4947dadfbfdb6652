package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"

	"github.com/orchestrix/orchestrix/tests/harness"
)

// bench measures one or two binaries of the program and the limit.
type bench struct {
	*settings
	dir     string
	subject *subject
	against *subject // nil when there is nothing to compare with
	limit   string   // its binary
}

func newBench(ctx context.Context, s *settings, dir string) (b *bench, err error) {
	b = &bench{settings: s, dir: dir}
	binary := s.binary
	switch {
	case s.profile != "":
		binary, err = harness.BuildPackage(ctx, dir, "tests/load/profiled")
	case binary == "":
		binary, err = harness.Build(ctx, dir)
	}
	if err != nil {
		return nil, err
	}
	if b.limit, err = harness.BuildPackage(ctx, dir, "tests/load/limit"); err != nil {
		return nil, err
	}
	if b.subject, err = newSubject(binary, filepath.Join(dir, "data")); err != nil {
		return nil, err
	}
	if s.against != "" {
		b.against, err = newSubject(s.against, filepath.Join(dir, "against"))
	}
	return b, err
}

// measure takes every row of every subject, turn by turn, so that what else the
// machine does is shared by all.
func (b *bench) measure(ctx context.Context, only *regexp.Regexp) error {
	subjects := []*subject{b.subject}
	if b.against != nil {
		subjects = []*subject{b.against, b.subject}
	}
	for round := range b.rounds {
		slices.Reverse(subjects) // who comes first has no advantage
		for _, r := range rows(b.settings) {
			if !only.MatchString(r.name) {
				continue
			}
			fmt.Fprintf(os.Stderr, "round %d of %d: %s\n", round+1, b.rounds, r.name)
			if err := b.take(ctx, r, subjects); err != nil {
				return fmt.Errorf("%s: %w", r.name, err)
			}
		}
		for _, s := range subjects {
			if err := b.starting(ctx, s); err != nil {
				return fmt.Errorf("starting: %w", err)
			}
		}
	}
	return nil
}

// take measures a row once.
func (b *bench) take(ctx context.Context, r *row, subjects []*subject) error {
	for _, s := range subjects {
		taken, err := b.sample(ctx, s, r)
		if err != nil {
			return err
		}
		s.add(r, taken)
	}
	if r.limit == "" {
		return nil
	}
	file := filepath.Join(b.subject.data, r.name+".json") // what the program answered
	taken, err := b.load(ctx, r, harness.Options{Binary: b.limit, Args: []string{r.limit, file}, Dir: b.dir, Env: []string{"GOGC=300"}})
	for _, s := range subjects {
		s.addLimit(r, taken)
	}
	return err
}

// sample measures a row of the program, on a copy of the data that it needs.
func (b *bench) sample(ctx context.Context, s *subject, r *row) (figures, error) {
	if err := s.prepare(ctx, r); err != nil {
		return figures{}, fmt.Errorf("preparing: %w", err)
	}
	dir, err := os.MkdirTemp(b.dir, "life-")
	if err != nil {
		return figures{}, err
	}
	defer os.RemoveAll(dir) //nolint:errcheck // all of it goes in the end
	if err := os.CopyFS(dir, os.DirFS(s.home(r))); err != nil {
		return figures{}, err
	}
	env := append([]string{"PROFILE=" + filepath.Join(b.profile, r.name)}, production...) // which only the profiled program knows
	return b.load(ctx, r, harness.Options{Binary: s.binary, Dir: dir, Env: env})
}

// load drives a fresh process and says what that took.
func (b *bench) load(ctx context.Context, r *row, o harness.Options) (f figures, err error) {
	s, err := start(ctx, o)
	if err != nil {
		return f, err
	}
	defer func() {
		if e := s.stop(); err == nil {
			err = e
		}
	}()
	before, err := s.Usage()
	if err != nil {
		return f, err
	}
	if _, err := r.drive(s, b.warm); err != nil {
		return f, errors.Join(err, errors.New(s.String()))
	}
	t, err := r.drive(s, b.length)
	if err != nil {
		return f, errors.Join(err, errors.New(s.String()))
	}
	after, err := s.Usage()
	return t.figures(before.RSS, after.RSS), err
}
