package webhook

import (
	"context"
	"errors"
	"sync"
	"time"

	"entgo.io/ent/dialect/sql"

	"usher/ent"
	entwebhook "usher/ent/webhook"
	"usher/ent/webhookdelivery"
	"usher/internal/access"
	"usher/internal/audit"
	"usher/internal/fault"
	"usher/internal/ident"
	"usher/internal/store"
)

const (
	// attemptsAtOnce is how many deliveries of an endpoint are tried at the same time, each of
	// another object.
	attemptsAtOnce = 8
	// eventsAtOnce is how many events one transaction enters.
	eventsAtOnce = 100
	// failingPause is how long an endpoint rests between attempts once a whole round has failed, so
	// that a backlog does not hammer on a broken receiver.
	failingPause = 5 * time.Second
	// recordTimeout limits the writes after an attempt.
	recordTimeout = 10 * time.Second
)

// errLeaseLost ends a run whose endpoint was claimed by another one, turned off or deleted.
var errLeaseLost = errors.New("webhook: the lease is lost")

// run is the work of one process for one endpoint, while it holds its lease.
type run struct {
	*Service
	id, lease ident.ID
}

// serve claims an endpoint and sends its deliveries until nothing is due, or ctx ends.
func (s *Service) serve(ctx context.Context, id ident.ID) {
	r := &run{Service: s, id: id, lease: ident.New(ident.Webhook)}
	// An attempt that began is finished and recorded, also when the process stops: otherwise the
	// event would be sent twice. Each has limits of its own.
	work := context.WithoutCancel(ctx)
	// A read told that there is work; by now another process may have taken it.
	claimed, err := r.claim(work)
	var pause time.Duration
	for claimed && err == nil && ctx.Err() == nil {
		var more bool
		if more, pause, err = r.serveRound(work); !more || pause > 0 {
			break
		}
	}
	if err != nil && !errors.Is(err, errLeaseLost) {
		s.log.WarnContext(ctx, "deliver webhook failed", "webhook", id.String(), "error", err)
		pause = failingPause
	}
	if claimed {
		if err := r.release(work, pause); err != nil {
			s.log.WarnContext(ctx, "release webhook failed", "webhook", id.String(), "error", err)
		}
	}
}

// claim leases the endpoint; false if another run was faster.
func (r *run) claim(ctx context.Context) (claimed bool, err error) {
	err = r.Store.WithTx(ctx, func(tx *store.Tx) error {
		now := time.Now().UTC()
		n, err := tx.Webhook.Update().Where(entwebhook.ID(r.id), entwebhook.DisabledAtIsNil(),
			entwebhook.Or(entwebhook.LeasedUntilIsNil(), entwebhook.LeasedUntilLTE(now))).
			SetLease(r.lease).SetLeasedUntil(now.Add(leaseTime)).Save(asSystem(ctx))
		claimed = n == 1
		return err
	})
	return claimed, err
}

// renew prolongs the lease and returns the endpoint as it is now. errLeaseLost if it is not ours.
func (r *run) renew(ctx context.Context) (w *ent.Webhook, err error) {
	err = r.Store.WithTx(ctx, func(tx *store.Tx) error {
		// The number of changed rows tells whether the endpoint is still ours, and still on.
		n, err := tx.Webhook.Update().Where(entwebhook.ID(r.id), entwebhook.Lease(r.lease),
			entwebhook.DisabledAtIsNil()).
			SetLeasedUntil(time.Now().UTC().Add(leaseTime)).Save(asSystem(ctx))
		if err != nil {
			return err
		}
		if n == 0 {
			return errLeaseLost
		}
		w, err = tx.Webhook.Get(asSystem(ctx), r.id)
		return err
	})
	return w, err
}

// release ends the lease, immediately or after a pause. A lease of another run stays.
func (r *run) release(ctx context.Context, pause time.Duration) error {
	return r.Store.WithTx(ctx, func(tx *store.Tx) error {
		update := tx.Webhook.Update().Where(entwebhook.ID(r.id), entwebhook.Lease(r.lease)).
			ClearLease()
		if pause > 0 {
			update.SetLeasedUntil(time.Now().UTC().Add(pause))
		} else {
			update.ClearLeasedUntil()
		}
		return update.Exec(asSystem(ctx))
	})
}

// serveRound enters the next events and tries some deliveries. more is false when nothing is left to
// do now; pause is how long the endpoint rests.
func (r *run) serveRound(ctx context.Context) (more bool, pause time.Duration, err error) {
	w, err := r.renew(ctx)
	if err != nil {
		return false, 0, err
	}
	owner, err := r.loadOwner(ctx, w)
	if err != nil {
		return false, 0, err
	}
	m := owner.In(w.WorkspaceID)
	// Security: asked in each round. An owner who may not read the log now gets nothing of it, not
	// even the events that were entered before.
	if m == nil || !m.Throughout(access.AuditView) {
		return false, 0, r.disable(ctx, w, entwebhook.DisabledReasonAuthority)
	}
	due, err := r.listDeliveries(ctx, w)
	if err != nil {
		return false, 0, err
	}
	// Events are entered only while few wait, so that a broken receiver does not fill the table.
	entered := false
	if len(due) < attemptsAtOnce {
		if entered, err = r.enterEvents(ctx, w, owner); err != nil {
			return false, 0, err
		}
		if entered && len(due) == 0 {
			return true, 0, nil
		}
	}
	if len(due) == 0 {
		return false, 0, nil
	}
	// A broken receiver gets one attempt at a time, and then a rest.
	failing := w.Failures >= attemptsAtOnce
	if failing {
		due = due[:1]
	}
	succeeded, err := r.attemptAll(ctx, w, due)
	if failing && !succeeded {
		pause = failingPause
	}
	return true, pause, err
}

