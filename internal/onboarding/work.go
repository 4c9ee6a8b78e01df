package onboarding

import (
	"context"
	"time"

	"usher/ent"
	"usher/ent/assignmentsource"
	"usher/ent/importbatch"
	"usher/ent/importchange"
	"usher/ent/member"
	"usher/ent/schema"
	"usher/internal/access"
	"usher/internal/audit"
	"usher/internal/courier"
	"usher/internal/fault"
	"usher/internal/ident"
	"usher/internal/mail"
	"usher/internal/store"
)

// How many rows one transaction takes. Little enough that nobody waits long for it, and that a crash loses little; rows
// that make accounts cost some fifteen statements each.
const (
	rowsAtOnce     = 2_000
	accountsAtOnce = 50
)

// shift is how long one job works before it makes way: a crash then costs no more than that (jobs.Timeout).
const shift = 10 * time.Second

// workOn is the job of an import.
func (s *Service) workOn(ctx context.Context, job working) error {
	b, err := s.Store.ImportBatch.Get(store.AsSystem(ctx, "a job knows its import by id alone"), job.Import)
	if ent.IsNotFound(err) {
		return nil
	}
	if err != nil {
		return err
	}
	switch {
	case b.Status == importbatch.StatusPreviewing:
		return s.previewLater(store.InWorkspace(ctx, b.WorkspaceID), b)
	case b.Status == importbatch.StatusRunning && !job.Preview:
		return s.goOn(store.InWorkspace(ctx, b.WorkspaceID), b)
	}
	return nil
}

// starter is who answers for an import, as they are now.
func (s *Service) starter(ctx context.Context, b *ent.ImportBatch) (*access.Caller, error) {
	if b.StartedByID == nil {
		m, err := s.keyRights(ctx, b.WorkspaceID, b.GiverKeyID)
		if m == nil || err != nil {
			return nil, err
		}
		return &access.Caller{KeyID: *b.GiverKeyID, Memberships: []access.Membership{*m}}, nil
	}
	m, err := s.Store.Member.Query().Where(member.ID(*b.StartedByID), member.StatusEQ(member.StatusActive)).Only(ctx)
	if ent.IsNotFound(err) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	by, err := s.Accounts.CallerOf(ctx, m.UserID)
	if err != nil || !by.In(b.WorkspaceID).CanAnywhere(access.MembersImport) {
		return nil, err
	}
	return by, nil
}

// worker does rows in one transaction.
type worker struct {
	*judging
	tx               *store.Tx
	events           []audit.Event
	changes          []*ent.ImportChangeCreate
	lookupLimitNoted bool
}

func (w *worker) do(ctx context.Context, rows []*candidate) error {
	before := map[*candidate]RowOutcome{}
	var open []*candidate
	for _, c := range rows {
		if before[c] = c.outcome; c.outcome != RowError {
			open = append(open, c)
		}
	}
	if _, err := w.judge(ctx, w.tx, open); err != nil {
		return err
	}
	if err := w.invites(ctx, open); err != nil {
		return err
	}
	for _, c := range open {
		if c.outcome == RowCreate || c.outcome == RowUpdate || c.outcome == RowInvite && (w.batch.Action == importbatch.ActionCreate || c.member != nil) {
			if err := w.each(ctx, c); err != nil {
				return err
			}
		}
	}
	if err := audit.Record(ctx, w.tx, w.now, w.events...); err != nil {
		return err
	}
	if len(w.changes) > 0 {
		if err := w.tx.ImportChange.CreateBulk(w.changes...).Exec(ctx); err != nil {
			return err
		}
	}
	if err := w.mark(ctx, rows); err != nil {
		return err
	}
	return w.countLookups(ctx, open)
}

