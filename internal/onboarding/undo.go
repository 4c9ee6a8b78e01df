package onboarding

import (
	"context"
	"encoding/json"
	"time"

	"usher/ent"
	"usher/ent/assignmentsource"
	"usher/ent/importbatch"
	"usher/ent/importchange"
	"usher/ent/importrow"
	"usher/ent/invitation"
	"usher/ent/member"
	"usher/ent/roleassignment"
	"usher/ent/schema"
	"usher/ent/signin"
	"usher/ent/user"
	"usher/internal/access"
	"usher/internal/account"
	"usher/internal/audit"
	"usher/internal/ident"
	"usher/internal/store"
)

// UndoImport takes back what an import did, as far as nobody has used or changed it since (BAT-9). What it leaves alone is
// noted, with the reason.
func (s *Service) UndoImport(ctx context.Context, by *access.Caller, i ident.ID) (*ent.ImportBatch, error) {
	b, err := s.ownImport(ctx, by, i)
	if err != nil {
		return nil, err
	}
	if b.Status != importbatch.StatusCompleted && b.Status != importbatch.StatusCancelled {
		return nil, notNow(b)
	}

	// In parts, the last row first; begun again it goes on where it was. What undoing has not reached yet stays done.
	ctx = store.InWorkspace(ctx, b.WorkspaceID)
	for _, part := range []func(*undoing, context.Context) (bool, error){(*undoing).invitations, (*undoing).changes, (*undoing).reasons} {
		for more := true; more; {
			err := s.Store.WithTx(ctx, func(tx *store.Tx) error {
				locked, err := lockImport(ctx, tx, i)
				if err != nil {
					return err
				}
				u := &undoing{Service: s, tx: tx, b: locked}
				more, err = part(u, ctx)
				return err
			})
			if err != nil {
				return nil, err
			}
		}
	}
	return s.turn(ctx, by, i, audit.ImportUndone, func(b *ent.ImportBatch, u *ent.ImportBatchUpdateOne) error {
		if b.Status != importbatch.StatusCompleted && b.Status != importbatch.StatusCancelled {
			return notNow(b)
		}
		u.SetStatus(importbatch.StatusUndone).SetFinishedAt(s.Clock())
		return nil
	})
}

// undoing is one part of taking an import back.
type undoing struct {
	*Service
	tx *store.Tx
	b  *ent.ImportBatch
}

// undoAtOnce is how much one transaction takes back.
const undoAtOnce = 500

// invitations deletes the invitations that the import made and that are as it left them: pending, never sent again, their
// grant never saved by anybody else. more tells that there may be others.
func (u *undoing) invitations(ctx context.Context) (more bool, err error) {
	rows, err := u.tx.ImportRow.Query().Where(importrow.ImportID(u.b.ID), importrow.Done(true), importrow.OutcomeEQ(importrow.OutcomeInvite), importrow.InvitationIDNotNil()).
		Order(ent.Desc(importrow.FieldNumber)).Limit(undoAtOnce).All(ctx)
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
	var fresh, done []ident.ID
	var left []*ent.ImportChangeCreate
	for _, r := range rows {
		done = append(done, r.ID)
		inv := of[*r.InvitationID]
		if why := u.usedInvitation(inv); why != "" {
			left = append(left, u.left(r.Number, *r.InvitationID, why))
		} else if inv != nil {
			fresh = append(fresh, inv.ID)
		}
	}
	if len(left) > 0 {
		if err := u.tx.ImportChange.CreateBulk(left...).Exec(ctx); err != nil {
			return false, err
		}
	}
	// The row's own link to the invitation goes with it, or now: that is how far undoing has come.
	if err := u.tx.ImportRow.Update().Where(importrow.IDIn(done...)).ClearInvitationID().Exec(ctx); err != nil {
		return false, err
	}
	_, err = u.tx.Invitation.Delete().Where(invitation.IDIn(fresh...), invitation.StatusEQ(invitation.StatusPending)).Exec(ctx)
	return len(rows) == undoAtOnce, err
}

