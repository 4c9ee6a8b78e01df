package server

import (
	"context"
	"crypto/rand"
	"log/slog"
	"net/http"
	"net/netip"
	"regexp"
	"runtime/debug"
	"slices"
	"strings"
	"time"

	"github.com/rs/cors"
)

type requestIDKey struct{}

// RequestID names a request, in its log line and in the answer to an internal error.
func RequestID(ctx context.Context) string {
	i, _ := ctx.Value(requestIDKey{}).(string)
	return i
}

// around puts around every route what all of them need.
func (s *server) around(next http.Handler) http.Handler {
	origins := cors.New(cors.Options{
		AllowedOrigins: s.Settings.CORSOrigins,
		AllowedMethods: []string{http.MethodGet, http.MethodPost},
		AllowedHeaders: []string{"Authorization", "Content-Type", "Accept-Language", "Idempotency-Key", "GraphQL-Require-Preflight"},
		ExposedHeaders: []string{"Content-Disposition", "Retry-After", "X-Request-Id"}, // the name of a file, when to come back, what to tell support
		MaxAge:         3600,
	})
	if len(s.Settings.CORSOrigins) > 0 { // without any, rs/cors would allow all
		next = origins.Handler(next)
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		id := rand.Text()[:16]
		r = r.WithContext(context.WithValue(r.Context(), requestIDKey{}, id))
		h := w.Header()
		h.Set("X-Request-Id", id)
		h.Set("X-Content-Type-Options", "nosniff")
		if s.Settings.PublicURL.Scheme == "https" {
			h.Set("Strict-Transport-Security", "max-age=31536000; includeSubDomains")
		}
		seen := &watched{ResponseWriter: w}
		start := time.Now()
		defer func() {
			if v := recover(); v != nil && v != http.ErrAbortHandler {
				s.Log.Error("panic", "request", id, "value", v, "stack", string(debug.Stack()))
				if seen.status == 0 {
					http.Error(seen, http.StatusText(http.StatusInternalServerError), http.StatusInternalServerError)
				}
			}
			if !lasts(seen) { // hours of listening say nothing about how fast we are
				observe(r, seen.status, time.Since(start))
			}
			s.Log.LogAttrs(r.Context(), level(r, seen.status), "request", slog.String("request", id), slog.String("method", r.Method),
				slog.String("path", withoutTokens(r.URL.Path)), slog.Int("status", seen.status), slog.Duration("took", time.Since(start)))
		}()
		next.ServeHTTP(seen, r)
	})
}

// lasts tells an answer whose length its client chooses.
func lasts(w *watched) bool {
	return w.status == http.StatusSwitchingProtocols || w.Header().Get("Content-Type") == "text/event-stream"
}

func level(r *http.Request, status int) slog.Level {
	switch {
	case status >= 500:
		return slog.LevelError
	case r.URL.Path == "/healthz" || r.URL.Path == "/readyz":
		return slog.LevelDebug
	}
	return slog.LevelInfo
}

// token is what a secret of a link looks like. It goes by the shape, not by the path: a mistyped address leads nowhere,
// but its token is still good.
var token = regexp.MustCompile(`[A-Za-z0-9_-]{40,}`)

// withoutTokens keeps tokens out of the log.
func withoutTokens(path string) string { return token.ReplaceAllString(path, "…") }

// clientIP is the address of the client: the connection's, or, when that is one of the operator's proxies, the last
// address of the forwarding header that is not.
//
// Security: whoever is not behind a configured proxy can write anything into these headers, so theirs are not read.
func (s *server) clientIP(r *http.Request) netip.Addr {
	at, err := netip.ParseAddrPort(r.RemoteAddr)
	if err != nil {
		return netip.Addr{}
	}
	ip := at.Addr().Unmap()
	if !s.proxy(ip) {
		return ip
	}
	hops := strings.Split(strings.Join(r.Header.Values("X-Forwarded-For"), ","), ",")
	for _, hop := range slices.Backward(hops) {
		forwarded, err := netip.ParseAddr(strings.TrimSpace(hop))
		if err != nil {
			break
		}
		ip = forwarded.Unmap()
		if !s.proxy(ip) {
			break
		}
	}
	return ip
}

func (s *server) proxy(ip netip.Addr) bool {
	return slices.ContainsFunc(s.Settings.TrustedProxies, func(p netip.Prefix) bool { return p.Contains(ip) })
}

// watched remembers the status that was written.
type watched struct {
	http.ResponseWriter
	status int
}

func (w *watched) WriteHeader(status int) {
	if w.status == 0 {
		w.status = status
	}
	w.ResponseWriter.WriteHeader(status)
}

func (w *watched) Write(b []byte) (int, error) {
	if w.status == 0 {
		w.status = http.StatusOK
	}
	return w.ResponseWriter.Write(b)
}

// Unwrap lets http.ResponseController reach what is below.
func (w *watched) Unwrap() http.ResponseWriter { return w.ResponseWriter }

// Flush passes on, for event streams.
func (w *watched) Flush() { _ = http.NewResponseController(w.ResponseWriter).Flush() }
