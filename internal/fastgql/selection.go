package fastgql

import (
	"context"
	"sync/atomic"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/ast"
)

// Object describes an object type. Generated code declares one for each type that can be appended.
type Object struct {
	Name         string
	Implementors []string         // type conditions of fragments that apply to it
	Fields       map[string]Field // plain fields

	size atomic.Int64 // bytes of the latest response: the first capacity of the next
}

// Field is a plain field of an Object.
type Field struct {
	ID int // case in the generated code, from 1; 0 is __typename
	// Of returns the type of an object field; nil for a leaf. It is a function because types refer
	// to one another.
	Of     func() *Object
	Called bool // answered by a resolver, which needs the context of its field
}

// CompiledSelection is a selection on one type, compiled to steps.
type CompiledSelection struct{ Steps []Step }

// Step is one member of an object.
type Step struct {
	ID    int    // of the Field
	Key   string // text before the value: {"name": or ,"name":
	Alias string // key under which the loader stored an edge
	Below *CompiledSelection
	Ctx   context.Context    // of the field, for a resolver
	Write func(*Buffer) bool // appends the value if ID is Written
}

// Written is the ID of a step whose value does not come from the object: its Write appends it.
const Written = -1

// Compile returns the compiled selection of a field on a type; nil if something in it is not plain.
// The caller may change its steps.
func Compile(ctx context.Context, op *graphql.OperationContext, of *Object,
	field graphql.CollectedField) *CompiledSelection {
	return compileSelection(discardErrors(ctx), op, of, field.Selections)
}

// compileSelection compiles a selection; nil if a field is not plain. gqlgen itself decides what is
// included, skipped and merged.
func compileSelection(ctx context.Context, op *graphql.OperationContext, of *Object,
	set ast.SelectionSet) *CompiledSelection {
	fields := graphql.CollectFields(op, set, of.Implementors)
	// No field is left after @skip and @include. The empty object is left to gqlgen.
	if len(fields) == 0 {
		return nil
	}
	p := &CompiledSelection{Steps: make([]Step, len(fields))}
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
				if s.Below = compileSelection(ctx, op, plain.Of(), f.Selections); s.Below == nil {
					return nil
				}
			}
		}
		p.Steps[i] = s
	}
	return p
}

// isPlainField reports whether a field needs nothing from gqlgen: it has no second field under the
// same name, no directive with an effect, and is not deferred.
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

// jsonKey returns the text before a value. Names in GraphQL need no escaping.
func jsonKey(first bool, name string) string {
	if first {
		return `{"` + name + `":`
	}
	return `,"` + name + `":`
}

// endedContext is a context that has ended. A resolver that is called inline has everything it
// needs. One that queries the database after all fails there, and gqlgen calls it again
// concurrently with the others.
type endedContext struct{ context.Context }

// closedChannel is closed from the start.
var closedChannel = func() chan struct{} { c := make(chan struct{}); close(c); return c }()

// Done returns a closed channel.
func (endedContext) Done() <-chan struct{} { return closedChannel }

// Err returns the error of an ended context.
func (endedContext) Err() error { return context.Canceled }
