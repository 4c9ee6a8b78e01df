package admission

import (
	"context"

	"usher/ent/member"
	"usher/ent/organization"
	"usher/ent/seat"
	"usher/ent/seatevent"
	"usher/ent/workspace"
	"usher/internal/ident"
	"usher/internal/store"
)

// FreeSeat frees the seat unless the person is still active in another workspace of the
// organization.
func (a *Admission) FreeSeat(ctx context.Context) error {
	return a.FreeSeats(ctx, []ident.ID{a.User.ID})
}

// FreeSeats is FreeSeat for many people, by their accounts. The number of statements does not
// depend on how many there are.
func (a *Admission) FreeSeats(ctx context.Context, users []ident.ID) error {
	ctx = store.AsSystem(ctx, "seats belong to the organization, in all its workspaces")
	org := a.Workspace.OrganizationID
	if err := a.Tx.LockOrganization(ctx, org); err != nil {
		return err
	}

	// Read behind the lock: an admission in another workspace has committed, or waits for this
	// transaction.
	elsewhere, err := a.Tx.Member.Query().Where(
		member.UserIDIn(users...), member.StatusEQ(member.StatusActive),
		member.HasWorkspaceWith(workspace.OrganizationID(org)),
	).Select(member.FieldUserID).All(ctx)
	if err != nil {
		return err
	}
	stays := map[ident.ID]bool{}
	for _, m := range elsewhere {
		stays[m.UserID] = true
	}
	// The count follows the rows: without a row it was lowered before.
	rows, err := a.Tx.Seat.Query().Where(seat.OrganizationID(org), seat.UserIDIn(users...)).
		All(ctx)
	if err != nil {
		return err
	}
	var freed []ident.ID
	ledger := store.Bulk{Table: seatevent.Table, Columns: seatevent.Columns}
	for _, row := range rows {
		if stays[row.UserID] {
			continue
		}
		freed = append(freed, row.ID)
		ledger.AddMutation(a.newSeatEvent(row.UserID, seatevent.KindFreed).Mutation(),
			ident.New(ident.SeatEvent), nil)
	}
	if len(freed) == 0 {
		return nil
	}
	if _, err := a.Tx.Seat.Delete().Where(seat.IDIn(freed...)).Exec(ctx); err != nil {
		return err
	}
	if err := a.Tx.Organization.Update().Where(organization.ID(org)).AddSeatsTaken(-len(freed)).
		Exec(ctx); err != nil {
		return err
	}
	return a.Tx.Insert(ctx, &ledger)
}
