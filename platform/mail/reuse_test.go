package mail_test

import (
	"context"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/orchestrix/orchestrix/platform/engine"
	"github.com/orchestrix/orchestrix/platform/mail"
	"github.com/orchestrix/orchestrix/platform/mail/mailtest"
)

func TestAConnectionIsKept(t *testing.T) {
	s := mailtest.Start(t, login(mailtest.Script{}))
	m := mailer(t, options(s))
	for range 3 {
		_, err := m.Send(t.Context(), hello)
		require.NoError(t, err)
	}
	assert.Equal(t, 1, s.Connections())
	assert.Len(t, s.Messages(), 3)
}

func TestADeadConnectionIsReplaced(t *testing.T) {
	reply := func(p mailtest.Phase, reply string) func(*mailtest.Server) {
		return func(s *mailtest.Server) {
			s.SetScript(mailtest.Script{Replies: map[mailtest.Phase]string{p: reply}})
		}
	}
	const hangs = "no answer to the check"
	for _, c := range []struct {
		name string
		die  func(*mailtest.Server)
	}{
		{"closed while idle", (*mailtest.Server).HangUp},
		{"421 to the check", reply(mailtest.Reset, "421 4.4.2 you were idle")},
		{"no to the check", reply(mailtest.Reset, "502 5.5.1 what?")},
		{"dropped at the check", func(s *mailtest.Server) { s.SetScript(mailtest.Script{Drop: mailtest.Reset}) }},
		{hangs, func(s *mailtest.Server) { s.SetScript(mailtest.Script{Hang: mailtest.Reset}) }},
		{"421 to the mail", func(s *mailtest.Server) {
			s.SetScript(mailtest.Script{Once: map[mailtest.Phase]string{mailtest.From: "421 4.7.0 enough mails for one connection"}})
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := mailtest.Start(t, login(mailtest.Script{}))
			m := mailer(t, options(s))
			m.SetCheck(waited)
			if c.name == hangs {
				m.SetCheck(100 * time.Millisecond)
			}
			_, err := m.Send(t.Context(), hello)
			require.NoError(t, err)
			c.die(s)
			_, err = m.Send(t.Context(), hello)
			require.NoError(t, err)
			assert.Equal(t, 2, s.Connections())
			assert.Len(t, s.Messages(), 2)
		})
	}
}

func TestADyingServerIsAskedOnceMore(t *testing.T) {
	s := mailtest.Start(t, login(mailtest.Script{}))
	m := mailer(t, options(s))
	_, err := m.Send(t.Context(), hello)
	require.NoError(t, err)
	s.SetScript(mailtest.Script{Drop: mailtest.Recipient})
	_, err = m.Send(t.Context(), hello)
	assert.Contains(t, failed(t, err), "the mail server closed the connection")
	assert.Equal(t, 2, s.Connections())
	assert.Len(t, s.Messages(), 1)
}

func TestAMailIsNeverSentTwice(t *testing.T) {
	for _, phase := range []mailtest.Phase{mailtest.Data, mailtest.Content, mailtest.Confirm} {
		t.Run(string(phase), func(t *testing.T) {
			s := mailtest.Start(t, login(mailtest.Script{}))
			m := mailer(t, options(s))
			_, err := m.Send(t.Context(), engine.Mail{To: "first@x.io", Subject: "s", Body: "b"})
			require.NoError(t, err)
			s.SetScript(mailtest.Script{Drop: phase})
			_, err = m.Send(t.Context(), engine.Mail{To: "second@x.io", Subject: "s", Body: "b"})
			assert.Error(t, err)
			assert.Equal(t, 1, s.Connections(), "not even tried")
			times := 0
			for _, got := range s.Messages() {
				if got.To[0] == "second@x.io" {
					times++
				}
			}
			assert.LessOrEqual(t, times, 1)
		})
	}
}

func TestIdleConnectionsAreClosed(t *testing.T) {
	s := mailtest.Start(t, login(mailtest.Script{}))
	m := mailer(t, options(s))
	m.SetIdle(10 * time.Millisecond)
	_, err := m.Send(t.Context(), hello)
	require.NoError(t, err)
	reached(t, s, func() bool { return s.Open() == 0 })
	assert.Contains(t, s.Commands(), "QUIT")
	_, err = m.Send(t.Context(), hello)
	require.NoError(t, err)
	assert.Equal(t, 2, s.Connections())
}

