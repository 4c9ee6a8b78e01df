package archtest

import (
	"bytes"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
)

// root is the repository, two levels above this package.
const root = "../.."

// ignoredFolders are folders that building and testing leave behind, and git's own; .gitignore
// names them too.
var ignoredFolders = map[string]bool{".git": true, "node_modules": true, "var": true, "bin": true, "test-results": true, "playwright-report": true, "dist": true}

// repoFile is one file of the repository; path is relative to its root, with slashes.
type repoFile struct {
	path string
	text []byte
}

// goSource is one Go file.
type goSource struct {
	repoFile
	ast  *ast.File
	fset *token.FileSet
}

var generated = regexp.MustCompile(`(?m)^// Code generated .* DO NOT EDIT\.$`)

// folder is the package's path without the module's name.
func (f repoFile) folder() string { return path.Dir(f.path) }

func (f repoFile) isTest() bool { return strings.HasSuffix(f.path, "_test.go") }

// position says where a node stands, for the message of a test.
func (s *goSource) position(n ast.Node) string {
	p := s.fset.Position(n.Pos())
	return strings.TrimPrefix(p.String(), root+"/")
}

// readRepository reads the repository once for all tests.
var readRepository = sync.OnceValues(func() ([]repoFile, error) {
	var all []repoFile
	err := filepath.WalkDir(root, func(name string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() {
			if ignoredFolders[d.Name()] {
				return filepath.SkipDir
			}
			return nil
		}
		if !d.Type().IsRegular() || ignoredFolders[d.Name()] { // in a linked work tree .git is a file
			return nil
		}
		text, err := os.ReadFile(name)
		if os.IsNotExist(err) {
			return nil // a test of another package just took it away
		}
		relative, _ := filepath.Rel(root, name)
		all = append(all, repoFile{filepath.ToSlash(relative), text})
		return err
	})
	return all, err
})

func repoFiles(t *testing.T) []repoFile {
	t.Helper()
	all, err := readRepository()
	if err != nil {
		t.Fatal(err)
	}
	if len(all) < 300 {
		t.Fatalf("only %d files were found: this is not the repository", len(all))
	}
	return all
}

// parseRepository parses the Go code once for all tests, what is generated too: it has imports.
var parseRepository = sync.OnceValues(func() ([]*goSource, error) {
	all, err := readRepository()
	if err != nil {
		return nil, err
	}
	var list []*goSource
	for _, f := range all {
		if !strings.HasSuffix(f.path, ".go") {
			continue
		}
		fset := token.NewFileSet()
		tree, err := parser.ParseFile(fset, root+"/"+f.path, f.text, parser.ParseComments|parser.SkipObjectResolution)
		if err != nil {
			return nil, err
		}
		list = append(list, &goSource{f, tree, fset})
	}
	return list, nil
})

// goSources are all Go files, generated ones included.
func goSources(t *testing.T) []*goSource {
	t.Helper()
	list, err := parseRepository()
	if err != nil {
		t.Fatal(err)
	}
	return list
}

// handwrittenSources are the Go files that people wrote, tests included.
func handwrittenSources(t *testing.T) []*goSource {
	t.Helper()
	var list []*goSource
	for _, s := range goSources(t) {
		if !generated.Match(s.text) {
			list = append(list, s)
		}
	}
	return list
}

// productSources is what people wrote and what runs: no tests, and nothing that only tests use.
func productSources(t *testing.T) []*goSource {
	t.Helper()
	var list []*goSource
	for _, s := range handwrittenSources(t) {
		if !s.isTest() && !strings.HasPrefix(s.path, "internal/testkit/") &&
			!strings.HasPrefix(s.path, "internal/apptest/") {
			list = append(list, s)
		}
	}
	return list
}

func countLines(text []byte) int { return bytes.Count(text, []byte("\n")) }
