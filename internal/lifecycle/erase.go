package lifecycle

import (
	"context"
	"slices"
	"time"

	"usher/ent"
	"usher/ent/apikey"
	"usher/ent/application"
	"usher/ent/applicationsignin"
	"usher/ent/assignmentsource"
	"usher/ent/auditevent"
	"usher/ent/card"
	"usher/ent/customfield"
	"usher/ent/deletion"
	"usher/ent/departure"
	"usher/ent/enrollment"
	"usher/ent/group"
	"usher/ent/idempotentrequest"
	"usher/ent/importbatch"
	"usher/ent/importchange"
	"usher/ent/importfile"
	"usher/ent/importrow"
	"usher/ent/invitation"
	"usher/ent/joinlink"
	"usher/ent/joinrequest"
	"usher/ent/joinslug"
	entmail "usher/ent/mail"
	"usher/ent/member"
	"usher/ent/orgunit"
	"usher/ent/program"
	"usher/ent/role"
	"usher/ent/roleassignment"
	"usher/ent/schema"
	"usher/ent/session"
	"usher/ent/suppression"
	"usher/ent/webhook"
	"usher/ent/webhookdelivery"
	"usher/ent/workspace"
	"usher/ent/workspaceexport"
	"usher/ent/workspaceexportpiece"
	"usher/internal/admission"
	"usher/internal/audit"
	"usher/internal/fault"
	"usher/internal/ident"
	"usher/internal/store"
)

const (
	// maxErasureRuntime is how long one round erases before other jobs get a turn.
	maxErasureRuntime = 10 * time.Second
	// maxErasedRows is how many rows of a table one transaction deletes.
	maxErasedRows = 500
	// maxErasedMembers is how many members one transaction deletes: each takes statements of its
	// own, because seats are counted.
	maxErasedMembers = 50
)

// Tables in the order of their erasure: those that refer to others come first, so that a deletion
// cascades to few rows.
var (
	tablesBeforeMembers = []string{webhookdelivery.Table, webhook.Table,
		applicationsignin.Table, application.Table,
		workspaceexportpiece.Table, workspaceexport.Table,
		entmail.Table, assignmentsource.Table, roleassignment.Table, enrollment.Table, card.Table,
		importchange.Table, importrow.Table, importfile.Table, joinrequest.Table,
		auditevent.Table, invitation.Table, joinslug.Table, joinlink.Table, importbatch.Table,
		idempotentrequest.Table, apikey.Table, departure.Table, customfield.Table}
	tablesAfterMembers = []string{session.Table, program.Table, group.Table, orgunit.Table,
		role.Table, deletion.Table}
)

// EraseDeleted erases the workspaces whose waiting time is over (WSP-3), in small transactions. A
// round that is interrupted, or takes too long, is continued by the next one.
func (s *Service) EraseDeleted(ctx context.Context) (err error) {
	defer fault.Annotate(&err, "erase deleted workspaces")

	ctx = store.AsSystem(ctx, "workspaces whose waiting time is over are erased")
	deadline := time.Now().Add(maxErasureRuntime)
	due, err := s.Store.Workspace.Query().Where(workspace.DeletionAtLTE(s.Clock())).
		// The oldest first: one that takes many rounds is finished before the next one begins.
		Order(ent.Asc(workspace.FieldDeletionAt)).IDs(ctx)
	if err != nil {
		return err
	}
	for _, id := range due {
		done, err := s.eraseWorkspace(ctx, id, deadline)
		if err != nil || !done {
			return err
		}
	}
	return nil
}

// eraseWorkspace erases one workspace; false if the deadline came first.
func (s *Service) eraseWorkspace(ctx context.Context, id ident.ID,
	deadline time.Time) (done bool, err error) {
	if begun, err := s.beginErasure(ctx, id); err != nil || !begun {
		return true, err
	}
	steps := []func() (int, error){}
	for _, table := range tablesBeforeMembers {
		steps = append(steps, func() (int, error) { return s.eraseRows(ctx, id, table) })
	}
	steps = append(steps, func() (int, error) { return s.eraseMembers(ctx, id) })
	for _, table := range tablesAfterMembers {
		steps = append(steps, func() (int, error) { return s.eraseRows(ctx, id, table) })
	}
	for _, step := range steps {
		// A step is repeated until it finds no row. After an interruption the finished steps find
		// none in their first round.
		for n := 1; n > 0; {
			if time.Now().After(deadline) {
				return false, nil
			}
			if n, err = step(); err != nil {
				return false, err
			}
		}
	}
	return true, s.endErasure(ctx, id)
}

