package connections_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/orchestrix/orchestrix/modules/core/connections"
	"github.com/orchestrix/orchestrix/platform/apierr"
	"github.com/orchestrix/orchestrix/platform/doc"
)

// detail is that of a 422.
func detail(t testing.TB, err error) string {
	t.Helper()
	var refused *apierr.Error
	require.ErrorAs(t, err, &refused)
	require.Equal(t, http.StatusUnprocessableEntity, refused.Status)
	require.Equal(t, "Could not connect to your database", refused.Title)
	require.Equal(t, "detail", refused.Fields[0].Key)
	return refused.Fields[0].Value.(string)
}

func TestConnectStatusDisconnect(t *testing.T) {
	f := start(t)
	assert.Empty(t, f.uses(t, "ann"))
	c, err := f.Status(t.Context(), "ann")
	require.NoError(t, err)
	assert.Nil(t, c)

	f.connect(t, "ann", "one")
	c, err = f.Status(t.Context(), "ann")
	require.NoError(t, err)
	assert.Equal(t, []any{"label", "mongodb://c***@one/shop", "connected", f.clock.Now()}, []any{c.Label, c.Masked, c.Status, c.ConnectedAt})
	assert.Equal(t, "one", f.uses(t, "ann"))
	assert.Empty(t, f.uses(t, "bob"))

	row := f.row(t, "ann")
	assert.NotContains(t, fmt.Sprint(row), "s3cr3t")
	assert.NotContains(t, fmt.Sprint(row), "canary")
	for _, field := range []string{"encryptedUri", "keyId", "connectedAt", "createdAt", "updatedAt"} {
		_, there := doc.Get(row, field)
		assert.True(t, there, field)
	}

	f.connect(t, "ann", "two")
	assert.Equal(t, "two", f.uses(t, "ann"), "the second replaces the first")

	require.NoError(t, f.Disconnect(t.Context(), "ann"))
	require.NoError(t, f.Disconnect(t.Context(), "ann"), "there is none any more")
	assert.Empty(t, f.uses(t, "ann"))
	eventually(t, func() bool { return f.database("one").open.Load()+f.database("two").open.Load() == 0 }, "all are closed")
}

func TestAFailedConnectLeavesTheOldOneAlone(t *testing.T) {
	f := start(t)
	f.connect(t, "ann", "one")
	before := f.row(t, "ann")
	f.database("two").refuses.Store(true)
	_, err := f.Connect(t.Context(), "ann", uri("two"), "other")
	assert.Equal(t, "mongodb://c***@two/shop: connection refused", detail(t, err))
	assert.Equal(t, before, f.row(t, "ann"))
	assert.Equal(t, "one", f.uses(t, "ann"))

	_, err = f.Connect(t.Context(), strings.Repeat("x", 257), uri("one"), "label")
	var refused *apierr.Error
	require.ErrorAs(t, err, &refused)
	assert.Equal(t, http.StatusBadRequest, refused.Status)
}

func TestWithoutAKeyNothingIsStored(t *testing.T) {
	f := start(t, func(o *connections.Options) { o.Key = nil })
	_, err := f.Connect(t.Context(), "ann", uri("one"), "label")
	assert.Contains(t, detail(t, err), "ENCRYPTION_KEY")
	assert.Zero(t, f.database("one").opened.Load())
	names, err := f.store.Collections(t.Context())
	require.NoError(t, err)
	for _, name := range names {
		n, err := f.store.Collection(name).Count(t.Context(), nil)
		require.NoError(t, err)
		assert.Zero(t, n, name)
	}
	_, err = connections.New(f.store, connections.Options{Key: []byte("short")})
	require.ErrorContains(t, err, "ENCRYPTION_KEY")
}

func TestAnotherKeyRefusesToStart(t *testing.T) {
	f := start(t)
	f.connect(t, "ann", "one")
	before := f.row(t, "ann")
	for name, row := range map[string]struct {
		key  []byte
		text string
	}{
		"changed": {key(2), "ENCRYPTION_KEY is not the key that 1 connected databases are stored with"},
		"missing": {nil, "ENCRYPTION_KEY is not set, but 1 connected databases are stored with one"},
	} {
		t.Run(name, func(t *testing.T) {
			opts := f.opts
			opts.Key = row.key
			err := f.again(t, opts).Start(t.Context())
			require.ErrorContains(t, err, row.text)
			assert.Equal(t, before, f.row(t, "ann"), "nothing is changed")
		})
	}
	same := f.again(t, f.opts)
	require.NoError(t, same.Start(t.Context()))
	store, release, err := same.Of(t.Context(), "ann")
	require.NoError(t, err)
	assert.Equal(t, "one", store.(*opening).name)
	release()
}

