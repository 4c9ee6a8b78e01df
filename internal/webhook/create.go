package webhook

import (
	"context"
	"strings"

	"usher/ent"
	"usher/ent/schema"
	entwebhook "usher/ent/webhook"
	"usher/internal/access"
	"usher/internal/audit"
	"usher/internal/fault"
	"usher/internal/i18n"
	"usher/internal/ident"
	"usher/internal/secret"
	"usher/internal/store"
)

// CreateInput describes an endpoint to create. Without types it gets all events.
type CreateInput struct {
	WorkspaceID ident.ID
	URL         string
	Types       []audit.EventType
}

// CreateWebhook creates an endpoint, which gets the events from now on, and returns it with its
// signing secret, which no other answer holds. The caller becomes its owner. Errors: FORBIDDEN,
// NOT_FOUND, BAD_USER_INPUT; CONFLICT when the workspace has 20 endpoints, or one with this URL.
func (s *Service) CreateWebhook(ctx context.Context, by *access.Caller,
	in CreateInput) (_ *ent.Webhook, token secret.Token, err error) {
	defer fault.Annotate(&err, "create webhook")

	m, err := requireAuthority(by, in.WorkspaceID)
	if err != nil {
		return nil, "", fault.MissingAt(err, "workspaceId")
	}

	var faults fault.Collector
	target, err := parseURL(in.URL, s.poster.allowPrivate)
	faults.Add(err)
	types, err := parseTypes(in.Types)
	faults.Add(err)
	if err := faults.Err(); err != nil {
		return nil, "", err
	}
	// Before the transaction, since it numbers events in one of its own. Events that are committed in
	// between are sent: a few too early is better than one too few.
	end, err := s.events.End(ctx, by, in.WorkspaceID)
	if err != nil {
		return nil, "", err
	}

	var w *ent.Webhook
	ctx = store.InWorkspace(ctx, in.WorkspaceID)
	err = s.Store.WithTx(ctx, func(tx *store.Tx) error {
		// The lock keeps two requests from passing the limit together.
		if _, err := tx.LockWorkspace(ctx, in.WorkspaceID); err != nil {
			return err
		}
		if err := requireFreeURL(ctx, tx, ident.ID{}, target); err != nil {
			return err
		}
		n, err := tx.Webhook.Query().Count(ctx)
		if err != nil {
			return err
		}
		if n >= maxWebhooks {
			return fault.New(fault.Conflict, "webhook.too_many", i18n.Args{"Max": maxWebhooks})
		}

		// Made inside the attempt: a secret that was rolled back must not be shown.
		key, id, now := newSigningKey(), ident.New(ident.Webhook), s.Clock()
		token = formatSecret(key)
		owner := ownershipOf(by, m)
		w, err = tx.Webhook.Create().SetID(id).SetWorkspaceID(in.WorkspaceID).SetURL(target).
			SetTypes(types).SetSealedSecret(s.seal(id, key)).
			SetCursorID(end.ID).SetCursorPosition(end.Position).
			SetNillableOwnerID(owner.member).SetNillableOwnerKeyID(owner.key).
			SetCreatedAt(now).SetUpdatedAt(now).Save(ctx)
		if err != nil {
			return err
		}
		return s.record(ctx, tx, by, w, audit.WebhookMade, describeChanges(&ent.Webhook{}, w)...)
	})
	if err != nil {
		return nil, "", err
	}
	return w, token, nil
}

// requireFreeURL refuses a URL that another endpoint of the workspace in scope has.
func requireFreeURL(ctx context.Context, tx *store.Tx, except ident.ID, target string) error {
	taken, err := tx.Webhook.Query().Where(entwebhook.URL(target), entwebhook.IDNEQ(except)).
		Exist(ctx)
	if err == nil && taken {
		err = fault.At(fault.New(fault.Conflict, "webhook.url_taken"), "url")
	}
	return err
}

// describeChanges returns one detail for each value that differs, by its name in the API.
func describeChanges(previous, w *ent.Webhook) (details []schema.Detail) {
	for _, d := range []schema.Detail{
		{Name: "url", Before: previous.URL, After: w.URL},
		{Name: "types", Before: strings.Join(previous.Types, ", "),
			After: strings.Join(w.Types, ", ")},
		{Name: "disabledReason", Before: reasonOf(previous), After: reasonOf(w)},
	} {
		if d.Before != d.After {
			details = append(details, d)
		}
	}
	return details
}

// reasonOf returns why an endpoint is off; empty while it is on.
func reasonOf(w *ent.Webhook) string {
	if w.DisabledReason == nil {
		return ""
	}
	return string(*w.DisabledReason)
}
