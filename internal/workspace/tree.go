package workspace

import (
	"slices"

	"usher/internal/fault"
	"usher/internal/grouptree"
	"usher/internal/i18n"
	"usher/internal/ident"
)

// maxDepth is the maximum number of levels of a tree. Loading a caller walks down the tree, and
// admitting a learner walks up.
const maxDepth = 50

// validateParent refuses a parent that would make a cycle or too many levels. The node may be new
// or moved with its subtree; nil is the top. The tree must be locked.
func validateParent(tree *grouptree.Tree, node ident.ID, parent *ident.ID) error {
	if parent == nil {
		return nil
	}
	if !tree.Contains(*parent) {
		return fault.At(fault.Missing(), "parentId") // deleted since it was read
	}
	// A new node has no subtree, so this is for moved ones.
	if slices.Contains(tree.Subtree(node), *parent) {
		return fault.Input("parentId", "group.cycle")
	}
	// The whole subtree moves along, so its height counts.
	if len(tree.Ancestors(*parent))+1+max(tree.Height(node), 1) > maxDepth {
		return fault.Input("parentId", "group.too_deep", i18n.Args{"Max": maxDepth})
	}
	return nil
}
