// Package inbound holds what Usher knows of one request while it answers it: its id, how long it
// may still work, and what its one line in the log will say.
//
// The middleware of internal/server starts a Record and writes the line when the answer is out.
// Every layer in between only adds to it, so that one error is one line, with its operation, its
// cause and the time that was spent.
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

// Record collects what the log line of one request says. Its methods are safe for concurrent use:
// resolvers run side by side.
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

// maxCauses bounds what a record keeps: a stream that lasts for hours may fail at each of its
// events.
const maxCauses = 10

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

// Operation names what the request asks for: "query members", "accept invitation". The last name
// wins.
func (r *Record) Operation(name string) {
	if r == nil {
		return
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.operation = name
}

// Code notes an error code of the answer.
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

// Cause notes why a request failed, and how loudly the log has to say so. stack may be empty. On a
// nil record it does nothing and returns false: the caller has to log by itself.
func (r *Record) Cause(level slog.Level, cause error, stack string) bool {
	if r == nil {
		return false
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if len(r.causes) < maxCauses {
		r.causes = append(r.causes, cause)
	}
	r.level = max(r.level, level)
	if r.stack == "" {
		r.stack = stack
	}
	return true
}

// Spend notes time that the request has used of its limit.
func (r *Record) Spend(d time.Duration) {
	if r == nil {
		return
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.spent += d
}

// Spent returns how much of its limit the request of a context has used already.
func Spent(ctx context.Context) time.Duration {
	r := From(ctx)
	if r == nil {
		return 0
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.spent
}

// Codes returns the error codes noted so far, sorted.
func (r *Record) Codes() []string {
	r.mu.Lock()
	defer r.mu.Unlock()
	return slices.Sorted(slices.Values(r.codes))
}

// Log writes the line: message, request_id, operation, codes, milliseconds, the given attributes,
// and the causes. The level is the higher one of the given and of that of the causes.
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

// Milliseconds is how a duration stands in the log: a number whose name says its unit, with one
// decimal.
func Milliseconds(d time.Duration) slog.Attr {
	return slog.Float64("milliseconds", float64(d.Round(100*time.Microsecond))/float64(
		time.Millisecond))
}
