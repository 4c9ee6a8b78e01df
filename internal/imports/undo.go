package imports

import (
	"context"

	"usher/ent"
	"usher/ent/importbatch"
	"usher/internal/access"
	"usher/internal/admission"
	"usher/internal/audit"
	"usher/internal/fault"
	"usher/internal/ident"
	"usher/internal/importundo"
	"usher/internal/store"
)

// UndoImport reverts what an import did, as far as nobody has used or changed it since (BAT-9) and
// the caller has the permission of the single verb for each object. Objects that it leaves are
// noted with the reason. CONFLICT unless COMPLETED or CANCELLED.
func (s *Service) UndoImport(ctx context.Context, by *access.Caller,
	id ident.ID) (_ *ent.ImportBatch, err error) {
	defer fault.Annotate(&err, "undo import")

	b, err := s.ownImport(ctx, by, id)
	if err != nil {
		return nil, err
	}
	if b.Status != importbatch.StatusCompleted && b.Status != importbatch.StatusCancelled {
		return nil, refuseStatus(b)
	}

	ctx = store.InWorkspace(ctx, b.WorkspaceID)
	for _, part := range importundo.Parts {
		for more := true; more; {
			err := s.Store.WithTx(ctx, func(tx *store.Tx) error {
				if err := tx.ManyRows(ctx); err != nil {
					return err
				}
				u := &importundo.Undo{Admission: s.Admission, Tx: tx, By: by, Now: s.Clock()}
				// Seats are freed, and the organization comes first in the order of locks.
				if err := tx.LockOrganizationOf(ctx, b.WorkspaceID); err != nil {
					return err
				}
				if u.Admins, err = admission.GuardAdmins(ctx, tx, b.WorkspaceID,
					u.Now); err != nil {
					return err
				}
				// The lock makes a second undo wait, which then finds nothing left in this part.
				if u.Batch, err = lockImport(ctx, tx, id); err != nil {
					return err
				}
				more, err = part(u, ctx)
				return err
			})
			if err != nil {
				return nil, err
			}
		}
	}
	return s.changeStatus(ctx, by, id, audit.ImportUndone,
		func(b *ent.ImportBatch, u *ent.ImportBatchUpdateOne) error {
			if b.Status != importbatch.StatusCompleted && b.Status != importbatch.StatusCancelled {
				return refuseStatus(b)
			}
			u.SetStatus(importbatch.StatusUndone).SetFinishedAt(s.Clock())
			return nil
		})
}
