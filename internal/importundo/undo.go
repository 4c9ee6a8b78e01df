package importundo

import (
	"context"
	"time"

	"usher/ent"
	"usher/ent/enrollment"
	"usher/ent/importchange"
	"usher/ent/importrow"
	"usher/ent/invitation"
	entmail "usher/ent/mail"
	"usher/ent/member"
	"usher/ent/predicate"
	"usher/internal/access"
	"usher/internal/admission"
	"usher/internal/audit"
	"usher/internal/fault"
	"usher/internal/ident"
	"usher/internal/inputs"
	"usher/internal/mail"
	"usher/internal/store"
)

// Undo is one transaction of undoing an import. The transaction holds the locks of the organization
// and of the import.
type Undo struct {
	Admission *admission.Service
	Tx        *store.Tx
	By        *access.Caller
	Batch     *ent.ImportBatch
	Admins    *admission.AdminGuard // made before anything is reverted
	Now       time.Time
}

// Part reverts a chunk of one kind of what an import did, the last row first. more is true if there
// may be others.
type Part func(u *Undo, ctx context.Context) (more bool, err error)

// Parts are all parts in their order. A caller repeats each in transactions of its own until more
// is false. If it is interrupted, the next undo continues where it stopped; what it has not reached
// yet stays done.
var Parts = []Part{(*Undo).undoInvitations, (*Undo).undoChanges, (*Undo).undoSources}

// Why undoing leaves something alone.
const (
	leftAnswered  = "import.left_answered"
	leftChanged   = "import.left_changed"
	leftUsed      = "import.left_used"
	leftNotYours  = "import.left_not_yours"
	leftLastAdmin = "import.left_last_admin"
	leftMoved     = "import.left_moved"
	leftReleased  = "import.left_released"
	leftNoSeat    = "import.left_no_seat"
)

// reasonIfForbidden turns a refusal of the caller into the reason to leave an object.
func reasonIfForbidden(err error) (why string, _ error) {
	if fault.Has(err, fault.Forbidden) {
		return leftNotYours, nil
	}
	return "", err
}

// guardLastAdmin runs one step of undoing in a savepoint, and rolls it back if it would remove the
// last administrator (MEM-2).
func (u *Undo) guardLastAdmin(ctx context.Context,
	do func() (why string, err error)) (why string, err error) {
	// The check needs the new state, so the step is tried and rolled back if it fails.
	err = u.Tx.Savepoint(ctx, func() (err error) {
		if why, err = do(); err != nil {
			return err
		}
		return u.Admins.Check(ctx)
	})
	if fault.Has(err, fault.Conflict) {
		return leftLastAdmin, nil
	}
	return why, err
}

// These are how many objects one transaction reverts, and how many of them by themselves, each with
// some ten statements.
const (
	undoChunkSize  = 500
	journalChunk   = 2_000 // entries of the journal: two for each person
	maxSingleUndos = 50
)

// undoInvitations cancels the import's invitations that are unchanged: pending, never sent again,
// and their grant saved by no other grantor. Their history stays, and a link that was emailed says
// that the invitation was cancelled (INV-12). more is true if there may be others.
func (u *Undo) undoInvitations(ctx context.Context) (more bool, err error) {
	rows, err := u.Tx.ImportRow.Query().Where(importrow.ImportID(u.Batch.ID), importrow.Done(true),
		importrow.OutcomeEQ(importrow.OutcomeInvite), importrow.InvitationIDNotNil()).
		Order(ent.Desc(importrow.FieldNumber)).Limit(undoChunkSize).All(ctx)
	if err != nil || len(rows) == 0 {
		return false, err
	}
	ids := make([]ident.ID, len(rows))
	for i, r := range rows {
		ids[i] = *r.InvitationID
	}
	// Locked: an invitee may be accepting at this moment.
	found, err := u.Tx.LockInvitations(ctx, ids...)
	if err != nil {
		return false, err
	}
	of := map[ident.ID]*ent.Invitation{}
	for _, inv := range found {
		of[inv.ID] = inv
	}
	again, err := u.findSentAgain(ctx, ids)
	if err != nil {
		return false, err
	}
	var fresh, done []ident.ID
	var left []*ent.ImportChangeCreate
	for _, r := range rows {
		done = append(done, r.ID)
		inv := of[*r.InvitationID]
		why := u.invitationConflict(inv, again)
		if inv != nil && why == "" {
			if why, err = reasonIfForbidden(u.requireInvitation(ctx, inv)); err != nil {
				return false, err
			}
		}
		if why != "" {
			left = append(left, u.noteLeftAlone(r.Number, *r.InvitationID, why))
		} else if inv != nil {
			fresh = append(fresh, inv.ID)
		}
	}
	if len(left) > 0 {
		if err := u.Tx.ImportChange.CreateBulk(left...).Exec(ctx); err != nil {
			return false, err
		}
	}
	// The row's link to its invitation records how far undo has come, so it is cleared for all rows
	// of the chunk.
	if err := u.Tx.ImportRow.Update().Where(importrow.IDIn(done...)).ClearInvitationID().
		Exec(ctx); err != nil {
		return false, err
	}
	return len(rows) == undoChunkSize, u.cancelInvitations(ctx, fresh)
}

