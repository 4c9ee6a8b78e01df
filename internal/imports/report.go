package imports

import (
	"cmp"
	"context"
	"io"
	"path"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"

	"usher/ent"
	"usher/ent/importbatch"
	"usher/ent/importchange"
	"usher/ent/importrow"
	"usher/internal/access"
	"usher/internal/fault"
	"usher/internal/i18n"
	"usher/internal/ident"
	files "usher/internal/importfile"
	"usher/internal/inputs"
	"usher/internal/spreadsheet"
	"usher/internal/store"
)

// Download is a file for the caller. The caller is authorized before it is created, so that a
// refusal never appears in the middle of a file.
type Download struct {
	Name   string // suggested file name: letters of any script, digits, hyphens and the extension
	Format spreadsheet.Format
	Write  func(io.Writer) error // reads as it writes, and holds a page of rows at most
}

// rowsPerPage is how many rows a download loads at a time.
const rowsPerPage = 1_000

// Report lists the outcome of each row of an import, or its expected outcome before the import runs
// (BAT-5). NOT_FOUND for an import that the caller does not see, CONFLICT before it is previewed.
func (s *Service) Report(ctx context.Context, by *access.Caller, id ident.ID,
	l i18n.Locale) (_ *Download, err error) {
	defer fault.Annotate(&err, "report import")

	f, err := s.newReportWriter(ctx, by, id, l)
	if err != nil {
		return nil, err
	}
	name := f.downloadName("report.file_report")
	return &Download{name, spreadsheet.CSV, func(w io.Writer) error {
		out, err := spreadsheet.NewWriter(w, spreadsheet.CSV, spreadsheet.Delimiter(l), "", []string{
			i18n.T(l, "report.row", nil), files.Label(files.Email, l),
			files.Label(files.Username, l), i18n.T(l, "report.name", nil),
			i18n.T(l, "report.outcome", nil), i18n.T(l, "report.done", nil),
			i18n.T(l, "report.errors", nil),
		})
		if err != nil {
			return err
		}
		// Page by page, so that the report of 100,000 rows needs the memory of one page.
		err = f.forEachPage(ctx, f.ImportRow.Query(), func(rows []*ent.ImportRow) error {
			left, err := f.loadLeftovers(ctx, rows)
			if err != nil {
				return err
			}
			for _, r := range rows {
				if err := out.Write(f.reportLine(r, left[r.Number])); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			return err
		}
		return out.Close()
	}}, nil
}

// Rejected lists the rows in error, in the layout of the uploaded file, with their reasons, so
// that the corrected file can be uploaded (BAT-4). CONFLICT before the import is previewed.
func (s *Service) Rejected(ctx context.Context, by *access.Caller, id ident.ID,
	l i18n.Locale) (_ *Download, err error) {
	defer fault.Annotate(&err, "rejected import")

	f, err := s.newReportWriter(ctx, by, id, l)
	if err != nil {
		return nil, err
	}
	name := f.downloadName("report.file_rejected")
	return &Download{name, spreadsheet.CSV, func(w io.Writer) error {
		delimiter := f.batch.Delimiter[0]
		// A file of one column has no delimiter, and the reasons need one.
		if len(f.columns) == 1 {
			delimiter = spreadsheet.Delimiter(l)
		}
		out, err := spreadsheet.NewWriter(w, spreadsheet.CSV, delimiter, "",
			files.RejectedHeader(f.columns, l))
		if err != nil {
			return err
		}
		// Security: passwords are erased with the row's outcome, so the column comes back empty.
		// Without the reminder, the corrected file would create accounts without a password.
		secret := f.batch.Action == importbatch.ActionCreate &&
			slices.ContainsFunc(f.columns, func(c files.Column) bool {
				return c.Name == files.Password
			})
		// Members whom the file does not hold have no row to correct.
		wrong := f.ImportRow.Query().Where(importrow.OutcomeEQ(importrow.OutcomeError),
			importrow.Absent(false))
		err = f.forEachPage(ctx, wrong, func(rows []*ent.ImportRow) error {
			for _, r := range rows {
				why := f.errorTexts(r)
				for _, e := range r.Errors {
					// A cell was left out of the row. Its author has to type it again.
					if e.Message == leftOutKey {
						why = append(why, f.withColumn(e.Column, storedMessage(e.Message, e.Args)))
					}
				}
				if secret {
					why = append(why, i18n.T(l, "report.password_again", nil))
				}
				if err := out.Write(files.RejectedRow(f.columns, r.Cells, why)); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			return err
		}
		return out.Close()
	}}, nil
}

// reportWriter writes reports about one import, in one language.
type reportWriter struct {
	*store.Store
	batch   *ent.ImportBatch
	columns []files.Column
	locale  i18n.Locale
}

// newReportWriter loads an import whose rows the caller may read. NOT_FOUND for an import that the
// caller does not see.
func (s *Service) newReportWriter(ctx context.Context, by *access.Caller, id ident.ID,
	l i18n.Locale) (*reportWriter, error) {
	b, err := s.readableImport(ctx, by, id)
	if err != nil {
		return nil, err
	}
	if len(b.Columns) == 0 { // not previewed, or the preview failed
		return nil, refuseStatus(b)
	}
	return &reportWriter{s.Store, b, restoreColumns(b.Columns), l}, nil
}

// forEachPage reads rows in their order, page by page. Memory does not grow with the file, and no
// transaction lasts as long as a slow download.
func (f *reportWriter) forEachPage(ctx context.Context, q *ent.ImportRowQuery,
	do func([]*ent.ImportRow) error) error {
	ctx = store.InWorkspace(ctx, f.batch.WorkspaceID)
	q.Where(importrow.ImportID(f.batch.ID)).Order(ent.Asc(importrow.FieldNumber)).Limit(rowsPerPage)
	for last := 0; ; {
		rows, err := q.Clone().Where(importrow.NumberGT(last)).All(ctx)
		if err != nil {
			return err
		}
		if err := do(rows); err != nil {
			return err
		}
		if len(rows) < rowsPerPage {
			return nil
		}
		last = rows[len(rows)-1].Number
	}
}

// outcomeKeys are the catalogue keys of the outcomes.
var outcomeKeys = map[importrow.Outcome]string{
	importrow.OutcomeInvite:    "report.outcome_invite",
	importrow.OutcomeCreate:    "report.outcome_create",
	importrow.OutcomeUpdate:    "report.outcome_update",
	importrow.OutcomeUnchanged: "report.outcome_unchanged",
	importrow.OutcomeError:     "report.outcome_error",

	importrow.OutcomeDeactivate: "report.outcome_deactivate",
	importrow.OutcomeReactivate: "report.outcome_reactivate",
}

// reportLine returns a row of the report.
func (f *reportWriter) reportLine(r *ent.ImportRow, left []string) []string {
	done := "report.no"
	// A row of a cancelled import may never have run.
	if r.Done {
		done = "report.yes"
	}
	all := f.errorTexts(r)
	for _, e := range r.Errors {
		if e.Code == warningCode {
			all = append(all,
				i18n.T(f.locale, "report.remark",
					i18n.Args{"Text": f.withColumn(e.Column, storedMessage(e.Message, e.Args))}))
		}
	}
	for _, why := range left {
		all = append(all,
			i18n.T(f.locale, "report.left_alone", i18n.Args{"Text": i18n.T(f.locale, why, nil)}))
	}
	return []string{
		strconv.Itoa(r.Number), inputs.ValueOrEmpty(r.Email),
		cmp.Or(inputs.ValueOrEmpty(r.Username), f.typedCell(r, files.Username)),
		inputs.ValueOrEmpty(r.Name),
		i18n.T(f.locale, outcomeKeys[r.Outcome], nil), i18n.T(f.locale, done, nil),
		strings.Join(all, " "),
	}
}

// typedCell returns the typed text of a row in a column.
func (f *reportWriter) typedCell(r *ent.ImportRow, name files.Name) string {
	for i, c := range f.columns {
		if c.Name == name && i < len(r.Cells) {
			return r.Cells[i]
		}
	}
	return ""
}

// errorTexts returns the sentences that tell why a row is in error, without remarks.
func (f *reportWriter) errorTexts(r *ent.ImportRow) []string {
	why := []string{}
	for _, e := range r.Errors {
		if e.Code != warningCode {
			why = append(why, f.withColumn(e.Column, storedMessage(e.Message, e.Args)))
		}
	}
	return why
}

// withColumn puts the column's title in the file before a sentence.
func (f *reportWriter) withColumn(column string, m i18n.Message) string {
	title := files.Label(files.Name(column), f.locale)
	for _, c := range f.columns {
		switch {
		case c.Path() != column || column == "":
		case f.batch.Source != importbatch.SourceRows:
			return files.CellError{Column: c, Err: &fault.Error{Message: m}}.In(f.locale)
		default: // rows of a request have no letters above their columns
			title = c.Title(f.locale)
		}
	}
	if title == "" {
		return m.In(f.locale)
	}
	return i18n.T(f.locale, "report.at_field", i18n.Args{"Column": title, "Text": m.In(f.locale)})
}

// loadLeftovers returns the catalogue keys of what undo left unchanged (BAT-9), by row number.
func (f *reportWriter) loadLeftovers(ctx context.Context,
	rows []*ent.ImportRow) (map[int][]string, error) {
	if f.batch.Status != importbatch.StatusUndone || len(rows) == 0 {
		return nil, nil
	}
	all, err := f.ImportChange.Query().Where(importchange.ImportID(f.batch.ID),
		importchange.LeftAloneNotNil(),
		importchange.RowNumberGTE(rows[0].Number),
		importchange.RowNumberLTE(rows[len(rows)-1].Number)).
		Order(ent.Asc(importchange.FieldID)).All(store.InWorkspace(ctx, f.batch.WorkspaceID))
	why := map[int][]string{}
	for _, c := range all {
		// Several objects of one row are often left for the same reason.
		if !slices.Contains(why[c.RowNumber], *c.LeftAlone) {
			why[c.RowNumber] = append(why[c.RowNumber], *c.LeftAlone)
		}
	}
	return why, err
}

// downloadName returns the name of a report file: from the uploaded file's name, or from the day
// if there was no file.
func (f *reportWriter) downloadName(key string) string {
	of := inputs.ValueOrEmpty(f.batch.FileName)
	of = safeFileName(strings.TrimSuffix(of, path.Ext(of)))
	if of == "" {
		of = "import-" + f.batch.CreatedAt.Format(time.DateOnly)
	}
	return fileName(f.locale, key, of, spreadsheet.CSV)
}

func fileName(l i18n.Locale, key, of string, format spreadsheet.Format) string {
	return i18n.T(l, key, i18n.Args{"Of": of}) + "." + string(format)
}

// safeFileName keeps the characters that every system accepts in a file name.
//
// Security: the uploader chose the name, and another person saves the file.
func safeFileName(name string) string {
	// Everything else becomes a hyphen, so that no path and no quote remains.
	words := strings.FieldsFunc(name, func(r rune) bool {
		return !unicode.IsLetter(r) && !unicode.IsMark(r) && !unicode.IsDigit(r)
	})
	plain := []rune(strings.Join(words, "-"))
	return string(plain[:min(len(plain), 80)])
}
