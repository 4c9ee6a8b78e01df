package gqllimit

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/vektah/gqlparser/v2/ast"

	"usher/internal/fault"
	"usher/internal/i18n"
)

// Estimator estimates operations once their variables are known: how many rows each may load, and
// whether it reads the schema.
type Estimator struct {
	Schema      *ast.Schema
	Limits      InputLimits
	CheckCursor func(string) error // returns an error for a cursor on which the loader would panic
}

// Estimate refuses an operation that may load too much, has a page of a wrong size, or reads the
// schema without permission. It sets variables of pages that are null to the default.
func (e *Estimator) Estimate(op *ast.OperationDefinition, variables map[string]any,
	mayIntrospect bool) *fault.Error {
	// A new estimator for each operation: variables change what the same document costs.
	s := costEstimator{Estimator: e, variables: variables, mayIntrospect: mayIntrospect,
		inputs: new(int)}
	cost, f := s.estimateCost([]ast.SelectionSet{op.SelectionSet}, nil)
	switch {
	case f != nil:
		return f
	case cost > CostLimit:
		return NewCostFault("gqlhttp.cost", CostLimit)
	case *s.inputs > InputCostLimit:
		return NewCostFault("gqlhttp.input_cost", InputCostLimit)
	}
	return nil
}

// costEstimator estimates one operation.
type costEstimator struct {
	*Estimator
	variables     map[string]any
	mayIntrospect bool
	inputs        *int // cost of the lists in arguments, over all fields
}

// estimateCost returns the number of fields that a response may have. A field counts one, and
// everything below a list counts once for each row. It stops above the limit, so it cannot
// overflow. way is the path to the selection; nil at the root.
func (s costEstimator) estimateCost(sets []ast.SelectionSet, way []pathStep) (int, *fault.Error) {
	sum := 0
	fields := mergeFields(sets, func(spread *ast.FragmentSpread) *ast.FragmentDefinition {
		return spread.Definition
	})
	for _, m := range fields {
		if f := s.checkIntrospection(m.field); f != nil {
			return 0, f
		}
		s.countInputs(m.field)
		// Checked before the cost below: a page of a million rows is refused for its size, not for
		// its cost.
		rows, f := s.estimateRows(m.field, way)
		if f != nil {
			return 0, f
		}
		// The capacity is cut, so that siblings do not write into each other's path.
		below, f := s.estimateCost(m.selectionSets(),
			append(way[:len(way):len(way)], newPathStep(m.field)))
		if f != nil {
			return 0, f
		}
		sum = min(CostLimit+1, sum+1+rows*below)
	}
	return sum, nil
}

// checkIntrospection refuses to show the schema to callers who may not read it.
//
// A type that does not exist is null for everybody: it reveals nothing, and the specification's
// tests ask for one.
func (s costEstimator) checkIntrospection(f *ast.Field) *fault.Error {
	if s.mayIntrospect {
		return nil
	}
	asked := f.Name == "__schema"
	if f.Name == "__type" {
		name, _ := f.ArgumentMap(s.variables)["name"].(string)
		asked = s.Schema.Types[name] != nil
	}
	if asked {
		return fault.New(fault.Unauthenticated, "gqlhttp.introspection")
	}
	return nil
}

// pathStep is one field on the path to a selection.
type pathStep struct {
	of, name string // the object type that the field is of, and its name
	list     bool
}

// newPathStep describes a field on the way to a selection. A page counts as a list, although its
// field is one object with edges.
func newPathStep(f *ast.Field) pathStep {
	s := pathStep{name: f.Name, list: f.Definition.Type.Elem != nil || isPaged(f)}
	if f.ObjectDefinition != nil {
		s.of = f.ObjectDefinition.Name
	}
	return s
}

// estimateRows returns how many rows a field may have: the size of its page, the number of its ids,
// an estimate for other lists, otherwise one.
func (s costEstimator) estimateRows(f *ast.Field, way []pathStep) (int, *fault.Error) {
	switch {
	case isPaged(f):
		return s.checkPage(f)
	// Mutations that take ids return one payload.
	case f.Definition.Type.Elem == nil:
		return 1, nil
	case f.Definition.Arguments.ForName("ids") != nil:
		ids, _ := f.ArgumentMap(s.variables)["ids"].([]any)
		if len(ids) > PageLimit {
			return 0, fault.Input("ids", "gqlhttp.page_size", i18n.Args{"Limit": PageLimit})
		}
		return len(ids), nil
	}
	return estimateUnpagedRows(newPathStep(f), way), nil
}