// usedInvitation tells why an invitation is no longer the import's alone; empty when it is.
func (u *undoing) usedInvitation(inv *ent.Invitation) string {
	switch {
	case inv == nil:
		return ""
	case inv.Status != invitation.StatusPending:
		return "import.left_answered"
	case inv.ImportID == nil || *inv.ImportID != u.b.ID, inv.SentCount > 1,
		!giverOf(inv).is(giver{u.b.StartedByID, u.b.GiverKeyID}):
		return "import.left_changed"
	}
	return ""
}

func (u *undoing) left(number int, subject ident.ID, why string) *ent.ImportChangeCreate {
	return u.tx.ImportChange.Create().SetWorkspaceID(u.b.WorkspaceID).SetImportID(u.b.ID).SetRowNumber(number).
		SetKind(importchange.KindMade).SetSubjectID(subject).SetUndoneAt(u.Clock()).SetLeftAlone(why)
}

// changes takes back the journal, the newest first: places before the accounts that hold them.
func (u *undoing) changes(ctx context.Context) (more bool, err error) {
	all, err := u.tx.ImportChange.Query().Where(importchange.ImportID(u.b.ID), importchange.UndoneAtIsNil()).
		Order(ent.Desc(importchange.FieldRowNumber), ent.Asc(importchange.FieldID)).Limit(undoAtOnce / 10).All(ctx)
	if err != nil || len(all) == 0 {
		return false, err
	}
	for _, c := range all {
		why, err := u.one(ctx, c)
		if err != nil {
			return false, err
		}
		if err := u.tx.ImportChange.UpdateOne(c).SetUndoneAt(u.Clock()).SetNillableLeftAlone(optional(why)).Exec(ctx); err != nil {
			return false, err
		}
	}
	return len(all) == undoAtOnce/10, nil
}

// one takes one entry of the journal back, or says why not.
func (u *undoing) one(ctx context.Context, c *ent.ImportChange) (why string, err error) {
	switch c.SubjectID.Kind() {
	case ident.Member:
		if c.Kind == importchange.KindMade {
			return u.member(ctx, c.SubjectID)
		}
		return u.restoreMember(ctx, c)
	case ident.User:
		if c.Kind == importchange.KindMade {
			return u.account(ctx, c.SubjectID)
		}
		return u.restoreUser(ctx, c)
	case ident.Invitation:
		return u.restoreInvitation(ctx, c)
	case ident.Enrollment:
		return "", ignoreMissing(u.tx.Enrollment.DeleteOneID(c.SubjectID).Exec(ctx))
	}
	return "", nil
}

// reasons ends what members hold through the import alone; what they hold for another reason too stays.
func (u *undoing) reasons(ctx context.Context) (more bool, err error) {
	mine := assignmentsource.And(assignmentsource.KindEQ(assignmentsource.KindImport), assignmentsource.SourceID(u.b.ID))
	if _, err := u.tx.AssignmentSource.Delete().Where(mine).Exec(ctx); err != nil {
		return false, err
	}
	return false, endUnreasoned(ctx, u.tx)
}

// endUnreasoned deletes assignments that no reason is left for, and what was inherited from them in the groups above.
func endUnreasoned(ctx context.Context, tx *store.Tx) error {
	for {
		over, err := tx.RoleAssignment.Query().Where(roleassignment.Not(roleassignment.HasSources())).All(ctx)
		if len(over) == 0 || err != nil {
			return err
		}
		for _, a := range over {
			if err := tx.RoleAssignment.DeleteOne(a).Exec(ctx); err != nil {
				return err
			}
			if a.GroupID == nil {
				continue
			}
			_, err := tx.AssignmentSource.Delete().Where(assignmentsource.KindEQ(assignmentsource.KindInherited), assignmentsource.SourceID(*a.GroupID),
				assignmentsource.HasAssignmentWith(roleassignment.MemberID(a.MemberID))).Exec(ctx)
			if err != nil {
				return err
			}
		}
	}
}

