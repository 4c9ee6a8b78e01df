package server

import (
	"context"

	"github.com/99designs/gqlgen/graphql"

	"usher/graph"
	"usher/internal/access"
	"usher/internal/account"
	"usher/internal/fastgql"
	"usher/internal/fault"
	"usher/internal/gqlhttp"
)

// recalledCaller is a caller whose rights are remembered and were not verified for this request.
type recalledCaller struct {
	*account.RememberedCaller
	token string
}

// recalledKey is the context key of the recalledCaller.
type recalledKey struct{}

// directReader answers operations that direct reads know, with the remembered rights of their
// caller. For all others it loads the caller.
//
// Security: until then the caller in the context has no memberships and may read nothing.
type directReader struct {
	*httpServer
	reads *graph.DirectReads
}

var _ graphql.OperationInterceptor = directReader{}

// ExtensionName returns the name for gqlgen's list of extensions.
func (directReader) ExtensionName() string { return "DirectReader" }

// Validate accepts every schema.
func (directReader) Validate(graphql.ExecutableSchema) error { return nil }

// InterceptOperation answers the operation directly, or goes on with its caller.
func (d directReader) InterceptOperation(ctx context.Context,
	next graphql.OperationHandler) graphql.ResponseHandler {
	recalled, _ := ctx.Value(recalledKey{}).(*recalledCaller)
	if data := d.readDirectly(ctx, recalled); data != nil {
		return graphql.OneShot(data)
	}
	if recalled == nil {
		return next(ctx)
	}
	caller, err := d.loadCaller(ctx, recalled.token)
	switch {
	case fault.Has(err, fault.Unauthenticated):
		ctx = gqlhttp.WithInvalidToken(ctx, err)
		caller = &access.Caller{}
	case err != nil:
		return gqlhttp.Refuse(err)
	case !recalled.HasRightsOf(caller):
		d.Accounts.ForgetCaller(caller)
	}
	// From here on everything is as if the caller had been loaded at the beginning.
	v := ctx.Value(connectionKey{}).(*connectionInfo)
	return next(v.withCaller(ctx, caller))
}

// readDirectly returns the direct answer of an operation; nil if it has none. Errors are left to the
// ordinary way, which meets and reports them.
func (d directReader) readDirectly(ctx context.Context, recalled *recalledCaller) *graphql.Response {
	// fastgql.Without turns this off as well, so that tests can compare.
	by := access.FromContext(ctx)
	if by.Anonymous() || by.MustChange || !d.Settings.FastGraphQL || fastgql.IsWithout(ctx) {
		return nil
	}
	read := d.reads.Compile(ctx)
	if read == nil {
		return nil
	}
	var caller *account.RememberedCaller
	if recalled != nil {
		caller = recalled.RememberedCaller
	}
	// A second time with fresh memories, if the first ones were outdated.
	for range 2 {
		if caller == nil {
			var err error
			if caller, err = d.Accounts.RememberCaller(ctx, by); caller == nil || err != nil {
				return nil
			}
		}
		answer, err := read.Answer(ctx, caller)
		switch {
		case err != nil || answer.Data == nil && !answer.Outdated:
			return nil
		case answer.Data != nil:
			return &graphql.Response{Data: answer.Data}
		}
		caller = nil
	}
	return nil
}
