package imports

import (
	"context"
	"errors"
	"io"

	"usher/ent"
	"usher/ent/importbatch"
	"usher/ent/importfile"
	"usher/ent/importrow"
	"usher/ent/schema"
	"usher/internal/fault"
	"usher/internal/ident"
	files "usher/internal/importfile"
	"usher/internal/inputs"
	"usher/internal/mirror"
	"usher/internal/store"
)

// previewInline previews within a request. A file that cannot be read is refused, and its import
// is deleted.
func (s *Service) previewInline(ctx context.Context, workspace, id ident.ID) error {
	ctx = store.InWorkspace(ctx, workspace)
	b, err := s.Store.ImportBatch.Get(ctx, id)
	if err != nil {
		return err
	}
	err = s.previewFile(ctx, b)
	if _, refused := fault.Of(err); refused {
		gone := s.Store.WithTx(ctx, func(tx *store.Tx) error {
			return tx.ImportBatch.DeleteOneID(id).Exec(ctx)
		})
		return errors.Join(err, gone)
	}
	return err
}

// previewInJob previews in a job. The import of a file that cannot be read becomes FAILED, with
// the reason.
func (s *Service) previewInJob(ctx context.Context, b *ent.ImportBatch) error {
	err := s.previewFile(ctx, b)
	if f, refused := fault.Of(err); refused {
		return s.failImport(ctx, b, f)
	}
	return err
}

// failImport sets an import to FAILED with its reason and deletes its file.
func (s *Service) failImport(ctx context.Context, b *ent.ImportBatch, f *fault.Error) error {
	c := candidate{}
	c.rejectRow(f)
	return s.Store.WithTx(ctx, func(tx *store.Tx) error {
		if _, err := tx.ImportFile.Delete().Where(importfile.ImportID(b.ID)).Exec(ctx); err != nil {
			return err
		}
		// The rows before the one that cannot be read are never shown, and they may hold sealed
		// passwords.
		if len(b.Columns) == 0 {
			if _, err := tx.ImportRow.Delete().Where(importrow.ImportID(b.ID)).
				Exec(ctx); err != nil {
				return err
			}
		}
		return tx.ImportBatch.UpdateOneID(b.ID).SetStatus(importbatch.StatusFailed).
			SetFailure(f.Message.Key).SetFailureArgs(c.faults[0].Args).
			SetFinishedAt(s.Clock()).Exec(ctx)
	})
}

// previewFile reads the file and evaluates its rows. After a crash it starts again from the first
// row.
func (s *Service) previewFile(ctx context.Context, b *ent.ImportBatch) error {
	by, err := s.findStarter(ctx, b)
	if err != nil {
		return err
	}
	if by == nil {
		return fault.New(fault.Forbidden, "import.starter_gone")
	}
	// A job that runs again after a crash finds rows of its predecessor.
	if err := s.Store.WithTx(ctx, func(tx *store.Tx) error {
		_, err := tx.ImportRow.Delete().Where(importrow.ImportID(b.ID)).Exec(ctx)
		return err
	}); err != nil {
		return err
	}
	j, err := newRowEvaluator(ctx, s, s.Store.Client, b, by)
	if err != nil {
		return err
	}
	// Accounts in other organizations must not show in a preview.
	j.preview, j.presence = true, mirror.NewPresence()
	p := &filePieces{ctx: ctx, service: s, id: b.ID}
	size, err := p.fileSize()
	if err != nil {
		return err
	}
	fields, used := fileFields(j.directory.fields), b.Options.Choices
	var failed error
	r, err := files.Open(p, size, readOptions(b, fields,
		func(layout string) []schema.ImportChoice {
			used, failed = recallChoices(ctx, s.Store.Client, fields, layout)
			return used
		}))
	if err = errors.Join(failed, err); err != nil {
		return err
	}
	defer func() { _ = r.Close() }()
	if j.columns = r.Columns(); b.Options.Sync != nil {
		if err := requireSyncColumns(b.Options.Sync, j.columns); err != nil {
			return err
		}
	}
	t, err := s.previewReader(ctx, j, r)
	if err != nil {
		return err
	}
	if !s.Outbox.Sends() || b.Options.NoEmail {
		t.emails = 0 // without a mail server nothing goes out
	}
	options := b.Options
	options.Choices = rememberedChoices(used, r.Columns())
	return s.Store.WithTx(ctx, func(tx *store.Tx) error {
		if _, err := tx.ImportFile.Delete().Where(importfile.ImportID(b.ID)).Exec(ctx); err != nil {
			return err
		}
		// A table that grew by thousands of rows has outdated statistics, and the worker's queries
		// would be planned for a small one.
		if t.rows > maxRowsPerChunk {
			if err := tx.Analyze(ctx, importrow.Table); err != nil {
				return err
			}
		}
		return t.setCounts(tx.ImportBatch.UpdateOneID(b.ID)).SetStatus(importbatch.StatusPreviewed).
			SetNillableLayout(hashLayout(r.Layout())).SetOptions(options).
			SetTotalRows(t.rows).SetEmailsToSend(t.emails).
			SetColumns(storeColumns(r.Columns())).SetDelimiter(string(r.Delimiter())).
			SetReading(storedReading(r.Reading())).Exec(ctx)
	})
}

