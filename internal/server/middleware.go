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
	"usher/internal/oidc"
)

// statusClientGone is logged and counted when the client closed the connection before the response.
// It is never sent; the number is nginx's.
const statusClientGone = 499

// withMiddleware wraps all routes: CORS, request id, security headers, recovery from panics,
// metrics and the log line.
func (s *httpServer) withMiddleware(next http.Handler) http.Handler {
	origins := cors.New(cors.Options{
		AllowedOrigins: s.Settings.CORSOrigins,
		AllowedMethods: []string{http.MethodGet, http.MethodPost},
		// The second line holds what OpenTelemetry and Apollo Client add to each request. A
		// request with a header that is missing here fails in the browser.
		AllowedHeaders: []string{"Authorization", "Content-Type", "Accept-Language",
			"GraphQL-Require-Preflight", "Apollo-Require-Preflight", "Idempotency-Key",
			"traceparent", "tracestate", "baggage",
			"apollographql-client-name", "apollographql-client-version"},
		// file name of a download, time to wait, why a token is refused, request id for support
		ExposedHeaders: []string{"Content-Disposition", "Retry-After", "WWW-Authenticate",
			"X-Request-Id", "RateLimit", "RateLimit-Policy", "Idempotency-Replayed"},
		// Security: front ends of the same site sign in by the session cookie. The origins are
		// exact. The browser sends a JSON request, or a header that proves a preflight, from no
		// other origin; anything else that comes from another site is refused.
		AllowCredentials: true,
		MaxAge:           3600,
	})
	if len(s.Settings.CORSOrigins) > 0 { // rs/cors allows every origin when the list is empty
		plain, limited := next, origins.Handler(next)
		next = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			// The endpoints for applications know the origins of each application.
			if oidc.AnswersCORS(r.URL.Path) {
				plain.ServeHTTP(w, r)
				return
			}
			limited.ServeHTTP(w, r)
		})
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
			// The process is stopping. Without this header a kept-alive connection would be closed
			// in the middle of the client's next request.
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
			if !isStream(seen) { // the length of a stream is no response time
				observeRequest(r, seen.status, time.Since(record.Start))
			}
			record.Log(r.Context(), s.Log, logLevel(r, seen.status), "request",
				slog.String("method", r.Method),
				slog.String("path", withoutTokens(r.URL.Path)), slog.Int("status", seen.status))
			if v == http.ErrAbortHandler { // the client must see that the response is incomplete
				panic(v)
			}
		}()
		next.ServeHTTP(seen, r)
	})
}

// isStream reports whether the response is a websocket or an event stream, which lasts as long as
// the client wants.
func isStream(w *statusWriter) bool {
	return w.status == http.StatusSwitchingProtocols || w.Header().
		Get("Content-Type") == "text/event-stream"
}

// logLevel returns the level of a request's log line. Health checks come every few seconds and are
// logged for debugging only; 503 is the answer of a busy server, and no error of it.
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

// tokenPattern matches the token of a link. It matches by shape and not by route, because a
// mistyped path may still hold a valid token.
var tokenPattern = regexp.MustCompile(`[A-Za-z0-9_-]{40,}`)

// withoutTokens replaces the tokens of a path, for the log.
func withoutTokens(path string) string { return tokenPattern.ReplaceAllString(path, "…") }

// statusWriter stores the status of the response.
type statusWriter struct {
	http.ResponseWriter
	client context.Context // done when the client closes the connection
	status int
}

// WriteHeader records the status and passes it on.
func (w *statusWriter) WriteHeader(status int) {
	w.recordStatus(status)
	w.ResponseWriter.WriteHeader(status)
}

// Write records 200 if no status was written, as net/http does.
func (w *statusWriter) Write(b []byte) (int, error) {
	w.recordStatus(http.StatusOK)
	return w.ResponseWriter.Write(b)
}

// recordStatus stores the first status, or statusClientGone when the client has closed the
// connection: an error that follows from that is not the server's.
func (w *statusWriter) recordStatus(status int) {
	switch {
	case w.status != 0:
	case w.client.Err() != nil:
		w.status = statusClientGone
	default:
		w.status = status
	}
}

// withTimeLimit cancels the context of a route after inbound.TimeLimit.
func withTimeLimit(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		ctx, cancel := inbound.Limit(r.Context(), inbound.TimeLimit)
		defer cancel()
		inner := r.WithContext(ctx)
		next.ServeHTTP(w, inner)
		r.Pattern = inner.Pattern
	})
}

// Unwrap returns the wrapped writer, for http.ResponseController.
func (w *statusWriter) Unwrap() http.ResponseWriter { return w.ResponseWriter }

// Flush flushes the wrapped writer, for event streams.
func (w *statusWriter) Flush() { _ = http.NewResponseController(w.ResponseWriter).Flush() }
