package grouptree

import (
	"context"
	"slices"

	"usher/ent"
	"usher/ent/group"
	"usher/ent/orgunit"
	"usher/internal/ident"
	"usher/internal/store"
)

// Tree is the groups of one workspace, each under its parent, as they were when it was built.
type Tree struct {
	nodes    map[ident.ID]treeNode
	children map[ident.ID][]ident.ID
}

// treeNode is a group in the tree. The parent of a root is zero.
type treeNode struct {
	parent   ident.ID
	passesUp bool // its learners inherit membership in the parent
}

// Load reads the tree of the workspace in scope, in one statement. A workspace has some thousand
// groups at most, and a caller that needs one path mostly needs many.
func Load(ctx context.Context, tx *store.Tx) (*Tree, error) {
	groups, err := tx.Group.Query().Select(group.FieldID, group.FieldParentID,
		group.FieldVisibility).All(ctx)
	if err != nil {
		return nil, err
	}
	return New(groups), nil
}

// New builds the tree of groups that were read before. Paths end at a parent that is not among
// them.
func New(groups []*ent.Group) *Tree {
	t := &Tree{nodes: make(map[ident.ID]treeNode, len(groups)),
		children: map[ident.ID][]ident.ID{}}
	for _, g := range groups {
		n := treeNode{passesUp: passesUp(g)}
		if g.ParentID != nil {
			n.parent = *g.ParentID
			t.children[n.parent] = append(t.children[n.parent], g.ID)
		}
		t.nodes[g.ID] = n
	}
	return t
}

// LoadUnits reads the org units of the workspace in scope as a tree, in one statement. No
// membership is inherited in it.
func LoadUnits(ctx context.Context, tx *store.Tx) (*Tree, error) {
	units, err := tx.OrgUnit.Query().Select(orgunit.FieldID, orgunit.FieldParentID).All(ctx)
	if err != nil {
		return nil, err
	}
	groups := make([]*ent.Group, len(units))
	for i, u := range units {
		groups[i] = &ent.Group{ID: u.ID, ParentID: u.ParentID, Visibility: group.VisibilityPrivate}
	}
	return New(groups), nil
}

// passesUp is one step of the rule of ADM-2: learners of a public group are learners of its parent.
func passesUp(g *ent.Group) bool {
	return g.Visibility == group.VisibilityPublic && g.ParentID != nil
}

// InheritingGroups lists the groups in which learners of a group inherit membership, the nearest
// first: its ancestors up to and including the first private one. The list is empty for a private
// group, and for one that is not in the tree.
func (t *Tree) InheritingGroups(groupID ident.ID) []ident.ID {
	var up []ident.ID
	for n := t.nodes[groupID]; n.passesUp && t.Contains(n.parent); n = t.nodes[n.parent] {
		if n.parent == groupID || slices.Contains(up, n.parent) {
			// A cycle. No operation creates one, but without this check the walk would never end.
			break
		}
		up = append(up, n.parent)
	}
	return up
}

// SourceGroups lists the groups whose learners are learners of a group: the group itself first, and
// the descendants that are linked to it by public groups only.
func (t *Tree) SourceGroups(groupID ident.ID) []ident.ID {
	return t.walkDown(groupID, func(n treeNode) bool { return n.passesUp })
}

// Subtree lists a group and all its descendants, each group after its parent.
func (t *Tree) Subtree(groupID ident.ID) []ident.ID {
	return t.walkDown(groupID, func(treeNode) bool { return true })
}

// walkDown lists a group and the descendants that are connected to it by accepted groups.
func (t *Tree) walkDown(groupID ident.ID, accept func(treeNode) bool) []ident.ID {
	if !t.Contains(groupID) {
		return nil
	}
	all, seen := []ident.ID{groupID}, map[ident.ID]bool{groupID: true}
	for i := 0; i < len(all); i++ {
		for _, child := range t.children[all[i]] {
			if !seen[child] && accept(t.nodes[child]) {
				all, seen[child] = append(all, child), true
			}
		}
	}
	return all
}

// Ancestors lists all ancestors of a group, the nearest first, whether or not they inherit.
func (t *Tree) Ancestors(groupID ident.ID) []ident.ID {
	var up []ident.ID
	for n := t.nodes[groupID]; !n.parent.IsZero() &&
		!slices.Contains(up, n.parent); n = t.nodes[n.parent] {
		up = append(up, n.parent)
	}
	return up
}

// Contains reports whether a group is in the tree.
func (t *Tree) Contains(groupID ident.ID) bool {
	_, known := t.nodes[groupID]
	return known
}

// Height returns the number of levels of a group and its descendants: 1 for a group alone.
func (t *Tree) Height(groupID ident.ID) int {
	height, levels := 0, map[ident.ID]int{}
	for _, id := range t.Subtree(groupID) { // parents come first, so their level is known
		levels[id] = levels[t.nodes[id].parent] + 1
		height = max(height, levels[id])
	}
	return height
}