// member takes a person out whom the import brought in, if they never came and nobody changed them.
func (u *undoing) member(ctx context.Context, i ident.ID) (string, error) {
	m, err := u.tx.Member.Query().Where(member.ID(i)).WithUser().WithWorkspace().Only(ctx)
	if ent.IsNotFound(err) {
		return "", nil
	}
	if err != nil {
		return "", err
	}
	came, err := u.tx.SignIn.Query().Where(signin.UserID(m.UserID), signin.CreatedAtGTE(m.JoinedAt)).
		Exist(store.AsSystem(ctx, "whether an account has been used"))
	if came || err != nil {
		return "import.left_used", err
	}
	others, err := u.tx.RoleAssignment.Query().Where(roleassignment.MemberID(i), roleassignment.HasSourcesWith(
		assignmentsource.Not(assignmentsource.And(assignmentsource.KindEQ(assignmentsource.KindImport), assignmentsource.SourceID(u.b.ID))),
		assignmentsource.KindNEQ(assignmentsource.KindInherited))).Exist(ctx)
	if others || err != nil {
		return "import.left_changed", err
	}
	// What they had been promised before, the import settled by bringing them in: it is open again.
	if err := u.tx.Invitation.Update().Where(invitation.MemberID(i), invitation.StatusEQ(invitation.StatusActive)).
		SetStatus(invitation.StatusPending).ClearAcceptedAt().ClearMemberID().Exec(ctx); err != nil {
		return "", err
	}
	if err := u.tx.Member.DeleteOne(m).Exec(ctx); err != nil {
		return "", err
	}
	a := admission{Service: u.Service, tx: u.tx, workspace: m.Edges.Workspace, user: m.Edges.User, now: u.Clock()}
	return "", a.freeSeat(ctx)
}

// account deletes an account that the import made, if it has no place left and was never used.
func (u *undoing) account(ctx context.Context, i ident.ID) (string, error) {
	system := store.AsSystem(ctx, "an account is the person's, not the workspace's; one that was never used goes with the import that made it")
	account, err := u.tx.User.Query().Where(user.ID(i)).Only(system)
	if ent.IsNotFound(err) {
		return "", nil
	}
	if err != nil {
		return "", err
	}
	placed, err := u.tx.Member.Query().Where(member.UserID(i)).Exist(system)
	if err != nil {
		return "", err
	}
	if placed || account.EmailProven || account.CredentialVersion > 0 {
		return "import.left_used", nil
	}
	return "", u.tx.User.DeleteOneID(i).Exec(system)
}

// restoreMember gives a member back what the import replaced, column by column, where it still says what the import wrote.
// What the import gave falls with its last reason.
func (u *undoing) restoreMember(ctx context.Context, c *ent.ImportChange) (why string, err error) {
	m, err := u.tx.Member.Get(ctx, c.SubjectID)
	if ent.IsNotFound(err) {
		return "", nil
	}
	if err != nil {
		return "", err
	}
	update := u.tx.Member.UpdateOne(m)
	for _, cell := range c.Cells {
		if memberColumn(m, cell.Column) != cell.After {
			why = "import.left_changed"
			continue
		}
		if err := restore(update.Mutation(), cell); err != nil {
			return "", err
		}
	}
	if len(update.Mutation().Fields())+len(update.Mutation().ClearedFields()) == 0 {
		return why, nil
	}
	return why, update.Exec(ctx)
}

// memberColumn is a column of a member as the journal writes it.
func memberColumn(m *ent.Member, column string) string {
	b, _ := json.Marshal(map[string]any{
		"org_unit_id": m.OrgUnitID, "labels": m.Labels, "additional_info": m.AdditionalInfo, "access_expires_at": moment(m.AccessExpiresAt),
		"delete_on_expiry": m.DeleteOnExpiry, "custom_fields": m.CustomFields,
	}[column])
	return string(b)
}

