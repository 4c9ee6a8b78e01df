package fastgql

import (
	"context"
	"sync/atomic"
)

// Budget is what an answer may still cost. Once it is spent, or the time of the operation is over,
// every object and every list becomes null immediately, and the server answers with an error
// instead: nobody sees those nulls.
type Budget struct {
	bytes   atomic.Int64 // left for what is appended
	objects atomic.Int64 // left for what gqlgen marshals, a goroutine and a context each
	spent   atomic.Bool
	late    atomic.Bool
}

type budgetKey struct{}

// WithBudget returns a context whose operation is bounded by a budget, which is to be filled.
func WithBudget(ctx context.Context) (context.Context, *Budget) {
	b := &Budget{}
	return context.WithValue(ctx, budgetKey{}, b), b
}

// Fill lets the next answer append so many bytes, and leave so many objects to gqlgen. A stream has
// many answers.
func (b *Budget) Fill(bytes, objects int) {
	b.bytes.Store(int64(bytes))
	b.objects.Store(int64(objects))
}

// Spent reports whether the answer costs too much.
func (b *Budget) Spent() bool { return b.spent.Load() }

// Late reports whether something was left out because the operation's context has ended.
func (b *Budget) Late() bool { return b.late.Load() }

// isExhausted reports whether the answer is given up. A nil Budget bounds nothing.
func (b *Budget) isExhausted(ctx context.Context) bool {
	if b == nil {
		return false
	}
	if ctx.Err() != nil {
		b.late.Store(true)
	}
	return b.spent.Load() || b.late.Load()
}

// consumeBudget uses bytes and objects up.
func (b *Budget) consumeBudget(bytes, objects int) {
	if b != nil && (b.bytes.Add(-int64(bytes)) < 0 || b.objects.Add(-int64(objects)) < 0) {
		b.spent.Store(true)
	}
}
