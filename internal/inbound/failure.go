package inbound

import (
	"context"
	"errors"
	"log/slog"

	"usher/internal/fault"
)

// Fail notes in the record of a request how it failed: the code, and the cause where somebody must
// look at it. Internal errors are noted at ERROR, a service that could not be reached at WARN.
// Nothing was wrong where the client hung up. Outside of a request it writes a line of its own.
// step, which may be empty, says what failed.
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
	if f.Code == fault.Unavailable && errors.Is(context.Cause(ctx), context.Canceled) {
		return
	}
	if step != "" {
		cause = stepError{step, cause}
	}
	if record.Cause(level, cause, stack) {
		return
	}
	attrs := []any{"codes", string(f.Code), "error", cause}
	if stack != "" {
		attrs = append(attrs, "stack", stack)
	}
	log.Log(ctx, level, "request failed", attrs...)
}

// stepError says where an error happened.
type stepError struct {
	step  string
	cause error
}

func (e stepError) Error() string { return e.step + ": " + e.cause.Error() }
func (e stepError) Unwrap() error { return e.cause }
