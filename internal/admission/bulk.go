package admission

import (
	"context"
	"time"

	"usher/ent"
	"usher/ent/assignmentsource"
	"usher/ent/member"
	"usher/ent/organization"
	"usher/ent/roleassignment"
	"usher/ent/seat"
	"usher/ent/seatevent"
	"usher/internal/audit"
	"usher/internal/ident"
	"usher/internal/outbox"
	"usher/internal/ratelimit"
	"usher/internal/store"
	"usher/internal/training"
)

// BulkAdmission is Admit for many people whose accounts are new, in one transaction. The number of
// statements does not depend on the number of people. Every decision is made by the code of Admit;
// only the writing differs, and what a new account cannot have (a seat, a member, assignments, a
// departure) is not looked for.
type BulkAdmission struct {
	people []*bulkPerson
}

// bulkPerson is one person of a BulkAdmission, with everything that was decided.
type bulkPerson struct {
	*Admission
	places *ResolvedPlaces
	row    *ent.MemberCreate
	plan   assignmentPlan
}

// PlanBulk decides on everything that admissions of one transaction and workspace have to write,
// and writes nothing. Each has a User whose account is not inserted yet. rest are admissions whose
// grant cannot be applied as a whole; Admit records for each of them what it skips. The
// organization must be locked.
func PlanBulk(ctx context.Context, all []*Admission) (b *BulkAdmission, rest []*Admission,
	err error) {
	b = &BulkAdmission{}
	if len(all) == 0 {
		return b, nil, nil
	}
	places, err := resolveAllPlaces(ctx, all[0].Tx, all)
	if err != nil {
		return nil, nil, err
	}
	for i, a := range all {
		p := &bulkPerson{Admission: a, places: places[i]}
		id := ident.New(ident.Member)
		a.Member = &ent.Member{ID: id, WorkspaceID: a.Workspace.ID, UserID: a.User.ID,
			Status: member.StatusActive}
		p.plan = a.planAssignments(places[i], nil)
		if len(a.skipped) > 0 {
			// Admit decides again from the beginning.
			a.Member, a.skipped = nil, nil
			rest = append(rest, a)
			continue
		}
		p.row = a.newMember().SetID(id)
		a.setProfile(p.row.Mutation(), places[i], a.Member)
		b.people = append(b.people, p)
	}
	return b, rest, nil
}

// People are the admissions that Admit writes, in the order of PlanBulk.
func (b *BulkAdmission) People() []*Admission {
	people := make([]*Admission, len(b.people))
	for i, p := range b.people {
		people[i] = p.Admission
	}
	return people
}

// Admit inserts the accounts and everything that was planned. It writes nothing and returns false
// if the organization has fewer free seats than people and others together: others is how many
// people the caller admits one by one in the same transaction. Who gets the last seats is then
// decided in their order.
func (b *BulkAdmission) Admit(ctx context.Context, accounts *store.Bulk, others int) (bool,
	error) {
	if len(b.people) == 0 {
		return true, nil
	}
	tx := b.people[0].Tx
	// The seats come first, as in Admit: a refusal must change nothing.
	if enough, err := b.countSeats(ctx, others); !enough || err != nil {
		return false, err
	}
	system := store.AsSystem(ctx, "an account is the person's, not the workspace's")
	if err := tx.Insert(system, accounts); err != nil {
		return false, err
	}
	for _, write := range []func(context.Context) error{
		b.insertSeats, b.insertMembers, b.insertAssignments, b.enroll, b.recordEvents,
		b.queueGreetings,
	} {
		if err := write(ctx); err != nil {
			return false, err
		}
	}
	return true, nil
}

// countSeats raises the number of taken seats by one for each person. It returns false if not so
// many are free, and others in addition.
func (b *BulkAdmission) countSeats(ctx context.Context, others int) (bool, error) {
	ctx = store.AsSystem(ctx, "seats belong to the organization, in all its workspaces")
	a := b.people[0]
	if err := a.Tx.LockOrganization(ctx, a.Workspace.OrganizationID); err != nil {
		return false, err
	}
	n, err := a.Tx.Organization.Update().
		Where(organization.ID(a.Workspace.OrganizationID), hasFreeSeats(len(b.people)+others)).
		AddSeatsTaken(len(b.people)).Save(ctx)
	return n == 1, err
}

// insertSeats inserts the seats of the people and their entries in the ledger.
func (b *BulkAdmission) insertSeats(ctx context.Context) error {
	seats := store.Bulk{Table: seat.Table, Columns: seat.Columns}
	ledger := store.Bulk{Table: seatevent.Table, Columns: seatevent.Columns}
	for _, p := range b.people {
		seats.AddMutation(p.newSeat().Mutation(), ident.New(ident.Seat), nil)
		ledger.AddMutation(p.newSeatEvent(p.User.ID, seatevent.KindTaken).Mutation(),
			ident.New(ident.SeatEvent), nil)
	}
	ctx = store.AsSystem(ctx, "seats belong to the organization, in all its workspaces")
	if err := b.people[0].Tx.Insert(ctx, &seats); err != nil {
		return err
	}
	return b.people[0].Tx.Insert(ctx, &ledger)
}

