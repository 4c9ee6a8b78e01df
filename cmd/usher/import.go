package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"time"

	"usher/ent"
	"usher/ent/importbatch"
	"usher/ent/user"
	"usher/internal/access"
	"usher/internal/address"
	"usher/internal/app"
	"usher/internal/config"
	"usher/internal/i18n"
	"usher/internal/imports"
	"usher/internal/store"
)

type importCmd struct {
	config.Config
	File           string     `arg:"" help:"CSV, TSV or XLSX file."`
	Workspace      string     `required:"" help:"Slug or id of the workspace."`
	As             string     `required:"" placeholder:"EMAIL" help:"Address of the member that the import runs as, with their permissions."`
	Action         string     `default:"invite" enum:"invite,create" help:"What to do with new people: invite or create."`
	Existing       string     `default:"skip" enum:"skip,fill,update" help:"What to do with existing members: skip, fill empty fields, or update."`
	NoHeader       bool       `help:"The file has no header: read every row as a person, in the default order of columns."`
	MailAt         *time.Time `placeholder:"TIME" help:"When emails are sent, as 2026-12-31T08:00:00Z; immediately by default."`
	MailsPerMinute *int       `placeholder:"N" help:"Maximum number of emails per minute; unlimited by default."`
	Yes            bool       `help:"Start without asking."`
	Report         string     `placeholder:"FILE" help:"Write the outcome of each row to this file, as CSV."`
	Rejected       string     `placeholder:"FILE" help:"Write the rejected rows to this file, to correct and import again. Rejected rows do not make the command fail."`
	Lang           string     `default:"en" enum:"en,fr" help:"Language of the files and of messages about rows."`
	NoWorker       bool       `help:"Only watch; a running server or worker does the work."`
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
	return withApp(ctx, &c.Config, func(a *app.App) (err error) {
		// Without a running server nobody else would do the work.
		if !c.NoWorker {
			if err := a.Queue.Start(ctx); err != nil {
				return err
			}
			defer func() {
				// Running jobs finish. Queued emails stay for the next worker.
				drain, cancel := context.WithTimeout(context.WithoutCancel(ctx), 25*time.Second)
				defer cancel()
				err = errors.Join(err, a.Queue.Stop(drain))
			}()
		}
		return (&importRun{importCmd: c, App: a, in: os.Stdin, out: os.Stdout,
			bar: progressBar{to: os.Stderr, isTerminal: isTerminal(os.Stderr)}}).runImport(ctx)
	})
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

func (r *importRun) runImport(ctx context.Context) error {
	b, err := r.previewFile(ctx)
	if err != nil {
		return err
	}
	// Shown also with --yes, so that the log of a script tells what was started.
	if err := r.printPreview(ctx, b); err != nil {
		return err
	}
	// The import exists since the upload, so a refusal must cancel it.
	if !r.Yes && !r.confirmStart() {
		if _, err := r.Imports.CancelImport(ctx, r.by, b.ID); err != nil {
			return err
		}
		fmt.Fprintln(r.out, "nothing was done")
		return r.writeFiles(ctx, b)
	}
	in := imports.StartInput{ID: b.ID, MailAt: r.MailAt, MailsPerMinute: r.MailsPerMinute}
	if _, err := r.Imports.StartImport(ctx, r.by, in); err != nil {
		return err
	}
	if b, err = r.awaitImport(ctx, b, importbatch.StatusRunning, importbatch.StatusScheduled,
		importbatch.StatusPaused); err != nil {
		return err
	}
	r.printResult(b)
	return r.writeFiles(ctx, b)
}

// previewFile uploads the file as the member that --as names and waits for the preview.
func (r *importRun) previewFile(ctx context.Context) (*ent.ImportBatch, error) {
	to, err := address.Parse(r.As)
	if err != nil {
		return nil, err
	}
	system := store.AsSystem(ctx, "the operator imports in a member's name from the command line")
	who, err := r.Store.User.Query().Where(user.EmailKey(to.Key)).OnlyID(system)
	if err != nil {
		return nil, fmt.Errorf("no account has the address %s", to.Display)
	}
	// Security: the import has the permissions of the member that it runs as, although an operator
	// could write to the database directly.
	if r.by, err = r.Accounts.CallerByUserID(ctx, who); err != nil {
		return nil, err
	}
	w, err := r.Imports.FindWorkspace(ctx, r.by, r.Workspace)
	if err != nil {
		return nil, fmt.Errorf("%s is in no workspace %s: %w", to.Display, r.Workspace, err)
	}
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
	b, err := r.Imports.CreateImport(ctx, r.by, in)
	if err != nil {
		return nil, err
	}
	return r.awaitImport(ctx, b, importbatch.StatusPreviewing)
}

// pollInterval is the time between two reads of a running import.
const pollInterval = 200 * time.Millisecond

// awaitImport shows the progress of an import until it leaves the given states. It returns an error
// when the import fails.
func (r *importRun) awaitImport(ctx context.Context, b *ent.ImportBatch,
	while ...importbatch.Status) (*ent.ImportBatch, error) {
	defer r.bar.endLine()
	for {
		now, err := r.Store.ImportBatch.Get(store.InWorkspace(ctx, b.WorkspaceID), b.ID)
		if err != nil {
			return nil, r.interruptedError(ctx, b, err)
		}
		r.bar.showProgress(now)
		switch {
		case now.Status == importbatch.StatusFailed:
			return nil, errors.New(imports.Failure(now).In(i18n.Locale(r.Lang)))
		case !slices.Contains(while, now.Status):
			return now, nil
			// The import goes on without this command, so an interruption is no failure of the import.
		}
		select {
		case <-ctx.Done():
			return nil, r.interruptedError(ctx, b, ctx.Err())
		case <-time.After(pollInterval):
		}
	}
}

// interruptedError explains that the import continues without this command. It returns err unless
// ctx has ended.
func (r *importRun) interruptedError(ctx context.Context, b *ent.ImportBatch, err error) error {
	if ctx.Err() == nil {
		return err
	}
	return fmt.Errorf(
		"interrupted; the import %s goes on where a server or a worker runs, until it is cancelled", b.ID)
}
