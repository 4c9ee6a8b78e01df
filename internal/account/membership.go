package account

import (
	"context"

	"usher/ent"
	"usher/ent/member"
	"usher/internal/access"
	"usher/internal/fault"
	"usher/internal/ident"
	"usher/internal/store"
)

// LoadMembership returns the present membership of a member, or nil if the member is gone or
// deactivated.
func (s *Service) LoadMembership(ctx context.Context, workspace,
	id ident.ID) (_ *access.Membership, err error) {
	defer fault.Annotate(&err, "load membership")

	ctx = store.InWorkspace(ctx, workspace)
	m, err := s.store.Member.Query().Where(member.ID(id), member.StatusEQ(member.StatusActive)).
		Only(ctx)
	if ent.IsNotFound(err) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	// The caller's memberships are loaded as at a request, so that an end of access counts.
	c, err := s.CallerByUserID(ctx, m.UserID)
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
	key, err := s.store.APIKey.Get(ctx, *id)
	if ent.IsNotFound(err) || err == nil && (key.RevokedAt != nil || key.ExpiresAt != nil &&
		!key.ExpiresAt.After(s.now())) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	all := access.Holding{Permissions: access.NewSet(key.Permissions),
		Place: access.Workspace(workspace)}
	return &access.Membership{WorkspaceID: workspace, Holdings: []access.Holding{all}}, nil
}
