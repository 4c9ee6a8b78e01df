package imports

import (
	"context"
	"encoding/json"
	"time"

	"usher/ent"
	"usher/ent/importchange"
	entinvitation "usher/ent/invitation"
	"usher/ent/member"
	"usher/ent/schema"
	"usher/internal/access"
	"usher/internal/account"
	"usher/internal/admission"
	"usher/internal/fault"
	"usher/internal/ident"
	"usher/internal/inputs"
	"usher/internal/invitation"
	"usher/internal/store"
)

// restoreMember restores the previous values of a member, column by column, where the column still
// has the import's value.
func (u *importUndo) restoreMember(ctx context.Context,
	c *ent.ImportChange) (why string, err error) {
	m, err := admission.LockForAuthority(ctx, u.tx, c.SubjectID)
	if fault.Has(err, fault.NotFound) {
		return "", nil
	}
	if err != nil {
		return "", err
	}
	over := admission.AuthorityOver(u.by, m)
	update := u.tx.Member.UpdateOne(m)
	for _, cell := range c.Cells {
		// Somebody has changed the column since the import.
		if memberColumn(m, cell.Column) != cell.After {
			why = leftChanged
			continue
		}
		refused, err := reasonIfForbidden(requireRestoring(over, cell))
		if err != nil {
			return "", err
		}
		if refused != "" {
			why = refused
			continue
		}
		if err := restoreColumn(update.Mutation(), cell); err != nil {
			return "", err
		}
	}
	// ent refuses an update without a change.
	if len(update.Mutation().Fields())+len(update.Mutation().ClearedFields()) == 0 {
		return why, nil
	}
	return why, update.Exec(ctx)
}

// requireRestoring checks the permissions that updateMember checks before a column gets its
// previous value.
func requireRestoring(over *admission.MemberAuthority, cell schema.Cell) error {
	switch cell.Column {
	case member.FieldAccessExpiresAt, member.FieldDeleteOnExpiry:
		return over.RequireFull(access.MembersUpdate)
	case member.FieldOrgUnitID:
		if cell.Before == "null" {
			// Without a unit there is no place to move to. The present unit decides.
			if over.AtUnit(access.MembersUpdate) {
				return nil
			}
			return over.RequireFull(access.MembersUpdate)
		}
		var unit ident.ID
		if err := json.Unmarshal([]byte(cell.Before), &unit); err != nil {
			return err
		}
		return over.RequireUnitMove(access.MembersUpdate, unit)
	}
	return over.RequireCare(access.MembersUpdate)
}

// memberColumn returns a column of a member in the form of the journal.
func memberColumn(m *ent.Member, column string) string {
	b, _ := json.Marshal(map[string]any{
		"org_unit_id": m.OrgUnitID, "labels": m.Labels, "additional_info": m.AdditionalInfo,
		"access_expires_at": inputs.TruncateTime(m.AccessExpiresAt),
		"delete_on_expiry":  m.DeleteOnExpiry, "custom_fields": m.CustomFields,
	}[column])
	return string(b)
}

// restoreColumn sets a column to its previous value.
func restoreColumn(m *ent.MemberMutation, cell schema.Cell) error {
	if cell.Before == "null" {
		return m.ClearField(cell.Column)
	}
	into := map[string]any{
		"org_unit_id": new(ident.ID), "labels": new([]string), "additional_info": new(string),
		"access_expires_at": new(time.Time),
		"delete_on_expiry":  new(bool), "custom_fields": new(map[string]string),
	}[cell.Column]
	if err := json.Unmarshal([]byte(cell.Before), into); err != nil {
		return err
	}
	switch v := into.(type) {
	case *ident.ID:
		m.SetOrgUnitID(*v)
	case *[]string:
		m.SetLabels(*v)
	case *string:
		m.SetAdditionalInfo(*v)
	case *time.Time:
		m.SetAccessExpiresAt(*v)
	case *bool:
		m.SetDeleteOnExpiry(*v)
	case *map[string]string:
		m.SetCustomFields(*v)
	}
	return nil
}

