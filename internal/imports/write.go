package imports

import (
	"context"
	"errors"
	"time"

	"usher/ent"
	"usher/ent/importbatch"
	"usher/ent/importchange"
	"usher/ent/member"
	"usher/ent/schema"
	"usher/internal/acceptance"
	"usher/internal/access"
	"usher/internal/admission"
	"usher/internal/audit"
	"usher/internal/fault"
	"usher/internal/ident"
	"usher/internal/importundo"
	"usher/internal/inputs"
	"usher/internal/invitation"
	"usher/internal/jobs"
	"usher/internal/mail"
	"usher/internal/outbox"
	"usher/internal/store"
)

// These are how many rows one transaction takes. Few enough that no other request waits long for
// it, and that a crash loses little. A row that is written by itself needs about twenty statements,
// and the others of a chunk share them.
const (
	maxRowsPerChunk   = 2_000
	maxSingleRows     = 50 // rows of a chunk that are written by themselves
	maxHashesPerChunk = 50 // rows of a chunk whose password is hashed before the transaction
)

// errManySingleRows rolls back a chunk of which more than maxSingleRows rows have to be written by
// themselves. It is then written in smaller chunks.
var errManySingleRows = errors.New("imports: many rows have to be written by themselves")

// maxJobRuntime is how long an import job runs before it enqueues itself again, so that other jobs
// get a turn. A crash costs no more than that (jobs.Timeout).
const maxJobRuntime = 10 * time.Second

// workOnImport handles the job of an import.
func (s *Service) workOnImport(ctx context.Context, job importJob) (err error) {
	defer fault.Annotate(&err, "work on import")

	// Read again: since the job was inserted the import may have been paused, cancelled or deleted.
	b, err := s.Store.ImportBatch.Get(store.AsSystem(ctx, "a job knows its import by id alone"),
		job.Import)
	if ent.IsNotFound(err) {
		return nil
	}
	if err != nil {
		return err
	}
	switch {
	case b.Status == importbatch.StatusPreviewing:
		err = s.previewInJob(store.InWorkspace(ctx, b.WorkspaceID), b)
	// A job of the preview that is late must not run an import that has been started since.
	case b.Status == importbatch.StatusRunning && !job.Preview:
		err = s.runImport(store.InWorkspace(ctx, b.WorkspaceID), b)
	}
	if store.IsArchived(err) {
		return jobs.Snooze(archivedWait) // until the archive ends, or the import is given up
	}
	return err
}

// archivedWait is how long the job of an import waits before it asks again whether its workspace is
// still archived.
const archivedWait = 10 * time.Minute

// findStarter returns the grantor of an import with their present permissions; nil if they may no
// longer import.
func (s *Service) findStarter(ctx context.Context, b *ent.ImportBatch) (*access.Caller, error) {
	if b.StartedByID == nil {
		// nil for a key that was revoked since: the rest of the rows must not be written in its
		// name.
		m, err := s.Accounts.LoadKeyMembership(ctx, b.WorkspaceID, b.GrantorKeyID)
		if m == nil || err != nil {
			return nil, err
		}
		return &access.Caller{KeyID: *b.GrantorKeyID, Memberships: []access.Membership{*m}}, nil
	}
	m, err := s.Store.Member.Query().
		Where(member.ID(*b.StartedByID), member.StatusEQ(member.StatusActive)).Only(ctx)
	if ent.IsNotFound(err) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	// Read again at each run. A starter who lost the permission stops the import.
	by, err := s.Accounts.CallerByUserID(ctx, m.UserID)
	if err != nil || !by.In(b.WorkspaceID).CanAnywhere(access.MembersImport) {
		return nil, err
	}
	return by, nil
}

// rowWriter writes rows in one transaction.
type rowWriter struct {
	*rowEvaluator
	tx               *store.Tx
	events           []audit.Event
	changes          []*ent.ImportChangeCreate
	lookupLimitNoted bool
}

