package archtest

import (
	"bytes"
	"go/ast"
	"regexp"
	"strings"
	"testing"
)

func TestNoHandwrittenFileIsLongerThanFiveHundredLines(t *testing.T) {
	t.Parallel()
	const most = 500
	for _, f := range repoFiles(t) {
		if kind, counts := handwrittenKinds[fileExtension(f.path)]; !counts || kind == "" ||
			generated.Match(f.text) || f.path == "graph/ent.graphql" ||
			f.path == "graph/released.graphql" || strings.Contains(f.path, "/src/gql/") ||
			strings.HasSuffix(f.path, ".gen.ts") { // the routes of the console
			continue
		}
		if n := countLines(f.text); n > most &&
			!strings.HasPrefix(f.path, "internal/store/migrations/") {
			t.Errorf("%s has %d lines, over %d: it is about two things", f.path, n, most)
		}
	}
}

// longPackages are over the limit of TestNoPackageIsLongerThanFourThousandLines, each with the
// reason. A package that has been cut has to leave the list.
var longPackages = map[string]string{
	"graph":            "gqlgen wants the resolvers of all types in one package",
	"internal/imports": "not cut yet",
}

// TestNoPackageIsLongerThanFourThousandLines counts the lines of each package that people write,
// tests apart.
func TestNoPackageIsLongerThanFourThousandLines(t *testing.T) {
	t.Parallel()
	const most = 4000
	lines := map[string]int{}
	for _, s := range productSources(t) {
		for _, tree := range []string{"internal/", "graph", "cmd/"} {
			if strings.HasPrefix(s.path, tree) {
				lines[s.folder()] += countLines(s.text)
			}
		}
	}
	if len(lines) < 50 {
		t.Errorf("only %d packages were found", len(lines))
	}
	for folder, n := range lines {
		if longPackages[folder] == "" && n > most {
			t.Errorf("%s has %d lines, over %d: a part of it wants to be a package", folder, n, most)
		}
	}
	for folder := range longPackages {
		if n := lines[folder]; n <= most {
			t.Errorf("%s has %d lines, which is within the limit: take it off the list", folder, n)
		}
	}
}

// handwrittenKinds are the endings of what people write line by line.
var handwrittenKinds = map[string]string{
	".go": "Go", ".graphql": "schema", ".ts": "script", ".tsx": "script", ".js": "script",
	".mjs": "script", ".css": "style",
	".html": "template", ".md": "prose", ".sh": "script", ".sql": "migration",
}

func fileExtension(path string) string {
	if i := strings.LastIndexByte(path, '.'); i >= 0 {
		return path[i:]
	}
	return ""
}

// The words are put together so that this file does not hold them.
var (
	unfinished = regexp.MustCompile(`\b(TO` + `DO|FIX` + `ME|XX` + `X|HA` + `CK|st` + `ub)\b`)
	vagueName  = regexp.MustCompile(`(Manager|Help` + `er|Ut` + `il|Utils|Com` + `mon)($|[A-Z_])`)
	skipped    = regexp.MustCompile(`\b[tb]\.Sk` + `ip(f|Now)?\(`)
)

// allowedVagueNames are names of others, or words of the domain that only look vague.
var allowedVagueNames = map[string]string{
	"Manager": "the built-in role of who leads an org unit (domain.md)",
}

func TestNothingIsLeftUnfinishedOrSkipped(t *testing.T) {
	t.Parallel()
	for _, s := range handwrittenSources(t) {
		for i, line := range bytes.Split(s.text, []byte("\n")) {
			if m := unfinished.Find(line); m != nil {
				t.Errorf("%s:%d: %s", s.path, i+1, m)
			}
			if m := skipped.Find(line); m != nil {
				t.Errorf("%s:%d: a test that is skipped proves nothing", s.path, i+1)
			}
		}
	}
}

func TestNamesSayWhatThingsAre(t *testing.T) {
	t.Parallel()
	for _, s := range productSources(t) {
		for _, word := range []string{"util", "helper", "common", "manager", "misc"} {
			if base := s.path[strings.LastIndexByte(s.path, '/')+1:]; strings.HasPrefix(base, word+
				".") || strings.HasPrefix(base, word+"s.") || strings.HasSuffix(s.folder(),
				"/"+word) {
				// passwords that are common
				if base != "common.go" || s.folder() != "internal/password" {
					t.Errorf("%s: a name that would fit anything", s.path)
				}
			}
		}
		for _, decl := range s.ast.Decls {
			for _, name := range declaredNames(decl) {
				if vagueName.MatchString(name.Name) && allowedVagueNames[name.Name] == "" {
					t.Errorf("%s: %s: a name that would fit anything", s.position(name), name.Name)
				}
			}
		}
	}
}

// declaredNames are the names that a declaration brings.
func declaredNames(decl ast.Decl) []*ast.Ident {
	switch d := decl.(type) {
	case *ast.FuncDecl:
		return []*ast.Ident{d.Name}
	case *ast.GenDecl:
		var names []*ast.Ident
		for _, spec := range d.Specs {
			switch s := spec.(type) {
			case *ast.TypeSpec:
				names = append(names, s.Name)
			case *ast.ValueSpec:
				names = append(names, s.Names...)
			}
		}
		return names
	}
	return nil
}
