package workspace

import (
	"context"
	"slices"

	"usher/ent"
	"usher/ent/member"
	"usher/ent/orgunit"
	"usher/ent/roleassignment"
	"usher/internal/access"
	"usher/internal/audit"
	"usher/internal/fault"
	"usher/internal/grouptree"
	"usher/internal/i18n"
	"usher/internal/ident"
	"usher/internal/inputs"
	"usher/internal/store"
)

// CreateOrgUnitInput describes an org unit to create. Without a parent it is at the top.
type CreateOrgUnitInput struct {
	WorkspaceID ident.ID
	Name        string
	ParentID    *ident.ID
	ExternalID  *string
}

// UpdateOrgUnitInput says what to change in an org unit. nil keeps a value.
type UpdateOrgUnitInput struct {
	ID         ident.ID
	Name       *string
	ParentID   inputs.Change[ident.ID]
	ExternalID inputs.Change[string]
}

// CreateOrgUnit creates an org unit. Errors: FORBIDDEN, BAD_USER_INPUT; NOT_FOUND for the parent;
// CONFLICT if the external id is taken.
func (s *Service) CreateOrgUnit(ctx context.Context, by *access.Caller,
	in CreateOrgUnitInput) (_ *ent.OrgUnit, err error) {
	defer fault.Annotate(&err, "create org unit")

	m, err := by.RequireMembership(in.WorkspaceID)
	if err != nil {
		return nil, err
	}
	if !m.Throughout(access.OrgUnitsManage) {
		return nil, fault.Denied()
	}

	var faults fault.Collector
	faults.Add(s.requireParentUnit(ctx, by, in.WorkspaceID, in.ParentID))
	name, external, err := validateTexts(&in.Name, in.ExternalID)
	faults.Add(err)
	if err := faults.Err(); err != nil {
		return nil, err
	}

	var u *ent.OrgUnit
	ctx = store.InWorkspace(ctx, in.WorkspaceID)
	err = s.Store.Retry(ctx, func(tx *store.Tx) error {
		// The lock of the workspace orders changes of the tree, as validateParent requires.
		if _, err := lockWorkspace(ctx, tx); err != nil {
			return err
		}
		tree, err := grouptree.LoadUnits(ctx, tx)
		if err != nil {
			return err
		}
		id, now := ident.New(ident.OrgUnit), s.Clock()
		if err := validateParent(tree, id, in.ParentID); err != nil {
			return err
		}
		u, err = tx.OrgUnit.Create().SetID(id).SetWorkspaceID(in.WorkspaceID).SetName(*name).
			SetNillableParentID(in.ParentID).SetNillableExternalID(external).
			SetCreatedAt(now).SetUpdatedAt(now).Save(ctx)
		if err != nil {
			return inputs.TakenExternalID(err)
		}
		return s.recordEvent(ctx, tx, by, in.WorkspaceID, audit.UnitMade, id,
			newDetail("name", "", u.Name)...)
	})
	return u, err
}

