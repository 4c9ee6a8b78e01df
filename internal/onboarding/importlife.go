package onboarding

import (
	"context"
	"time"

	"usher/ent"
	"usher/ent/importbatch"
	"usher/ent/importrow"
	"usher/internal/access"
	"usher/internal/audit"
	"usher/internal/fault"
	"usher/internal/ident"
	"usher/internal/jobs"
	"usher/internal/store"
)

// StartInput says when and how fast the mails of an import go out (BAT-8).
type StartInput struct {
	ID             ident.ID
	MailAt         *time.Time
	MailsPerMinute *int
}

// StartImport starts exactly what was previewed.
func (s *Service) StartImport(ctx context.Context, by *access.Caller, in StartInput) (*ent.ImportBatch, error) {
	if in.MailsPerMinute != nil && *in.MailsPerMinute < 1 {
		return nil, fault.Input("mailsPerMinute", "import.mails_per_minute")
	}
	return s.turn(ctx, by, in.ID, audit.ImportStarted, func(b *ent.ImportBatch, u *ent.ImportBatchUpdateOne) error {
		if b.Status != importbatch.StatusPreviewed {
			return notNow(b)
		}
		u.SetStatus(importbatch.StatusRunning).SetStartedAt(s.Clock()).SetNillableMailAt(in.MailAt).SetNillableMailsPerMinute(in.MailsPerMinute)
		return nil
	})
}

// PauseImport holds an import at the next row.
func (s *Service) PauseImport(ctx context.Context, by *access.Caller, i ident.ID) (*ent.ImportBatch, error) {
	return s.turn(ctx, by, i, audit.ImportPaused, func(b *ent.ImportBatch, u *ent.ImportBatchUpdateOne) error {
		if b.Status != importbatch.StatusRunning {
			return notNow(b)
		}
		u.SetStatus(importbatch.StatusPaused)
		return nil
	})
}

// ResumeImport goes on with a paused import.
func (s *Service) ResumeImport(ctx context.Context, by *access.Caller, i ident.ID) (*ent.ImportBatch, error) {
	return s.turn(ctx, by, i, audit.ImportResumed, func(b *ent.ImportBatch, u *ent.ImportBatchUpdateOne) error {
		if b.Status != importbatch.StatusPaused {
			return notNow(b)
		}
		u.SetStatus(importbatch.StatusRunning)
		return nil
	})
}

// CancelImport stops an import for good. What was done stays; mails that have not left yet go out all the same, since those
// they are for are invited.
func (s *Service) CancelImport(ctx context.Context, by *access.Caller, i ident.ID) (*ent.ImportBatch, error) {
	return s.turn(ctx, by, i, audit.ImportCancelled, func(b *ent.ImportBatch, u *ent.ImportBatchUpdateOne) error {
		switch b.Status {
		case importbatch.StatusPreviewing, importbatch.StatusPreviewed, importbatch.StatusScheduled, importbatch.StatusRunning, importbatch.StatusPaused:
			u.SetStatus(importbatch.StatusCancelled).SetFinishedAt(s.Clock())
			return nil
		}
		return notNow(b)
	})
}

// turn changes how an import stands, behind its lock. A worker in the midst of rows finds at their end that it has changed, and
// takes them back.
func (s *Service) turn(ctx context.Context, by *access.Caller, i ident.ID, what audit.Action, change func(*ent.ImportBatch, *ent.ImportBatchUpdateOne) error) (*ent.ImportBatch, error) {
	b, err := s.ownImport(ctx, by, i)
	if err != nil {
		return nil, err
	}

	ctx = store.InWorkspace(ctx, b.WorkspaceID)
	err = s.Store.Retry(ctx, func(tx *store.Tx) error {
		b, err := lockImport(ctx, tx, i)
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
		if now.Status == importbatch.StatusCancelled { // passwords do not outlive their row's outcome
			if err := tx.ImportRow.Update().Where(importrow.ImportID(i), importrow.SealedPasswordNotNil()).ClearSealedPassword().Exec(ctx); err != nil {
				return err
			}
		}
		if err := audit.Record(ctx, tx, s.Clock(), audit.Event{WorkspaceID: b.WorkspaceID, Action: what, Door: doorImport, By: by, SubjectID: i}); err != nil {
			return err
		}
		if now.Status != importbatch.StatusRunning {
			return nil
		}
		return s.Queue.Insert(ctx, tx, jobs.Job{Args: working{i}})
	})
	if err != nil {
		return nil, err
	}
	return s.Store.ImportBatch.Get(ctx, i)
}

// ownImport loads an import for who may run it.
func (s *Service) ownImport(ctx context.Context, by *access.Caller, i ident.ID) (*ent.ImportBatch, error) {
	if by.Anonymous() {
		return nil, fault.New(fault.Unauthenticated, "fault.unauthenticated")
	}
	b, err := s.Store.ImportBatch.Get(store.AsCaller(ctx, by), i)
	if ent.IsNotFound(err) {
		return nil, fault.Missing()
	}
	if err != nil {
		return nil, err
	}
	_, err = importer(by, b.WorkspaceID)
	return b, err
}

func lockImport(ctx context.Context, tx *store.Tx, i ident.ID) (*ent.ImportBatch, error) {
	q := tx.ImportBatch.Query().Where(importbatch.ID(i))
	if tx.Locks() {
		q.ForUpdate()
	}
	b, err := q.Only(ctx)
	if ent.IsNotFound(err) {
		return nil, fault.Missing()
	}
	return b, err
}

// notNow refuses what the state of an import does not allow.
func notNow(b *ent.ImportBatch) error {
	return fault.New(fault.Conflict, map[importbatch.Status]string{
		importbatch.StatusPreviewing: "import.is_previewing", importbatch.StatusPreviewed: "import.is_previewed",
		importbatch.StatusScheduled: "import.is_running", importbatch.StatusRunning: "import.is_running", importbatch.StatusPaused: "import.is_paused",
		importbatch.StatusCompleted: "import.is_completed", importbatch.StatusCancelled: "import.is_cancelled",
		importbatch.StatusFailed: "import.is_failed", importbatch.StatusUndone: "import.is_undone",
	}[b.Status])
}
