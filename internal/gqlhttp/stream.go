package gqlhttp

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"time"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"

	"usher/internal/fault"
)

const (
	// keepAlive is shorter than a minute, after which proxies commonly close a silent connection.
	keepAlive = 15 * time.Second
	// writeLimit is the time for sending one message. A slower client is gone, or occupies memory
	// for nothing.
	writeLimit = 10 * time.Second
)

// subscriptionWait is the Retry-After of a caller with too many subscriptions.
const subscriptionWait = 30 * time.Second

// streamRunner runs operations that may have several responses.
type streamRunner struct {
	http   *httpTransport
	renew  func(context.Context) (context.Context, error)
	ending context.Context
	log    *slog.Logger
	// present logs an error that is sent to no client.
	present func(context.Context, error) *gqlerror.Error

	subscriptionsOf *keyedQuota // by person
}

// answerSink receives the responses of one operation.
type answerSink interface {
	refuse(*graphql.Response)    // the operation does not run; nothing follows
	open()                       // the operation runs; its first response may take long
	next(*graphql.Response) bool // false when the client has gone
	complete()                   // there are no more responses
	breakOff()                   // the stream ends without completion: the client may open it again
}

// runOperation runs one operation to its end. A stream that breaks off because its client left, the
// process stops, or the server failed is not completed: a client that is still there opens it
// again, perhaps on another process. A refusal completes it, since it would be refused again.
func (s *streamRunner) runOperation(ctx context.Context, exec graphql.GraphExecutor,
	params *clientRequest, writes bool, to answerSink) {
	ctx, cancel := context.WithCancel(graphql.StartOperationTrace(ctx))
	defer cancel()
	l := newLiveContext(ctx, s.renew)
	ctx = l
	// Security: a websocket may be older than the permissions of its caller.
	if err := Renew(ctx); err != nil {
		if !isRefusal(err) {
			s.breakOffStream(ctx, to, err)
			return
		}
		to.refuse(exec.DispatchError(ctx, gqlerror.List{gqlerror.Wrap(err)}))
		return
	}

	op, errs := exec.CreateOperationContext(
		context.WithValue(ctx, pendingInputKey{}, params.pendingInput), &params.RawParams)
	ctx = graphql.WithOperationContext(ctx, op)
	if len(errs) == 0 {
		errs = checkStreamable(op, writes)
	}
	if len(errs) > 0 {
		to.refuse(exec.DispatchError(ctx, unfoldErrors(errs)))
		return
	}

	lasts := op.Operation.Operation == ast.Subscription
	if lasts {
		// Security: each subscription has a listener and loads its caller again and again, so their
		// number is limited.
		person := s.http.person(ctx)
		if !s.subscriptionsOf.acquireSlot(person) {
			f := fault.Limited(subscriptionWait, "gqlhttp.subscriptions")
			to.refuse(exec.DispatchError(ctx, gqlerror.List{wrapFault(f)}))
			return
		}
		defer s.subscriptionsOf.releaseSlot(person)
		defer context.AfterFunc(s.ending, cancel)()
	}
	err := forwardAnswers(ctx, exec, op, lasts, to)
	switch {
	case l.Err() != nil || errors.Is(err, errNoListener):
		return
	case err == nil:
		err = l.failureError()
	}
	if err != nil && lasts && !isRefusal(err) {
		s.breakOffStream(ctx, to, err)
		return
	}
	if err == nil || to.next(exec.DispatchError(ctx, gqlerror.List{gqlerror.Wrap(err)})) {
		to.complete()
	}
}

// breakOffStream breaks a stream off and logs the cause.
func (s *streamRunner) breakOffStream(ctx context.Context, to answerSink, err error) {
	s.present(ctx, err)
	to.breakOff()
}

// isRefusal reports whether an error would occur again, unlike a failure of the server.
func isRefusal(err error) bool {
	f, ok := fault.Of(err)
	return ok && f.Code != fault.Unavailable && f.Code != fault.Internal
}

// checkStreamable refuses operations that cannot run on a stream.
func checkStreamable(op *graphql.OperationContext, writes bool) gqlerror.List {
	switch kind := op.Operation.Operation; {
	case kind == ast.Mutation && !writes:
		return gqlerror.List{wrapFault(fault.New(fault.BadUserInput, "gqlhttp.socket_mutation"))}
	case kind == ast.Subscription &&
		len(graphql.CollectFields(op, op.Operation.SelectionSet, []string{"Subscription"})) != 1:
		// The validator accepts a second field behind an alias or a directive, and gqlgen would
		// respond with an internal error.
		return gqlerror.List{wrapFault(fault.New(fault.BadUserInput, "gqlhttp.one_stream"))}
	}
	return nil
}

// errNoListener ends an operation whose client has gone.
var errNoListener = errors.New("gqlhttp: nobody listens")

// forwardAnswers passes responses on until there are no more.
func forwardAnswers(ctx context.Context, exec graphql.GraphExecutor, op *graphql.OperationContext,
	lasts bool, to answerSink) (err error) {
	defer func() {
		if v := recover(); v != nil {
			if v == http.ErrAbortHandler { //nolint:errorlint // the sentinel is panicked as it is
				panic(v)
			}
			err = newPanicError(ctx, v)
		}
	}()
	// The resolver of a subscription runs here. When this returns it has refused, or has begun to
	// watch.
	responses, ctx := exec.DispatchOperation(ctx, op)
	if lasts {
		to.open()
	}
	answered := false
	for resp := responses(ctx); resp != nil; resp = responses(ctx) {
		if lasts && !answered && hasNoData(resp) && !isRefusal(resp.Errors[0]) {
			return resp.Errors[0] // the subscription did not begin
		}
		answered = true
		if !to.next(resp) {
			return errNoListener
		}
	}
	if !answered && !lasts {
		return errors.Join(errEnded, ctx.Err()) // by the time limit, as in runRequest
	}
	return nil
}
