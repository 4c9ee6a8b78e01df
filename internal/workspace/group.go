package workspace

import (
	"context"

	"usher/ent"
	"usher/ent/group"
	"usher/ent/schema"
	"usher/internal/access"
	"usher/internal/audit"
	"usher/internal/fault"
	"usher/internal/grouptree"
	"usher/internal/ident"
	"usher/internal/inputs"
	"usher/internal/store"
)

// CreateGroupInput describes a group to create. Without a parent it is at the top.
type CreateGroupInput struct {
	WorkspaceID ident.ID
	Name        string
	Visibility  group.Visibility
	ParentID    *ident.ID
	ExternalID  *string
}

// UpdateGroupInput says what to change in a group. nil keeps a value.
type UpdateGroupInput struct {
	ID         ident.ID
	Name       *string
	Visibility *group.Visibility
	ParentID   inputs.Change[ident.ID]
	ExternalID inputs.Change[string]
}

// CreateGroup creates a group at the top, or below one that the caller manages. Errors: FORBIDDEN;
// NOT_FOUND for the parent; BAD_USER_INPUT; CONFLICT if the external id is taken.
func (s *Service) CreateGroup(ctx context.Context, by *access.Caller,
	in CreateGroupInput) (_ *ent.Group, err error) {
	defer fault.Annotate(&err, "create group")

	m, err := by.RequireMembership(in.WorkspaceID)
	if err != nil {
		return nil, err
	}
	var faults fault.Collector
	// Without a parent this requires the whole workspace.
	faults.Add(s.requireParent(ctx, by, m, in.ParentID))
	// Learners of a public group become members of its parent, so the caller needs the right to
	// invite there (ADM-2).
	if in.Visibility == group.VisibilityPublic && in.ParentID != nil &&
		!m.Can(access.MembersInvite, access.Group(*in.ParentID)) {
		faults.Add(newInheritanceRefusal())
	}

	name, external, err := validateTexts(&in.Name, in.ExternalID)
	faults.Add(err)
	if err := faults.Err(); err != nil {
		return nil, err
	}

	var g *ent.Group
	ctx = store.InWorkspace(ctx, in.WorkspaceID)
	err = s.Store.Retry(ctx, func(tx *store.Tx) error {
		if _, err := lockWorkspace(ctx, tx); err != nil {
			return err
		}
		tree, err := grouptree.Load(ctx, tx)
		if err != nil {
			return err
		}
		id := ident.New(ident.Group)
		if err := validateParent(tree, id, in.ParentID); err != nil {
			return err
		}
		now := s.Clock()
		g, err = tx.Group.Create().SetID(id).SetWorkspaceID(in.WorkspaceID).SetName(*name).
			SetVisibility(in.Visibility).
			SetNillableParentID(in.ParentID).SetNillableExternalID(external).SetCreatedAt(now).
			SetUpdatedAt(now).Save(ctx)
		if err != nil {
			return inputs.TakenExternalID(err)
		}
		return s.recordEvent(ctx, tx, by, in.WorkspaceID, audit.GroupMade, g.ID,
			newDetail("name", "", g.Name)...)
	})
	return g, err
}

// GroupUpdate is a changed group. PreviousParentID is the parent that it left; nil unless it was
// moved away from one.
type GroupUpdate struct {
	Group            *ent.Group
	PreviousParentID *ident.ID
}

// UpdateGroup changes a group's settings, or moves it with its subtree. Inherited memberships
// follow (ADM-2), and the programs with them (ADM-3). Errors: NOT_FOUND, FORBIDDEN, BAD_USER_INPUT;
// CONFLICT if the external id is taken or another request moved the group.
func (s *Service) UpdateGroup(ctx context.Context, by *access.Caller,
	in UpdateGroupInput) (_ *GroupUpdate, err error) {
	defer fault.Annotate(&err, "update group")

	g, err := store.FindVisible(ctx, by, s.Store.Group.Get, in.ID)
	if err != nil {
		return nil, err
	}
	m := by.In(g.WorkspaceID)
	if !m.Can(access.GroupsManage, access.Group(g.ID)) {
		return nil, fault.Denied()
	}
	// Moving to the same parent needs no right to move.
	var faults fault.Collector
	moves := in.ParentID.Set && !inputs.EqualOptional(in.ParentID.Value, g.ParentID)
	if moves {
		// The former parent loses a group, so its managers are asked as well.
		if !managesChildrenOf(m, g.ParentID) {
			return nil, fault.New(fault.Forbidden, "group.not_from_there")
		}
		faults.Add(s.requireParent(ctx, by, m, in.ParentID.Value))
	}

	name, external, err := validateTexts(in.Name, in.ExternalID.Value)
	faults.Add(err)
	if err := faults.Err(); err != nil {
		return nil, err
	}

	var changed *GroupUpdate
	// The move was authorized from this parent. If the group has moved since, the check is void.
	from := g.ParentID
	ctx = store.InWorkspace(ctx, g.WorkspaceID)
	err = s.Store.Retry(ctx, func(tx *store.Tx) error {
		old, before, err := lockGroup(ctx, tx, in.ID)
		if err != nil {
			return err
		}
		if moves && !inputs.EqualOptional(old.ParentID, from) {
			return fault.New(fault.Conflict, "group.moved_meanwhile")
		}
		update := tx.Group.UpdateOne(old).SetNillableName(name).
			SetNillableVisibility(in.Visibility).SetUpdatedAt(s.Clock())
		if moves {
			if err := validateParent(before, old.ID, in.ParentID.Value); err != nil {
				return err
			}
			inputs.ApplyChange(in.ParentID, update.SetParentID, update.ClearParentID)
		}
		// validateTexts has trimmed it.
		in.ExternalID.Value = external
		inputs.ApplyChange(in.ExternalID, update.SetExternalID, update.ClearExternalID)
		if g, err = update.Save(ctx); err != nil {
			return inputs.TakenExternalID(err)
		}
		// Made in the transaction, where it belongs to this attempt.
		changed = &GroupUpdate{Group: g}
		if !inputs.EqualOptional(old.ParentID, g.ParentID) {
			changed.PreviousParentID = old.ParentID
		}
		what := describeChanges(old, g)
		if len(what) == 0 {
			return nil
		}
		// The difference of the two trees tells who gains and loses an inherited membership.
		after, err := grouptree.Load(ctx, tx)
		if err != nil {
			return err
		}
		shift := grouptree.CompareTrees(before, after, g.ID)
		// Asked for the change and not for the input: making a group public moves people as well as
		// moving it.
		if err := requireShift(m, shift); err != nil {
			return err
		}
		if err := s.applyShift(ctx, tx, g.WorkspaceID, shift); err != nil {
			return err
		}
		return s.recordEvent(ctx, tx, by, g.WorkspaceID, audit.GroupEdited, g.ID, what...)
	})
	return changed, err
}

