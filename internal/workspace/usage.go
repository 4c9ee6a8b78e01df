package workspace

import (
	"context"
	"slices"
	"time"

	"usher/ent"
	entmail "usher/ent/mail"
	"usher/ent/predicate"
	"usher/ent/seatevent"
	"usher/ent/user"
	"usher/internal/access"
	"usher/internal/fault"
	"usher/internal/i18n"
	"usher/internal/ident"
	"usher/internal/store"
)

// Usage holds the seats and emails of a period, from From (inclusive) to To (exclusive). Seats are
// those of the organization over all its workspaces, since the subscription plan counts these. The
// ledger and the emails are the workspace's.
type Usage struct {
	From       time.Time
	To         time.Time
	Seats      *int // nil: without limit
	SeatsTaken int  // at present
	Taken      int
	Freed      int
	AtStart    int
	AtEnd      int // at present if the period is not over
	Peak       int // highest number at any moment of the period
	SeatEvents []*SeatEvent
	Emails     EmailCounts
}

// SeatEvent is one entry of the ledger. User is nil for an account that was erased, or that the
// caller does not see.
type SeatEvent struct {
	At   time.Time
	Kind seatevent.Kind
	User *ent.User
}

// EmailCounts are the numbers of emails of a period by status. Queued is the sum of DueNow and
// Scheduled.
type EmailCounts struct{ Queued, DueNow, Scheduled, Sent, Failed, Bounced, Dropped int }

// maxSeatEvents is how many entries of the ledger are listed. The figures count all.
const maxSeatEvents = 500

// Usage returns the usage of a period (ADM-4): by default the present calendar month in the
// workspace's time zone, so that a month begins and ends at local midnight whatever the clocks did
// in between. Errors: FORBIDDEN, BAD_USER_INPUT.
func (s *Service) Usage(ctx context.Context, by *access.Caller, workspace ident.ID, from,
	to *time.Time) (_ *Usage, err error) {
	defer fault.Annotate(&err, "usage workspace")

	m, err := by.RequireMembership(workspace)
	if err != nil {
		return nil, err
	}
	if !m.Throughout(access.UsageView) {
		return nil, fault.Denied()
	}

	w, err := s.Store.Workspace.Get(store.InWorkspace(ctx, workspace), workspace)
	if err != nil {
		return nil, err
	}
	u := &Usage{}
	// The defaults depend on the time zone of the workspace, so the period is checked after it is
	// read.
	if u.From, u.To = resolvePeriod(w, from, to, s.Clock()); !u.From.Before(u.To) {
		return nil, fault.Input("to", "usage.period")
	}

	if err := s.countSeats(ctx, w, u); err != nil {
		return nil, err
	}
	if err := s.readLedger(ctx, by, w, u); err != nil {
		return nil, err
	}
	return u, s.countEmails(ctx, w, u)
}

// resolvePeriod returns the requested period. Without an end it ends with this month; without a
// beginning it begins with the month of its end.
func resolvePeriod(w *ent.Workspace, from, to *time.Time, now time.Time) (start, end time.Time) {
	zone := i18n.LoadZone(w.TimeZone)
	month := func(at time.Time, ahead time.Month) time.Time {
		local := at.In(zone)
		return time.Date(local.Year(), local.Month()+ahead, 1, 0, 0, 0, 0, zone).UTC()
	}
	if to != nil {
		end = to.UTC().Truncate(time.Microsecond)
	} else {
		end = month(now, 1)
	}
	if from != nil {
		return from.UTC().Truncate(time.Microsecond), end
	}
	return month(end.Add(-time.Microsecond), 0), end
}

// seatChange is how many seats were taken or freed at one moment.
type seatChange struct {
	At    time.Time      `sql:"at"`
	Kind  seatevent.Kind `sql:"kind"`
	Count int            `sql:"count"`
}

// countSeats computes backwards from the present number, so that it does not read a ledger of many
// years for one month. Changes of one transaction have one time and count as one moment.
func (s *Service) countSeats(ctx context.Context, w *ent.Workspace, u *Usage) error {
	ctx = store.AsSystem(ctx, "seats are the organization's, over all its workspaces")
	org, err := s.Store.Organization.Get(ctx, w.OrganizationID)
	if err != nil {
		return err
	}
	u.Seats, u.SeatsTaken = org.Seats, org.SeatsTaken

	// Events after the period are undone first, to find the number at its end.
	changes, err := s.readSeatChanges(ctx, org.ID, seatevent.AtGTE(u.To))
	if err != nil {
		return err
	}
	u.AtEnd = u.SeatsTaken
	for _, c := range changes {
		u.AtEnd -= c.signedCount()
	}
	if changes, err = s.readSeatChanges(ctx, org.ID, seatevent.AtGTE(u.From),
		seatevent.AtLT(u.To)); err != nil {
		return err
	}
	u.AtStart = u.AtEnd
	for _, c := range changes {
		u.AtStart -= c.signedCount()
		if c.Kind == seatevent.KindTaken {
			u.Taken += c.Count
		} else {
			u.Freed += c.Count
		}
	}
	held := u.AtStart
	u.Peak = held
	for i, c := range changes {
		held += c.signedCount()
		// The peak is measured between moments: a transaction that moves a seat never holds two.
		if last := i == len(changes)-1; last || !changes[i+1].At.Equal(c.At) {
			u.Peak = max(u.Peak, held)
		}
	}
	return nil
}

