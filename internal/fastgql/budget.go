package fastgql

import (
	"context"
	"sync/atomic"
)

// Budget limits the cost of a response. When it or the time of the operation is used up, every
// remaining object and list becomes null and the server answers with an error, so no client sees
// these nulls.
type Budget struct {
	bytes   atomic.Int64 // left for appended JSON
	objects atomic.Int64 // left for objects of gqlgen, which cost a goroutine and a context each
	spent   atomic.Bool
	late    atomic.Bool
}

// budgetKey is the context key of the Budget of a response.
type budgetKey struct{}

// WithBudget returns a context with an empty budget for its operation; see Fill.
func WithBudget(ctx context.Context) (context.Context, *Budget) {
	b := &Budget{}
	return context.WithValue(ctx, budgetKey{}, b), b
}

// Fill sets the budget of the next response: bytes to append, and objects to leave to gqlgen. A
// subscription has many responses.
func (b *Budget) Fill(bytes, objects int) {
	b.bytes.Store(int64(bytes))
	b.objects.Store(int64(objects))
}

// Spent reports whether the response costs too much.
func (b *Budget) Spent() bool { return b.spent.Load() }

// Late reports whether something was left out because the operation's context has ended.
func (b *Budget) Late() bool { return b.late.Load() }

// isExhausted reports whether the response is given up. A nil Budget has no limit.
func (b *Budget) isExhausted(ctx context.Context) bool {
	if b == nil {
		return false
	}
	if ctx.Err() != nil {
		b.late.Store(true)
	}
	return b.spent.Load() || b.late.Load()
}

// consumeBudget subtracts bytes and objects.
func (b *Budget) consumeBudget(bytes, objects int) {
	if b != nil && (b.bytes.Add(-int64(bytes)) < 0 || b.objects.Add(-int64(objects)) < 0) {
		b.spent.Store(true)
	}
}