// UpdateOrgUnit changes an org unit, or moves it with its subtree. Managers of the new ancestors
// see its people from their next request on. Errors: NOT_FOUND, FORBIDDEN, BAD_USER_INPUT; CONFLICT
// if the external id is taken.
func (s *Service) UpdateOrgUnit(ctx context.Context, by *access.Caller,
	in UpdateOrgUnitInput) (_ *ent.OrgUnit, err error) {
	defer fault.Annotate(&err, "update org unit")

	u, err := s.requireManagedUnit(ctx, by, in.ID)
	if err != nil {
		return nil, err
	}
	m := by.In(u.WorkspaceID)

	var faults fault.Collector
	faults.Add(s.requireParentUnit(ctx, by, u.WorkspaceID, in.ParentID.Value))
	name, external, err := validateTexts(in.Name, in.ExternalID.Value)
	faults.Add(err)
	if err := faults.Err(); err != nil {
		return nil, err
	}

	ctx = store.InWorkspace(ctx, u.WorkspaceID)
	err = s.Store.Retry(ctx, func(tx *store.Tx) error {
		old, tree, err := lockUnit(ctx, tx, in.ID)
		if err != nil {
			return err
		}
		update := tx.OrgUnit.UpdateOne(old).SetNillableName(name).SetUpdatedAt(s.Clock())
		if in.ParentID.Set {
			// Authorized for the locked row: the unit may have been moved by another request.
			if err := requireUnitMove(m, old, in.ParentID.Value); err != nil {
				return err
			}
			if err := validateParent(tree, old.ID, in.ParentID.Value); err != nil {
				return err
			}
			inputs.ApplyChange(in.ParentID, update.SetParentID, update.ClearParentID)
		}
		// validateTexts has trimmed it.
		in.ExternalID.Value = external
		inputs.ApplyChange(in.ExternalID, update.SetExternalID, update.ClearExternalID)
		if u, err = update.Save(ctx); err != nil {
			return inputs.TakenExternalID(err)
		}
		what := slices.Concat(newDetail("name", old.Name, u.Name),
			newDetail("externalId", inputs.ValueOrEmpty(old.ExternalID),
				inputs.ValueOrEmpty(u.ExternalID)),
			newDetail("parent", idOrEmpty(old.ParentID), idOrEmpty(u.ParentID)))
		if len(what) == 0 {
			return nil
		}
		return s.recordEvent(ctx, tx, by, u.WorkspaceID, audit.UnitEdited, u.ID, what...)
	})
	return u, err
}

// DeleteOrgUnit deletes an org unit without subunits. Its people move to the parent unit, whose
// managers saw them already, or to no unit if it was at the top. Roles held in it are deleted.
// Errors: NOT_FOUND, FORBIDDEN; CONFLICT if it has subunits.
func (s *Service) DeleteOrgUnit(ctx context.Context, by *access.Caller, id ident.ID) (err error) {
	defer fault.Annotate(&err, "delete org unit")

	u, err := s.requireManagedUnit(ctx, by, id)
	if err != nil {
		return err
	}

	ctx = store.InWorkspace(ctx, u.WorkspaceID)
	return s.Store.Retry(ctx, func(tx *store.Tx) error {
		// Members come before units in the lock order, so they are locked before the unit is.
		people, err := lockPeopleOf(ctx, tx, u)
		if err != nil {
			return err
		}
		u, tree, err := lockUnit(ctx, tx, id)
		if err != nil {
			return err
		}
		// A member who entered the unit since then would be locked after it, against the order of
		// locks. Now that the unit is locked nobody enters it any more, so the transaction is tried
		// again.
		if n, err := tx.Member.Query().Where(member.OrgUnitID(id)).Count(ctx); err != nil {
			return err
		} else if n != people {
			return store.ErrOvertaken
		}
		if below := len(tree.Subtree(id)) - 1; below > 0 {
			return fault.New(fault.Conflict, "group.has_units", i18n.Args{"Count": below})
		}
		if err := requireUnitDeletion(ctx, tx, by.In(u.WorkspaceID), u); err != nil {
			return err
		}
		// At the top the foreign key sets the members' unit to null.
		if u.ParentID != nil && people > 0 {
			if err := tx.Member.Update().Where(member.OrgUnitID(id)).SetOrgUnitID(*u.ParentID).
				Exec(ctx); err != nil {
				return err
			}
		}
		if err := tx.OrgUnit.DeleteOne(u).Exec(ctx); err != nil {
			return err
		}
		return s.recordEvent(ctx, tx, by, u.WorkspaceID, audit.UnitRemoved, id,
			newDetail("name", u.Name, "")...)
	})
}

