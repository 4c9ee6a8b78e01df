package gqlhttp

import (
	"context"
	"time"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"

	"usher/internal/fault"
)

// timeLimitExtension ends an operation that takes too long. A subscription may last.
type timeLimitExtension struct{ limit time.Duration }

// ExtensionName is for gqlgen's list of extensions.
func (timeLimitExtension) ExtensionName() string { return "Clock" }

// Validate has nothing to ask of the schema.
func (timeLimitExtension) Validate(graphql.ExecutableSchema) error { return nil }

// InterceptOperation lends the operation a context that ends in time, and frees it with the answer.
func (c timeLimitExtension) InterceptOperation(ctx context.Context,
	next graphql.OperationHandler) graphql.ResponseHandler {
	if graphql.GetOperationContext(ctx).Operation.Operation == ast.Subscription {
		return next(ctx)
	}
	// Resolvers, and through them the database driver, see the deadline; gqlgen itself cannot be
	// interrupted.
	ctx, cancel := context.WithTimeout(ctx, c.limit)
	responses := next(ctx)
	return func(ctx context.Context) *graphql.Response {
		defer cancel()
		return responses(ctx)
	}
}

// errorExtension is the outermost extension: what leaves through it has been presented, and holds
// ten errors at most.
type errorExtension struct{ errorPresenter }

// ExtensionName is for gqlgen's list of extensions.
func (errorExtension) ExtensionName() string { return "Exit" }

// Validate has nothing to ask of the schema.
func (errorExtension) Validate(graphql.ExecutableSchema) error { return nil }

// InterceptOperation presents what an extension answered by itself; gqlgen presents only what comes
// from resolvers.
func (e errorExtension) InterceptOperation(ctx context.Context,
	next graphql.OperationHandler) graphql.ResponseHandler {
	responses := next(ctx)
	return func(ctx context.Context) *graphql.Response {
		resp := responses(ctx)
		if resp == nil {
			return nil
		}
		for i, err := range resp.Errors {
			// The presenter writes a fault.Code; nobody else can have written that type.
			if _, presented := err.Extensions["code"].(fault.Code); !presented {
				resp.Errors[i] = e.presentError(ctx, err)
			}
		}
		return resp
	}
}

// InterceptResponse cuts the list of errors: a page of a hundred broken rows says nothing more than
// ten do.
func (errorExtension) InterceptResponse(ctx context.Context,
	next graphql.ResponseHandler) *graphql.Response {
	resp := next(ctx)
	if resp != nil && len(resp.Errors) > ErrorLimit {
		resp.Errors = resp.Errors[:ErrorLimit]
	}
	return resp
}

// Refuse answers an operation with an error before it starts, from an extension's
// InterceptOperation. Status and sentence follow from the error as everywhere.
func Refuse(err error) graphql.ResponseHandler {
	return graphql.OneShot(&graphql.Response{Errors: gqlerror.List{gqlerror.Wrap(err)}})
}
