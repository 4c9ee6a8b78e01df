package imports

import (
	"context"

	"usher/ent"
	entinvitation "usher/ent/invitation"
	"usher/ent/member"
	"usher/internal/access"
	"usher/internal/admission"
	"usher/internal/audit"
	"usher/internal/fault"
	"usher/internal/ident"
	"usher/internal/importundo"
	"usher/internal/inputs"
	"usher/internal/invitation"
	"usher/internal/mirror"
	"usher/internal/store"
)

// leaves tells whether a row of a sync says that its person has left the source.
func (j *rowEvaluator) leaves(c *candidate) bool {
	return c.absent || c.row.Deactivated && j.batch.Options.Sync != nil
}

// absentRows returns rows for members whom a mirrored file does not hold. The import's own starter
// gets none: nobody locks themselves out by a file.
func (j *rowEvaluator) absentRows(members []*ent.Member, last int) []*candidate {
	var rows []*candidate
	self := j.by.In(j.workspace.ID).MemberID
	for _, m := range members {
		if m.ID == self {
			continue
		}
		last++
		// The report shows the name and the address, as it does for rows of the file.
		u := m.Edges.User
		c := &candidate{number: last, absent: true, member: m,
			typedEmail: inputs.ValueOrEmpty(u.Email)}
		c.First, c.Last = inputs.ValueOrEmpty(u.FirstName), inputs.ValueOrEmpty(u.LastName)
		c.addWarning("", "import.absent")
		rows = append(rows, c)
	}
	return rows
}

// absentCandidate returns the candidate of a stored row that absentRows made.
func absentCandidate(r *ent.ImportRow) *candidate {
	c := &candidate{absent: true, faults: r.Errors, outcome: RowUnchanged}
	if r.MemberID != nil {
		c.member = &ent.Member{ID: *r.MemberID}
	}
	return c
}

// evaluateLeaver sets the outcome of a row whose person has left: a member is deactivated, and a
// pending invitation is cancelled. Files of personnel systems list former people for years, so
// anybody else is no fault.
func (j *rowEvaluator) evaluateLeaver(c *candidate) {
	switch {
	case c.member != nil && c.member.Status != member.StatusDeactivated:
		c.outcome = RowDeactivate
	case c.member == nil && c.pending != nil && !invitation.IsExpired(c.pending, j.now):
		c.outcome = RowDeactivate
	default:
		c.outcome = RowUnchanged
	}
}

// reloadLeaver compares a row whose person leaves with their member as it is now, nil if it is gone.
func (j *rowEvaluator) reloadLeaver(c *candidate, m *ent.Member) {
	switch {
	case m == nil, m.Status == member.StatusDeactivated:
		c.member, c.outcome = m, RowUnchanged
	// Somebody else has set the external id since the preview.
	case c.absent && inputs.ValueOrEmpty(m.ExternalSource) != j.batch.Options.Sync.Source:
		c.member, c.outcome = m, RowUnchanged
	default:
		c.member = m
	}
}

// authorizeLeavers rejects rows whose person the caller may not deactivate, rows about the caller,
// and the row of the last administrator whose access does not end (MEM-2).
func (j *rowEvaluator) authorizeLeavers(ctx context.Context, tx *store.Tx,
	rows []*candidate) error {
	var permanent map[ident.ID]bool
	for _, c := range rows {
		if c.outcome != RowDeactivate {
			continue
		}
		if c.member == nil {
			// Cancelling needs what cancelInvitation needs.
			if !j.canGrantAll(c.pending) {
				c.rejectRow(forbiddenAt("email", "import.not_yours_invited"))
			}
			continue
		}
		if c.member.ID == j.by.In(j.workspace.ID).MemberID {
			c.rejectRow(fault.New(fault.Conflict, "import.leaver_self"))
			continue
		}
		if err := admission.AuthorityOver(j.by, c.member).
			RequireFull(access.MembersDeactivate); err != nil {
			f, _ := fault.Of(err)
			c.rejectRow(f)
			continue
		}
		if j.running {
			continue // the guard of the transaction decides
		}
		if permanent == nil {
			var err error
			if permanent, err = permanentAdmins(ctx, tx, j.workspace.ID); err != nil {
				return err
			}
			for id := range j.adminsWithNewExpiry {
				delete(permanent, id)
			}
		}
		if !permanent[c.member.ID] {
			continue
		}
		// Rows are compared one after the other, so that a file cannot end all of them together.
		if len(permanent) == 1 {
			c.rejectRow(fault.New(fault.Conflict, "member.last_admin"))
			continue
		}
		delete(permanent, c.member.ID)
		j.endAdmin(c.member.ID)
	}
	return nil
}