// countLookups counts the rows that tell of an account elsewhere: of an import that creates, those that were accepted and
// after which there is no member, whether they invited or changed an invitation or left it as it was. An address without an
// account would have got one.
func (w *worker) countLookups(ctx context.Context, rows []*candidate) (err error) {
	if w.batch.Action != importbatch.ActionCreate {
		return nil
	}
	n := 0
	for _, c := range rows {
		if c.outcome != RowError && c.member == nil {
			n++
		}
	}
	if n > 0 {
		w.lookupLimitNoted, err = w.service.countLookups(ctx, w.tx, w.exceededLookups(), n, w.now)
	}
	return err
}

// exceededLookups names the import to the limit of looks at accounts elsewhere. Its rows are never refused for it: they are
// counted, so that the caller is seen, and so that createUser is refused.
func (w *worker) exceededLookups() exceededLookups {
	return exceededLookups{by: w.by, workspace: w.workspace.ID, operation: "startImport"}
}

// invites makes the invitations of the rows that invite, together.
func (w *worker) invites(ctx context.Context, rows []*candidate) error {
	if w.batch.Action == importbatch.ActionCreate {
		return nil
	}
	b := w.promising()
	made := map[*candidate]*making{}
	for _, c := range rows {
		if c.outcome != RowInvite || c.member != nil {
			continue
		}
		if c.pending != nil { // its time is over: it makes way
			if err := b.close(ctx, c.pending); err != nil {
				return err
			}
		}
		b.due = due(w.batch, w.now, c.number)
		b.make(&Outcome{}, &person{Address: c.Address, raw: c.raw, first: c.first, last: c.last, grant: c.grant, locale: c.locale})
		made[c] = b.made[len(b.made)-1]
	}
	if err := b.write(ctx); err != nil {
		return err
	}
	for c, m := range made {
		c.invitation, _ = m.row.Mutation().ID()
	}
	return nil
}

// promising is the door of invitations, for an import.
func (w *worker) promising() *batch {
	return &batch{
		Service: w.service, tx: w.tx, by: w.by, giver: w.dir.giver, door: doorImport, workspace: w.workspace, now: w.now, in: InviteInput{WorkspaceID: w.workspace.ID},
		life: lasting(w.workspace.Settings.InvitationDays, w.now), importID: &w.batch.ID,
	}
}

// each does a row that has a part of the transaction of its own: refused in the midst of it, it leaves nothing behind.
func (w *worker) each(ctx context.Context, c *candidate) error {
	events, changes := len(w.events), len(w.changes)
	err := w.tx.Savepoint(ctx, func() error {
		switch {
		case c.outcome == RowInvite && c.member != nil:
			return w.inviteInstead(ctx, c)
		case c.outcome == RowUpdate && c.member != nil:
			return w.amend(ctx, c)
		case c.outcome == RowUpdate:
			return w.repromise(ctx, c)
		}
		return w.create(ctx, c)
	})
	if f, refused := fault.Of(err); refused {
		w.events, w.changes = w.events[:events], w.changes[:changes]
		c.fail(f)
		return nil
	}
	return err
}

// create makes an account by the code of createUser.
func (w *worker) create(ctx context.Context, c *candidate) error {
	at := due(w.batch, w.now, c.number)
	d := creating{
		Service: w.service, tx: w.tx, by: w.by, workspace: w.workspace, giver: w.dir.giver, now: w.now, importID: &w.batch.ID,
		via: via{door: doorImport, by: w.by, joined: member.JoinedViaImported, kind: assignmentsource.KindImport, source: w.batch.ID, due: at},
	}
	made, err := d.one(ctx, &c.newPerson)
	if err != nil {
		return err
	}
	switch made.Status {
	case CreateCreated:
		c.outcome, c.member = RowCreate, made.Member
		w.journal(c.number, "MADE", made.Member.ID)
		if len(made.Warnings) == 0 {
			w.journal(c.number, "MADE", made.Member.UserID)
		}
	case CreateInvitedInstead:
		if made.Invitation != nil { // else one that is beyond the importer
			c.invitation = made.Invitation.ID
		}
	default:
		c.outcome, c.member = RowUnchanged, made.Member
	}
	return nil
}

