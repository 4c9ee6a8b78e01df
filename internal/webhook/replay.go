package webhook

import (
	"context"
	"time"

	"usher/ent"
	"usher/ent/predicate"
	"usher/ent/webhookdelivery"
	"usher/internal/access"
	"usher/internal/fault"
	"usher/internal/i18n"
	"usher/internal/ident"
	"usher/internal/store"
)

// maxReplayed is how many deliveries one request can name.
const maxReplayed = 500

// TestType is the type of a test, which is no event of the log.
const TestType = "webhook.test"

// ReplayInput says which deliveries of an endpoint are sent again. Exactly one of the choices is set.
type ReplayInput struct {
	WebhookID   ident.ID
	DeliveryIDs []ident.ID
	From, Until *time.Time // of events: from the first, before the second
	AllFailed   bool
}

// ReplayDeliveries sends deliveries again, with the same ids, and returns their number. Those that
// are waiting are tried immediately. Events of one object are sent in their order. Errors:
// FORBIDDEN, NOT_FOUND, BAD_USER_INPUT; CONFLICT while the endpoint is off.
func (s *Service) ReplayDeliveries(ctx context.Context, by *access.Caller,
	in ReplayInput) (w *ent.Webhook, n int, err error) {
	defer fault.Annotate(&err, "replay webhook deliveries")

	found, _, err := s.findManaged(ctx, by, in.WebhookID)
	if err != nil {
		return nil, 0, err
	}

	which, err := in.predicate()
	if err != nil {
		return nil, 0, err
	}

	ctx = store.InWorkspace(ctx, found.WorkspaceID)
	err = s.Store.WithTx(ctx, func(tx *store.Tx) error {
		// Ids that name nothing are a mistake, whatever the state of the endpoint; a filter may match
		// nothing.
		if want := len(ident.SortDistinct(in.DeliveryIDs)); want > 0 {
			there, err := tx.WebhookDelivery.Query().
				Where(webhookdelivery.WebhookID(found.ID), which).Count(ctx)
			if err != nil {
				return err
			}
			if there < want {
				return fault.At(fault.Missing(), "deliveryIds")
			}
		}
		if w, err = requireEnabled(ctx, tx, in.WebhookID); err != nil {
			return err
		}
		n, err = tx.WebhookDelivery.Update().
			Where(webhookdelivery.WebhookID(w.ID), webhookdelivery.TypeNEQ(TestType), which).
			SetStatus(webhookdelivery.StatusPending).SetAttempts(0).SetNextAttemptAt(s.Clock()).
			Save(ctx)
		return err
	})
	return w, n, err
}

// predicate returns the condition of the deliveries that an input names.
func (in ReplayInput) predicate() (predicate.WebhookDelivery, error) {
	choices := 0
	var which predicate.WebhookDelivery
	if in.DeliveryIDs != nil {
		if len(in.DeliveryIDs) > maxReplayed {
			return nil, fault.Input("deliveryIds", "webhook.replay_many",
				i18n.Args{"Max": maxReplayed, "Given": len(in.DeliveryIDs)})
		}
		choices++
		which = webhookdelivery.IDIn(in.DeliveryIDs...)
	}
	if in.From != nil || in.Until != nil {
		if in.From == nil || in.Until == nil || !in.Until.After(*in.From) {
			return nil, fault.Input("until", "webhook.replay_span")
		}
		choices++
		which = webhookdelivery.And(webhookdelivery.EventAtGTE(*in.From),
			webhookdelivery.EventAtLT(*in.Until))
	}
	if in.AllFailed {
		choices++
		which = webhookdelivery.StatusEQ(webhookdelivery.StatusFailed)
	}
	if choices != 1 {
		return nil, fault.Input("deliveryIds", "webhook.replay_one")
	}
	return which, nil
}

// requireEnabled locks an endpoint that is on. CONFLICT if it is off: nothing would be sent.
func requireEnabled(ctx context.Context, tx *store.Tx, id ident.ID) (*ent.Webhook, error) {
	w, err := lockWebhook(ctx, tx, id)
	if err == nil && w.DisabledAt != nil {
		err = fault.New(fault.Conflict, "webhook.is_off")
	}
	return w, err
}

// wakePending lets the waiting deliveries of an endpoint be tried at a time.
func wakePending(ctx context.Context, tx *store.Tx, w *ent.Webhook, at time.Time) error {
	return tx.WebhookDelivery.Update().Where(webhookdelivery.WebhookID(w.ID),
		webhookdelivery.StatusEQ(webhookdelivery.StatusPending)).
		SetNextAttemptAt(at).Exec(ctx)
}

// TestWebhook sends a test to an endpoint, once, and returns the delivery, which shows the answer
// after a few seconds. Errors: FORBIDDEN, NOT_FOUND; CONFLICT while the endpoint is off.
func (s *Service) TestWebhook(ctx context.Context, by *access.Caller,
	id ident.ID) (d *ent.WebhookDelivery, err error) {
	defer fault.Annotate(&err, "test webhook")

	found, _, err := s.findManaged(ctx, by, id)
	if err != nil {
		return nil, err
	}

	ctx = store.InWorkspace(ctx, found.WorkspaceID)
	err = s.Store.WithTx(ctx, func(tx *store.Tx) error {
		w, err := requireEnabled(ctx, tx, id)
		if err != nil {
			return err
		}
		now, own := s.Clock(), ident.New(ident.WebhookDelivery)
		// A sequence of its own: a test waits for nothing.
		d, err = tx.WebhookDelivery.Create().SetID(own).SetWorkspaceID(w.WorkspaceID).
			SetWebhookID(w.ID).SetType(TestType).SetSequenceID(own).SetEventAt(now).
			SetNextAttemptAt(now).Save(ctx)
		return err
	})
	return d, err
}
