package imports

import (
	"context"
	"errors"

	"usher/ent"
	"usher/ent/importbatch"
	"usher/ent/schema"
	"usher/internal/access"
	"usher/internal/fault"
	files "usher/internal/importfile"
	"usher/internal/store"
)

// Inspection tells what a file holds, before it is imported.
type Inspection struct {
	Reading *Reading
	Columns []*InspectedColumn
}

// InspectedColumn is one column of an inspected file.
type InspectedColumn struct {
	Column        *ReadColumn
	Recognized    bool
	SuggestedName *string
	Samples       []string
}

// InspectImport tells what a file holds and writes nothing. Errors: FORBIDDEN, NOT_FOUND,
// PLAN_REQUIRED, BAD_USER_INPUT.
func (s *Service) InspectImport(ctx context.Context, by *access.Caller,
	in ImportInput) (_ *Inspection, err error) {
	defer fault.Annotate(&err, "inspect import")

	if _, err := requireImporter(by, in.WorkspaceID); err != nil {
		return nil, err
	}
	if err := in.requireContent(); err != nil {
		return nil, err
	}

	ctx = store.InWorkspace(ctx, in.WorkspaceID)
	w, err := s.Store.Workspace.Query().WithOrganization().Only(ctx)
	if err != nil {
		return nil, err
	}
	if !w.Edges.Organization.Entitlements.SpreadsheetImport {
		return nil, fault.New(fault.PlanRequired, "import.plan")
	}
	fields, err := loadFields(ctx, s.Store.Client)
	if err != nil {
		return nil, err
	}
	choices, err := validateChoices(in.Options.Columns, fields)
	if err != nil {
		return nil, err
	}
	b := &ent.ImportBatch{Header: in.Header, Source: in.Source,
		Options: schema.ImportOptions{Choices: choices}}
	var failed error
	found, err := files.Inspect(in.Content, in.Size, readOptions(b, fields,
		func(layout string) (recalled []schema.ImportChoice) {
			recalled, failed = recallChoices(ctx, s.Store.Client, fields, layout)
			return recalled
		}))
	if err = errors.Join(err, failed); err != nil {
		return nil, err
	}
	return newInspection(found), nil
}

// newInspection returns an inspection in the form of the API.
func newInspection(found *files.Inspection) *Inspection {
	b := &ent.ImportBatch{Delimiter: string(found.Delimiter), Source: importbatch.SourceFile,
		Reading: storedReading(found.Reading)}
	is := &Inspection{}
	for _, c := range found.Columns {
		b.Columns = append(b.Columns, storeColumns([]files.Column{c.Column})...)
		column := newReadColumn(c.Column)
		// An unknown column is not left out yet.
		column.Ignored = column.Ignored && c.Recognized
		out := &InspectedColumn{Column: column, Recognized: c.Recognized, Samples: []string{}}
		if c.Suggested.Name != files.Unnamed {
			path := c.Suggested.Path()
			out.SuggestedName = &path
		}
		out.Samples = append(out.Samples, c.Samples...)
		is.Columns = append(is.Columns, out)
	}
	is.Reading = ReadingOf(b)
	return is
}
