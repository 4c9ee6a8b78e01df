package importundo

import (
	"context"
	"slices"

	"usher/ent"
	"usher/ent/assignmentsource"
	"usher/ent/importchange"
	"usher/ent/invitation"
	"usher/ent/member"
	"usher/ent/roleassignment"
	"usher/ent/signin"
	"usher/ent/user"
	"usher/internal/access"
	"usher/internal/admission"
	"usher/internal/ident"
	"usher/internal/store"
)

// undoMember removes a member whom the import created, if they never signed in and nobody changed
// them.
func (u *Undo) undoMember(ctx context.Context, id ident.ID) (string, error) {
	left, err := u.undoMembers(ctx, []ident.ID{id})
	return left[id], err
}

// undoAccount deletes an account that the import created, if it has no member left and was never
// used.
func (u *Undo) undoAccount(ctx context.Context, id ident.ID) (string, error) {
	left, err := u.undoAccounts(ctx, []ident.ID{id})
	return left[id], err
}

// undoNewPeople reverts the entries of people whom the import created, all together, and returns
// the entries that have to be reverted one by one. A row is reverted in one way, so that an account
// never comes before its member. An administrator is reverted alone: the workspace may need them.
func (u *Undo) undoNewPeople(ctx context.Context,
	entries []*ent.ImportChange) (single []*ent.ImportChange, err error) {
	var members []ident.ID
	alone := map[int]bool{} // rows that are reverted one by one, by number
	numbers := map[ident.ID]int{}
	for _, c := range entries {
		kind := c.SubjectID.Kind()
		if c.Kind != importchange.KindMade || kind != ident.Member && kind != ident.User {
			alone[c.RowNumber] = true
		}
		if kind == ident.Member {
			members = append(members, c.SubjectID)
			numbers[c.SubjectID] = c.RowNumber
		}
	}
	admins, err := u.Tx.RoleAssignment.Query().Where(roleassignment.MemberIDIn(members...),
		roleassignment.PlaceID(u.Batch.WorkspaceID)).WithRole().All(ctx)
	if err != nil {
		return nil, err
	}
	for _, a := range admins {
		if a.Edges.Role.Key == access.Admin {
			alone[numbers[a.MemberID]] = true
		}
	}
	together := map[ident.Kind][]*ent.ImportChange{}
	for _, c := range entries {
		if alone[c.RowNumber] {
			single = append(single, c)
		} else {
			together[c.SubjectID.Kind()] = append(together[c.SubjectID.Kind()], c)
		}
	}
	if err := u.undoTogether(ctx, together[ident.Member], u.undoMembers); err != nil {
		return nil, err
	}
	return single, u.undoTogether(ctx, together[ident.User], u.undoAccounts)
}

// undoTogether reverts entries by one call of undo, and marks them as undone.
func (u *Undo) undoTogether(ctx context.Context, entries []*ent.ImportChange,
	undo func(context.Context, []ident.ID) (map[ident.ID]string, error)) error {
	if len(entries) == 0 {
		return nil
	}
	subjects := make([]ident.ID, len(entries))
	for i, c := range entries {
		subjects[i] = c.SubjectID
	}
	left, err := undo(ctx, subjects)
	if err != nil {
		return err
	}
	byReason := map[string][]ident.ID{}
	for _, c := range entries {
		byReason[left[c.SubjectID]] = append(byReason[left[c.SubjectID]], c.ID)
	}
	for why, ids := range byReason {
		if err := u.markUndone(ctx, why, ids...); err != nil {
			return err
		}
	}
	return nil
}

