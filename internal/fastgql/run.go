package fastgql

import (
	"context"
	"io"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"
)

// Run answers a selection with the JSON that fill appends. It returns nil when gqlgen has to
// answer: without Extension, when the selection cannot be compiled, and when fill gives up. It
// returns null when the budget of the operation is used up or its context has ended.
func Run(ctx context.Context, op *graphql.OperationContext, of *Object, set ast.SelectionSet,
	fill func(*Buffer, *CompiledSelection) bool) (m graphql.Marshaler) {
	budget, _ := ctx.Value(budgetKey{}).(*Budget)
	if budget.isExhausted(ctx) {
		return graphql.Null
	}
	if m = appendAnswer(ctx, op, of, set, fill, budget); m == nil {
		budget.consumeBudget(0, 1)
	}
	if budget.isExhausted(ctx) {
		return graphql.Null
	}
	return m
}

// appendAnswer returns the JSON of one selection, or nil if gqlgen must answer it: see Run. The
// bytes count against the budget of the whole response only if they are used.
func appendAnswer(
	ctx context.Context, op *graphql.OperationContext, of *Object, set ast.SelectionSet,
	fill func(*Buffer, *CompiledSelection) bool, budget *Budget,
) (m graphql.Marshaler) {
	o, _ := ctx.Value(operationKey{}).(*operationSelections)
	if o == nil || len(set) == 0 {
		return nil
	}
	defer func() {
		// gqlgen runs the same code next, panics again and reports it.
		if recover() != nil {
			m = nil
		}
		o.counts.recordObject(of, m != nil)
	}()
	p := o.findSelection(ctx, op, of, set)
	if p == nil {
		return nil
	}
	// The length of the latest response is a good first capacity, within a limit: a long response
	// must not make later short ones allocate as much.
	size := min(of.size.Load(), maxFirstSize)
	b := &Buffer{bytes: make([]byte, 0, size+size/16+64), Ctx: discardErrors(ctx), budget: budget,
		next: bytesBetweenLooks}
	if !fill(b, p) || graphql.GetErrors(b.Ctx) != nil {
		return nil
	}
	budget.consumeBudget(len(b.bytes)-b.taken, 0)
	of.size.Store(int64(len(b.bytes)))
	return rawJSON(b.bytes)
}

// AppendJSON returns the JSON that fill appends, in a buffer whose capacity begins with size bytes;
// nil when fill gives up, panics or meets an error. It does not count the bytes: the caller limits
// what fill appends.
func AppendJSON(ctx context.Context, size int, fill func(*Buffer) bool) (json []byte) {
	defer func() {
		// As in appendAnswer, gqlgen runs the same code next.
		if recover() != nil {
			json = nil
		}
	}()
	b := &Buffer{bytes: make([]byte, 0, size), Ctx: discardErrors(ctx)}
	if !fill(b) || graphql.GetErrors(b.Ctx) != nil {
		return nil
	}
	return b.bytes
}

// maxFirstSize is the largest initial capacity of a buffer, in bytes. A page of a hundred members
// needs less.
const maxFirstSize = 128 << 10

// rawJSON is finished JSON.
type rawJSON []byte

// MarshalGQL writes the JSON unchanged.
func (r rawJSON) MarshalGQL(w io.Writer) { _, _ = w.Write(r) }

// discardErrors returns a context whose errors are dropped: gqlgen reports them when it repeats the
// work.
func discardErrors(ctx context.Context) context.Context {
	return graphql.WithResponseContext(ctx,
		func(context.Context, error) *gqlerror.Error { return &gqlerror.Error{} },
		func(_ context.Context, v any) error { panic(v) })
}