// cancelInvitations cancels locked pending invitations, as cancelInvitation does.
func (u *Undo) cancelInvitations(ctx context.Context, ids []ident.ID) error {
	if len(ids) == 0 {
		return nil
	}
	now := u.Now
	if err := u.Tx.Invitation.Update().Where(invitation.IDIn(ids...)).
		SetStatus(invitation.StatusCancelled).SetCancelledAt(now).ClearRenewalAskedAt().
		Exec(ctx); err != nil {
		return err
	}
	events := make([]audit.Event, len(ids))
	for i, id := range ids {
		events[i] = audit.Event{WorkspaceID: u.Batch.WorkspaceID,
			Action: audit.InvitationCancelled, EntryPoint: admission.EntryPointImport, By: u.By,
			SubjectID: id}
	}
	return audit.Record(ctx, u.Tx, now, events...)
}

// findSentAgain returns those of the invitations for which somebody asked for another email after
// the import's. The emails are counted, not the handovers: one that is still queued counts.
func (u *Undo) findSentAgain(ctx context.Context,
	ids []ident.ID) (map[ident.ID]bool, error) {
	var counts []struct {
		InvitationID ident.ID `json:"invitation_id"`
		Count        int      `json:"count"`
	}
	err := u.Tx.Mail.Query().
		Where(entmail.InvitationIDIn(ids...), entmail.Kind(string(mail.Invitation))).
		GroupBy(entmail.FieldInvitationID).Aggregate(ent.Count()).Scan(ctx, &counts)
	again := map[ident.ID]bool{}
	for _, c := range counts {
		// The first email is that of the import itself.
		again[c.InvitationID] = c.Count > 1
	}
	return again, err
}

// requireInvitation refuses a caller who could not cancel the invitation by the single verb.
func (u *Undo) requireInvitation(ctx context.Context, inv *ent.Invitation) error {
	return admission.RequireGrantAuthority(ctx, u.Tx.Client, u.By.In(inv.WorkspaceID), inv.Grant,
		"import.left_not_yours")
}

// invitationConflict returns why an invitation is no longer the import's alone; empty if it still
// is.
func (u *Undo) invitationConflict(inv *ent.Invitation, again map[ident.ID]bool) string {
	switch {
	case inv == nil:
		return ""
	case inv.Status != invitation.StatusPending:
		return leftAnswered
	case inv.ImportID == nil || *inv.ImportID != u.Batch.ID, again[inv.ID], inv.SeveralGrantors,
		!admission.GrantorOf(inv).
			Equals(admission.Grantor{Member: u.Batch.StartedByID, Key: u.Batch.GrantorKeyID}):
		return leftChanged
	}
	return ""
}

// noteLeftAlone returns the journal entry of an object that undoing left as it was.
func (u *Undo) noteLeftAlone(number int, subject ident.ID,
	why string) *ent.ImportChangeCreate {
	return u.Tx.ImportChange.Create().SetWorkspaceID(u.Batch.WorkspaceID).SetImportID(u.Batch.ID).
		SetRowNumber(number).
		SetKind(importchange.KindMade).SetSubjectID(subject).SetUndoneAt(u.Now).
		SetLeftAlone(why)
}

// undoChanges reverts the journal, newest entries first: members before the accounts that they
// belong to. New people are reverted together, everything else entry by entry.
func (u *Undo) undoChanges(ctx context.Context) (more bool, err error) {
	// Members come before their accounts: within a row, entries of the member have the smaller id.
	all, err := u.Tx.ImportChange.Query().
		Where(importchange.ImportID(u.Batch.ID), importchange.UndoneAtIsNil()).
		Order(ent.Desc(importchange.FieldRowNumber), ent.Asc(importchange.FieldID)).
		Limit(journalChunk).All(ctx)
	if err != nil || len(all) == 0 {
		return false, err
	}
	if err := u.lockSubjects(ctx, all); err != nil {
		return false, err
	}
	single, err := u.undoNewPeople(ctx, all)
	if err != nil {
		return false, err
	}
	for _, c := range single[:min(len(single), maxSingleUndos)] {
		why, err := u.guardLastAdmin(ctx, func() (string, error) { return u.undoChange(ctx, c) })
		if err != nil {
			return false, err
		}
		if err := u.markUndone(ctx, why, c.ID); err != nil {
			return false, err
		}
	}
	return len(all) == journalChunk || len(single) > maxSingleUndos, nil
}

