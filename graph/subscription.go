package graph

import (
	"context"
	"maps"
	"time"

	"github.com/99designs/gqlgen/graphql"

	"usher/ent"
	"usher/ent/auditevent"
	"usher/ent/importbatch"
	"usher/ent/invitation"
	"usher/internal/access"
	"usher/internal/fault"
	"usher/internal/gqlhttp"
	"usher/internal/ident"
	"usher/internal/store"
)

// Subscriptions poll the database. So they also see what another process wrote, and each look
// checks the caller's rights again.
const (
	importPace     = 500 * time.Millisecond
	invitationPace = time.Second
)

// over, as the time to wait before the next look, ends a subscription.
const over = time.Duration(-1)

// watchChanges sends what look finds, until there is nothing more to find or the subscription ends.
// look answers how long to wait for the next time. The first look is taken before watch returns:
// what is wrong with the question is an ordinary error.
func watchChanges[T any](ctx context.Context, look func(context.Context) ([]T, time.Duration,
	error)) (<-chan T, error) {
	first, cancel := context.WithTimeout(ctx, lookTimeout)
	defer cancel()
	found, wait, err := look(first)
	if err != nil {
		return nil, err
	}
	to := make(chan T)
	go func() {
		defer close(to)
		defer func() {
			if v := recover(); v != nil { // gqlgen catches none outside of its own calls
				gqlhttp.Fail(ctx, graphql.Recover(ctx, v))
			}
		}()
		for {
			for _, one := range found {
				select {
				case to <- one:
				case <-ctx.Done():
					return
				}
			}
			if wait == over {
				return
			}
			select {
			case <-time.After(wait):
			case <-ctx.Done():
				return
			}
			found, wait, err = lookAgain(ctx, look)
			if err != nil {
				gqlhttp.Fail(ctx, err)
				return
			}
		}
	}()
	return to, nil
}

const (
	// lookTimeout bounds one look: a database that hangs must not hold a stream without a word.
	lookTimeout = 10 * time.Second
	// outagePatience is how long a stream waits for a database that is in trouble. Restarts take
	// seconds; who waits longer is better told by the stream's end.
	outagePatience = 30 * time.Second
	outagePause    = time.Second
)

// lookAgain takes a later look. While the database is in trouble it tries again for outagePatience:
// nothing is sent meanwhile.
func lookAgain[T any](ctx context.Context, look func(context.Context) ([]T, time.Duration,
	error)) (found []T, wait time.Duration, err error) {
	for until := time.Now().Add(outagePatience); ; {
		limited, cancel := context.WithTimeout(ctx, lookTimeout)
		// Security: the sign-in may have ended, and rights may be gone, since the last look.
		if err = gqlhttp.Renew(ctx); err == nil {
			found, wait, err = look(limited)
		}
		cancel()
		if err == nil || !store.IsOutage(err) || ctx.Err() != nil || time.Now().After(until) {
			return found, wait, err
		}
		select {
		case <-time.After(outagePause):
		case <-ctx.Done():
			return nil, over, ctx.Err()
		}
	}
}

// watchImport shows an import as it gets on.
func (r *Resolver) watchImport(ctx context.Context, id ident.ID) (<-chan *ent.ImportBatch, error) {
	type state struct {
		status    importbatch.Status
		processed int
	}
	var sent state
	return watchChanges(ctx, func(ctx context.Context) (found []*ent.ImportBatch, _ time.Duration,
		_ error) {
		if err := callerOf(ctx).Authenticated(); err != nil {
			return nil, over, err
		}
		b, err := mustSee(r.Reads.ImportBatch.Get(ctx, id))
		if err != nil {
			return nil, over, err
		}
		if now := (state{b.Status, b.ProcessedRows}); now != sent {
			found, sent = append(found, b), now
		}
		switch b.Status {
		case importbatch.StatusCompleted, importbatch.StatusCancelled, importbatch.StatusFailed,
			importbatch.StatusUndone:
			return found, over, nil
		}
		return found, importPace, nil
	})
}

