package acceptance

import (
	"context"
	"usher/internal/invitation"
	"usher/internal/ratelimit"
	"usher/internal/store"
)

// countCopiedLinkLookup counts that the copied link of an address told of an account, once in the
// window of the limit: otherwise the holder of one link could use up what its inviter has.
func (s *Service) countCopiedLinkLookup(ctx context.Context, e invitation.ExceededLookups,
	addressKey string) error {
	var noted bool
	now := s.Clock()
	err := s.Store.Retry(store.InWorkspace(ctx, e.Workspace), func(tx *store.Tx) (err error) {
		// Reset for each attempt: one that was rolled back has recorded nothing.
		noted = false
		wait, err := s.Limits.Allow(ctx, tx, ratelimit.AccountLookupByLink,
			e.Inviter.String()+" "+addressKey, now)
		if err != nil || wait > 0 {
			return err
		}
		noted, err = s.Invitations.CountLookups(ctx, tx, e, 1, now)
		return err
	})
	if noted && err == nil {
		e.Log(ctx)
	}
	return err
}
