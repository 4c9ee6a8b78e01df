package jobs

import (
	"context"
	"log/slog"
	"strings"
)

// warningHandler passes River's log on from Warn upwards: below that, River logs every job.
type warningHandler struct{ slog.Handler }

// Enabled reports whether a level is passed on.
func (w warningHandler) Enabled(ctx context.Context, level slog.Level) bool {
	return level >= slog.LevelWarn && w.Handler.Enabled(ctx, level)
}

// Handle drops the lines about cancelled work that River writes when the queue stops: these are no
// errors.
func (w warningHandler) Handle(ctx context.Context, r slog.Record) error {
	stopped := false
	// River has no typed error for this: the text of the error is all that the record has.
	r.Attrs(func(a slog.Attr) bool {
		stopped = a.Key == "error" && strings.Contains(a.Value.String(), context.Canceled.Error())
		return !stopped
	})
	if stopped {
		return nil
	}
	return w.Handler.Handle(ctx, r)
}

// WithAttrs returns a handler with more attributes and the same level.
func (w warningHandler) WithAttrs(attrs []slog.Attr) slog.Handler {
	return warningHandler{w.Handler.WithAttrs(attrs)}
}

// WithGroup returns a handler with a group and the same level.
func (w warningHandler) WithGroup(name string) slog.Handler {
	return warningHandler{w.Handler.WithGroup(name)}
}