// restoreUser clears the columns of an account that the import filled.
func (u *importUndo) restoreUser(ctx context.Context, c *ent.ImportChange) (why string, err error) {
	system := store.AsSystem(ctx,
		"an account belongs to its person; a column that an import filled is cleared again")
	who, err := u.tx.User.Get(system, c.SubjectID)
	if err != nil {
		return "", inputs.IgnoreMissing(err)
	}
	if why, err = reasonIfForbidden(u.requireNaming(ctx, who.ID)); why != "" || err != nil {
		return why, err
	}
	update := u.tx.User.UpdateOne(who)
	for _, cell := range c.Cells {
		now := map[string]*string{"first_name": who.FirstName, "last_name": who.LastName,
			"locale": who.Locale}[cell.Column]
		if inputs.ValueOrEmpty(now) != cell.After {
			why = leftChanged
		} else if err := update.Mutation().ClearField(cell.Column); err != nil {
			return "", err
		}
	}
	if len(update.Mutation().ClearedFields()) == 0 {
		return why, nil
	}
	if who, err = update.Save(system); err != nil {
		return "", err
	}
	return why, account.CopyNamesToMembers(ctx, u.tx, who)
}

// requireNaming refuses a caller who may not change the name of an account, in this workspace and
// with its roles in all others.
func (u *importUndo) requireNaming(ctx context.Context, account ident.ID) error {
	m, err := admission.WithAuthority(u.tx.Member.Query().Where(member.UserID(account))).Only(ctx)
	if err != nil {
		return inputs.IgnoreMissing(err)
	}
	if err := admission.AuthorityOver(u.by, m).RequireCare(access.MembersUpdate); err != nil {
		return err
	}
	return admission.AuthorityOver(u.by, m).RequireNoLessAnywhere(ctx, u.tx.Client)
}

// restoreInvitation restores the previous grant, names and grantor of an invitation, column by
// column, where the column still has the import's value.
func (u *importUndo) restoreInvitation(ctx context.Context,
	c *ent.ImportChange) (why string, err error) {
	inv, err := u.tx.Invitation.Get(ctx, c.SubjectID)
	if err != nil {
		return "", inputs.IgnoreMissing(err)
	}
	if why, err = reasonIfForbidden(u.requireInvitation(ctx, inv)); why != "" || err != nil {
		return why, err
	}
	update := u.tx.Invitation.UpdateOne(inv)
	for _, cell := range c.Cells {
		if invitationColumn(inv, cell.Column) != cell.After {
			why = leftChanged
			continue
		}
		if err := u.restoreInvitationColumn(ctx, update, cell); err != nil {
			return "", err
		}
	}
	if len(update.Mutation().Fields())+len(update.Mutation().ClearedFields()) == 0 {
		return why, nil
	}
	invitation.SetSearchText(update.Mutation(), inv)
	return why, update.Exec(ctx)
}

// restoreInvitationColumn sets a column of an invitation to its previous value.
func (u *importUndo) restoreInvitationColumn(ctx context.Context, update *ent.InvitationUpdateOne,
	cell schema.Cell) error {
	if cell.Column == entinvitation.FieldGrant {
		var g schema.Grant
		if err := json.Unmarshal([]byte(cell.Before), &g); err != nil {
			return err
		}
		// Places may have been deleted since: their edges cannot be restored, the rest of the grant
		// can.
		n, err := admission.ReadGrant(ctx, u.tx.Client, g)
		if err != nil {
			return err
		}
		admission.SetGrant(update.Mutation(), n.WithoutMissing(g))
		update.SetGrant(g)
		return nil
	}
	if cell.Before == "null" {
		return update.Mutation().ClearField(cell.Column)
	}
	var s string
	if err := json.Unmarshal([]byte(cell.Before), &s); err != nil {
		return err
	}
	if cell.Column == entinvitation.FieldGiverID {
		id, err := ident.Parse(s)
		if err == nil {
			update.SetGiverID(id)
		}
		return err
	}
	return update.Mutation().SetField(cell.Column, s)
}

// invitationColumns are the columns of an invitation that a row can change, in the order of the
// journal.
var invitationColumns = []string{entinvitation.FieldGrant, entinvitation.FieldFirstName,
	entinvitation.FieldLastName, entinvitation.FieldGiverID}

// invitationColumn returns a column of an invitation in the form of the journal.
func invitationColumn(inv *ent.Invitation, column string) string {
	b, _ := json.Marshal(map[string]any{
		entinvitation.FieldGrant: inv.Grant, entinvitation.FieldFirstName: inv.FirstName,
		entinvitation.FieldLastName: inv.LastName, entinvitation.FieldGiverID: inv.GiverID,
	}[column])
	return string(b)
}

// journalInvitation notes the columns of an invitation that a row changed.
func (w *rowWriter) journalInvitation(number int, before, after *ent.Invitation) {
	var cells []schema.Cell
	for _, column := range invitationColumns {
		if was, is := invitationColumn(before, column), invitationColumn(after, column); was != is {
			cells = append(cells, schema.Cell{Column: column, Before: was, After: is})
		}
	}
	if len(cells) > 0 {
		w.noteChange(number, importchange.KindChanged, after.ID, cells...)
	}
}
