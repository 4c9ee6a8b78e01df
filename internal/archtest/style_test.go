package archtest

import (
	"bytes"
	"fmt"
	"go/ast"
	"go/token"
	"regexp"
	"strings"
	"testing"
)

// The figures of style. Each is counted over the handwritten Go code without tests and resolvers.
// A limit fails `make lint`. A goal is reported, and fails only when it is further from its aim
// than the value that is committed here. A change that comes closer may commit the new value.
const (
	maxOneWordNames = 15.0 // per cent of unexported functions and methods
	maxWideLines    = 2.0  // per cent of lines that are not blank
	maxColumns      = 100  // with tabs of four
	maxComplexity   = 20   // of one function, cyclomatic
)

// styleGoals are figures that may only move towards their aim.
var styleGoals = []styleGoal{
	{"letters of an unexported function's name", 11, 99, 11,
		func(f styleFigures) float64 { return ratio(f.letters, f.functions) }},
	{"% of unexported functions that share their name", 0, 20, 20,
		func(f styleFigures) float64 { return f.sharedNames() }},
	{"% of unexported types with one word", 0, 25, 25,
		func(f styleFigures) float64 { return 100 * ratio(f.oneWordTypes, f.types) }},
	{"comment lines per 100 lines of code", 18, 25, 18,
		func(f styleFigures) float64 { return 100 * ratio(f.comments, f.code) }},
	{"comment lines per 100 lines of function bodies", 5, 99, 5,
		func(f styleFigures) float64 { return 100 * ratio(f.bodyComments, f.bodyLines) }},
}

// styleGoal is a figure, the range that it aims at, and the furthest from it that is allowed.
type styleGoal struct {
	name            string
	lowest, highest float64
	committed       float64
	of              func(styleFigures) float64
}

// styleFigures are counts over all files.
type styleFigures struct {
	functions, oneWordFunctions, letters int // unexported functions and methods
	names                                map[string]int
	types, oneWordTypes                  int // unexported types
	lines, wideLines                     int // without blank ones
	code, comments                       int // lines that hold code; lines of comment alone
	bodyLines, bodyComments              int // the same inside functions
	faults                               []string
}

func TestStyleKeepsItsLimits(t *testing.T) {
	t.Parallel()
	f := countStyle(t)
	for _, fault := range f.faults {
		t.Error(fault)
	}
	for _, limit := range []struct {
		name string
		is   float64
		most float64
	}{
		{"% of unexported functions with a name of one word",
			100 * ratio(f.oneWordFunctions, f.functions), maxOneWordNames},
		{fmt.Sprintf("%% of lines with more than %d columns", maxColumns),
			100 * ratio(f.wideLines, f.lines), maxWideLines},
	} {
		t.Logf("%5.1f (at most %g) %s", limit.is, limit.most, limit.name)
		if limit.is > limit.most {
			t.Errorf("%.1f %s, over %g", limit.is, limit.name, limit.most)
		}
	}
}

func TestStyleMovesTowardsItsAims(t *testing.T) {
	t.Parallel()
	f := countStyle(t)
	for _, goal := range styleGoals {
		is := goal.of(f)
		t.Logf("%5.1f (aim %g to %g, held at %g) %s", is, goal.lowest, goal.highest,
			goal.committed, goal.name)
		if is < min(goal.committed, goal.lowest) || is > max(goal.committed, goal.highest) {
			t.Errorf("%.1f %s: further from the aim than %g", is, goal.name, goal.committed)
		}
	}
}

// countStyle counts all figures. It leaves out resolvers, which gqlgen lays out and names.
func countStyle(t *testing.T) styleFigures {
	t.Helper()
	f := styleFigures{names: map[string]int{}}
	for _, s := range handwrittenSources(t) {
		if s.isTest() || strings.HasSuffix(s.path, ".resolvers.go") {
			continue
		}
		comments := f.countLines(s)
		for _, decl := range s.ast.Decls {
			switch d := decl.(type) {
			case *ast.FuncDecl:
				f.countFunction(s, d, comments)
			case *ast.GenDecl:
				f.countTypes(s, d)
			}
		}
	}
	return f
}

