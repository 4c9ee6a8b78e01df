package store

import (
	"context"
	"fmt"

	entgo "entgo.io/ent"
	"entgo.io/ent/dialect/sql"

	"usher/ent"
	"usher/ent/intercept"
	"usher/internal/ident"
	"usher/internal/visibility"
)

// addTenantFilter limits every query and write of a client to the scope of its context.
func addTenantFilter(c *ent.Client, hooks ...entgo.Hook) *ent.Client {
	c.Intercept(intercept.TraverseFunc(filterQuery))
	c.Use(append(hooks, restrictWrites)...)
	return c
}

// refuseWrites rejects writes outside of a transaction. The readers of SQLite could not write
// anyway; those of PostgreSQL could.
func refuseWrites(entgo.Mutator) entgo.Mutator {
	return entgo.MutateFunc(func(context.Context, entgo.Mutation) (entgo.Value, error) {
		return nil, errReadOnly
	})
}

// filterQuery adds the filter of the scope in the context. It fails without a scope.
func filterQuery(ctx context.Context, q intercept.Query) error {
	s, ok := scopeFrom(ctx)
	switch {
	case !ok:
		return fmt.Errorf(
			"store: query for %s without a scope: use InWorkspace, AsCaller or AsSystem",
			q.Type())
	case s.reason != "":
		return nil
	case s.caller != nil:
		p, err := visibility.Filter(q.Type(), s.caller)
		if err != nil {
			return err
		}
		q.WhereP(p)
	default:
		p, err := workspaceFilter(q.Type(), s.workspace)
		if err != nil {
			return err
		}
		q.WhereP(p)
	}
	return nil
}

// workspaceFilter returns the tenant filter of a table: the rows of one workspace. It fails for
// tables whose rows belong to no workspace.
func workspaceFilter(table string, workspace ident.ID) (func(*sql.Selector), error) {
	switch table {
	case ent.TypeWorkspace:
		return func(s *sql.Selector) { s.Where(sql.EQ(s.C("id"), workspace)) }, nil
	case ent.TypeOrganization:
		return func(s *sql.Selector) {
			own := sql.Select("organization_id").From(sql.Table("workspaces"))
			s.Where(sql.In(s.C("id"), own.Where(sql.EQ("id", workspace))))
		}, nil
	case ent.TypeUser:
		return func(s *sql.Selector) {
			// An account belongs to no workspace. It is visible through each of its members.
			members := visibility.MembersOf(s)
			s.Where(sql.Exists(members.Where(sql.EQ(members.C("workspace_id"), workspace))))
		}, nil
	// An error and not an empty result, so that a forgotten scope is found by the first test.
	case ent.TypeSeat, ent.TypeSeatEvent, ent.TypeSignIn, ent.TypeThrottle, ent.TypeSuppression,
		ent.TypeSigningKey:
		return nil, fmt.Errorf("store: %s belongs to no workspace: use AsSystem", table)
	}
	return func(s *sql.Selector) { s.Where(sql.EQ(s.C("workspace_id"), workspace)) }, nil
}

// restrictWrites keeps writes inside the workspace in scope: a new row carries its id, and rows to
// change or delete are searched inside it only.
func restrictWrites(next entgo.Mutator) entgo.Mutator {
	return entgo.MutateFunc(func(ctx context.Context, m entgo.Mutation) (entgo.Value, error) {
		s, ok := scopeFrom(ctx)
		switch {
		case !ok:
			return nil, fmt.Errorf("store: write to %s without a scope", m.Type())
		case s.reason != "":
			return next.Mutate(ctx, m)
		case s.caller != nil:
			return nil, fmt.Errorf("store: write to %s in the scope of a caller, which only reads",
				m.Type())
		}
		// ent sets the column before hooks run, so a missing workspace counts as a foreign one.
		if m.Op().Is(entgo.OpCreate) {
			if w, _ := m.Field("workspace_id"); w != s.workspace {
				return nil, fmt.Errorf("store: new %s outside the workspace in scope",
					m.Type())
			}
			return next.Mutate(ctx, m)
		}
		// Security: reads of accounts and organizations are filtered by membership. A write would
		// change what other workspaces see, so it must be explicit.
		if m.Type() == ent.TypeUser || m.Type() == ent.TypeOrganization {
			return nil, fmt.Errorf("store: write to %s, which spans workspaces: use AsSystem",
				m.Type())
		}
		p, err := workspaceFilter(m.Type(), s.workspace)
		if err != nil {
			return nil, err
		}
		m.(interface{ WhereP(...func(*sql.Selector)) }).WhereP(p)
		return next.Mutate(ctx, m)
	})
}
