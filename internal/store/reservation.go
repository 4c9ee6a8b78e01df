package store

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"time"

	entgo "entgo.io/ent"

	"usher/ent"
	"usher/ent/idempotentrequest"
	"usher/internal/fault"
	"usher/internal/ident"
)

// Reservation is a mutation that was sent with an Idempotency-Key (PAR-1). Every transaction of its
// request that writes marks it as done in its own commit. So it is done exactly if it had an effect,
// whenever the process dies. It is safe for concurrent use.
type Reservation struct {
	ID      ident.ID // of the row
	Attempt ident.ID // must still stand in the row
	At      time.Time

	mu      sync.Mutex
	done    bool
	created []ident.ID
	touched map[ident.ID]bool // workspaces
}

// maxCreated limits the ids of created rows that a reservation keeps.
const maxCreated = 100

type reservationKey struct{}

// WithReservation returns the context of a request whose transactions mark a reservation as done.
func WithReservation(ctx context.Context, r *Reservation) context.Context {
	return context.WithValue(ctx, reservationKey{}, r)
}

// ReservationFrom returns the reservation of a request; nil if there is none.
func ReservationFrom(ctx context.Context) *Reservation {
	r, _ := ctx.Value(reservationKey{}).(*Reservation)
	return r
}

// IsDone reports whether a transaction of the request has written and committed.
func (r *Reservation) IsDone() bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.done
}

// Workspace returns the workspace that the request wrote to; false for none and for several.
func (r *Reservation) Workspace() (ident.ID, bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	// The first one is any of them: it counts only if it is the only one.
	for id := range r.touched {
		return id, len(r.touched) == 1
	}
	return ident.ID{}, false
}

// errOvertakenAttempt refuses the commit of an attempt that lost its lease to another one.
func errOvertakenAttempt() error { return fault.New(fault.Conflict, "idempotency.running") }

// reservedAttempt is one attempt of one transaction of a request with a reservation.
type reservedAttempt struct {
	*Reservation
	wrote   bool
	created []ident.ID
	touched []ident.ID
}

// reservedAttemptOf returns the attempt for a new transaction; nil without a reservation.
func reservedAttemptOf(ctx context.Context) *reservedAttempt {
	if r := ReservationFrom(ctx); r != nil {
		return &reservedAttempt{Reservation: r}
	}
	return nil
}

// observeWrites is a hook that notes what a transaction writes. Counts of limits are no effect: they
// are written in transactions of their own before a request is refused. Nor are reservations.
func (a *reservedAttempt) observeWrites(next entgo.Mutator) entgo.Mutator {
	return entgo.MutateFunc(func(ctx context.Context, m entgo.Mutation) (entgo.Value, error) {
		value, err := next.Mutate(ctx, m)
		if err != nil || m.Type() == ent.TypeThrottle || m.Type() == ent.TypeIdempotentRequest {
			return value, err
		}
		a.noteWrite(ctx)
		if row, ok := m.(interface{ ID() (ident.ID, bool) }); ok && m.Op().Is(entgo.OpCreate) {
			if id, known := row.ID(); known && len(a.created) < maxCreated {
				a.created = append(a.created, id)
			}
		}
		return value, err
	})
}

// noteWrite notes a write in the scope of a context. It does nothing without a reservation.
func (a *reservedAttempt) noteWrite(ctx context.Context) {
	if a == nil {
		return
	}
	// Writes as the system belong to no workspace that is known here.
	a.wrote = true
	if s, _ := scopeFrom(ctx); !s.workspace.IsZero() {
		a.touched = append(a.touched, s.workspace)
	}
}

// noteCreated notes the ids of rows that are inserted without ent. It does nothing without a
// reservation.
func (a *reservedAttempt) noteCreated(all []*Bulk) {
	if a == nil {
		return
	}
	for _, b := range all {
		column := slices.Index(b.Columns, "id")
		for _, row := range b.rows {
			if column < 0 || len(a.created) >= maxCreated {
				break
			}
			if id, known := row[column].(ident.ID); known {
				a.created = append(a.created, id)
			}
		}
	}
}

// mark marks the reservation in a transaction that is about to commit. CONFLICT, so that nothing is
// committed, if another attempt has taken the reservation over.
func (a *reservedAttempt) mark(ctx context.Context, client *ent.Client) error {
	if a == nil || !a.wrote {
		return nil
	}
	// One statement compares and sets, so that an attempt that was overtaken meanwhile finds no row.
	ctx = AsSystem(ctx, "the reservation of this request, by its id")
	n, err := client.IdempotentRequest.Update().
		Where(idempotentrequest.ID(a.ID), idempotentrequest.Attempt(a.Attempt)).
		SetDoneAt(a.At).SetNillableWorkspaceID(a.workspaceWith(a.touched)).
		SetNamedIds(a.createdWith(a.created)).Save(ctx)
	switch {
	case err != nil:
		return fmt.Errorf("store: mark a reservation: %w", err)
	case n == 0:
		return errOvertakenAttempt()
	}
	return nil
}

// keep keeps what a committed transaction has done.
func (a *reservedAttempt) keep() {
	if a == nil || !a.wrote {
		return
	}
	// Only now: an attempt that is rolled back leaves nothing.
	a.mu.Lock()
	defer a.mu.Unlock()
	a.done = true
	a.Reservation.created = append(a.Reservation.created, a.created...)
	if a.Reservation.touched == nil {
		a.Reservation.touched = map[ident.ID]bool{}
	}
	for _, id := range a.touched {
		a.Reservation.touched[id] = true
	}
}

// workspaceWith returns the one workspace of the request with those of an attempt; nil for none and
// for several.
func (a *reservedAttempt) workspaceWith(more []ident.ID) *ident.ID {
	a.mu.Lock()
	defer a.mu.Unlock()
	all := map[ident.ID]bool{}
	for id := range a.Reservation.touched {
		all[id] = true
	}
	for _, id := range more {
		all[id] = true
	}
	for id := range all {
		if len(all) == 1 {
			return &id
		}
	}
	return nil
}

// createdWith returns the ids of the rows that the request created with those of an attempt.
func (a *reservedAttempt) createdWith(more []ident.ID) []string {
	a.mu.Lock()
	defer a.mu.Unlock()
	words := []string{}
	for _, list := range [][]ident.ID{a.Reservation.created, more} {
		for _, id := range list {
			// Clients know some kinds of rows only; others have ids that mean nothing to them.
			if shown[id.Kind()] && len(words) < maxCreated {
				words = append(words, id.String())
			}
		}
	}
	return words
}

// shown are the kinds of rows that a client can look up by an id of a lost answer.
var shown = map[ident.Kind]bool{
	ident.Organization: true, ident.Workspace: true, ident.Member: true, ident.Role: true,
	ident.Group: true, ident.OrgUnit: true, ident.Program: true, ident.Session: true,
	ident.Enrollment: true, ident.Invitation: true, ident.JoinLink: true, ident.JoinRequest: true,
	ident.Import: true, ident.CustomField: true, ident.APIKey: true,
	ident.Webhook: true, ident.WebhookDelivery: true,
}
