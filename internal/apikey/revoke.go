package apikey

import (
	"context"

	"usher/ent"
	"usher/internal/access"
	"usher/internal/audit"
	"usher/internal/fault"
	"usher/internal/ident"
	"usher/internal/store"
)

// RevokeKey ends a key permanently, with all its secrets, from the next request on. It asks for no more
// than the right to manage keys, so that an emergency needs no other person. Errors: FORBIDDEN,
// NOT_FOUND; CONFLICT if it was revoked before.
func (s *Service) RevokeKey(ctx context.Context, by *access.Caller,
	id ident.ID) (_ *ent.APIKey, err error) {
	defer fault.Annotate(&err, "revoke api key")

	found, _, err := s.findManagedKey(ctx, by, id)
	if err != nil {
		return nil, err
	}

	var k *ent.APIKey
	// A leaked key must end whatever the state of its workspace.
	ctx = store.DespiteArchive(store.InWorkspace(ctx, found.WorkspaceID), "ends access")
	err = s.Store.WithTx(ctx, func(tx *store.Tx) error {
		old, err := lockKey(ctx, tx, id)
		if err != nil {
			return err
		}
		// The hashes stay, so that a program that still uses the key is told why it is refused.
		now := s.Clock()
		if k, err = tx.APIKey.UpdateOne(old).SetRevokedAt(now).SetUpdatedAt(now).Save(ctx); err != nil {
			return err
		}

		return s.record(ctx, tx, by, k, audit.APIKeyRevoked)
	})
	return k, err
}
