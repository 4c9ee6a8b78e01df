package graph

import (
	"context"
	"fmt"
	"io"
	"net/url"
	"strconv"
	"strings"
	"sync"

	"usher/ent"
	"usher/ent/importbatch"
	"usher/internal/fault"
	"usher/internal/gqllimit"
	"usher/internal/imports"
	"usher/internal/inputs"
	"usher/internal/relay"
)

// importCounts returns the rows of an import by outcome.
func importCounts(batch *ent.ImportBatch) *ImportCounts {
	return &ImportCounts{
		Invite: batch.InviteCount, Create: batch.CreateCount, Update: batch.UpdateCount,
		Unchanged: batch.UnchangedCount, Error: batch.ErrorCount, Done: batch.ProcessedRows,
		Deactivate: batch.DeactivateCount, Reactivate: batch.ReactivateCount,
	}
}

// toImportInput converts an uploaded file or a pasted text into the input of the verb. Unless there
// is exactly one of the two, the input has no content, and the verb refuses it.
func toImportInput(in CreateImportInput) imports.ImportInput {
	out := imports.ImportInput{WorkspaceID: in.WorkspaceID, Action: in.Action,
		Existing: importbatch.ExistingSkip, Grant: in.Grant, Options: imports.OptionsInput{
			Columns:       in.Columns,
			IgnoreUnknown: in.IgnoreUnknownColumns != nil && *in.IgnoreUnknownColumns,
			Message:       in.Message, ExpiresAt: in.ExpiresAt, NeverExpires: in.NeverExpires,
			SendEmail: in.SendEmail, Sync: in.Sync}}
	if in.DateOrder != nil {
		out.Options.DateOrder = *in.DateOrder
	}
	if in.Header != nil {
		out.Header = *in.Header
	}
	if in.Existing != nil {
		out.Existing = *in.Existing
	}
	setContent(&out, in.Content)
	return out
}

// toInspectInput converts the input of inspectImport into that of the verb.
func toInspectInput(in InspectImportInput) imports.ImportInput {
	out := imports.ImportInput{WorkspaceID: in.WorkspaceID,
		Options: imports.OptionsInput{Columns: in.Columns}}
	if in.Header != nil {
		out.Header = *in.Header
	}
	setContent(&out, in.Content)
	return out
}

// setContent sets the file or the text of an import.
func setContent(out *imports.ImportInput, content *ImportContentInput) {
	switch file, text := content.File, content.Text; {
	case (file == nil) == (text == nil):
		// Refused by the verb: validation by the schema knows literals only.
	case text != nil:
		out.Source, out.Content, out.Size = importbatch.SourceText, strings.NewReader(*text),
			int64(len(*text))
	default:
		out.Source, out.FileName, out.Size = importbatch.SourceFile, file.Filename, file.Size
		if at, ok := file.File.(io.ReaderAt); ok {
			out.Content = at
		} else {
			out.Content = &seekingReaderAt{file: file.File}
		}
	}
}

// atContent gives the faults of the whole file the field of the input that holds it.
func atContent(err error, content *ImportContentInput) error {
	f, refused := fault.Of(err)
	if !refused || f.Field == "" {
		return err
	}
	field := "content"
	switch {
	// Both or neither is given: the fault is about the content as a whole.
	case (content.File == nil) == (content.Text == nil):
	case content.Text != nil:
		field = "content.text"
	default:
		field = "content.file"
	}
	var renamed fault.Collector
	for _, v := range f.Violations() {
		if v.Field == "file" {
			renamed.Add(fault.At(v, field))
		} else {
			renamed.Add(v)
		}
	}
	return renamed.Err()
}

// seekingReaderAt is an io.ReaderAt over a file that can only seek. Its lock keeps a seek and the
// read after it together.
type seekingReaderAt struct {
	mu   sync.Mutex
	file io.ReadSeeker
}

