package embedded

import (
	"context"
	"os"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.etcd.io/bbolt"
	"go.uber.org/goleak"
)

// TestMain also is the child process that TestKill ends.
func TestMain(m *testing.M) {
	if dir := os.Getenv(killDirVariable); dir != "" {
		killedChild(dir)
	}
	goleak.VerifyTestMain(m)
}

func openStore(t testing.TB, dir string) *Store {
	t.Helper()
	s, err := Open(context.Background(), Options{Dir: dir})
	require.NoError(t, err)
	t.Cleanup(func() { assert.NoError(t, s.Close(context.Background())) })
	return s
}

// requireConsistent compares the entries of every index with those that the
// stored documents ought to have, and checks the file itself.
func requireConsistent(t testing.TB, s *Store) {
	t.Helper()
	require.NoError(t, s.db.View(func(tx *bbolt.Tx) error {
		for err := range tx.Check() {
			t.Errorf("file: %v", err)
		}
		return tx.ForEach(func(name []byte, b *bbolt.Bucket) error {
			indexes, err := s.indexes.of(b)
			require.NoError(t, err)
			for i := range indexes {
				requireIndexed(t, b, &indexes[i])
			}
			return nil
		})
	}))
}

func requireIndexed(t testing.TB, b *bbolt.Bucket, i *index) {
	t.Helper()
	want, owners := map[string]string{}, map[string]string{}
	require.NoError(t, b.Bucket(docsBucket).ForEach(func(id, raw []byte) error {
		d, err := decode(raw)
		require.NoError(t, err)
		var set, short entrySet
		require.NoError(t, set.long(i, d))
		require.NoError(t, short.of(i, raw))
		require.Equal(t, set.keys, short.keys, "the short way finds what the long one does")
		require.Equal(t, set.ordered, short.ordered)
		if i.Ordered && len(set.keys) > 0 {
			require.True(t, set.ordered, "index %s is not ordered", i.Name())
		}
		for _, key := range set.keys {
			if owner, taken := owners[string(key)]; taken && i.Unique && owner != string(id) {
				t.Errorf("index %s is unique, but %q and %q share a key", i.Name(), owner, id)
			}
			owners[string(key)] = string(id)
			want[string(key)+string(id)] = string(id)
		}
		return nil
	}))
	have := map[string]string{}
	require.NoError(t, i.entries().ForEach(func(k, id []byte) error {
		have[string(k)] = string(id)
		return nil
	}))
	require.Len(t, have, len(want), "entries of %s", i.Name())
	require.Equal(t, want, have, "entries of %s", i.Name())
}
