package graph

import (
	"context"
	"usher/ent"
	"usher/ent/importbatch"
	"usher/internal/gqlhttp"
	"usher/internal/imports"
)

// Counts is the resolver for the counts field.
func (r *importResolver) Counts(ctx context.Context, obj *ent.ImportBatch) (*ImportCounts, error) {
	return importCounts(obj), nil
}

// Reading is the resolver for the reading field.
func (r *importResolver) Reading(ctx context.Context, obj *ent.ImportBatch) (*imports.Reading, error) {
	return imports.ReadingOf(obj), nil
}

// Options is the resolver for the options field.
func (r *importResolver) Options(ctx context.Context, obj *ent.ImportBatch) (*imports.Options, error) {
	return imports.OptionsOf(obj), nil
}

// Failure is the resolver for the failure field.
func (r *importResolver) Failure(ctx context.Context, obj *ent.ImportBatch) (*string, error) {
	if obj.Failure == nil {
		return nil, nil
	}
	why := imports.Failure(obj).In(gqlhttp.Locale(ctx))
	return &why, nil
}

// ReportURL is the resolver for the reportUrl field.
func (r *importResolver) ReportURL(ctx context.Context, obj *ent.ImportBatch) (*string, error) {
	if obj.Status == importbatch.StatusPreviewing || obj.Status == importbatch.StatusFailed {
		return nil, nil
	}
	url := r.Imports.SignReportURL(callerOf(ctx), obj)
	return &url, nil
}

// RejectedURL is the resolver for the rejectedUrl field.
func (r *importResolver) RejectedURL(ctx context.Context, obj *ent.ImportBatch) (*string, error) {
	if obj.ErrorCount == 0 {
		return nil, nil
	}
	url := r.Imports.SignRejectedURL(callerOf(ctx), obj)
	return &url, nil
}

// Rows is the resolver for the rows field.
func (r *importResolver) Rows(ctx context.Context, obj *ent.ImportBatch, first *int, after *string, last *int, before *string, filter *ImportRowFilter, orderBy *ImportRowOrder) (*ImportRowConnection, error) {
	return r.importRows(ctx, obj, relayArgs{first, after, last, before}, filter, orderBy)
}

// LeftAlone is the resolver for the leftAlone field.
func (r *importResolver) LeftAlone(ctx context.Context, obj *ent.ImportBatch, first *int) ([]*imports.Leftover, error) {
	if obj.Status != importbatch.StatusUndone { // asks nothing for a list of imports
		return []*imports.Leftover{}, nil
	}
	return r.Imports.Leftovers(ctx, obj, pageSize(first))
}

// Reason is the resolver for the reason field.
func (r *importLeftoverResolver) Reason(ctx context.Context, obj *imports.Leftover) (string, error) {
	return obj.Reason.In(gqlhttp.Locale(ctx)), nil
}

// Message is the resolver for the message field.
func (r *importRowErrorResolver) Message(ctx context.Context, obj *imports.RowFault) (string, error) {
	return obj.Message.In(gqlhttp.Locale(ctx)), nil
}

// CreateImport is the resolver for the createImport field.
func (r *mutationResolver) CreateImport(ctx context.Context, input CreateImportInput) (*CreateImportPayload, error) {
	in := toImportInput(input)
	made, err := r.Imports.CreateImport(ctx, callerOf(ctx), in)
	if err != nil {
		return nil, atContent(err, input.Content)
	}
	return &CreateImportPayload{Import: made}, nil
}

// StartImport is the resolver for the startImport field.
func (r *mutationResolver) StartImport(ctx context.Context, input StartImportInput) (*StartImportPayload, error) {
	started, err := r.Imports.StartImport(ctx, callerOf(ctx), imports.StartInput{ID: input.ImportID,
		EmailAt: input.EmailAt, EmailsPerMinute: input.EmailsPerMinute,
		ConfirmedLeavers: input.ConfirmedLeavers})
	if err != nil {
		return nil, err
	}
	return &StartImportPayload{Import: started}, nil
}

