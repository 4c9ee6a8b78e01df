package suppression

import (
	"context"

	"usher/ent"
	"usher/ent/schema"
	"usher/ent/suppression"
	"usher/internal/access"
	"usher/internal/audit"
	"usher/internal/fault"
	"usher/internal/ident"
	"usher/internal/store"
	"usher/internal/visibility"
)

// LiftSuppression lets emails go to an address again that could not be delivered to. A suppression
// that a bounce made holds for every workspace, and so does its end: the next email shows whether
// the address works.
//
// Errors: NOT_FOUND for a suppression that the list of the workspace does not show; FORBIDDEN
// without MEMBERS_INVITE and MEMBERS_VIEW throughout the workspace; CONFLICT for one that the owner
// of the address asked for or caused by a complaint.
func (s *Service) LiftSuppression(ctx context.Context, by *access.Caller, workspace,
	id ident.ID) (_ *ent.Suppression, err error) {
	defer fault.Annotate(&err, "lift suppression")

	m, err := by.RequireMembership(workspace)
	if err != nil {
		return nil, fault.MissingAt(err, "workspaceId")
	}
	if !m.Throughout(access.MembersInvite) || !m.Throughout(access.MembersView) {
		return nil, fault.Denied()
	}

	var lifted *ent.Suppression
	err = s.Store.WithTx(ctx, func(tx *store.Tx) error {
		lifted, err = tx.Suppression.Query().
			Where(suppression.ID(id), visibility.SuppressionsOf(workspace)).
			Only(store.AsCaller(ctx, by))
		if ent.IsNotFound(err) {
			return fault.MissingAt(fault.Missing(), "suppressionId")
		}
		if err != nil {
			return err
		}
		// Only the person may take back their own wish, and a complaint is one.
		switch lifted.Reason {
		case suppression.ReasonAsked:
			return fault.New(fault.Conflict, "suppression.requested")
		case suppression.ReasonComplaint:
			return fault.New(fault.Conflict, "suppression.complaint")
		}

		system := store.AsSystem(ctx, "a suppression may hold for all workspaces")
		// The reason is asked again by the statement: it may have become a complaint since the
		// read.
		gone, err := tx.Suppression.Delete().Where(suppression.ID(id),
			suppression.ReasonEQ(suppression.ReasonBounced)).Exec(system)
		if err != nil {
			return err
		}
		if gone == 0 { // another administrator was faster
			return fault.MissingAt(fault.Missing(), "suppressionId")
		}
		return audit.Record(system, tx, s.Clock(), audit.Event{WorkspaceID: workspace,
			Action: audit.SuppressionLifted, By: by, SubjectID: lifted.ID,
			Details: []schema.Detail{{Name: "email", Before: lifted.EmailKey}}})
	})
	return lifted, err
}