// previewReader evaluates the rows of a file, and those of members whom a mirrored file does not hold,
// and counts them. BAD_USER_INPUT for a file without rows.
func (s *Service) previewReader(ctx context.Context, j *rowEvaluator,
	r *files.Reader) (t outcomeCounts, err error) {
	last := 0
	for more := true; more; {
		var rows []*candidate
		for more && len(rows) < maxRowsPerChunk {
			row, err := r.Next()
			if errors.Is(err, io.EOF) {
				more = false
				break
			}
			if err != nil {
				return t, err
			}
			// Rows of a request count from 1; the header of their file is nobody's row.
			if t.rows++; j.batch.Source == importbatch.SourceRows {
				row.Number = t.rows
			}
			last = row.Number
			c := j.readRow(row)
			// Noted before the evaluation, which a row in error does not reach.
			j.presence.NoteRow(c.ExternalID, c.Key, c.UsernameKey)
			rows = append(rows, c)
		}
		if err := s.previewRows(ctx, j, rows, &t); err != nil {
			return t, err
		}
	}
	// A header alone is no import, and a mirror of it would end everybody.
	if t.rows == 0 {
		return t, fault.Input("file", "import.no_rows")
	}
	err = s.previewAbsent(ctx, j, last, &t)
	return t, err
}

// previewAbsent adds a row for each member whom a mirrored file does not hold, behind the rows of the
// file, and works out how many people may leave without a confirmation.
func (s *Service) previewAbsent(ctx context.Context, j *rowEvaluator, last int,
	counts *outcomeCounts) (err error) {
	sync := j.batch.Options.Sync
	if sync == nil {
		return nil
	}
	// Before the rows: what this import deactivates is not yet deactivated.
	if sync.LeaverLimit, err = j.presence.LeaverLimit(ctx, s.Store.Client, sync); err != nil ||
		!sync.Mirror {
		return err
	}
	return j.presence.ForEachAbsent(ctx, s.Store.Client, sync.Source,
		func(members []*ent.Member) error {
			rows := j.absentRows(members, last)
			last += len(rows)
			counts.rows += len(rows)
			return s.previewRows(ctx, j, rows, counts)
		})
}

// previewRows evaluates some rows and stores them. It writes nothing else.
func (s *Service) previewRows(ctx context.Context, evaluator *rowEvaluator, rows []*candidate,
	counts *outcomeCounts) error {
	// Outside the transaction: a second attempt would find the rows of the first and reject them as
	// duplicates of themselves.
	for _, c := range rows {
		if !c.absent {
			evaluator.refuseDuplicate(c)
		}
	}
	var evaluated *rowEvaluator
	var outcomes []*candidate
	err := s.Store.WithTx(ctx, func(tx *store.Tx) error {
		evaluator, rows := evaluator.forAttempt(rows)
		evaluated, outcomes = evaluator, rows
		if err := tx.ManyRows(ctx); err != nil {
			return err
		}
		if _, err := evaluator.evaluateRows(ctx, tx, rows); err != nil {
			return err
		}
		all := store.Bulk{Table: importrow.Table, Columns: []string{
			"id", "workspace_id", "import_id", "number", "email", "email_key", "name", "username",
			"cells", "sealed_password", "outcome", "errors", "done", "member_id", "absent",
		}}
		for _, c := range rows {
			// A row in error is shown and returned, so nothing in it may be a password.
			if c.outcome == RowError {
				evaluator.hideSuspects(c)
			}
			sealed, err := s.sealHidden(evaluator, c)
			if err != nil {
				return err
			}
			var who *ident.ID
			if c.member != nil {
				who = &c.member.ID
			}
			all.Add(ident.New(ident.ImportRow), evaluator.workspace.ID, evaluator.batch.ID, c.number,
				inputs.NilIfEmpty(c.typedEmail), inputs.NilIfEmpty(c.Key),
				inputs.NilIfEmpty(c.fullName()),
				inputs.NilIfEmpty(c.generatedUsername),
				append([]string{}, c.row.Cells...), sealed, string(c.outcome), c.faults, false, who, c.absent)
		}
		return tx.Insert(ctx, &all)
	})
	if err != nil {
		return err
	}
	// Only a committed attempt counts for the next chunk.
	*evaluator = *evaluated
	for _, c := range outcomes {
		counts.addRow(c)
	}
	return nil
}

// outcomeCounts counts rows by outcome.
type outcomeCounts struct {
	rows, emails int
	byOutcome    map[RowOutcome]int
}

// addRow counts a row for the preview, and the email that it would queue: an invitation, or the
// welcome email of an account with an address.
func (t *outcomeCounts) addRow(c *candidate) {
	if t.byOutcome == nil {
		t.byOutcome = map[RowOutcome]int{}
	}
	t.byOutcome[c.outcome]++
	if c.outcome == RowInvite || c.outcome == RowCreate && c.Key != "" ||
		c.outcome == RowReactivate && c.member.EmailKey != "" {
		t.emails++
	}
}

func (t *outcomeCounts) setCounts(u *ent.ImportBatchUpdateOne) *ent.ImportBatchUpdateOne {
	return u.SetInviteCount(t.byOutcome[RowInvite]).SetCreateCount(t.byOutcome[RowCreate]).
		SetUpdateCount(t.byOutcome[RowUpdate]).
		SetUnchangedCount(t.byOutcome[RowUnchanged]).SetErrorCount(t.byOutcome[RowError]).
		SetDeactivateCount(t.byOutcome[RowDeactivate]).
		SetReactivateCount(t.byOutcome[RowReactivate])
}
