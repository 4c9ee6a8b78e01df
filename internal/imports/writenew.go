package imports

import (
	"cmp"
	"context"
	"slices"

	"usher/ent"
	"usher/ent/assignmentsource"
	"usher/ent/importbatch"
	"usher/ent/importchange"
	"usher/ent/member"
	"usher/internal/admission"
	"usher/internal/grouptree"
	"usher/internal/ident"
	"usher/internal/provisioning"
)

// splitRows returns the rows whose new people can be written together, and those that have to be
// written by themselves. Rows that change nothing are in neither, and invitations have a way of
// their own.
func (w *rowWriter) splitRows(rows []*candidate, f *rowFacts) (fresh, single []*candidate) {
	for _, c := range rows {
		switch {
		case c.outcome == RowCreate && w.isFresh(c, f):
			fresh = append(fresh, c)
		case c.outcome == RowCreate || c.outcome == RowUpdate || c.outcome == RowDeactivate ||
			c.outcome == RowReactivate || c.outcome == RowInvite &&
			(w.batch.Action == importbatch.ActionCreate || c.member != nil):
			single = append(single, c)
		}
	}
	return fresh, single
}

// isFresh tells whether nothing is known about the person of a row that creates an account: no
// account, and no invitation that would have to be settled.
func (w *rowWriter) isFresh(c *candidate, f *rowFacts) bool {
	return f.accounts[c.Key] == nil && f.byUsername[c.UsernameKey] == nil && c.pending == nil
}

// createMembers creates the people of fresh rows together. It returns the rows that have to be
// written by themselves, in the order of the file: single and those of fresh that depend on another
// row or whose grant cannot be applied as a whole.
func (w *rowWriter) createMembers(ctx context.Context, fresh,
	single []*candidate) ([]*candidate, error) {
	if err := w.lockGroups(ctx, slices.Concat(fresh, single)); err != nil {
		return nil, err
	}
	if len(fresh) == 0 {
		return single, nil
	}
	people, others := w.peopleOf(fresh), w.peopleOf(single)
	d := w.newAccountCreation()
	members, err := d.CreateMany(ctx, people, others)
	if err != nil {
		return nil, err
	}
	for i, c := range fresh {
		if members[i] == nil {
			single = append(single, c)
		} else {
			w.noteCreated(c, members[i], true)
		}
	}
	slices.SortFunc(single, func(a, b *candidate) int { return cmp.Compare(a.number, b.number) })
	return single, nil
}

// lockGroups locks the groups that rows lead into, before the sessions of any row: sessions come
// later in the order of locks.
func (w *rowWriter) lockGroups(ctx context.Context, rows []*candidate) error {
	var groups []ident.ID
	for _, c := range rows {
		groups = append(groups, c.Grant.GroupIDs...)
	}
	_, err := grouptree.LockWithInheriting(ctx, w.tx, ident.SortDistinct(groups))
	return err
}

// peopleOf returns the people of rows, with the time at which each is greeted.
func (w *rowWriter) peopleOf(rows []*candidate) []*provisioning.NewPerson {
	people := make([]*provisioning.NewPerson, len(rows))
	for i, c := range rows {
		c.EmailDueAt = emailDueAt(w.batch, w.now, c.number)
		people[i] = &c.NewPerson
	}
	return people
}

// newAccountCreation returns the creation of accounts whose entry point is the import.
func (w *rowWriter) newAccountCreation() provisioning.AccountCreation {
	return provisioning.AccountCreation{
		Service: w.service.Provisioning, Tx: w.tx, By: w.by, Workspace: w.workspace,
		Grantor: w.directory.grantor, Now: w.now, ImportID: &w.batch.ID,
		EntryPoint: admission.EntryPoint{Name: admission.EntryPointImport, By: w.by,
			JoinedVia: member.JoinedViaImported, Kind: assignmentsource.KindImport,
			Source: w.batch.ID},
	}
}

// createMember creates an account and its member by the code of createUser.
func (w *rowWriter) createMember(ctx context.Context, c *candidate) error {
	d := w.newAccountCreation()
	made, err := d.CreateOne(ctx, w.peopleOf([]*candidate{c})[0])
	if err != nil {
		return err
	}
	switch made.Status {
	case provisioning.Created:
		// An account with a warning existed before, so undo must not delete it.
		w.noteCreated(c, made.Member, len(made.Warnings) == 0)
	case provisioning.InvitedInstead:
		// nil if the address has an invitation beyond the importer's authority.
		if made.Invitation != nil {
			c.invitation = made.Invitation.ID
		}
	default:
		c.outcome, c.member = RowUnchanged, made.Member
	}
	return nil
}

// noteCreated sets the result of a row that created a member, and notes in the journal what undoing
// has to delete.
func (w *rowWriter) noteCreated(c *candidate, m *ent.Member, newAccount bool) {
	c.outcome, c.member = RowCreate, m
	// The member first: undo deletes it before the account.
	w.noteChange(c.number, importchange.KindMade, m.ID)
	if newAccount {
		w.noteChange(c.number, importchange.KindMade, m.UserID)
	}
}
