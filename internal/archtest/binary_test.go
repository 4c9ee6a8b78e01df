package archtest

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// maxBinary is the size in bytes that the server's binary may have, built as the Makefile builds
// it. An issue that brings more than it can spare raises the limit and says why: the provider of
// OpenID Connect is a certified library, which brings JOSE, a router and the API of OpenTelemetry;
// API keys and the tables of names in other scripts bring half a megabyte more; the
// generated code of the two tables of webhooks, and what other issues brought since, two. The
// console and GraphiQL, which a checkout has once they are built, are two more.
const maxBinary = 63e6

// forbiddenPackages are packages that the server has no use for: code generators, compilers,
// parsers of configuration languages and test packages. Each came in once through a library.
var forbiddenPackages = []string{
	"ariga.io/", "entgo.io/contrib", "entgo.io/ent/dialect/sql/schema", "entgo.io/ent/entc",
	"github.com/99designs/gqlgen/api", "github.com/99designs/gqlgen/codegen",
	"github.com/99designs/gqlgen/plugin",
	"github.com/goccy/", "github.com/google/go-cmp", "github.com/hashicorp/hcl",
	"github.com/jackc/pgx", // the driver of the store is another one
	"github.com/stretchr/testify", "github.com/zclconf/",
	"go/build", "go/format", "go/parser", "go/printer", "go/types", "go.uber.org/goleak",
	"golang.org/x/tools",
	"pgregory.net/rapid", "testing", "usher/ent/migrate", "usher/internal/gen",
	"usher/internal/testkit", "usher/internal/apptest",
}

func TestTheServerImportsNoGeneratorsCompilersOrTestPackages(t *testing.T) {
	t.Parallel()
	imported := map[string][]string{}
	out := runGo(t, "list", "-deps", "-f", `{{.ImportPath}} {{join .Imports " "}}`,
		"usher/cmd/usher")
	for line := range strings.Lines(out) {
		words := strings.Fields(line)
		imported[words[0]] = words[1:]
	}

	seen := map[string]bool{}
	var visit func(path []string, name string)
	visit = func(path []string, name string) {
		if seen[name] {
			return
		}
		seen[name] = true
		path = append(path, name)
		for _, prefix := range forbiddenPackages {
			if name == strings.TrimSuffix(prefix, "/") ||
				strings.HasPrefix(name, strings.TrimSuffix(prefix, "/")+"/") {
				t.Errorf("the server imports %s", strings.Join(path, " → "))
				return
			}
		}
		for _, next := range imported[name] {
			visit(path, next)
		}
	}
	visit(nil, "usher/cmd/usher")
	if len(seen) < 100 {
		t.Fatalf("only %d packages found", len(seen))
	}
}

func TestTheServersBinaryStaysSmall(t *testing.T) {
	t.Parallel()
	makefile, err := os.ReadFile(filepath.Join(root, "Makefile"))
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(string(makefile), "-ldflags \"-s -w ") {
		t.Error("the Makefile builds usher with its symbols")
	}
	binary := filepath.Join(t.TempDir(), "usher")
	runGo(t, "build", "-ldflags=-s -w", "-o", binary, "usher/cmd/usher")
	f, err := os.Stat(binary)
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("usher has %d bytes", f.Size())
	if f.Size() > maxBinary {
		t.Errorf("usher has %d bytes, more than %d", f.Size(), int(maxBinary))
	}
}

func runGo(t *testing.T, args ...string) string {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "go", args...)
	cmd.Dir = root
	cmd.Stderr = t.Output()
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("go %s: %v", strings.Join(args, " "), err)
	}
	return string(out)
}
