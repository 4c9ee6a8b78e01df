package imports

import (
	"context"
	"slices"
	"time"

	"usher/ent"
	"usher/ent/importbatch"
	"usher/ent/importrow"
	"usher/ent/schema"
	"usher/internal/access"
	"usher/internal/admission"
	"usher/internal/audit"
	"usher/internal/fault"
	"usher/internal/ident"
	files "usher/internal/importfile"
	"usher/internal/jobs"
	"usher/internal/store"
)

// StartInput says when and how fast the emails of an import are sent (BAT-8).
type StartInput struct {
	ID              ident.ID
	EmailAt         *time.Time
	EmailsPerMinute *int
	// ConfirmedLeavers is the previewed number of people whom a sync deactivates, if they are more
	// than its limit.
	ConfirmedLeavers *int
}

// StartImport starts a previewed import. The caller becomes its grantor (ADM-9): its rows are
// evaluated again with the grantor's permissions when they run. CONFLICT unless PREVIEWED, and at
// confirmedLeavers for a sync that deactivates more people than its limit.
func (s *Service) StartImport(ctx context.Context, by *access.Caller,
	in StartInput) (_ *ent.ImportBatch, err error) {
	defer fault.Annotate(&err, "start import")

	if in.EmailsPerMinute != nil && *in.EmailsPerMinute < 1 {
		return nil, fault.Input("emailsPerMinute", "import.emails_per_minute")
	}
	return s.changeStatus(ctx, by, in.ID, audit.ImportStarted,
		func(b *ent.ImportBatch, u *ent.ImportBatchUpdateOne) error {
			if b.Status != importbatch.StatusPreviewed {
				return refuseStatus(b)
			}
			if err := requireConfirmed(b, in.ConfirmedLeavers); err != nil {
				return err
			}
			u.SetStatus(importbatch.StatusRunning).SetStartedAt(s.Clock()).
				SetNillableEmailAt(in.EmailAt).
				SetNillableEmailsPerMinute(in.EmailsPerMinute)
			// Of member and key one is set. The other is cleared, because the import may have been
			// uploaded by it.
			if m := by.In(b.WorkspaceID); m.MemberID.IsZero() {
				u.ClearStartedBy().SetGrantorKeyID(by.KeyID)
			} else {
				u.ClearGrantorKey().SetStartedByID(m.MemberID)
			}
			return nil
		})
}

// PauseImport stops an import before its next rows. CONFLICT unless RUNNING.
func (s *Service) PauseImport(ctx context.Context, by *access.Caller,
	id ident.ID) (_ *ent.ImportBatch, err error) {
	defer fault.Annotate(&err, "pause import")

	return s.changeStatus(ctx, by, id, audit.ImportPaused,
		func(b *ent.ImportBatch, u *ent.ImportBatchUpdateOne) error {
			if b.Status != importbatch.StatusRunning {
				return refuseStatus(b)
			}
			u.SetStatus(importbatch.StatusPaused)
			return nil
		})
}

// ResumeImport continues a paused import. CONFLICT unless PAUSED.
func (s *Service) ResumeImport(ctx context.Context, by *access.Caller,
	id ident.ID) (_ *ent.ImportBatch, err error) {
	defer fault.Annotate(&err, "resume import")

	return s.changeStatus(ctx, by, id, audit.ImportResumed,
		func(b *ent.ImportBatch, u *ent.ImportBatchUpdateOne) error {
			if b.Status != importbatch.StatusPaused {
				return refuseStatus(b)
			}
			u.SetStatus(importbatch.StatusRunning)
			return nil
		})
}

// CancelImport stops an import permanently. Rows that are done stay done. Queued emails are still
// sent, since their recipients are invited. CONFLICT if the import has ended.
func (s *Service) CancelImport(ctx context.Context, by *access.Caller,
	id ident.ID) (_ *ent.ImportBatch, err error) {
	defer fault.Annotate(&err, "cancel import")

	return s.changeStatus(ctx, by, id, audit.ImportCancelled,
		func(b *ent.ImportBatch, u *ent.ImportBatchUpdateOne) error {
			switch b.Status {
			case importbatch.StatusPreviewing, importbatch.StatusPreviewed,
				importbatch.StatusScheduled,
				importbatch.StatusRunning, importbatch.StatusPaused:
				u.SetStatus(importbatch.StatusCancelled).SetFinishedAt(s.Clock())
				return nil
			}
			return refuseStatus(b)
		})
}

// changeStatus changes the status of an import under its lock. A worker that is writing rows finds
// the new status at the end of its transaction, and rolls it back.
func (s *Service) changeStatus(ctx context.Context, by *access.Caller, id ident.ID,
	what audit.Action, change func(*ent.ImportBatch, *ent.ImportBatchUpdateOne) error) (
	*ent.ImportBatch, error) {
	b, err := s.ownImport(ctx, by, id)
	if err != nil {
		return nil, err
	}

	ctx = store.InWorkspace(ctx, b.WorkspaceID)
	err = s.Store.Retry(ctx, func(tx *store.Tx) error {
		// The status decides behind the lock: another request may have changed it.
		b, err := lockImport(ctx, tx, id)
		if err != nil {
			return err
		}
		update := tx.ImportBatch.UpdateOne(b).SetUpdatedAt(s.Clock())
		if err := change(b, update); err != nil {
			return err
		}
		now, err := update.Save(ctx)
		if err != nil {
			return err
		}
		// A cancelled import runs no more rows, so their sealed passwords have no use.
		if now.Status == importbatch.StatusCancelled {
			if err := tx.ImportRow.Update().Where(importrow.ImportID(id),
				importrow.SealedPasswordNotNil()).ClearSealedPassword().Exec(ctx); err != nil {
				return err
			}
		}
		if err := audit.Record(ctx, tx, s.Clock(), audit.Event{WorkspaceID: b.WorkspaceID,
			Action: what, EntryPoint: admission.EntryPointImport, By: by,
			SubjectID: id}); err != nil {
			return err
		}
		if now.Status != importbatch.StatusRunning {
			return nil
		}
		return s.Queue.Insert(ctx, tx, jobs.Job{Args: importJob{Import: id}})
	})
	if err != nil {
		// Only a running import has work for a job.
		return nil, err
	}
	return s.Store.ImportBatch.Get(ctx, id)
}

