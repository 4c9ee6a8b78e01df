package lifecycle

import (
	"context"
	"strings"
	"time"

	"usher/ent"
	"usher/ent/auditevent"
	"usher/ent/schema"
	"usher/ent/workspaceexport"
	"usher/internal/access"
	"usher/internal/audit"
	"usher/internal/fault"
	"usher/internal/i18n"
	"usher/internal/ident"
)

// DeleteInput is the deletion of a workspace.
type DeleteInput struct {
	WorkspaceID   ident.ID
	Name          string // the name of the workspace, typed again
	WithoutExport bool   // delete it although no export can be downloaded
}

// ScheduleDeletion archives a workspace and sets the date of its erasure (WSP-3). Its
// administrators and those of the organization are told by email.
//
// Errors: NOT_FOUND; FORBIDDEN; BAD_USER_INPUT for another name, and without an export unless
// WithoutExport is set; CONFLICT if it is to be deleted already.
func (s *Service) ScheduleDeletion(ctx context.Context, by *access.Caller,
	in DeleteInput) (_ *ent.Workspace, err error) {
	defer fault.Annotate(&err, "delete workspace")

	return s.deleteWorkspace(ctx, actor{caller: by}, in)
}

// DeleteAsOperator is ScheduleDeletion from the command line.
func (s *Service) DeleteAsOperator(ctx context.Context,
	in DeleteInput) (_ *ent.Workspace, err error) {
	defer fault.Annotate(&err, "delete workspace as operator")

	return s.deleteWorkspace(ctx, operator, in)
}

// deleteWorkspace archives a workspace and sets the date of its erasure. Until then Restore undoes it.
// CONFLICT if a date is set already.
func (s *Service) deleteWorkspace(ctx context.Context, by actor,
	in DeleteInput) (*ent.Workspace, error) {
	return s.changeWorkspace(ctx, by, in.WorkspaceID, func(ctx context.Context,
		l *lockedWorkspace) (*ent.Workspace, error) {
		if l.workspace.DeletionAt != nil {
			return nil, fault.New(fault.Conflict, "workspace.deleted_already")
		}
		// In the transaction, because the name and the exports are compared behind the lock.
		if err := in.validate(ctx, l); err != nil {
			return nil, err
		}
		// An archived workspace takes no writes, so a running import would fail at its next rows.
		if err := pauseImports(ctx, l); err != nil {
			return nil, err
		}
		erasedAt := l.now.Add(s.DeletionWait)
		update := l.tx.Workspace.UpdateOne(l.workspace).SetDeletionAt(erasedAt).
			SetUpdatedAt(l.now)
		// The date of an archive that exists is kept: it tells since when nobody writes.
		if l.workspace.ArchivedAt == nil {
			update.SetArchivedAt(l.now)
		}
		w, err := update.Save(ctx)
		if err != nil {
			return nil, err
		}
		l.workspace = w
		// Everybody who could restore the workspace is told, so that one person cannot delete it
		// unnoticed.
		if err := s.queueDeletionNotices(ctx, l); err != nil {
			return nil, err
		}
		return w, l.recordEvent(ctx, audit.WorkspaceDeleted,
			schema.Detail{Name: "deletionAt", After: erasedAt.Format(time.RFC3339)})
	})
}

// validate compares the typed name, and requires an export that can be downloaded.
func (in DeleteInput) validate(ctx context.Context, l *lockedWorkspace) error {
	var faults fault.Collector
	// Typed again, since an id cannot be recognized and deletions are confirmed by habit.
	if strings.TrimSpace(in.Name) != l.workspace.Name {
		faults.Add(fault.Input("name", "workspace.delete_name",
			i18n.Args{"Name": l.workspace.Name}))
	}
	if !in.WithoutExport {
		// An export whose file is deleted by now saves nothing.
		ready, err := l.tx.WorkspaceExport.Query().Where(
			workspaceexport.WorkspaceID(l.workspace.ID),
			workspaceexport.StatusEQ(workspaceexport.StatusReady),
			workspaceexport.FinishedAtGT(l.now.Add(-exportLifetime))).Exist(ctx)
		if err != nil {
			return err
		}
		if !ready {
			faults.Add(fault.Input("withoutExport", "workspace.delete_export"))
		}
	}
	return faults.Err()
}

// Restore ends the deletion of a workspace, and the archive that came with it (WSP-3). A workspace
// that was archived before its deletion stays archived.
//
// Errors: NOT_FOUND; FORBIDDEN; CONFLICT unless the workspace is to be deleted and the waiting time
// lasts.
func (s *Service) Restore(ctx context.Context, by *access.Caller,
	id ident.ID) (_ *ent.Workspace, err error) {
	defer fault.Annotate(&err, "restore workspace")

	return s.restoreWorkspace(ctx, actor{caller: by}, id)
}

// RestoreAsOperator is Restore from the command line.
func (s *Service) RestoreAsOperator(ctx context.Context,
	id ident.ID) (_ *ent.Workspace, err error) {
	defer fault.Annotate(&err, "restore workspace as operator")

	return s.restoreWorkspace(ctx, operator, id)
}

// restoreWorkspace takes the date of erasure away, and the archive if the deletion made it. CONFLICT
// if there is no date, or if it has passed.
func (s *Service) restoreWorkspace(ctx context.Context, by actor,
	id ident.ID) (*ent.Workspace, error) {
	return s.changeWorkspace(ctx, by, id, func(ctx context.Context,
		l *lockedWorkspace) (*ent.Workspace, error) {
		w := l.workspace
		if w.DeletionAt == nil {
			return nil, fault.New(fault.Conflict, "workspace.not_deleted")
		}
		// Once the erasure has begun, a part of the rows is gone.
		if w.ErasureStartedAt != nil || !w.DeletionAt.After(l.now) {
			return nil, fault.New(fault.Conflict, "workspace.erased")
		}
		earlier, err := l.wasArchivedBeforeDeletion(ctx)
		if err != nil {
			return nil, err
		}
		update := l.tx.Workspace.UpdateOne(w).ClearDeletionAt().SetUpdatedAt(l.now)
		if !earlier {
			update.ClearArchivedAt()
		}
		if w, err = update.Save(ctx); err != nil {
			return nil, err
		}
		return w, l.recordEvent(ctx, audit.WorkspaceRestored)
	})
}

// wasArchivedBeforeDeletion tells whether the archive of a workspace that is to be deleted is older
// than its deletion. The history tells them apart: a deletion that makes the archive records no
// event of the archive, and the date of an older one stays.
func (l *lockedWorkspace) wasArchivedBeforeDeletion(ctx context.Context) (bool, error) {
	if l.workspace.ArchivedAt == nil {
		return false, nil
	}
	return l.tx.AuditEvent.Query().Where(auditevent.WorkspaceID(l.workspace.ID),
		auditevent.Action(string(audit.WorkspaceArchived)),
		auditevent.AtGTE(*l.workspace.ArchivedAt)).Exist(ctx)
}
