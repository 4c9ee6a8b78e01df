package gqlhttp

import (
	"context"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/gqlerror"

	"usher/internal/gqllimit"
)

// operationEstimator refuses an operation by its estimate once its variables are known.
type operationEstimator struct {
	gqllimit.Estimator
	introspection func(context.Context) bool
}

// ExtensionName returns the name for gqlgen's list of extensions.
func (*operationEstimator) ExtensionName() string { return "Estimator" }

// Validate accepts every schema.
func (*operationEstimator) Validate(graphql.ExecutableSchema) error { return nil }

// MutateOperationContext runs after gqlgen has decoded the variables and before any resolver.
func (p *operationEstimator) MutateOperationContext(ctx context.Context,
	op *graphql.OperationContext) *gqlerror.Error {
	if f := p.Estimate(op.Operation, op.Variables, p.introspection(ctx)); f != nil {
		return wrapFault(f)
	}
	// Fields that read the schema were refused by name above, so introspection need not be
	// disabled.
	op.DisableIntrospection = false
	return nil
}
