package lifecycle

import (
	"context"
	"time"

	"usher/ent"
	"usher/ent/schema"
	"usher/ent/workspace"
	"usher/internal/access"
	"usher/internal/admission"
	"usher/internal/audit"
	"usher/internal/fault"
	"usher/internal/ident"
	"usher/internal/imports"
	"usher/internal/jobs"
	"usher/internal/mail"
	"usher/internal/member"
	"usher/internal/store"
)

// DefaultDeletionWait is the time between the deletion of a workspace and its erasure.
const DefaultDeletionWait = 14 * 24 * time.Hour

// Service holds the verbs.
type Service struct {
	admission.Deps
	Members *member.Service
	Imports *imports.Service
	// DeletionWait is how long a deleted workspace can be restored.
	DeletionWait time.Duration
}

// New returns the service, and registers its job handler and the composer of its email.
func New(d admission.Deps, members *member.Service, importService *imports.Service) *Service {
	s := &Service{Deps: d, Members: members, Imports: importService,
		DeletionWait: DefaultDeletionWait}
	s.Outbox.Compose(mail.WorkspaceDeletion, s.composeDeletionNotice)
	jobs.Handle(d.Queue, s.workOnExport, jobs.WithTimeout(exportTimeout))
	return s
}

// actor is who changes a workspace: an administrator of its organization, or the operator.
type actor struct {
	caller   *access.Caller
	operator bool
}

// operator is the actor of commands on the machine.
var operator = actor{operator: true}

// asSystem returns the scope of the verbs of this package. An administrator of an organization may
// change a workspace without being a member of it, and an archived one.
func asSystem(ctx context.Context) context.Context {
	return store.AsSystem(ctx, "administrators of an organization manage its workspaces")
}

// requireAdministrator returns the workspace with its organization. Errors: UNAUTHENTICATED;
// NOT_FOUND for callers who are neither members nor administrators of its organization; FORBIDDEN
// for members who are no administrators.
func (s *Service) requireAdministrator(ctx context.Context, by actor,
	id ident.ID) (*ent.Workspace, error) {
	if !by.operator {
		if err := by.caller.RequirePerson(); err != nil {
			return nil, err
		}
	}
	w, err := s.Store.Workspace.Query().Where(workspace.ID(id)).WithOrganization().
		Only(asSystem(ctx))
	if ent.IsNotFound(err) {
		return nil, fault.Missing()
	}
	if err != nil {
		return nil, err
	}
	if by.operator || admission.IsAdministrator(by.caller, w.Edges.Organization) {
		return w, nil
	}
	// Security: FORBIDDEN would tell strangers that the workspace exists.
	if by.caller.In(id) == nil {
		return nil, fault.Missing()
	}
	return nil, fault.Denied()
}

// lockedWorkspace is a workspace and its organization, both locked, in a transaction.
type lockedWorkspace struct {
	tx        *store.Tx
	by        actor
	now       time.Time
	org       *ent.Organization
	workspace *ent.Workspace
}

// changeWorkspace calls change with the locked workspace, for an actor who may change it. change
// returns the workspace as it is then.
func (s *Service) changeWorkspace(ctx context.Context, by actor, id ident.ID,
	change func(context.Context, *lockedWorkspace) (*ent.Workspace, error)) (changed *ent.Workspace,
	err error) {
	known, err := s.requireAdministrator(ctx, by, id)
	if err != nil {
		return nil, err
	}
	ctx = asSystem(ctx)
	err = s.Store.WithTx(ctx, func(tx *store.Tx) error {
		l := &lockedWorkspace{tx: tx, by: by, now: s.Clock()}
		if err := tx.LockOrganization(ctx, known.OrganizationID); err != nil {
			return err
		}
		var err error
		if l.org, err = tx.Organization.Get(ctx, known.OrganizationID); err != nil {
			return err
		}
		if l.workspace, err = tx.LockWorkspace(ctx, id); ent.IsNotFound(err) {
			return fault.Missing() // erased meanwhile
		} else if err != nil {
			return err
		}
		// Decided again behind the lock: another administrator may have removed the caller.
		if !by.operator && !admission.IsAdministrator(by.caller, l.org) {
			return fault.Denied()
		}
		changed, err = change(ctx, l)
		return err
	})
	return changed, err
}

// recordEvent writes an event of the workspace.
func (l *lockedWorkspace) recordEvent(ctx context.Context, action audit.Action,
	details ...schema.Detail) error {
	return audit.Record(ctx, l.tx, l.now, audit.Event{WorkspaceID: l.workspace.ID, Action: action,
		By: l.by.caller, SubjectID: l.workspace.ID, Details: details})
}
