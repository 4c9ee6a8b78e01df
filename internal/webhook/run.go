package webhook

import (
	"context"
	"sync"
	"time"

	"entgo.io/ent/dialect/sql"

	"usher/ent/auditevent"
	entwebhook "usher/ent/webhook"
	"usher/ent/webhookdelivery"
	"usher/internal/ident"
	"usher/internal/store"
)

const (
	// lookInterval is the time between two looks for endpoints with work, a read that writes nothing.
	lookInterval = time.Second
	// leaseTime is how long a run holds an endpoint without a sign of life. It is longer than an
	// attempt with the writes around it, and shorter than the minute in which the work of a dead
	// process must go on.
	leaseTime = 40 * time.Second
	// maxRuns limits the endpoints that one process serves at the same time. Each holds a goroutine
	// and at most attemptsAtOnce connections, and none to the database while it waits for an answer.
	maxRuns = 1_000
)

// asSystem returns the scope of deliveries. They go on in an archived workspace: what happens there
// is in the log, too.
func asSystem(ctx context.Context) context.Context {
	return store.AsSystem(ctx, "events are sent for all workspaces")
}

// runSet is the set of the endpoints that this process serves.
type runSet struct {
	mu      sync.Mutex
	ids     map[ident.ID]bool
	running sync.WaitGroup
}

// start runs fn for an endpoint unless it is served already, or too many are.
func (r *runSet) start(id ident.ID, fn func()) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.ids[id] || len(r.ids) >= maxRuns {
		return
	}
	r.ids[id] = true
	r.running.Go(func() {
		defer func() {
			r.mu.Lock()
			defer r.mu.Unlock()
			delete(r.ids, id)
		}()
		fn()
	})
}

// deliverAll serves all endpoints until ctx ends. Every endpoint has a goroutine of its own, so that
// a receiver that hangs delays no other one. It returns when the attempts under way have ended.
//
// River is not used here: a job for each second or each event would write to the database all the
// time, and its workers would be taken by receivers that hang. A lease on the endpoint does what its
// claim does: one process serves it, and another one goes on when that dies.
func (s *Service) deliverAll(ctx context.Context) {
	runs := &runSet{ids: map[ident.ID]bool{}}
	defer runs.running.Wait()
	for {
		due, err := s.listDue(ctx)
		if err != nil && ctx.Err() == nil {
			s.log.WarnContext(ctx, "look for webhook deliveries failed", "error", err)
		}
		for _, id := range due {
			runs.start(id, func() { s.serve(ctx, id) })
		}
		select {
		case <-ctx.Done():
			return
		case <-time.After(lookInterval):
		}
	}
}

// listDue returns the endpoints that are on, not leased, and have something to do: events that have
// no place yet, events behind their cursor, or deliveries that are due.
func (s *Service) listDue(ctx context.Context) ([]ident.ID, error) {
	now := s.Clock()
	return s.Store.Webhook.Query().Where(entwebhook.DisabledAtIsNil(),
		entwebhook.Or(entwebhook.LeasedUntilIsNil(), entwebhook.LeasedUntilLTE(time.Now().UTC())),
		func(q *sql.Selector) {
			q.Where(sql.Or(
				sql.Exists(eventsOf(q, func(events *sql.SelectTable) *sql.Predicate {
					return sql.ExprP(events.C("position") + " IS NULL")
				})),
				sql.Exists(eventsOf(q, func(events *sql.SelectTable) *sql.Predicate {
					return sql.And(sql.ExprP(events.C("position")+" > 0"),
						sql.ColumnsGT(events.C("position"), q.C("cursor_position")))
				})),
				sql.Exists(dueDeliveries(q, now)),
			))
		}).Limit(maxRuns).IDs(asSystem(ctx))
}

// eventsOf selects the events of the workspace of each endpoint. The conditions on the position are
// those of the indexes, letter by letter.
func eventsOf(webhooks *sql.Selector,
	where func(*sql.SelectTable) *sql.Predicate) *sql.Selector {
	build := sql.Dialect(webhooks.Dialect())
	events := build.Table(auditevent.Table).As("events")
	return build.Select(events.C("id")).From(events).
		Where(sql.And(sql.ColumnsEQ(events.C("workspace_id"), webhooks.C("workspace_id")),
			where(events)))
}

// dueDeliveries selects the deliveries of each endpoint that may be tried.
func dueDeliveries(webhooks *sql.Selector, now time.Time) *sql.Selector {
	build := sql.Dialect(webhooks.Dialect())
	d := build.Table(webhookdelivery.Table).As("due")
	return build.Select(d.C("id")).From(d).Where(sql.And(
		sql.ColumnsEQ(d.C("webhook_id"), webhooks.C("id")),
		sql.ExprP(d.C("status")+" = 'PENDING'"), sql.LTE(d.C("next_attempt_at"), now)))
}
