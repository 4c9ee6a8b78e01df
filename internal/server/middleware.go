package server

import (
	"context"
	"crypto/rand"
	"fmt"
	"log/slog"
	"net/http"
	"regexp"
	"runtime/debug"
	"time"

	"github.com/rs/cors"

	"usher/internal/inbound"
)

// statusClientGone is logged and counted for a request whose client hung up before it was answered.
// Nobody gets it; nginx made the number customary.
const statusClientGone = 499

// withMiddleware puts around every route what all of them need.
func (s *httpServer) withMiddleware(next http.Handler) http.Handler {
	origins := cors.New(cors.Options{
		AllowedOrigins: s.Settings.CORSOrigins,
		AllowedMethods: []string{http.MethodGet, http.MethodPost},
		AllowedHeaders: []string{"Authorization", "Content-Type", "Accept-Language",
			"GraphQL-Require-Preflight"},
		// the name of a file, when to come back, what to tell support
		ExposedHeaders: []string{"Content-Disposition", "Retry-After", "X-Request-Id"},
		MaxAge:         3600,
	})
	if len(s.Settings.CORSOrigins) > 0 { // without any, rs/cors would allow all
		next = origins.Handler(next)
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		id := rand.Text()[:16]
		seen := &statusWriter{ResponseWriter: w, client: r.Context()}
		ctx, record := inbound.Begin(r.Context(), id)
		r = r.WithContext(ctx)
		h := w.Header()
		h.Set("X-Request-Id", id)
		h.Set("X-Content-Type-Options", "nosniff")
		if s.Settings.PublicURL.Scheme == "https" {
			h.Set("Strict-Transport-Security", "max-age=31536000; includeSubDomains")
		}
		if s.Ending.Err() != nil {
			// The process stops. The client is asked to come back on another connection: one that
			// stayed open would be closed under its next request.
			h.Set("Connection", "close")
		}
		defer func() {
			v := recover()
			if v != nil && v != http.ErrAbortHandler {
				record.Cause(slog.LevelError, fmt.Errorf("panic: %v", v), string(debug.Stack()))
				if seen.status == 0 {
					http.Error(seen, http.StatusText(http.StatusInternalServerError),
						http.StatusInternalServerError)
				}
			}
			if !isStream(seen) { // hours of listening say nothing about how fast we are
				observeRequest(r, seen.status, time.Since(record.Start))
			}
			record.Log(r.Context(), s.Log, logLevel(r, seen.status), "request",
				slog.String("method", r.Method),
				slog.String("path", withoutTokens(r.URL.Path)), slog.Int("status", seen.status))
			if v == http.ErrAbortHandler { // an answer that must be seen to break off
				panic(v)
			}
		}()
		next.ServeHTTP(seen, r)
	})
}

// isStream tells an answer whose length its client chooses.
func isStream(w *statusWriter) bool {
	return w.status == http.StatusSwitchingProtocols || w.Header().
		Get("Content-Type") == "text/event-stream"
}

func logLevel(r *http.Request, status int) slog.Level {
	switch {
	case status == http.StatusServiceUnavailable:
		return slog.LevelWarn
	case status >= 500:
		return slog.LevelError
	case r.URL.Path == "/healthz" || r.URL.Path == "/readyz":
		return slog.LevelDebug
	}
	return slog.LevelInfo
}

// tokenPattern is what a secret of a link looks like. It goes by the shape, not by the path: a
// mistyped address leads nowhere, but its token is still good.
var tokenPattern = regexp.MustCompile(`[A-Za-z0-9_-]{40,}`)

// withoutTokens keeps tokens out of the log.
func withoutTokens(path string) string { return tokenPattern.ReplaceAllString(path, "…") }

// statusWriter remembers the status that was written.
type statusWriter struct {
	http.ResponseWriter
	client context.Context // ends when the client hangs up
	status int
}

func (w *statusWriter) WriteHeader(status int) {
	w.recordStatus(status)
	w.ResponseWriter.WriteHeader(status)
}

func (w *statusWriter) Write(b []byte) (int, error) {
	w.recordStatus(http.StatusOK)
	return w.ResponseWriter.Write(b)
}

// recordStatus keeps the first status, or that the client was gone by then: what it was then told
// says nothing about us.
func (w *statusWriter) recordStatus(status int) {
	switch {
	case w.status != 0:
	case w.client.Err() != nil:
		w.status = statusClientGone
	default:
		w.status = status
	}
}

// withTimeLimit lets a route work for as long as a request may (inbound.TimeLimit).
func withTimeLimit(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		ctx, cancel := inbound.Limit(r.Context(), inbound.TimeLimit)
		defer cancel()
		inner := r.WithContext(ctx)
		next.ServeHTTP(w, inner)
		r.Pattern = inner.Pattern
	})
}

// Unwrap lets http.ResponseController reach what is below.
func (w *statusWriter) Unwrap() http.ResponseWriter { return w.ResponseWriter }

// Flush passes on, for event streams.
func (w *statusWriter) Flush() { _ = http.NewResponseController(w.ResponseWriter).Flush() }
