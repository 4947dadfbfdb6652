package llm_test

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/orchestrix/orchestrix/platform/llm"
)

// failing is a model that gives an error.
type failing struct{ err error }

func (failing) Name() string { return "failing" }

func (f failing) Generate(context.Context, llm.Request) (llm.Answer, error) {
	return llm.Answer{}, f.err
}

func TestObserved(t *testing.T) {
	for want, err := range map[string]error{
		"ok":          nil,
		"failed":      &llm.Error{Kind: llm.Failed},
		"unavailable": &llm.Error{Kind: llm.Unavailable},
		"timed_out":   fmt.Errorf("asking: %w", &llm.Error{Kind: llm.TimedOut}),
		"cancelled":   context.Canceled,
	} {
		t.Run(want, func(t *testing.T) {
			var told []string
			model := llm.Observed(failing{err}, func(provider, outcome string, took time.Duration) {
				told = append(told, provider, outcome)
				assert.GreaterOrEqual(t, took, time.Duration(0))
			})
			_, got := model.Generate(t.Context(), hello)
			assert.Equal(t, err, got)
			assert.Equal(t, []string{"failing", want}, told)
			assert.Equal(t, "failing", model.Name())
		})
	}
	t.Run("an error of another kind", func(t *testing.T) {
		var told string
		model := llm.Observed(failing{errors.New("strange")}, func(_, outcome string, _ time.Duration) { told = outcome })
		_, err := model.Generate(t.Context(), hello)
		require.Error(t, err)
		assert.Equal(t, "failed", told)
	})
}
