package onboarding

import (
	"context"

	"usher/ent"
	"usher/ent/member"
	"usher/internal/access"
	"usher/internal/ident"
	"usher/internal/store"
)

// giver is what the giver of an invitation's grant holds now; nil when they are gone (ADM-9).
func (s *Service) giver(ctx context.Context, inv *ent.Invitation) (*access.Membership, error) {
	if inv.GiverID == nil {
		return s.keyGiver(store.InWorkspace(ctx, inv.WorkspaceID), inv)
	}
	return s.holds(ctx, inv.WorkspaceID, *inv.GiverID)
}

// holds is what a member holds now; nil when they are gone.
func (s *Service) holds(ctx context.Context, workspace, i ident.ID) (*access.Membership, error) {
	ctx = store.InWorkspace(ctx, workspace)
	m, err := s.Store.Member.Query().Where(member.ID(i), member.StatusEQ(member.StatusActive)).Only(ctx)
	if ent.IsNotFound(err) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	c, err := s.Accounts.CallerOf(ctx, m.UserID)
	if err != nil {
		return nil, err
	}
	return c.In(workspace), nil
}

// keyGiver is the giver when it is an API key: what the key holds in the workspace while it is good.
func (s *Service) keyGiver(ctx context.Context, inv *ent.Invitation) (*access.Membership, error) {
	if inv.GiverKeyID == nil {
		return nil, nil
	}
	key, err := s.Store.APIKey.Get(ctx, *inv.GiverKeyID)
	if ent.IsNotFound(err) || err == nil && (key.RevokedAt != nil || key.ExpiresAt != nil && !key.ExpiresAt.After(s.Clock())) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	all := access.Holding{Permissions: access.NewSet(key.Permissions), Place: access.Workspace(inv.WorkspaceID)}
	return &access.Membership{WorkspaceID: inv.WorkspaceID, Holdings: []access.Holding{all}}, nil
}

// sameGiver tells whether an invitation's grant is still of the giver it was read with.
func sameGiver(a, b *ent.Invitation) bool {
	same := func(x, y *ident.ID) bool { return (x == nil) == (y == nil) && (x == nil || *x == *y) }
	return same(a.GiverID, b.GiverID) && same(a.GiverKeyID, b.GiverKeyID)
}
