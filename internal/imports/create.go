package imports

import (
	"context"
	"errors"
	"io"
	"time"

	"usher/ent"
	"usher/ent/importbatch"
	"usher/ent/importfile"
	"usher/ent/schema"
	"usher/internal/access"
	"usher/internal/admission"
	"usher/internal/audit"
	"usher/internal/fault"
	"usher/internal/i18n"
	"usher/internal/ident"
	"usher/internal/inputs"
	"usher/internal/jobs"
	"usher/internal/spreadsheet"
	"usher/internal/store"
)

// An import (BAT-1 to BAT-10) has three stages:
//
// createImport stores the file, sealed, in pieces. The preview evaluates each row and writes
// nothing but the rows. startImport enqueues a job whose workers write the rows chunk by chunk.
//
// A row is evaluated twice by the same code (evaluateRow), at preview and when it runs, so that
// changes between the two are taken into account.

// ImportInput holds a file or a text with people, and how to import them.
type ImportInput struct {
	WorkspaceID ident.ID
	Source      importbatch.Source
	FileName    string
	Content     io.ReaderAt
	Size        int64
	Action      importbatch.Action
	Existing    importbatch.Existing
	Header      importbatch.Header // empty: DETECT
	Grant       *admission.GrantInput
	Options     OptionsInput
}

// requireContent refuses an import without a file or text, and one that is too big.
func (in *ImportInput) requireContent() error {
	switch {
	case in.Content == nil:
		return fault.Input("file", "import.file_or_text")
	case in.Size > spreadsheet.MaxBytes:
		return fault.Input("file", "import.too_big", i18n.Args{"Max": spreadsheet.MaxBytes >> 20})
	}
	return nil
}

// pieceSize is how many bytes of a file one row of the database holds.
const pieceSize = 1 << 20

// maxInlinePreview is the largest file, in bytes, that is previewed within the request that
// uploads it.
const maxInlinePreview = 256 << 10

// importJob is the job that previews or runs an import.
type importJob struct {
	Import ident.ID `json:"import"`
	// Preview asks for a preview only. Such a job does nothing to an import that is past its
	// preview.
	Preview bool `json:"preview,omitempty"`
}

// Kind returns the stored name of the job.
func (importJob) Kind() string { return "import" }

// CreateImport stores a file and previews it. It writes nothing except the import itself (BAT-3). A
// file over maxInlinePreview is previewed by a job, so its import is returned as PREVIEWING.
// Errors: FORBIDDEN, PLAN_REQUIRED, BAD_USER_INPUT.
func (s *Service) CreateImport(ctx context.Context, by *access.Caller,
	in ImportInput) (_ *ent.ImportBatch, err error) {
	defer fault.Annotate(&err, "create import")

	if _, err := requireImporter(by, in.WorkspaceID); err != nil {
		return nil, err
	}

	var faults fault.Collector
	faults.Add(in.requireContent())
	if err := s.addGrantFaults(ctx, by, in, &faults); err != nil {
		return nil, err
	}
	// A small file is previewed before the answer, so that most clients never have to poll.
	i, err := s.newImport(ctx, by, in, in.Size <= maxInlinePreview)
	if err != nil {
		return nil, err
	}
	if in.Size <= maxInlinePreview {
		if err := s.previewInline(ctx, in.WorkspaceID, i); err != nil {
			return nil, err
		}
	}
	return s.Store.ImportBatch.Get(store.InWorkspace(ctx, in.WorkspaceID), i)
}

// addGrantFaults returns the faults of the rows or the file together with those of the grant, if
// there are any of the first. Otherwise newImport finds the faults of the grant.
func (s *Service) addGrantFaults(ctx context.Context, by *access.Caller, in ImportInput,
	faults *fault.Collector) error {
	if !faults.HasFaults() {
		return nil
	}
	scoped := store.InWorkspace(ctx, in.WorkspaceID)
	w, err := s.Store.Workspace.Get(scoped, in.WorkspaceID)
	if err != nil {
		return err
	}
	_, err = commonGrant(scoped, s.Store.Client, by.In(in.WorkspaceID), w, in.Grant, s.Clock())
	faults.Add(err)
	return faults.Err()
}

// requireImporter returns the caller's membership, and refuses a caller without the permission to
// import.
func requireImporter(by *access.Caller, workspace ident.ID) (*access.Membership, error) {
	m, err := by.RequireMembership(workspace)
	if err == nil && !m.CanAnywhere(access.MembersImport) {
		err = fault.Denied()
	}
	return m, err
}