// estimateUnpagedRows estimates the length of an unpaged list from the path to it.
//
// Most unpaged lists are short: groups, roles, labels. On average they have at most listEstimate
// rows. Only a path that leads back multiplies: from the members of a group to that group and to
// its members again. Such a list repeats everything for each row, so it counts as the largest page.
// A level of a tree below another one adds no rows beyond those of the tree, so it counts one, and
// the tree counts as its first level.
func estimateUnpagedRows(s pathStep, way []pathStep) int {
	// The page has counted the rows of its edges. The events of a subscription have no page.
	if isRelayType(s.of) || s.of == eventPage && len(way) > 0 && way[len(way)-1].list {
		return 1
	}
	if len(way) > 0 && way[len(way)-1] == s {
		return 1
	}
	// Descending a tree is no way back: the node is another one, although of the same type.
	for len(way) > 0 && way[len(way)-1].list && way[len(way)-1].of == s.of {
		way = way[:len(way)-1]
	}
	crossed := false
	for _, before := range slices.Backward(way) {
		crossed = crossed || before.list
		if crossed && before.of == s.of {
			return PageLimit
		}
	}
	return listEstimate
}

// eventPage is the type of a page of the log of events, which has no Relay connection: a log is read
// in one direction, and has a cursor even where it has no row.
const eventPage = "EventPage"

// isRelayType reports whether a type belongs to a page. It goes by the names that the Relay
// specification, and so entgql, gives such types.
func isRelayType(name string) bool {
	return strings.HasSuffix(name, "Connection") || strings.HasSuffix(name, "Edge")
}

// isPaged reports whether a field has pages, by its argument.
func isPaged(f *ast.Field) bool { return f.Definition.Arguments.ForName("first") != nil }

// checkPage validates the arguments of a page. A null from a variable becomes the default: without
// first or last the loader of a nested connection would load every row.
func (s costEstimator) checkPage(f *ast.Field) (int, *fault.Error) {
	args := f.ArgumentMap(s.variables)
	for _, name := range []string{"after", "before"} {
		if args[name] == nil {
			continue
		}
		if cursor, isText := args[name].(string); !isText || s.CheckCursor(cursor) != nil {
			return 0, fault.Input(name, "gqlhttp.cursor")
		}
	}

	// Both together have no agreed meaning, and the loader would fail with an error of its own.
	first, last := args["first"], args["last"]
	switch {
	case first != nil && last != nil:
		return 0, fault.Input("last", "gqlhttp.first_and_last")
	case first != nil:
		return parsePageSize("first", first)
	case last != nil:
		return parsePageSize("last", last)
	}
	if arg := f.Arguments.ForName("first"); arg != nil && arg.Value.Kind == ast.Variable {
		// Written into the variables of this operation, because the document is shared by all that
		// run it.
		s.variables[arg.Value.Raw] = int64(DefaultPage)
		return DefaultPage, nil
	}
	return 0, fault.Input("first", "gqlhttp.page_missing")
}

// parsePageSize returns a number of rows. Errors: BAD_USER_INPUT outside of 1 to 100.
func parsePageSize(name string, v any) (int, *fault.Error) {
	// A literal is int64, a variable json.Number or text: formatted as text they are alike.
	n, err := strconv.Atoi(fmt.Sprint(v))
	if err != nil || n < 1 || n > PageLimit {
		return 0, fault.Input(name, "gqlhttp.page_size", i18n.Args{"Limit": PageLimit})
	}
	return n, nil
}

// AddDefaultPages adds `first: 50` to every page without a size. It changes the document, so it
// runs once, before the document is shared.
func AddDefaultPages(doc *ast.QueryDocument) {
	var add func(ast.SelectionSet)
	add = func(set ast.SelectionSet) {
		for _, selection := range set {
			switch s := selection.(type) {
			case *ast.Field:
				// A page from the end has its size in last.
				if isPaged(s) && !hasArgument(s, "first") && !hasArgument(s, "last") {
					setDefaultFirst(s)
				}
				add(s.SelectionSet)
			case *ast.InlineFragment:
				add(s.SelectionSet)
			}
		}
	}
	for _, op := range doc.Operations {
		add(op.SelectionSet)
	}
	for _, f := range doc.Fragments {
		add(f.SelectionSet)
	}
}

// hasArgument reports whether an argument has a value or a variable. A variable may still be null,
// which checkPage handles.
func hasArgument(f *ast.Field, name string) bool {
	arg := f.Arguments.ForName(name)
	return arg != nil && arg.Value.Kind != ast.NullValue
}

// setDefaultFirst adds the page size that applies when the client names none to the parsed
// document, so that the resolver and the estimate read one value.
func setDefaultFirst(f *ast.Field) {
	value := &ast.Value{Kind: ast.IntValue, Raw: strconv.Itoa(DefaultPage), Position: f.Position}
	if arg := f.Arguments.ForName("first"); arg != nil {
		arg.Value = value
		return
	}
	f.Arguments = append(f.Arguments, &ast.Argument{Name: "first", Value: value,
		Position: f.Position})
}
