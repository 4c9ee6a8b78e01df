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

// Grantor is who answers for a grant: the member who last saved it, or the key (ADM-9). Both are
// nil when they are gone.
type Grantor struct{ Member, Key *ident.ID }

// GrantorOf is the grantor of an invitation, the first of several.
func GrantorOf(inv *ent.Invitation) Grantor { return Grantor{inv.GiverID, inv.GiverKeyID} }

// GrantorOfLink is the grantor of a join link.
func GrantorOfLink(link *ent.JoinLink) Grantor { return Grantor{link.GiverID, link.GiverKeyID} }

// Equals tells whether two grants have the same grantor.
func (g Grantor) Equals(other Grantor) bool {
	return inputs.EqualOptional(g.Member, other.Member) &&
		inputs.EqualOptional(g.Key, other.Key)
}

// LoadGrantorMembership is what a grantor holds now; nil when they are gone.
func (s *Service) LoadGrantorMembership(ctx context.Context, workspace ident.ID,
	g Grantor) (_ *access.Membership, err error) {
	defer fault.Annotate(&err, "load grantor membership")

	if g.Member == nil {
		return s.LoadKeyMembership(store.InWorkspace(ctx, workspace), workspace, g.Key)
	}
	return s.LoadMembership(ctx, workspace, *g.Member)
}

// LoadMembership is what a member holds now; nil when they are gone.
func (s *Service) LoadMembership(ctx context.Context, workspace,
	i ident.ID) (_ *access.Membership, err error) {
	defer fault.Annotate(&err, "load membership")

	ctx = store.InWorkspace(ctx, workspace)
	m, err := s.Store.Member.Query().Where(member.ID(i), member.StatusEQ(member.StatusActive)).
		Only(ctx)
	if ent.IsNotFound(err) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	c, err := s.Accounts.CallerByUserID(ctx, m.UserID)
	if err != nil {
		return nil, err
	}
	return c.In(workspace), nil
}

// LoadKeyMembership is what an API key holds in the workspace while it is good.
func (s *Service) LoadKeyMembership(ctx context.Context, workspace ident.ID,
	i *ident.ID) (_ *access.Membership, err error) {
	defer fault.Annotate(&err, "load key membership")

	if i == nil {
		return nil, nil
	}
	key, err := s.Store.APIKey.Get(ctx, *i)
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
