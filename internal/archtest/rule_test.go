package archtest

import (
	"bytes"
	"go/ast"
	"go/token"
	"path"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// ruleBook is the file that defines the rules.
const ruleBook = "docs/rules.md"

// architectureGuide is the file whose links have to lead somewhere.
const architectureGuide = "docs/architecture.md"

var (
	ruleDefinition = regexp.MustCompile(`(?m)^- \*\*([A-Z]{3}-\d+)\*\* `)
	ruleOpen       = regexp.MustCompile(`_Open[.:]`)
	idKind         = regexp.MustCompile(`[A-Z]+`)
)

// bookRule is one entry of the rule book.
type bookRule struct {
	id     string
	text   string
	closed bool // built, at least in part
}

// readRules reads the rule book. A rule of which nothing is built ends in "_Open._".
func readRules(t *testing.T) map[string]bookRule {
	t.Helper()
	all := repoFiles(t)
	at := slices.IndexFunc(all, func(f repoFile) bool { return f.path == ruleBook })
	if at < 0 {
		t.Fatalf("%s is missing", ruleBook)
	}
	text := all[at].text
	rules := map[string]bookRule{}
	found := ruleDefinition.FindAllSubmatchIndex(text, -1)
	for i, m := range found {
		end := len(text)
		if i+1 < len(found) {
			end = found[i+1][0]
		}
		body := text[m[1]:end]
		if heading := bytes.Index(body, []byte("\n#")); heading >= 0 {
			body = body[:heading]
		}
		id := string(text[m[2]:m[3]])
		if _, twice := rules[id]; twice {
			t.Errorf("%s: %s is defined twice", ruleBook, id)
		}
		body = bytes.TrimSpace(body)
		open := bytes.HasSuffix(body, []byte("_Open._"))
		rules[id] = bookRule{id: id, text: string(body), closed: !open}
	}
	if len(rules) < 70 {
		t.Fatalf("only %d rules were found in %s", len(rules), ruleBook)
	}
	return rules
}

// compileCitation matches the ids of the rule book's own kinds, such as "INV-4"; "UTF-8" is none.
func compileCitation(rules map[string]bookRule) *regexp.Regexp {
	var kinds []string
	for id := range rules {
		if kind := idKind.FindString(id); !slices.Contains(kinds, kind) {
			kinds = append(kinds, kind)
		}
	}
	slices.Sort(kinds)
	return regexp.MustCompile(`\b(?:` + strings.Join(kinds, "|") + `)-\d+\b`)
}

// provesRules tells whether a file is a test: of Go, or of the browser.
func (f repoFile) provesRules() bool { return f.isTest() || strings.HasSuffix(f.path, ".spec.ts") }

// citesRules tells whether the ids in a file are meant as rules: code, tests, templates and
// documents.
func (f repoFile) citesRules() bool {
	return slices.Contains([]string{
		".go", ".md", ".graphql", ".gotpl", ".html", ".css", ".js", ".ts", ".sql", ".json",
		".sh", ".yml",
		".txt", "",
	}, path.Ext(f.path))
}

func TestEveryCitedRuleIsInTheRuleBook(t *testing.T) {
	t.Parallel()
	rules := readRules(t)
	ids := compileCitation(rules)
	for _, f := range repoFiles(t) {
		if !f.citesRules() {
			continue
		}
		for i, line := range bytes.Split(f.text, []byte("\n")) {
			for _, id := range ids.FindAll(line, -1) {
				if _, known := rules[string(id)]; !known {
					t.Errorf("%s:%d: %s is not in %s", f.path, i+1, id, ruleBook)
				}
			}
		}
	}
}

// TestEveryBuiltRuleIsProvedByATest wants a rule that is built, even in part, cited by a test. A
// test that cites a rule of which nothing is built shows that the rule book is out of date.
func TestEveryBuiltRuleIsProvedByATest(t *testing.T) {
	t.Parallel()
	rules := readRules(t)
	ids := compileCitation(rules)
	proved := map[string]string{}
	for _, f := range repoFiles(t) {
		if !f.provesRules() {
			continue
		}
		for _, id := range ids.FindAll(f.text, -1) {
			proved[string(id)] = f.path
		}
	}
	for id, r := range rules {
		switch where := proved[id]; {
		case r.closed && where == "":
			t.Errorf("no test cites %s: cite it where it is proved, or mark it open in %s", id,
				ruleBook)
		case !r.closed && where != "":
			t.Errorf("%s cites %s, which %s lists as open", where, id, ruleBook)
		}
		if strings.Contains(strings.ToLower(r.text), "_open") && !ruleOpen.MatchString(r.text) {
			t.Errorf("%s: %s: write `_Open._` or `_Open: what is missing._`", ruleBook, id)
		}
	}
}

// TestNobodyIsShownTheIDOfARule keeps ids out of the published schema, of templates and catalogues,
// and of every text in code: comments of the data model become descriptions of the schema.
func TestNobodyIsShownTheIDOfARule(t *testing.T) {
	t.Parallel()
	ids := compileCitation(readRules(t))
	for _, f := range repoFiles(t) {
		shown := strings.HasPrefix(f.path, "internal/i18n/locales/") ||
			strings.HasPrefix(f.path, "web/pages/")
		switch path.Ext(f.path) {
		case ".graphql":
			shown = true
		case ".html", ".tmpl", ".gotpl":
			shown = shown || !strings.HasPrefix(f.path, "internal/gen/")
		}
		for _, id := range ids.FindAll(f.text, -1) {
			if shown {
				t.Errorf("%s: %s stands in a text that people read", f.path, id)
			}
		}
	}
	for _, s := range productSources(t) {
		ast.Inspect(s.ast, func(n ast.Node) bool {
			text, ok := n.(*ast.BasicLit)
			if ok && text.Kind == token.STRING && ids.MatchString(text.Value) {
				t.Errorf("%s: the id of a rule stands in a text: %s", s.position(n), text.Value)
			}
			return true
		})
	}
}

var (
	markdownLink = regexp.MustCompile(`\]\(([^)#\s]+)(?:#[^)]*)?\)`)
	pathInCode   = regexp.MustCompile("`((?:cmd|docs|ent|graph|internal|web)/[A-Za-z0-9_./-]+)`")
)

// TestDocumentsNameFilesThatExist follows the links and the paths of the documents.
func TestDocumentsNameFilesThatExist(t *testing.T) {
	t.Parallel()
	known := map[string]bool{}
	for _, f := range repoFiles(t) {
		for dir := f.path; dir != "."; dir = path.Dir(dir) {
			known[dir] = true
		}
	}
	if !known[architectureGuide] {
		t.Errorf("%s is missing", architectureGuide)
	}
	for _, f := range repoFiles(t) {
		folder := path.Dir(f.path)
		if path.Ext(f.path) != ".md" || folder != "." && folder != "docs" {
			continue
		}
		for _, m := range markdownLink.FindAllSubmatch(f.text, -1) {
			target := string(m[1])
			if !strings.Contains(target, ":") && !known[path.Join(folder, target)] {
				t.Errorf("%s: the link %s leads nowhere", f.path, target)
			}
		}
		for _, m := range pathInCode.FindAllSubmatch(f.text, -1) {
			if target := strings.TrimSuffix(string(m[1]), "/"); !known[target] {
				t.Errorf("%s: there is no %s", f.path, target)
			}
		}
	}
}
