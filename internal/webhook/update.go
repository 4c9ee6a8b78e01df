package webhook

import (
	"context"

	"usher/ent"
	entwebhook "usher/ent/webhook"
	"usher/internal/access"
	"usher/internal/audit"
	"usher/internal/fault"
	"usher/internal/ident"
	"usher/internal/store"
)

// UpdateInput says what to change in an endpoint. What is nil stays; types replace the former ones.
type UpdateInput struct {
	ID      ident.ID
	URL     *string
	Types   *[]audit.EventType
	Enabled *bool
}

// UpdateWebhook changes an endpoint, and turns it off or on. Once it is on again it gets all that
// happened meanwhile, as far as the log goes back, and what was waiting is tried immediately. The
// caller becomes its owner. Errors: FORBIDDEN, NOT_FOUND, BAD_USER_INPUT; CONFLICT if another
// endpoint has the URL.
func (s *Service) UpdateWebhook(ctx context.Context, by *access.Caller,
	in UpdateInput) (w *ent.Webhook, err error) {
	defer fault.Annotate(&err, "update webhook")

	found, m, err := s.findManaged(ctx, by, in.ID)
	if err != nil {
		return nil, err
	}

	var faults fault.Collector
	if in.URL != nil {
		target, err := parseURL(*in.URL, s.poster.allowPrivate)
		faults.Add(err)
		in.URL = &target
	}
	var types []string
	if in.Types != nil {
		types, err = parseTypes(*in.Types)
		faults.Add(err)
	}
	if err := faults.Err(); err != nil {
		return nil, err
	}

	ctx = store.InWorkspace(ctx, found.WorkspaceID)
	err = s.Store.WithTx(ctx, func(tx *store.Tx) error {
		// The order of all transactions: the workspace, then the endpoint.
		if _, err := tx.LockWorkspace(ctx, found.WorkspaceID); err != nil {
			return err
		}
		old, err := lockWebhook(ctx, tx, in.ID)
		if err != nil {
			return err
		}
		now := s.Clock()
		update := own(tx.Webhook.UpdateOne(old).SetUpdatedAt(now), ownershipOf(by, m))
		if in.URL != nil {
			if err := requireFreeURL(ctx, tx, old.ID, *in.URL); err != nil {
				return err
			}
			update.SetURL(*in.URL)
		}
		if in.Types != nil {
			update.SetTypes(types)
		}
		switch {
		case in.Enabled == nil:
		case *in.Enabled && old.DisabledAt != nil:
			// It begins again: five more days until it is turned off.
			update.ClearDisabledAt().ClearDisabledReason().ClearFailingSince().SetFailures(0).
				ClearLeasedUntil()
			if err := wakePending(ctx, tx, old, s.Clock()); err != nil {
				return err
			}
		case !*in.Enabled && old.DisabledAt == nil:
			update.SetDisabledAt(now).SetDisabledReason(entwebhook.DisabledReasonManual)
		}
		if w, err = update.Save(ctx); err != nil {
			return err
		}
		details := describeChanges(old, w)
		// Saving without a change makes the caller the owner, and is no event.
		if len(details) == 0 {
			return nil
		}
		return s.record(ctx, tx, by, w, audit.WebhookEdited, details...)
	})
	return w, err
}
