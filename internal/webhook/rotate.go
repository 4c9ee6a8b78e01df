package webhook

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

// RotateInput says which endpoint gets another secret, and until when the former one signs too; 24
// hours ahead for nil.
type RotateInput struct {
	ID          ident.ID
	EndFormerAt *time.Time
}

// RotateSecret gives an endpoint another signing secret, which no other answer holds. Until
// in.EndFormerAt each delivery has the signatures of both. The caller becomes the owner. Errors:
// FORBIDDEN, NOT_FOUND, BAD_USER_INPUT.
func (s *Service) RotateSecret(ctx context.Context, by *access.Caller,
	in RotateInput) (w *ent.Webhook, token secret.Token, err error) {
	defer fault.Annotate(&err, "rotate webhook secret")

	found, m, err := s.findManaged(ctx, by, in.ID)
	if err != nil {
		return nil, "", err
	}

	now := s.Clock()
	ends := inputs.TruncateTime(in.EndFormerAt)
	if ends == nil {
		ends = new(now.Add(formerLifetime))
	}
	if ends.After(now.Add(maxFormerLifetime)) {
		return nil, "", fault.Input("endFormerAt", "webhook.former_long",
			i18n.Args{"Days": int(maxFormerLifetime / (24 * time.Hour))})
	}

	ctx = store.InWorkspace(ctx, found.WorkspaceID)
	err = s.Store.WithTx(ctx, func(tx *store.Tx) error {
		old, err := lockWebhook(ctx, tx, in.ID)
		if err != nil {
			return err
		}
		key := newSigningKey()
		token = formatSecret(key)
		update := own(tx.Webhook.UpdateOne(old).SetUpdatedAt(now), ownershipOf(by, m)).
			SetSealedSecret(s.seal(old.ID, key))
		// What stood in the place of the former secret is overwritten, so that at most two sign.
		if ends.After(now) {
			update.SetSealedFormerSecret(old.SealedSecret).SetFormerSecretEndsAt(*ends)
		} else {
			update.ClearSealedFormerSecret().ClearFormerSecretEndsAt()
		}
		if w, err = update.Save(ctx); err != nil {
			return err
		}
		return s.record(ctx, tx, by, w, audit.WebhookRotated)
	})
	if err != nil {
		return nil, "", err
	}
	return w, token, nil
}
