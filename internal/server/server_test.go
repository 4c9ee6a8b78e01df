package server_test

import (
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/vektah/gqlparser/v2"
	"github.com/vektah/gqlparser/v2/ast"

	"usher/internal/app"
	"usher/internal/apptest"
)

func get(t *testing.T, url string) (int, string) {
	t.Helper()
	resp, err := http.Get(url)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	b, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return resp.StatusCode, string(b)
}

func TestThePublishedSchemaIsOneThatClientsCanRead(t *testing.T) {
	t.Parallel()
	k := apptest.New(t, "sqlite", apptest.WithoutWorker)
	status, text := get(t, k.URL+"/schema.graphql")
	if status != http.StatusOK || strings.Contains(text, "@go") {
		t.Fatalf("%d, and the generator's own directives: %v", status,
			strings.Contains(text, "@go"))
	}
	schema, err := gqlparser.LoadSchema(&ast.Source{Name: "schema.graphql", Input: text})
	if err != nil {
		t.Fatal(err)
	}
	if schema.Mutation.Fields.ForName("inviteUsers") == nil {
		t.Fatal("inviteUsers is not published")
	}
}

func TestHealthTellsAliveAndReady(t *testing.T) {
	t.Parallel()
	k := apptest.New(t, "sqlite", apptest.WithoutWorker)
	for _, path := range []string{"/healthz", "/readyz", "/.well-known/jwks.json"} {
		if status, text := get(t, k.URL+path); status != http.StatusOK {
			t.Errorf("%s: %d %s", path, status, text)
		}
	}
	if status, _ := get(t, k.URL+"/playground"); status != http.StatusNotFound {
		t.Errorf("the playground is there (%d) though nobody switched it on", status)
	}
}

func TestAFrontEndOnAnotherHostMayCallWhenItIsNamed(t *testing.T) {
	t.Parallel()
	const friend, stranger = "https://front.example.org", "https://elsewhere.example.org"
	set := apptest.Settings(t, apptest.Database(t, "sqlite"))
	set.PublicURL, set.CORSOrigins = &url.URL{Scheme: "http", Host: "usher.test"}, []string{friend}
	named, err := app.New(set, slog.New(slog.NewTextHandler(t.Output(), nil)), app.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer named.Store.Close()
	nobody := apptest.New(t, "sqlite", apptest.WithoutWorker, apptest.WithoutMail)
	ask := func(h http.Handler, method, origin string) http.Header {
		r := httptest.NewRequestWithContext(t.Context(), method, "/schema.graphql", nil)
		r.Header.Set("Origin", origin)
		if method == http.MethodOptions {
			r.Header.Set("Access-Control-Request-Method", http.MethodPost)
			r.Header.Set("Access-Control-Request-Headers", "authorization,content-type")
		}
		w := httptest.NewRecorder()
		h.ServeHTTP(w, r)
		return w.Result().Header
	}
	for _, method := range []string{http.MethodOptions, http.MethodGet} {
		if got := ask(named.Handler, method, friend).
			Get("Access-Control-Allow-Origin"); got != friend {
			t.Errorf("%s: the front end that was named gets %q", method, got)
		}
		for _, h := range []http.Header{ask(named.Handler, method, stranger),
			ask(nobody.Handler, method, friend)} {
			if got := h.Get("Access-Control-Allow-Origin"); got != "" {
				t.Errorf("%s: one that was not gets %q", method, got)
			}
		}
	}
	if got := ask(named.Handler, http.MethodGet, friend).
		Get("Access-Control-Expose-Headers"); !strings.Contains(got, "Content-Disposition") {
		t.Errorf("it reads %q, and not the name of a file", got)
	}
	if got := ask(named.Handler, http.MethodOptions, friend).
		Get("Access-Control-Allow-Credentials"); got != "true" {
		t.Errorf("its requests carry no cookies: %q", got)
	}
}
