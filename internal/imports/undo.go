package imports

import (
	"context"

	"usher/ent"
	"usher/ent/assignmentsource"
	"usher/ent/enrollment"
	"usher/ent/importbatch"
	"usher/ent/importchange"
	"usher/ent/importrow"
	"usher/ent/invitation"
	entmail "usher/ent/mail"
	"usher/ent/member"
	"usher/ent/roleassignment"
	"usher/ent/signin"
	"usher/ent/user"
	"usher/internal/access"
	"usher/internal/admission"
	"usher/internal/audit"
	"usher/internal/fault"
	"usher/internal/ident"
	"usher/internal/inputs"
	"usher/internal/mail"
	"usher/internal/store"
)

// UndoImport reverts what an import did, as far as nobody has used or changed it since (BAT-9) and
// the caller has the permission of the single verb for each object. Objects that it leaves are
// noted with the reason. CONFLICT unless COMPLETED or CANCELLED.
func (s *Service) UndoImport(ctx context.Context, by *access.Caller,
	id ident.ID) (_ *ent.ImportBatch, err error) {
	defer fault.Annotate(&err, "undo import")

	b, err := s.ownImport(ctx, by, id)
	if err != nil {
		return nil, err
	}
	if b.Status != importbatch.StatusCompleted && b.Status != importbatch.StatusCancelled {
		return nil, refuseStatus(b)
	}

	// Undo runs in many transactions, the last row first. If it is interrupted, the next call
	// continues where it stopped; what it has not reached yet stays done.
	ctx = store.InWorkspace(ctx, b.WorkspaceID)
	for _, part := range []func(*importUndo, context.Context) (bool, error){(*importUndo).
		undoInvitations, (*importUndo).undoChanges, (*importUndo).undoSources} {
		for more := true; more; {
			err := s.Store.WithTx(ctx, func(tx *store.Tx) error {
				u := &importUndo{Service: s, tx: tx, by: by}
				// Seats are freed, and the organization comes first in the order of locks.
				if err := tx.LockOrganizationOf(ctx, b.WorkspaceID); err != nil {
					return err
				}
				if u.admins, err = admission.GuardAdmins(ctx, tx, b.WorkspaceID,
					s.Clock()); err != nil {
					return err
				}
				// The lock makes a second undo wait, which then finds nothing left in this part.
				if u.batch, err = lockImport(ctx, tx, id); err != nil {
					return err
				}
				more, err = part(u, ctx)
				return err
			})
			if err != nil {
				return nil, err
			}
		}
	}
	return s.changeStatus(ctx, by, id, audit.ImportUndone,
		func(b *ent.ImportBatch, u *ent.ImportBatchUpdateOne) error {
			if b.Status != importbatch.StatusCompleted && b.Status != importbatch.StatusCancelled {
				return refuseStatus(b)
			}
			u.SetStatus(importbatch.StatusUndone).SetFinishedAt(s.Clock())
			return nil
		})
}

// importUndo is one transaction of undoing an import.
type importUndo struct {
	*Service
	tx     *store.Tx
	by     *access.Caller
	batch  *ent.ImportBatch
	admins *admission.AdminGuard
}

// Why undoing leaves something alone.
const (
	leftAnswered  = "import.left_answered"
	leftChanged   = "import.left_changed"
	leftUsed      = "import.left_used"
	leftNotYours  = "import.left_not_yours"
	leftLastAdmin = "import.left_last_admin"
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
func (u *importUndo) guardLastAdmin(ctx context.Context,
	do func() (why string, err error)) (why string, err error) {
	// The check needs the new state, so the step is tried and rolled back if it fails.
	err = u.tx.Savepoint(ctx, func() (err error) {
		if why, err = do(); err != nil {
			return err
		}
		return u.admins.Check(ctx)
	})
	if fault.Has(err, fault.Conflict) {
		return leftLastAdmin, nil
	}
	return why, err
}

// undoChunkSize is how many objects one transaction reverts.
const undoChunkSize = 500

// undoInvitations deletes the import's invitations that are unchanged: pending, never sent again,
// and their grant saved by no other grantor. more is true if there may be others.
func (u *importUndo) undoInvitations(ctx context.Context) (more bool, err error) {
	rows, err := u.tx.ImportRow.Query().Where(importrow.ImportID(u.batch.ID), importrow.Done(true),
		importrow.OutcomeEQ(importrow.OutcomeInvite), importrow.InvitationIDNotNil()).
		Order(ent.Desc(importrow.FieldNumber)).Limit(undoChunkSize).All(ctx)
	if err != nil || len(rows) == 0 {
		return false, err
	}
	ids := make([]ident.ID, len(rows))
	for i, r := range rows {
		ids[i] = *r.InvitationID
	}
	found, err := u.tx.Invitation.Query().Where(invitation.IDIn(ids...)).All(ctx)
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
		if err := u.tx.ImportChange.CreateBulk(left...).Exec(ctx); err != nil {
			return false, err
		}
	}
	// The row's link to its invitation records how far undo has come, so it is cleared for all rows
	// of the chunk.
	if err := u.tx.ImportRow.Update().Where(importrow.IDIn(done...)).ClearInvitationID().
		Exec(ctx); err != nil {
		return false, err
	}
	// The status is compared again: an invitee may accept between the read and the delete.
	_, err = u.tx.Invitation.Delete().
		Where(invitation.IDIn(fresh...), invitation.StatusEQ(invitation.StatusPending)).Exec(ctx)
	return len(rows) == undoChunkSize, err
}

