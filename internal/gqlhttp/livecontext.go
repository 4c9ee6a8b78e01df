package gqlhttp

import (
	"context"
	"errors"
	"sync/atomic"
)

// liveContext is the context of an operation that may last. Its values can be replaced while it is
// in use.
//
// Security: what is resolved for a later event must be resolved for the caller of that moment.
// gqlgen hands one context to all events of a subscription, so the context itself has to move on.
type liveContext struct {
	context.Context // of the connection; ends with the operation
	renew           func(context.Context) (context.Context, error)
	values          atomic.Pointer[context.Context]
	failure         atomic.Pointer[error]
}

type liveKey struct{}

func newLiveContext(ctx context.Context, renew func(context.Context) (context.Context,
	error)) *liveContext {
	l := &liveContext{Context: ctx, renew: renew}
	l.values.Store(&ctx)
	return l
}

// Value looks into what was last put in. That stands on the connection's context, so nothing is
// ever lost.
func (l *liveContext) Value(key any) any {
	if key == (liveKey{}) {
		return l
	}
	return (*l.values.Load()).Value(key)
}

var errNotLive = errors.New("gqlhttp: not the context of a stream")

// Renew loads the caller of a stream again. From then on the context, and every one made of it,
// knows the new one. An error means that nobody is there any more, or that the database does not
// answer: the stream has to end with it.
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

// Fail says why a subscription ends before its time. Its resolver closes the channel after it.
func Fail(ctx context.Context, err error) {
	if l, ok := ctx.Value(liveKey{}).(*liveContext); ok {
		l.failure.Store(&err)
	}
}

func (l *liveContext) failureError() error {
	if err := l.failure.Load(); err != nil {
		return *err
	}
	return nil
}
