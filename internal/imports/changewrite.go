package imports

import (
	"context"

	"usher/ent"
	"usher/ent/assignmentsource"
	"usher/ent/enrollment"
	"usher/ent/importchange"
	"usher/ent/roleassignment"
	"usher/ent/schema"
	"usher/internal/account"
	"usher/internal/admission"
	"usher/internal/audit"
	"usher/internal/ident"
	"usher/internal/importundo"
	"usher/internal/inputs"
	"usher/internal/store"
)

// inviteInstead invites a member with an unverified address to what the row would have given them
// (AUT-6).
func (w *rowWriter) inviteInstead(ctx context.Context, c *candidate) error {
	b := w.newInviteBatch()
	b.EmailDueAt = emailDueAt(w.batch, w.now, c.number)
	o, err := b.InviteMemberInstead(ctx, c.member, c.Grant)
	if err == nil && o.Invitation != nil {
		c.invitation = o.Invitation.ID
	}
	return err
}

// updateMember applies what a row changes in a member, and notes the previous values in the
// journal. The difference is computed again under the lock, since the member may have changed.
func (w *rowWriter) updateMember(ctx context.Context, c *candidate) error {
	m := c.member
	held, err := w.tx.RoleAssignment.Query().Where(roleassignment.MemberID(m.ID)).WithRole().
		All(ctx)
	if err != nil {
		return err
	}
	enrolled, err := w.tx.Enrollment.Query().Where(enrollment.MemberID(m.ID)).All(ctx)
	if err != nil {
		return err
	}
	var sessions []ident.ID
	for _, e := range enrolled {
		sessions = append(sessions, e.SessionID)
	}
	// The evaluation compared values from before the lock.
	change := w.diffMember(c, held, sessions)
	if change.isEmpty() {
		return nil // a member who only came back
	}
	a := admission.Admission{
		Service: w.service.Admission, Tx: w.tx, Workspace: w.workspace, Member: m,
		User: m.Edges.User, Grant: change.grant, Grantor: w.directory.grantor, Now: w.now,
		EntryPoint: admission.EntryPoint{Name: admission.EntryPointImport, By: w.by,
			Kind: assignmentsource.KindImport, Source: w.batch.ID},
	}
	if err := w.applyChange(ctx, &a, change); err != nil {
		return err
	}
	w.noteEdit(c.number, a.Member.ID, importundo.DiffMembers(m, a.Member))
	if len(change.removal.released) > 0 {
		// Undo cannot tell what the roles gave by then, so it says that they are gone.
		w.noteChange(c.number, importchange.KindChanged, m.ID,
			schema.Cell{Column: importundo.ReleasedRoles})
	}
	// ApplyGrant does not return the enrollments it makes, and undo has to find them.
	after, err := w.tx.Enrollment.Query().
		Where(enrollment.MemberID(m.ID), enrollment.SessionIDNotIn(sessions...)).IDs(ctx)
	if err != nil {
		return err
	}
	for _, i := range after {
		w.noteChange(c.number, importchange.KindLinked, i)
	}
	if change.first != "" || change.last != "" || change.locale != "" {
		if err := w.fillAccountNames(ctx, c, change); err != nil {
			return err
		}
	}
	previous, next := replacedValues(m, change.grant), change.grant
	change.removal.describe(m, &previous, &next)
	details, err := admission.DescribeGrantChange(ctx, w.tx.Client, previous, next)
	if err != nil {
		return err
	}
	if change.asksForAddress {
		asked, err := w.proposeAddress(ctx, c, a.Member)
		if err != nil {
			return err
		}
		details = append(details, asked...)
	}
	w.events = append(w.events, audit.Event{WorkspaceID: w.workspace.ID,
		Action: audit.MemberGranted, EntryPoint: admission.EntryPointImport, By: w.by,
		SubjectID: w.batch.ID,
		MemberID:  m.ID, Details: details})
	return nil
}

// applyChange takes from a member what a row takes away, and gives them the rest of the row. The
// member of the admission is the one that is saved.
func (w *rowWriter) applyChange(ctx context.Context, a *admission.Admission,
	change memberChange) error {
	// Read before the change: taking roles away may end the last administrator (MEM-2).
	admins, err := w.guardRemoval(ctx, change.removal)
	if err != nil {
		return err
	}
	if err := w.releaseRoles(ctx, change.removal); err != nil {
		return err
	}
	if change.grant.ExternalSource != "" && a.Member.ExternalID != nil {
		// The profile takes a source together with its id only.
		a.Grant.ExternalID = *a.Member.ExternalID
	}
	if err := a.ApplyGrant(ctx); err != nil {
		return err
	}
	if a.Member, err = w.applyReplaced(ctx, a.Member, change.removal); err != nil || admins == nil {
		return err
	}
	return admins.Check(ctx)
}

// replacedValues returns the previous single values of a member that a grant replaces.
func replacedValues(m *ent.Member, g schema.Grant) (previous schema.Grant) {
	if m.OrgUnitID != nil && !g.OrgUnitID.IsZero() {
		previous.OrgUnitID = *m.OrgUnitID
	}
	if g.AdditionalInfo != "" {
		previous.AdditionalInfo = inputs.ValueOrEmpty(m.AdditionalInfo)
	}
	if g.AccessExpiresAt != nil {
		previous.AccessExpiresAt, previous.DeleteOnExpiry = m.AccessExpiresAt, m.DeleteOnExpiry
	}
	previous.CustomFields = map[string]string{}
	for key := range g.CustomFields {
		if answer := m.CustomFields[key]; answer != "" {
			previous.CustomFields[key] = answer
		}
	}
	return previous
}

// fillAccountNames fills the empty names and language of an account.
func (w *rowWriter) fillAccountNames(ctx context.Context, c *candidate, change memberChange) error {
	u := c.member.Edges.User
	update := w.tx.User.UpdateOne(u).SetNillableFirstName(inputs.NilIfEmpty(change.first)).
		SetNillableLastName(inputs.NilIfEmpty(change.last)).
		SetNillableLocale(inputs.NilIfEmpty(change.locale))
	filled, err := update.Save(store.AsSystem(ctx,
		"an account belongs to its person; only empty columns are filled"))
	if err != nil {
		return err
	}
	// Members hold copies of the name for sorting and searching, in each workspace of the account.
	if err := account.CopyNamesToMembers(ctx, w.tx, filled); err != nil {
		return err
	}
	var cells []schema.Cell
	// The journal names only what was empty before, so undo can clear it without a previous value.
	for column, filled := range map[string]string{"first_name": change.first,
		"last_name": change.last, "locale": change.locale} {
		if filled != "" {
			cells = append(cells, schema.Cell{Column: column, After: filled})
		}
	}
	w.noteChange(c.number, importchange.KindChanged, u.ID, cells...)
	return nil
}
