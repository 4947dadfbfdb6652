package auth_test

import (
	"context"
	"runtime"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/orchestrix/orchestrix/platform/auth"
)

// Hashes that another implementation made, as the old backend's database has.
const (
	hash2a   = "$2a$10$abcdefghijklmnopqrstuu23JPZtHcGhwXSF41f93o/7vBdDut3Xu"
	hash2b   = "$2b$10$abcdefghijklmnopqrstuu23JPZtHcGhwXSF41f93o/7vBdDut3Xu"
	hashLong = "$2b$10$abcdefghijklmnopqrstuuhBb/0dYbuuS1CS8hp30IXhlFBW2VAWG" // 100 times x
)

// check holds a password against a hash.
func check(t testing.TB, hash, password string) bool {
	t.Helper()
	right, err := auth.NewPasswords().Check(t.Context(), hash, password)
	require.NoError(t, err)
	return right
}

func TestHashPassword(t *testing.T) {
	passwords := auth.NewPasswords()
	hash, err := passwords.Hash(t.Context(), "correct horse")
	require.NoError(t, err)
	assert.Regexp(t, `^\$2a\$10\$`, hash)
	assert.True(t, check(t, hash, "correct horse"))
	other, err := passwords.Hash(t.Context(), "correct horse")
	require.NoError(t, err)
	assert.NotEqual(t, hash, other, "salted")

	longest := strings.Repeat("ü", auth.MaxPassword/2)
	hash, err = passwords.Hash(t.Context(), longest)
	require.NoError(t, err)
	assert.True(t, check(t, hash, longest))
	_, err = passwords.Hash(t.Context(), longest+"x")
	require.ErrorIs(t, err, auth.ErrPasswordTooLong)
}

func TestCheckPassword(t *testing.T) {
	tests := []struct {
		name, hash, password string
		want                 bool
	}{
		{"2a", hash2a, "correct horse", true},
		{"2b", hash2b, "correct horse", true},
		{"2a, wrong", hash2a, "correct horsf", false},
		{"2b, wrong", hash2b, "", false},
		{"long", hashLong, strings.Repeat("x", 100), true},
		{"long, only 72 bytes count", hashLong, strings.Repeat("x", 72), true},
		{"long, 71 bytes", hashLong, strings.Repeat("x", 71), false},
		{"no hash", "", "correct horse", false},
		{"the password itself", "correct horse", "correct horse", false},
		{"cut short", hash2a[:59], "correct horse", false},
		{"too long", hash2a + "x", "correct horse", false},
		{"planted cost", strings.Replace(hash2a, "$10$", "$31$", 1), "correct horse", false},
		{"unknown version", strings.Replace(hash2a, "$2a$", "$9a$", 1), "correct horse", false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			assert.Equal(t, tt.want, check(t, tt.hash, tt.password))
		})
	}
}

// A crowd takes turns, and who waits for one waits no longer than it may.
func TestPasswordsTakeTurns(t *testing.T) {
	passwords := auth.NewPasswords()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	var crowd sync.WaitGroup
	for range 2*runtime.GOMAXPROCS(0) + 2 {
		crowd.Go(func() {
			_, err := passwords.Check(t.Context(), hash2a, "wrong")
			assert.NoError(t, err)
		})
	}
	for { // until all turns are taken, when one that may not wait gets none
		if _, err := passwords.Check(ctx, "", "x"); err != nil {
			require.ErrorIs(t, err, context.Canceled)
			break
		}
	}
	crowd.Wait()
}

// BenchmarkCheckPassword shows that an account without a hash takes as long as
// a wrong password.
func BenchmarkCheckPassword(b *testing.B) {
	for name, hash := range map[string]string{"wrong": hash2a, "no hash": ""} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if check(b, hash, "wrong") {
					b.Fatal("accepted")
				}
			}
		})
	}
}
