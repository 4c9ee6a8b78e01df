package gqlhttp

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"

	"usher/internal/fault"
	"usher/internal/i18n"
)

// operationPlanner looks at what an operation would do, now that its variables are known: how many
// rows it may touch, and whether it may look into the schema.
type operationPlanner struct {
	schema        *ast.Schema
	introspection func(context.Context) bool
	checkCursor   func(string) error
	limits        InputLimits
}

// ExtensionName is for gqlgen's list of extensions.
func (*operationPlanner) ExtensionName() string { return "Planner" }

// Validate has nothing to ask of the schema.
func (*operationPlanner) Validate(graphql.ExecutableSchema) error { return nil }

// MutateOperationContext runs after gqlgen has read the variables and before anything is resolved.
func (p *operationPlanner) MutateOperationContext(ctx context.Context,
	op *graphql.OperationContext) *gqlerror.Error {
	s := costEstimator{operationPlanner: p, variables: op.Variables,
		mayIntrospect: p.introspection(ctx), inputs: new(int)}
	cost, f := s.estimateCost([]ast.SelectionSet{op.Operation.SelectionSet}, nil)
	switch {
	case f != nil:
	case cost > CostLimit:
		f = fault.New(fault.CostLimit, "gqlhttp.cost", i18n.Args{"Limit": CostLimit})
	case *s.inputs > InputCostLimit:
		f = fault.New(fault.CostLimit, "gqlhttp.input_cost", i18n.Args{"Limit": InputCostLimit})
	}
	if f != nil {
		return wrapFault(f)
	}
	// What the survey lets pass may run: fields that would show the schema have been refused by
	// name.
	op.DisableIntrospection = false
	return nil
}

// costEstimator is one look at one operation.
type costEstimator struct {
	*operationPlanner
	variables     map[string]any
	mayIntrospect bool
	inputs        *int // cost of the lists in arguments, over all fields
}

// estimateCost is the number of fields an answer may hold: every field one, what stands below a
// list as often as the list has rows. It stops counting above the limit, so it cannot overflow. The
// way is how the selection is reached; nil at the root.
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
		// Before the cost of what is below: a page of a million is refused as such, not as too
		// expensive.
		rows, f := s.estimateRows(m.field, way)
		if f != nil {
			return 0, f
		}
		below, f := s.estimateCost(m.selectionSets(),
			append(way[:len(way):len(way)], newPathStep(m.field)))
		if f != nil {
			return 0, f
		}
		sum = min(CostLimit+1, sum+1+rows*below)
	}
	return sum, nil
}

// checkIntrospection refuses a look into the schema to those who may not have it.
//
// A type that does not exist is answered to everybody, with null: there is nothing to see, and the
// specification's tests ask for one.
func (s costEstimator) checkIntrospection(f *ast.Field) *fault.Error {
	if s.mayIntrospect {
		return nil
	}
	asked := f.Name == "__schema"
	if f.Name == "__type" {
		name, _ := f.ArgumentMap(s.variables)["name"].(string)
		asked = s.schema.Types[name] != nil
	}
	if asked {
		return fault.New(fault.Unauthenticated, "gqlhttp.introspection")
	}
	return nil
}

// pathStep is one field on the way to a selection.
type pathStep struct {
	of, name string // the object type that the field is of, and its name
	list     bool
}

func newPathStep(f *ast.Field) pathStep {
	s := pathStep{name: f.Name, list: f.Definition.Type.Elem != nil || isPaged(f)}
	if f.ObjectDefinition != nil {
		s.of = f.ObjectDefinition.Name
	}
	return s
}

// estimateRows is how many rows a field may bring: of a page those asked for, of a list by ids as
// many as there are ids, of any other list an estimate, else one.
func (s costEstimator) estimateRows(f *ast.Field, way []pathStep) (int, *fault.Error) {
	switch {
	case isPaged(f):
		return s.checkPage(f)
	// also where it takes ids: mutations answer with one payload
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

// estimateUnpagedRows estimates how many rows a list without pages has, from the way to it.
//
// Most lists of a row are short: groups, roles, labels. On average they hold no more than
// listEstimate. What multiplies is a way that leads back: from the members of a group to that
// group, and to its members again. Each list that such a way adds returns everything once more for
// each row, so it counts like the largest page. One level of a tree below another adds no more rows
// than there are, so it counts one: the whole tree counts what its first level does.
func estimateUnpagedRows(s pathStep, way []pathStep) int {
	if isRelayType(s.of) {
		return 1 // the edges of a page, which has counted its rows
	}
	if len(way) > 0 && way[len(way)-1] == s {
		return 1
	}
	// Down a tree is no way back: the node is another one, though of the same type.
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

// isRelayType tells the types of a page by the names that the Relay specification, and so entgql,
// gives them.
func isRelayType(name string) bool {
	return strings.HasSuffix(name, "Connection") || strings.HasSuffix(name, "Edge")
}

// isPaged tells a field with pages by its argument, generated or written by hand.
func isPaged(f *ast.Field) bool { return f.Definition.Arguments.ForName("first") != nil }

// checkPage checks how a page is asked for. A null that came by a variable becomes the default:
// without first or last the loader of a nested connection would bring every row there is.
func (s costEstimator) checkPage(f *ast.Field) (int, *fault.Error) {
	args := f.ArgumentMap(s.variables)
	for _, name := range []string{"after", "before"} {
		if args[name] == nil {
			continue
		}
		if cursor, isText := args[name].(string); !isText || s.checkCursor(cursor) != nil {
			return 0, fault.Input(name, "gqlhttp.cursor")
		}
	}

	// Both at once has no meaning that clients agree on; the loader would fail with an error of its
	// own.
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
		s.variables[arg.Value.Raw] = int64(DefaultPage)
		return DefaultPage, nil
	}
	return 0, fault.Input("first", "gqlhttp.page_missing")
}

// parsePageSize reads a number of rows, in whatever Go type the literal or the variable came.
func parsePageSize(name string, v any) (int, *fault.Error) {
	// int64 from a literal, json.Number or text from a variable: as text they are alike.
	n, err := strconv.Atoi(fmt.Sprint(v))
	if err != nil || n < 1 || n > PageLimit {
		return 0, fault.Input(name, "gqlhttp.page_size", i18n.Args{"Limit": PageLimit})
	}
	return n, nil
}

// addDefaultPages writes `first: 50` to every page that is asked for without a number. It changes
// the document, so it runs once, before the document is shared.
func addDefaultPages(doc *ast.QueryDocument) {
	var add func(ast.SelectionSet)
	add = func(set ast.SelectionSet) {
		for _, selection := range set {
			switch s := selection.(type) {
			case *ast.Field:
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

// hasArgument tells whether an argument is written, as a value or a variable. A variable may still
// turn out to be null: see page.
func hasArgument(f *ast.Field, name string) bool {
	arg := f.Arguments.ForName(name)
	return arg != nil && arg.Value.Kind != ast.NullValue
}

func setDefaultFirst(f *ast.Field) {
	value := &ast.Value{Kind: ast.IntValue, Raw: strconv.Itoa(DefaultPage), Position: f.Position}
	if arg := f.Arguments.ForName("first"); arg != nil {
		arg.Value = value
		return
	}
	f.Arguments = append(f.Arguments, &ast.Argument{Name: "first", Value: value,
		Position: f.Position})
}