// findSentAgain returns those of the invitations for which somebody asked for another email after
// the import's. The emails are counted, not the handovers: one that is still queued counts.
func (u *importUndo) findSentAgain(ctx context.Context,
	ids []ident.ID) (map[ident.ID]bool, error) {
	var counts []struct {
		InvitationID ident.ID `json:"invitation_id"`
		Count        int      `json:"count"`
	}
	err := u.tx.Mail.Query().
		Where(entmail.InvitationIDIn(ids...), entmail.Kind(string(mail.Invitation))).
		GroupBy(entmail.FieldInvitationID).Aggregate(ent.Count()).Scan(ctx, &counts)
	again := map[ident.ID]bool{}
	for _, c := range counts {
		again[c.InvitationID] = c.Count > 1
	}
	return again, err
}

// requireInvitation refuses a caller who could not cancel the invitation by the single verb.
func (u *importUndo) requireInvitation(ctx context.Context, inv *ent.Invitation) error {
	return admission.RequireGrantAuthority(ctx, u.tx.Client, u.by.In(inv.WorkspaceID), inv.Grant,
		"import.left_not_yours")
}

// invitationConflict returns why an invitation is no longer the import's alone; empty if it still
// is.
func (u *importUndo) invitationConflict(inv *ent.Invitation, again map[ident.ID]bool) string {
	switch {
	case inv == nil:
		return ""
	case inv.Status != invitation.StatusPending:
		return leftAnswered
	case inv.ImportID == nil || *inv.ImportID != u.batch.ID, again[inv.ID], inv.SeveralGrantors,
		!admission.GrantorOf(inv).
			Equals(admission.Grantor{Member: u.batch.StartedByID, Key: u.batch.GiverKeyID}):
		return leftChanged
	}
	return ""
}

// noteLeftAlone returns the journal entry of an object that undoing left as it was.
func (u *importUndo) noteLeftAlone(number int, subject ident.ID,
	why string) *ent.ImportChangeCreate {
	return u.tx.ImportChange.Create().SetWorkspaceID(u.batch.WorkspaceID).SetImportID(u.batch.ID).
		SetRowNumber(number).
		SetKind(importchange.KindMade).SetSubjectID(subject).SetUndoneAt(u.Clock()).
		SetLeftAlone(why)
}

// undoChanges reverts the journal, newest entries first: members before the accounts that they
// belong to.
func (u *importUndo) undoChanges(ctx context.Context) (more bool, err error) {
	// Members come before their accounts: within a row, entries of the member have the smaller id.
	all, err := u.tx.ImportChange.Query().
		Where(importchange.ImportID(u.batch.ID), importchange.UndoneAtIsNil()).
		Order(ent.Desc(importchange.FieldRowNumber), ent.Asc(importchange.FieldID)).
		Limit(undoChunkSize / 10).All(ctx)
	if err != nil || len(all) == 0 {
		return false, err
	}
	if err := u.lockSubjects(ctx, all); err != nil {
		return false, err
	}
	for _, c := range all {
		why, err := u.guardLastAdmin(ctx, func() (string, error) { return u.undoChange(ctx, c) })
		if err != nil {
			return false, err
		}
		if err := u.tx.ImportChange.UpdateOne(c).SetUndoneAt(u.Clock()).
			SetNillableLeftAlone(inputs.NilIfEmpty(why)).Exec(ctx); err != nil {
			return false, err
		}
	}
	return len(all) == undoChunkSize/10, nil
}