// writeRows evaluates rows again, writes them, and records audit entries and the journal.
func (w *rowWriter) writeRows(ctx context.Context, rows []*candidate) error {
	before := map[*candidate]RowOutcome{}
	// Rows that the preview rejected are only marked as done.
	var open []*candidate
	for _, c := range rows {
		if before[c] = c.outcome; c.outcome != RowError {
			open = append(open, c)
		}
	}
	// Against the data of this moment: the preview may be days old.
	facts, err := w.evaluateRows(ctx, w.tx, open)
	if err != nil {
		return err
	}
	fresh, single := w.splitRows(open, facts)
	if len(single) > maxSingleRows && len(rows) > maxSingleRows {
		return errManySingleRows
	}
	// Invitations and new people are written together; all other rows need a savepoint of their
	// own.
	if err := w.writeInvitations(ctx, open); err != nil {
		return err
	}
	if single, err = w.createMembers(ctx, fresh, single); err != nil {
		return err
	}
	for _, c := range single {
		if err := w.writeRow(ctx, c); err != nil {
			return err
		}
	}
	if err := audit.Record(ctx, w.tx, w.now, w.events...); err != nil {
		return err
	}
	if err := w.insertChanges(ctx); err != nil {
		return err
	}
	// Behind all other writes, because its statements decide whether everything above is committed.
	if err := w.markDone(ctx, rows); err != nil {
		return err
	}
	return w.countLookups(ctx, open)
}

// insertChanges inserts the journal. The ids follow the order in which the changes were noted,
// which undo relies on.
func (w *rowWriter) insertChanges(ctx context.Context) error {
	all := store.Bulk{Table: importchange.Table, Columns: importchange.Columns}
	for _, row := range w.changes {
		all.AddMutation(row.Mutation(), ident.New(ident.ImportChange), nil)
	}
	return w.tx.Insert(ctx, &all)
}

// countLookups counts the rows that reveal an account elsewhere. In an import that creates accounts
// these are the accepted rows that end without a member: an address without an account would have
// become a member.
func (w *rowWriter) countLookups(ctx context.Context, rows []*candidate) (err error) {
	if w.batch.Action != importbatch.ActionCreate {
		return nil
	}
	n := 0
	for _, c := range rows {
		// Who leaves would not have become a member in any case.
		if c.outcome != RowError && c.member == nil && !w.leaves(c) {
			n++
		}
	}
	if n > 0 {
		w.lookupLimitNoted, err = w.service.Invitations.CountLookups(ctx, w.tx, w.exceededLookups(),
			n, w.now)
	}
	return err
}

// exceededLookups describes the import for the limit of lookups of accounts elsewhere. The limit
// rejects no row of an import. The rows count, so that the event is logged and createUser is
// refused.
func (w *rowWriter) exceededLookups() invitation.ExceededLookups {
	return invitation.ExceededLookups{By: w.by, Workspace: w.workspace.ID, Operation: "startImport"}
}

// writeInvitations creates the invitations of all rows that invite, together.
func (w *rowWriter) writeInvitations(ctx context.Context, rows []*candidate) error {
	if w.batch.Action == importbatch.ActionCreate {
		return nil
	}
	b := w.newInviteBatch()
	made := map[*candidate]*invitation.NewInvitation{}
	for _, c := range rows {
		if c.outcome != RowInvite || c.member != nil {
			continue
		}
		// An address has at most one pending invitation, so the expired one is closed first.
		if err := b.CloseExpired(ctx, c.pending, c.expired); err != nil {
			return err
		}
		b.EmailDueAt = emailDueAt(w.batch, w.now, c.number)
		b.NoteInvitation(&invitation.Outcome{}, &invitation.Recipient{Address: c.Address,
			Raw: c.typedEmail, First: c.First, Last: c.Last, Grant: c.Grant, Locale: c.Locale})
		made[c] = b.Created[len(b.Created)-1]
	}
	if err := b.WriteAll(ctx); err != nil {
		return err
	}
	// The ids exist only after the bulk insert has been prepared.
	for c, m := range made {
		c.invitation, _ = m.Row.Mutation().ID()
	}
	return nil
}

