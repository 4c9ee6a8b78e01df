package archtest

import (
	"bytes"
	"go/ast"
	"path"
	"regexp"
	"strings"
	"testing"
)

func TestEveryPackageSaysWhatItIsFor(t *testing.T) {
	t.Parallel()
	said := map[string]string{}
	for _, s := range handwrittenSources(t) {
		name := s.ast.Name.Name
		if s.isTest() && strings.HasSuffix(name, "_test") {
			continue
		}
		if _, known := said[s.folder()]; !known {
			said[s.folder()] = ""
		}
		if s.ast.Doc != nil && said[s.folder()] == "" {
			said[s.folder()] = s.ast.Doc.Text()
			first := "Package " + name
			if name == "main" {
				first = "Command " + path.Base(s.folder())
			}
			if !strings.HasPrefix(s.ast.Doc.Text(), first+" ") || !endsSentence(s.ast.Doc.Text()) {
				t.Errorf("%s: the comment of a package starts with %q and ends with a full stop",
					s.path, first)
			}
		}
	}
	for folder, text := range said {
		if text == "" && folder != "ent" { // generated, but for the line that generates it
			t.Errorf("%s has no comment that says what it is for", folder)
		}
	}
}

func TestEveryExportedNameIsExplained(t *testing.T) {
	t.Parallel()
	for _, s := range handwrittenSources(t) {
		if s.isTest() {
			continue
		}
		for _, decl := range s.ast.Decls {
			switch d := decl.(type) {
			case *ast.FuncDecl:
				if d.Name.IsExported() && isOfExported(d) {
					checkExplained(t, s, d.Name, d.Doc, true)
				}
			case *ast.GenDecl:
				for _, spec := range d.Specs {
					checkExplainedSpec(t, s, d, spec)
				}
			}
		}
	}
}

// isOfExported tells functions, and methods that a reader of the package's documentation can see.
func isOfExported(d *ast.FuncDecl) bool {
	if d.Recv == nil {
		return true
	}
	of := d.Recv.List[0].Type
	for {
		switch x := of.(type) {
		case *ast.StarExpr:
			of = x.X
		case *ast.IndexExpr:
			of = x.X
		case *ast.IndexListExpr:
			of = x.X
		case *ast.Ident:
			return x.IsExported()
		default:
			return true
		}
	}
}

// checkExplainedSpec holds a type to a comment of its own. Constants and variables of one block may
// share the block's.
func checkExplainedSpec(t *testing.T, s *goSource, d *ast.GenDecl, spec ast.Spec) {
	t.Helper()
	switch spec := spec.(type) {
	case *ast.TypeSpec:
		doc := spec.Doc
		if doc == nil {
			doc = d.Doc
		}
		if spec.Name.IsExported() {
			checkExplained(t, s, spec.Name, doc, true)
		}
	case *ast.ValueSpec:
		for _, name := range spec.Names {
			if !name.IsExported() {
				continue
			}
			switch {
			case spec.Doc != nil:
				checkExplained(t, s, name, spec.Doc, false)
			case d.Lparen.IsValid():
				checkExplained(t, s, name, d.Doc, false)
			default:
				checkExplained(t, s, name, d.Doc, len(spec.Names) == 1)
			}
		}
	}
}

func checkExplained(t *testing.T, s *goSource, name *ast.Ident, doc *ast.CommentGroup, named bool) {
	t.Helper()
	text := doc.Text()
	switch {
	case text == "":
		t.Errorf("%s: %s is exported and not explained", s.position(name), name.Name)
	case named && !strings.HasPrefix(text, name.Name+" ") &&
		!strings.HasPrefix(text, name.Name+",") && !strings.HasPrefix(text, name.Name+":"):
		t.Errorf("%s: the comment of %s does not start with its name", s.position(name), name.Name)
	case !endsSentence(text):
		t.Errorf("%s: the comment of %s does not end with a full stop", s.position(name), name.Name)
	}
}

var ending = regexp.MustCompile(`[.:!?…)]$`)

// endsSentence tells whether a comment is a whole sentence; one that ends in an indented example
// is.
func endsSentence(text string) bool {
	text = strings.TrimRight(text, "\n")
	last := text[strings.LastIndexByte(text, '\n')+1:]
	return ending.MatchString(text) || strings.HasPrefix(last, "\t")
}

func TestADecisionAboutSecuritySaysSoAlike(t *testing.T) {
	t.Parallel()
	odd := regexp.MustCompile(`//\s*(?i:security)\b`)
	for _, s := range handwrittenSources(t) {
		for i, line := range bytes.Split(s.text, []byte("\n")) {
			if m := odd.Find(line); m != nil && !bytes.Contains(line, []byte("// Security: ")) {
				t.Errorf("%s:%d: such a comment begins with \"// Security: \"", s.path, i+1)
			}
		}
	}
}
