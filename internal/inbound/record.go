// Package inbound holds the state of one HTTP request: its id, its time limit, and the content of
// its log line.
//
// The middleware of internal/server starts a Record and writes the line after the response. The
// layers in between only add to it, so that each request has one line with its operation, causes
// and duration.
package inbound

import (
	"context"
	"errors"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"time"
)

// Record collects the content of a request's log line. It is safe for concurrent use, because
// resolvers run concurrently.
type Record struct {
	ID    string
	Start time.Time

	mu        sync.Mutex
	operation string
	codes     []string
	causes    []error
	stack     string
	level     slog.Level
	spent     time.Duration
}

// maxCauses limits the causes of a record, because a long stream may fail at each of its events.
const maxCauses = 10

// recordKey is the context key of the Record of a request.
type recordKey struct{}

// Begin starts the record of a request and returns the context that carries it.
func Begin(ctx context.Context, id string) (context.Context, *Record) {
	r := &Record{ID: id, Start: time.Now()}
	return context.WithValue(ctx, recordKey{}, r), r
}

// From returns the record of the request that a context belongs to, nil outside of one.
func From(ctx context.Context) *Record {
	r, _ := ctx.Value(recordKey{}).(*Record)
	return r
}

// ID returns the id of the request that a context belongs to, empty outside of one.
func ID(ctx context.Context) string {
	if r := From(ctx); r != nil {
		return r.ID
	}
	return ""
}

// Operation sets the name of the operation: "query members", "accept invitation". The last call
// wins.
func (r *Record) Operation(name string) {
	if r == nil {
		return
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.operation = name
}

// Code adds an error code of the response.
func (r *Record) Code(code string) {
	if r == nil {
		return
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if !slices.Contains(r.codes, code) {
		r.codes = append(r.codes, code)
	}
}

// Cause adds an error and raises the level of the line. stack may be "". On a nil record it returns
// false, and the caller must log itself.
func (r *Record) Cause(level slog.Level, cause error, stack string) bool {
	if r == nil {
		return false
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	// Bounded, because one request may fail in each of its fields.
	if len(r.causes) < maxCauses {
		r.causes = append(r.causes, cause)
	}
	r.level = max(r.level, level)
	if r.stack == "" {
		r.stack = stack
	}
	return true
}

// Spend adds time that counts against the request's limit.
func (r *Record) Spend(d time.Duration) {
	if r == nil {
		return
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.spent += d
}

// Spent returns the time that counts against the request's limit so far.
func Spent(ctx context.Context) time.Duration {
	r := From(ctx)
	if r == nil {
		return 0
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.spent
}

// Codes returns the error codes so far, sorted.
func (r *Record) Codes() []string {
	r.mu.Lock()
	defer r.mu.Unlock()
	return slices.Sorted(slices.Values(r.codes))
}

// Log writes the line: message, request_id, operation, codes, milliseconds, the given attributes,
// and the causes. Its level is the maximum of level and the levels of the causes.
func (r *Record) Log(ctx context.Context, log *slog.Logger, level slog.Level, message string,
	attrs ...slog.Attr) {
	r.mu.Lock()
	defer r.mu.Unlock()
	all := []slog.Attr{slog.String("request_id", r.ID)}
	if r.operation != "" {
		all = append(all, slog.String("operation", r.operation))
	}
	if len(r.codes) > 0 {
		all = append(all,
			slog.String("codes", strings.Join(slices.Sorted(slices.Values(r.codes)), ",")))
	}
	all = append(append(all, attrs...), Milliseconds(time.Since(r.Start)))
	if len(r.causes) > 0 {
		all = append(all, slog.Any("error", errors.Join(r.causes...)))
	}
	if r.stack != "" {
		all = append(all, slog.String("stack", r.stack))
	}
	log.LogAttrs(ctx, max(level, r.level), message, all...)
}

// Milliseconds returns the log attribute of a duration, in milliseconds with one decimal.
func Milliseconds(d time.Duration) slog.Attr {
	return slog.Float64("milliseconds", float64(d.Round(100*time.Microsecond))/float64(
		time.Millisecond))
}