// newInviteBatch returns a batch of invitations whose entry point is the import.
func (w *rowWriter) newInviteBatch() *invitation.InviteBatch {
	sendsEmail := !w.batch.Options.NoEmail
	return &invitation.InviteBatch{
		Service: w.service.Invitations, Tx: w.tx, By: w.by, Grantor: w.directory.grantor,
		EntryPoint: admission.EntryPointImport, Workspace: w.workspace, Now: w.now,
		In:       invitation.InviteInput{WorkspaceID: w.workspace.ID, SendEmail: &sendsEmail},
		Message:  w.batch.Options.Message,
		Lifetime: w.invitationLifetime(), ImportID: &w.batch.ID,
	}
}

// invitationLifetime returns the lifetime that was chosen for the import, or the workspace's.
func (w *rowWriter) invitationLifetime() invitation.Lifetime {
	switch o := w.batch.Options; {
	case o.NeverExpires:
		return invitation.Lifetime{}
	case o.ExpiresAt != nil:
		return invitation.LifetimeUntil(*o.ExpiresAt, w.now)
	}
	return invitation.LifetimeOfDays(w.workspace.Settings.InvitationDays, w.now)
}

// writeRow writes one row in a savepoint. If the row is rejected, its changes are rolled back.
func (w *rowWriter) writeRow(ctx context.Context, c *candidate) error {
	events, changes := len(w.events), len(w.changes)
	err := w.tx.Savepoint(ctx, func() error {
		switch {
		case c.outcome == RowDeactivate:
			return w.writeLeaver(ctx, c)
		case c.outcome == RowReactivate:
			return w.writeReturn(ctx, c)
		case c.outcome == RowInvite && c.member != nil:
			return w.inviteInstead(ctx, c)
		case c.outcome == RowUpdate && c.member != nil:
			return w.updateMember(ctx, c)
		case c.outcome == RowUpdate:
			return w.updateInvitation(ctx, c)
		}
		return w.createMember(ctx, c)
	})
	if f, refused := fault.Of(err); refused {
		// What the row noted before its rollback must not be recorded.
		w.events, w.changes = w.events[:events], w.changes[:changes]
		c.rejectRow(f)
		return nil
	}
	return err
}

// updateInvitation adds the grant and the names of a row to a pending invitation.
func (w *rowWriter) updateInvitation(ctx context.Context, c *candidate) error {
	inv, err := w.movePending(ctx, c)
	if err != nil {
		return err
	}
	before := c.pending
	c.pending, c.invitation = inv, inv.ID
	g := w.mergePendingGrant(c)
	if inputs.EqualGrants(g, inv.Grant) && !w.addsName(c) {
		// Nothing but the address has changed, and moving has recorded that.
		w.noteEdit(c.number, inv.ID, importundo.DiffInvitations(before, inv))
		return nil
	}
	n, err := admission.ReadGrant(ctx, w.tx.Client, g)
	if err != nil {
		return err
	}
	// Asked for the merged grant: the importer becomes its grantor (ADM-6).
	if err := n.RequireWithin(access.MembersInvite, w.directory.grantor,
		n.WithoutMissing(g)); err != nil {
		return err
	}
	update := w.tx.Invitation.UpdateOne(inv)
	admission.SetGrant(update.Mutation(), n.WithoutMissing(g))
	admission.SetGrantor(update.Mutation(), w.by, w.workspace.ID)
	if c.First != "" && inv.FirstName == nil {
		update.SetFirstName(c.First)
	}
	if c.Last != "" && inv.LastName == nil {
		update.SetLastName(c.Last)
	}
	invitation.SetSearchText(update.Mutation(), inv)
	// The row before and after go into the journal, by which undo takes back what this row changed
	// and nothing else.
	saved, err := update.Save(ctx)
	if err != nil {
		return err
	}
	w.noteEdit(c.number, saved.ID, importundo.DiffInvitations(before, saved))
	w.events = append(w.events, audit.Event{WorkspaceID: w.workspace.ID,
		Action: audit.InvitationMerged, EntryPoint: admission.EntryPointImport, By: w.by,
		SubjectID: inv.ID})
	return nil
}