// lockSubjects locks the objects of journal entries in the order of locks: accounts, members,
// invitations. Locking entry by entry would follow the order of rows, and two transactions could
// deadlock.
func (u *importUndo) lockSubjects(ctx context.Context, entries []*ent.ImportChange) error {
	if !u.tx.Locks() {
		return nil
	}
	subjects := map[ident.Kind][]ident.ID{}
	for _, c := range entries {
		kind := c.SubjectID.Kind()
		subjects[kind] = append(subjects[kind], c.SubjectID)
	}
	places, err := u.tx.Member.Query().Where(member.Or(
		member.IDIn(subjects[ident.Member]...), member.UserIDIn(subjects[ident.User]...),
		member.HasEnrollmentsWith(enrollment.IDIn(subjects[ident.Enrollment]...)),
	)).Select(member.FieldID, member.FieldUserID).All(ctx)
	if err != nil {
		return err
	}
	accounts, members := subjects[ident.User], []ident.ID{}
	for _, m := range places {
		accounts, members = append(accounts, m.UserID), append(members, m.ID)
	}
	system := store.AsSystem(ctx,
		"an account belongs to its person; an unused one is deleted with its import")
	if _, err := u.tx.LockUsers(system, store.ToDelete, accounts...); err != nil {
		return err
	}
	if _, err := u.tx.LockMembers(ctx, store.ToDelete, members...); err != nil {
		return err
	}
	_, err = u.tx.LockInvitations(ctx, subjects[ident.Invitation]...)
	return err
}

// undoChange reverts one entry of the journal, or returns why not.
func (u *importUndo) undoChange(ctx context.Context, c *ent.ImportChange) (why string, err error) {
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
func (u *importUndo) undoEnrollment(ctx context.Context, id ident.ID) (why string, err error) {
	row, err := u.tx.Enrollment.Get(ctx, id)
	if err != nil {
		return "", inputs.IgnoreMissing(err)
	}
	m, err := admission.LockForAuthority(ctx, u.tx, row.MemberID)
	if err != nil {
		return "", err
	}
	over := admission.AuthorityOver(u.by, m)
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
	return "", inputs.IgnoreMissing(u.tx.Enrollment.DeleteOneID(id).Exec(ctx))
}

// undoMember removes a member whom the import created, if they never signed in and nobody changed
// them.
func (u *importUndo) undoMember(ctx context.Context, id ident.ID) (string, error) {
	m, err := admission.LockForAuthority(ctx, u.tx, id)
	if fault.Has(err, fault.NotFound) {
		return "", nil
	}
	if err != nil {
		return "", err
	}
	if why, err := reasonIfForbidden(admission.AuthorityOver(u.by, m).
		RequireFull(access.MembersDeactivate)); why != "" || err != nil {
		return why, err
	}
	// A person who has signed in has used the account, even if nothing else shows it.
	came, err := u.tx.SignIn.Query().
		Where(signin.UserID(m.UserID), signin.CreatedAtGTE(m.JoinedAt)).
		Exist(store.AsSystem(ctx, "whether an account has been used"))
	if came || err != nil {
		return leftUsed, err
	}
	// A role from another source means that somebody relies on the member.
	others, err := u.tx.RoleAssignment.Query().
		Where(roleassignment.MemberID(id), roleassignment.HasSourcesWith(
			assignmentsource.Not(assignmentsource.And(
				assignmentsource.KindEQ(assignmentsource.KindImport),
				assignmentsource.SourceID(u.batch.ID))),
			assignmentsource.KindNEQ(assignmentsource.KindInherited))).Exist(ctx)
	if others || err != nil {
		return leftChanged, err
	}
	// The import accepted the member's earlier invitations when it made them a member. These are
	// pending again.
	if err := u.tx.Invitation.Update().
		Where(invitation.MemberID(id), invitation.StatusEQ(invitation.StatusActive)).
		SetStatus(invitation.StatusPending).ClearAcceptedAt().ClearMemberID().
		Exec(ctx); err != nil {
		return "", err
	}
	if err := u.tx.Member.DeleteOne(m).Exec(ctx); err != nil {
		return "", err
	}
	a := admission.Admission{Service: u.Service.Admission, Tx: u.tx, Workspace: m.Edges.Workspace,
		User: m.Edges.User, Now: u.Clock()}
	return "", a.FreeSeat(ctx)
}

// undoAccount deletes an account that the import created, if it has no member left and was never
// used.
func (u *importUndo) undoAccount(ctx context.Context, id ident.ID) (string, error) {
	system := store.AsSystem(ctx,
		"an account belongs to its person; an unused one is deleted with its import")
	account, err := u.tx.User.Query().Where(user.ID(id)).Only(system)
	if ent.IsNotFound(err) {
		return "", nil
	}
	if err != nil {
		return "", err
	}
	placed, err := u.tx.Member.Query().Where(member.UserID(id)).Exist(system)
	if err != nil {
		return "", err
	}
	if placed || account.EmailProven || account.CredentialVersion > 0 {
		return leftUsed, nil
	}
	return "", u.tx.User.DeleteOneID(id).Exec(system)
}
