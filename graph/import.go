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
	"usher/internal/imports"
	"usher/internal/inputs"
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

// pageSize returns the size of a page: first, or 20 if it is absent. The limits of the API keep
// first at 100 or less.
func pageSize(first *int) int {
	if first == nil {
		return 20
	}
	return max(*first, 0)
}

// importRows returns a page of an import's rows. Their numbers are their cursors.
func (r *Resolver) importRows(ctx context.Context, b *ent.ImportBatch, first *int, after *string,
	outcome *imports.RowOutcome) (*ImportRowConnection, error) {
	from := 0
	at, err := parseCursor("after", after)
	if err != nil {
		return nil, err
	}
	if at != nil {
		if from, err = strconv.Atoi(fmt.Sprint(at.Value)); err != nil {
			return nil, fault.Input("after", "graph.cursor").Because(err)
		}
	}
	page, err := r.Imports.Rows(ctx, callerOf(ctx), b, from, pageSize(first), outcome)
	if err != nil {
		return nil, err
	}
	c := &ImportRowConnection{Edges: []*ImportRowEdge{},
		PageInfo: &ent.PageInfo{HasNextPage: page.More, HasPreviousPage: from > 0}}
	for i, row := range page.Rows {
		here := &ent.Cursor{ID: row.ID, Value: row.Number}
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