// undoMembers removes members whom the import created, as far as they never signed in and nobody
// changed them, and returns why it left the others alone, by id. The members are locked. The number
// of statements does not depend on how many there are.
func (u *Undo) undoMembers(ctx context.Context, ids []ident.ID) (map[ident.ID]string, error) {
	left := map[ident.ID]string{}
	members, err := admission.WithAuthority(u.Tx.Member.Query().Where(member.IDIn(ids...))).
		All(ctx)
	if err != nil || len(members) == 0 {
		return left, err
	}
	used, err := u.findUsed(ctx, members)
	if err != nil {
		return nil, err
	}
	needed, err := u.findNeeded(ctx, ids)
	if err != nil {
		return nil, err
	}
	var gone, accounts []ident.ID
	for _, m := range members {
		why, err := reasonIfForbidden(admission.AuthorityOver(u.By, m).
			RequireFull(access.MembersDeactivate))
		switch {
		case err != nil:
			return nil, err
		case why != "":
		case used[m.ID]:
			why = leftUsed
		case needed[m.ID]:
			why = leftChanged
		}
		if why != "" {
			left[m.ID] = why
			continue
		}
		gone, accounts = append(gone, m.ID), append(accounts, m.UserID)
	}
	if len(gone) == 0 {
		return left, nil
	}
	// The import accepted the members' earlier invitations when it made them members. These are
	// pending again.
	if err := u.Tx.Invitation.Update().
		Where(invitation.MemberIDIn(gone...), invitation.StatusEQ(invitation.StatusActive)).
		SetStatus(invitation.StatusPending).ClearAcceptedAt().ClearMemberID().
		Exec(ctx); err != nil {
		return nil, err
	}
	if _, err := u.Tx.Member.Delete().Where(member.IDIn(gone...)).Exec(ctx); err != nil {
		return nil, err
	}
	a := admission.Admission{Service: u.Admission, Tx: u.Tx,
		Workspace: members[0].Edges.Workspace, Now: u.Now}
	return left, a.FreeSeats(ctx, accounts)
}

// findUsed returns the members who have signed in since they joined. Such a person has used the
// account, even if nothing else shows it.
func (u *Undo) findUsed(ctx context.Context, members []*ent.Member) (map[ident.ID]bool, error) {
	users := make([]ident.ID, len(members))
	for i, m := range members {
		users[i] = m.UserID
	}
	signIns, err := u.Tx.SignIn.Query().Where(signin.UserIDIn(users...)).
		Select(signin.FieldUserID, signin.FieldCreatedAt).
		All(store.AsSystem(ctx, "whether an account has been used"))
	used := map[ident.ID]bool{}
	for _, s := range signIns {
		at := slices.Index(users, s.UserID)
		if !s.CreatedAt.Before(members[at].JoinedAt) {
			used[members[at].ID] = true
		}
	}
	return used, err
}

// findNeeded returns the members with a role from another source. It means that somebody relies on
// the member.
func (u *Undo) findNeeded(ctx context.Context, members []ident.ID) (map[ident.ID]bool, error) {
	others, err := u.Tx.RoleAssignment.Query().
		Where(roleassignment.MemberIDIn(members...), roleassignment.HasSourcesWith(
			assignmentsource.Not(assignmentsource.And(
				assignmentsource.KindEQ(assignmentsource.KindImport),
				assignmentsource.SourceID(u.Batch.ID))),
			assignmentsource.KindNEQ(assignmentsource.KindInherited))).
		Select(roleassignment.FieldMemberID).All(ctx)
	needed := map[ident.ID]bool{}
	for _, a := range others {
		needed[a.MemberID] = true
	}
	return needed, err
}

// undoAccounts deletes accounts that the import created, as far as they have no member left and
// were never used, and returns why it left the others alone, by id.
func (u *Undo) undoAccounts(ctx context.Context, ids []ident.ID) (map[ident.ID]string, error) {
	system := store.AsSystem(ctx,
		"an account belongs to its person; an unused one is deleted with its import")
	left := map[ident.ID]string{}
	accounts, err := u.Tx.User.Query().Where(user.IDIn(ids...)).All(system)
	if err != nil {
		return nil, err
	}
	members, err := u.Tx.Member.Query().Where(member.UserIDIn(ids...)).
		Select(member.FieldUserID).All(system)
	if err != nil {
		return nil, err
	}
	placed := map[ident.ID]bool{}
	for _, m := range members {
		placed[m.UserID] = true
	}
	var gone []ident.ID
	for _, account := range accounts {
		// Changed credentials or a verified address show that its person uses the account.
		if placed[account.ID] || account.EmailProven || account.CredentialVersion > 0 {
			left[account.ID] = leftUsed
		} else {
			gone = append(gone, account.ID)
		}
	}
	if len(gone) == 0 {
		return left, nil
	}
	_, err = u.Tx.User.Delete().Where(user.IDIn(gone...)).Exec(system)
	return left, err
}