// PauseImport is the resolver for the pauseImport field.
func (r *mutationResolver) PauseImport(ctx context.Context, input PauseImportInput) (*PauseImportPayload, error) {
	changed, err := r.Imports.PauseImport(ctx, callerOf(ctx), input.ImportID)
	if err != nil {
		return nil, err
	}
	return &PauseImportPayload{Import: changed}, nil
}

// ResumeImport is the resolver for the resumeImport field.
func (r *mutationResolver) ResumeImport(ctx context.Context, input ResumeImportInput) (*ResumeImportPayload, error) {
	changed, err := r.Imports.ResumeImport(ctx, callerOf(ctx), input.ImportID)
	if err != nil {
		return nil, err
	}
	return &ResumeImportPayload{Import: changed}, nil
}

// CancelImport is the resolver for the cancelImport field.
func (r *mutationResolver) CancelImport(ctx context.Context, input CancelImportInput) (*CancelImportPayload, error) {
	changed, err := r.Imports.CancelImport(ctx, callerOf(ctx), input.ImportID)
	if err != nil {
		return nil, err
	}
	return &CancelImportPayload{Import: changed}, nil
}

// UndoImport is the resolver for the undoImport field.
func (r *mutationResolver) UndoImport(ctx context.Context, input UndoImportInput) (*UndoImportPayload, error) {
	changed, err := r.Imports.UndoImport(ctx, callerOf(ctx), input.ImportID)
	if err != nil {
		return nil, err
	}
	return &UndoImportPayload{Import: changed}, nil
}

// BatchUsers is the resolver for the batchUsers field.
func (r *mutationResolver) BatchUsers(ctx context.Context, input imports.BatchInput) (*BatchUsersPayload, error) {
	started, err := r.Imports.BatchUsers(ctx, callerOf(ctx), input)
	if err != nil {
		return nil, err
	}
	return &BatchUsersPayload{Import: started}, nil
}

// Imports is the resolver for the imports field.
func (r *workspaceResolver) Imports(ctx context.Context, obj *ent.Workspace, first *int, after *string, last *int, before *string, filter *ImportFilter, orderBy *ent.ImportOrder) (*ent.ImportConnection, error) {
	a, b, err := parseCursors(after, before)
	if err != nil {
		return nil, err
	}
	return r.Reads.ImportBatch.Query().
		Where(importbatch.WorkspaceID(obj.ID), filter.toPredicate(callerOf(ctx))).
		Paginate(ctx, a, first, b, last, ent.WithImportOrder(orDefault(orderBy, newestImports)))
}

// ImportTemplateURL is the resolver for the importTemplateUrl field.
func (r *workspaceResolver) ImportTemplateURL(ctx context.Context, obj *ent.Workspace, format SpreadsheetFormat, locale *string) (string, error) {
	return r.signWorkspaceURL(ctx, obj, "imports/template."+fileExtension(format), locale, nil)
}

// MembersExportURL is the resolver for the membersExportUrl field.
func (r *workspaceResolver) MembersExportURL(ctx context.Context, obj *ent.Workspace, format SpreadsheetFormat, locale *string, filter *MemberFilter, orderBy *ent.MemberOrder) (string, error) {
	query, err := encodeMemberSelection(filter, orderBy)
	if err != nil {
		return "", err
	}
	return r.signWorkspaceURL(ctx, obj, "members."+fileExtension(format), locale, query)
}

// GroupsExportURL is the resolver for the groupsExportUrl field.
func (r *workspaceResolver) GroupsExportURL(ctx context.Context, obj *ent.Workspace, locale *string) (string, error) {
	return r.signWorkspaceURL(ctx, obj, "groups.csv", locale, nil)
}

// ImportLeftover returns ImportLeftoverResolver implementation.
func (r *Resolver) ImportLeftover() ImportLeftoverResolver { return &importLeftoverResolver{r} }

// ImportRowError returns ImportRowErrorResolver implementation.
func (r *Resolver) ImportRowError() ImportRowErrorResolver { return &importRowErrorResolver{r} }

type (
	importLeftoverResolver struct{ *Resolver }
	importRowErrorResolver struct{ *Resolver }
)
