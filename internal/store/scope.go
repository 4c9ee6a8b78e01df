package store

import (
	"context"

	"usher/ent"
	"usher/internal/access"
	"usher/internal/fault"
	"usher/internal/ident"
)

// accessScope is how far a context may see. Exactly one of the three is set.
type accessScope struct {
	workspace ident.ID
	caller    *access.Caller
	reason    string
}

type scopeKey struct{}

func scopeFrom(ctx context.Context) (accessScope, bool) {
	s, ok := ctx.Value(scopeKey{}).(accessScope)
	return s, ok
}

// InWorkspace lets a context see and write one workspace: what a verb runs in once it knows that
// its caller may.
func InWorkspace(ctx context.Context, workspace ident.ID) context.Context {
	return context.WithValue(ctx, scopeKey{}, accessScope{workspace: workspace})
}

// AsCaller lets a context read what its caller may see, in all of the caller's workspaces, and
// write nothing. It is what resolvers run in: rows that the caller may not see are not there, at
// any depth of a query.
func AsCaller(ctx context.Context, c *access.Caller) context.Context {
	if c == nil {
		c = &access.Caller{}
	}
	return context.WithValue(ctx, scopeKey{}, accessScope{caller: c})
}

// AsSystem lifts the tenant filter. The reason is for readers of the code, who must be able to
// check it.
func AsSystem(ctx context.Context, reason string) context.Context {
	return context.WithValue(ctx, scopeKey{}, accessScope{reason: reason})
}

// FindVisible loads a row by its id for an authenticated caller. get is the Get of the table's
// client. NOT_FOUND for a row that does not exist or that the caller may not see.
func FindVisible[T any](ctx context.Context, by *access.Caller,
	get func(context.Context, ident.ID) (*T, error), id ident.ID) (*T, error) {
	if err := by.Authenticated(); err != nil {
		return nil, err
	}
	row, err := get(AsCaller(ctx, by), id)
	if ent.IsNotFound(err) {
		return nil, fault.Missing()
	}
	return row, err
}
