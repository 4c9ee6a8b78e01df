package gqlhttp

import (
	"context"
	"time"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"

	"usher/internal/fault"
)

// timeLimitExtension ends an operation that takes too long. Subscriptions have no limit.
type timeLimitExtension struct{ limit time.Duration }

// ExtensionName returns the name for gqlgen's list of extensions.
func (timeLimitExtension) ExtensionName() string { return "Clock" }

// Validate accepts every schema.
func (timeLimitExtension) Validate(graphql.ExecutableSchema) error { return nil }

// InterceptOperation gives the operation a context with a deadline, which is freed with the
// response.
func (c timeLimitExtension) InterceptOperation(ctx context.Context,
	next graphql.OperationHandler) graphql.ResponseHandler {
	if graphql.GetOperationContext(ctx).Operation.Operation == ast.Subscription {
		return next(ctx)
	}
	// Resolvers and the database driver see the deadline. gqlgen itself cannot be interrupted.
	ctx, cancel := context.WithTimeout(ctx, c.limit)
	responses := next(ctx)
	return func(ctx context.Context) *graphql.Response {
		defer cancel()
		return responses(ctx)
	}
}

// errorExtension is the outermost extension. It ensures that all errors are presented and that
// there are at most ten.
type errorExtension struct{ errorPresenter }

// ExtensionName returns the name for gqlgen's list of extensions.
func (errorExtension) ExtensionName() string { return "Exit" }

// Validate accepts every schema.
func (errorExtension) Validate(graphql.ExecutableSchema) error { return nil }

// InterceptOperation presents the errors that extensions return. gqlgen presents only those of
// resolvers.
func (e errorExtension) InterceptOperation(ctx context.Context,
	next graphql.OperationHandler) graphql.ResponseHandler {
	responses := next(ctx)
	return func(ctx context.Context) *graphql.Response {
		resp := responses(ctx)
		if resp == nil {
			return nil
		}
		for i, err := range resp.Errors {
			// Only the presenter writes a fault.Code.
			if _, presented := err.Extensions["code"].(fault.Code); !presented {
				resp.Errors[i] = e.presentError(ctx, err)
			}
		}
		return resp
	}
}

// InterceptResponse shortens the list of errors: a hundred equal errors say no more than ten.
func (errorExtension) InterceptResponse(ctx context.Context,
	next graphql.ResponseHandler) *graphql.Response {
	resp := next(ctx)
	if resp != nil && len(resp.Errors) > ErrorLimit {
		resp.Errors = resp.Errors[:ErrorLimit]
	}
	return resp
}

// Refuse returns the response of an operation that an extension's InterceptOperation refuses before
// it starts. Status and message follow from the error.
func Refuse(err error) graphql.ResponseHandler {
	return graphql.OneShot(&graphql.Response{Errors: gqlerror.List{gqlerror.Wrap(err)}})
}
