package onboarding

import (
	"context"
	"database/sql"
	"errors"

	"usher/ent/organization"
	"usher/ent/predicate"
	"usher/ent/seat"
	"usher/ent/seatevent"
	"usher/internal/fault"
	"usher/internal/ident"
	"usher/internal/store"

	entsql "entgo.io/ent/dialect/sql"
)

// takeSeat takes a seat of the organization, unless the person has one already (ADM-4). The statement that raises the
// count is the one that holds it under the limit, so that doors at the same moment never oversell.
func (a *admission) takeSeat(ctx context.Context) error {
	ctx = store.AsSystem(ctx, "seats are the organization's, over all its workspaces")
	org := a.workspace.OrganizationID
	err := a.tx.Seat.Create().SetOrganizationID(org).SetUserID(a.user.ID).SetTakenAt(a.now).
		OnConflict(store.SkipExisting(seat.FieldOrganizationID, seat.FieldUserID)...).Exec(ctx)
	if errors.Is(err, sql.ErrNoRows) {
		return nil // has one
	}
	if err != nil {
		return err
	}
	n, err := a.tx.Organization.Update().Where(organization.ID(org), seatLeft()).AddSeatsTaken(1).Save(ctx)
	if err != nil {
		return err
	}
	if n == 0 {
		return fault.New(fault.SeatLimitReached, "seat.none_left")
	}
	return a.ledger(ctx, a.user.ID, seatevent.KindTaken)
}

func (a *admission) ledger(ctx context.Context, user ident.ID, kind seatevent.Kind) error {
	return a.tx.SeatEvent.Create().SetOrganizationID(a.workspace.OrganizationID).SetWorkspaceID(a.workspace.ID).
		SetUserID(user).SetKind(kind).SetAt(a.now).Exec(ctx)
}

func seatLeft() predicate.Organization {
	return organization.Or(organization.SeatsIsNil(), func(s *entsql.Selector) {
		s.Where(entsql.ColumnsLT(s.C(organization.FieldSeatsTaken), s.C(organization.FieldSeats)))
	})
}
