package main

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"usher/ent"
	"usher/ent/importbatch"
	"usher/internal/app"
	"usher/internal/config"
	"usher/internal/fault"
	"usher/internal/imports"
	"usher/internal/inputs"
)

// syncCmd keeps the members of a workspace in step with a file of another system, for a scheduler
// such as cron: no question, one line of output, and an exit code that tells what to look at.
type syncCmd struct {
	config.Config `group:"settings"`
	actor
	File   string `arg:"" help:"CSV, TSV or XLSX file with all people of the source."`
	Source string `help:"Name of the other system, such as hr. It owns the external ids that it sets; needed for --mirror."`
	Action string `default:"invite" enum:"invite,create" help:"What to do with new people: invite or create."`
	Mirror bool   `help:"Deactivate the members of the source whom the file does not hold."`
	// sep: several columns in one flag.
	Replace       []string          `sep:"," enum:"groups,roles,labels,orgUnit" placeholder:"COLUMN" help:"Columns that replace what members have instead of adding to it: groups, roles, labels, orgUnit. An empty cell then means none."`
	ReactivateAll bool              `help:"Bring back members whom a person deactivated, too."`
	MaxLeavers    *int              `placeholder:"N" help:"Deactivate at most so many people; otherwise do nothing. By default the larger of 3 and 5% of the members of the source."`
	DryRun        bool              `help:"Only preview, and do nothing."`
	Map           map[string]string `mapsep:"none" placeholder:"HEADER=COLUMN" help:"What a column of the file holds, as --map 'Matricule=externalId'. Empty to leave it out. Repeatable."`
	IgnoreUnknown bool              `help:"Leave out columns that are not known, instead of refusing the file."`
	MonthFirst    bool              `help:"Dates such as 3/4/2026 begin with the month."`
	NoEmail       bool              `help:"Send no invitations, welcomes or credentials by email."`
	Report        string            `placeholder:"FILE" help:"Write the outcome of each row to this file, as CSV."`
	Rejected      string            `placeholder:"FILE" help:"Write the rejected rows to this file."`
	Lang          string            `default:"en" enum:"en,fr" help:"Language of the files and of messages about rows."`
	NoWorker      bool              `help:"Only watch; a running server or worker does the work."`
}

// Help describes the exit codes.
func (c *syncCmd) Help() string {
	return "Exit codes: 0 everybody is in step; 1 it failed; 2 the command line is wrong; 3 it is done, " +
		"and rows were rejected; 4 nothing was done, because too many people would be deactivated."
}

// The exit codes of the command sync. They are part of its interface.
const (
	exitRejected = 3
	exitLeavers  = 4
)

// exitError is an error with an exit code of its own.
type exitError struct {
	code int
	text string
}

// Error implements error.
func (e *exitError) Error() string { return e.text }

// Run runs the sync in this process.
func (c *syncCmd) Run(ctx context.Context) error {
	return withApp(ctx, &c.Config, func(a *app.App) error {
		return withWorker(ctx, a, !c.NoWorker, func() error {
			run := newImportRun(c.toImport(), a)
			run.bar.isTerminal = false // a log gets no bar
			return run.runSync(ctx, c)
		})
	})
}

// toImport returns the command import that reads the file.
func (c *syncCmd) toImport() *importCmd {
	mirror, all := c.Mirror, c.ReactivateAll
	sync := &imports.SyncInput{Source: inputs.NilIfEmpty(c.Source), Mirror: &mirror,
		ReactivateAll: &all}
	for _, column := range c.Replace {
		sync.Replace = append(sync.Replace, map[string]imports.SyncColumn{
			"groups": imports.SyncGroups, "roles": imports.SyncRoles, "labels": imports.SyncLabels,
			"orgUnit": imports.SyncOrgUnit}[column])
	}
	return &importCmd{Config: c.Config, actor: c.actor, File: c.File,
		Action: c.Action, Existing: "update", Map: c.Map, IgnoreUnknown: c.IgnoreUnknown,
		MonthFirst: c.MonthFirst, NoEmail: c.NoEmail, Report: c.Report, Rejected: c.Rejected,
		Lang: c.Lang, NoWorker: c.NoWorker, sync: sync}
}

// runSync previews the file, starts the import unless too many people would leave, and waits for its
// end. It prints one line.
func (r *importRun) runSync(ctx context.Context, c *syncCmd) error {
	batch, err := r.previewFile(ctx)
	if err != nil {
		return err
	}
	if c.DryRun {
		r.printSync("dry run, nothing was done", batch)
		return r.endSync(ctx, batch, true)
	}
	in := imports.StartInput{ID: batch.ID}
	if c.MaxLeavers != nil {
		if batch.DeactivateCount > *c.MaxLeavers {
			return r.refuseLeavers(ctx, batch, *c.MaxLeavers)
		}
		// The flag confirms any number up to it.
		in.ConfirmedLeavers = &batch.DeactivateCount
	}
	if _, err := r.Imports.StartImport(ctx, r.by, in); err != nil {
		if f, refused := fault.Of(err); refused && f.Field == "confirmedLeavers" {
			return r.refuseLeavers(ctx, batch, imports.OptionsOf(batch).Sync.LeaverLimit)
		}
		return err
	}
	if batch, err = r.awaitImport(ctx, batch, importbatch.StatusRunning, importbatch.StatusScheduled,
		importbatch.StatusPaused); err != nil {
		return err
	}
	r.printSync(string(batch.Status), batch)
	// Somebody has cancelled it in the console.
	if batch.Status != importbatch.StatusCompleted {
		return fmt.Errorf("the import %s was stopped", batch.ID)
	}
	return r.endSync(ctx, batch, false)
}

// refuseLeavers ends a run that would deactivate too many people.
func (r *importRun) refuseLeavers(ctx context.Context, batch *ent.ImportBatch, limit int) error {
	r.printSync("refused, nothing was done", batch)
	if err := r.endSync(ctx, batch, true); err != nil && !isRejection(err) {
		return err
	}
	return &exitError{exitLeavers, fmt.Sprintf("%d people would be deactivated, more than %d: check "+
		"the file, then run again with --max-leavers %d", batch.DeactivateCount, limit,
		batch.DeactivateCount)}
}

// endSync writes the files, and cancels an import that was only previewed. An import with rejected
// rows is an error with an exit code of its own.
func (r *importRun) endSync(ctx context.Context, batch *ent.ImportBatch, cancels bool) error {
	if err := r.writeFiles(ctx, batch); err != nil {
		return err
	}
	// Otherwise a preview would stay for each night.
	if cancels {
		if _, err := r.Imports.CancelImport(ctx, r.by, batch.ID); err != nil {
			return err
		}
	}
	if batch.ErrorCount == 0 {
		return nil
	}
	return &exitError{exitRejected, fmt.Sprintf("%d rows were rejected", batch.ErrorCount)}
}

// isRejection tells whether an error is that of rejected rows.
func isRejection(err error) bool {
	var exit *exitError
	return errors.As(err, &exit) && exit.code == exitRejected
}

// printSync prints the one line of a run.
func (r *importRun) printSync(what string, batch *ent.ImportBatch) {
	fmt.Fprintf(r.out, "%s: %d rows: %d invited, %d created, %d updated, %d deactivated, "+
		"%d reactivated, %d unchanged, %d rejected\n", strings.ToLower(what), batch.TotalRows,
		batch.InviteCount, batch.CreateCount, batch.UpdateCount, batch.DeactivateCount,
		batch.ReactivateCount, batch.UnchangedCount, batch.ErrorCount)
}
