package apierr_test

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/orchestrix/orchestrix/platform/apierr"
)

func TestConstructors(t *testing.T) {
	cause := errors.New("disk on fire")
	tests := []struct {
		err   *apierr.Error
		want  int
		title string
		text  string
	}{
		{apierr.New(418, "Teapot"), 418, "Teapot", "418 Teapot"},
		{apierr.BadRequest("%s is required", "name"), 400, "name is required", "400 name is required"},
		{apierr.BadRequest("%s", "100% wrong"), 400, "100% wrong", "400 100% wrong"},
		{apierr.NotFound("Workflow not found"), 404, "Workflow not found", "404 Workflow not found"},
		{apierr.Conflict("Taken"), 409, "Taken", "409 Taken"},
		{apierr.Unavailable("Busy"), 503, "Busy", "503 Busy"},
		{apierr.Internal(cause), 500, "Internal server error", "500 Internal server error: disk on fire"},
		{apierr.NotFound("Gone").WithMessage("since May").Because(cause), 404, "Gone", "404 Gone: since May: disk on fire"},
	}
	for _, tt := range tests {
		t.Run(tt.text, func(t *testing.T) {
			assert.Equal(t, tt.want, tt.err.Status)
			assert.Equal(t, tt.title, tt.err.Title, "the cause is not in what clients see")
			assert.EqualError(t, tt.err, tt.text)
		})
	}
	assert.Equal(t, time.Second, apierr.Unavailable("Busy").RetryAfter)
}

func TestCopiesLeaveTheOriginalAlone(t *testing.T) {
	shared := apierr.NotFound("Workflow not found")
	cause := errors.New("no row")
	err := fmt.Errorf("loading: %w", shared.WithMessage("x").Because(cause))
	assert.Equal(t, apierr.NotFound("Workflow not found"), shared)
	require.ErrorIs(t, err, cause)
	var e *apierr.Error
	require.ErrorAs(t, err, &e)
	assert.Equal(t, "x", e.Message)
}
