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

// answerCounter counts what clients are told. HTTP statuses say little about GraphQL: an answer
// with INTERNAL may be a 200.
//
// The labels are bounded: an operation is named by its first root field, which the schema knows,
// never by the name that the client gave it; a document that did not validate is "invalid".
var answerCounter = promauto.NewCounterVec(prometheus.CounterOpts{
	Name: "usher_graphql_answers_total",
	Help: "GraphQL answers by root field and error code; OK without errors, once for each code of an answer.",
}, []string{"operation", "code"})

const (
	codeOK           = "OK"
	operationInvalid = "invalid"
)

// observedExecutor is an executor that counts its answers and names the operation in the request's
// record.
type observedExecutor struct{ graphql.GraphExecutor }

// DispatchOperation runs an operation.
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

// DispatchError answers what could not be run, or did not end.
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

// codeOf returns the code that the presenter gave an error.
func codeOf(err *gqlerror.Error) string {
	switch code := err.Extensions["code"].(type) {
	case fault.Code:
		return string(code)
	case string:
		return code
	}
	return string(fault.Internal)
}

// rootField returns the name of the first field of an operation that has been validated. A document
// that has not may hold any name, and would make a label of it.
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
