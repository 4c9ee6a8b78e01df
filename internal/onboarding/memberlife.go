package onboarding

import (
	"context"
	"slices"

	"usher/ent"
	"usher/ent/member"
	"usher/ent/roleassignment"
	"usher/internal/access"
	"usher/internal/audit"
	"usher/internal/fault"
	"usher/internal/ident"
	"usher/internal/store"
	"usher/internal/training"
)

// Deactivate closes a member's access at once; roles, groups and progress stay for when they come back. The seat is free
// (ADM-4). Whoever is deactivated already stays so.
func (s *Service) Deactivate(ctx context.Context, by *access.Caller, i ident.ID) (*ent.Member, error) {
	m, err := s.dismissible(ctx, by, i)
	if err != nil {
		return nil, err
	}

	scoped := store.InWorkspace(ctx, m.WorkspaceID)
	err = s.Store.Retry(scoped, func(tx *store.Tx) error {
		now := s.Clock()
		n, err := tx.Member.Update().Where(member.ID(i), member.StatusEQ(member.StatusActive)).
			SetStatus(member.StatusDeactivated).SetDeactivatedAt(now).Save(scoped)
		if n == 0 || err != nil {
			return err
		}
		return s.dismissed(scoped, tx, by, m, audit.MemberDeactivated)
	})
	if err != nil {
		return nil, err
	}
	return s.Store.Member.Get(store.AsCaller(ctx, by), i)
}

// Remove takes a member out of the workspace: their place, roles and enrolments go, their account stays theirs. Who comes back
// by a public link then waits for a yes (JOI-9).
func (s *Service) Remove(ctx context.Context, by *access.Caller, i ident.ID) error {
	m, err := s.dismissible(ctx, by, i)
	if err != nil {
		return err
	}

	scoped := store.InWorkspace(ctx, m.WorkspaceID)
	return s.Store.Retry(scoped, func(tx *store.Tx) error {
		m, err := lockMember(scoped, tx, i)
		if err != nil {
			return err
		}
		if err := s.takeOut(scoped, tx, m); err != nil {
			return err
		}
		return s.dismissed(scoped, tx, by, m, audit.MemberRemoved)
	})
}

// Reactivate revives a deactivated member: with all that they held, but for an end of access that has passed. It takes a seat.
func (s *Service) Reactivate(ctx context.Context, by *access.Caller, i ident.ID) (*ent.Member, error) {
	m, err := s.dismissible(ctx, by, i)
	if err != nil {
		return nil, err
	}

	scoped := store.InWorkspace(ctx, m.WorkspaceID)
	err = s.Store.Retry(scoped, func(tx *store.Tx) error {
		row, err := lockMember(scoped, tx, i)
		if err != nil || row.Status == member.StatusActive {
			return err
		}
		a := admission{
			Service: s, tx: tx, workspace: m.Edges.Workspace, user: m.Edges.User, giver: by.In(m.WorkspaceID), now: s.Clock(),
			via: via{door: doorMember, by: by, joined: row.JoinedVia},
		}
		if _, err = a.admit(scoped); err != nil {
			return err
		}
		return s.catchUp(scoped, tx, row)
	})
	if err != nil {
		return nil, err
	}
	return s.Store.Member.Get(store.AsCaller(ctx, by), i)
}

// catchUp enrols who comes back into what the programs of their groups have begun or planned meanwhile (ADM-3).
func (s *Service) catchUp(ctx context.Context, tx *store.Tx, m *ent.Member) error {
	var groups []ident.ID
	held, err := tx.RoleAssignment.Query().Where(roleassignment.MemberID(m.ID), roleassignment.GroupIDNotNil()).All(ctx)
	if err != nil {
		return err
	}
	for _, a := range held {
		groups = append(groups, *a.GroupID)
	}
	sessions, err := training.Current(ctx, tx, unique(groups), s.Clock())
	if err != nil {
		return err
	}
	return s.Training.Enrol(ctx, tx, m.WorkspaceID, []ident.ID{m.ID}, sessions, false)
}

// dismissible loads a member for who may deactivate, reactivate and remove them: it takes MEMBERS_DEACTIVATE wherever the
// member is, and holding no less than they do.
//
// Security: that somebody is in one's group too does not suffice. Else a group's administrator could add anybody to the
// group and then take them out of the workspace.
func (s *Service) dismissible(ctx context.Context, by *access.Caller, i ident.ID) (*ent.Member, error) {
	m, err := s.memberFor(ctx, by, i, access.MembersDeactivate)
	if err != nil {
		return nil, err
	}
	return m, wholly(by, m, access.MembersDeactivate)
}

// wholly refuses what ends somebody's access, now or at a date, to who does not look after all of them: they hold the
// permission wherever the member is in their own right, and no less than the member does.
func wholly(by *access.Caller, m *ent.Member, may access.Permission) error {
	giver, held := by.In(m.WorkspaceID), m.Edges.RoleAssignments
	beyond := func(a *ent.RoleAssignment) bool {
		if a.PlaceID.Kind() == ident.Workspace && may == access.MembersUpdate && len(a.Edges.Role.Permissions) == 0 {
			return false // a learner of the workspace is in it as everyone is; a unit's manager may still look after them
		}
		return !a.Inherited && !giver.Can(may, placeOf(a.PlaceID))
	}
	if !giver.Throughout(may) && slices.ContainsFunc(held, beyond) {
		return fault.New(fault.Forbidden, "member.elsewhere_too")
	}
	if !coversAll(by, held) {
		return fault.New(fault.Forbidden, "member.beyond")
	}
	return nil
}

// dismissed is what every end of access takes: the seat goes back, an administrator is left, and it is written down.
func (s *Service) dismissed(ctx context.Context, tx *store.Tx, by *access.Caller, m *ent.Member, what audit.Action) error {
	if err := keepAnAdmin(ctx, tx, m.WorkspaceID); err != nil {
		return err
	}
	w, err := tx.Workspace.Get(ctx, m.WorkspaceID)
	if err != nil {
		return err
	}
	if here := by.In(w.ID); what == audit.MemberRemoved && here != nil && here.MemberID == m.ID {
		by = nil // who took themselves out is nobody here any more
	}
	now := s.Clock()
	if err := audit.Record(ctx, tx, now, audit.Event{WorkspaceID: w.ID, Action: what, Door: doorMember, By: by, SubjectID: m.ID, MemberID: m.ID}); err != nil {
		return err
	}
	a := admission{Service: s, tx: tx, workspace: w, user: &ent.User{ID: m.UserID}, now: now}
	return a.freeSeat(ctx)
}
