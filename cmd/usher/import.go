package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"time"

	"usher/ent"
	"usher/ent/importbatch"
	"usher/internal/access"
	"usher/internal/app"
	"usher/internal/config"
	"usher/internal/i18n"
	"usher/internal/imports"
	"usher/internal/inputs"
	"usher/internal/store"
)

// importCmd runs an import in the terminal, with the permissions of a member. It is the same import
// as in the console, which shows it too.
type importCmd struct {
	config.Config `group:"settings"`
	actor
	File     string `arg:"" help:"CSV, TSV or XLSX file."`
	Action   string `default:"invite" enum:"invite,create" help:"What to do with new people: invite or create."`
	Existing string `default:"skip" enum:"skip,fill,update" help:"What to do with existing members: skip, fill empty fields, or update."`
	NoHeader bool   `help:"The file has no header: read every row as a person, in the default order of columns."`
	// mapsep none: a header may hold a semicolon.
	Map             map[string]string `mapsep:"none" placeholder:"HEADER=COLUMN" help:"What a column of the file holds, as --map 'Courriel=email'; by header or letter. Empty to leave it out: --map 'Notes='. Repeatable."`
	IgnoreUnknown   bool              `help:"Leave out columns that are not known, instead of refusing the file."`
	MonthFirst      bool              `help:"Dates such as 3/4/2026 begin with the month."`
	Message         string            `placeholder:"TEXT" help:"Personal message for the invitation emails."`
	NoEmail         bool              `help:"Send no invitations, welcomes or credentials by email."`
	EmailAt         *time.Time        `placeholder:"TIME" help:"When emails are sent, as 2026-12-31T08:00:00Z; immediately by default."`
	EmailsPerMinute *int              `placeholder:"N" help:"Maximum number of emails per minute; unlimited by default."`
	Yes             bool              `help:"Start without asking."`
	DryRun          bool              `help:"Only preview, and do nothing."`
	Report          string            `placeholder:"FILE" help:"Write the outcome of each row to this file, as CSV."`
	Rejected        string            `placeholder:"FILE" help:"Write the rejected rows to this file, to correct and import again. Rejected rows do not make the command fail."`
	Lang            string            `default:"en" enum:"en,fr" help:"Language of the files and of messages about rows."`
	NoWorker        bool              `help:"Only watch; a running server or worker does the work."`

	sync *imports.SyncInput // set by the command sync
}

// Values of the flags --action and --existing as values of the verbs.
var (
	importActions = map[string]importbatch.Action{"invite": importbatch.ActionInvite,
		"create": importbatch.ActionCreate}
	existingRules = map[string]importbatch.Existing{
		"skip": importbatch.ExistingSkip, "fill": importbatch.ExistingFillEmpty,
		"update": importbatch.ExistingUpdate,
	}
)

// Run imports a file through the verbs of the API: preview, start, wait, report.
func (c *importCmd) Run(ctx context.Context) error {
	return withApp(ctx, &c.Config, func(a *app.App) error {
		return withWorker(ctx, a, !c.NoWorker, func() error {
			return newImportRun(c, a).runImport(ctx)
		})
	})
}

// newImportRun returns a run that talks to the terminal.
func newImportRun(c *importCmd, a *app.App) *importRun {
	return &importRun{importCmd: c, App: a, in: os.Stdin, out: os.Stdout,
		bar: progressBar{to: os.Stderr, isTerminal: isTerminal(os.Stderr)}}
}

// withWorker runs a function while this process works the queue, if works says so. Without a running
// server nobody else would do the work.
func withWorker(ctx context.Context, a *app.App, works bool, do func() error) (err error) {
	if !works {
		return do()
	}
	if err := a.Queue.Start(ctx); err != nil {
		return err
	}
	defer func() {
		// Running jobs finish. Queued emails stay for the next worker.
		drain, cancel := context.WithTimeout(context.WithoutCancel(ctx), 25*time.Second)
		defer cancel()
		// Joining nil keeps the exit code of err.
		if stopped := a.Queue.Stop(drain); stopped != nil {
			err = errors.Join(err, stopped)
		}
	}()
	return do()
}

// importRun is one run of the command.
type importRun struct {
	*importCmd
	*app.App
	by  *access.Caller
	in  io.Reader
	out io.Writer
	bar progressBar
}

