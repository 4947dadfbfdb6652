// Package contract_test holds the whole program against the recorded exchanges
// and the sentences of the contract, over HTTP.
package contract_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/orchestrix/orchestrix/config"
)

// settings are those of the recorded server.
func settings(t testing.TB) *config.Settings {
	t.Helper()
	t.Setenv("JWT_SECRET", secret)
	t.Setenv("FRONTEND_URL", "http://localhost:3000")
	t.Setenv("DATA_DIR", t.TempDir())
	s, err := config.Load(nil)
	require.NoError(t, err)
	return s
}

// start runs the whole program on an empty embedded store and returns its URL.
func start(t testing.TB, change ...func(*config.Settings)) string {
	t.Helper()
	s := settings(t)
	for _, c := range change {
		c(s)
	}
	url, _ := launch(t, build(t, s))
	return url
}
