package server_test

import (
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/vektah/gqlparser/v2"
	"github.com/vektah/gqlparser/v2/ast"

	"usher/internal/testkit/usherkit"
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
	k := usherkit.New(t, "sqlite", usherkit.WithoutWorker)
	status, text := get(t, k.URL+"/schema.graphql")
	if status != http.StatusOK || strings.Contains(text, "@go") {
		t.Fatalf("%d, and the generator's own directives: %v", status, strings.Contains(text, "@go"))
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
	k := usherkit.New(t, "sqlite", usherkit.WithoutWorker)
	for _, path := range []string{"/healthz", "/readyz", "/.well-known/jwks.json"} {
		if status, text := get(t, k.URL+path); status != http.StatusOK {
			t.Errorf("%s: %d %s", path, status, text)
		}
	}
	if status, _ := get(t, k.URL+"/playground"); status != http.StatusNotFound {
		t.Errorf("the playground is there (%d) though nobody switched it on", status)
	}
}