// ReadAt implements io.ReaderAt.
func (s *seekingReaderAt) ReadAt(p []byte, off int64) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if _, err := s.file.Seek(off, io.SeekStart); err != nil {
		return 0, err
	}
	return io.ReadFull(s.file, p)
}

// pageSize returns the size of a page: first, or the default if it is absent. The limits of the API
// keep first at 100 or less.
func pageSize(first *int) int {
	if first == nil {
		return gqllimit.DefaultPage
	}
	return *first
}

// relayArgs are the arguments of a page.
type relayArgs struct {
	first  *int
	after  *string
	last   *int
	before *string
}

// rowList returns the name of the list of rows in an order, for its cursors.
func rowList(descending bool) string {
	if descending {
		return "importrow number DESC"
	}
	return "importrow number ASC"
}

// toRowQuery converts the arguments of a page of rows. The number of a row is its cursor.
func toRowQuery(args relayArgs, filter *ImportRowFilter,
	orderBy *ImportRowOrder) (q imports.RowQuery, err error) {
	q.Descending = orderBy != nil && orderBy.Direction == relay.OrderDirectionDesc
	after, before, err := parseCursors(args.after, args.before)
	if err != nil {
		return q, err
	}
	if err := relay.CheckCursors(after, before, rowList(q.Descending)); err != nil {
		return q, err
	}
	q.Limit = pageSize(args.first)
	if args.last != nil {
		q.Limit, q.FromEnd = *args.last, true
	}
	for field, at := range map[string]struct {
		cursor *ent.Cursor
		number **int
	}{"after": {after, &q.After}, "before": {before, &q.Before}} {
		if at.cursor == nil {
			continue
		}
		// A cursor of rows holds the number of a row.
		number, err := strconv.Atoi(fmt.Sprint(at.cursor.Value))
		if err != nil {
			return q, fault.Input(field, "graph.cursor").Because(err)
		}
		*at.number = &number
	}
	if filter != nil {
		q.Outcomes = filter.Outcome
	}
	return q, nil
}

// importRows returns a page of an import's rows.
func (r *Resolver) importRows(ctx context.Context, batch *ent.ImportBatch, args relayArgs,
	filter *ImportRowFilter, orderBy *ImportRowOrder) (*ImportRowConnection, error) {
	query, err := toRowQuery(args, filter, orderBy)
	if err != nil {
		return nil, err
	}
	page, err := r.Imports.Rows(ctx, callerOf(ctx), batch, query)
	if err != nil {
		return nil, err
	}
	c := &ImportRowConnection{Edges: []*ImportRowEdge{},
		PageInfo: &ent.PageInfo{HasNextPage: page.MoreAfter, HasPreviousPage: page.MoreBefore}}
	for i, row := range page.Rows {
		here := &ent.Cursor{ID: row.ID, Value: row.Number, List: rowList(query.Descending)}
		if i == 0 {
			c.PageInfo.StartCursor = here
		}
		c.PageInfo.EndCursor = here
		var written strings.Builder
		here.MarshalGQL(&written)
		c.Edges = append(c.Edges,
			&ImportRowEdge{Node: row, Cursor: strings.Trim(written.String(), `"`)})
	}
	// The count is a statement of its own, for the few clients that ask for it.
	if _, asked := fieldContextAt(ctx, "totalCount"); asked {
		c.TotalCount, err = page.Total()
	}
	return c, err
}

// signWorkspaceURL returns the URL of a file of a workspace for the caller.
func (r *Resolver) signWorkspaceURL(ctx context.Context, w *ent.Workspace, file string,
	locale *string, query url.Values) (string, error) {
	language, err := inputs.ParseLocale("locale", locale)
	if err != nil {
		return "", err
	}
	return r.Imports.SignWorkspaceURL(callerOf(ctx), w.ID, file, language, query), nil
}

// fileExtension returns the ending of the names of files of a format.
func fileExtension(f SpreadsheetFormat) string { return strings.ToLower(string(f)) }
