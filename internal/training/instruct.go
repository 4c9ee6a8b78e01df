package training

import (
	"context"
	"fmt"
	"slices"

	"usher/ent"
	"usher/ent/assignmentsource"
	"usher/ent/member"
	"usher/ent/role"
	"usher/ent/roleassignment"
	"usher/internal/access"
	"usher/internal/account"
	"usher/internal/fault"
	"usher/internal/i18n"
	"usher/internal/ident"
	"usher/internal/inputs"
	"usher/internal/store"
)

// requireInstructors refuses instructors that the caller does not see, and members that are not
// active.
func (s *Service) requireInstructors(ctx context.Context, by *access.Caller, workspace ident.ID,
	ids []ident.ID) error {
	if len(inputs.Distinct(ids)) > maxNamed {
		return fault.Input("instructorIds", "grant.too_many", i18n.Args{"Max": maxNamed})
	}
	people, err := s.Store.Member.Query().Where(member.IDIn(ids...), member.WorkspaceID(workspace)).
		All(store.AsCaller(ctx, by))
	if err != nil {
		return err
	}
	var faults fault.Collector
	for i, id := range ids {
		at := fmt.Sprintf("instructorIds.%d", i)
		found := slices.IndexFunc(people, func(m *ent.Member) bool { return m.ID == id })
		switch {
		// A hidden member and a missing one get the same answer.
		case found < 0:
			faults.Add(fault.At(fault.New(fault.NotFound, "training.no_member"), at))
		case people[found].Status != member.StatusActive:
			faults.Add(fault.Input(at, "training.instructor_inactive"))
		}
	}
	return faults.Err()
}

// assignInstructors gives members the role of an instructor in a session, if the caller may give it
// there (ADM-6).
func (s *Service) assignInstructors(ctx context.Context, tx *store.Tx, at *ent.Session,
	members []ident.ID,
	grantor *access.Membership) error {
	if len(members) == 0 {
		return nil
	}
	r, err := tx.Role.Query().Where(role.Key(access.Instructor)).Only(ctx)
	if err != nil {
		return err
	}
	if !grantor.MayGive(access.NewSet(r.Permissions), access.Session(at.ID)) {
		return fault.New(fault.Forbidden, "grant.beyond_role", i18n.Args{"Role": r.Name})
	}
	// Members who hold the role keep their assignment and its source.
	held, err := tx.RoleAssignment.Query().Where(roleassignment.SessionID(at.ID),
		roleassignment.RoleID(r.ID), roleassignment.MemberIDIn(members...)).All(ctx)
	if err != nil {
		return err
	}
	// Checked in the transaction: an address may have been changed since the input was validated.
	if err := refuseUnverified(ctx, tx, members, held); err != nil {
		return err
	}
	now := s.Clock()
	var assignments []*ent.RoleAssignmentCreate
	var sources []*ent.AssignmentSourceCreate
	for _, m := range members {
		if slices.ContainsFunc(held, func(a *ent.RoleAssignment) bool { return a.MemberID == m }) {
			continue
		}
		// The id is chosen here, because the source refers to it in the same transaction.
		id := ident.New(ident.RoleAssignment)
		assignments = append(assignments, tx.RoleAssignment.Create().SetID(id).
			SetWorkspaceID(at.WorkspaceID).SetMemberID(m).
			SetRoleID(r.ID).SetPlaceID(at.ID).SetSessionID(at.ID).SetCreatedAt(now))
		sources = append(sources, tx.AssignmentSource.Create().SetWorkspaceID(at.WorkspaceID).
			SetAssignmentID(id).
			SetKind(assignmentsource.KindSession).SetSourceID(at.ID))
	}
	if len(assignments) == 0 {
		return nil
	}
	if err := tx.RoleAssignment.CreateBulk(assignments...).Exec(ctx); err != nil {
		return err
	}
	return tx.AssignmentSource.CreateBulk(sources...).Exec(ctx)
}

// refuseUnverified refuses to give the role to a member whose address nobody has verified: the
// person who typed the address first may know the password (AUT-6). An invitation gives them the
// role after verification. Members who hold the role keep it.
func refuseUnverified(ctx context.Context, tx *store.Tx, members []ident.ID,
	held []*ent.RoleAssignment) error {
	// Only new instructors get permissions, so only they are checked.
	fresh := slices.DeleteFunc(slices.Clone(members), func(m ident.ID) bool {
		return slices.ContainsFunc(held, func(a *ent.RoleAssignment) bool {
			return a.MemberID == m
		})
	})
	unverified, err := tx.Member.Query().
		Where(member.IDIn(fresh...), member.HasUserWith(account.IsUnverified())).Exist(ctx)
	if err == nil && unverified {
		err = fault.Input("instructorIds", "training.instructor_unverified")
	}
	return err
}

// removeInstructors takes the role of an instructor in a session from every member that is not in
// stay, whatever the source of the role.
func removeInstructors(ctx context.Context, tx *store.Tx, at *ent.Session, stay []ident.ID,
	grantor *access.Membership) error {
	held, err := tx.RoleAssignment.Query().
		Where(roleassignment.SessionID(at.ID), roleassignment.HasRoleWith(
			role.Key(access.Instructor)), roleassignment.MemberIDNotIn(stay...)).
		WithRole().All(ctx)
	if err != nil {
		return err
	}
	var ids []ident.ID
	for _, a := range held {
		// Who may not give a role may not take it either.
		if !grantor.MayGive(access.NewSet(a.Edges.Role.Permissions), access.Session(at.ID)) {
			return fault.New(fault.Forbidden, "grant.beyond_role",
				i18n.Args{"Role": a.Edges.Role.Name})
		}
		ids = append(ids, a.ID)
	}
	if len(ids) == 0 {
		return nil
	}
	_, err = tx.RoleAssignment.Delete().Where(roleassignment.IDIn(ids...)).Exec(ctx)
	return err
}
