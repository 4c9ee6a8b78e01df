package lifecycle

import (
	"archive/zip"
	"bytes"
	"context"
	"errors"
	"io"
	"time"

	"usher/ent"
	"usher/ent/workspaceexport"
	"usher/ent/workspaceexportpiece"
	"usher/internal/access"
	"usher/internal/admission"
	"usher/internal/fault"
	"usher/internal/ident"
	"usher/internal/imports"
	"usher/internal/spreadsheet"
	"usher/internal/store"
)

const (
	// exportPieceSize is how much of a file one row holds, and about how much memory a job and a
	// download need.
	exportPieceSize = 256 << 10
	// exportTimeout limits one attempt of the job of an export. A million members take some
	// minutes.
	exportTimeout = 30 * time.Minute
	// ZIP is the format of the file.
	ZIP spreadsheet.Format = "zip"
	// exportSeal binds sealed pieces to their use.
	exportSeal = "workspace-export"
)

// errOvertaken ends the attempt of a job when a later attempt has begun.
var errOvertaken = errors.New("lifecycle: another attempt writes this export")

// workOnExport handles the job of an export. Each attempt begins the file again, so a process that
// dies leaves nothing that counts.
func (s *Service) workOnExport(ctx context.Context, job exportJob) (err error) {
	defer fault.Annotate(&err, "work on export")

	// Raises the attempt, by which every later write finds out whether it still counts.
	e, err := s.beginAttempt(asSystem(ctx), job.Export)
	if e == nil || err != nil {
		return err
	}
	ctx = store.InWorkspace(store.DespiteArchive(ctx, "an export only reads"), e.WorkspaceID)
	pieces := &pieceWriter{ctx: ctx, store: s.Store, seal: s.Keys.Seal, export: e}
	// Written as a stream, so that memory does not grow with the workspace.
	archive := zip.NewWriter(pieces)
	if err := s.writeTables(ctx, archive, e); err != nil {
		return ignoreOvertaken(err)
	}
	if err := archive.Close(); err != nil {
		return ignoreOvertaken(err)
	}
	if err := pieces.flush(); err != nil {
		return ignoreOvertaken(err)
	}
	return ignoreOvertaken(s.Store.WithTx(ctx, func(tx *store.Tx) error {
		now := s.Clock()
		// READY only under the attempt that wrote the pieces: a slow attempt must not publish those
		// of another one.
		n, err := tx.WorkspaceExport.Update().Where(workspaceexport.ID(e.ID),
			workspaceexport.StatusEQ(workspaceexport.StatusPending),
			workspaceexport.Attempt(e.Attempt)).SetStatus(workspaceexport.StatusReady).
			SetSizeBytes(pieces.written).SetFinishedAt(now).SetUpdatedAt(now).Save(ctx)
		if err == nil && n == 0 {
			err = errOvertaken
		}
		return err
	}))
}

// ignoreOvertaken turns errOvertaken into nil: another attempt writes the file.
func ignoreOvertaken(err error) error {
	if errors.Is(err, errOvertaken) {
		return nil
	}
	return err
}

// beginAttempt deletes the pieces of earlier attempts and counts this one; nil if there is nothing
// to write.
func (s *Service) beginAttempt(ctx context.Context, id ident.ID) (*ent.WorkspaceExport, error) {
	var e *ent.WorkspaceExport
	err := s.Store.WithTx(ctx, func(tx *store.Tx) error {
		e = nil
		n, err := tx.WorkspaceExport.Update().Where(workspaceexport.ID(id),
			workspaceexport.StatusEQ(workspaceexport.StatusPending)).AddAttempt(1).Save(ctx)
		if n == 0 || err != nil {
			return err // done, given up, or deleted with its workspace
		}
		if _, err := tx.WorkspaceExportPiece.Delete().
			Where(workspaceexportpiece.ExportID(id)).Exec(ctx); err != nil {
			return err
		}
		e, err = tx.WorkspaceExport.Get(ctx, id)
		return err
	})
	return e, err
}

