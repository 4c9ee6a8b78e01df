package workspace

import (
	"slices"

	"usher/internal/fault"
	"usher/internal/grouptree"
	"usher/internal/i18n"
	"usher/internal/ident"
)

// maxDepth is how many levels a tree has at most. Whoever loads a caller walks down it, whoever
// admits a learner up.
const maxDepth = 50

// validateParent checks that a tree stays one when a node, new or moved with all under it, comes
// under a parent; nil is the top. The tree must be locked.
func validateParent(tree *grouptree.Tree, node ident.ID, parent *ident.ID) error {
	if parent == nil {
		return nil
	}
	if !tree.Contains(*parent) {
		return fault.At(fault.Missing(), "parentId") // gone since it was seen
	}
	if slices.Contains(tree.Subtree(node), *parent) {
		return fault.Input("parentId", "group.circle")
	}
	if len(tree.Ancestors(*parent))+1+max(tree.Height(node), 1) > maxDepth {
		return fault.Input("parentId", "group.too_deep", i18n.Args{"Max": maxDepth})
	}
	return nil
}
