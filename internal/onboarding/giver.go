package onboarding

import (
	"context"

	"usher/ent"
	"usher/ent/member"
	"usher/internal/access"
	"usher/internal/ident"
	"usher/internal/store"
)

// giver is who answers for a grant: the member who last saved it, or the key (ADM-9). Both are nil when they are gone.
type giver struct{ member, key *ident.ID }

func giverOf(inv *ent.Invitation) giver    { return giver{inv.GiverID, inv.GiverKeyID} }
func giverOfLink(link *ent.JoinLink) giver { return giver{link.GiverID, link.GiverKeyID} }

// is tells whether two grants have one giver.
func (g giver) is(other giver) bool {
	same := func(x, y *ident.ID) bool { return (x == nil) == (y == nil) && (x == nil || *x == *y) }
	return same(g.member, other.member) && same(g.key, other.key)
}

// rights is what a giver holds now; nil when they are gone.
func (s *Service) rights(ctx context.Context, workspace ident.ID, g giver) (*access.Membership, error) {
	if g.member == nil {
		return s.keyRights(store.InWorkspace(ctx, workspace), workspace, g.key)
	}
	return s.holds(ctx, workspace, *g.member)
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

// keyRights is what an API key holds in the workspace while it is good.
func (s *Service) keyRights(ctx context.Context, workspace ident.ID, i *ident.ID) (*access.Membership, error) {
	if i == nil {
		return nil, nil
	}
	key, err := s.Store.APIKey.Get(ctx, *i)
	if ent.IsNotFound(err) || err == nil && (key.RevokedAt != nil || key.ExpiresAt != nil && !key.ExpiresAt.After(s.Clock())) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	all := access.Holding{Permissions: access.NewSet(key.Permissions), Place: access.Workspace(workspace)}
	return &access.Membership{WorkspaceID: workspace, Holdings: []access.Holding{all}}, nil
}
