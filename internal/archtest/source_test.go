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

// unkept are folders that building and testing leave behind, and git's own; .gitignore names them too.
var unkept = map[string]bool{".git": true, "node_modules": true, "var": true, "bin": true, "test-results": true, "playwright-report": true, "dist": true}

// file is one file of the repository; path is relative to its root, with slashes.
type file struct {
	path string
	text []byte
}

// source is one Go file.
type source struct {
	file
	ast  *ast.File
	fset *token.FileSet
}

var generated = regexp.MustCompile(`(?m)^// Code generated .* DO NOT EDIT\.$`)

// folder is the package's path without the module's name.
func (f file) folder() string { return path.Dir(f.path) }

func (f file) test() bool { return strings.HasSuffix(f.path, "_test.go") }

// line says where a node stands, for the message of a test.
func (s *source) line(n ast.Node) string {
	p := s.fset.Position(n.Pos())
	return strings.TrimPrefix(p.String(), root+"/")
}

// everything reads the repository once for all tests.
var everything = sync.OnceValues(func() ([]file, error) {
	var all []file
	err := filepath.WalkDir(root, func(name string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() {
			if unkept[d.Name()] {
				return filepath.SkipDir
			}
			return nil
		}
		if !d.Type().IsRegular() || unkept[d.Name()] { // in a linked work tree .git is a file
			return nil
		}
		text, err := os.ReadFile(name)
		if os.IsNotExist(err) {
			return nil // a test of another package just took it away
		}
		relative, _ := filepath.Rel(root, name)
		all = append(all, file{filepath.ToSlash(relative), text})
		return err
	})
	return all, err
})

func files(t *testing.T) []file {
	t.Helper()
	all, err := everything()
	if err != nil {
		t.Fatal(err)
	}
	if len(all) < 300 {
		t.Fatalf("only %d files were found: this is not the repository", len(all))
	}
	return all
}

// parsed parses the Go code once for all tests, what is generated too: it has imports.
var parsed = sync.OnceValues(func() ([]*source, error) {
	all, err := everything()
	if err != nil {
		return nil, err
	}
	var list []*source
	for _, f := range all {
		if !strings.HasSuffix(f.path, ".go") {
			continue
		}
		fset := token.NewFileSet()
		tree, err := parser.ParseFile(fset, root+"/"+f.path, f.text, parser.ParseComments|parser.SkipObjectResolution)
		if err != nil {
			return nil, err
		}
		list = append(list, &source{f, tree, fset})
	}
	return list, nil
})

// sources are all Go files, generated ones included.
func sources(t *testing.T) []*source {
	t.Helper()
	list, err := parsed()
	if err != nil {
		t.Fatal(err)
	}
	return list
}

// handwritten are the Go files that people wrote, tests included.
func handwritten(t *testing.T) []*source {
	t.Helper()
	var list []*source
	for _, s := range sources(t) {
		if !generated.Match(s.text) {
			list = append(list, s)
		}
	}
	return list
}

// code is what people wrote and what runs: no tests, and nothing that only tests use.
func code(t *testing.T) []*source {
	t.Helper()
	var list []*source
	for _, s := range handwritten(t) {
		if !s.test() && !strings.HasPrefix(s.path, "internal/testkit/") {
			list = append(list, s)
		}
	}
	return list
}

func lines(text []byte) int { return bytes.Count(text, []byte("\n")) }
