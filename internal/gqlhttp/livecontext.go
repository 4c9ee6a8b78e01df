package gqlhttp

import (
	"context"
	"errors"
	"sync/atomic"
)

// liveContext is the context of an operation that may last. Its values can be replaced while it is
// in use.
//
// Security: each event must be resolved for the caller at that moment. gqlgen uses one context for
// all events of a subscription, so the context itself must change.
type liveContext struct {
	context.Context // of the connection; ends with the operation
	renew           func(context.Context) (context.Context, error)
	values          atomic.Pointer[context.Context]
	failure         atomic.Pointer[error]
}

// liveKey is the context key of the liveContext of a stream.
type liveKey struct{}

// newLiveContext returns a context whose values are replaced before each event.
func newLiveContext(ctx context.Context, renew func(context.Context) (context.Context,
	error)) *liveContext {
	l := &liveContext{Context: ctx, renew: renew}
	l.values.Store(&ctx)
	return l
}

// Value looks in the context that was stored last. That one is derived from the connection's
// context, so no value is lost.
func (l *liveContext) Value(key any) any {
	if key == (liveKey{}) {
		return l
	}
	return (*l.values.Load()).Value(key)
}

// errNotLive shows a mistake of a resolver: only subscriptions can renew their context.
var errNotLive = errors.New("gqlhttp: not the context of a stream")

// Renew loads the caller of a stream again. The context, and every context derived from it, then
// has the new caller. On an error the stream must end: the sign-in has ended, or the database does
// not respond.
func Renew(ctx context.Context) error {
	l, ok := ctx.Value(liveKey{}).(*liveContext)
	if !ok {
		return errNotLive
	}
	fresh, err := l.renew(l.Context)
	if err == nil {
		l.values.Store(&fresh)
	}
	return err
}

// Fail stores why a subscription ends early. Its resolver closes the channel afterwards.
func Fail(ctx context.Context, err error) {
	if l, ok := ctx.Value(liveKey{}).(*liveContext); ok {
		l.failure.Store(&err)
	}
}

// failureError returns the error with which the stream ends, or nil.
func (l *liveContext) failureError() error {
	if err := l.failure.Load(); err != nil {
		return *err
	}
	return nil
}
