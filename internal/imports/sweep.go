package imports

import (
	"context"
	"time"

	"usher/ent/importbatch"
	"usher/ent/importfile"
	"usher/ent/importrow"
	"usher/internal/fault"
	"usher/internal/invitation"
	"usher/internal/jobs"
	"usher/internal/store"
)

// The times of imports whose preview did not end.
const (
	// previewJobAfter is the delay of the job for a file that its own request previews. The request
	// has ended by then: its time limit is 10 s. The job has work only if the request was cut off.
	previewJobAfter = 15 * time.Second
	// previewStuckAfter is when the sweep gives an import that is still being previewed another
	// job.
	previewStuckAfter = 10 * time.Minute
	// maxFileAge is how long a sealed file is kept at most. It may hold passwords.
	maxFileAge = 24 * time.Hour
)

// SweepImports cleans up after imports, hourly. A stuck preview gets a new job. An import whose
// file was not read within maxFileAge fails. Files of imports that are not being previewed are
// deleted, and so are sealed passwords of ended imports.
func (s *Service) SweepImports(ctx context.Context) (err error) {
	defer fault.Annotate(&err, "sweep imports")

	ctx = store.AsSystem(ctx, "imports of all workspaces are swept")
	now := s.Clock()
	stuck, err := s.Store.ImportBatch.Query().Where(
		importbatch.StatusEQ(importbatch.StatusPreviewing),
		importbatch.CreatedAtLT(now.Add(-previewStuckAfter)),
	).Limit(invitation.SweepSize).All(ctx)
	if err != nil {
		return err
	}
	for _, b := range stuck {
		scoped := store.InWorkspace(store.DespiteArchive(ctx, "what is overdue ends"),
			b.WorkspaceID)
		// After a day the cause is not temporary, and the file must not stay.
		if b.CreatedAt.Before(now.Add(-maxFileAge)) {
			err = s.failImport(scoped, b, fault.New(fault.Unavailable, "import.not_read"))
		} else {
			// A second job is harmless: a preview starts again from the first row.
			err = s.Store.WithTx(scoped, func(tx *store.Tx) error {
				return s.Queue.Insert(scoped, tx,
					jobs.Job{Args: importJob{Import: b.ID, Preview: true}})
			})
		}
		if err != nil {
			return err
		}
	}
	return s.Store.WithTx(ctx, func(tx *store.Tx) error {
		_, err := tx.ImportFile.Delete().
			Where(importfile.HasImportWith(importbatch.StatusNEQ(importbatch.StatusPreviewing))).
			Exec(ctx)
		if err != nil {
			return err
		}
		ended := importbatch.StatusIn(importbatch.StatusCompleted, importbatch.StatusCancelled,
			importbatch.StatusFailed, importbatch.StatusUndone)
		return tx.ImportRow.Update().Where(importrow.SealedPasswordNotNil(),
			importrow.HasImportWith(ended)).
			ClearSealedPassword().Exec(ctx)
	})
}