// lockPeopleOf locks the members of a unit, which come before the unit in the order of locks, and
// returns their number.
func lockPeopleOf(ctx context.Context, tx *store.Tx, u *ent.OrgUnit) (int, error) {
	if _, err := tx.LockWorkspace(ctx, u.WorkspaceID); err != nil {
		return 0, err
	}
	people, err := tx.Member.Query().Where(member.OrgUnitID(u.ID)).IDs(ctx)
	if err != nil {
		return 0, err
	}
	locked, err := tx.LockMembers(ctx, store.ToChange, people...)
	return len(locked), err
}

// requireUnitMove refuses a caller who may not update the people of a unit at the unit, at its
// parent and at the new parent. Otherwise a caller who may edit the tree could move people below a
// unit of their own and manage them from then on.
func requireUnitMove(m *access.Membership, u *ent.OrgUnit, to *ident.ID) error {
	if inputs.EqualOptional(u.ParentID, to) {
		return nil
	}
	for _, i := range []*ident.ID{&u.ID, u.ParentID, to} {
		if i != nil && !m.Can(access.MembersUpdate, access.OrgUnit(*i)) {
			return fault.New(fault.Forbidden, "group.people_not_yours")
		}
	}
	return nil
}

// requireUnitDeletion refuses a caller who may not move each of the unit's people to its parent, or
// remove each role that is held in it.
func requireUnitDeletion(ctx context.Context, tx *store.Tx, m *access.Membership,
	u *ent.OrgUnit) error {
	// The foreign key deletes these roles with the unit. Nobody may remove a role in this way that
	// they could not remove otherwise.
	held, err := tx.RoleAssignment.Query().Where(roleassignment.OrgUnitID(u.ID)).WithRole().All(ctx)
	if err != nil {
		return err
	}
	if err := requireRemovable(m, access.OrgUnit(u.ID), held); err != nil {
		return err
	}
	people, err := tx.Member.Query().Where(member.OrgUnitID(u.ID)).Exist(ctx)
	if err != nil || !people {
		return err
	}
	for _, i := range []*ident.ID{&u.ID, u.ParentID} {
		if i != nil && !m.Can(access.MembersUpdate, access.OrgUnit(*i)) {
			return fault.New(fault.Forbidden, "group.people_not_yours")
		}
	}
	return nil
}

// requireManagedUnit loads an org unit for a caller who may change it.
func (s *Service) requireManagedUnit(ctx context.Context, by *access.Caller,
	id ident.ID) (*ent.OrgUnit, error) {
	u, err := store.FindVisible(ctx, by, s.Store.OrgUnit.Get, id)
	if err != nil {
		return nil, err
	}
	if !by.In(u.WorkspaceID).Throughout(access.OrgUnitsManage) {
		return nil, fault.Denied()
	}
	return u, nil
}

// requireParentUnit returns NOT_FOUND unless the parent is a unit of this workspace that the caller
// sees. nil is the top.
func (s *Service) requireParentUnit(ctx context.Context, by *access.Caller, workspace ident.ID,
	parent *ident.ID) error {
	if parent == nil {
		return nil
	}
	p, err := store.FindVisible(ctx, by, s.Store.OrgUnit.Get, *parent)
	if f, ok := fault.Of(err); ok {
		return fault.At(f, "parentId")
	}
	if err == nil && p.WorkspaceID != workspace {
		err = fault.At(fault.Missing(), "parentId")
	}
	return err
}

// lockUnit locks the tree of units and a unit in it. Transactions that put members into the unit
// finish first, and later ones wait.
func lockUnit(ctx context.Context, tx *store.Tx,
	id ident.ID) (*ent.OrgUnit, *grouptree.Tree, error) {
	if _, err := lockWorkspace(ctx, tx); err != nil {
		return nil, nil, err
	}
	q := tx.OrgUnit.Query().Where(orgunit.ID(id))
	if tx.Locks() {
		q.ForUpdate()
	}
	u, err := q.Only(ctx)
	if ent.IsNotFound(err) {
		return nil, nil, fault.Missing() // deleted since it was read
	}
	if err != nil {
		return nil, nil, err
	}
	tree, err := grouptree.LoadUnits(ctx, tx)
	return u, tree, err
}
