package lifecycle

import (
	"context"
	"errors"
	"io"
	"time"

	"usher/ent"
	"usher/ent/workspaceexport"
	"usher/ent/workspaceexportpiece"
	"usher/internal/access"
	"usher/internal/admission"
	"usher/internal/audit"
	"usher/internal/fault"
	"usher/internal/ident"
	"usher/internal/jobs"
	"usher/internal/store"
)

const (
	// exportLifetime is how long the file of an export can be downloaded.
	exportLifetime = 7 * 24 * time.Hour
	// exportStuckAfter is when an export that is not READY counts as failed.
	exportStuckAfter = 24 * time.Hour
	// maxExportsPerDay bounds what repeated exports of one workspace cost.
	maxExportsPerDay = 10
	// maxListedExports is how many exports of a workspace are listed.
	maxListedExports = 10
)

// exportJob is the job that writes the file of an export.
type exportJob struct {
	Export ident.ID `json:"export"`
}

// Kind returns the stored name of the job.
func (exportJob) Kind() string { return "workspace_export" }

// Export starts an export of a workspace (WSP-2). A job writes the file.
//
// Errors: NOT_FOUND; FORBIDDEN; CONFLICT while another export is being made; RATE_LIMITED.
func (s *Service) Export(ctx context.Context, by *access.Caller, id ident.ID,
	format workspaceexport.Format) (_ *ent.WorkspaceExport, err error) {
	defer fault.Annotate(&err, "export workspace")

	return s.insertExport(ctx, actor{caller: by}, id, format)
}

// ExportAsOperator is Export from the command line. It writes the file itself, without a job, and
// then to out. Administrators of the organization can download it as well.
func (s *Service) ExportAsOperator(ctx context.Context, id ident.ID, format workspaceexport.Format,
	out io.Writer) (_ *ent.WorkspaceExport, err error) {
	defer fault.Annotate(&err, "export workspace as operator")

	export, err := s.insertExport(ctx, operator, id, format)
	if err != nil {
		return nil, err
	}
	if err := s.workOnExport(ctx, exportJob{Export: export.ID}); err != nil {
		// No job tries again. Until it is FAILED, the export would keep others from beginning.
		_, failed := s.Store.WorkspaceExport.Update().Where(workspaceexport.ID(export.ID),
			workspaceexport.StatusEQ(workspaceexport.StatusPending)).
			SetStatus(workspaceexport.StatusFailed).Save(asSystem(ctx))
		return nil, errors.Join(err, failed)
	}
	if err := s.writePieces(asSystem(ctx), out, export.ID); err != nil {
		return nil, err
	}
	return s.Store.WorkspaceExport.Get(asSystem(ctx), export.ID)
}

// insertExport inserts an export, and its job unless the operator writes the file.
func (s *Service) insertExport(ctx context.Context, by actor, id ident.ID,
	format workspaceexport.Format) (export *ent.WorkspaceExport, err error) {
	_, err = s.changeWorkspace(ctx, by, id, func(ctx context.Context,
		l *lockedWorkspace) (*ent.Workspace, error) {
		// Between deletion and erasure an export is possible, and often the reason to wait.
		if l.workspace.ErasureStartedAt != nil {
			return nil, fault.New(fault.Conflict, "workspace.erased")
		}
		if err := limitExports(ctx, l); err != nil {
			return nil, err
		}
		create := l.tx.WorkspaceExport.Create().SetWorkspaceID(id).SetFormat(format).
			SetCreatedAt(l.now).SetUpdatedAt(l.now)
		if !by.operator {
			create.SetRequestedByID(by.caller.UserID)
		}
		var err error
		if export, err = create.Save(ctx); err != nil {
			return nil, err
		}
		// In the transaction of the row: without the row there is no job, and the other way round.
		if !by.operator {
			if err := s.Queue.Insert(ctx, l.tx,
				jobs.Job{Args: exportJob{Export: export.ID}}); err != nil {
				return nil, err
			}
		}
		return l.workspace, l.recordEvent(ctx, audit.WorkspaceExported)
	})
	return export, err
}

