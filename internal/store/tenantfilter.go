package store

import (
	"context"
	"fmt"

	entgo "entgo.io/ent"
	"entgo.io/ent/dialect/sql"

	"usher/ent"
	"usher/ent/intercept"
	"usher/internal/ident"
)

// addTenantFilter puts the tenant filter on a client: every query is narrowed to the scope of its
// context, every write is held to it.
func addTenantFilter(c *ent.Client, hooks ...entgo.Hook) *ent.Client {
	c.Intercept(intercept.TraverseFunc(filterQuery))
	c.Use(append(hooks, restrictWrites)...)
	return c
}

// refuseWrites refuses writes outside of a transaction. SQLite's readers could not write anyway;
// PostgreSQL's could.
func refuseWrites(entgo.Mutator) entgo.Mutator {
	return entgo.MutateFunc(func(context.Context, entgo.Mutation) (entgo.Value, error) {
		return nil, errReadOnly
	})
}

func filterQuery(ctx context.Context, q intercept.Query) error {
	s, ok := scopeFrom(ctx)
	switch {
	case !ok:
		return fmt.Errorf(
			"store: a query for %s without a scope: use InWorkspace, AsCaller or AsSystem",
			q.Type())
	case s.reason != "":
		return nil
	case s.caller != nil:
		p, err := visibilityFilter(q.Type(), s.caller)
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

// workspaceFilter is the tenant filter of a table: the rows that belong to a workspace.
func workspaceFilter(table string, workspace ident.ID) (func(*sql.Selector), error) {
	switch table {
	case ent.TypeWorkspace:
		return func(s *sql.Selector) { s.Where(sql.EQ(s.C("id"), workspace)) }, nil
	case ent.TypeOrganization:
		return func(s *sql.Selector) {
			s.Where(sql.In(s.C("id"), selectWhere("organization_id", "workspaces",
				sql.EQ("id", workspace))))
		}, nil
	case ent.TypeUser:
		return func(s *sql.Selector) {
			members := selectMembersOf(s)
			s.Where(sql.Exists(members.Where(sql.EQ(members.C("workspace_id"), workspace))))
		}, nil
	case ent.TypeSeat, ent.TypeSeatEvent, ent.TypeSignIn, ent.TypeThrottle, ent.TypeSuppression:
		return nil, fmt.Errorf("store: %s belongs to no workspace: it takes AsSystem", table)
	}
	return func(s *sql.Selector) { s.Where(sql.EQ(s.C("workspace_id"), workspace)) }, nil
}

func selectWhere(column, table string, where *sql.Predicate) *sql.Selector {
	return sql.Select(column).From(sql.Table(table)).Where(where)
}

// restrictWrites keeps writes inside the workspace of their scope: what is created carries its id,
// what is changed or deleted is looked for inside it only.
func restrictWrites(next entgo.Mutator) entgo.Mutator {
	return entgo.MutateFunc(func(ctx context.Context, m entgo.Mutation) (entgo.Value, error) {
		s, ok := scopeFrom(ctx)
		switch {
		case !ok:
			return nil, fmt.Errorf("store: a write to %s without a scope", m.Type())
		case s.reason != "":
			return next.Mutate(ctx, m)
		case s.caller != nil:
			return nil, fmt.Errorf("store: a write to %s in a caller's scope, which only reads",
				m.Type())
		}
		if m.Op().Is(entgo.OpCreate) {
			if w, _ := m.Field("workspace_id"); w != s.workspace {
				return nil, fmt.Errorf("store: a new %s outside of the workspace in scope",
					m.Type())
			}
			return next.Mutate(ctx, m)
		}
		if m.Type() == ent.TypeUser || m.Type() == ent.TypeOrganization {
			return nil, fmt.Errorf("store: a write to %s, which spans workspaces, takes AsSystem",
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