// endAdmin notes an administrator whose permanent access a row ends, for the rows after it.
func (j *rowEvaluator) endAdmin(id ident.ID) {
	if j.adminsWithNewExpiry == nil {
		j.adminsWithNewExpiry = map[ident.ID]bool{}
	}
	j.adminsWithNewExpiry[id] = true
}

// authorizeReturns decides on rows of deactivated members whom a sync names again: they come back if
// a sync deactivated them, or if the import brings everybody back.
func (j *rowEvaluator) authorizeReturns(ctx context.Context, tx *store.Tx, rows []*candidate,
	f *rowFacts) error {
	var ids []ident.ID
	for _, c := range rows {
		if c.outcome == RowReactivate {
			ids = append(ids, c.member.ID)
		}
	}
	// Few chunks have such a row, and the others cost no statement.
	if len(ids) == 0 {
		return nil
	}
	ended, err := mirror.EndedByImport(ctx, tx.Client, ids)
	if err != nil {
		return err
	}
	for _, c := range rows {
		if c.outcome != RowReactivate {
			continue
		}
		if !ended[c.member.ID] && !j.batch.Options.Sync.ReactivateAll {
			// The administrator who did it had a reason that the other system does not know.
			c.outcome = RowUnchanged
			c.addWarningOnce("", "import.stays_deactivated")
			continue
		}
		if err := admission.AuthorityOver(j.by, c.member).
			RequireFull(access.MembersDeactivate); err != nil {
			refusal, _ := fault.Of(err)
			c.rejectRow(refusal)
			continue
		}
		// A person who is active elsewhere in the organization has their seat already.
		if !f.Elsewhere[inputs.ValueOrEmpty(c.member.Edges.User.EmailKey)] && !j.takeSeat() {
			c.rejectRow(fault.New(fault.SeatLimitReached, "seat.none_left"))
		}
	}
	return nil
}

// writeLeaver deactivates the member of a row, or cancels their pending invitation.
func (w *rowWriter) writeLeaver(ctx context.Context, c *candidate) error {
	if c.member == nil {
		return w.cancelPending(ctx, c)
	}
	if err := w.service.Members.DeactivateInTx(ctx, w.tx, c.member,
		admission.EntryPoint{Name: admission.EntryPointImport, By: w.by}); err != nil {
		return err
	}
	return w.noteStatus(ctx, c)
}

// cancelPending cancels the pending invitation of a row, as cancelInvitation does.
func (w *rowWriter) cancelPending(ctx context.Context, c *candidate) error {
	// The evaluation has locked it. Its link needs no change: opening it asks for the status.
	if err := w.tx.Invitation.UpdateOne(c.pending).SetStatus(entinvitation.StatusCancelled).
		SetCancelledAt(w.now).ClearRenewalAskedAt().Exec(ctx); err != nil {
		return err
	}
	c.invitation = c.pending.ID
	w.events = append(w.events, audit.Event{WorkspaceID: w.workspace.ID,
		Action: audit.InvitationCancelled, EntryPoint: admission.EntryPointImport, By: w.by,
		SubjectID: c.pending.ID})
	return nil
}

// writeReturn reactivates the member of a row and applies what else the row changes.
func (w *rowWriter) writeReturn(ctx context.Context, c *candidate) error {
	if _, err := w.service.Members.ReactivateInTx(ctx, w.tx, c.member, admission.EntryPoint{
		Name: admission.EntryPointImport, By: w.by, NoGreeting: w.batch.Options.NoEmail,
		EmailDueAt: emailDueAt(w.batch, w.now, c.number)}); err != nil {
		return err
	}
	if err := w.noteStatus(ctx, c); err != nil {
		return err
	}
	if c.invites {
		return w.inviteInstead(ctx, c) // AUT-6
	}
	return w.updateMember(ctx, c)
}

// noteStatus notes in the journal how the status of a row's member changed, and reads the member
// again.
func (w *rowWriter) noteStatus(ctx context.Context, c *candidate) error {
	// With the authority: what else the row changes is compared with the member as it is now.
	now, err := admission.WithAuthority(w.tx.Member.Query().Where(member.ID(c.member.ID))).
		Only(ctx)
	if err != nil {
		return err
	}
	w.noteEdit(c.number, now.ID, importundo.DiffMembers(c.member, now))
	c.member = now
	return nil
}