// limitExports allows one export at a time, and maxExportsPerDay.
func limitExports(ctx context.Context, l *lockedWorkspace) error {
	recent, err := l.tx.WorkspaceExport.Query().Where(
		workspaceexport.WorkspaceID(l.workspace.ID),
		workspaceexport.CreatedAtGT(l.now.Add(-24*time.Hour))).
		Order(ent.Asc(workspaceexport.FieldCreatedAt)).All(ctx)
	if err != nil {
		return err
	}
	for _, e := range recent {
		if e.Status == workspaceexport.StatusPending {
			return fault.New(fault.Conflict, "workspace.export_running")
		}
	}
	if len(recent) < maxExportsPerDay {
		return nil
	}
	// The oldest export of the day is the first to leave the window.
	f := fault.New(fault.RateLimited, "workspace.export_limit")
	f.RetryAfter = recent[0].CreatedAt.Add(24 * time.Hour).Sub(l.now)
	return f
}

// Exports lists the exports of a workspace that are being made or can be downloaded, newest first.
// It is empty for callers who are no administrators of the organization.
func (s *Service) Exports(ctx context.Context, by *access.Caller,
	w *ent.Workspace) (_ []*ent.WorkspaceExport, err error) {
	defer fault.Annotate(&err, "workspace exports")

	org, err := s.Store.Organization.Get(asSystem(ctx), w.OrganizationID)
	if err != nil || !admission.IsAdministrator(by, org) {
		return []*ent.WorkspaceExport{}, err
	}
	return s.Store.WorkspaceExport.Query().Where(workspaceexport.WorkspaceID(w.ID),
		workspaceexport.CreatedAtGT(s.Clock().Add(-exportLifetime))).
		Order(ent.Desc(workspaceexport.FieldID)).Limit(maxListedExports).All(asSystem(ctx))
}

// ExpiresAt returns when the file of an export is deleted; nil until there is one.
func ExpiresAt(e *ent.WorkspaceExport) *time.Time {
	if e.Status != workspaceexport.StatusReady || e.FinishedAt == nil {
		return nil
	}
	end := e.FinishedAt.Add(exportLifetime)
	return &end
}

// SignExportURL returns the URL of the file of an export, signed for the caller; nil until it is
// READY.
func (s *Service) SignExportURL(by *access.Caller, e *ent.WorkspaceExport) *string {
	if e.Status != workspaceexport.StatusReady {
		return nil
	}
	url := s.Imports.SignURL(by, "exports", e.ID.String(), "workspace.zip")
	return &url
}

// SweepExports deletes exports whose time is over, hourly, and gives up those that were never
// written.
func (s *Service) SweepExports(ctx context.Context) (err error) {
	defer fault.Annotate(&err, "sweep exports")

	ctx = store.AsSystem(ctx, "exports of all workspaces are swept")
	now := s.Clock()
	return s.Store.WithTx(ctx, func(tx *store.Tx) error {
		if err := tx.WorkspaceExport.Update().
			Where(workspaceexport.StatusEQ(workspaceexport.StatusPending),
				workspaceexport.CreatedAtLT(now.Add(-exportStuckAfter))).
			// Given up, so that another export can be asked for: only one is made at a time.
			SetStatus(workspaceexport.StatusFailed).SetUpdatedAt(now).Exec(ctx); err != nil {
			return err
		}
		over, err := tx.WorkspaceExport.Query().
			Where(workspaceexport.CreatedAtLT(now.Add(-exportLifetime - exportStuckAfter))).
			Limit(sweepSize).IDs(ctx)
		if err != nil || len(over) == 0 {
			return err
		}
		// The pieces first. They are most of the bytes, and refer to the export.
		if _, err := tx.WorkspaceExportPiece.Delete().
			Where(workspaceexportpiece.ExportIDIn(over...)).Exec(ctx); err != nil {
			return err
		}
		_, err = tx.WorkspaceExport.Delete().Where(workspaceexport.IDIn(over...)).Exec(ctx)
		return err
	})
}

// sweepSize is how many exports one sweep deletes.
const sweepSize = 20
