package lifecycle

import (
	"context"

	"usher/ent"
	"usher/ent/importbatch"
	"usher/internal/access"
	"usher/internal/audit"
	"usher/internal/fault"
	"usher/internal/ident"
	"usher/internal/store"
)

// Archive makes a workspace read-only (WSP-1). No change if it is archived already.
//
// Errors: NOT_FOUND, FORBIDDEN.
func (s *Service) Archive(ctx context.Context, by *access.Caller,
	id ident.ID) (_ *ent.Workspace, err error) {
	defer fault.Annotate(&err, "archive workspace")

	return s.archiveWorkspace(ctx, actor{caller: by}, id)
}

// ArchiveAsOperator is Archive from the command line.
func (s *Service) ArchiveAsOperator(ctx context.Context,
	id ident.ID) (_ *ent.Workspace, err error) {
	defer fault.Annotate(&err, "archive workspace as operator")

	return s.archiveWorkspace(ctx, operator, id)
}

// archiveWorkspace makes a workspace read-only. An archived one keeps the date of its archive.
func (s *Service) archiveWorkspace(ctx context.Context, by actor,
	id ident.ID) (*ent.Workspace, error) {
	return s.changeWorkspace(ctx, by, id, func(ctx context.Context,
		l *lockedWorkspace) (*ent.Workspace, error) {
		if l.workspace.ArchivedAt != nil {
			return l.workspace, nil
		}
		// From now on the writes of a running import would be refused (WSP-1).
		if err := pauseImports(ctx, l); err != nil {
			return nil, err
		}
		w, err := l.tx.Workspace.UpdateOne(l.workspace).SetArchivedAt(l.now).SetUpdatedAt(l.now).
			Save(ctx)
		if err != nil {
			return nil, err
		}
		return w, l.recordEvent(ctx, audit.WorkspaceArchived)
	})
}

// pauseImports pauses the imports of a workspace that run or wait for their time. A worker in the
// middle of rows finds the change at their end, and rolls them back.
func pauseImports(ctx context.Context, l *lockedWorkspace) error {
	unfinished := importbatch.StatusIn(importbatch.StatusRunning, importbatch.StatusScheduled)
	ids, err := l.tx.ImportBatch.Query().Where(importbatch.WorkspaceID(l.workspace.ID),
		unfinished).IDs(ctx)
	if err != nil {
		return err
	}
	// Sorted as in the lock order.
	for _, id := range ident.SortDistinct(ids) {
		if _, err := l.tx.LockImport(ctx, store.ToChange, id); err != nil {
			return err
		}
	}
	// The status is asked again: an import may have ended while its lock was waited for.
	return l.tx.ImportBatch.Update().Where(importbatch.IDIn(ids...), unfinished).
		SetStatus(importbatch.StatusPaused).SetUpdatedAt(l.now).Exec(ctx)
}

// Unarchive makes an archived workspace usable again (WSP-1). Imports stay paused. No change if it
// is not archived.
//
// Errors: NOT_FOUND; FORBIDDEN; CONFLICT while the workspace is to be deleted.
func (s *Service) Unarchive(ctx context.Context, by *access.Caller,
	id ident.ID) (_ *ent.Workspace, err error) {
	defer fault.Annotate(&err, "unarchive workspace")

	return s.unarchive(ctx, actor{caller: by}, id)
}

// UnarchiveAsOperator is Unarchive from the command line.
func (s *Service) UnarchiveAsOperator(ctx context.Context,
	id ident.ID) (_ *ent.Workspace, err error) {
	defer fault.Annotate(&err, "unarchive workspace as operator")

	return s.unarchive(ctx, operator, id)
}

// unarchive makes an archived workspace writable again. CONFLICT for one that is to be erased.
func (s *Service) unarchive(ctx context.Context, by actor, id ident.ID) (*ent.Workspace, error) {
	return s.changeWorkspace(ctx, by, id, func(ctx context.Context,
		l *lockedWorkspace) (*ent.Workspace, error) {
		switch {
		// Its archive protects a workspace that is about to be erased. Restore ends both.
		case l.workspace.DeletionAt != nil:
			return nil, fault.New(fault.Conflict, "workspace.restore_first")
		case l.workspace.ArchivedAt == nil:
			return l.workspace, nil
		}
		w, err := l.tx.Workspace.UpdateOne(l.workspace).ClearArchivedAt().SetUpdatedAt(l.now).
			Save(ctx)
		if err != nil {
			return nil, err
		}
		return w, l.recordEvent(ctx, audit.WorkspaceUnarchived)
	})
}
