package graph

import (
	"context"
	"sync"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/ast"

	"usher/ent"
	entinvitation "usher/ent/invitation"
	"usher/ent/member"
	"usher/internal/ident"
	"usher/internal/invitation"
)

// A mutation that returns many rows reads them again as a list, with all fields that the client
// asks for. The number of statements does not grow with the rows. Rows that come straight from a
// verb would each read their own edges.

// fieldContextAt returns the context of a field at a path below the current one. ok is false if the
// client does not ask for it.
func fieldContextAt(ctx context.Context, path ...string) (_ context.Context, ok bool) {
	op, field := graphql.GetOperationContext(ctx), graphql.GetFieldContext(ctx).Field
	for _, name := range path {
		var next graphql.CollectedField
		// Merged, since a client may ask for the same field several times and with different
		// selections.
		for _, f := range graphql.CollectFields(op, field.Selections,
			[]string{field.Definition.Type.Name()}) {
			if f.Name == name {
				next.Field, next.Selections = f.Field, append(next.Selections, f.Selections...)
			}
		}
		if next.Field == nil {
			return ctx, false
		}
		field = next
	}
	return graphql.WithFieldContext(ctx, &graphql.FieldContext{Field: field}), true
}

// reloadInvitations reads invitations with the fields that the client asks for. An invitation that
// the caller may not see stays as the verb returned it.
func (r *Resolver) reloadInvitations(ctx context.Context, rows []*ent.Invitation) error {
	ids := make([]ident.ID, len(rows))
	for i, row := range rows {
		ids[i] = row.ID
	}
	// The ids come from a verb. The tenant filter of Reads still applies to them.
	query, err := r.Reads.Invitation.Query().Where(entinvitation.IDIn(ids...)).
		CollectFields(ctx, "Invitation", "Node")
	if err != nil {
		return err
	}
	found, err := query.All(ctx)
	if err != nil {
		return err
	}
	of := map[ident.ID]*ent.Invitation{}
	for _, row := range found {
		of[row.ID] = row
	}
	for i, row := range rows {
		// The order of the verb is kept, which is that of the input.
		if read := of[row.ID]; read != nil {
			rows[i] = read
		}
	}
	return r.nameInHistories(ctx, rows...)
}

// outcomesPayload answers what became of the people of a request.
func (r *Resolver) outcomesPayload(ctx context.Context, workspace ident.ID,
	outcomes []*invitation.Outcome) (OutcomesPayload, error) {
	if err := r.reloadOutcomes(ctx, outcomes); err != nil {
		return OutcomesPayload{}, err
	}
	p := OutcomesPayload{Outcomes: outcomes, Counted: Counted{r, workspace}}
	for _, o := range outcomes {
		// Only new invitations count. The others are in the outcomes.
		if o.Status == invitation.Invited {
			p.InvitedCount++
		}
	}
	return p, nil
}

// reloadOutcomes reads the invitations and members of a request's outcomes.
func (r *Resolver) reloadOutcomes(ctx context.Context, all []*invitation.Outcome) error {
	if at, asked := fieldContextAt(ctx, "outcomes", "invitation"); asked {
		// Some outcomes have no invitation, so the rows are collected with the outcomes that they
		// go back to.
		var of []*invitation.Outcome
		var rows []*ent.Invitation
		for _, o := range all {
			if o.Invitation != nil {
				of, rows = append(of, o), append(rows, o.Invitation)
			}
		}
		if err := r.reloadInvitations(at, rows); err != nil {
			return err
		}
		for i, o := range of {
			o.Invitation = rows[i]
		}
	}
	if at, asked := fieldContextAt(ctx, "outcomes", "member"); asked {
		return r.reloadMembers(at, all)
	}
	return nil
}

// reloadMembers replaces the members of outcomes by rows with the fields that the client selected.
// The verb returns rows without their edges, and a resolver for each edge would query once for each
// outcome.
func (r *Resolver) reloadMembers(ctx context.Context, all []*invitation.Outcome) error {
	of := map[ident.ID]*ent.Member{}
	var ids []ident.ID
	for _, o := range all {
		if o.Member != nil {
			ids = append(ids, o.Member.ID)
		}
	}
	query, err := r.Reads.Member.Query().Where(member.IDIn(ids...)).
		CollectFields(ctx, "Member", "Node")
	if err != nil {
		return err
	}
	found, err := query.All(ctx)
	if err != nil {
		return err
	}
	for _, row := range found {
		of[row.ID] = row
	}
	for _, o := range all {
		// One member may stand in several outcomes, so they are found by id and not by position.
		if o.Member != nil && of[o.Member.ID] != nil {
			o.Member = of[o.Member.ID]
		}
	}
	return nil
}

// countKey is one counting field of the request for one workspace. Every row of a list may ask for
// it.
type countKey struct {
	workspace ident.ID
	field     *ast.Field
}

// countOnce runs count once in a request for all rows that ask for the same field.
func countOnce[T any](ctx context.Context, workspace ident.ID, count func() (T, error)) (T, error) {
	key := countKey{workspace, graphql.GetFieldContext(ctx).Field.Field}
	counted, _ := requestOf(ctx).counters.LoadOrStore(key, sync.OnceValues(count))
	return counted.(func() (T, error))()
}
