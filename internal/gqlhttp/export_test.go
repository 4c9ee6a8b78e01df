package gqlhttp

import (
	"context"
	"time"
)

// SetTimeLimit shortens the ten seconds of an operation.
func SetTimeLimit(o *Options, d time.Duration) { o.timeLimit = d }

// SetInitLimit shortens the ten seconds that a websocket has to introduce itself.
func SetInitLimit(o *Options, d time.Duration) { o.initLimit = d }

// NewLive is the context of a stream.
func NewLive(ctx context.Context, renew func(context.Context) (context.Context,
	error)) context.Context {
	return newLiveContext(ctx, renew)
}

// SetAnswerLimit shortens the longest answer, in bytes.
func SetAnswerLimit(o *Options, n int) { o.answerLimit = n }

// SetIdleLimit shortens the minute that an anonymous websocket may stay idle.
func SetIdleLimit(o *Options, d time.Duration) { o.idleLimit = d }
