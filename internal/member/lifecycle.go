package member

import (
	"context"

	"usher/ent"
	"usher/ent/member"
	"usher/ent/roleassignment"
	"usher/internal/access"
	"usher/internal/admission"
	"usher/internal/audit"
	"usher/internal/fault"
	"usher/internal/ident"
	"usher/internal/inputs"
	"usher/internal/store"
	"usher/internal/training"
)

// Deactivate ends a member's access immediately and frees the seat (ADM-4). Roles, groups and
// progress stay for a reactivation. Repeating it changes nothing. Errors: NOT_FOUND, FORBIDDEN,
// CONFLICT for the last administrator.
func (s *Service) Deactivate(ctx context.Context, by *access.Caller,
	id ident.ID) (_ *ent.Member, err error) {
	defer fault.Annotate(&err, "deactivate member")

	m, err := s.Admission.RequireMember(ctx, by, id, access.MembersDeactivate)
	if err != nil {
		return nil, err
	}

	scoped := store.InWorkspace(ctx, m.WorkspaceID)
	err = s.Store.Retry(scoped, func(tx *store.Tx) error {
		return s.DeactivateInTx(scoped, tx, m,
			admission.EntryPoint{Name: admission.EntryPointMember, By: by})
	})
	if err != nil {
		return nil, err
	}
	return s.Store.Member.Get(store.AsCaller(ctx, by), id)
}

// DeactivateInTx is the transaction of Deactivate, for an entry point that ends many memberships.
// The actor of the entry point needs the authority that Deactivate needs.
func (s *Service) DeactivateInTx(ctx context.Context, tx *store.Tx, known *ent.Member,
	at admission.EntryPoint) (err error) {
	defer fault.Annotate(&err, "deactivate member")

	return s.endMembership(ctx, tx, at, known, audit.MemberDeactivated,
		func(m *ent.Member) (ended bool, err error) {
			// No event and no freed seat if the member is deactivated already.
			n, err := tx.Member.Update().
				Where(member.ID(m.ID), member.StatusEQ(member.StatusActive)).
				SetStatus(member.StatusDeactivated).SetDeactivatedAt(s.Clock()).Save(ctx)
			return n > 0, err
		})
}

// Remove deletes a membership with its roles and enrollments. The account stays. If the person
// joins again through a public link, they need an approval (JOI-9). Errors: NOT_FOUND, FORBIDDEN,
// CONFLICT for the last administrator.
func (s *Service) Remove(ctx context.Context, by *access.Caller, id ident.ID) (err error) {
	defer fault.Annotate(&err, "remove member")

	_, err = s.removeOne(ctx, by, id)
	return err
}

// removeOne removes a member and returns them as they were.
func (s *Service) removeOne(ctx context.Context, by *access.Caller,
	id ident.ID) (*ent.Member, error) {
	m, err := s.Admission.RequireMember(ctx, by, id, access.MembersDeactivate)
	if err != nil {
		return nil, err
	}

	scoped := store.InWorkspace(ctx, m.WorkspaceID)
	return m, s.Store.Retry(scoped, func(tx *store.Tx) error {
		at := admission.EntryPoint{Name: admission.EntryPointMember, By: by}
		return s.endMembership(scoped, tx, at, m, audit.MemberRemoved,
			func(m *ent.Member) (ended bool, err error) {
				return true, s.removeMember(scoped, tx, m)
			})
	})
}

// Reactivate gives a deactivated member their access again, with the roles that they held. An end
// of access that has passed is cleared. It takes a seat. Errors: NOT_FOUND, FORBIDDEN,
// SEAT_LIMIT_REACHED.
func (s *Service) Reactivate(ctx context.Context, by *access.Caller,
	id ident.ID) (_ *ent.Member, err error) {
	defer fault.Annotate(&err, "reactivate member")

	m, err := s.Admission.RequireMember(ctx, by, id, access.MembersDeactivate)
	if err != nil {
		return nil, err
	}

	scoped := store.InWorkspace(ctx, m.WorkspaceID)
	err = s.Store.Retry(scoped, func(tx *store.Tx) error {
		_, err := s.ReactivateInTx(scoped, tx, m,
			admission.EntryPoint{Name: admission.EntryPointMember, By: by})
		return err
	})
	if err != nil {
		return nil, err
	}
	return s.Store.Member.Get(store.AsCaller(ctx, by), id)
}

