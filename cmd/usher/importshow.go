package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"text/tabwriter"
	"time"
	"unicode"

	"usher/ent"
	"usher/internal/access"
	"usher/internal/i18n"
	"usher/internal/ident"
	"usher/internal/imports"
)

// shownErrors limits the rejected rows in the preview; the file of rejected rows has all of them.
const shownErrors = 10

// printReading prints how the file was parsed, so that a wrong encoding or column is noticed before
// anyone is invited.
func (r *importRun) printReading(batch *ent.ImportBatch) {
	is := imports.ReadingOf(batch)
	if is == nil {
		return
	}
	how := "a workbook"
	if is.Sheet != nil {
		how = fmt.Sprintf("the sheet %q of a workbook", *is.Sheet)
	}
	if is.Encoding != nil {
		how = fmt.Sprintf("%s text, cells separated by %q", *is.Encoding, *is.Delimiter)
	}
	header := "no header"
	if is.HeaderRow != nil {
		header = fmt.Sprintf("header in row %d", *is.HeaderRow)
	}
	var columns []string
	for _, c := range is.Columns {
		if c.Name != nil {
			columns = append(columns, c.Letter+" "+*c.Name)
		}
	}
	fmt.Fprintf(r.out, "read as %s, %s\ncolumns: %s\n", how, header, strings.Join(columns, ", "))
	for _, note := range is.Notes {
		// Security: a note may quote a cell, and a cell may hold control sequences of terminals.
		fmt.Fprintf(r.out, "note: %s\n", sanitizeForTerminal(note.In(i18n.Locale(r.Lang))))
	}
	fmt.Fprintln(r.out)
}

// sanitizeForTerminal replaces control characters. Security: notes quote sheet names and cells of
// the file, which could hold terminal escapes.
func sanitizeForTerminal(s string) string {
	return strings.Map(func(c rune) rune {
		if unicode.IsControl(c) {
			return '\uFFFD'
		}
		return c
	}, s)
}

// printPreview prints the counts of the preview, the first rows that do something, and the first
// rejected rows.
func (r *importRun) printPreview(ctx context.Context, batch *ent.ImportBatch) error {
	r.printReading(batch)
	w := tabwriter.NewWriter(r.out, 0, 0, 2, ' ', 0)
	fmt.Fprintf(w, "ROWS\tINVITE\tCREATE\tUPDATE\tUNCHANGED\tERROR\tEMAILS\n"+
		"%d\t%d\t%d\t%d\t%d\t%d\t%d\n",
		batch.TotalRows, batch.InviteCount, batch.CreateCount, batch.UpdateCount,
		batch.UnchangedCount, batch.ErrorCount, batch.EmailsToSend)
	if err := r.printSample(ctx, w, batch); err != nil {
		return err
	}
	if err := r.printRejected(ctx, w, batch); err != nil {
		return err
	}
	return w.Flush()
}

// shownRows limits the rows that the preview shows of those that do something.
const shownRows = 5

// printSample prints what was read of the first rows that do something, so that a column which was
// taken for another one is seen before anyone gets an email.
func (r *importRun) printSample(ctx context.Context, w io.Writer, batch *ent.ImportBatch) error {
	page, err := r.Imports.Rows(ctx, r.by, batch, imports.RowQuery{
		Outcomes: []imports.RowOutcome{imports.RowInvite, imports.RowCreate, imports.RowUpdate},
		Limit:    shownRows})
	if err != nil || len(page.Rows) == 0 {
		return err
	}
	fmt.Fprintln(w, "\nROW\tOUTCOME\tREAD AS")
	for _, row := range page.Rows {
		var values []string
		for _, v := range row.Values() {
			values = append(values, v.Column+"="+sanitizeForTerminal(v.Value))
		}
		fmt.Fprintf(w, "%d\t%s\t%s\n", row.Number, strings.ToLower(string(row.Outcome)),
			strings.Join(values, ", "))
	}
	if more := batch.InviteCount + batch.CreateCount + batch.UpdateCount -
		len(page.Rows); more > 0 {
		fmt.Fprintf(w, "and %d more\n", more)
	}
	return nil
}

// printRejected prints the first rejected rows.
func (r *importRun) printRejected(ctx context.Context, w io.Writer, batch *ent.ImportBatch) error {
	if batch.ErrorCount == 0 {
		return nil
	}
	page, err := r.Imports.Rows(ctx, r.by, batch, imports.RowQuery{
		Outcomes: []imports.RowOutcome{imports.RowError}, Limit: shownErrors})
	if err != nil {
		return err
	}
	// Messages may quote a cell. Cells with control characters were refused before, so no escape
	// reaches the terminal.
	fmt.Fprintln(w, "\nROW\tCOLUMN\tERROR")
	for _, row := range page.Rows {
		for _, e := range row.Errors {
			column := ""
			if e.Column != nil {
				column = *e.Column
			}
			fmt.Fprintf(w, "%d\t%s\t%s\n", row.Number, column, e.Message.In(i18n.Locale(r.Lang)))
		}
	}
	if page.MoreAfter {
		fmt.Fprintf(w, "and %d more\n", batch.ErrorCount-len(page.Rows))
	}
	return nil
}

