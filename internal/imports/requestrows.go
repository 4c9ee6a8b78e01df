package imports

import (
	"bytes"
	"context"

	"usher/ent"
	"usher/ent/importbatch"
	"usher/internal/access"
	"usher/internal/admission"
	"usher/internal/fault"
	"usher/internal/i18n"
	"usher/internal/ident"
)

// BatchInput holds the people of a request.
type BatchInput struct {
	WorkspaceID ident.ID
	Rows        []*RowInput
	Action      importbatch.Action
	Existing    *importbatch.Existing
	Grant       *admission.GrantInput
}

// SyncMembersInput holds the people of a source (BAT-2).
type SyncMembersInput struct {
	WorkspaceID      ident.ID
	Rows             []*RowInput
	Action           importbatch.Action
	Grant            *admission.GrantInput
	SendEmail        *bool // nil means true
	Sync             *SyncInput
	ConfirmedLeavers *int
}

// maxRequestRows is how many rows one request may have (BAT-7).
const maxRequestRows = 5_000

// BatchUsers previews and starts the rows of a request in one call (BAT-7). The rows become a file
// and are imported like every file. Errors: FORBIDDEN, PLAN_REQUIRED, BAD_USER_INPUT.
func (s *Service) BatchUsers(ctx context.Context, by *access.Caller,
	in BatchInput) (_ *ent.ImportBatch, err error) {
	defer fault.Annotate(&err, "batch users")

	upload := ImportInput{WorkspaceID: in.WorkspaceID, Action: in.Action, Grant: in.Grant,
		Existing: importbatch.ExistingSkip}
	if in.Existing != nil {
		upload.Existing = *in.Existing
	}
	id, err := s.previewRequest(ctx, by, upload, in.Rows)
	if err != nil {
		return nil, err
	}
	return s.StartImport(ctx, by, StartInput{ID: id})
}

// SyncMembers previews the rows of a request as a sync and starts it. A sync that deactivates more
// people than its limit stays PREVIEWED, and started is false: StartImport starts it with the number
// confirmed. Errors: FORBIDDEN, PLAN_REQUIRED, BAD_USER_INPUT.
func (s *Service) SyncMembers(ctx context.Context, by *access.Caller,
	in SyncMembersInput) (_ *ent.ImportBatch, started bool, err error) {
	defer fault.Annotate(&err, "sync members")

	sync := in.Sync
	if sync == nil {
		sync = &SyncInput{}
	}
	id, err := s.previewRequest(ctx, by, ImportInput{WorkspaceID: in.WorkspaceID, Action: in.Action,
		Grant: in.Grant, Options: OptionsInput{SendEmail: in.SendEmail, Sync: sync}}, in.Rows)
	if err != nil {
		return nil, false, err
	}
	// A refusal leaves the preview, which the caller needs to see.
	b, err := s.StartImport(ctx, by, StartInput{ID: id, ConfirmedLeavers: in.ConfirmedLeavers})
	if f, refused := fault.Of(err); refused && f.Field == "confirmedLeavers" {
		b, err = s.readableImport(ctx, by, id)
		return b, false, err
	}
	return b, err == nil, err
}

// previewRequest previews the rows of a request as an import and returns its id. The rows take the
// way of a file, so that both follow the same rules and limits.
func (s *Service) previewRequest(ctx context.Context, by *access.Caller, upload ImportInput,
	rows []*RowInput) (id ident.ID, err error) {
	if _, err := requireImporter(by, upload.WorkspaceID); err != nil {
		return id, err
	}

	var faults fault.Collector
	switch {
	case len(rows) == 0:
		faults.Add(fault.Input("rows", "import.no_rows"))
	case len(rows) > maxRequestRows:
		faults.Add(fault.Input("rows", "import.too_many",
			i18n.Args{"Max": maxRequestRows, "Given": len(rows)}))
	}
	if err := s.addGrantFaults(ctx, by,
		ImportInput{WorkspaceID: upload.WorkspaceID, Grant: upload.Grant}, &faults); err != nil {
		return id, err
	}
	content, err := encodeRows(rows)
	if err != nil {
		return id, err
	}
	upload.Source, upload.Content, upload.Size = importbatch.SourceRows, bytes.NewReader(content),
		int64(len(content))
	if id, err = s.newImport(ctx, by, upload, true); err != nil {
		return id, err
	}
	return id, s.previewInline(ctx, upload.WorkspaceID, id)
}
