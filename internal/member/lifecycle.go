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

// Deactivate closes a member's access at once; roles, groups and progress stay for when they come
// back. The seat is free (ADM-4). Whoever is deactivated already stays so.
func (s *Service) Deactivate(ctx context.Context, by *access.Caller,
	i ident.ID) (_ *ent.Member, err error) {
	defer fault.Annotate(&err, "deactivate member")

	m, err := s.Admission.RequireMember(ctx, by, i, access.MembersDeactivate)
	if err != nil {
		return nil, err
	}

	scoped := store.InWorkspace(ctx, m.WorkspaceID)
	err = s.Store.Retry(scoped, func(tx *store.Tx) error {
		return s.endMembership(scoped, tx, by, m, audit.MemberDeactivated,
			func(m *ent.Member) (ended bool, err error) {
				n, err := tx.Member.Update().
					Where(member.ID(i), member.StatusEQ(member.StatusActive)).
					SetStatus(member.StatusDeactivated).SetDeactivatedAt(s.Clock()).Save(scoped)
				return n > 0, err
			})
	})
	if err != nil {
		return nil, err
	}
	return s.Store.Member.Get(store.AsCaller(ctx, by), i)
}

// Remove takes a member out of the workspace: their place, roles and enrolments go, their account
// stays theirs. Who comes back by a public link then waits for a yes (JOI-9).
func (s *Service) Remove(ctx context.Context, by *access.Caller, i ident.ID) (err error) {
	defer fault.Annotate(&err, "remove member")

	m, err := s.Admission.RequireMember(ctx, by, i, access.MembersDeactivate)
	if err != nil {
		return err
	}

	scoped := store.InWorkspace(ctx, m.WorkspaceID)
	return s.Store.Retry(scoped, func(tx *store.Tx) error {
		return s.endMembership(scoped, tx, by, m, audit.MemberRemoved,
			func(m *ent.Member) (ended bool, err error) {
				return true, s.removeMember(scoped, tx, m)
			})
	})
}

// Reactivate revives a deactivated member: with all that they held, but for an end of access that
// has passed. It takes a seat.
func (s *Service) Reactivate(ctx context.Context, by *access.Caller,
	i ident.ID) (_ *ent.Member, err error) {
	defer fault.Annotate(&err, "reactivate member")

	m, err := s.Admission.RequireMember(ctx, by, i, access.MembersDeactivate)
	if err != nil {
		return nil, err
	}

	scoped := store.InWorkspace(ctx, m.WorkspaceID)
	err = s.Store.Retry(scoped, func(tx *store.Tx) error {
		if err := tx.LockOrganizationOf(scoped, m.WorkspaceID); err != nil { // a seat is taken
			return err
		}
		row, err := admission.LockForAuthority(scoped, tx, i)
		if err != nil {
			return err
		}
		if err := admission.AuthorityOver(by, row).
			RequireFull(access.MembersDeactivate); err != nil || row.Status == member.StatusActive {
			return err
		}
		a := admission.Admission{
			Service: s.Admission, Tx: tx, Workspace: row.Edges.Workspace, User: row.Edges.User,
			Grantor: by.In(row.WorkspaceID), Now: s.Clock(),
			EntryPoint: admission.EntryPoint{Name: admission.EntryPointMember, By: by,
				JoinedVia: row.JoinedVia},
		}
		if _, err = a.Admit(scoped); err != nil {
			return err
		}
		return s.settleSessions(scoped, tx, row)
	})
	if err != nil {
		return nil, err
	}
	return s.Store.Member.Get(store.AsCaller(ctx, by), i)
}

// settleSessions enrols who comes back into what the programs of their groups have begun or planned
// meanwhile (ADM-3).
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
	sessions, err := training.Current(ctx, tx, inputs.Distinct(groups), s.Clock())
	if err != nil {
		return err
	}
	return s.Training.Enrol(ctx, tx, m.WorkspaceID, []ident.ID{m.ID}, sessions, false)
}

// endMembership ends a member's access: it takes full authority over them, an administrator stays,
// the seat goes back, and it is written down. end does it, and tells whether there was any access
// to end.
func (s *Service) endMembership(
	ctx context.Context, tx *store.Tx, by *access.Caller, known *ent.Member, what audit.Action,
	end func(*ent.Member) (ended bool, err error),
) error {
	now := s.Clock()
	if err := tx.LockOrganizationOf(ctx, known.WorkspaceID); err != nil { // its seat is freed
		return err
	}
	admins, err := admission.GuardAdmins(ctx, tx, known.WorkspaceID, now)
	if err != nil {
		return err
	}
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
	if err := admins.Check(ctx); err != nil {
		return err
	}
	if here := by.In(m.WorkspaceID); what == audit.MemberRemoved && here != nil &&
		here.MemberID == m.ID {
		by = nil // who took themselves out is nobody here any more
	}
	if err := audit.Record(ctx, tx, now, audit.Event{
		WorkspaceID: m.WorkspaceID, Action: what, EntryPoint: admission.EntryPointMember, By: by,
		SubjectID: m.ID, MemberID: m.ID,
	}); err != nil {
		return err
	}
	a := admission.Admission{Service: s.Admission, Tx: tx, Workspace: m.Edges.Workspace,
		User: m.Edges.User, Now: now}
	return a.FreeSeat(ctx)
}