// signedCount returns the change of the number of seats, negative for freed ones.
func (c seatChange) signedCount() int {
	if c.Kind == seatevent.KindTaken {
		return c.Count
	}
	return -c.Count
}

// readSeatChanges counts the seat events of an organization by moment and kind, the oldest first.
// It returns a row for each moment and not for each event: an import takes thousands of seats at
// one moment.
func (s *Service) readSeatChanges(ctx context.Context, organization ident.ID,
	when ...predicate.SeatEvent) ([]seatChange, error) {
	var all []seatChange
	err := s.Store.SeatEvent.Query().Where(append(when, seatevent.OrganizationID(organization))...).
		GroupBy(seatevent.FieldAt, seatevent.FieldKind).Aggregate(ent.Count()).Scan(ctx, &all)
	slices.SortStableFunc(all, func(a, b seatChange) int { return a.At.Compare(b.At) })
	return all, err
}

// readLedger reads the workspace's own entries, newest first, and their users in one statement
// through the tenant filter.
func (s *Service) readLedger(ctx context.Context, by *access.Caller, w *ent.Workspace,
	u *Usage) error {
	rows, err := s.Store.SeatEvent.Query().
		Where(seatevent.OrganizationID(w.OrganizationID), seatevent.AtGTE(u.From),
			seatevent.AtLT(u.To), seatevent.WorkspaceID(w.ID)).
		Order(ent.Desc(seatevent.FieldAt), ent.Desc(seatevent.FieldID)).Limit(maxSeatEvents).
		All(store.AsSystem(ctx, "the lines of this workspace in the ledger of its organization"))
	if err != nil {
		return err
	}
	// Users are loaded as the caller, so that a hidden one stays null.
	ids := make([]ident.ID, len(rows))
	for i, r := range rows {
		ids[i] = r.UserID
	}
	seen, err := s.Store.User.Query().Where(user.IDIn(ids...)).All(store.AsCaller(ctx, by))
	if err != nil {
		return err
	}
	of := map[ident.ID]*ent.User{}
	for _, person := range seen {
		of[person.ID] = person
	}
	u.SeatEvents = make([]*SeatEvent, len(rows))
	for i, r := range rows {
		u.SeatEvents[i] = &SeatEvent{At: r.At, Kind: r.Kind, User: of[r.UserID]}
	}
	return nil
}

// countEmails counts the emails that were queued in the period, by their present status. A queued
// email counts as scheduled until its time has come.
func (s *Service) countEmails(ctx context.Context, w *ent.Workspace, u *Usage) error {
	ctx = store.InWorkspace(ctx, w.ID)
	var counts []struct {
		Status entmail.Status `sql:"status"`
		Count  int            `sql:"count"`
	}
	inPeriod := []predicate.Mail{entmail.CreatedAtGTE(u.From), entmail.CreatedAtLT(u.To)}
	err := s.Store.Mail.Query().Where(inPeriod...).
		GroupBy(entmail.FieldStatus).Aggregate(ent.Count()).Scan(ctx, &counts)
	if err != nil {
		return err
	}
	at := map[entmail.Status]*int{
		entmail.StatusQueued: &u.Emails.Queued, entmail.StatusSent: &u.Emails.Sent,
		entmail.StatusFailed:  &u.Emails.Failed,
		entmail.StatusBounced: &u.Emails.Bounced, entmail.StatusDropped: &u.Emails.Dropped,
	}
	for _, c := range counts {
		*at[c.Status] = c.Count
	}
	if u.Emails.Queued == 0 {
		return nil
	}
	u.Emails.Scheduled, err = s.Store.Mail.Query().Where(append(inPeriod,
		entmail.StatusEQ(entmail.StatusQueued), entmail.DueAtGT(s.Clock()))...).Count(ctx)
	// An email that left between the two statements is in neither figure.
	u.Emails.Scheduled = min(u.Emails.Scheduled, u.Emails.Queued)
	u.Emails.DueNow = u.Emails.Queued - u.Emails.Scheduled
	return err
}