// ownImport loads an import for a caller who may start, pause, resume, cancel or undo it: its
// starter, or a caller who could give everything that it gives. Others get FORBIDDEN.
func (s *Service) ownImport(ctx context.Context, by *access.Caller,
	id ident.ID) (*ent.ImportBatch, error) {
	b, err := s.readableImport(ctx, by, id)
	if err != nil {
		return nil, err
	}
	// The starter is checked again for each row when it runs, so this is enough.
	if importStarter(b).Equals(asGrantor(by, b.WorkspaceID)) {
		return b, nil
	}
	return b, s.requireImportAuthority(store.InWorkspace(ctx, b.WorkspaceID), by, b)
}

// importStarter returns the grantor of an import.
func importStarter(b *ent.ImportBatch) admission.Grantor {
	return admission.Grantor{Member: b.StartedByID, Key: b.GrantorKeyID}
}

// asGrantor returns a caller as a grantor.
func asGrantor(by *access.Caller, workspace ident.ID) admission.Grantor {
	if m := by.In(workspace); m != nil && !m.MemberID.IsZero() {
		return admission.Grantor{Member: &m.MemberID}
	}
	return admission.Grantor{Key: &by.KeyID}
}

// requireImportAuthority refuses a caller who could not give what an import gives, in all its rows
// that are not in error (ADM-6). The rows are read by the code of the import itself; each
// combination of places and roles is checked once.
func (s *Service) requireImportAuthority(ctx context.Context, by *access.Caller,
	b *ent.ImportBatch) error {
	j, err := newRowEvaluator(ctx, s, s.Store.Client, b, by)
	if err != nil {
		return err
	}
	requireGrant := func(row files.Row) error {
		// A candidate of its own for each row: only the faults of the grant are of interest here.
		c := &candidate{}
		j.readGrant(c, row)
		if slices.ContainsFunc(c.faults, func(f schema.RowError) bool {
			return f.Code == string(fault.Forbidden)
		}) {
			return fault.New(fault.Forbidden, "import.not_whole")
		}
		return nil
	}
	// The grant of the import itself, which rows without places of their own get.
	if err := requireGrant(files.Row{}); err != nil {
		return err
	}
	columns := restoreColumns(b.Columns)
	for last := 0; ; {
		rows, err := s.Store.ImportRow.Query().
			Where(importrow.ImportID(b.ID), importrow.NumberGT(last),
				importrow.OutcomeNEQ(importrow.OutcomeError), importrow.Absent(false)).
			Order(ent.Asc(importrow.FieldNumber)).Limit(rowsPerPage).
			Select(importrow.FieldNumber, importrow.FieldCells).All(ctx)
		if len(rows) == 0 || err != nil {
			return err
		}
		for _, r := range rows {
			last = r.Number
			if err := requireGrant(files.Parse(columns, r.Number, r.Cells, nil)); err != nil {
				return err
			}
		}
	}
}

// readableImport loads an import for a caller who may read it. NOT_FOUND if the caller does not
// see it.
func (s *Service) readableImport(ctx context.Context, by *access.Caller,
	id ident.ID) (*ent.ImportBatch, error) {
	if err := by.RequireAuthenticated(); err != nil {
		return nil, err
	}
	b, err := s.Store.ImportBatch.Get(store.AsCaller(ctx, by), id)
	if ent.IsNotFound(err) {
		return nil, fault.Missing()
	}
	if err != nil {
		return nil, err
	}
	_, err = requireImporter(by, b.WorkspaceID)
	return b, err
}

// lockImport loads an import and locks it until the transaction ends.
func lockImport(ctx context.Context, tx *store.Tx, id ident.ID) (*ent.ImportBatch, error) {
	q := tx.ImportBatch.Query().Where(importbatch.ID(id))
	if tx.Locks() {
		q.ForUpdate()
	}
	b, err := q.Only(ctx)
	if ent.IsNotFound(err) {
		return nil, fault.Missing()
	}
	return b, err
}

// refuseStatus returns CONFLICT with a message for the import's status.
func refuseStatus(b *ent.ImportBatch) error {
	return fault.New(fault.Conflict, map[importbatch.Status]string{
		importbatch.StatusPreviewing: "import.is_previewing",
		importbatch.StatusPreviewed:  "import.is_previewed",
		importbatch.StatusScheduled:  "import.is_running",
		importbatch.StatusRunning:    "import.is_running",
		importbatch.StatusPaused:     "import.is_paused",
		importbatch.StatusCompleted:  "import.is_completed",
		importbatch.StatusCancelled:  "import.is_cancelled",
		importbatch.StatusFailed:     "import.is_failed",
		importbatch.StatusUndone:     "import.is_undone",
	}[b.Status])
}
