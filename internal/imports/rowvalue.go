package imports

import (
	"context"
	"slices"
	"strconv"
	"time"

	"usher/ent"
	"usher/internal/i18n"
	files "usher/internal/importfile"
	"usher/internal/store"
)

// RowValue is what was read of one column of a row, as the API writes it.
type RowValue struct {
	Column string // as ImportRowInput calls it
	Value  string
}

// valueReader reads what the rows of an import say, for people who check a preview.
type valueReader struct {
	columns []files.Column
	zone    *time.Location // of the workspace, in which times are shown
}

// newValueReader returns a reader for the rows of an import.
func (s *Service) newValueReader(ctx context.Context, b *ent.ImportBatch) (*valueReader, error) {
	v := &valueReader{columns: restoreColumns(b.Columns), zone: time.UTC}
	// Most files have no column of times, and a page of rows then needs no workspace.
	if !slices.ContainsFunc(v.columns, func(c files.Column) bool {
		return c.Name == files.AccessExpiresAt
	}) {
		return v, nil
	}
	w, err := s.Store.Workspace.Get(store.InWorkspace(ctx, b.WorkspaceID), b.WorkspaceID)
	if err == nil {
		v.zone = i18n.LoadZone(w.TimeZone)
	}
	return v, err
}

// readValues returns the values of a stored row, column by column. Empty cells, cells that could not
// be read and passwords are left out.
func (v *valueReader) readValues(r *ent.ImportRow) []*RowValue {
	row := files.Parse(v.columns, r.Number, r.Cells, nil)
	values := []*RowValue{}
	add := func(name files.Name, text string) {
		if text != "" {
			values = append(values, &RowValue{string(name), text})
		}
	}
	add(files.LastName, row.LastName)
	add(files.FirstName, row.FirstName)
	add(files.Email, row.Email)
	add(files.Username, row.Username)
	add(files.ExternalID, row.ExternalID)
	add(files.Labels, files.JoinValues(row.Labels))
	if row.SendCredentials != nil {
		add(files.SendCredentials, strconv.FormatBool(*row.SendCredentials))
	}
	add(files.Locale, row.Locale)
	add(files.AdditionalInfo, row.AdditionalInfo)
	add(files.Groups, files.JoinValues(row.Groups))
	add(files.Roles, files.JoinValues(row.Roles))
	add(files.OrgUnit, row.OrgUnit)
	add(files.Sessions, files.JoinValues(row.Sessions))
	if !row.AccessExpiresAt.IsZero() {
		add(files.AccessExpiresAt, row.AccessExpiresAt.In(v.zone).In(v.zone).Format(time.RFC3339))
	}
	for _, c := range v.columns {
		if c.Name == files.CustomField {
			add(files.Name(c.Path()), row.Fields[c.Key])
		}
	}
	return values
}
