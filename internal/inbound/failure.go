package inbound

import (
	"context"
	"errors"
	"log/slog"

	"usher/internal/fault"
)

// Fail adds a fault to the record of the request: always the code, and the cause of internal errors
// (level ERROR) and of unavailable services (level WARN). A client that closed the connection is no
// cause. Outside of a request Fail writes a log line itself. step, which may be "", names the
// failed operation.
func Fail(ctx context.Context, log *slog.Logger, f *fault.Error, step, stack string) {
	record := From(ctx)
	record.Code(string(f.Code))
	cause, level := f.Unwrap(), slog.LevelError
	switch {
	case f.Code == fault.Internal && cause == nil:
		cause = f
	case f.Code == fault.Internal:
	case f.Code == fault.Unavailable && cause != nil:
		level = slog.LevelWarn
	default:
		return
	}
	// The client went away: nobody waits for an answer, and nothing is wrong with the server.
	if f.Code == fault.Unavailable && errors.Is(context.Cause(ctx), context.Canceled) {
		return
	}
	if step != "" {
		cause = stepError{step, cause}
	}
	// The line of the request, which is logged at its end, then carries the cause.
	if record.Cause(level, cause, stack) {
		return
	}
	attrs := []any{"codes", string(f.Code), "error", cause}
	if stack != "" {
		attrs = append(attrs, "stack", stack)
	}
	log.Log(ctx, level, "request failed", attrs...)
}

// stepError is an error with the name of the failed operation.
type stepError struct {
	step  string
	cause error
}

func (e stepError) Error() string { return e.step + ": " + e.cause.Error() }
func (e stepError) Unwrap() error { return e.cause }
