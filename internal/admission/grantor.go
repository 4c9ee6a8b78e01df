package admission

import (
	"context"

	"usher/ent"
	"usher/ent/member"
	"usher/internal/access"
	"usher/internal/fault"
	"usher/internal/ident"
	"usher/internal/inputs"
	"usher/internal/store"
)

// Grantor is the member or API key that last saved a grant (ADM-9). Both are nil if it is gone.
type Grantor struct{ Member, Key *ident.ID }

// GrantorOf returns the grantor of an invitation; of several, the first.
func GrantorOf(inv *ent.Invitation) Grantor { return Grantor{inv.GiverID, inv.GiverKeyID} }

// GrantorOfLink returns the grantor of a join link.
func GrantorOfLink(link *ent.JoinLink) Grantor { return Grantor{link.GiverID, link.GiverKeyID} }

// Equals tells whether two grantors are the same.
func (g Grantor) Equals(other Grantor) bool {
	return inputs.EqualOptional(g.Member, other.Member) &&
		inputs.EqualOptional(g.Key, other.Key)
}

// LoadGrantorMembership returns the present membership of a grantor, or nil if it is gone.
func (s *Service) LoadGrantorMembership(ctx context.Context, workspace ident.ID,
	g Grantor) (_ *access.Membership, err error) {
	defer fault.Annotate(&err, "load grantor membership")

	if g.Member == nil {
		return s.LoadKeyMembership(store.InWorkspace(ctx, workspace), workspace, g.Key)
	}
	return s.LoadMembership(ctx, workspace, *g.Member)
}

// LoadMembership returns the present membership of a member, or nil if the member is gone or
// deactivated.
func (s *Service) LoadMembership(ctx context.Context, workspace,
	id ident.ID) (_ *access.Membership, err error) {
	defer fault.Annotate(&err, "load membership")

	ctx = store.InWorkspace(ctx, workspace)
	m, err := s.Store.Member.Query().Where(member.ID(id), member.StatusEQ(member.StatusActive)).
		Only(ctx)
	if ent.IsNotFound(err) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	// The caller's memberships are loaded as at a request, so that an end of access counts.
	c, err := s.Accounts.CallerByUserID(ctx, m.UserID)
	if err != nil {
		return nil, err
	}
	return c.In(workspace), nil
}

// LoadKeyMembership returns the present membership of an API key, or nil if it is gone, revoked or
// expired. A key holds its permissions in the whole workspace.
func (s *Service) LoadKeyMembership(ctx context.Context, workspace ident.ID,
	id *ident.ID) (_ *access.Membership, err error) {
	defer fault.Annotate(&err, "load key membership")

	if id == nil {
		return nil, nil
	}
	key, err := s.Store.APIKey.Get(ctx, *id)
	if ent.IsNotFound(err) || err == nil && (key.RevokedAt != nil || key.ExpiresAt != nil &&
		!key.ExpiresAt.After(s.Clock())) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	all := access.Holding{Permissions: access.NewSet(key.Permissions),
		Place: access.Workspace(workspace)}
	return &access.Membership{WorkspaceID: workspace, Holdings: []access.Holding{all}}, nil
}