// watchInvitations shows invitations to which something happens.
func (r *Resolver) watchInvitations(ctx context.Context,
	workspace ident.ID) (<-chan *ent.Invitation, error) {
	const atOnce = 100 // loaded together; many are changed by an import or a bulk of mails
	c := &changeFeed{reads: r.Reads, workspace: workspace, since: time.Now(),
		seenEvents: map[ident.ID]bool{}}
	// What happened before was not asked for.
	begun := false
	var waiting []ident.ID
	return watchChanges(ctx, func(ctx context.Context) ([]*ent.Invitation, time.Duration, error) {
		if err := mayWatch(callerOf(ctx), workspace); err != nil {
			return nil, over, err
		}
		if len(waiting) == 0 {
			changed, err := c.collectChanged(ctx)
			if err != nil {
				return nil, over, err
			}
			if begun {
				waiting = changed
			}
			begun = true
		}
		some := waiting[:min(atOnce, len(waiting))]
		found, err := r.visibleInvitations(ctx, some)
		if err != nil {
			return nil, over, err // they still wait, for a look that succeeds
		}
		waiting = waiting[len(some):]
		if len(waiting) > 0 {
			return found, 0, nil
		}
		return found, invitationPace, nil
	})
}

// mayWatch refuses those who could never see an invitation there.
func mayWatch(by *access.Caller, workspace ident.ID) error {
	if err := by.Authenticated(); err != nil {
		return err
	}
	m := by.In(workspace)
	switch {
	case m == nil:
		return fault.Missing()
	case !m.CanAnywhere(access.MembersView):
		return fault.Denied()
	}
	return nil
}

// visibleInvitations loads those invitations that the caller may see, with all that is asked of
// them, in the order given.
func (r *Resolver) visibleInvitations(ctx context.Context,
	ids []ident.ID) ([]*ent.Invitation, error) {
	if len(ids) == 0 {
		return nil, nil
	}
	query, err := r.Reads.Invitation.Query().Where(invitation.IDIn(ids...)).
		CollectFields(ctx, "Invitation", "Node")
	if err != nil {
		return nil, err
	}
	rows, err := query.All(ctx)
	if err != nil {
		return nil, err
	}
	of := map[ident.ID]*ent.Invitation{}
	for _, row := range rows {
		of[row.ID] = row
	}
	var found []*ent.Invitation
	for _, i := range ids {
		if of[i] != nil {
			found = append(found, of[i])
		}
	}
	return found, nil
}

// changeFeed finds the invitations of a workspace to which something happened, by the history that
// every verb writes.
type changeFeed struct {
	reads      *ent.Client
	workspace  ident.ID
	since      time.Time         // when the last look began
	seenEvents map[ident.ID]bool // events, as old as overlap
}

// overlap is how long before the last look a new event may have been made: its transaction was not
// over by then, or the clock of its process is behind ours.
const overlap = 10 * time.Second

// collectChanged returns what changed since the last look, each once, the earliest first.
//
// Security: the events are read for the whole workspace, since many who may see an invitation may
// not read the history. Nothing of an event is shown, and the invitations are read as the caller.
func (c *changeFeed) collectChanged(ctx context.Context) ([]ident.ID, error) {
	const page = 1000
	ctx = store.InWorkspace(ctx, c.workspace)
	began := time.Now()
	var changed []ident.ID
	noted, events := map[ident.ID]bool{}, map[ident.ID]bool{}
	for from := ident.Floor(c.since.Add(-overlap)); ; {
		rows, err := c.reads.AuditEvent.Query().
			Where(auditevent.IDGT(from), auditevent.InvitationIDNotNil()).
			Order(ent.Asc(auditevent.FieldID)).Limit(page).
			Select(auditevent.FieldInvitationID).All(ctx)
		if err != nil {
			return nil, err
		}
		for _, event := range rows {
			if !c.seenEvents[event.ID] && !noted[*event.InvitationID] {
				changed = append(changed, *event.InvitationID)
				noted[*event.InvitationID] = true
			}
			events[event.ID] = true
		}
		if len(rows) < page {
			break
		}
		from = rows[page-1].ID
	}
	// Only now: a look that fails half-way is taken again from where it began.
	maps.Copy(c.seenEvents, events)
	c.since = began
	oldest := ident.Floor(began.Add(-overlap))
	maps.DeleteFunc(c.seenEvents, func(i ident.ID, _ bool) bool { return i.Before(oldest) })
	return changed, nil
}