// insertMembers inserts the members, with the profile that their grants give.
func (b *BulkAdmission) insertMembers(ctx context.Context) error {
	rows := store.Bulk{Table: member.Table, Columns: member.Columns}
	for _, p := range b.people {
		rows.AddMutation(p.row.Mutation(), p.Member.ID, map[string]any{
			// ent sets these when it saves a row, which does not happen here.
			member.FieldCreatedAt: p.Now, member.FieldUpdatedAt: member.DefaultUpdatedAt(),
			member.FieldLabels: member.DefaultLabels, member.FieldEmailKey: member.DefaultEmailKey,
			member.FieldCustomFields:   member.DefaultCustomFields,
			member.FieldDeleteOnExpiry: member.DefaultDeleteOnExpiry,
		})
	}
	return b.people[0].Tx.Insert(ctx, &rows)
}

// insertAssignments inserts the assignments of the people with their sources.
func (b *BulkAdmission) insertAssignments(ctx context.Context) error {
	assignments := store.Bulk{Table: roleassignment.Table, Columns: roleassignment.Columns}
	sources := store.Bulk{Table: assignmentsource.Table, Columns: assignmentsource.Columns}
	for _, p := range b.people {
		for _, row := range p.plan.created {
			id, _ := row.Mutation().ID()
			assignments.AddMutation(row.Mutation(), id, nil)
		}
		for _, row := range p.plan.sources {
			sources.AddMutation(row.Mutation(), ident.New(ident.AssignmentSource), nil)
		}
	}
	if err := b.people[0].Tx.Insert(ctx, &assignments); err != nil {
		return err
	}
	return b.people[0].Tx.Insert(ctx, &sources)
}

// enroll enrolls the people in the sessions of their grants and of their groups. People with the
// same sessions are enrolled together: there are few such sets, however many people.
func (b *BulkAdmission) enroll(ctx context.Context) error {
	type enrollment struct {
		sessions []*ent.Session
		named    bool
		members  []ident.ID
	}
	var all []*enrollment
	bySessions := map[string]*enrollment{}
	for _, p := range b.people {
		named, others := p.splitSessions(p.places)
		for _, e := range []enrollment{{sessions: named, named: true}, {sessions: others}} {
			if len(e.sessions) == 0 {
				continue
			}
			key := sessionSetKey(e.sessions, e.named)
			if bySessions[key] == nil {
				bySessions[key] = &e
				all = append(all, &e)
			}
			bySessions[key].members = append(bySessions[key].members, p.Member.ID)
		}
	}
	a := b.people[0]
	for _, e := range all {
		if err := a.Training.EnrollMembers(ctx, a.Tx, a.Workspace.ID, e.members, e.sessions,
			e.named); err != nil {
			return err
		}
	}
	return nil
}

// sessionSetKey returns a text that is equal for equal sets of sessions.
func sessionSetKey(sessions []*ent.Session, named bool) string {
	key := []byte{0}
	if named {
		key[0] = 1
	}
	for _, id := range ident.SortDistinct(training.SessionIDs(sessions)) {
		key = append(key, id[:]...)
	}
	return string(key)
}

// recordEvents records the audit events of the admissions.
func (b *BulkAdmission) recordEvents(ctx context.Context) error {
	events := make([]audit.Event, len(b.people))
	for i, p := range b.people {
		events[i] = p.admissionEvent(audit.MemberJoined, p.Member)
	}
	return audit.Record(ctx, b.people[0].Tx, b.people[0].Now, events...)
}

// queueGreetings queues the greetings of all people, as far as their mailboxes may get one. No two
// people may have the same mailbox: the count of one would hide that of the other.
func (b *BulkAdmission) queueGreetings(ctx context.Context) error {
	waits, err := b.takeFromLimits(ctx)
	if err != nil {
		return err
	}
	var emails []outbox.QueuedEmail
	for _, p := range b.people {
		if !p.sendsGreeting() {
			continue
		}
		email, send, err := p.newGreeting(waits[*p.User.EmailKey])
		if err != nil {
			return err
		}
		if send {
			emails = append(emails, email)
		}
	}
	if len(emails) == 0 {
		return nil
	}
	return b.people[0].Outbox.Post(ctx, b.people[0].Tx, emails...)
}

// takeFromLimits counts the greetings that are limited and returns the waits by address key.
func (b *BulkAdmission) takeFromLimits(ctx context.Context) (map[string]time.Duration, error) {
	var keys, mailboxes []string
	for _, p := range b.people {
		if p.sendsGreeting() && p.limitsGreeting() {
			keys = append(keys, *p.User.EmailKey)
			mailboxes = append(mailboxes, ratelimit.Mailbox(*p.User.EmailKey))
		}
	}
	if len(keys) == 0 {
		return nil, nil
	}
	a := b.people[0]
	waits, err := a.Limits.Take(ctx, a.Tx, ratelimit.MemberMail, a.Now, mailboxes...)
	if err != nil {
		return nil, err
	}
	byKey := map[string]time.Duration{}
	for i, key := range keys {
		byKey[key] = waits[i]
	}
	return byKey, nil
}