// runImport previews the file, asks, starts the import and waits for its end. A refusal at the
// prompt cancels the import; so does the end of the input, which is an error.
func (r *importRun) runImport(ctx context.Context) error {
	batch, err := r.previewFile(ctx)
	if err != nil {
		return err
	}
	// Shown also with --yes, so that the log of a script tells what was started.
	if err := r.printPreview(ctx, batch); err != nil {
		return err
	}
	starts, err := r.decideStart(batch)
	if !starts {
		return errors.Join(r.abandonImport(ctx, batch), err)
	}
	in := imports.StartInput{ID: batch.ID, EmailAt: r.EmailAt, EmailsPerMinute: r.EmailsPerMinute}
	if _, err := r.Imports.StartImport(ctx, r.by, in); err != nil {
		return err
	}
	if batch, err = r.awaitImport(ctx, batch, importbatch.StatusRunning, importbatch.StatusScheduled,
		importbatch.StatusPaused); err != nil {
		return err
	}
	r.printResult(batch)
	return r.writeFiles(ctx, batch)
}

// abandonImport cancels an import that was only previewed. It has existed since the upload.
func (r *importRun) abandonImport(ctx context.Context, batch *ent.ImportBatch) error {
	if _, err := r.Imports.CancelImport(ctx, r.by, batch.ID); err != nil {
		return err
	}
	fmt.Fprintln(r.out, "nothing was done")
	return r.writeFiles(ctx, batch)
}

// previewFile uploads the file as the member that --as names and waits for the preview.
func (r *importRun) previewFile(ctx context.Context) (*ent.ImportBatch, error) {
	by, w, err := r.resolveActor(ctx, r.App)
	if err != nil {
		return nil, err
	}
	r.by = by
	f, err := os.Open(r.File)
	if err != nil {
		return nil, err
	}
	defer func() { _ = f.Close() }()
	// The size is checked before the file is read into the database.
	info, err := f.Stat()
	if err != nil {
		return nil, err
	}
	in := imports.ImportInput{
		WorkspaceID: w, Source: importbatch.SourceFile, FileName: filepath.Base(r.File), Content: f,
		Size:   info.Size(),
		Action: importActions[r.Action], Existing: existingRules[r.Existing],
	}
	if r.NoHeader {
		in.Header = importbatch.HeaderNone
	}
	emails := !r.NoEmail
	in.Options = imports.OptionsInput{IgnoreUnknown: r.IgnoreUnknown, SendEmail: &emails,
		Message: inputs.NilIfEmpty(r.Message), Columns: r.chosenColumns(), Sync: r.sync}
	if r.MonthFirst {
		in.Options.DateOrder = imports.MonthFirst
	}
	batch, err := r.Imports.CreateImport(ctx, r.by, in)
	if err != nil {
		return nil, err
	}
	return r.awaitImport(ctx, batch, importbatch.StatusPreviewing)
}

// chosenColumns returns the columns of --map, in the order of their headers.
func (c *importCmd) chosenColumns() []*imports.ColumnInput {
	var columns []*imports.ColumnInput
	for _, header := range slices.Sorted(maps.Keys(c.Map)) {
		columns = append(columns,
			&imports.ColumnInput{Column: header, Name: inputs.NilIfEmpty(c.Map[header])})
	}
	return columns
}

// pollInterval is the time between two reads of a running import.
const pollInterval = 200 * time.Millisecond

// awaitImport shows the progress of an import until it leaves the given states. It returns an error
// when the import fails.
func (r *importRun) awaitImport(ctx context.Context, batch *ent.ImportBatch,
	while ...importbatch.Status) (*ent.ImportBatch, error) {
	defer r.bar.endLine()
	for {
		now, err := r.Store.ImportBatch.Get(store.InWorkspace(ctx, batch.WorkspaceID), batch.ID)
		if err != nil {
			return nil, r.interruptedError(ctx, batch, err)
		}
		r.bar.showProgress(now)
		switch {
		case now.Status == importbatch.StatusFailed:
			return nil, errors.New(imports.Failure(now).In(i18n.Locale(r.Lang)))
		case !slices.Contains(while, now.Status):
			return now, nil
		}
		select {
		// The import continues without this command, so an interruption is no failure of it.
		case <-ctx.Done():
			return nil, r.interruptedError(ctx, batch, ctx.Err())
		case <-time.After(pollInterval):
		}
	}
}

// interruptedError explains that the import continues without this command. It returns err unless
// ctx has ended.
func (r *importRun) interruptedError(ctx context.Context, batch *ent.ImportBatch, err error) error {
	if ctx.Err() == nil {
		return err
	}
	return fmt.Errorf(
		"interrupted; the import %s continues on any running server or worker until it is cancelled",
		batch.ID)
}
