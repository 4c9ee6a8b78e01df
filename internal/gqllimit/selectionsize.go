package gqllimit

import (
	"github.com/vektah/gqlparser/v2/ast"

	"usher/internal/fault"
)

// CheckSize refuses a document that exceeds a limit. credentials are the mutations of which it may
// contain only one.
func CheckSize(doc *ast.QueryDocument, credentials map[string]bool) *fault.Error {
	if len(doc.Fragments) > fragmentLimit {
		return NewCostFault("gqlhttp.fragments", fragmentLimit)
	}
	c := newSelectionCounter(doc, credentials)
	var all selectionSize
	// All operations count although only one runs, since the validator visits all of them.
	// Credentials count for each operation separately.
	for _, op := range doc.Operations {
		t := c.countSet(op.SelectionSet)
		t.directives += len(op.Directives)
		t.depth = max(t.depth, directiveDepth(op.Directives))
		for _, v := range op.VariableDefinitions {
			t.directives += len(v.Directives)
			t.depth = max(t.depth, valueDepth(v.DefaultValue), directiveDepth(v.Directives))
		}
		if op.Operation == ast.Mutation && t.credentials > 1 {
			// Security: forty password guesses in one request would evade every limit on requests.
			return fault.New(fault.BadUserInput, "gqlhttp.one_credential")
		}
		all = all.plus(t)
	}
	// Fragments that no operation uses are invalid, but the validator visits them to find out.
	for _, f := range doc.Fragments {
		if _, reached := c.counted[f]; !reached {
			all = all.plus(c.countFragment(f))
		}
	}

	switch {
	case c.cyclic:
		return fault.New(fault.BadUserInput, "gqlhttp.fragment_cycle")
	case c.deferred:
		// Every transport sends one response; gqlgen would drop the deferred ones.
		return fault.New(fault.BadUserInput, "gqlhttp.defer")
	case all.depth > DepthLimit:
		return NewCostFault("gqlhttp.depth", DepthLimit)
	case all.aliases > AliasLimit:
		return NewCostFault("gqlhttp.aliases", AliasLimit)
	case all.directives > DirectiveLimit:
		return NewCostFault("gqlhttp.directives", DirectiveLimit)
	case all.fields > FieldLimit || all.steps > stepLimit:
		return NewCostFault("gqlhttp.selections", FieldLimit)
	}
	return nil
}

// selectionSize is the size of a selection set with its fragments expanded. credentials counts the
// top level only.
type selectionSize struct{ fields, steps, aliases, directives, depth, credentials int }

// countCeiling is where counting stops: above every limit and far below an overflow.
const countCeiling = 1 << 20

// plus adds two sizes beside each other. The sums stop at countCeiling, far above every limit:
// fragments that double one another would overflow an int.
func (t selectionSize) plus(other selectionSize) selectionSize {
	return selectionSize{
		fields:      min(countCeiling, t.fields+other.fields),
		steps:       min(countCeiling, t.steps+other.steps),
		aliases:     min(countCeiling, t.aliases+other.aliases),
		directives:  min(countCeiling, t.directives+other.directives),
		credentials: min(countCeiling, t.credentials+other.credentials),
		depth:       max(t.depth, other.depth),
	}
}

// selectionCounter counts each fragment once, however often it is spread. 28 fragments that double
// one another are 28 additions here and 2²⁸ visits otherwise.
//
// It recurses as deep as the document nests, which the parser limits to a thousand.
type selectionCounter struct {
	fragments   map[string]*ast.FragmentDefinition
	counted     map[*ast.FragmentDefinition]selectionSize
	inProgress  map[*ast.FragmentDefinition]bool // being counted; reaching it again is a cycle
	credentials map[string]bool
	cyclic      bool
	deferred    bool
}

// newSelectionCounter prepares the count of one document. Each fragment is counted once, however
// often it is spread.
func newSelectionCounter(doc *ast.QueryDocument, credentials map[string]bool) *selectionCounter {
	return &selectionCounter{
		fragments:   indexFragments(doc),
		counted:     map[*ast.FragmentDefinition]selectionSize{},
		inProgress:  map[*ast.FragmentDefinition]bool{},
		credentials: credentials,
	}
}