// repromise changes what somebody is invited to.
func (w *worker) repromise(ctx context.Context, c *candidate) error {
	inv := c.pending
	g := w.promised(c)
	n, err := readGrant(ctx, w.tx.Client, g)
	if err != nil {
		return err
	}
	if err := n.within(access.MembersInvite, w.dir.giver, n.left(g)); err != nil {
		return err
	}
	update := w.tx.Invitation.UpdateOne(inv)
	setGrant(update.Mutation(), n.left(g))
	setGiver(update.Mutation(), w.by, w.workspace.ID)
	if c.first != "" && inv.FirstName == nil {
		update.SetFirstName(c.first)
	}
	if c.last != "" && inv.LastName == nil {
		update.SetLastName(c.last)
	}
	saved, err := update.Save(ctx)
	if err != nil {
		return err
	}
	w.journalInvitation(c.number, inv, saved)
	c.invitation = inv.ID
	w.events = append(w.events, audit.Event{WorkspaceID: w.workspace.ID, Action: audit.InvitationMerged, Door: doorImport, By: w.by, SubjectID: inv.ID})
	return nil
}

// journal notes what undoing would have to take back.
func (w *worker) journal(number int, kind importchange.Kind, subject ident.ID, cells ...schema.Cell) {
	row := w.tx.ImportChange.Create().SetWorkspaceID(w.workspace.ID).SetImportID(w.batch.ID).SetRowNumber(number).SetKind(kind).SetSubjectID(subject)
	if len(cells) > 0 {
		row.SetCells(cells)
	}
	w.changes = append(w.changes, row)
}

// mark notes that rows are done, what became of them, and how far the import is.
func (w *worker) mark(ctx context.Context, rows []*candidate) error {
	done := make([]store.Done, len(rows))
	t := tally{}
	for i, c := range rows {
		t.add(c)
		done[i] = store.Done{Row: c.id, Outcome: string(c.outcome), Errors: c.faults, Invitation: c.invitation}
		if c.member != nil {
			done[i].Member = c.member.ID
		}
		if c.outcome == RowError && c.faults == nil {
			done[i].Keep = true // what the preview found
		}
	}
	if err := w.tx.MarkRows(ctx, done); err != nil {
		return err
	}
	n, err := w.tx.ImportBatch.Update().Where(importbatch.ID(w.batch.ID), importbatch.StatusEQ(importbatch.StatusRunning)).
		AddProcessedRows(len(rows)).SetUpdatedAt(w.now).Save(ctx)
	if err == nil && n == 0 {
		err = errStopped
	}
	return err
}

// complete ends an import, counts what became of its rows, and tells who started it.
func (s *Service) complete(ctx context.Context, tx *store.Tx, b *ent.ImportBatch) error {
	t, err := countRows(ctx, tx.Client, b.ID)
	if err != nil {
		return err
	}
	if err := t.write(tx.ImportBatch.UpdateOne(b)).SetStatus(importbatch.StatusCompleted).SetFinishedAt(s.Clock()).Exec(ctx); err != nil {
		return err
	}
	return s.endImport(ctx, tx, b, audit.ImportDone)
}

// endImport writes down that an import is over, and mails who started it.
func (s *Service) endImport(ctx context.Context, tx *store.Tx, b *ent.ImportBatch, what audit.Action) error {
	now := s.Clock()
	if err := audit.Record(ctx, tx, now, audit.Event{WorkspaceID: b.WorkspaceID, Action: what, Door: doorImport, SubjectID: b.ID}); err != nil {
		return err
	}
	if b.StartedByID == nil {
		return nil
	}
	to, err := reachable(ctx, tx.Member.Query().Where(member.ID(*b.StartedByID)))
	if to == nil || err != nil {
		return err
	}
	return s.Courier.Post(ctx, tx, courier.Letter{
		Kind: mail.ImportDigest, WorkspaceID: &b.WorkspaceID, To: *to.Email, ToKey: *to.EmailKey, UserID: &to.ID, ImportID: &b.ID, DueAt: now,
	})
}
