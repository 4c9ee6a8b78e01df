package store

import (
	"context"

	"usher/ent"
	"usher/internal/access"
	"usher/internal/fault"
	"usher/internal/ident"
)

// accessScope limits the rows that a context may see. Exactly one of the three fields is set.
type accessScope struct {
	workspace ident.ID
	caller    *access.Caller
	reason    string
}

// scopeKey is the context key of the scope.
type scopeKey struct{}

// scopeFrom returns the scope of a context. ok is false without one, and then no query runs.
func scopeFrom(ctx context.Context) (accessScope, bool) {
	s, ok := ctx.Value(scopeKey{}).(accessScope)
	return s, ok
}

// InWorkspace limits reads and writes of a context to one workspace. Operations use it after their
// authorization check.
func InWorkspace(ctx context.Context, workspace ident.ID) context.Context {
	return context.WithValue(ctx, scopeKey{}, accessScope{workspace: workspace})
}

// AsCaller limits a context to reading the rows that the caller may see, in all of the caller's
// workspaces. Resolvers run in it: rows that the caller may not see do not exist for them, at any
// depth of a query.
func AsCaller(ctx context.Context, c *access.Caller) context.Context {
	// A nil caller reads like an anonymous one.
	if c == nil {
		c = &access.Caller{}
	}
	return context.WithValue(ctx, scopeKey{}, accessScope{caller: c})
}

// AsSystem lifts the tenant filter. The reason is for reviewers of the code, who must be able to
// check it.
func AsSystem(ctx context.Context, reason string) context.Context {
	return context.WithValue(ctx, scopeKey{}, accessScope{reason: reason})
}

// FindVisible loads a row by its id for an authenticated caller. get is the Get of the table's
// client. NOT_FOUND for a row that does not exist or that the caller may not see.
func FindVisible[T any](ctx context.Context, by *access.Caller,
	get func(context.Context, ident.ID) (*T, error), id ident.ID) (*T, error) {
	if err := by.RequireAuthenticated(); err != nil {
		return nil, err
	}
	row, err := get(AsCaller(ctx, by), id)
	if ent.IsNotFound(err) {
		return nil, fault.Missing()
	}
	return row, err
}
