package server

import (
	"bytes"
	"compress/gzip"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/fstest"

	"usher/internal/config"
)

func TestGraphiQLIsSentCompressedWhereTheClientAcceptsIt(t *testing.T) {
	t.Parallel()
	const script = "console.log('GraphiQL')"
	var packed bytes.Buffer
	z := gzip.NewWriter(&packed)
	if _, err := z.Write([]byte(script)); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	files := fstest.MapFS{
		"dist/graphiql.min.js.gz": {Data: packed.Bytes()},
		"playground.css":          {Data: []byte("body {}")},
		"index.html":              {Data: []byte("<title>GraphiQL</title>")},
	}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /playground", playgroundHandler(files, "index.html"))
	mux.HandleFunc("GET /playground/{file}", playgroundHandler(files, ""))

	for _, c := range []struct{ path, accept, kind, coding, body string }{
		{"/playground", "gzip", "text/html", "", "<title>GraphiQL</title>"},
		{"/playground/playground.css", "gzip", "text/css", "", "body {}"},
		{"/playground/graphiql.min.js", "gzip, br", "text/javascript", "gzip", packed.String()},
		{"/playground/graphiql.min.js", "br", "text/javascript", "", script},
		{"/playground/graphiql.min.js", "gzip;q=0", "text/javascript", "", script},
	} {
		r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, c.path, nil)
		r.Header.Set("Accept-Encoding", c.accept)
		w := httptest.NewRecorder()
		mux.ServeHTTP(w, r)
		if w.Code != http.StatusOK || w.Body.String() != c.body {
			t.Errorf("%s, %s: %d %q, want %q", c.path, c.accept, w.Code, w.Body, c.body)
		}
		h := w.Header()
		if !strings.HasPrefix(h.Get("Content-Type"), c.kind) ||
			h.Get("Content-Encoding") != c.coding {
			t.Errorf("%s, %s: it is %s, coded %q", c.path, c.accept, h.Get("Content-Type"),
				h.Get("Content-Encoding"))
		}
		if h.Get("Content-Security-Policy") != playgroundPolicy {
			t.Errorf("%s: policy %q", c.path, h.Get("Content-Security-Policy"))
		}
	}
	w := httptest.NewRecorder()
	mux.ServeHTTP(w, httptest.NewRequestWithContext(t.Context(), http.MethodGet,
		"/playground/other.js", nil))
	if w.Code != http.StatusNotFound {
		t.Errorf("a file that does not exist: %d", w.Code)
	}
}

func TestABrowserThatOpensTheAPIIsLedToGraphiQL(t *testing.T) {
	t.Parallel()
	served := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(http.StatusTeapot)
	})
	for _, c := range []struct {
		playground     bool
		method, target string
		accept         string
		want           int
	}{
		{true, http.MethodGet, "/graphql", "text/html,*/*;q=0.8", http.StatusSeeOther},
		{true, http.MethodGet, "/graphql?query={ok}", "text/html", http.StatusTeapot},
		{true, http.MethodGet, "/graphql", "application/json", http.StatusTeapot},
		{true, http.MethodPost, "/graphql", "text/html", http.StatusTeapot},
		{false, http.MethodGet, "/graphql", "text/html", http.StatusTeapot},
	} {
		s := &httpServer{Deps: Deps{Settings: config.Settings{Playground: c.playground}}}
		r := httptest.NewRequestWithContext(t.Context(), c.method, c.target, nil)
		r.Header.Set("Accept", c.accept)
		w := httptest.NewRecorder()
		s.withPlayground(served).ServeHTTP(w, r)
		if w.Code != c.want {
			t.Errorf("%+v: %d", c, w.Code)
		}
	}
}