// Rows of the old backend have no key's name, and were sealed in another way.
func TestConnectionsOfTheOldBackendCountForNone(t *testing.T) {
	f := start(t)
	_, err := f.store.Collection(rows).InsertOne(t.Context(), doc.Object{{"ownerId", "old"}, {"encryptedUri", "ab:cd"}, {"label", "My Database"}, {"status", "connected"}})
	require.NoError(t, err)
	require.NoError(t, f.again(t, f.opts).Start(t.Context()))
	assert.Empty(t, f.uses(t, "old"))
	f.connect(t, "old", "one")
	assert.Equal(t, "one", f.uses(t, "old"), "connected anew")
}

func TestACiphertextIsGoodForItsOwnerOnly(t *testing.T) {
	sealed := func(f *fixture, owner string) string { return doc.String(f.row(t, owner), "encryptedUri") }
	for name, value := range map[string]func(f *fixture) string{
		"swapped":  func(f *fixture) string { return sealed(f, "bob") },
		"tampered": func(f *fixture) string { return "AAAA" + sealed(f, "ann")[4:] },
		"cut":      func(f *fixture) string { return sealed(f, "ann")[:8] },
		"no text":  func(*fixture) string { return "***" },
		"empty":    func(*fixture) string { return "" },
	} {
		t.Run(name, func(t *testing.T) {
			f := start(t)
			f.connect(t, "ann", "one")
			f.connect(t, "bob", "two")
			f.set(t, "ann", "encryptedUri", value(f))
			s := f.again(t, f.opts) // one that remembers nothing
			require.NoError(t, s.Start(t.Context()))

			_, _, err := s.Of(t.Context(), "ann")
			require.ErrorContains(t, err, "connect the database anew")
			_, err = s.Schemas(t.Context(), "ann")
			assert.Contains(t, detail(t, err), "connect the database anew")
			status, err := s.Status(t.Context(), "ann")
			require.NoError(t, err)
			assert.Equal(t, "unreadable", status.Status)

			store, release, err := s.Of(t.Context(), "bob")
			require.NoError(t, err, "others are not concerned")
			assert.Equal(t, "two", store.(*opening).name)
			release()
			for _, entry := range f.log.All() {
				assert.NotContains(t, fmt.Sprint(entry.Message, entry.ContextMap()), "s3cr3t")
			}
			_, err = s.Connect(t.Context(), "ann", uri("one"), "label")
			require.NoError(t, err)
			store, release, err = s.Of(t.Context(), "ann")
			require.NoError(t, err)
			assert.Equal(t, "one", store.(*opening).name)
			release()
		})
	}
}

func TestSchemas(t *testing.T) {
	f := start(t)
	_, err := f.Schemas(t.Context(), "ann")
	assert.Equal(t, "no database is connected", detail(t, err))
	f.connect(t, "ann", "one")
	for i := range 30 {
		_, err := f.store.Collection("people").InsertOne(t.Context(), doc.Object{{"name", "n"}, {fmt.Sprintf("f%d", i), i}, {"emailKey", "k"}})
		require.NoError(t, err)
	}
	require.NoError(t, f.store.Collection("empty").EnsureIndexes(t.Context()))
	got, err := f.Schemas(t.Context(), "ann")
	require.NoError(t, err)
	require.Len(t, got, 1, "what is the platform's is not listed: %v", got)
	fields := got[0].Value.(doc.Array)
	assert.Len(t, fields, 21, "of 20 documents")
	assert.Equal(t, "name", fields[0])
	assert.NotContains(t, fields, "_id")

	f.database("one").refuses.Store(true)
	f.clock.Advance(time.Hour)
	f.Sweep()
	_, err = f.Schemas(t.Context(), "ann")
	assert.Equal(t, "mongodb://c***@one/shop: connection refused", detail(t, err))
}