// countLines counts the lines of a file and returns the numbers of those that are comment alone.
func (f *styleFigures) countLines(s *goSource) map[int]bool {
	comments, inBlock := map[int]bool{}, false
	for i, line := range bytes.Split(s.text, []byte("\n")) {
		text := string(bytes.TrimSpace(line))
		if text == "" {
			continue
		}
		f.lines++
		if columns(string(line)) > maxColumns {
			f.wideLines++
		}
		switch {
		case inBlock:
			inBlock = !strings.Contains(text, "*/")
		case strings.HasPrefix(text, "/*"):
			inBlock = !strings.Contains(text, "*/")
		case !strings.HasPrefix(text, "//"):
			f.code++
			continue
		}
		f.comments++
		comments[i+1] = true
	}
	return comments
}

// columns is the width of a line in an editor whose tabs are four wide.
func columns(line string) int {
	return len([]rune(line)) + 3*strings.Count(line, "\t")
}

func (f *styleFigures) countFunction(s *goSource, d *ast.FuncDecl, comments map[int]bool) {
	if name := d.Name.Name; !d.Name.IsExported() && name != "main" && name != "init" {
		f.functions++
		f.letters += len(name)
		f.names[name]++
		if countWords(name) == 1 {
			f.oneWordFunctions++
		}
	}
	if d.Body == nil {
		return
	}
	first, last := s.fset.Position(d.Body.Pos()).Line, s.fset.Position(d.Body.End()).Line
	f.bodyLines += last - first
	for line := first + 1; line < last; line++ {
		if comments[line] {
			f.bodyComments++
		}
	}
	if n := complexity(d.Body); n > maxComplexity {
		f.faults = append(f.faults, fmt.Sprintf("%s: %s has cyclomatic complexity %d, over %d",
			s.position(d.Name), d.Name.Name, n, maxComplexity))
	}
}

// countTypes counts unexported types. A gerund says what is done and not what the value is.
func (f *styleFigures) countTypes(s *goSource, d *ast.GenDecl) {
	for _, spec := range d.Specs {
		t, ok := spec.(*ast.TypeSpec)
		if !ok || t.Name.IsExported() {
			continue
		}
		f.types++
		if countWords(t.Name.Name) == 1 {
			f.oneWordTypes++
		}
		if strings.HasSuffix(t.Name.Name, "ing") {
			f.faults = append(f.faults, fmt.Sprintf("%s: the type %s is named by a gerund",
				s.position(t.Name), t.Name.Name))
		}
	}
}

// sharedNames is the percentage of unexported functions whose name occurs more than once.
func (f *styleFigures) sharedNames() float64 {
	shared := 0
	for _, n := range f.names {
		if n > 1 {
			shared += n
		}
	}
	return 100 * ratio(shared, f.functions)
}

var nameWord = regexp.MustCompile(`[A-Z]+[a-z0-9]*|[a-z0-9]+`)

func countWords(name string) int { return len(nameWord.FindAllString(name, -1)) }

// complexity counts the branches of a function, those of functions inside it included.
func complexity(body *ast.BlockStmt) int {
	n := 1
	ast.Inspect(body, func(node ast.Node) bool {
		switch node := node.(type) {
		case *ast.IfStmt, *ast.ForStmt, *ast.RangeStmt:
			n++
		case *ast.CaseClause:
			if node.List != nil {
				n++
			}
		case *ast.CommClause:
			if node.Comm != nil {
				n++
			}
		case *ast.BinaryExpr:
			if node.Op == token.LAND || node.Op == token.LOR {
				n++
			}
		}
		return true
	})
	return n
}

func ratio(part, whole int) float64 { return float64(part) / float64(max(whole, 1)) }
