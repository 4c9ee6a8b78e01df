package onboarding

import (
	"context"

	"usher/ent"
	"usher/ent/departure"
	"usher/ent/member"
	"usher/ent/organization"
	"usher/ent/seat"
	"usher/ent/seatevent"
	"usher/ent/workspace"
	"usher/internal/audit"
	"usher/internal/store"
)

// EndAccess deactivates or removes the members whose access date has come (ADM-5). Between the date and this sweep they
// are refused already: whoever loads a caller asks the date.
func (s *Service) EndAccess(ctx context.Context) error {
	ctx = store.AsSystem(ctx, "access ends in all workspaces")
	for {
		var ended int
		err := s.Store.WithTx(ctx, func(tx *store.Tx) error {
			q := tx.Member.Query().Where(member.StatusEQ(member.StatusActive), member.AccessExpiresAtLTE(s.Clock())).Limit(sweepSize)
			if tx.Locks() {
				q.ForUpdate()
			}
			due, err := q.WithWorkspace().WithUser().All(ctx)
			if err != nil {
				return err
			}
			ended = len(due)
			for _, m := range due {
				if err := s.endAccess(ctx, tx, m); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil || ended < sweepSize {
			return err
		}
	}
}

func (s *Service) endAccess(ctx context.Context, tx *store.Tx, m *ent.Member) error {
	now := s.Clock()
	w := m.Edges.Workspace
	event := audit.Event{WorkspaceID: w.ID, Action: audit.MemberAccessEnded, SubjectID: m.ID, MemberID: m.ID}
	if m.DeleteOnExpiry {
		event.Action = audit.MemberRemoved
		if err := s.takeOut(ctx, tx, m); err != nil {
			return err
		}
	} else if err := tx.Member.UpdateOne(m).SetStatus(member.StatusDeactivated).SetDeactivatedAt(now).Exec(ctx); err != nil {
		return err
	}
	if err := audit.Record(ctx, tx, now, event); err != nil {
		return err
	}
	a := admission{Service: s, tx: tx, workspace: w, user: m.Edges.User, now: now}
	return a.freeSeat(ctx)
}

// takeOut deletes a member, and remembers that they were one (JOI-9).
func (s *Service) takeOut(ctx context.Context, tx *store.Tx, m *ent.Member) error {
	if err := tx.Member.DeleteOne(m).Exec(ctx); err != nil {
		return err
	}
	return ignoringNone(tx.Departure.Create().SetWorkspaceID(m.WorkspaceID).SetUserID(m.UserID).
		OnConflictColumns(departure.FieldWorkspaceID, departure.FieldUserID).DoNothing().Exec(ctx))
}

// freeSeat gives the seat back, unless the person is still active in another workspace of the organization.
func (a *admission) freeSeat(ctx context.Context) error {
	ctx = store.AsSystem(ctx, "seats are the organization's, over all its workspaces")
	org := a.workspace.OrganizationID
	still, err := a.tx.Member.Query().
		Where(member.UserID(a.user.ID), member.StatusEQ(member.StatusActive), member.HasWorkspaceWith(workspace.OrganizationID(org))).Exist(ctx)
	if still || err != nil {
		return err
	}
	n, err := a.tx.Seat.Delete().Where(seat.OrganizationID(org), seat.UserID(a.user.ID)).Exec(ctx)
	if n == 0 || err != nil {
		return err
	}
	if err := a.tx.Organization.Update().Where(organization.ID(org)).AddSeatsTaken(-1).Exec(ctx); err != nil {
		return err
	}
	return a.ledger(ctx, a.user.ID, seatevent.KindFreed)
}
