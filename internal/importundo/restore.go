package importundo

import (
	"context"
	"encoding/json"
	"time"

	"usher/ent"
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
func (u *Undo) restoreMember(ctx context.Context,
	c *ent.ImportChange) (why string, err error) {
	m, err := admission.LockForAuthority(ctx, u.Tx, c.SubjectID)
	if fault.Has(err, fault.NotFound) {
		return "", nil
	}
	if err != nil {
		return "", err
	}
	over := admission.AuthorityOver(u.By, m)
	update, now := u.Tx.Member.UpdateOne(m), encodeMember(m)
	for _, cell := range c.Cells {
		if cell.Column == ReleasedRoles {
			why = leftReleased
			continue
		}
		// Somebody has changed the column since the import.
		if now[cell.Column] != cell.After {
			why = leftChanged
			continue
		}
		if cell.Column == member.FieldStatus {
			if why, err = u.restoreStatus(ctx, m, over); err != nil {
				return "", err
			}
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
		// The column was empty before the import.
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

// restoreColumn sets a column to its previous value.
func restoreColumn(m *ent.MemberMutation, cell schema.Cell) error {
	if cell.Before == "null" {
		return m.ClearField(cell.Column)
	}
	// Typed per column: the journal holds JSON, and ent's mutation wants the column's own type.
	into := map[string]any{
		"org_unit_id": new(ident.ID), "labels": new([]string), "additional_info": new(string),
		"external_id": new(string), "external_source": new(string),
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
		if err := m.SetField(cell.Column, *v); err != nil {
			return err
		}
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
func (u *Undo) restoreUser(ctx context.Context, c *ent.ImportChange) (why string, err error) {
	system := store.AsSystem(ctx,
		"an account belongs to its person; a column that an import filled is cleared again")
	who, err := u.Tx.User.Get(system, c.SubjectID)
	if err != nil {
		return "", inputs.IgnoreMissing(err)
	}
	if why, err = reasonIfForbidden(u.requireNaming(ctx, who.ID)); why != "" || err != nil {
		return why, err
	}
	update := u.Tx.User.UpdateOne(who)
	for _, cell := range c.Cells {
		now := map[string]*string{"first_name": who.FirstName, "last_name": who.LastName,
			"locale": who.Locale}[cell.Column]
		// The person has typed something else since, which undo must not take away.
		if inputs.ValueOrEmpty(now) != cell.After {
			why = leftChanged
		} else if err := update.Mutation().ClearField(cell.Column); err != nil {
			return "", err
		}
	}
	// Everything has changed since, so there is nothing to write.
	if len(update.Mutation().ClearedFields()) == 0 {
		return why, nil
	}
	if who, err = update.Save(system); err != nil {
		return "", err
	}
	return why, account.CopyNamesToMembers(ctx, u.Tx, who)
}

// requireNaming refuses a caller who may not change the name of an account, in this workspace and
// with its roles in all others.
func (u *Undo) requireNaming(ctx context.Context, account ident.ID) error {
	m, err := admission.WithAuthority(u.Tx.Member.Query().Where(member.UserID(account))).Only(ctx)
	if err != nil {
		return inputs.IgnoreMissing(err)
	}
	if err := admission.AuthorityOver(u.By, m).RequireCare(access.MembersUpdate); err != nil {
		return err
	}
	return admission.AuthorityOver(u.By, m).RequireNoLessAnywhere(ctx, u.Tx.Client)
}

// restoreInvitation restores the previous grant, names and grantor of an invitation, column by
// column, where the column still has the import's value.
func (u *Undo) restoreInvitation(ctx context.Context,
	c *ent.ImportChange) (why string, err error) {
	inv, err := u.Tx.Invitation.Get(ctx, c.SubjectID)
	if err != nil {
		return "", inputs.IgnoreMissing(err)
	}
	if why, err = reasonIfForbidden(u.requireInvitation(ctx, inv)); why != "" || err != nil {
		return why, err
	}
	update, now := u.Tx.Invitation.UpdateOne(inv), encodeInvitation(inv)
	for _, cell := range c.Cells {
		// The links of the former address are revoked, and the new one has its email.
		if cell.Column == entinvitation.FieldEmail {
			why = leftMoved
			continue
		}
		// Somebody has edited this column since. The others are still restored.
		if now[cell.Column] != cell.After {
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
	// The name may be among the restored columns.
	invitation.SetSearchText(update.Mutation(), inv)
	return why, update.Exec(ctx)
}

// restoreInvitationColumn sets a column of an invitation to its previous value.
func (u *Undo) restoreInvitationColumn(ctx context.Context, update *ent.InvitationUpdateOne,
	cell schema.Cell) error {
	if cell.Column == entinvitation.FieldGrant {
		var g schema.Grant
		if err := json.Unmarshal([]byte(cell.Before), &g); err != nil {
			return err
		}
		// Places may have been deleted since: their edges cannot be restored, the rest of the grant
		// can.
		n, err := admission.ReadGrant(ctx, u.Tx.Client, g)
		if err != nil {
			return err
		}
		admission.SetGrant(update.Mutation(), n.WithoutMissing(g))
		update.SetGrant(g)
		return nil
	}
	if cell.Before == "null" {
		if cell.Column == journalGrantor {
			update.ClearGrantor()
			return nil
		}
		return update.Mutation().ClearField(cell.Column)
	}
	var s string
	if err := json.Unmarshal([]byte(cell.Before), &s); err != nil {
		return err
	}
	if cell.Column == journalGrantor {
		id, err := ident.Parse(s)
		if err == nil {
			update.SetGrantorID(id)
		}
		return err
	}
	return update.Mutation().SetField(cell.Column, s)
}