// ReactivateInTx is the transaction of Reactivate, for an entry point that brings many members back.
// It returns the member as they are then. The actor of the entry point needs the authority that
// Reactivate needs.
func (s *Service) ReactivateInTx(ctx context.Context, tx *store.Tx, known *ent.Member,
	at admission.EntryPoint) (_ *ent.Member, err error) {
	defer fault.Annotate(&err, "reactivate member")

	// The organization comes first in the lock order, and a seat is taken below.
	if err := tx.LockOrganizationOf(ctx, known.WorkspaceID); err != nil {
		return nil, err
	}
	row, err := admission.LockForAuthority(ctx, tx, known.ID)
	if err != nil {
		return nil, err
	}
	if err := admission.AuthorityOver(at.By, row).
		RequireFull(access.MembersDeactivate); err != nil || row.Status == member.StatusActive {
		return row, err
	}
	// The grant is empty: Admit takes the seat, sets ACTIVE and queues the email.
	at.JoinedVia = row.JoinedVia
	a := admission.Admission{Service: s.Admission, Tx: tx, Workspace: row.Edges.Workspace,
		User: row.Edges.User, Grantor: at.By.In(row.WorkspaceID), Now: s.Clock(), EntryPoint: at}
	revived, err := a.Admit(ctx)
	if err != nil {
		return nil, err
	}
	return revived, s.settleSessions(ctx, tx, row)
}

// settleSessions enrolls a reactivated member into the current sessions of their groups' programs,
// which may have begun while they were deactivated (ADM-3).
func (s *Service) settleSessions(ctx context.Context, tx *store.Tx, m *ent.Member) error {
	var groups []ident.ID
	held, err := tx.RoleAssignment.Query().
		Where(roleassignment.MemberID(m.ID), roleassignment.GroupIDNotNil()).All(ctx)
	if err != nil {
		return err
	}
	for _, a := range held {
		groups = append(groups, *a.GroupID)
	}
	// Of all groups, inherited ones included: a program of an ancestor enrolls the members below
	// too.
	sessions, err := training.CurrentSessions(ctx, tx, inputs.Distinct(groups), s.Clock())
	if err != nil {
		return err
	}
	return s.Training.EnrollMembers(ctx, tx, m.WorkspaceID, []ident.ID{m.ID}, sessions, false)
}

// endMembership ends a member's access with the given function, which returns whether there was any
// access to end. The caller needs full authority over the member. It frees the seat and records the
// event. CONFLICT if no administrator would be left.
func (s *Service) endMembership(
	ctx context.Context, tx *store.Tx, at admission.EntryPoint, known *ent.Member,
	what audit.Action, end func(*ent.Member) (ended bool, err error),
) error {
	now, by := s.Clock(), at.By
	// The organization comes first in the lock order, and a seat is freed below.
	if err := tx.LockOrganizationOf(ctx, known.WorkspaceID); err != nil {
		return err
	}
	admins, err := admission.GuardAdmins(ctx, tx, known.WorkspaceID, now)
	if err != nil {
		return err
	}
	// Loaded again behind the lock: the first read authorized the caller for the member as they
	// were then.
	m, err := admission.LockForAuthority(ctx, tx, known.ID)
	if err != nil {
		return err
	}
	if err := admission.AuthorityOver(by, m).RequireFull(access.MembersDeactivate); err != nil {
		return err
	}

	ended, err := end(m)
	if err != nil || !ended {
		return err
	}

	// Checked after the change, because only then is known who is left.
	if err := admins.Check(ctx); err != nil {
		return err
	}
	// A member who removed themselves has no row any more that the event could refer to.
	if here := by.In(m.WorkspaceID); what == audit.MemberRemoved && here != nil &&
		here.MemberID == m.ID {
		by = nil
	}
	if err := audit.Record(ctx, tx, now, audit.Event{
		WorkspaceID: m.WorkspaceID, Action: what, EntryPoint: at.Name, By: by,
		SubjectID: m.ID, MemberID: m.ID,
	}); err != nil {
		return err
	}
	a := admission.Admission{Service: s.Admission, Tx: tx, Workspace: m.Edges.Workspace,
		User: m.Edges.User, Now: now}
	return a.FreeSeat(ctx)
}