// enterEvents reads the next events from the log and inserts their deliveries. The cursor moves in
// the same transaction. It reports whether there was anything.
func (r *run) enterEvents(ctx context.Context, w *ent.Webhook,
	owner *access.Caller) (entered bool, err error) {
	cursor := audit.EventCursor{ID: w.CursorID, Position: w.CursorPosition}
	read := audit.EventRead{Workspace: w.WorkspaceID, After: &cursor, Types: TypesOf(w),
		Limit: eventsAtOnce}
	page, err := r.events.Read(ctx, owner, read)
	// It was off for longer than the log goes back, or the database was restored: it goes on with
	// what is there.
	if f, ok := fault.Of(err); ok && f.Code == fault.CursorExpired {
		read.After = nil
		page, err = r.events.Read(ctx, owner, read)
	}
	if err != nil || page.End == cursor {
		return false, err
	}
	err = r.Store.WithTx(ctx, func(tx *store.Tx) error {
		ctx := asSystem(ctx)
		n, err := tx.Webhook.Update().Where(entwebhook.ID(r.id), entwebhook.Lease(r.lease)).
			SetCursorID(page.End.ID).SetCursorPosition(page.End.Position).Save(ctx)
		if err != nil {
			return err
		}
		if n == 0 {
			return errLeaseLost
		}
		now := r.Clock()
		rows := make([]*ent.WebhookDeliveryCreate, len(page.Events))
		for i, event := range page.Events {
			rows[i] = tx.WebhookDelivery.Create().SetWorkspaceID(w.WorkspaceID).
				SetWebhookID(w.ID).SetEventID(event.ID).SetType(string(audit.TypeOf(event))).
				SetSequenceID(sequenceOf(event)).SetPosition(*event.Position).
				SetEventAt(event.At).SetNextAttemptAt(now)
		}
		// The cursor moves behind events of other types as well.
		if len(rows) == 0 {
			return nil
		}
		return tx.WebhookDelivery.CreateBulk(rows...).Exec(ctx)
	})
	return err == nil, err
}

// listDeliveries returns the deliveries that are due, the earliest events first, at most one for
// each object: a later event waits until the earlier one was delivered or has failed permanently.
func (r *run) listDeliveries(ctx context.Context, w *ent.Webhook) ([]*ent.WebhookDelivery, error) {
	return r.Store.WebhookDelivery.Query().Where(webhookdelivery.WebhookID(w.ID),
		webhookdelivery.NextAttemptAtLTE(r.Clock()), func(q *sql.Selector) {
			isPending := func(c func(string) string) *sql.Predicate {
				return sql.ExprP(c("status") + " = 'PENDING'")
			}
			build := sql.Dialect(q.Dialect())
			earlier := build.Table(webhookdelivery.Table).As("earlier")
			q.Where(sql.And(isPending(q.C), sql.NotExists(build.Select(earlier.C("id")).From(earlier).
				Where(sql.And(isPending(earlier.C),
					sql.ColumnsEQ(earlier.C("webhook_id"), q.C("webhook_id")),
					sql.ColumnsEQ(earlier.C("sequence_id"), q.C("sequence_id")),
					sql.ColumnsLT(earlier.C("position"), q.C("position")))))))
		}).Order(ent.Asc(webhookdelivery.FieldPosition, webhookdelivery.FieldID)).
		WithEvent().Limit(attemptsAtOnce).All(asSystem(ctx))
}

// attempt is one attempt of a delivery and its outcome.
type attempt struct {
	delivery *ent.WebhookDelivery
	at       time.Time
	result   postResult
}

// attemptAll tries deliveries at the same time and records the outcomes; it reports whether one of
// them succeeded.
func (r *run) attemptAll(ctx context.Context, w *ent.Webhook,
	due []*ent.WebhookDelivery) (succeeded bool, err error) {
	now := r.Clock()
	keys, err := r.openKeys(w, now)
	if err != nil {
		return false, err
	}
	attempts := make([]attempt, len(due))
	var posts sync.WaitGroup
	for i, d := range due {
		attempts[i] = attempt{delivery: d, at: now}
		// The log kept the event for as long as it is needed; it was erased with its workspace.
		if d.EventID == nil && d.Type != TestType || d.EventID != nil && d.Edges.Event == nil {
			attempts[i].result.reason = FailureEvent
			continue
		}
		body, err := Body(d, d.Edges.Event)
		if err != nil {
			return false, err
		}
		posts.Go(func() {
			attempts[i].result = r.poster.post(ctx, message{id: MessageID(d).String(), url: w.URL, body: body,
				keys: keys}, now)
		})
	}
	posts.Wait()
	ctx, cancel := context.WithTimeout(ctx, recordTimeout)
	defer cancel()
	return r.recordAttempts(ctx, attempts)
}
