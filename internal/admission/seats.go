package admission

import (
	"context"
	"database/sql"
	"errors"

	entsql "entgo.io/ent/dialect/sql"

	"usher/ent/member"
	"usher/ent/organization"
	"usher/ent/predicate"
	"usher/ent/seat"
	"usher/ent/seatevent"
	"usher/ent/workspace"
	"usher/internal/fault"
	"usher/internal/ident"
	"usher/internal/store"
)

// takeSeat takes a seat of the organization, unless the person has one already (ADM-4). The
// statement that raises the count is the one that holds it under the limit, so that admissions at
// the same moment never oversell.
//
// The organization is locked: a person who is admitted in one workspace while they are deactivated
// in another one keeps their seat, whichever of the two comes first.
func (a *Admission) takeSeat(ctx context.Context) error {
	ctx = store.AsSystem(ctx, "seats are the organization's, over all its workspaces")
	org := a.Workspace.OrganizationID
	if err := a.Tx.LockOrganization(ctx, org); err != nil {
		return err
	}
	err := a.Tx.Seat.Create().SetOrganizationID(org).SetUserID(a.User.ID).SetTakenAt(a.Now).
		OnConflict(store.SkipExisting(seat.FieldOrganizationID, seat.FieldUserID)...).Exec(ctx)
	if errors.Is(err, sql.ErrNoRows) {
		return nil // has one
	}
	if err != nil {
		return err
	}
	n, err := a.Tx.Organization.Update().Where(organization.ID(org), seatLeft()).AddSeatsTaken(1).
		Save(ctx)
	if err != nil {
		return err
	}
	if n == 0 {
		return fault.New(fault.SeatLimitReached, "seat.none_left")
	}
	return a.recordSeatEvent(ctx, a.User.ID, seatevent.KindTaken)
}

// FreeSeat gives the seat back, unless the person is still active in another workspace of the
// organization.
func (a *Admission) FreeSeat(ctx context.Context) error {
	ctx = store.AsSystem(ctx, "seats are the organization's, over all its workspaces")
	org := a.Workspace.OrganizationID
	if err := a.Tx.LockOrganization(ctx, org); err != nil {
		return err
	}

	// Behind the lock: an admission in another workspace has committed, or waits for this
	// transaction.
	elsewhere, err := a.Tx.Member.Query().Where(
		member.UserID(a.User.ID), member.StatusEQ(member.StatusActive),
		member.HasWorkspaceWith(workspace.OrganizationID(org)),
	).Exist(ctx)
	if elsewhere || err != nil {
		return err
	}
	n, err := a.Tx.Seat.Delete().Where(seat.OrganizationID(org), seat.UserID(a.User.ID)).Exec(ctx)
	if n == 0 || err != nil {
		return err
	}
	if err := a.Tx.Organization.Update().Where(organization.ID(org)).AddSeatsTaken(-1).
		Exec(ctx); err != nil {
		return err
	}
	return a.recordSeatEvent(ctx, a.User.ID, seatevent.KindFreed)
}

func (a *Admission) recordSeatEvent(ctx context.Context, user ident.ID, kind seatevent.Kind) error {
	return a.Tx.SeatEvent.Create().SetOrganizationID(a.Workspace.OrganizationID).
		SetWorkspaceID(a.Workspace.ID).
		SetUserID(user).SetKind(kind).SetAt(a.Now).Exec(ctx)
}

func seatLeft() predicate.Organization {
	return organization.Or(organization.SeatsIsNil(), func(s *entsql.Selector) {
		s.Where(entsql.ColumnsLT(s.C(organization.FieldSeatsTaken), s.C(organization.FieldSeats)))
	})
}