// indexFragments indexes the fragments by name. Of two with one name the first counts, as in the
// validator, which refuses both later.
func indexFragments(doc *ast.QueryDocument) map[string]*ast.FragmentDefinition {
	names := make(map[string]*ast.FragmentDefinition, len(doc.Fragments))
	for _, f := range doc.Fragments {
		if _, taken := names[f.Name]; !taken {
			names[f.Name] = f
		}
	}
	return names
}

// countSet returns the size of a selection set: the sum of its selections, with the depth of the
// deepest.
func (c *selectionCounter) countSet(set ast.SelectionSet) selectionSize {
	var sum selectionSize
	for _, selection := range set {
		sum = sum.plus(c.countSelection(selection))
	}
	return sum
}

// countSelection returns the size of one selection with all that is below it.
func (c *selectionCounter) countSelection(selection ast.Selection) selectionSize {
	one := selectionSize{steps: 1}
	switch s := selection.(type) {
	case *ast.Field:
		c.countDirectives(s.Directives, &one)
		one.fields = 1
		if s.Alias != s.Name {
			one.aliases = 1
		}
		below := c.countSet(s.SelectionSet)
		below.credentials = 0 // only root fields of a mutation take credentials
		one = one.plus(below)
		one.depth = max(one.depth, below.depth+1, argumentDepth(s.Arguments))
		if c.credentials[s.Name] {
			one.credentials = 1
		}
	case *ast.InlineFragment:
		c.countDirectives(s.Directives, &one)
		one = one.plus(c.countSet(s.SelectionSet))
	case *ast.FragmentSpread:
		c.countDirectives(s.Directives, &one)
		// An unknown fragment counts as one step; the validator reports it.
		if f := c.fragments[s.Name]; f != nil {
			one = one.plus(c.countFragment(f))
		}
	}
	return one
}

// countFragment returns the size of a fragment at one spread. A fragment that spreads itself sets
// cyclic, and the document is refused.
func (c *selectionCounter) countFragment(f *ast.FragmentDefinition) selectionSize {
	if t, done := c.counted[f]; done {
		return t
	}
	if c.inProgress[f] {
		c.cyclic = true
		return selectionSize{}
	}
	// Set while the fragment is counted, so that a spread inside of it is recognized as a cycle.
	c.inProgress[f] = true
	t := c.countSet(f.SelectionSet)
	t.directives += len(f.Directives)
	t.depth = max(t.depth, directiveDepth(f.Directives))
	delete(c.inProgress, f)
	c.counted[f] = t
	return t
}

// countDirectives counts the directives of a selection. Each is looked up and its arguments are
// validated.
func (c *selectionCounter) countDirectives(directives ast.DirectiveList, into *selectionSize) {
	into.directives = len(directives)
	into.depth = directiveDepth(directives)
	// gqlparser knows @defer by itself, so it would pass validation.
	c.deferred = c.deferred || directives.ForName("defer") != nil
}

// valueDepth returns the depth of a literal. It counts like selections, since the validator reads
// every level again for each level above it.
func valueDepth(v *ast.Value) int {
	if v == nil {
		return 0
	}
	deepest := 0
	for _, child := range v.Children {
		deepest = max(deepest, 1+valueDepth(child.Value))
	}
	return deepest
}

// argumentDepth returns the depth of the deepest value among arguments. The grammar has no limit
// for it.
func argumentDepth(list ast.ArgumentList) int {
	deepest := 0
	for _, a := range list {
		deepest = max(deepest, valueDepth(a.Value))
	}
	return deepest
}

// directiveDepth is argumentDepth for the arguments of directives.
func directiveDepth(list ast.DirectiveList) int {
	deepest := 0
	for _, d := range list {
		deepest = max(deepest, argumentDepth(d.Arguments))
	}
	return deepest
}
