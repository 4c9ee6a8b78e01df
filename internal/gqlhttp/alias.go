package gqlhttp

import (
	"strings"

	"github.com/vektah/gqlparser/v2/ast"

	"usher/internal/fault"
	"usher/internal/i18n"
)

// checkAlias refuses the two shapes that entgql 0.7 answers wrongly, silently. A clear refusal is
// better than an empty name.
//
// Its loader looks for `edges`, `node`, `pageInfo` and `totalCount` by their own names only: under
// another the list comes back empty. And it loads an edge to one row once for each parent, with the
// columns of the field that was read last: under two names the other one's fields are blank. At the
// root every field has a loader of its own, so names are free there.
func (s costEstimator) checkAlias(f *ast.Field, beside []mergedField, root bool) *fault.Error {
	if root || f.Alias == f.Name || f.ObjectDefinition == nil {
		return nil
	}
	parent := f.ObjectDefinition.Name
	if isRelayType(parent) {
		return fault.Input(f.Alias, "gqlhttp.renamed", i18n.Args{"Name": f.Name})
	}
	if !s.isToOneEdge(f) {
		return nil
	}
	// An alias that is alone is harmless: the edge is loaded once, with the right columns.
	for _, other := range beside {
		if other.field.Name == f.Name && other.field.Alias != f.Alias &&
			other.field.ObjectDefinition == f.ObjectDefinition {
			return fault.Input(f.Alias, "gqlhttp.twice", i18n.Args{"Name": f.Name})
		}
	}
	return nil
}

// isToOneEdge tells an edge to one row: an object without arguments. Pages have them, and are
// loaded under each alias.
func (s costEstimator) isToOneEdge(f *ast.Field) bool {
	if f.Definition.Type.Elem != nil || len(f.Definition.Arguments) > 0 {
		return false
	}
	t := s.schema.Types[f.Definition.Type.Name()]
	return t != nil && t.IsCompositeType()
}

// isRelayType tells the types of a page by the names that the Relay specification, and so entgql,
// gives them.
func isRelayType(name string) bool {
	return strings.HasSuffix(name, "Connection") || strings.HasSuffix(name, "Edge")
}
