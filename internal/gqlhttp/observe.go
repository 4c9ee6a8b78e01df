package gqlhttp

import (
	"context"

	"github.com/99designs/gqlgen/graphql"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promauto"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"

	"usher/internal/fault"
	"usher/internal/inbound"
)

// answerCounter counts responses by outcome. HTTP statuses say little about GraphQL: a response
// with INTERNAL may be a 200.
//
// The labels are bounded. An operation is named by its first root field, which the schema defines,
// and never by the client's name for it. A document that did not validate is "invalid".
var answerCounter = promauto.NewCounterVec(prometheus.CounterOpts{
	Name: "usher_graphql_answers_total",
	Help: "GraphQL answers by root field and error code; OK without errors, once for each code of an answer.",
}, []string{"operation", "code"})

const (
	// Labels of the metric that are no codes and no fields of the schema.
	codeOK           = "OK"
	operationInvalid = "invalid"
)

// observedExecutor counts responses and records the name of the operation in the request's log
// line.
type observedExecutor struct{ graphql.GraphExecutor }

// DispatchOperation runs an operation and counts its responses.
func (o observedExecutor) DispatchOperation(ctx context.Context,
	op *graphql.OperationContext) (graphql.ResponseHandler, context.Context) {
	field := rootField(op.Operation.SelectionSet)
	inbound.From(ctx).Operation(string(op.Operation.Operation) + " " + field)
	responses, ctx := o.GraphExecutor.DispatchOperation(ctx, op)
	return func(ctx context.Context) *graphql.Response {
		resp := responses(ctx)
		if resp != nil {
			countAnswer(field, resp.Errors)
		}
		return resp
	}, ctx
}

// DispatchError responds to an operation that could not run, or did not end in time.
func (o observedExecutor) DispatchError(ctx context.Context, list gqlerror.List) *graphql.Response {
	resp := o.GraphExecutor.DispatchError(ctx, list)
	field := operationInvalid
	if graphql.HasOperationContext(ctx) {
		if op := graphql.GetOperationContext(ctx).Operation; op != nil {
			field = rootField(op.SelectionSet)
		}
	}
	countAnswer(field, resp.Errors)
	return resp
}

// countAnswer counts one answer of an operation under each code that its errors have. Ten errors of
// one code count once, so that the metric counts answers and not fields.
func countAnswer(operation string, errs gqlerror.List) {
	if len(errs) == 0 {
		answerCounter.WithLabelValues(operation, codeOK).Inc()
		return
	}
	counted := map[string]bool{}
	for _, err := range errs {
		if code := codeOf(err); !counted[code] {
			counted[code] = true
			answerCounter.WithLabelValues(operation, code).Inc()
		}
	}
}

// codeOf returns the code that the presenter set.
func codeOf(err *gqlerror.Error) string {
	switch code := err.Extensions["code"].(type) {
	case fault.Code:
		return string(code)
	case string:
		return code
	}
	return string(fault.Internal)
}

// rootField returns the name of the first root field of a valid operation. An invalid document may
// contain any name, which must not become a label.
func rootField(selections ast.SelectionSet) string {
	for _, selection := range selections {
		name := operationInvalid
		switch s := selection.(type) {
		case *ast.Field:
			if s.Definition != nil {
				return s.Definition.Name
			}
		case *ast.InlineFragment:
			name = rootField(s.SelectionSet)
		case *ast.FragmentSpread:
			if s.Definition != nil {
				name = rootField(s.Definition.SelectionSet)
			}
		}
		if name != operationInvalid {
			return name
		}
	}
	return operationInvalid
}
