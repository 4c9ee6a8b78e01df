package gqlhttp

import (
	"fmt"
	"strings"

	"github.com/vektah/gqlparser/v2/ast"

	"usher/internal/fault"
)

// simplify drops selections that say again, in the same place, exactly what was said before. The answer is the same,
// and a row of 500 equal fields costs the validator's comparison of pairs no more than one.
//
// It returns the number of every field; two with one number say the same.
func simplify(doc *ast.QueryDocument) map[*ast.Field]int {
	s := simplifier{texts: map[string]int{}, fields: map[*ast.Field]int{}}
	for _, op := range doc.Operations {
		op.SelectionSet, _ = s.set(op.SelectionSet)
	}
	for _, f := range doc.Fragments {
		f.SelectionSet, _ = s.set(f.SelectionSet)
	}
	return s.fields
}

// simplifier gives every distinct text a number, so that comparing two subtrees is comparing two numbers.
type simplifier struct {
	texts  map[string]int
	fields map[*ast.Field]int
}

func (s simplifier) number(text string) int {
	n, known := s.texts[text]
	if !known {
		n = len(s.texts)
		s.texts[text] = n
	}
	return n
}

func (s simplifier) set(set ast.SelectionSet) (ast.SelectionSet, int) {
	var all strings.Builder
	kept := set[:0] // in place: what is dropped is behind what is read
	seen := make(map[int]bool, len(set))
	for _, selection := range set {
		n := s.selection(selection)
		if !seen[n] {
			seen[n] = true
			kept = append(kept, selection)
			fmt.Fprintf(&all, "%d ", n)
		}
	}
	return kept, s.number(all.String())
}

func (s simplifier) selection(selection ast.Selection) int {
	var text strings.Builder
	switch x := selection.(type) {
	case *ast.Field:
		below := 0
		x.SelectionSet, below = s.set(x.SelectionSet)
		text.WriteString(x.Alias + ":" + x.Name)
		arguments(&text, x.Arguments)
		directives(&text, x.Directives)
		fmt.Fprintf(&text, "{%d}", below)
		n := s.number(text.String())
		s.fields[x] = n
		return n
	case *ast.InlineFragment:
		below := 0
		x.SelectionSet, below = s.set(x.SelectionSet)
		text.WriteString("... on " + x.TypeCondition)
		directives(&text, x.Directives)
		fmt.Fprintf(&text, "{%d}", below)
	case *ast.FragmentSpread:
		text.WriteString("..." + x.Name)
		directives(&text, x.Directives)
	}
	return s.number(text.String())
}

// arguments and directives write what stands on a selection, so that two that differ in it get two numbers.
func arguments(text *strings.Builder, list ast.ArgumentList) {
	for _, a := range list {
		text.WriteString("(" + a.Name + ":" + a.Value.String() + ")")
	}
}

func directives(text *strings.Builder, list ast.DirectiveList) {
	for _, d := range list {
		text.WriteString("@" + d.Name)
		arguments(text, d.Arguments)
	}
}

// merged is one field of an answer, gathered from everywhere its parent is selected.
type merged struct {
	field *ast.Field // the first; validation makes the others ask the same
	all   []*ast.Field
}

// merge gathers the fields of selection sets that stand in one place of the answer. Few keys stand in one place, so
// looking through them is quicker than a map.
func merge(sets []ast.SelectionSet, find func(*ast.FragmentSpread) *ast.FragmentDefinition) []merged {
	var fields []merged
	var spread map[string]bool
	var gather func(ast.SelectionSet)
	gather = func(set ast.SelectionSet) {
		for _, selection := range set {
			switch s := selection.(type) {
			case *ast.Field:
				fields = into(fields, s)
			case *ast.InlineFragment:
				gather(s.SelectionSet)
			case *ast.FragmentSpread:
				// A fragment spread twice in one place adds nothing the second time. gqlgen collects it once as well.
				if f := find(s); f != nil && !spread[s.Name] {
					if spread == nil {
						spread = map[string]bool{}
					}
					spread[s.Name] = true
					gather(f.SelectionSet)
				}
			}
		}
	}
	for _, set := range sets {
		gather(set)
	}
	return fields
}

// into adds a field to those it belongs with: the same field, under the same key, of the same type. Fragments on two types
// may use one key for different things.
func into(fields []merged, f *ast.Field) []merged {
	for i := range fields {
		m := &fields[i]
		if m.field.Name == f.Name && m.field.Alias == f.Alias && m.field.ObjectDefinition == f.ObjectDefinition {
			m.all = append(m.all, f)
			return fields
		}
	}
	return append(fields, merged{field: f, all: []*ast.Field{f}})
}

// below returns what is selected of the field, wherever that is said.
func (m merged) below() []ast.SelectionSet {
	sets := make([]ast.SelectionSet, 0, len(m.all))
	for _, f := range m.all {
		if len(f.SelectionSet) > 0 {
			sets = append(sets, f.SelectionSet)
		}
	}
	return sets
}

// crowded refuses a document that selects one field in one place in too many different ways: the validator compares
// each with each.
func crowded(doc *ast.QueryDocument, number map[*ast.Field]int) *fault.Error {
	names := byName(doc)
	find := func(s *ast.FragmentSpread) *ast.FragmentDefinition { return names[s.Name] }
	// Every field below is looked at again for each set it is merged into, which 500 fields in 15 levels bound.
	var look func([]ast.SelectionSet) bool
	look = func(sets []ast.SelectionSet) bool {
		for _, m := range merge(sets, find) {
			// Equal ones in different fragments are common, a page of components each asking for id; they cost little.
			ways := map[int]bool{}
			for _, f := range m.all {
				ways[number[f]] = true
			}
			if len(ways) > repeatLimit || look(m.below()) {
				return true
			}
		}
		return false
	}

	sets := make([]ast.SelectionSet, 0, len(doc.Operations)+len(doc.Fragments))
	for _, op := range doc.Operations {
		sets = append(sets, op.SelectionSet)
	}
	for _, f := range doc.Fragments {
		sets = append(sets, f.SelectionSet)
	}
	for _, set := range sets {
		if look([]ast.SelectionSet{set}) {
			return over("gqlhttp.repeated", repeatLimit)
		}
	}
	return nil
}
