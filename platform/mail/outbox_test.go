package mail_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/orchestrix/orchestrix/platform/engine"
	"github.com/orchestrix/orchestrix/platform/mail"
	"github.com/orchestrix/orchestrix/platform/mail/mailtest"
)

// files are the names in a directory, sorted.
func files(t *testing.T, dir string) (names []string) {
	t.Helper()
	entries, err := os.ReadDir(dir)
	require.NoError(t, err)
	for _, e := range entries {
		names = append(names, e.Name())
	}
	return names
}

// only takes the one mail out of a directory.
func only(t *testing.T, dir string) mailtest.Message {
	t.Helper()
	names := files(t, dir)
	require.Len(t, names, 1)
	path := filepath.Join(dir, names[0])
	raw, err := os.ReadFile(path)
	require.NoError(t, err)
	require.NoError(t, os.Remove(path))
	return mailtest.Message{Raw: raw}
}

func TestOutbox(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "a", "mails")
	now := time.Date(2026, 3, 4, 5, 6, 7, 8, time.UTC)
	s := mailtest.Start(t, mailtest.Options{})
	m := mailer(t, mail.Options{Outbox: dir, Host: s.Host(), Port: s.Port(), Clock: func() time.Time { return now }})
	id, err := m.Send(t.Context(), hello)
	require.NoError(t, err)
	assert.Zero(t, s.Connections(), "the outbox wins")

	require.Len(t, files(t, dir), 1)
	name := files(t, dir)[0]
	assert.Regexp(t, `^20260304T050607\.000000008Z-[A-Z2-7]{8}\.eml$`, name)
	info, err := os.Stat(filepath.Join(dir, name))
	require.NoError(t, err)
	assert.Equal(t, os.FileMode(0o600), info.Mode().Perm())
	info, err = os.Stat(dir)
	require.NoError(t, err)
	assert.Equal(t, os.FileMode(0o700), info.Mode().Perm())

	got := only(t, dir)
	assert.Contains(t, string(got.Raw), "Message-ID: "+id+"\r\n")
	assert.Contains(t, string(got.Raw), "From: <orchestrix@localhost>\r\n")
	parts, err := got.Parts()
	require.NoError(t, err)
	assert.Equal(t, []mailtest.Part{{Type: "text/plain", Body: hello.Body}, {Type: "text/html", Body: hello.Body}}, parts)
}

func TestOutboxIsInTheOrderOfSending(t *testing.T) {
	dir := t.TempDir()
	now := time.Date(2026, 3, 4, 5, 6, 7, 0, time.UTC)
	m := mailer(t, mail.Options{Outbox: dir, Clock: func() time.Time { now = now.Add(time.Millisecond); return now }})
	for i := range 20 {
		_, err := m.Send(t.Context(), engine.Mail{To: "a@x.io", Subject: fmt.Sprint(i), Body: "b"})
		require.NoError(t, err)
	}
	names := files(t, dir)
	require.Len(t, names, 20)
	assert.True(t, slices.IsSorted(names))
	for i, name := range names {
		raw, err := os.ReadFile(filepath.Join(dir, name))
		require.NoError(t, err)
		subject, err := mailtest.Message{Raw: raw}.Subject()
		require.NoError(t, err)
		assert.Equal(t, fmt.Sprint(i), subject)
	}
}

func TestOutboxAtTheSameMoment(t *testing.T) {
	dir := t.TempDir()
	m := mailer(t, mail.Options{Outbox: dir, Clock: func() time.Time { return time.Unix(1, 0) }})
	var all sync.WaitGroup
	for range 30 {
		all.Go(func() {
			_, err := m.Send(t.Context(), hello)
			assert.NoError(t, err)
		})
	}
	all.Wait()
	assert.Len(t, files(t, dir), 30)
}

func TestOutboxThatCannotBeWritten(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	require.NoError(t, os.WriteFile(file, nil, 0o600))
	log, logs := logged()
	_, err := mailer(t, mail.Options{Outbox: file, Logger: log}).Send(t.Context(), hello)
	assert.Equal(t, "Failed to send email to ada@example.com: the mail could not be written to the outbox", failed(t, err))
	assert.Contains(t, logs.All()[0].ContextMap()["error"], "not a directory", "the log says why")

	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	dir := filepath.Join(t.TempDir(), "none")
	_, err = mailer(t, mail.Options{Outbox: dir}).Send(ctx, hello)
	assert.ErrorIs(t, err, context.Canceled)
	assert.NoDirExists(t, dir)
}
