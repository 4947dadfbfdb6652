package load_test

import (
	"context"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.mongodb.org/mongo-driver/bson"

	"github.com/orchestrix/orchestrix/platform/mongo"
)

// BenchmarkLogin shows that a failed login takes as long whatever is wrong: the
// medians of 200 tries of each kind, which take turns, and the largest to the
// smallest of them.
func BenchmarkLogin(b *testing.B) {
	const tries = 200
	b.Setenv("LOGIN_LIMIT_ADDRESS", "0")
	b.Setenv("LOGIN_LIMIT_ACCOUNT", "0")
	h := start(b)
	for _, email := range []string{"known@example.com", "disabled@example.com"} {
		status, body := h.post("/auth/register", `{"email":"`+email+`","password":"correct horse"}`)
		require.Equal(b, 201, status, body)
	}
	_, err := h.program.Store.Collection("users").UpdateOne(context.Background(), bson.D{{Key: "email", Value: "disabled@example.com"}},
		bson.D{{Key: "$set", Value: bson.D{{Key: "disabled", Value: true}}}}, mongo.UpdateOptions{})
	require.NoError(b, err)

	kinds := []struct{ unit, body string }{
		{"unknown-ms", `{"email":"unknown@example.com","password":"correct horse"}`},
		{"wrong-ms", `{"email":"known@example.com","password":"wrong horse"}`},
		{"disabled-ms", `{"email":"disabled@example.com","password":"correct horse"}`},
	}
	medians := make([]float64, len(kinds))
	for b.Loop() {
		took := make([][]time.Duration, len(kinds))
		for range tries {
			for i, kind := range kinds {
				began := time.Now()
				status, body := h.post("/auth/login", kind.body)
				took[i] = append(took[i], time.Since(began))
				require.Equal(b, 401, status, body)
			}
		}
		for i := range kinds {
			slices.Sort(took[i])
			medians[i] = float64(took[i][tries/2].Microseconds()) / 1000
		}
	}
	for i, kind := range kinds {
		b.ReportMetric(medians[i], kind.unit)
	}
	b.ReportMetric(slices.Max(medians)/slices.Min(medians), "ratio")
}
