package auth_test

import (
	"strings"
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

func TestHashPassword(t *testing.T) {
	hash, err := auth.HashPassword("correct horse")
	require.NoError(t, err)
	assert.Regexp(t, `^\$2a\$10\$`, hash)
	assert.True(t, auth.CheckPassword(hash, "correct horse"))
	other, err := auth.HashPassword("correct horse")
	require.NoError(t, err)
	assert.NotEqual(t, hash, other, "salted")

	longest := strings.Repeat("ü", auth.MaxPassword/2)
	hash, err = auth.HashPassword(longest)
	require.NoError(t, err)
	assert.True(t, auth.CheckPassword(hash, longest))
	_, err = auth.HashPassword(longest + "x")
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
			assert.Equal(t, tt.want, auth.CheckPassword(tt.hash, tt.password))
		})
	}
}

// BenchmarkCheckPassword shows that an account without a hash takes as long as
// a wrong password.
func BenchmarkCheckPassword(b *testing.B) {
	for name, hash := range map[string]string{"wrong": hash2a, "no hash": ""} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if auth.CheckPassword(hash, "wrong") {
					b.Fatal("accepted")
				}
			}
		})
	}
}
