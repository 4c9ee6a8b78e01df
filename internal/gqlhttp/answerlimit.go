package gqlhttp

import (
	"context"
	"io"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/gqlerror"

	"usher/internal/fastgql"
	"usher/internal/fault"
	"usher/internal/i18n"
)

// answerLimit limits the size of a response, whether gqlgen or fastgql writes it. A response above
// the limit is replaced by COST_LIMIT, since a part of it would be invalid JSON.
//
// The estimate is not enough: it does not know the length of unpaged lists and of texts.
type answerLimit struct{ bytes, objects int }

var _ interface {
	graphql.OperationInterceptor
	graphql.RootFieldInterceptor
} = answerLimit{}

// ExtensionName returns the name for gqlgen's list of extensions.
func (answerLimit) ExtensionName() string { return "AnswerLimit" }

// Validate accepts every schema.
func (answerLimit) Validate(graphql.ExecutableSchema) error { return nil }

// writerKey is the context key of the writer whose bytes are counted.
type writerKey struct{}

// InterceptOperation gives the operation its budget, and returns COST_LIMIT when the budget is
// spent.
func (l answerLimit) InterceptOperation(ctx context.Context,
	next graphql.OperationHandler) graphql.ResponseHandler {
	ctx, budget := fastgql.WithBudget(ctx)
	w := &limitedWriter{ctx: ctx, left: l.bytes}
	responses := next(context.WithValue(ctx, writerKey{}, w))
	return func(ctx context.Context) (resp *graphql.Response) {
		// A subscription responds many times, and each response has the full budget.
		budget.Fill(l.bytes, l.objects)
		w.left = l.bytes
		defer func() {
			switch v := recover(); v {
			case nil:
			case errAnswerTooLarge:
				resp = l.tooLarge()
			case errEnded:
				// The transport responds for an operation that ran out of time.
				resp = nil
			default:
				panic(v)
			}
		}()
		resp = responses(ctx)
		switch {
		case budget.Spent() || resp != nil && len(resp.Data) > l.bytes:
			return l.tooLarge()
		case budget.Late():
			return nil // as for errEnded
		}
		return resp
	}
}

// InterceptRootField counts the bytes that root fields write.
func (answerLimit) InterceptRootField(ctx context.Context,
	next graphql.RootResolver) graphql.Marshaler {
	m := next(ctx)
	w, limited := ctx.Value(writerKey{}).(*limitedWriter)
	if m == nil || m == graphql.Null || !limited {
		// gqlgen compares the marshaler with Null, so it must not be wrapped.
		return m
	}
	return graphql.WriterFunc(func(to io.Writer) {
		w.to = to
		m.MarshalGQL(w)
	})
}

// tooLarge returns the answer that takes the place of one over the limit.
func (l answerLimit) tooLarge() *graphql.Response {
	f := fault.New(fault.CostLimit, "gqlhttp.answer_too_large",
		i18n.Args{"MiB": max(1, l.bytes/mebibyte)})
	return &graphql.Response{Errors: gqlerror.List{wrapFault(f)}}
}

// errAnswerTooLarge is the value of a panic in the writer: gqlgen's marshalers have no other way to
// stop.
const errAnswerTooLarge = tooLargeError("gqlhttp: the answer is too large")

// tooLargeError is the type of errAnswerTooLarge, so that the error can be a constant.
type tooLargeError string

// Error returns the message.
func (e tooLargeError) Error() string { return string(e) }

// limitedWriter stops a response that is too large, or whose operation has ended. Root fields write
// one after the other, so it needs no lock.
type limitedWriter struct {
	ctx    context.Context
	to     io.Writer
	left   int
	writes int
}

// writesBetweenLooks is the number of writes between two checks of the context. gqlgen writes every
// quotation mark separately, so checking each write would be slow.
const writesBetweenLooks = 1024

// Write passes p on. It panics when the limit is exceeded or the operation has ended.
func (w *limitedWriter) Write(p []byte) (int, error) {
	if w.left -= len(p); w.left < 0 {
		panic(errAnswerTooLarge)
	}
	if w.writes++; w.writes%writesBetweenLooks == 0 && w.ctx.Err() != nil {
		panic(errEnded)
	}
	return w.to.Write(p)
}
