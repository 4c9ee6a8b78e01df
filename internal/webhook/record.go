package webhook

import (
	"context"
	"net/http"
	"time"

	"usher/ent"
	entwebhook "usher/ent/webhook"
	"usher/ent/webhookdelivery"
	"usher/internal/audit"
	"usher/internal/fault"
	"usher/internal/ident"
	"usher/internal/jobs"
	"usher/internal/store"
)

// retryWaits are the waits after the first, second, … failed attempt, as Standard Webhooks recommends
// them. After the last one the delivery is FAILED; the whole takes three days, so a receiver may be
// down for a weekend.
var retryWaits = []time.Duration{
	5 * time.Second, 5 * time.Minute, 30 * time.Minute, 2 * time.Hour, 5 * time.Hour, 10 * time.Hour,
	14 * time.Hour, 20 * time.Hour, 24 * time.Hour,
}

// maxFailing is how long every attempt may fail before an endpoint is turned off. It is longer than
// all waits together, so that no delivery is cut short.
const maxFailing = 5 * 24 * time.Hour

// sweptAtOnce is how many deliveries one transaction deletes.
const sweptAtOnce = 1_000

// retention is how long deliveries are kept: as long as the log of events goes back, from which
// they could be sent again.
const retention = 30 * 24 * time.Hour

// recordAttempts stores the outcomes of attempts and what they mean for the endpoint, in one
// transaction. It reports whether one of them succeeded.
func (r *run) recordAttempts(ctx context.Context, attempts []attempt) (succeeded bool, err error) {
	err = r.Store.WithTx(ctx, func(tx *store.Tx) error {
		ctx := asSystem(ctx)
		succeeded = false
		w, err := lockWebhook(ctx, tx, r.id)
		if err != nil {
			return ignoreDeleted(err)
		}
		failed, gone := 0, false
		for _, a := range attempts {
			if err := recordOutcome(ctx, tx, a); err != nil {
				return err
			}
			switch {
			case a.result.reason == "":
				succeeded = true
			// Neither tells anything about the receiver.
			case a.delivery.Type == TestType, a.result.reason == FailureEvent:
			default:
				failed++
				gone = gone || a.result.status == http.StatusGone
			}
		}
		if w.DisabledAt != nil {
			return nil
		}
		return r.recordHealth(ctx, tx, w, succeeded, failed, gone)
	})
	return succeeded, err
}

// recordHealth counts the failures of an endpoint, and turns it off after five days without a
// success, or immediately if the receiver says that it is gone.
func (r *run) recordHealth(ctx context.Context, tx *store.Tx, w *ent.Webhook, succeeded bool,
	failed int, gone bool) error {
	now := r.Clock()
	switch {
	case gone:
		return r.turnOff(ctx, tx, w, entwebhook.DisabledReasonGone)
	case succeeded && (w.Failures > 0 || w.FailingSince != nil):
		return tx.Webhook.UpdateOne(w).SetFailures(0).ClearFailingSince().
			SetUpdatedAt(w.UpdatedAt).Exec(ctx)
	case succeeded || failed == 0:
		return nil
	case w.FailingSince != nil && !now.Before(w.FailingSince.Add(maxFailing)):
		return r.turnOff(ctx, tx, w, entwebhook.DisabledReasonFailing)
	}
	update := tx.Webhook.UpdateOne(w).AddFailures(failed).SetUpdatedAt(w.UpdatedAt)
	if w.FailingSince == nil {
		update.SetFailingSince(now)
	}
	return update.Exec(ctx)
}

// recordOutcome stores the outcome of an attempt, unless the delivery was changed meanwhile: another
// run may have been faster after the lease had ended.
func recordOutcome(ctx context.Context, tx *store.Tx, a attempt) error {
	d, result := a.delivery, a.result
	update := tx.WebhookDelivery.Update().Where(webhookdelivery.ID(d.ID),
		webhookdelivery.StatusEQ(webhookdelivery.StatusPending),
		webhookdelivery.Attempts(d.Attempts)).
		AddAttempts(1).SetLastAttemptAt(a.at).SetDurationMs(int(result.duration.Milliseconds()))
	// A column is either set or cleared: PostgreSQL refuses both in one statement.
	if result.status == 0 {
		update.ClearAnswerStatus().ClearAnswer()
	} else {
		update.SetAnswerStatus(result.status).SetAnswer(result.answer)
	}
	if result.reason == "" {
		update.ClearFailure()
	} else {
		update.SetFailure(webhookdelivery.Failure(result.reason))
	}
	switch {
	case result.reason == "":
		update.SetStatus(webhookdelivery.StatusDelivered).ClearNextAttemptAt()
	case d.Attempts >= len(retryWaits), d.Type == TestType, result.reason == FailureEvent:
		update.SetStatus(webhookdelivery.StatusFailed).ClearNextAttemptAt()
	default:
		update.SetNextAttemptAt(a.at.Add(jobs.Jittered(retryWaits[d.Attempts])))
	}
	return update.Exec(ctx)
}

// disable turns an endpoint off in a transaction of its own.
func (r *run) disable(ctx context.Context, w *ent.Webhook,
	reason entwebhook.DisabledReason) error {
	return r.Store.WithTx(ctx, func(tx *store.Tx) error {
		ctx := asSystem(ctx)
		locked, err := lockWebhook(ctx, tx, w.ID)
		if err != nil || locked.DisabledAt != nil {
			return ignoreDeleted(err)
		}
		return r.turnOff(ctx, tx, locked, reason)
	})
}

// ignoreDeleted returns nil for the error of an endpoint that was deleted meanwhile, with its
// deliveries.
func ignoreDeleted(err error) error {
	if f, ok := fault.Of(err); ok && f.Code == fault.NotFound {
		return nil
	}
	return err
}

// turnOff turns an endpoint off and tells its owner and the administrators by email. Its cursor and
// its waiting deliveries stay, so that it catches up once it is on again.
func (s *Service) turnOff(ctx context.Context, tx *store.Tx, w *ent.Webhook,
	reason entwebhook.DisabledReason) error {
	now := s.Clock()
	off, err := tx.Webhook.UpdateOne(w).SetDisabledAt(now).SetDisabledReason(reason).
		SetUpdatedAt(now).Save(ctx)
	if err != nil {
		return err
	}
	if err := s.record(ctx, tx, nil, off, audit.WebhookDisabled,
		describeChanges(w, off)...); err != nil {
		return err
	}
	return s.queueDisabledNotices(ctx, tx, off)
}

// Sweep deletes deliveries that are older than 30 days, except those that wait.
func (s *Service) Sweep(ctx context.Context) (err error) {
	defer fault.Annotate(&err, "sweep webhook deliveries")

	ctx = asSystem(ctx)
	for {
		n := 0
		err := s.Store.WithTx(ctx, func(tx *store.Tx) error {
			old, err := tx.WebhookDelivery.Query().
				Where(webhookdelivery.IDLT(ident.Floor(s.Clock().Add(-retention))),
					webhookdelivery.StatusNEQ(webhookdelivery.StatusPending)).
				Order(ent.Asc(webhookdelivery.FieldID)).Limit(sweptAtOnce).IDs(ctx)
			if err != nil || len(old) == 0 {
				n = 0
				return err
			}
			n, err = tx.WebhookDelivery.Delete().Where(webhookdelivery.IDIn(old...)).Exec(ctx)
			return err
		})
		if err != nil || n < sweptAtOnce {
			return err
		}
	}
}