// newImport writes the import and its sealed file, which may hold passwords. The pieces are deleted
// once the preview is done. It also enqueues the job that previews the file. inline says that the
// request previews the file itself, so that the job starts later and only has work if the request
// was cut off.
func (s *Service) newImport(ctx context.Context, by *access.Caller, in ImportInput,
	inline bool) (ident.ID, error) {
	id := ident.New(ident.Import)
	ctx = store.InWorkspace(ctx, in.WorkspaceID)
	m := by.In(in.WorkspaceID)
	return id, s.Store.WithTx(ctx, func(tx *store.Tx) error {
		now := s.Clock()
		w, err := tx.Workspace.Query().WithOrganization().Only(ctx)
		if err != nil {
			return err
		}
		// The plan is read inside the transaction, so that a change of plan is never missed.
		if !w.Edges.Organization.Entitlements.SpreadsheetImport {
			return fault.New(fault.PlanRequired, "import.plan")
		}
		var faults fault.Collector
		g, err := commonGrant(ctx, tx.Client, m, w, in.Grant, now)
		faults.Add(err)
		fields, err := loadFields(ctx, tx.Client)
		if err != nil {
			return err
		}
		options, err := in.Options.validate(w, fields, now)
		faults.Add(err)
		if err := faults.Err(); err != nil {
			return err
		}
		if options.Sync != nil {
			in.Existing = importbatch.ExistingUpdate
		}
		create := tx.ImportBatch.Create().SetID(id).SetWorkspaceID(w.ID).
			SetStatus(importbatch.StatusPreviewing).SetSource(in.Source).SetAction(in.Action).
			SetExisting(in.Existing).SetNillableFileName(inputs.NilIfEmpty(in.FileName)).
			SetGrant(g).SetOptions(options).SetCreatedAt(now).SetUpdatedAt(now)
		if in.Header != "" {
			create.SetHeader(in.Header)
		}
		// An API key has no member, so it is recorded as the starter itself (ADM-9).
		if m.MemberID.IsZero() {
			create.SetGrantorKeyID(by.KeyID)
		} else {
			create.SetStartedByID(m.MemberID)
		}
		// The import comes first, because the pieces refer to it.
		if err := create.Exec(ctx); err != nil {
			return err
		}
		// One buffer serves all pieces, so that memory does not grow with the file.
		piece := make([]byte, pieceSize)
		for at := int64(0); at < in.Size; at += pieceSize {
			n, err := in.Content.ReadAt(piece[:min(pieceSize, in.Size-at)], at)
			// ReadAt may return io.EOF together with the last bytes.
			if err != nil && !errors.Is(err, io.EOF) {
				return err
			}
			if err := tx.ImportFile.Create().SetWorkspaceID(w.ID).SetImportID(id).
				SetPosition(int(at / pieceSize)).
				SetContent(s.Keys.Seal("import-file", piece[:n])).Exec(ctx); err != nil {
				return err
			}
		}
		if err := audit.Record(ctx, tx, now, audit.Event{WorkspaceID: w.ID,
			Action: audit.ImportMade, EntryPoint: admission.EntryPointImport, By: by,
			SubjectID: id}); err != nil {
			return err
		}
		job := jobs.Job{Args: importJob{Import: id, Preview: true}}
		// A client that disconnects, or a process that dies, leaves the preview to the job.
		if inline {
			job.At = now.Add(previewJobAfter)
		}
		return s.Queue.Insert(ctx, tx, job)
	})
}

// commonGrant validates the grant that every row gets. The objects it names must exist. Its roles
// are placed, and checked against the grantor's authority, for each row.
func commonGrant(ctx context.Context, db *ent.Client, grantor *access.Membership,
	w *ent.Workspace, in *admission.GrantInput, now time.Time) (schema.Grant, error) {
	if in == nil {
		return schema.Grant{}, nil
	}
	var faults fault.Collector
	g, err := in.Validate(w, now)
	faults.Add(err)
	// The objects are looked up as the grantor, so a hidden object is missing for them.
	named, err := admission.LoadNamed(admission.AsMember(ctx, grantor), db, in)
	faults.Add(err)
	g.CustomFields, err = admission.ValidateAnswers(ctx, db, "grant.customFields",
		in.CustomFields)
	faults.Add(err)
	if err := faults.Err(); err != nil {
		return g, err
	}
	for _, role := range in.Roles {
		g.Roles = append(g.Roles,
			schema.GrantedRole{RoleID: admission.FindRoleByName(named.Roles, role).ID})
	}
	return g, nil
}

// permissionOf returns the permission that an import's action requires at each place.
func permissionOf(a importbatch.Action) access.Permission {
	if a == importbatch.ActionCreate {
		return access.MembersCreate
	}
	return access.MembersInvite
}

// filePieces reads an import's file from its pieces, and holds one piece at a time.
type filePieces struct {
	ctx      context.Context
	service  *Service
	id       ident.ID
	position int
	content  []byte
}

// ReadAt implements io.ReaderAt.
func (p *filePieces) ReadAt(b []byte, off int64) (n int, err error) {
	for n < len(b) {
		at := int((off + int64(n)) / pieceSize)
		// The reader asks for small ranges in order, so the last piece is kept.
		if p.content == nil || p.position != at {
			row, err := p.service.Store.ImportFile.Query().
				Where(importfile.ImportID(p.id), importfile.Position(at)).Only(p.ctx)
			if ent.IsNotFound(err) {
				return n, io.EOF
			}
			if err != nil {
				return n, err
			}
			if p.content, err = p.service.Keys.Open("import-file", row.Content); err != nil {
				return n, err
			}
			p.position = at
		}
		from := (off + int64(n)) % pieceSize
		if from >= int64(len(p.content)) {
			return n, io.EOF
		}
		n += copy(b[n:], p.content[from:])
	}
	return n, nil
}

// fileSize returns the length of the file in bytes.
func (p *filePieces) fileSize() (int64, error) {
	n, err := p.service.Store.ImportFile.Query().Where(importfile.ImportID(p.id)).Count(p.ctx)
	if n == 0 || err != nil {
		return 0, err
	}
	last, err := p.service.Store.ImportFile.Query().
		Where(importfile.ImportID(p.id), importfile.Position(n-1)).Only(p.ctx)
	if err != nil {
		return 0, err
	}
	content, err := p.service.Keys.Open("import-file", last.Content)
	return int64(n-1)*pieceSize + int64(len(content)), err
}

// RowInput is one person of a request.
type RowInput struct {
	LastName        *string
	FirstName       *string
	Email           *string
	Username        *string
	ExternalID      *string
	Labels          []string
	SendCredentials *bool
	Password        *string
	Locale          *string
	AdditionalInfo  *string
	Groups          []string
	Roles           []string
	OrgUnit         *string
	Sessions        []string
	AccessExpiresAt *time.Time
	CustomFields    map[string]any
	Active          *bool // false: the person has left; only in a sync
}
