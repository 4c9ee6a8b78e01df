// Package lineage is the tree of a workspace's groups as the rule of public groups sees it (ADM-2):
// to which groups above the learners of a group are led, which groups feed one, and what lies
// below.
//
// The tree is read whole, in one statement: a workspace has thousands of groups at most, and who
// asks for one way up mostly asks for many.
package lineage

import (
	"context"
	"slices"

	"usher/ent"
	"usher/ent/group"
	"usher/ent/orgunit"
	"usher/internal/ident"
	"usher/internal/store"
)

// Tree is the groups of one workspace, each under its parent, as they were when it was made.
type Tree struct {
	nodes map[ident.ID]node
	below map[ident.ID][]ident.ID
}

// node is a group in the tree; at a root, parent is zero.
type node struct {
	parent ident.ID
	public bool
}

// Load reads the tree of the workspace in scope, in one statement.
func Load(ctx context.Context, tx *store.Tx) (*Tree, error) {
	groups, err := tx.Group.Query().Select(group.FieldID, group.FieldParentID,
		group.FieldVisibility).All(ctx)
	if err != nil {
		return nil, err
	}
	return New(groups), nil
}

// New makes the tree of groups that were read already: all of a workspace's.
func New(groups []*ent.Group) *Tree {
	t := &Tree{nodes: make(map[ident.ID]node, len(groups)), below: map[ident.ID][]ident.ID{}}
	for _, g := range groups {
		n := node{public: g.Visibility == group.VisibilityPublic}
		if g.ParentID != nil {
			n.parent = *g.ParentID
			t.below[n.parent] = append(t.below[n.parent], g.ID)
		}
		t.nodes[g.ID] = n
	}
	return t
}

// LoadUnits reads the org units of the workspace in scope as a tree, in one statement. Nothing
// leads up in it.
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

// Above lists the groups that a learner of g is led up to, the nearest first: from a public group
// to its parent, up to and including the first private one. A private group, and one that is not
// there, lead nowhere.
func (t *Tree) Above(g ident.ID) []ident.ID {
	var up []ident.ID
	for n := t.nodes[g]; n.public && !n.parent.IsZero(); n = t.nodes[n.parent] {
		if n.parent == g || slices.Contains(up, n.parent) {
			// a circle, which no verb makes; asked about all the same, since the way around it has
			// no end
			break
		}
		up = append(up, n.parent)
	}
	return up
}

// Feeding lists the groups whose learners are led up to g, g itself first: those below that only
// public ones lie between.
func (t *Tree) Feeding(g ident.ID) []ident.ID {
	return t.walk(g, func(n node) bool { return n.public })
}

// Below lists g and everything under it, g first, each group after its parent.
func (t *Tree) Below(g ident.ID) []ident.ID {
	return t.walk(g, func(node) bool { return true })
}

// walk goes down from g into the groups that pass.
func (t *Tree) walk(g ident.ID, pass func(node) bool) []ident.ID {
	if _, known := t.nodes[g]; !known {
		return nil
	}
	all, seen := []ident.ID{g}, map[ident.ID]bool{g: true}
	for i := 0; i < len(all); i++ {
		for _, child := range t.below[all[i]] {
			if !seen[child] && pass(t.nodes[child]) {
				all, seen[child] = append(all, child), true
			}
		}
	}
	return all
}

// Over lists all that g lies under, the nearest first, whatever leads up.
func (t *Tree) Over(g ident.ID) []ident.ID {
	var up []ident.ID
	for n := t.nodes[g]; !n.parent.IsZero() &&
		!slices.Contains(up, n.parent); n = t.nodes[n.parent] {
		up = append(up, n.parent)
	}
	return up
}

// Has tells whether a group is in the tree.
func (t *Tree) Has(g ident.ID) bool {
	_, known := t.nodes[g]
	return known
}

// Height is how many levels g and what lies under it fill, 1 for a group alone.
func (t *Tree) Height(g ident.ID) int {
	height, level := 0, map[ident.ID]int{}
	for _, i := range t.Below(g) { // after its parent, each
		level[i] = level[t.nodes[i].parent] + 1
		height = max(height, level[i])
	}
	return height
}