func TestManyAtOnce(t *testing.T) {
	const n = 50
	s := mailtest.Start(t, login(mailtest.Script{}))
	m := mailer(t, options(s))
	var all sync.WaitGroup
	for i := range n {
		all.Go(func() {
			_, err := m.Send(t.Context(), engine.Mail{To: fmt.Sprintf("u%d@x.io", i), Subject: fmt.Sprint("s", i), Body: fmt.Sprint("body ", i)})
			assert.NoError(t, err)
		})
	}
	all.Wait()
	assert.LessOrEqual(t, s.Connections(), mail.MaxConns)
	seen := map[string]bool{}
	for _, got := range s.Messages() {
		var i int
		_, err := fmt.Sscanf(got.To[0], "u%d@x.io", &i)
		require.NoError(t, err)
		subject, err := got.Subject()
		require.NoError(t, err)
		assert.Equal(t, fmt.Sprint("s", i), subject)
		parts, err := got.Parts()
		require.NoError(t, err)
		assert.Equal(t, fmt.Sprint("body ", i), parts[1].Body)
		seen[got.To[0]] = true
	}
	assert.Len(t, seen, n)
}

func TestWaitingForAConnectionEndsWithTheContext(t *testing.T) {
	s, m, end := occupied(t)
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
	defer cancel()
	start := time.Now()
	_, err := m.Send(ctx, hello)
	assert.ErrorIs(t, err, context.DeadlineExceeded)
	assert.Less(t, time.Since(start), waited, "it did not wait for the others' time limit")
	assert.Equal(t, mail.MaxConns, s.Connections())
	end()
}

// occupied is a Mailer whose every connection waits for a confirmation. end
// lets the senders go, and waits for them.
func occupied(t *testing.T) (s *mailtest.Server, m *mail.Mailer, end func()) {
	t.Helper()
	s = mailtest.Start(t, login(mailtest.Script{Hang: mailtest.Confirm}))
	m = mailer(t, options(s))
	ctx, cancel := context.WithCancel(t.Context())
	var senders sync.WaitGroup
	for range mail.MaxConns {
		senders.Go(func() {
			_, err := m.Send(ctx, hello)
			assert.Error(t, err)
		})
	}
	reached(t, s, func() bool { return len(s.Messages()) == mail.MaxConns })
	return s, m, func() { cancel(); senders.Wait() }
}

func TestClose(t *testing.T) {
	t.Run("says goodbye", func(t *testing.T) {
		s := mailtest.Start(t, login(mailtest.Script{}))
		m := mailer(t, options(s))
		_, err := m.Send(t.Context(), hello)
		require.NoError(t, err)
		require.NoError(t, m.Close(t.Context()))
		reached(t, s, func() bool { return s.Open() == 0 })
		assert.Contains(t, s.Commands(), "QUIT")
		_, err = m.Send(t.Context(), hello)
		assert.Contains(t, failed(t, err), "the server is shutting down")
		assert.NoError(t, m.Close(t.Context()), "a second time")
	})
	t.Run("waits for what is under way", func(t *testing.T) {
		_, m, end := occupied(t)
		closed := make(chan error)
		go func() { closed <- m.Close(t.Context()) }()
		end()
		assert.NoError(t, <-closed)
	})
	t.Run("cuts off what does not end", func(t *testing.T) {
		_, m, end := occupied(t)
		ctx, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
		defer cancel()
		start := time.Now()
		assert.ErrorIs(t, m.Close(ctx), context.DeadlineExceeded)
		assert.Less(t, time.Since(start), waited, "it did not wait for their time limit")
		end()
	})
	t.Run("wakes who waits for a connection", func(t *testing.T) {
		_, m, end := occupied(t)
		waiter := make(chan error)
		go func() { _, err := m.Send(t.Context(), hello); waiter <- err }()
		ctx, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
		defer cancel()
		assert.Error(t, m.Close(ctx))
		assert.Contains(t, failed(t, <-waiter), "the server is shutting down")
		end()
	})
}