// decideStart tells whether to start. Without --yes and --dry-run it asks: any answer except y or
// yes is a no. The end of the input is an error, so that a scheduler does not take a question that
// nobody answered for a success.
func (r *importRun) decideStart(batch *ent.ImportBatch) (bool, error) {
	if r.DryRun || r.Yes {
		return r.Yes && !r.DryRun, nil
	}
	fmt.Fprintf(r.out, "\n%s Start? [y/N] ", r.announceEmails(batch))
	line, _ := bufio.NewReader(r.in).ReadString('\n')
	if line == "" {
		fmt.Fprintln(r.out)
		return false, &exitError{exitUsage, "nobody answered: add --yes to start without asking, " +
			"or --dry-run to preview only"}
	}
	answer := strings.ToLower(strings.TrimSpace(line))
	return answer == "y" || answer == "yes", nil
}

// announceEmails returns how many emails will be sent, and when, as a sentence.
func (r *importRun) announceEmails(batch *ent.ImportBatch) string {
	// Invitations to be copied as links, and rows that change members, send none.
	if batch.EmailsToSend == 0 {
		return "No email will be sent."
	}
	when := " now"
	if r.EmailAt != nil {
		when = " from " + r.EmailAt.UTC().Format("2 January 2006, 15:04 UTC")
	}
	if r.EmailsPerMinute != nil {
		when += fmt.Sprintf(", %d a minute", *r.EmailsPerMinute)
	}
	return countEmails(batch.EmailsToSend) + " will be sent" + when + "."
}

// countEmails returns a number of emails in words for people.
func countEmails(n int) string {
	if n == 1 {
		return "1 email"
	}
	return fmt.Sprintf("%d emails", n)
}

// printResult prints the counts of the finished import.
func (r *importRun) printResult(batch *ent.ImportBatch) {
	fmt.Fprintf(r.out,
		"%s: %d of %d rows done: %d invited, %d created, %d updated, %d unchanged, %d rejected\n",
		strings.ToLower(string(batch.Status)),
		batch.ProcessedRows, batch.TotalRows, batch.InviteCount, batch.CreateCount,
		batch.UpdateCount, batch.UnchangedCount, batch.ErrorCount)
	if batch.InviteCount+batch.CreateCount > 0 && !r.NoEmail {
		fmt.Fprintln(r.out, "emails that are still queued are sent by any running server or worker")
	}
	// Unless they are written to a file anyway.
	if batch.ErrorCount > 0 && r.Rejected == "" {
		fmt.Fprintln(r.out, "the rejected rows, to correct and import again:",
			r.Imports.RejectedURL(batch))
	}
}

// writeFiles writes the report and the rejected rows to the files of --report and --rejected.
func (r *importRun) writeFiles(ctx context.Context, batch *ent.ImportBatch) error {
	for _, f := range []struct {
		path string
		verb func(context.Context, *access.Caller, ident.ID, i18n.Locale) (*imports.Download, error)
	}{{r.Report, r.Imports.Report}, {r.Rejected, r.Imports.Rejected}} {
		if f.path == "" {
			continue
		}
		d, err := f.verb(ctx, r.by, batch.ID, i18n.Locale(r.Lang))
		if err != nil {
			return err
		}
		if err := saveFile(f.path, d); err != nil {
			return err
		}
	}
	return nil
}

// saveFile writes a file with mode 0600, because it holds personal data.
func saveFile(path string, d *imports.Download) (err error) {
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	return d.Write(f)
}

// progressBar shows the progress of an import: a bar on a terminal, otherwise a line every
// plainInterval.
type progressBar struct {
	to         io.Writer
	isTerminal bool
	last       time.Time
	shownRows  int // rows done at the last output
}

// plainInterval is the minimum time between two lines when the output is no terminal.
const plainInterval = 5 * time.Second

// showProgress shows how many rows are done: on one line of a terminal, or in a log now and then.
func (p *progressBar) showProgress(batch *ent.ImportBatch) {
	// A log file gets lines, a terminal a bar.
	state, width := strings.ToLower(string(batch.Status)), 30
	if !p.isTerminal {
		if time.Since(p.last) >= plainInterval && batch.ProcessedRows != p.shownRows {
			fmt.Fprintf(p.to, "%s: %d of %d rows\n", state, batch.ProcessedRows, batch.TotalRows)
			p.last, p.shownRows = time.Now(), batch.ProcessedRows
		}
		return
	}
	full := 0
	if batch.TotalRows > 0 {
		full = min(width, width*batch.ProcessedRows/batch.TotalRows)
	}
	p.shownRows++
	fmt.Fprintf(p.to, "\r\x1b[K[%s%s] %d/%d %s", strings.Repeat("█", full),
		strings.Repeat("░", width-full), batch.ProcessedRows, batch.TotalRows, state)
}

// endLine ends the line of the bar.
func (p *progressBar) endLine() {
	if p.isTerminal && p.shownRows > 0 {
		fmt.Fprintln(p.to)
	}
	p.shownRows = 0
}

// isTerminal reports whether a file is a terminal.
func isTerminal(f *os.File) bool {
	info, err := f.Stat()
	return err == nil && info.Mode()&os.ModeCharDevice != 0
}
