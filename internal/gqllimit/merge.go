package gqllimit

import (
	"fmt"
	"strings"

	"github.com/vektah/gqlparser/v2/ast"

	"usher/internal/fault"
)

// CheckRepetition drops selections that repeat an earlier one in the same place exactly, and
// refuses a document that selects one field in one place in too many different ways. It changes the
// document, whose response stays the same.
func CheckRepetition(doc *ast.QueryDocument) *fault.Error {
	return limitWays(doc, dropRepeatedSelections(doc))
}

// dropRepeatedSelections drops selections that repeat an earlier one in the same place exactly. The
// response is the same, and 500 equal fields cost the validator's pairwise comparison no more than
// one.
//
// It returns a number for every field. Equal fields have equal numbers.
func dropRepeatedSelections(doc *ast.QueryDocument) map[*ast.Field]int {
	s := selectionNumberer{texts: map[string]int{}, fields: map[*ast.Field]int{}}
	for _, op := range doc.Operations {
		op.SelectionSet, _ = s.simplifySet(op.SelectionSet)
	}
	for _, f := range doc.Fragments {
		f.SelectionSet, _ = s.simplifySet(f.SelectionSet)
	}
	return s.fields
}

// selectionNumberer gives every distinct text a number, so that comparing two subtrees is comparing
// two numbers.
type selectionNumberer struct {
	texts  map[string]int
	fields map[*ast.Field]int
}

// numberText returns the number of a text, the same for equal texts. The text of a selection holds
// the number of what is below it and not its text, so it stays short at every depth.
func (s selectionNumberer) numberText(text string) int {
	n, known := s.texts[text]
	if !known {
		n = len(s.texts)
		s.texts[text] = n
	}
	return n
}

// simplifySet removes repetitions from a selection set and returns what is left, with the number of
// its text. It changes the document, and the order of first occurrences stays.
func (s selectionNumberer) simplifySet(set ast.SelectionSet) (ast.SelectionSet, int) {
	var all strings.Builder
	// Filtered in place: the writing position is never ahead of the reading one.
	kept := set[:0]
	seen := make(map[int]bool, len(set))
	for _, selection := range set {
		// The subtree is simplified first: two fields may differ only by repetitions below them.
		n := s.simplifySelection(selection)
		if !seen[n] {
			seen[n] = true
			kept = append(kept, selection)
			fmt.Fprintf(&all, "%d ", n)
		}
	}
	return kept, s.numberText(all.String())
}

// simplifySelection returns the number of one selection after it has simplified what is below it.
// Two selections with one number select the same.
func (s selectionNumberer) simplifySelection(selection ast.Selection) int {
	var text strings.Builder
	switch x := selection.(type) {
	case *ast.Field:
		below := 0
		x.SelectionSet, below = s.simplifySet(x.SelectionSet)
		text.WriteString(x.Alias + ":" + x.Name)
		writeArguments(&text, x.Arguments)
		writeDirectives(&text, x.Directives)
		fmt.Fprintf(&text, "{%d}", below)
		n := s.numberText(text.String())
		s.fields[x] = n
		return n
	case *ast.InlineFragment:
		below := 0
		x.SelectionSet, below = s.simplifySet(x.SelectionSet)
		text.WriteString("... on " + x.TypeCondition)
		writeDirectives(&text, x.Directives)
		fmt.Fprintf(&text, "{%d}", below)
	// Fragments are simplified on their own, so their name stands for what is below them.
	case *ast.FragmentSpread:
		text.WriteString("..." + x.Name)
		writeDirectives(&text, x.Directives)
	}
	return s.numberText(text.String())
}

// writeArguments and writeDirectives append what distinguishes selections of the same name, so that
// these get different numbers.
func writeArguments(text *strings.Builder, list ast.ArgumentList) {
	for _, a := range list {
		text.WriteString("(" + a.Name + ":" + a.Value.String() + ")")
	}
}

// writeDirectives writes directives as a part of the text by which fields are compared.
func writeDirectives(text *strings.Builder, list ast.DirectiveList) {
	for _, d := range list {
		text.WriteString("@" + d.Name)
		writeArguments(text, d.Arguments)
	}
}

// mergedField is one field of a response, collected from every selection of its parent.
type mergedField struct {
	field *ast.Field // the first; validation requires the others to be compatible
	all   []*ast.Field
}

// mergeFields collects the fields of selection sets that belong to one place of the response. A
// place has few keys, so a linear search is faster than a map.
func mergeFields(sets []ast.SelectionSet,
	find func(*ast.FragmentSpread) *ast.FragmentDefinition) []mergedField {
	var fields []mergedField
	var spread map[string]bool
	var gather func(ast.SelectionSet)
	gather = func(set ast.SelectionSet) {
		for _, selection := range set {
			switch s := selection.(type) {
			case *ast.Field:
				fields = addMergedField(fields, s)
			case *ast.InlineFragment:
				gather(s.SelectionSet)
			case *ast.FragmentSpread:
				// A fragment that is spread twice in one place adds nothing. gqlgen collects it
				// once as well.
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

// addMergedField adds a field to the fields of the same name, key and type. Fragments on two types
// may use one key for different fields.
func addMergedField(fields []mergedField, f *ast.Field) []mergedField {
	for i := range fields {
		m := &fields[i]
		if m.field.Name == f.Name && m.field.Alias == f.Alias &&
			m.field.ObjectDefinition == f.ObjectDefinition {
			m.all = append(m.all, f)
			return fields
		}
	}
	return append(fields, mergedField{field: f, all: []*ast.Field{f}})
}

// selectionSets returns the selection sets of all occurrences of the field.
func (m mergedField) selectionSets() []ast.SelectionSet {
	sets := make([]ast.SelectionSet, 0, len(m.all))
	for _, f := range m.all {
		if len(f.SelectionSet) > 0 {
			sets = append(sets, f.SelectionSet)
		}
	}
	return sets
}

// limitWays refuses a document that selects one field in one place in too many different ways,
// because the validator compares them pairwise. Fields of one number are one way.
func limitWays(doc *ast.QueryDocument, number map[*ast.Field]int) *fault.Error {
	names := indexFragments(doc)
	find := func(s *ast.FragmentSpread) *ast.FragmentDefinition { return names[s.Name] }
	// A field is visited again for each set that it is merged into. 500 fields in 15 levels limit
	// that.
	var look func([]ast.SelectionSet) bool
	look = func(sets []ast.SelectionSet) bool {
		for _, m := range mergeFields(sets, find) {
			// Equal selections in different fragments are common, such as components that each
			// select id. They cost little.
			ways := map[int]bool{}
			for _, f := range m.all {
				ways[number[f]] = true
			}
			if len(ways) > repeatLimit || look(m.selectionSets()) {
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
			return NewCostFault("gqlhttp.repeated", repeatLimit)
		}
	}
	return nil
}
