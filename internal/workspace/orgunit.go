package workspace

import (
	"context"

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

// UpdateOrgUnitInput is what to change of an org unit; nil keeps.
type UpdateOrgUnitInput struct {
	ID       ident.ID
	Name     *string
	ParentID inputs.Change[ident.ID]
}

// CreateOrgUnit makes an org unit, at the top when it has no parent.
func (s *Service) CreateOrgUnit(ctx context.Context, by *access.Caller, workspace ident.ID,
	name string, parent *ident.ID) (_ *ent.OrgUnit, err error) {
	defer fault.Annotate(&err, "create org unit")

	m, err := by.RequireMembership(workspace)
	if err != nil {
		return nil, err
	}
	if !m.Throughout(access.OrgUnitsManage) {
		return nil, fault.Denied()
	}
	if err := s.requireParentUnit(ctx, by, workspace, parent); err != nil {
		return nil, err
	}

	if name, err = inputs.ParseName("name", name, maxName, "workspace.name"); err != nil {
		return nil, err
	}

	var u *ent.OrgUnit
	ctx = store.InWorkspace(ctx, workspace)
	err = s.Store.Retry(ctx, func(tx *store.Tx) error {
		if _, err := lockWorkspace(ctx, tx); err != nil {
			return err
		}
		tree, err := grouptree.LoadUnits(ctx, tx)
		if err != nil {
			return err
		}
		id, now := ident.New(ident.OrgUnit), s.Clock()
		if err := validateParent(tree, id, parent); err != nil {
			return err
		}
		u, err = tx.OrgUnit.Create().SetID(id).SetWorkspaceID(workspace).SetName(name).
			SetNillableParentID(parent).
			SetCreatedAt(now).SetUpdatedAt(now).Save(ctx)
		if err != nil {
			return err
		}
		return s.recordEvent(ctx, tx, by, workspace, audit.UnitMade, id,
			newDetail("name", "", name)...)
	})
	return u, err
}

// UpdateOrgUnit renames an org unit, or moves it with all below it. Managers of what it comes under
// see its people from their next request on.
func (s *Service) UpdateOrgUnit(ctx context.Context, by *access.Caller,
	in UpdateOrgUnitInput) (_ *ent.OrgUnit, err error) {
	defer fault.Annotate(&err, "update org unit")

	u, err := s.requireManagedUnit(ctx, by, in.ID)
	if err != nil {
		return nil, err
	}
	m := by.In(u.WorkspaceID)
	if err := s.requireParentUnit(ctx, by, u.WorkspaceID, in.ParentID.Value); err != nil {
		return nil, err
	}

	name, err := optionalLine("name", in.Name)
	if err != nil {
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
			if err := requireUnitMove(m, old, in.ParentID.Value); err != nil {
				return err
			}
			if err := validateParent(tree, old.ID, in.ParentID.Value); err != nil {
				return err
			}
			inputs.ApplyChange(in.ParentID, update.SetParentID, update.ClearParentID)
		}
		if u, err = update.Save(ctx); err != nil {
			return err
		}
		what := append(newDetail("name", old.Name, u.Name),
			newDetail("parent", idOrEmpty(old.ParentID), idOrEmpty(u.ParentID))...)
		if len(what) == 0 {
			return nil
		}
		return s.recordEvent(ctx, tx, by, u.WorkspaceID, audit.UnitEdited, u.ID, what...)
	})
	return u, err
}

// DeleteOrgUnit deletes an org unit that has none below it. Its people move to the unit above,
// whose managers saw them already, or are in no unit after one at the top. What managers held in it
// goes with it.
func (s *Service) DeleteOrgUnit(ctx context.Context, by *access.Caller, i ident.ID) (err error) {
	defer fault.Annotate(&err, "delete org unit")

	u, err := s.requireManagedUnit(ctx, by, i)
	if err != nil {
		return err
	}

	ctx = store.InWorkspace(ctx, u.WorkspaceID)
	return s.Store.Retry(ctx, func(tx *store.Tx) error {
		people, err := lockPeopleOf(ctx, tx, u)
		if err != nil {
			return err
		}
		u, tree, err := lockUnit(ctx, tx, i)
		if err != nil {
			return err
		}
		// A member who came into the unit since then would be locked after it, against the order of
		// locks. Behind the lock of the unit nobody comes in any more.
		if n, err := tx.Member.Query().Where(member.OrgUnitID(i)).Count(ctx); err != nil {
			return err
		} else if n != people {
			return store.ErrOvertaken
		}
		if below := len(tree.Subtree(i)) - 1; below > 0 {
			return fault.New(fault.Conflict, "group.has_units", i18n.Args{"Count": below})
		}
		if err := requireUnitDeletion(ctx, tx, by.In(u.WorkspaceID), u); err != nil {
			return err
		}
		if u.ParentID != nil && people > 0 {
			if err := tx.Member.Update().Where(member.OrgUnitID(i)).SetOrgUnitID(*u.ParentID).
				Exec(ctx); err != nil {
				return err
			}
		}
		if err := tx.OrgUnit.DeleteOne(u).Exec(ctx); err != nil {
			return err
		}
		return s.recordEvent(ctx, tx, by, u.WorkspaceID, audit.UnitRemoved, i,
			newDetail("name", u.Name, "")...)
	})
}

// lockPeopleOf locks the members of a unit, before the unit itself: deleting it moves them. It
// returns how many they are.
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

// requireUnitMove asks for the right over the people of a unit that comes under another: where they
// are, and at both units above. Else who shapes the tree of units could put people under a unit of
// their own, and look after them from then on.
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

// requireUnitDeletion asks what moving each of a unit's people to the unit above asks, and taking
// away each role that is held in it.
func requireUnitDeletion(ctx context.Context, tx *store.Tx, m *access.Membership,
	u *ent.OrgUnit) error {
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

// requireManagedUnit loads an org unit for who may change it.
func (s *Service) requireManagedUnit(ctx context.Context, by *access.Caller,
	i ident.ID) (*ent.OrgUnit, error) {
	u, err := store.FindVisible(ctx, by, s.Store.OrgUnit.Get, i)
	if err != nil {
		return nil, err
	}
	if !by.In(u.WorkspaceID).Throughout(access.OrgUnitsManage) {
		return nil, fault.Denied()
	}
	return u, nil
}

// requireParentUnit checks that a unit to come under is there, in this workspace; nil is the top.
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

// lockUnit locks the tree of units and a unit in it, against doors that are putting somebody there.
func lockUnit(ctx context.Context, tx *store.Tx,
	i ident.ID) (*ent.OrgUnit, *grouptree.Tree, error) {
	if _, err := lockWorkspace(ctx, tx); err != nil {
		return nil, nil, err
	}
	q := tx.OrgUnit.Query().Where(orgunit.ID(i))
	if tx.Locks() {
		q.ForUpdate()
	}
	u, err := q.Only(ctx)
	if ent.IsNotFound(err) {
		return nil, nil, fault.Missing() // gone since it was seen
	}
	if err != nil {
		return nil, nil, err
	}
	tree, err := grouptree.LoadUnits(ctx, tx)
	return u, tree, err
}
