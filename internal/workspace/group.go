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

// CreateGroupInput is a group to make; without a parent at the top.
type CreateGroupInput struct {
	WorkspaceID ident.ID
	Name        string
	Visibility  group.Visibility
	ParentID    *ident.ID
	ExternalID  *string
}

// UpdateGroupInput is what to change of a group; nil keeps.
type UpdateGroupInput struct {
	ID         ident.ID
	Name       *string
	Visibility *group.Visibility
	ParentID   inputs.Change[ident.ID]
	ExternalID inputs.Change[string]
}

// CreateGroup makes a group, at the top or below one that the caller manages.
func (s *Service) CreateGroup(ctx context.Context, by *access.Caller,
	in CreateGroupInput) (_ *ent.Group, err error) {
	defer fault.Annotate(&err, "create group")

	m, err := by.RequireMembership(in.WorkspaceID)
	if err != nil {
		return nil, err
	}
	if err := s.requireParent(ctx, by, m, in.ParentID); err != nil {
		return nil, err
	}
	if in.Visibility == group.VisibilityPublic && in.ParentID != nil &&
		!m.Can(access.MembersInvite, access.Group(*in.ParentID)) {
		return nil, newInheritanceRefusal()
	}

	name, external, err := validateTexts(&in.Name, in.ExternalID)
	if err != nil {
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
		if ent.IsConstraintError(err) {
			return fault.At(fault.New(fault.Conflict, "group.external_id_taken"), "externalId")
		}
		if err != nil {
			return err
		}
		return s.recordEvent(ctx, tx, by, in.WorkspaceID, audit.GroupMade, g.ID,
			newDetail("name", "", g.Name)...)
	})
	return g, err
}

// UpdateGroup changes a group's settings, or moves it with all below it. The inherited
// memberships of its learners follow (ADM-2), and the programs there with them (ADM-3).
func (s *Service) UpdateGroup(ctx context.Context, by *access.Caller,
	in UpdateGroupInput) (_ *ent.Group, err error) {
	defer fault.Annotate(&err, "update group")

	g, err := store.FindVisible(ctx, by, s.Store.Group.Get, in.ID)
	if err != nil {
		return nil, err
	}
	m := by.In(g.WorkspaceID)
	if !m.Can(access.GroupsManage, access.Group(g.ID)) {
		return nil, fault.Denied()
	}
	moves := in.ParentID.Set && !inputs.EqualOptional(in.ParentID.Value, g.ParentID)
	if moves {
		if !managesChildrenOf(m, g.ParentID) {
			return nil, fault.New(fault.Forbidden, "group.not_from_there")
		}
		if err := s.requireParent(ctx, by, m, in.ParentID.Value); err != nil {
			return nil, err
		}
	}

	name, external, err := validateTexts(in.Name, in.ExternalID.Value)
	if err != nil {
		return nil, err
	}

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
		in.ExternalID.Value = external // trimmed
		inputs.ApplyChange(in.ExternalID, update.SetExternalID, update.ClearExternalID)
		if g, err = update.Save(ctx); ent.IsConstraintError(err) {
			return fault.At(fault.New(fault.Conflict, "group.external_id_taken"), "externalId")
		} else if err != nil {
			return err
		}
		what := describeChanges(old, g)
		if len(what) == 0 {
			return nil
		}
		after, err := grouptree.Load(ctx, tx)
		if err != nil {
			return err
		}
		shift := grouptree.CompareTrees(before, after, g.ID)
		if err := requireShift(m, shift); err != nil {
			return err
		}
		if err := s.applyShift(ctx, tx, g.WorkspaceID, shift); err != nil {
			return err
		}
		return s.recordEvent(ctx, tx, by, g.WorkspaceID, audit.GroupEdited, g.ID, what...)
	})
	return g, err
}

// requireShift refuses a change of the tree that leads people into groups where the caller may not
// bring them, or takes them out of groups where the caller may not do that: what addToGroup and
// removeFromGroup ask, of each group that the change reaches. Whether anybody is led there yet does
// not matter.
//
// Security: the groups above are not named. The caller may not see them.
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

func newInheritanceRefusal() error { return fault.New(fault.Forbidden, "group.leads_beyond") }

// lockGroup locks the tree and a group in it. The group's row is held as for deleting it: doors
// that are putting somebody into the group, or leading somebody up through it, are waited for, and
// wait from then on.
func lockGroup(ctx context.Context, tx *store.Tx, i ident.ID) (*ent.Group, *grouptree.Tree, error) {
	if _, err := lockWorkspace(ctx, tx); err != nil {
		return nil, nil, err
	}
	q := tx.Group.Query().Where(group.ID(i))
	if tx.Locks() {
		q.ForUpdate()
	}
	g, err := q.Only(ctx)
	if ent.IsNotFound(err) {
		return nil, nil, fault.Missing() // gone since it was seen
	}
	if err != nil {
		return nil, nil, err
	}
	tree, err := grouptree.Load(ctx, tx)
	return g, tree, err
}

// requireParent asks whether the caller may put a group under a parent; nil is the top. A parent
// they may not see, or one of another workspace, is missing.
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
		if p.WorkspaceID != m.WorkspaceID {
			return fault.At(fault.Missing(), "parentId")
		}
	}
	if !managesChildrenOf(m, parent) {
		return fault.New(fault.Forbidden, "group.not_there")
	}
	return nil
}

// managesChildrenOf tells whether somebody manages what is right under a parent: they manage the
// parent, or at the top the whole workspace. To hold a group itself is not enough to take it away
// from those who manage what it is in.
func managesChildrenOf(m *access.Membership, parent *ident.ID) bool {
	if parent == nil {
		return m.Throughout(access.GroupsManage)
	}
	return m.Can(access.GroupsManage, access.Group(*parent))
}

// validateTexts checks the two texts of a group.
func validateTexts(name, external *string) (_, _ *string, err error) {
	var faults fault.Collector
	name, err = optionalLine("name", name)
	faults.Add(err)
	external, err = optionalLine("externalId", external)
	faults.Add(err)
	return name, external, faults.Err()
}

// describeChanges tells what an update changed, for the history.
func describeChanges(old, g *ent.Group) []schema.Detail {
	all := newDetail("name", old.Name, g.Name)
	all = append(all, newDetail("visibility", string(old.Visibility), string(g.Visibility))...)
	all = append(all, newDetail("external_id", inputs.ValueOrEmpty(old.ExternalID),
		inputs.ValueOrEmpty(g.ExternalID))...)
	return append(all, newDetail("parent", idOrEmpty(old.ParentID), idOrEmpty(g.ParentID))...)
}
