package embedded

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.etcd.io/bbolt"
	"go.mongodb.org/mongo-driver/bson"
	"go.uber.org/goleak"

	"github.com/orchestrix/orchestrix/platform/mongo"
)

// hold keeps the writer busy until the returned function is called, so that
// everything queued meanwhile forms one group.
func hold(t *testing.T, s *Store) (release func()) {
	t.Helper()
	held, free := make(chan struct{}), make(chan struct{})
	once := sync.OnceFunc(func() { close(held) })
	var wait sync.WaitGroup
	wait.Go(func() {
		assert.NoError(t, s.writer.do(context.Background(), func(*bbolt.Tx) error {
			once()
			<-free
			return nil
		}))
	})
	<-held
	return func() {
		close(free)
		wait.Wait()
	}
}

// queued waits until so many writes are in the queue.
func queued(t *testing.T, s *Store, n int) {
	t.Helper()
	require.Eventually(t, func() bool { return len(s.writer.jobs) == n }, 10*time.Second, time.Millisecond)
}

func insertID(s *Store, id any) error {
	_, err := s.Collection("things").InsertOne(context.Background(), bson.D{{Key: "_id", Value: id}, {Key: "tag", Value: fmt.Sprint(id)}})
	return err
}

func TestFailedWriteLeavesItsGroupAlone(t *testing.T) {
	halfway := func(then func() error) func(*bbolt.Tx) error {
		return func(tx *bbolt.Tx) error {
			things := tx.Bucket([]byte("things"))
			if err := things.Bucket(docsBucket).Put([]byte("half"), []byte("a document")); err != nil {
				return err
			}
			if err := things.DeleteBucket([]byte(indexPrefix + "tag_1")); err != nil {
				return err
			}
			return then()
		}
	}
	boom := errors.New("boom")
	for name, then := range map[string]func() error{
		"error": func() error { return boom },
		"panic": func() error { panic("boom") },
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			s := openStore(t, dir)
			require.NoError(t, s.Collection("things").EnsureIndexes(t.Context(), mongo.Index{Fields: []string{"tag"}, Unique: true}))
			require.NoError(t, insertID(s, "first"))

			release := hold(t, s)
			var wait sync.WaitGroup
			for i := range 60 {
				wait.Go(func() {
					switch i % 3 {
					case 0:
						err := s.writer.do(context.Background(), halfway(then))
						assert.ErrorContains(t, err, "boom")
						assert.ErrorIs(t, err, mongo.ErrUnavailable)
					case 1:
						assert.NoError(t, insertID(s, i))
					case 2:
						assert.ErrorIs(t, insertID(s, "first"), mongo.ErrDuplicate)
					}
				})
			}
			queued(t, s, 60)
			release()
			wait.Wait()

			require.NoError(t, s.Close(t.Context()))
			s = openStore(t, dir)
			n, err := s.Collection("things").Count(t.Context(), bson.D{})
			require.NoError(t, err)
			assert.EqualValues(t, 21, n)
			requireConsistent(t, s)
		})
	}
}

func TestWriteGivenUpIsNotMade(t *testing.T) {
	s := openStore(t, t.TempDir())
	release := hold(t, s)
	ctx, cancel := context.WithCancel(t.Context())
	var given, kept sync.WaitGroup
	for i := range 20 {
		given.Go(func() {
			_, err := s.Collection("things").InsertOne(ctx, bson.D{{Key: "_id", Value: i}})
			assert.ErrorIs(t, err, context.Canceled)
		})
	}
	kept.Go(func() { assert.NoError(t, insertID(s, "kept")) })
	queued(t, s, 21)
	cancel()
	given.Wait() // although the writer is busy
	release()
	kept.Wait()
	n, err := s.Collection("things").Count(t.Context(), bson.D{})
	require.NoError(t, err)
	assert.EqualValues(t, 1, n)
}

func TestCloseMakesWhatIsQueued(t *testing.T) {
	dir := t.TempDir()
	s := openStore(t, dir)
	release := hold(t, s)
	var wait sync.WaitGroup
	for i := range 50 {
		wait.Go(func() { assert.NoError(t, insertID(s, i)) })
	}
	queued(t, s, 50)

	ended, cancel := context.WithCancel(t.Context())
	cancel()
	require.ErrorIs(t, s.Close(ended), context.Canceled, "a close that must not wait says that it did not end")
	assert.ErrorIs(t, insertID(s, "late"), mongo.ErrUnavailable)

	release()
	wait.Wait()
	require.NoError(t, s.Close(t.Context()))
	s = openStore(t, dir)
	n, err := s.Collection("things").Count(t.Context(), bson.D{})
	require.NoError(t, err)
	assert.EqualValues(t, 50, n)
}

func TestCloseEndsEveryGoroutine(t *testing.T) {
	ignore := goleak.IgnoreCurrent()
	for range 3 {
		s, err := Open(t.Context(), Options{Dir: t.TempDir()})
		require.NoError(t, err)
		require.NoError(t, insertID(s, 1))
		require.NoError(t, s.Close(t.Context()))
	}
	dir := t.TempDir()
	require.NoError(t, os.WriteFile(filepath.Join(dir, fileName), []byte("not a store"), 0o600))
	_, err := Open(t.Context(), Options{Dir: dir})
	require.Error(t, err)
	goleak.VerifyNone(t, ignore)
}

// The file grows under a find that lasts, which would hold writes up if it had to be
// mapped anew, and with them all other reads.
func TestAReadHoldsUpNoWrite(t *testing.T) {
	s := openStore(t, t.TempDir())
	reading, over := make(chan struct{}), make(chan struct{})
	var reader sync.WaitGroup
	reader.Go(func() {
		assert.NoError(t, s.db.View(func(*bbolt.Tx) error { close(reading); <-over; return nil }))
	})
	<-reading
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	written := make(chan error, 1)
	go func() {
		var err error
		for i := 0; i < 16 && err == nil; i++ {
			_, err = s.Collection("things").InsertOne(ctx, bson.D{{Key: "big", Value: strings.Repeat("x", 1<<20)}})
		}
		written <- err
	}()
	select {
	case err := <-written:
		assert.NoError(t, err)
	case <-ctx.Done():
		t.Error("it waits for the read")
	}
	close(over)
	reader.Wait()
}
