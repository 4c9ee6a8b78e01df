package webhook

import (
	"context"

	"usher/ent"
	"usher/ent/schema"
	entwebhook "usher/ent/webhook"
	"usher/internal/access"
	"usher/internal/audit"
	"usher/internal/fault"
	"usher/internal/ident"
	"usher/internal/store"
)

// DeleteInput names an endpoint, by its id, or else by its URL in a workspace.
type DeleteInput struct {
	ID          *ident.ID
	WorkspaceID *ident.ID
	URL         *string
}

// DeleteWebhook deletes an endpoint with its deliveries; an attempt that is under way is the last.
// It returns the id. Errors: FORBIDDEN, NOT_FOUND; BAD_USER_INPUT unless an endpoint is named.
func (s *Service) DeleteWebhook(ctx context.Context, by *access.Caller,
	in DeleteInput) (id ident.ID, err error) {
	defer fault.Annotate(&err, "delete webhook")

	found, err := s.findToDelete(ctx, by, in)
	if err != nil {
		return id, err
	}

	// A receiver that must get nothing more must not wait for the end of an archive.
	ctx = store.DespiteArchive(store.InWorkspace(ctx, found.WorkspaceID), "ends access")
	err = s.Store.WithTx(ctx, func(tx *store.Tx) error {
		w, err := lockWebhook(ctx, tx, found.ID)
		if err != nil {
			return err
		}
		// The foreign key deletes its deliveries too.
		if err := tx.Webhook.DeleteOne(w).Exec(ctx); err != nil {
			return err
		}
		return s.record(ctx, tx, by, w, audit.WebhookRemoved, schema.Detail{Name: "url", Before: w.URL})
	})
	return found.ID, err
}

// findToDelete loads the endpoint that an input names, for a caller who manages it.
func (s *Service) findToDelete(ctx context.Context, by *access.Caller,
	in DeleteInput) (*ent.Webhook, error) {
	switch {
	case in.ID != nil:
		w, _, err := s.findManaged(ctx, by, *in.ID)
		return w, err
	case in.URL == nil || in.WorkspaceID == nil:
		return nil, fault.Input("webhookId", "webhook.delete_one")
	}
	if _, err := requireAuthority(by, *in.WorkspaceID); err != nil {
		return nil, fault.MissingAt(err, "workspaceId")
	}
	target, err := parseURL(*in.URL, true)
	if err != nil {
		return nil, err
	}
	w, err := s.Store.Webhook.Query().Where(entwebhook.WorkspaceID(*in.WorkspaceID),
		entwebhook.URL(target)).Only(store.AsCaller(ctx, by))
	if ent.IsNotFound(err) {
		return nil, fault.At(fault.Missing(), "url")
	}
	return w, err
}
