package server

import (
	"bytes"
	"context"
	"net/http"
	"strconv"
	"time"

	"github.com/99designs/gqlgen/graphql"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promauto"
	"github.com/vektah/gqlparser/v2/formatter"

	"usher/internal/store"
)

// Alive answers 200 while the process runs.
func Alive(w http.ResponseWriter, _ *http.Request) { writePlain(w, http.StatusOK, "alive\n") }

// readyTimeout is how long /readyz waits for the database. It is shorter than the usual timeout of
// probes.
const readyTimeout = 2 * time.Second

// Ready returns a handler that answers 200 when requests can be served: the process is not stopping
// and the database answers and is migrated. It answers 503 otherwise, always within readyTimeout.
func Ready(db *store.Store, ending context.Context) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		if ending.Err() != nil {
			writePlain(w, http.StatusServiceUnavailable, "stopping\n")
			return
		}
		ctx, cancel := context.WithTimeout(r.Context(), readyTimeout)
		defer cancel()
		// Buffered, so that the goroutine ends even if nobody waits any more.
		answer := make(chan string, 1)
		go func() {
			// A driver may notice the end of the context late, so the handler does not wait for it.
			done, err := db.Migrated(ctx)
			switch {
			case err != nil:
				answer <- "the database does not answer\n"
			case !done:
				answer <- "the database is not migrated\n"
			default:
				answer <- ""
			}
		}()
		select {
		case problem := <-answer:
			if problem == "" {
				writePlain(w, http.StatusOK, "ready\n")
				return
			}
			writePlain(w, http.StatusServiceUnavailable, problem)
		case <-ctx.Done():
			writePlain(w, http.StatusServiceUnavailable, "the database does not answer\n")
		}
	}
}

// serveJWKS serves the public keys of access tokens.
func (s *httpServer) serveJWKS(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "application/jwk-set+json")
	w.Header().Set("Cache-Control", "public, max-age=300")
	_, _ = w.Write(s.Accounts.JWKS())
}

// schemaHandler returns a handler of the published schema, for people and for client generators.
func schemaHandler(es graphql.ExecutableSchema) http.HandlerFunc {
	var b bytes.Buffer
	formatter.NewFormatter(&b, formatter.WithIndent("  ")).
		FormatSchema(es.Schema())
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Cache-Control", "public, max-age=300")
		writePlain(w, http.StatusOK, b.String())
	}
}

// writePlain writes a text as the whole answer.
func writePlain(w http.ResponseWriter, status int, text string) {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.WriteHeader(status)
	_, _ = w.Write([]byte(text))
}

var requestSeconds = promauto.NewHistogramVec(prometheus.HistogramOpts{
	Name: "usher_http_request_seconds", Help: "Time to answer a request, by route and status.",
	Buckets: []float64{.001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 10},
}, []string{"route", "status"})

// observeRequest records the duration of a request. Security: the label is the route, because the
// path may hold a token.
func observeRequest(r *http.Request, status int, took time.Duration) {
	route := r.Pattern
	if route == "" {
		route = "none"
	}
	requestSeconds.WithLabelValues(route, strconv.Itoa(status)).Observe(took.Seconds())
}