// restore puts the value of before back into a column.
func restore(m *ent.MemberMutation, cell schema.Cell) error {
	if cell.Before == "null" {
		return m.ClearField(cell.Column)
	}
	into := map[string]any{
		"org_unit_id": new(ident.ID), "labels": new([]string), "additional_info": new(string), "access_expires_at": new(time.Time),
		"delete_on_expiry": new(bool), "custom_fields": new(map[string]string),
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

// restoreUser empties again what the import filled of an account.
func (u *undoing) restoreUser(ctx context.Context, c *ent.ImportChange) (why string, err error) {
	system := store.AsSystem(ctx, "an account is the person's; what an import filled is emptied, if it still says so")
	who, err := u.tx.User.Get(system, c.SubjectID)
	if err != nil {
		return "", ignoreMissing(err)
	}
	update := u.tx.User.UpdateOne(who)
	for _, cell := range c.Cells {
		now := map[string]*string{"first_name": who.FirstName, "last_name": who.LastName, "locale": who.Locale}[cell.Column]
		if value(now) != cell.After {
			why = "import.left_changed"
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
	return why, account.CopyNames(ctx, u.tx, who)
}

// restoreInvitation gives an invitation back the grant, the names and the state that it had.
func (u *undoing) restoreInvitation(ctx context.Context, c *ent.ImportChange) (why string, err error) {
	inv, err := u.tx.Invitation.Get(ctx, c.SubjectID)
	if err != nil {
		return "", ignoreMissing(err)
	}
	update := u.tx.Invitation.UpdateOne(inv)
	for _, cell := range c.Cells {
		if invitationColumn(inv, cell.Column) != cell.After {
			why = "import.left_changed"
			continue
		}
		if err := u.restorePromise(ctx, update, cell); err != nil {
			return "", err
		}
	}
	if len(update.Mutation().Fields())+len(update.Mutation().ClearedFields()) == 0 {
		return why, nil
	}
	return why, update.Exec(ctx)
}

func (u *undoing) restorePromise(ctx context.Context, update *ent.InvitationUpdateOne, cell schema.Cell) error {
	if cell.Column == invitation.FieldGrant {
		var g schema.Grant
		if err := json.Unmarshal([]byte(cell.Before), &g); err != nil {
			return err
		}
		n, err := readGrant(ctx, u.tx.Client, g)
		if err != nil {
			return err
		}
		setGrant(update.Mutation(), n.left(g))
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
	if cell.Column == invitation.FieldGiverID {
		i, err := ident.Parse(s)
		if err == nil {
			update.SetGiverID(i)
		}
		return err
	}
	return update.Mutation().SetField(cell.Column, s)
}

// invitationColumns are what a row can change of an invitation, in the order of the journal.
var invitationColumns = []string{invitation.FieldGrant, invitation.FieldFirstName, invitation.FieldLastName, invitation.FieldGiverID}

func invitationColumn(inv *ent.Invitation, column string) string {
	b, _ := json.Marshal(map[string]any{
		invitation.FieldGrant: inv.Grant, invitation.FieldFirstName: inv.FirstName, invitation.FieldLastName: inv.LastName, invitation.FieldGiverID: inv.GiverID,
	}[column])
	return string(b)
}

// journalInvitation notes the columns of an invitation that a row changed.
func (w *worker) journalInvitation(number int, before, after *ent.Invitation) {
	var cells []schema.Cell
	for _, column := range invitationColumns {
		if was, is := invitationColumn(before, column), invitationColumn(after, column); was != is {
			cells = append(cells, schema.Cell{Column: column, Before: was, After: is})
		}
	}
	if len(cells) > 0 {
		w.journal(number, importchange.KindChanged, after.ID, cells...)
	}
}

func ignoreMissing(err error) error {
	if ent.IsNotFound(err) {
		return nil
	}
	return err
}