// markUndone marks entries of the journal as undone; why tells why their objects were left alone.
func (u *Undo) markUndone(ctx context.Context, why string, entries ...ident.ID) error {
	return u.Tx.ImportChange.Update().Where(importchange.IDIn(entries...)).SetUndoneAt(u.Now).
		SetNillableLeftAlone(inputs.NilIfEmpty(why)).Exec(ctx)
}

// lockSubjects locks the objects of journal entries in the order of locks: accounts, members,
// invitations. Locking entry by entry would follow the order of rows, and two transactions could
// deadlock.
func (u *Undo) lockSubjects(ctx context.Context, entries []*ent.ImportChange) error {
	if !u.Tx.Locks() {
		return nil
	}
	subjects := map[ident.Kind][]ident.ID{}
	for _, c := range entries {
		kind := c.SubjectID.Kind()
		subjects[kind] = append(subjects[kind], c.SubjectID)
	}
	concerned := []predicate.Member{
		member.IDIn(subjects[ident.Member]...), member.UserIDIn(subjects[ident.User]...),
	}
	// Only if there are enrollments: with this condition PostgreSQL reads all members.
	if enrollments := subjects[ident.Enrollment]; len(enrollments) > 0 {
		concerned = append(concerned, member.HasEnrollmentsWith(enrollment.IDIn(enrollments...)))
	}
	places, err := u.Tx.Member.Query().Where(member.Or(concerned...)).
		Select(member.FieldID, member.FieldUserID).All(ctx)
	if err != nil {
		return err
	}
	// Undoing a member may delete the account too, and undoing an enrollment changes the member.
	accounts, members := subjects[ident.User], []ident.ID{}
	for _, m := range places {
		accounts, members = append(accounts, m.UserID), append(members, m.ID)
	}
	system := store.AsSystem(ctx,
		"an account belongs to its person; an unused one is deleted with its import")
	if _, err := u.Tx.LockUsers(system, store.ToDelete, accounts...); err != nil {
		return err
	}
	if _, err := u.Tx.LockMembers(ctx, store.ToDelete, members...); err != nil {
		return err
	}
	_, err = u.Tx.LockInvitations(ctx, subjects[ident.Invitation]...)
	return err
}

// undoChange reverts one entry of the journal, or returns why not.
func (u *Undo) undoChange(ctx context.Context, c *ent.ImportChange) (why string, err error) {
	// The kind of the id tells the table, so the journal needs no column for it.
	switch c.SubjectID.Kind() {
	case ident.Member:
		if c.Kind == importchange.KindMade {
			return u.undoMember(ctx, c.SubjectID)
		}
		return u.restoreMember(ctx, c)
	case ident.User:
		if c.Kind == importchange.KindMade {
			return u.undoAccount(ctx, c.SubjectID)
		}
		return u.restoreUser(ctx, c)
	case ident.Invitation:
		return u.restoreInvitation(ctx, c)
	case ident.Enrollment:
		return u.undoEnrollment(ctx, c.SubjectID)
	}
	return "", nil
}

// undoEnrollment deletes an enrollment if the caller may enroll the member in its session.
func (u *Undo) undoEnrollment(ctx context.Context, id ident.ID) (why string, err error) {
	row, err := u.Tx.Enrollment.Get(ctx, id)
	if err != nil {
		return "", inputs.IgnoreMissing(err)
	}
	m, err := admission.LockForAuthority(ctx, u.Tx, row.MemberID)
	if err != nil {
		return "", err
	}
	over := admission.AuthorityOver(u.By, m)
	// A caller who may update the member needs the right to enroll only. Other callers need full
	// authority over the member.
	if over.RequireSomewhere(access.MembersUpdate) == nil {
		err = over.RequireEnrolling([]ident.ID{row.SessionID}, nil)
	} else {
		err = over.RequireFull(access.EnrollmentsManage)
	}
	if why, err = reasonIfForbidden(err); why != "" || err != nil {
		return why, err
	}
	return "", inputs.IgnoreMissing(u.Tx.Enrollment.DeleteOneID(id).Exec(ctx))
}
