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

// QueueForInvitees queues session emails for pending invitations that give the learner role in one
// of some groups. These groups have become sources of inheritance for groups that have the
// sessions.
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
	// The query finds invitations by group. Whether they make a learner there is decided by their
	// roles.
	rows = slices.DeleteFunc(rows, func(inv *ent.Invitation) bool {
		return !slices.ContainsFunc(inv.Grant.GroupIDs, func(id ident.ID) bool {
			return slices.Contains(groups, id) &&
				grouptree.MakesLearner(inv.Grant.Roles, id, learner)
		})
	})
	return s.queueForInvitations(ctx, tx, workspace, rows, sessions)
}

// queueForInvitations queues the emails of sessions for pending invitations, which have an address
// but no member yet (ADM-3).
func (s *Service) queueForInvitations(ctx context.Context, tx *store.Tx, workspace ident.ID,
	invited []*ent.Invitation, sessions []*ent.Session) error {
	pending := make([]PendingSessionEmail, len(invited))
	for i, inv := range invited {
		pending[i] = PendingSessionEmail{Invitation: inv.ID, Email: inv.Email, Key: inv.EmailKey,
			Sessions: sessions}
	}
	return s.QueueSessionEmails(ctx, tx, workspace, pending)
}

// readInvitees reads the pending invitations whose grant leads into a program: through one of its
// groups, through a group whose learners inherit membership there, or by naming it.
func readInvitees(ctx context.Context, tx *store.Tx, of ident.ID, groups []ident.ID,
	now time.Time) ([]*ent.Invitation, error) {
	places := []predicate.Invitation{grantNamesProgram(of)}
	inheriting := map[ident.ID]bool{} // groups whose learners, and nobody else, inherit
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
			// Learners of these groups inherit membership, so their invitees get the emails too.
			for _, below := range tree.SourceGroups(g) {
				if !slices.Contains(groups, below) && !inheriting[below] {
					inheriting[below] = true
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
			!slices.ContainsFunc(g.GroupIDs, func(id ident.ID) bool {
				return slices.Contains(groups, id) || inheriting[id] &&
					grouptree.MakesLearner(g.Roles, id, learner)
			})
	}), err
}

// readPendingInvitations reads the pending invitations of any of some places. Invitations without
// emails and those to failing mailboxes are left out. The composer checks again, when the email is
// due, that the invitation still leads there.
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
