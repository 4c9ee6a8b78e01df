package invitation

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

// RecipientFacts is what the database says about a request's addresses, by their keys.
type RecipientFacts struct {
	Members    map[string]*ent.Member
	Elsewhere  map[string]bool // active in another workspace of this organization (INV-3)
	Pending    map[string]*ent.Invitation
	Suppressed map[string]bool
}

// LookUpRecipients reads what is known of all addresses at once. Accounts outside the organization
// stay unknown: they are never disclosed.
func (b *InviteBatch) LookUpRecipients(ctx context.Context) (*RecipientFacts, error) {
	var keys []string
	for _, p := range b.Recipients {
		if p.err == nil {
			keys = append(keys, p.Key)
		}
	}
	k := &RecipientFacts{Members: map[string]*ent.Member{}, Elsewhere: map[string]bool{},
		Pending: map[string]*ent.Invitation{}, Suppressed: map[string]bool{}}
	if len(keys) == 0 {
		return k, nil
	}
	// Invitations first: who waits here for one that is being accepted then finds its member.
	pending := b.Tx.Invitation.Query().Where(invitation.EmailKeyIn(keys...),
		invitation.StatusEQ(invitation.StatusPending)).Order(ent.Asc(invitation.FieldEmailKey))
	if b.Tx.Locks() {
		// in the order of their keys, so that two requests never wait for each other
		pending.ForUpdate()
	}
	rows, err := pending.All(ctx)
	if err != nil {
		return nil, err
	}
	for _, inv := range rows {
		k.Pending[inv.EmailKey] = inv
	}
	system := store.AsSystem(ctx,
		"an address may have a place in another workspace of the same organization")
	places, err := b.Tx.Member.Query().
		Where(member.HasUserWith(user.EmailKeyIn(keys...)),
			member.HasWorkspaceWith(workspace.OrganizationID(b.Workspace.OrganizationID))).
		WithUser().All(system)
	if err != nil {
		return nil, err
	}
	for _, m := range places {
		key := *m.Edges.User.EmailKey
		if m.WorkspaceID == b.Workspace.ID {
			k.Members[key] = m
		} else if m.Status == member.StatusActive {
			k.Elsewhere[key] = true
		}
	}
	asked, err := b.Tx.Suppression.Query().Where(suppression.EmailKeyIn(keys...),
		suppression.PlaceIDIn(b.Workspace.ID, ident.ID{})).
		All(store.AsSystem(ctx, "a refusal of mail may hold for all workspaces"))
	if err != nil {
		return nil, err
	}
	for _, row := range asked {
		k.Suppressed[row.EmailKey] = true
	}
	return k, nil
}
