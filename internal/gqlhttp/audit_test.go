//go:build audit

package gqlhttp_test

import (
	"context"
	"os/exec"
	"path/filepath"
	"testing"

	"usher/internal/gqlhttp"
)

// TestThePublicAuditPasses wants Node, and the packages of web/package.json installed. Once as a
// stranger, once as someone who may look into the schema.
func TestThePublicAuditPasses(t *testing.T) {
	t.Parallel()
	script, err := filepath.Abs("testdata/audit.mjs")
	if err != nil {
		t.Fatal(err)
	}
	for name, open := range map[string]bool{"a stranger": false, "somebody signed in": true} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := setup(t, func(o *gqlhttp.Options) {
				o.Introspection = func(context.Context) bool { return open }
			})
			args := []string{script, b.URL + "/graphql"}
			if open {
				args = append(args, "--introspect")
			}
			node := exec.CommandContext(t.Context(), "node", args...)
			node.Dir = "../../web"
			out, err := node.CombinedOutput()
			t.Logf("%s", out)
			if err != nil {
				t.Error(err)
			}
		})
	}
}
