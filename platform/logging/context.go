package logging

import (
	"context"

	"go.uber.org/zap"
)

type ctxKey int

const (
	requestKey ctxKey = iota
	executionKey
)

// WithRequest returns a context whose log lines carry the request's id.
func WithRequest(ctx context.Context, id string) context.Context {
	return context.WithValue(ctx, requestKey, id)
}

// RequestID returns the id of the request that ctx belongs to, or "".
func RequestID(ctx context.Context) string {
	id, _ := ctx.Value(requestKey).(string)
	return id
}

// WithExecution returns a context whose log lines carry the run's id.
func WithExecution(ctx context.Context, id string) context.Context {
	return context.WithValue(ctx, executionKey, id)
}

// ExecutionID returns the id of the run that ctx belongs to, or "".
func ExecutionID(ctx context.Context) string {
	id, _ := ctx.Value(executionKey).(string)
	return id
}

// From returns base with the fields requestId and executionId of ctx.
func From(ctx context.Context, base *zap.Logger) *zap.Logger {
	var ids [2]zap.Field
	fields := ids[:0]
	if id := RequestID(ctx); id != "" {
		fields = append(fields, zap.String("requestId", id))
	}
	if id := ExecutionID(ctx); id != "" {
		fields = append(fields, zap.String("executionId", id))
	}
	if len(fields) == 0 {
		return base
	}
	return base.With(fields...)
}