// beginErasure marks the beginning, from which on the workspace cannot be restored; false if it was
// restored meanwhile.
func (s *Service) beginErasure(ctx context.Context, id ident.ID) (begun bool, err error) {
	err = s.Store.WithTx(ctx, func(tx *store.Tx) error {
		// Set in the transaction, since an earlier attempt may have set it.
		begun = false
		w, err := tx.LockWorkspace(ctx, id)
		if ent.IsNotFound(err) {
			return nil
		}
		now := s.Clock()
		if err != nil || w.DeletionAt == nil || w.DeletionAt.After(now) {
			return err
		}
		begun = true
		// An earlier round began it. Its time is kept.
		if w.ErasureStartedAt != nil {
			return nil
		}
		return tx.Workspace.UpdateOne(w).SetErasureStartedAt(now).Exec(ctx)
	})
	return begun, err
}

// eraseRows deletes some rows of a table and returns how many.
func (s *Service) eraseRows(ctx context.Context, id ident.ID, table string) (n int, err error) {
	scoped := store.InWorkspace(store.DespiteArchive(ctx, "the workspace is erased"), id)
	err = s.Store.WithTx(scoped, func(tx *store.Tx) (err error) {
		n, err = tx.EraseRows(scoped, table, maxErasedRows)
		return err
	})
	return n, err
}

// eraseMembers deletes some members and returns how many. Their seats are freed. An account that
// nobody has verified and that has no other membership is erased with them, as by eraseMember.
func (s *Service) eraseMembers(ctx context.Context, id ident.ID) (n int, err error) {
	err = s.Store.Retry(ctx, func(tx *store.Tx) error {
		n = 0
		// The seats are counted at the organization, which is the first lock.
		if err := tx.LockOrganizationOf(ctx, id); err != nil {
			return err
		}
		w, err := tx.LockWorkspace(ctx, id)
		if err != nil {
			return err
		}
		// In the order of ids, so that each transaction deletes the next ones.
		members, err := tx.Member.Query().Where(member.WorkspaceID(id)).
			Order(ent.Asc(member.FieldID)).Limit(maxErasedMembers).WithUser().All(ctx)
		if err != nil || len(members) == 0 {
			return err
		}
		users, ids := make([]ident.ID, len(members)), make([]ident.ID, len(members))
		for i, m := range members {
			users[i], ids[i] = m.UserID, m.ID
		}
		if _, err := tx.LockUsers(ctx, store.ToChange, users...); err != nil {
			return err
		}
		if _, err := tx.LockMembers(ctx, store.ToDelete, ids...); err != nil {
			return err
		}
		if _, err := tx.Member.Delete().Where(member.IDIn(ids...)).Exec(ctx); err != nil {
			return err
		}
		now := s.Clock()
		for _, m := range members {
			a := admission.Admission{Service: s.Members.Admission, Tx: tx, Workspace: w,
				User: m.Edges.User, Now: now}
			if err := a.FreeSeat(ctx); err != nil {
				return err
			}
		}
		n = len(members)
		org, err := tx.Organization.Get(ctx, w.OrganizationID)
		if err != nil {
			return err
		}
		// An administrator of the organization keeps the account, to create the next workspace.
		administrators := admission.AdministratorIDs(org)
		users = slices.DeleteFunc(users, func(id ident.ID) bool {
			return slices.Contains(administrators, id)
		})
		return s.Members.EraseUnplaced(ctx, tx, users...)
	})
	return n, err
}

// keepErasedWorkspace notes an erased workspace at its organization. If it was the last one, no
// history is left that could tell of it, and the operator reads it there.
func keepErasedWorkspace(ctx context.Context, tx *store.Tx, w *ent.Workspace,
	at time.Time) error {
	org, err := tx.Organization.Get(ctx, w.OrganizationID)
	if err != nil {
		return err
	}
	return tx.Organization.UpdateOne(org).SetErasedWorkspaces(append(org.ErasedWorkspaces,
		schema.ErasedWorkspace{ID: w.ID.String(), Slug: w.Slug, Name: w.Name, At: at.UTC()})).
		Exec(ctx)
}

// endErasure deletes the workspace itself, and tells of it in the history of the other workspaces
// of its organization.
func (s *Service) endErasure(ctx context.Context, id ident.ID) error {
	return s.Store.WithTx(ctx, func(tx *store.Tx) error {
		// The organization is the first lock. It is written to, below.
		if err := tx.LockOrganizationOf(ctx, id); err != nil {
			return err
		}
		w, err := tx.LockWorkspace(ctx, id)
		if ent.IsNotFound(err) {
			return nil
		}
		if err != nil {
			return err
		}
		// Suppressions refer to a workspace or to none, so no foreign key deletes them.
		if _, err := tx.Suppression.Delete().Where(suppression.PlaceID(id)).
			Exec(ctx); err != nil {
			return err
		}
		if err := tx.Workspace.DeleteOne(w).Exec(ctx); err != nil {
			return err
		}
		if err := keepErasedWorkspace(ctx, tx, w, s.Clock()); err != nil {
			return err
		}
		// The history of the workspace is erased with it. The organization must still find out.
		return admission.RecordInOrganization(ctx, tx, nil, w.OrganizationID, s.Clock(),
			audit.OrganizationWorkspaceErased, schema.Detail{Name: "workspace", Before: w.Name})
	})
}
