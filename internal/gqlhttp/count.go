package gqlhttp

import "github.com/vektah/gqlparser/v2/ast"

// tally is the size of a selection set with its fragments expanded. credentials counts the top level alone.
type tally struct{ fields, steps, aliases, directives, depth, credentials int }

// enough is where counting stops mattering: far over every limit, far from an overflow.
const enough = 1 << 20

func (t tally) plus(o tally) tally {
	return tally{
		fields:      min(enough, t.fields+o.fields),
		steps:       min(enough, t.steps+o.steps),
		aliases:     min(enough, t.aliases+o.aliases),
		directives:  min(enough, t.directives+o.directives),
		credentials: min(enough, t.credentials+o.credentials),
		depth:       max(t.depth, o.depth),
	}
}

// counter counts each fragment once, however often it is spread: 28 that double one another are 28 additions here and
// 2²⁸ visits without memory.
//
// It recurses as deep as the document nests, which the parser bounds at a thousand.
type counter struct {
	fragments   map[string]*ast.FragmentDefinition
	known       map[*ast.FragmentDefinition]tally
	open        map[*ast.FragmentDefinition]bool // being counted; meeting it again is a cycle
	credentials map[string]bool
	cyclic      bool
	deferred    bool
}

func newCounter(doc *ast.QueryDocument, credentials map[string]bool) *counter {
	return &counter{
		fragments:   byName(doc),
		known:       map[*ast.FragmentDefinition]tally{},
		open:        map[*ast.FragmentDefinition]bool{},
		credentials: credentials,
	}
}

// byName indexes the fragments; of two with one name the first counts, as in the validator, which refuses both later.
func byName(doc *ast.QueryDocument) map[string]*ast.FragmentDefinition {
	names := make(map[string]*ast.FragmentDefinition, len(doc.Fragments))
	for _, f := range doc.Fragments {
		if _, taken := names[f.Name]; !taken {
			names[f.Name] = f
		}
	}
	return names
}

func (c *counter) set(set ast.SelectionSet) tally {
	var sum tally
	for _, selection := range set {
		sum = sum.plus(c.selection(selection))
	}
	return sum
}

func (c *counter) selection(selection ast.Selection) tally {
	one := tally{steps: 1}
	switch s := selection.(type) {
	case *ast.Field:
		c.note(s.Directives, &one)
		one.fields = 1
		if s.Alias != s.Name {
			one.aliases = 1
		}
		below := c.set(s.SelectionSet)
		below.credentials = 0 // only a field of the mutation itself signs anybody in
		one = one.plus(below)
		one.depth = max(one.depth, below.depth+1, inArguments(s.Arguments))
		if c.credentials[s.Name] {
			one.credentials = 1
		}
	case *ast.InlineFragment:
		c.note(s.Directives, &one)
		one = one.plus(c.set(s.SelectionSet))
	case *ast.FragmentSpread:
		c.note(s.Directives, &one)
		// A spread of what does not exist counts as itself; the validator has the better words for it.
		if f := c.fragments[s.Name]; f != nil {
			one = one.plus(c.fragment(f))
		}
	}
	return one
}

func (c *counter) fragment(f *ast.FragmentDefinition) tally {
	if t, done := c.known[f]; done {
		return t
	}
	if c.open[f] {
		c.cyclic = true
		return tally{}
	}
	c.open[f] = true
	t := c.set(f.SelectionSet)
	t.directives += len(f.Directives)
	t.depth = max(t.depth, inDirectives(f.Directives))
	delete(c.open, f)
	c.known[f] = t
	return t
}

// note counts directives where they stand. Each is looked up and its arguments are checked, so fifty are plenty.
func (c *counter) note(directives ast.DirectiveList, into *tally) {
	into.directives = len(directives)
	into.depth = inDirectives(directives)
	// gqlparser knows @defer without being told, so it would pass validation.
	c.deferred = c.deferred || directives.ForName("defer") != nil
}

// levels is the depth of a value written into the query. It counts like selections do: the validator reads every level
// again for each level above it.
func levels(v *ast.Value) int {
	if v == nil {
		return 0
	}
	deepest := 0
	for _, child := range v.Children {
		deepest = max(deepest, 1+levels(child.Value))
	}
	return deepest
}

func inArguments(list ast.ArgumentList) int {
	deepest := 0
	for _, a := range list {
		deepest = max(deepest, levels(a.Value))
	}
	return deepest
}

func inDirectives(list ast.DirectiveList) int {
	deepest := 0
	for _, d := range list {
		deepest = max(deepest, inArguments(d.Arguments))
	}
	return deepest
}
