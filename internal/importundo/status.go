package importundo

import (
	"context"

	"usher/ent"
	"usher/ent/member"
	"usher/internal/access"
	"usher/internal/admission"
	"usher/internal/audit"
	"usher/internal/fault"
	"usher/internal/ident"
)

// restoreStatus gives a member the status that they had before a sync deactivated or reactivated
// them, and the seat with it. The caller of undo needs what the single verbs need. It tells why it
// left the status alone.
func (u *Undo) restoreStatus(ctx context.Context, m *ent.Member,
	over *admission.MemberAuthority) (why string, err error) {
	why, err = reasonIfForbidden(over.RequireFull(access.MembersDeactivate))
	if why != "" || err != nil {
		return why, err
	}
	a := admission.Admission{Service: u.Admission, Tx: u.Tx, Workspace: m.Edges.Workspace,
		User: m.Edges.User, Grantor: u.By.In(m.WorkspaceID), Now: u.Now,
		EntryPoint: admission.EntryPoint{Name: admission.EntryPointImport, By: u.By,
			JoinedVia: m.JoinedVia, NoGreeting: true}}
	// The journal entry has told that the status is still the import's.
	if m.Status == member.StatusDeactivated {
		// In a savepoint: without a free seat the rest of the entry is still restored.
		err = u.Tx.Savepoint(ctx, func() error {
			_, err := a.Admit(ctx)
			return err
		})
		if fault.Has(err, fault.SeatLimitReached) {
			return leftNoSeat, nil
		}
		return "", err
	}
	if err := u.Tx.Member.UpdateOneID(m.ID).SetStatus(member.StatusDeactivated).
		SetDeactivatedAt(u.Now).Exec(ctx); err != nil {
		return "", err
	}
	if err := audit.Record(ctx, u.Tx, u.Now, audit.Event{WorkspaceID: m.WorkspaceID,
		Action: audit.MemberDeactivated, EntryPoint: admission.EntryPointImport, By: u.By,
		SubjectID: m.ID, MemberID: m.ID}); err != nil {
		return "", err
	}
	return "", a.FreeSeats(ctx, []ident.ID{m.UserID})
}
