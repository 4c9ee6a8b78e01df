package fastgql

import (
	"context"
	"sync/atomic"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/ast"
)

// Object describes an object type. Generated code makes one for each type that can be appended.
type Object struct {
	Name         string
	Implementors []string         // the names that a fragment on it may have
	Fields       map[string]Field // the plain ones

	size atomic.Int64 // bytes of the latest answer, a guess for the next
}

// Field is a plain field of an Object.
type Field struct {
	ID int // its case in the generated code, from 1; 0 is __typename
	// the type of what it holds, nil for a leaf; a function because types refer to one another
	Of     func() *Object
	Called bool // by a resolver, which reads the context of its field
}

// Plan is a selection on one type, ready to be appended.
type Plan struct{ Steps []Step }

// Step is one member of an object.
type Step struct {
	ID    int    // of the Field
	Key   string // all that stands before the value: {"name": or ,"name":
	Alias string // under which the loader kept an edge
	Below *Plan
	Ctx   context.Context // of the field, for a resolver
}

// compilePlan makes a plan, or nil when a field is not plain. What to include, skip, merge and take
// from fragments is left to gqlgen.
func compilePlan(ctx context.Context, op *graphql.OperationContext, of *Object,
	set ast.SelectionSet) *Plan {
	fields := graphql.CollectFields(op, set, of.Implementors)
	if len(fields) == 0 {
		return nil
	}
	p := &Plan{Steps: make([]Step, len(fields))}
	for i, f := range fields {
		if !isPlainField(fields[:i], f) {
			return nil
		}
		s := Step{Key: jsonKey(i == 0, f.Alias), Alias: f.Alias}
		if f.Name != "__typename" {
			plain, ok := of.Fields[f.Name]
			if !ok {
				return nil
			}
			s.ID = plain.ID
			if plain.Called {
				s.Ctx = endedContext{graphql.WithFieldContext(ctx,
					&graphql.FieldContext{Object: of.Name, Field: f, IsMethod: true,
						IsResolver: true})}
			}
			if plain.Of != nil {
				if s.Below = compilePlan(ctx, op, plain.Of(), f.Selections); s.Below == nil {
					return nil
				}
			}
		}
		p.Steps[i] = s
	}
	return p
}

// isPlainField tells whether a field has nothing about it that is gqlgen's to see to: a second
// field under the same name, a directive that does something, a delay.
func isPlainField(before []graphql.CollectedField, f graphql.CollectedField) bool {
	for _, other := range before {
		if other.Alias == f.Alias {
			return false
		}
	}
	for _, d := range f.Directives {
		if d.Name != "skip" && d.Name != "include" {
			return false
		}
	}
	return len(f.Deferrables) == 0
}

// jsonKey is what stands before a value. Names of GraphQL need no escaping.
func jsonKey(first bool, name string) string {
	if first {
		return `{"` + name + `":`
	}
	return `,"` + name + `":`
}

// endedContext is a context that is over. A resolver that is called in line has all it needs; one
// that asks the database after all is refused there, and gqlgen calls it again as it calls the
// others, many at once.
type endedContext struct{ context.Context }

// closedChannel is closed from the beginning.
var closedChannel = func() chan struct{} { c := make(chan struct{}); close(c); return c }()

// Done is closed.
func (endedContext) Done() <-chan struct{} { return closedChannel }

// Err says that it is over.
func (endedContext) Err() error { return context.Canceled }
