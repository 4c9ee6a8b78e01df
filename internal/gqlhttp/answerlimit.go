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

// answerLimit bounds the size of an answer, whether gqlgen or fastgql writes it. An answer above
// the limit is replaced by COST_LIMIT as a whole; a part of it would be JSON that no client can
// read.
//
// The plan's estimate cannot do this alone: it does not know how long a list without pages is, nor
// how long its texts.
type answerLimit struct{ bytes, objects int }

var _ interface {
	graphql.OperationInterceptor
	graphql.RootFieldInterceptor
} = answerLimit{}

// ExtensionName is for gqlgen's list of extensions.
func (answerLimit) ExtensionName() string { return "AnswerLimit" }

// Validate has nothing to ask of the schema.
func (answerLimit) Validate(graphql.ExecutableSchema) error { return nil }

type writerKey struct{}

// InterceptOperation gives the operation its budget, and answers for it once that is spent.
func (l answerLimit) InterceptOperation(ctx context.Context,
	next graphql.OperationHandler) graphql.ResponseHandler {
	ctx, budget := fastgql.WithBudget(ctx)
	w := &limitedWriter{ctx: ctx, left: l.bytes}
	responses := next(context.WithValue(ctx, writerKey{}, w))
	return func(ctx context.Context) (resp *graphql.Response) {
		budget.Fill(l.bytes, l.objects)
		w.left = l.bytes
		defer func() {
			switch v := recover(); v {
			case nil:
			case errAnswerTooLarge:
				resp = l.tooLarge()
			case errEnded:
				resp = nil // the transport answers for an operation that its clock has ended
			default:
				panic(v)
			}
		}()
		resp = responses(ctx)
		switch {
		case budget.Spent() || resp != nil && len(resp.Data) > l.bytes:
			return l.tooLarge()
		case budget.Late():
			return nil // see errEnded
		}
		return resp
	}
}

// InterceptRootField watches what the root fields write.
func (answerLimit) InterceptRootField(ctx context.Context,
	next graphql.RootResolver) graphql.Marshaler {
	m := next(ctx)
	w, limited := ctx.Value(writerKey{}).(*limitedWriter)
	if m == nil || m == graphql.Null || !limited {
		return m // gqlgen compares with Null
	}
	return graphql.WriterFunc(func(to io.Writer) {
		w.to = to
		m.MarshalGQL(w)
	})
}

func (l answerLimit) tooLarge() *graphql.Response {
	f := fault.New(fault.CostLimit, "gqlhttp.answer_too_large",
		i18n.Args{"MiB": max(1, l.bytes/mebibyte)})
	return &graphql.Response{Errors: gqlerror.List{wrapFault(f)}}
}

// errAnswerTooLarge is panicked by the writer: gqlgen's marshalers have no other way to stop.
const errAnswerTooLarge = tooLargeError("gqlhttp: the answer is too large")

type tooLargeError string

// Error says what was too large.
func (e tooLargeError) Error() string { return string(e) }

// limitedWriter stops an answer that is too large, or whose operation has ended. Root fields write
// one after the other.
type limitedWriter struct {
	ctx    context.Context
	to     io.Writer
	left   int
	writes int
}

// writesBetweenLooks is how many writes pass between two looks at the clock; gqlgen writes every
// quotation mark by itself.
const writesBetweenLooks = 1024

// Write passes on, or panics.
func (w *limitedWriter) Write(p []byte) (int, error) {
	if w.left -= len(p); w.left < 0 {
		panic(errAnswerTooLarge)
	}
	if w.writes++; w.writes%writesBetweenLooks == 0 && w.ctx.Err() != nil {
		panic(errEnded)
	}
	return w.to.Write(p)
}