// noteEdit notes in the journal the columns of an object that a row changed, if it did.
func (w *rowWriter) noteEdit(number int, subject ident.ID, cells []schema.Cell) {
	if len(cells) > 0 {
		w.noteChange(number, importchange.KindChanged, subject, cells...)
	}
}

// noteChange notes in the journal what undoing has to revert.
func (w *rowWriter) noteChange(number int, kind importchange.Kind, subject ident.ID,
	cells ...schema.Cell) {
	row := w.tx.ImportChange.Create().SetWorkspaceID(w.workspace.ID).SetImportID(w.batch.ID).
		SetRowNumber(number).SetKind(kind).SetSubjectID(subject)
	if len(cells) > 0 {
		row.SetCells(cells)
	}
	w.changes = append(w.changes, row)
}

// markDone stores the outcome of rows and the progress of the import.
func (w *rowWriter) markDone(ctx context.Context, rows []*candidate) error {
	done := make([]store.RowResult, len(rows))
	t := outcomeCounts{}
	for i, c := range rows {
		t.addRow(c)
		done[i] = store.RowResult{Row: c.id, Outcome: string(c.outcome), Errors: c.faults,
			Invitation: c.invitation}
		if c.member != nil {
			done[i].Member = c.member.ID
		}
		if c.outcome == RowError && c.faults == nil {
			done[i].Keep = true // the errors that the preview stored
		}
	}
	if err := w.tx.MarkRows(ctx, done); err != nil {
		return err
	}
	// The condition on the status detects a pause or cancellation since the lock, which only
	// shares.
	n, err := w.tx.ImportBatch.Update().
		Where(importbatch.ID(w.batch.ID), importbatch.StatusEQ(importbatch.StatusRunning)).
		AddProcessedRows(len(rows)).SetUpdatedAt(w.now).Save(ctx)
	if err == nil && n == 0 {
		err = errStopped
	}
	return err
}

// completeImport completes an import, counts its outcomes, and emails its starter.
func (s *Service) completeImport(ctx context.Context, tx *store.Tx, b *ent.ImportBatch) error {
	// Counted from the rows, so that the numbers are those of the report.
	t, err := countRows(ctx, tx.Client, b.ID)
	if err != nil {
		return err
	}
	if err := t.setCounts(tx.ImportBatch.UpdateOne(b)).SetStatus(importbatch.StatusCompleted).
		SetFinishedAt(s.Clock()).Exec(ctx); err != nil {
		return err
	}
	return s.endImport(ctx, tx, b, audit.ImportDone, !isQuietSync(b, t))
}

// endImport records that an import has ended, and emails its starter if tells says so.
func (s *Service) endImport(ctx context.Context, tx *store.Tx, b *ent.ImportBatch,
	what audit.Action, tells bool) error {
	now := s.Clock()
	if err := audit.Record(ctx, tx, now, audit.Event{WorkspaceID: b.WorkspaceID, Action: what,
		EntryPoint: admission.EntryPointImport, SubjectID: b.ID}); err != nil {
		return err
	}
	// An API key has no mailbox.
	if b.StartedByID == nil || !tells {
		return nil
	}
	to, err := acceptance.FindMailableAccount(ctx, tx.Member.Query().
		Where(member.ID(*b.StartedByID)))
	if to == nil || err != nil {
		return err
	}
	return s.Outbox.Post(ctx, tx, outbox.QueuedEmail{
		Kind: mail.ImportDigest, WorkspaceID: &b.WorkspaceID, To: *to.Email, ToKey: *to.EmailKey,
		UserID: &to.ID, ImportID: &b.ID, DueAt: now,
	})
}
