package onboarding

import (
	"context"
	"errors"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

	"usher/ent"
	"usher/ent/assignmentsource"
	"usher/ent/importbatch"
	"usher/ent/importchange"
	"usher/ent/importrow"
	"usher/ent/member"
	"usher/ent/schema"
	"usher/internal/access"
	"usher/internal/audit"
	"usher/internal/courier"
	"usher/internal/fault"
	"usher/internal/ident"
	files "usher/internal/importfile"
	"usher/internal/jobs"
	"usher/internal/mail"
	"usher/internal/secret"
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
	switch b.Status {
	case importbatch.StatusPreviewing:
		return s.previewLater(store.InWorkspace(ctx, b.WorkspaceID), b)
	case importbatch.StatusRunning:
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

// goOn works on a running import for one shift, and asks for the next one.
func (s *Service) goOn(ctx context.Context, b *ent.ImportBatch) error {
	by, err := s.starter(ctx, b)
	if err != nil {
		return err
	}
	if by == nil {
		return s.failImport(ctx, b, fault.New(fault.Forbidden, "import.starter_gone"))
	}
	t := &turns{until: time.Now().Add(shift)}
	lanes, together := errgroup.WithContext(ctx)
	for range s.lanes(b) {
		lanes.Go(func() error { return s.lane(together, b, by, t) })
	}
	if err := lanes.Wait(); err != nil {
		return err
	}
	return s.Store.WithTx(ctx, func(tx *store.Tx) error {
		b, err := lockImport(ctx, tx, b.ID)
		if err != nil || b.Status != importbatch.StatusRunning {
			return err
		}
		left, err := tx.ImportRow.Query().Where(importrow.ImportID(b.ID), importrow.Done(false)).Exist(ctx)
		if err != nil {
			return err
		}
		if left {
			return s.Queue.Insert(ctx, tx, jobs.Job{Args: working{b.ID}})
		}
		return s.complete(ctx, tx, b)
	})
}

// lanes is how many transactions of an import run side by side: two for invitations on PostgreSQL, since the server's work is
// most of it and a transaction has one core there; else one. SQLite has one writer, and accounts wait for their hashes.
func (s *Service) lanes(b *ent.ImportBatch) int {
	if s.Store.Concurrent() && atOnce(b) == rowsAtOnce {
		return 2
	}
	return 1
}

// turns hands the rows of an import out to its lanes.
type turns struct {
	sync.Mutex
	until time.Time // of the shift
	last  int       // number of the last row handed out
}

// lane does rows until none are left to hand out, the shift is over, or the import no longer runs.
func (s *Service) lane(ctx context.Context, b *ent.ImportBatch, by *access.Caller, t *turns) error {
	j, err := newJudging(ctx, s, s.Store.Client, b, by)
	if err != nil {
		return err
	}
	for time.Now().Before(t.until) {
		rows, err := s.next(ctx, j, t)
		if len(rows) == 0 || err != nil {
			return err
		}
		if stopped, err := s.some(ctx, j, rows); stopped || err != nil {
			return err
		}
	}
	return nil
}

// errStopped takes back what was done for an import that was paused or cancelled meanwhile.
var errStopped = errors.New("onboarding: the import no longer runs")

// some does some rows in one transaction. Nothing of the import is locked before its last statements, so that lanes do not wait
// for each other; those decide: each row was still to be done, and the import still runs, or all of it is taken back.
func (s *Service) some(ctx context.Context, j *judging, rows []*candidate) (stopped bool, err error) {
	first, last := rows[0].number, rows[len(rows)-1].number
	err = s.Store.Retry(ctx, func(tx *store.Tx) error {
		if err := tx.ManyRows(ctx); err != nil {
			return err
		}
		b, err := tx.ImportBatch.Get(ctx, j.batch.ID)
		if err != nil {
			return err
		}
		if b.Status != importbatch.StatusRunning {
			return errStopped
		}
		// Another worker may have done them since they were read.
		left, err := tx.ImportRow.Query().Where(importrow.ImportID(b.ID), importrow.Done(false), importrow.NumberGTE(first), importrow.NumberLTE(last)).Count(ctx)
		if err != nil || left != len(rows) {
			return err
		}
		j.now = s.Clock()
		w := &worker{judging: j, tx: tx}
		w.batch = b
		return w.do(ctx, rows)
	})
	if errors.Is(err, errStopped) {
		return true, nil
	}
	return false, err
}

// atOnce is how many rows of an import one transaction takes.
func atOnce(b *ent.ImportBatch) int {
	if b.Action == importbatch.ActionCreate || b.Existing != importbatch.ExistingSkip {
		return accountsAtOnce
	}
	return rowsAtOnce
}

// next reads the next rows that are not done, and hashes the passwords among them, which is slow, outside of any
// transaction and behind whoever waits to sign in.
func (s *Service) next(ctx context.Context, j *judging, t *turns) ([]*candidate, error) {
	t.Lock()
	found, err := s.Store.ImportRow.Query().Where(importrow.ImportID(j.batch.ID), importrow.Done(false), importrow.NumberGT(t.last)).
		Order(ent.Asc(importrow.FieldNumber)).Limit(atOnce(j.batch)).All(ctx)
	if len(found) > 0 {
		t.last = found[len(found)-1].Number
	}
	t.Unlock()
	if err != nil {
		return nil, err
	}
	rows := make([]*candidate, len(found))
	columns := columnsFrom(j.batch.Columns)
	for i, r := range found {
		if r.Outcome == importrow.OutcomeError {
			rows[i] = &candidate{outcome: RowError}
		} else {
			row := files.Parse(columns, r.Number, r.Cells)
			if r.SealedPassword != nil && len(*r.SealedPassword) > 0 { // ent reads NULL as no bytes
				password, err := s.Keys.Open("import-password", *r.SealedPassword)
				if err != nil {
					return nil, err
				}
				row.Password = secret.Redacted(password)
			}
			if rows[i] = j.read(row); rows[i].outcome != RowError {
				rows[i].faults = r.Errors // the remarks of the preview, which saw the password of whoever is only invited
			}
			if rows[i].password != "" && rows[i].outcome != RowError {
				if rows[i].hash, err = s.Hasher.HashLow(ctx, rows[i].password); err != nil {
					return nil, err
				}
			}
		}
		rows[i].number, rows[i].id, rows[i].made = r.Number, r.ID, value(r.Username)
	}
	return rows, nil
}

// worker does rows in one transaction.
type worker struct {
	*judging
	tx      *store.Tx
	events  []audit.Event
	changes []*ent.ImportChangeCreate
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
		if c.outcome == RowCreate || c.outcome == RowUpdate || c.outcome == RowInvite && w.batch.Action == importbatch.ActionCreate {
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
	return w.mark(ctx, rows)
}

// invites makes the invitations of the rows that invite, together.
func (w *worker) invites(ctx context.Context, rows []*candidate) error {
	if w.batch.Action == importbatch.ActionCreate {
		return nil
	}
	b := w.promising()
	made := map[*candidate]*making{}
	for _, c := range rows {
		if c.outcome != RowInvite {
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
		c.invitation = made.Invitation.ID
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
