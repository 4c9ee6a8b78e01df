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
