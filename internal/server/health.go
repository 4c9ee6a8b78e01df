package server

import (
	"bytes"
	"context"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/99designs/gqlgen/graphql"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promauto"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/formatter"

	"usher/internal/store"
)

// Alive says that the process runs.
func Alive(w http.ResponseWriter, _ *http.Request) { writePlain(w, http.StatusOK, "alive\n") }

// readyTimeout is how long /readyz waits for the database. Probes give up after a few seconds, and
// a database that takes longer for one small read cannot serve anyway.
const readyTimeout = 2 * time.Second

// Ready returns a handler that says whether requests can be answered: the process is not about to
// stop, and the database is reached and migrated. It answers within readyTimeout, whatever the
// database does.
func Ready(db *store.Store, ending context.Context) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		if ending.Err() != nil {
			writePlain(w, http.StatusServiceUnavailable, "stopping\n")
			return
		}
		ctx, cancel := context.WithTimeout(r.Context(), readyTimeout)
		defer cancel()
		answer := make(chan string, 1)
		go func() {
			// A driver may take a moment longer to notice that the time is over; nobody waits for
			// it here.
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

// serveJWKS publishes the keys that access tokens are signed with.
func (s *httpServer) serveJWKS(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "application/jwk-set+json")
	w.Header().Set("Cache-Control", "public, max-age=300")
	_, _ = w.Write(s.Accounts.JWKS())
}

// schemaHandler is the whole schema, for people and for generators of clients.
func schemaHandler(es graphql.ExecutableSchema) http.HandlerFunc {
	var b bytes.Buffer
	formatter.NewFormatter(&b, formatter.WithIndent("  ")).
		FormatSchema(withoutGeneratorDirectives(es.Schema()))
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Cache-Control", "public, max-age=300")
		writePlain(w, http.StatusOK, b.String())
	}
}

// withoutGeneratorDirectives is a schema without the directives of the code generator, which mean
// nothing to a client.
func withoutGeneratorDirectives(s *ast.Schema) *ast.Schema {
	ours := func(name string) bool { return strings.HasPrefix(name, "go") }
	keep := func(list ast.DirectiveList) ast.DirectiveList {
		return slices.DeleteFunc(slices.Clone(list), func(d *ast.Directive) bool {
			return ours(d.Name)
		})
	}
	out := *s
	out.Directives = maps.Clone(s.Directives)
	maps.DeleteFunc(out.Directives, func(name string, _ *ast.DirectiveDefinition) bool {
		return ours(name)
	})
	out.Types = map[string]*ast.Definition{}
	for name, def := range s.Types {
		d := *def
		d.Directives, d.Fields = keep(def.Directives), slices.Clone(def.Fields)
		for i, field := range d.Fields {
			f := *field
			f.Directives = keep(field.Directives)
			d.Fields[i] = &f
		}
		out.Types[name] = &d
	}
	for _, root := range []**ast.Definition{&out.Query, &out.Mutation, &out.Subscription} {
		if *root != nil {
			*root = out.Types[(*root).Name]
		}
	}
	return &out
}

func writePlain(w http.ResponseWriter, status int, text string) {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.WriteHeader(status)
	_, _ = w.Write([]byte(text))
}

var requestSeconds = promauto.NewHistogramVec(prometheus.HistogramOpts{
	Name: "usher_http_request_seconds", Help: "Time to answer a request, by route and status.",
	Buckets: []float64{.001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 10},
}, []string{"route", "status"})

// observeRequest counts a request under its route, never under its path, which may hold a token.
func observeRequest(r *http.Request, status int, took time.Duration) {
	route := r.Pattern
	if route == "" {
		route = "none"
	}
	requestSeconds.WithLabelValues(route, strconv.Itoa(status)).Observe(took.Seconds())
}
