package apikey

import (
	"context"
	"time"

	"usher/ent"
	"usher/internal/access"
	"usher/internal/audit"
	"usher/internal/fault"
	"usher/internal/i18n"
	"usher/internal/ident"
	"usher/internal/inputs"
	"usher/internal/secret"
	"usher/internal/store"
)

// RotateInput says which key gets another secret, and when the former one stops working; 24 hours
// ahead for nil.
type RotateInput struct {
	ID          ident.ID
	EndFormerAt *time.Time
}

// RotateKey gives a key another secret and returns it. The former secret works until in.EndFormerAt, so
// that programs can change over one by one; an earlier one that still worked ends immediately, since at
// most two work. Errors: FORBIDDEN, NOT_FOUND, BAD_USER_INPUT, PLAN_REQUIRED; CONFLICT for a revoked
// or expired key.
func (s *Service) RotateKey(ctx context.Context, by *access.Caller,
	in RotateInput) (_ *ent.APIKey, key secret.Token, err error) {
	defer fault.Annotate(&err, "rotate api key")

	found, m, err := s.findManagedKey(ctx, by, in.ID)
	if err != nil {
		return nil, "", err
	}

	// Read once: the default, the limit and the comparison below mean the same moment.
	now := s.Clock()
	ends := inputs.TruncateTime(in.EndFormerAt)
	if ends == nil {
		ends = new(now.Add(formerLifetime))
	}
	if ends.After(now.Add(maxFormerLifetime)) {
		return nil, "", fault.Input("endFormerAt", "apikey.former_long",
			i18n.Args{"Days": int(maxFormerLifetime / (24 * time.Hour))})
	}

	var k *ent.APIKey
	var hash []byte
	ctx = store.InWorkspace(ctx, found.WorkspaceID)
	err = s.Store.WithTx(ctx, func(tx *store.Tx) error {
		// A plan without keys lets the present ones go on, and makes no new secrets.
		if _, err := requirePlan(ctx, tx, found.WorkspaceID); err != nil {
			return err
		}
		old, err := lockKey(ctx, tx, in.ID)
		if err != nil {
			return err
		}
		// A secret of an expired key would work nowhere until somebody prolongs the key.
		if StatusOf(old, now) != Active {
			return fault.New(fault.Conflict, "apikey.is_expired")
		}
		// Security: who knows the secret acts as the key, so a rotation asks for all that it holds.
		if err := requireHeld(m, access.NewSet(old.Permissions), old.PlaceIds); err != nil {
			return err
		}

		key, hash = secret.NewAPIKey()
		update := tx.APIKey.UpdateOne(old).SetSecretHash(hash).SetHint(secret.APIKeyHint(key)).
			SetEditedByID(m.MemberID).SetUpdatedAt(now)
		// What stood in the place of the former secret is overwritten, so that at most two work.
		if ends.After(now) {
			update.SetFormerSecretHash(old.SecretHash).SetFormerSecretEndsAt(*ends)
		} else {
			update.ClearFormerSecretHash().ClearFormerSecretEndsAt()
		}
		if k, err = update.Save(ctx); err != nil {
			return err
		}

		return s.record(ctx, tx, by, k, audit.APIKeyRotated)
	})
	if err != nil {
		return nil, "", err
	}
	return k, key, nil
}
