package graph

import (
	"context"
	"fmt"
	"io"
	"strconv"
	"strings"
	"sync"

	"usher/ent"
	"usher/ent/importbatch"
	"usher/internal/fault"
	"usher/internal/gqlhttp"
	"usher/internal/imports"
	"usher/internal/inputs"
	"usher/internal/relay"
)

// importCounts returns the rows of an import by outcome.
func importCounts(b *ent.ImportBatch) *ImportCounts {
	return &ImportCounts{
		Invite: b.InviteCount, Create: b.CreateCount, Update: b.UpdateCount,
		Unchanged: b.UnchangedCount, Error: b.ErrorCount, Done: b.ProcessedRows,
	}
}

// toImportInput converts an uploaded file or a pasted text into the input of the verb. Errors:
// BAD_USER_INPUT unless there is exactly one of the two.
func toImportInput(in CreateImportInput) (imports.ImportInput, error) {
	out := imports.ImportInput{WorkspaceID: in.WorkspaceID, Action: in.Action,
		Existing: importbatch.ExistingSkip, Grant: in.Grant}
	if in.Header != nil {
		out.Header = *in.Header
	}
	if in.Existing != nil {
		out.Existing = *in.Existing
	}
	switch {
	case (in.File == nil) == (in.Text == nil):
		return out, fault.Input("file", "import.file_or_text")
	case in.Text != nil:
		out.Source, out.Content, out.Size = importbatch.SourceText, strings.NewReader(*in.Text),
			int64(len(*in.Text))
		return out, nil
	}
	out.Source, out.FileName, out.Size = importbatch.SourceFile, in.File.Filename, in.File.Size
	if at, ok := in.File.File.(io.ReaderAt); ok {
		out.Content = at
	} else {
		out.Content = &seekingReaderAt{file: in.File.File}
	}
	return out, nil
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
		return gqlhttp.DefaultPage
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

// rowList is the name of the list of rows in its cursors.
const rowList = "importrow number ASC"

// toRowQuery converts the arguments of a page of rows. The number of a row is its cursor.
func toRowQuery(args relayArgs, filter *ImportRowFilter) (q imports.RowQuery, err error) {
	after, before, err := parseCursors(args.after, args.before)
	if err != nil {
		return q, err
	}
	if err := relay.CheckCursors(after, before, rowList); err != nil {
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
func (r *Resolver) importRows(ctx context.Context, b *ent.ImportBatch, args relayArgs,
	filter *ImportRowFilter) (*ImportRowConnection, error) {
	query, err := toRowQuery(args, filter)
	if err != nil {
		return nil, err
	}
	page, err := r.Imports.Rows(ctx, callerOf(ctx), b, query)
	if err != nil {
		return nil, err
	}
	c := &ImportRowConnection{Edges: []*ImportRowEdge{},
		PageInfo: &ent.PageInfo{HasNextPage: page.MoreAfter, HasPreviousPage: page.MoreBefore}}
	for i, row := range page.Rows {
		here := &ent.Cursor{ID: row.ID, Value: row.Number, List: rowList}
		if i == 0 {
			c.PageInfo.StartCursor = here
		}
		c.PageInfo.EndCursor = here
		var written strings.Builder
		here.MarshalGQL(&written)
		c.Edges = append(c.Edges,
			&ImportRowEdge{Node: row, Cursor: strings.Trim(written.String(), `"`)})
	}
	if _, asked := fieldContextAt(ctx, "totalCount"); asked {
		c.TotalCount, err = page.Total()
	}
	return c, err
}

// signWorkspaceURL returns the URL of a file of a workspace for the caller.
func (r *Resolver) signWorkspaceURL(ctx context.Context, w *ent.Workspace, file string,
	locale *string) (string, error) {
	language, err := inputs.ParseLocale("locale", locale)
	if err != nil {
		return "", err
	}
	return r.Imports.SignWorkspaceURL(callerOf(ctx), w.ID, file, language), nil
}

// fileExtension returns the ending of the names of files of a format.
func fileExtension(f SpreadsheetFormat) string { return strings.ToLower(string(f)) }