// requireShift refuses a change of the tree that makes people members of groups where the caller
// may not invite, or ends memberships where the caller may not update members. addToGroup and
// removeFromGroup ask the same. The check does not depend on whether anybody would inherit at
// present.
//
// Security: the message does not name the groups above, which the caller may not see.
func requireShift(m *access.Membership, shift grouptree.Shift) error {
	for _, i := range shift.Gained {
		if !m.Can(access.MembersInvite, access.Group(i)) {
			return newInheritanceRefusal()
		}
	}
	for _, i := range shift.Lost {
		if !m.Can(access.MembersUpdate, access.Group(i)) {
			return newInheritanceRefusal()
		}
	}
	return nil
}

// newInheritanceRefusal is the fault for a change by which people would enter groups outside of the
// caller's authority.
func newInheritanceRefusal() error { return fault.New(fault.Forbidden, "group.leads_beyond") }

// lockGroup locks the tree and a group in it. Its row is locked for update: transactions that add a
// member to the group, or use it for inheritance, finish first, and later ones wait.
func lockGroup(ctx context.Context, tx *store.Tx,
	id ident.ID) (*ent.Group, *grouptree.Tree, error) {
	if _, err := lockWorkspace(ctx, tx); err != nil {
		return nil, nil, err
	}
	q := tx.Group.Query().Where(group.ID(id))
	if tx.Locks() {
		q.ForUpdate()
	}
	g, err := q.Only(ctx)
	if ent.IsNotFound(err) {
		return nil, nil, fault.Missing() // deleted since it was read
	}
	if err != nil {
		return nil, nil, err
	}
	tree, err := grouptree.Load(ctx, tx)
	return g, tree, err
}

// requireParent refuses a caller who may not put a group under a parent; nil is the top. A parent
// that the caller does not see, or one of another workspace, is NOT_FOUND.
func (s *Service) requireParent(ctx context.Context, by *access.Caller, m *access.Membership,
	parent *ident.ID) error {
	if !m.CanAnywhere(access.GroupsManage) {
		return fault.Denied()
	}
	if parent != nil {
		p, err := store.FindVisible(ctx, by, s.Store.Group.Get, *parent)
		if f, ok := fault.Of(err); ok {
			return fault.At(f, "parentId")
		}
		if err != nil {
			return err
		}
		// The caller may see groups of their other workspaces.
		if p.WorkspaceID != m.WorkspaceID {
			return fault.At(fault.Missing(), "parentId")
		}
	}
	if !managesChildrenOf(m, parent) {
		return fault.New(fault.Forbidden, "group.not_there")
	}
	return nil
}

// managesChildrenOf reports whether a caller manages the groups directly below a parent: by
// managing the parent, or at the top the whole workspace. Managing a group alone is not enough to
// move it away from the managers of its parent.
func managesChildrenOf(m *access.Membership, parent *ident.ID) bool {
	if parent == nil {
		return m.Throughout(access.GroupsManage)
	}
	return m.Can(access.GroupsManage, access.Group(*parent))
}

// validateTexts validates and trims the name and the external id of a group or an org unit.
func validateTexts(name, external *string) (_, _ *string, err error) {
	var faults fault.Collector
	name, err = optionalLine("name", name)
	faults.Add(err)
	external, err = inputs.ParseExternalID(external)
	faults.Add(err)
	return name, external, faults.Err()
}

// describeChanges returns what an update changed, for the history.
func describeChanges(old, g *ent.Group) []schema.Detail {
	all := newDetail("name", old.Name, g.Name)
	all = append(all, newDetail("visibility", string(old.Visibility), string(g.Visibility))...)
	all = append(all, newDetail("externalId", inputs.ValueOrEmpty(old.ExternalID),
		inputs.ValueOrEmpty(g.ExternalID))...)
	return append(all, newDetail("parent", idOrEmpty(old.ParentID), idOrEmpty(g.ParentID))...)
}
