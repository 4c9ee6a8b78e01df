package onboarding

import (
	"context"

	"usher/ent"
	"usher/ent/invitation"
	"usher/ent/member"
	"usher/ent/suppression"
	"usher/ent/user"
	"usher/ent/workspace"
	"usher/internal/ident"
	"usher/internal/store"
)

// known is what the database says about a request's addresses, by their keys.
type known struct {
	members    map[string]*ent.Member
	elsewhere  map[string]bool // active in another workspace of this organization (INV-3)
	pending    map[string]*ent.Invitation
	suppressed map[string]bool
}

// look reads what is known of all addresses at once. Accounts outside the organization stay unknown: they are never
// disclosed.
func (b *batch) look(ctx context.Context) (*known, error) {
	var keys []string
	for _, p := range b.people {
		if p.err == nil {
			keys = append(keys, p.Key)
		}
	}
	k := &known{members: map[string]*ent.Member{}, elsewhere: map[string]bool{}, pending: map[string]*ent.Invitation{}, suppressed: map[string]bool{}}
	if len(keys) == 0 {
		return k, nil
	}
	// Invitations first: who waits here for one that is being accepted then finds its member.
	pending := b.tx.Invitation.Query().Where(invitation.EmailKeyIn(keys...), invitation.StatusEQ(invitation.StatusPending)).Order(ent.Asc(invitation.FieldEmailKey))
	if b.tx.Locks() {
		pending.ForUpdate() // in the order of their keys, so that two requests never wait for each other
	}
	rows, err := pending.All(ctx)
	if err != nil {
		return nil, err
	}
	for _, inv := range rows {
		k.pending[inv.EmailKey] = inv
	}
	system := store.AsSystem(ctx, "an address may have a place in another workspace of the same organization")
	places, err := b.tx.Member.Query().
		Where(member.HasUserWith(user.EmailKeyIn(keys...)), member.HasWorkspaceWith(workspace.OrganizationID(b.workspace.OrganizationID))).
		WithUser().All(system)
	if err != nil {
		return nil, err
	}
	for _, m := range places {
		key := *m.Edges.User.EmailKey
		if m.WorkspaceID == b.workspace.ID {
			k.members[key] = m
		} else if m.Status == member.StatusActive {
			k.elsewhere[key] = true
		}
	}
	asked, err := b.tx.Suppression.Query().Where(suppression.EmailKeyIn(keys...), suppression.PlaceIDIn(b.workspace.ID, ident.ID{})).
		All(store.AsSystem(ctx, "a refusal of mail may hold for all workspaces"))
	if err != nil {
		return nil, err
	}
	for _, row := range asked {
		k.suppressed[row.EmailKey] = true
	}
	return k, nil
}