// pieceWriter stores what is written to it in sealed pieces, each in a transaction of its own.
type pieceWriter struct {
	ctx      context.Context
	store    *store.Store
	seal     func(purpose string, plain []byte) []byte
	export   *ent.WorkspaceExport
	buffer   bytes.Buffer
	position int
	written  int
}

// Write implements io.Writer.
func (w *pieceWriter) Write(b []byte) (int, error) {
	written := len(b)
	for len(b) > 0 {
		n := min(len(b), exportPieceSize-w.buffer.Len())
		w.buffer.Write(b[:n])
		b = b[n:]
		if w.buffer.Len() == exportPieceSize {
			if err := w.flush(); err != nil {
				return 0, err
			}
		}
	}
	return written, nil
}

// flush stores what is buffered as the next piece.
func (w *pieceWriter) flush() error {
	if w.buffer.Len() == 0 {
		return nil
	}
	err := w.store.WithTx(w.ctx, func(tx *store.Tx) error {
		// Asked for each piece: two attempts that write at the same time would mix their files.
		current, err := tx.WorkspaceExport.Query().Where(workspaceexport.ID(w.export.ID),
			workspaceexport.Attempt(w.export.Attempt)).Exist(w.ctx)
		if err != nil {
			return err
		}
		if !current {
			return errOvertaken
		}
		return tx.WorkspaceExportPiece.Create().SetWorkspaceID(w.export.WorkspaceID).
			SetExportID(w.export.ID).SetPosition(w.position).
			SetContent(w.seal(exportSeal, w.buffer.Bytes())).Exec(w.ctx)
	})
	if err != nil {
		return err
	}
	// After the commit, so that a failed piece is not counted.
	w.written += w.buffer.Len()
	w.position++
	w.buffer.Reset()
	return nil
}

// DownloadExport returns the file of an export for an administrator of the organization.
//
// Errors: those of RequireAuthenticated; NOT_FOUND for an export that does not exist or is of
// another organization; FORBIDDEN; CONFLICT until it is READY and after its lifetime.
func (s *Service) DownloadExport(ctx context.Context, by *access.Caller,
	id ident.ID) (_ *imports.Download, err error) {
	defer fault.Annotate(&err, "download export")

	if err := by.RequirePerson(); err != nil {
		return nil, err
	}
	ctx = asSystem(ctx)
	// Read as the system, because an administrator of the organization need not be a member of the
	// workspace.
	e, err := s.Store.WorkspaceExport.Query().Where(workspaceexport.ID(id)).
		WithWorkspace(func(q *ent.WorkspaceQuery) { q.WithOrganization() }).Only(ctx)
	if ent.IsNotFound(err) {
		return nil, fault.Missing()
	}
	if err != nil {
		return nil, err
	}
	w := e.Edges.Workspace
	if !admission.IsAdministrator(by, w.Edges.Organization) {
		// Security: FORBIDDEN would tell strangers that the export exists.
		if by.In(w.ID) == nil {
			return nil, fault.Missing()
		}
		return nil, fault.Denied()
	}
	// The sweep deletes the pieces later, hourly. The time decides, not the sweep.
	if end := ExpiresAt(e); end == nil || !end.After(s.Clock()) {
		return nil, fault.New(fault.Conflict, "workspace.export_not_ready")
	}
	return &imports.Download{Name: w.Slug + ".zip", Format: ZIP,
		Write: func(out io.Writer) error { return s.writePieces(ctx, out, e.ID) }}, nil
}

// writePieces writes the pieces of an export one after the other.
func (s *Service) writePieces(ctx context.Context, out io.Writer, export ident.ID) error {
	for position := 0; ; position++ {
		// One piece at a time, so that a slow client holds little memory and no transaction.
		piece, err := s.Store.WorkspaceExportPiece.Query().
			Where(workspaceexportpiece.ExportID(export),
				workspaceexportpiece.Position(position)).Only(ctx)
		if ent.IsNotFound(err) {
			return nil
		}
		if err != nil {
			return err
		}
		plain, err := s.Keys.Open(exportSeal, piece.Content)
		if err != nil {
			return err
		}
		if _, err := out.Write(plain); err != nil {
			return err
		}
	}
}
