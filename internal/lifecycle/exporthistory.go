package lifecycle

import (
	"context"
	"io"
	"time"

	"usher/ent/workspaceexport"
	"usher/internal/access"
	"usher/internal/fault"
	"usher/internal/i18n"
	"usher/internal/ident"
	"usher/internal/imports"
	"usher/internal/spreadsheet"
	"usher/internal/store"
)

// JSONLines is the format of a file with one object of JSON in each line.
const JSONLines spreadsheet.Format = "jsonl"

// ExportHistory lists what happened in a workspace, the earliest event first, in the columns that an
// export of the workspace has: time, action, entry point, actor (a member or an API key), subject,
// member and what changed from which value to which. since may be nil, and is accurate to a
// millisecond. Errors: FORBIDDEN without AUDIT_VIEW in the whole workspace, NOT_FOUND.
func (s *Service) ExportHistory(ctx context.Context, by *access.Caller, workspace ident.ID,
	format workspaceexport.Format, since *time.Time, l i18n.Locale) (_ *imports.Download, err error) {
	defer fault.Annotate(&err, "export history")

	m, err := by.RequireMembership(workspace)
	if err != nil {
		return nil, err
	}
	// Who may read a part of the history would take the file for the whole.
	if !m.Throughout(access.AuditView) {
		return nil, fault.Denied()
	}
	here := store.InWorkspace(ctx, workspace)
	row, err := s.Store.Workspace.Get(here, workspace)
	if err != nil {
		return nil, err
	}
	kind, ending := spreadsheet.CSV, ".csv"
	if format == workspaceexport.FormatJSONLines {
		kind, ending = JSONLines, ".jsonl"
	}
	// Ids begin with the time at which they were made, which is that of the event.
	after := ident.ID{}
	if since != nil {
		after = ident.Floor(*since)
	}
	name := i18n.T(l, "report.file_history", i18n.Args{"Of": row.Slug}) + ending
	return &imports.Download{Name: name, Format: kind, Write: func(out io.Writer) error {
		return auditTable.writeRows(here, s.Store.Client, out, format, after)
	}}, nil
}
