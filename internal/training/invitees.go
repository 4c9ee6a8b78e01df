package training

import (
	"context"
	"slices"
	"time"

	entsql "entgo.io/ent/dialect/sql"
	"entgo.io/ent/dialect/sql/sqljson"

	"usher/ent"
	"usher/ent/group"
	"usher/ent/invitation"
	"usher/ent/predicate"
	"usher/internal/grouptree"
	"usher/internal/ident"
	"usher/internal/store"
)

// QueueForInvitees promises the mails of sessions to who is invited as a learner into one of some
// groups that have come to lead up to where the sessions reach people.
func (s *Service) QueueForInvitees(ctx context.Context, tx *store.Tx, workspace ident.ID,
	groups []ident.ID,
	sessions []*ent.Session) error {
	if len(groups) == 0 || len(sessions) == 0 {
		return nil
	}
	learner, err := grouptree.LearnerRole(ctx, tx)
	if err != nil {
		return err
	}
	rows, err := readPendingInvitations(ctx, tx, s.Clock(),
		invitation.HasGroupsWith(group.IDIn(groups...)))
	if err != nil {
		return err
	}
	rows = slices.DeleteFunc(rows, func(inv *ent.Invitation) bool {
		return !slices.ContainsFunc(inv.Grant.GroupIDs, func(i ident.ID) bool {
			return slices.Contains(groups, i) && grouptree.MakesLearner(inv.Grant.Roles, i, learner)
		})
	})
	return s.queueForInvitations(ctx, tx, workspace, rows, sessions)
}

func (s *Service) queueForInvitations(ctx context.Context, tx *store.Tx, workspace ident.ID,
	invited []*ent.Invitation, sessions []*ent.Session) error {
	promised := make([]PendingSessionEmail, len(invited))
	for i, inv := range invited {
		promised[i] = PendingSessionEmail{Invitation: inv.ID, Email: inv.Email, Key: inv.EmailKey,
			Sessions: sessions}
	}
	return s.QueueSessionEmails(ctx, tx, workspace, promised)
}

// readInvitees reads the pending invitations that lead into a program: through the groups, or by
// its name.
func readInvitees(ctx context.Context, tx *store.Tx, of ident.ID, groups []ident.ID,
	now time.Time) ([]*ent.Invitation, error) {
	places := []predicate.Invitation{grantNamesProgram(of)}
	fed := map[ident.ID]bool{} // by learners alone
	var learner ident.ID
	if len(groups) > 0 {
		tree, err := grouptree.Load(ctx, tx)
		if err != nil {
			return nil, err
		}
		if learner, err = grouptree.LearnerRole(ctx, tx); err != nil {
			return nil, err
		}
		all := slices.Clone(groups)
		for _, g := range groups {
			for _, below := range tree.SourceGroups(g) {
				if !slices.Contains(groups, below) && !fed[below] {
					fed[below] = true
					all = append(all, below)
				}
			}
		}
		places = append(places, invitation.HasGroupsWith(group.IDIn(all...)))
	}
	rows, err := readPendingInvitations(ctx, tx, now, places...)
	return slices.DeleteFunc(rows, func(inv *ent.Invitation) bool {
		g := inv.Grant
		return !slices.Contains(g.ProgramIDs, of) &&
			!slices.ContainsFunc(g.GroupIDs, func(i ident.ID) bool {
				return slices.Contains(groups, i) || fed[i] &&
					grouptree.MakesLearner(g.Roles, i, learner)
			})
	}), err
}

// readPendingInvitations reads the pending invitations that lead to any of some places. Who was to
// get nothing by mail, or has no working mailbox, is left out. Whether an invitation still leads
// there is asked once more when the mail goes out.
func readPendingInvitations(ctx context.Context, tx *store.Tx, now time.Time,
	places ...predicate.Invitation) ([]*ent.Invitation, error) {
	return tx.Invitation.Query().Where(
		invitation.StatusEQ(invitation.StatusPending), invitation.Or(invitation.ExpiresAtIsNil(),
			invitation.ExpiresAtGT(now)),
		invitation.DeliveryStatusIn(invitation.DeliveryStatusQueued, invitation.DeliveryStatusSent),
		invitation.Or(places...),
	).Order(ent.Asc(invitation.FieldID)).All(ctx)
}

// grantNamesProgram selects the invitations whose grant names a program (INV-17).
func grantNamesProgram(of ident.ID) predicate.Invitation {
	return func(s *entsql.Selector) {
		s.Where(sqljson.ValueContains(s.C(invitation.FieldGrant), of.String(),
			sqljson.Path("programIds")))
	}
}
