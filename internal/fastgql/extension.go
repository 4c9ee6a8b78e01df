package fastgql

import (
	"context"
	"sync"
	"unsafe"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/ast"
)

// Extension enables this package for the operations of a server. It must not be combined with a
// field interceptor, which would not see the appended fields.
type Extension struct{}

var _ graphql.OperationInterceptor = Extension{}

// ExtensionName names the extension in gqlgen's list.
func (Extension) ExtensionName() string { return "FastPath" }

// Validate accepts every schema.
func (Extension) Validate(graphql.ExecutableSchema) error { return nil }

// InterceptOperation gives an operation a place for its compiled selections.
func (Extension) InterceptOperation(ctx context.Context,
	next graphql.OperationHandler) graphql.ResponseHandler {
	// Tests compare with gqlgen alone.
	if IsWithout(ctx) {
		return next(ctx)
	}
	t, _ := ctx.Value(countsKey{}).(*WriteCounts)
	return next(context.WithValue(ctx, operationKey{}, &operationSelections{counts: t}))
}

// withoutKey is the context key by which Without turns the fast path off.
type withoutKey struct{}

// Without returns a context whose operations gqlgen answers alone, for tests and benchmarks that
// compare the two.
func Without(ctx context.Context) context.Context {
	return context.WithValue(ctx, withoutKey{}, true)
}

// IsWithout reports whether Without made the context.
func IsWithout(ctx context.Context) bool { return ctx.Value(withoutKey{}) != nil }

// operationKey is the context key of operationSelections. Without it gqlgen answers alone.
type operationKey struct{}

// operationSelections holds the compiled selections of one operation. They are not kept for other
// requests: compiling one takes microseconds and depends on the variables.
type operationSelections struct {
	mu         sync.Mutex
	selections map[selectionKey]*CompiledSelection
	counts     *WriteCounts
}

// selectionKey identifies a selection on a type. gqlgen passes the same slice for every row of a
// list.
type selectionKey struct {
	of    *Object
	first unsafe.Pointer
	count int
}

// findSelection returns a selection compiled; nil if something in it is not plain.
func (o *operationSelections) findSelection(ctx context.Context, op *graphql.OperationContext, of *Object,
	set ast.SelectionSet) *CompiledSelection {
	key := selectionKey{of, unsafe.Pointer(unsafe.SliceData(set)), len(set)}
	o.mu.Lock()
	defer o.mu.Unlock()
	p, known := o.selections[key]
	if !known {
		// A nil result is stored too, so that each selection is compiled once.
		p = compileSelection(discardErrors(ctx), op, of, set)
		if o.selections == nil {
			o.selections = map[selectionKey]*CompiledSelection{}
		}
		o.selections[key] = p
	}
	return p
}

// WriteCounts counts the appended and the remaining objects and lists of an operation, by type.
// Tests use it, because an object that falls back to gqlgen has the right answer and is only slow.
type WriteCounts struct {
	mu       sync.Mutex
	Appended map[string]int // written by this package
	Left     map[string]int // left to gqlgen
}

// countsKey is the context key of the WriteCounts of a test.
type countsKey struct{}

// Count returns a context whose operations are counted.
func Count(ctx context.Context) (context.Context, *WriteCounts) {
	t := &WriteCounts{Appended: map[string]int{}, Left: map[string]int{}}
	return context.WithValue(ctx, countsKey{}, t), t
}

// recordObject counts one attempt. It does nothing for a nil receiver, which every operation
// outside of tests has.
func (t *WriteCounts) recordObject(of *Object, appended bool) {
	if t == nil {
		return
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	if appended {
		t.Appended[of.Name]++
	} else {
		t.Left[of.Name]++
	}
}
