package graph

import (
	"context"
	"usher/internal/gqlhttp"
	"usher/internal/imports"
)

// Notes is the resolver for the notes field.
func (r *importReadingResolver) Notes(ctx context.Context, obj *imports.Reading) ([]string, error) {
	notes := []string{}
	for _, note := range obj.Notes {
		notes = append(notes, note.In(gqlhttp.Locale(ctx)))
	}
	return notes, nil
}

// InspectImport is the resolver for the inspectImport field.
func (r *queryResolver) InspectImport(ctx context.Context, input InspectImportInput) (*imports.Inspection, error) {
	found, err := r.Imports.InspectImport(ctx, callerOf(ctx), toInspectInput(input))
	if err != nil {
		return nil, atContent(err, input.Content)
	}
	return found, nil
}

// ImportReading returns ImportReadingResolver implementation.
func (r *Resolver) ImportReading() ImportReadingResolver { return &importReadingResolver{r} }

type importReadingResolver struct{ *Resolver }
