package graph

import (
	"maps"
	"slices"
	"strings"

	"github.com/vektah/gqlparser/v2/ast"
)

func init() { removeGeneratorDirectives(parsedSchema) }

// removeGeneratorDirectives removes gqlgen's directives from the schema that is served, published
// and introspected. They tell the generator about Go types, and mean nothing to clients. All of
// their names begin with "go".
func removeGeneratorDirectives(s *ast.Schema) {
	forGenerator := func(name string) bool { return strings.HasPrefix(name, "go") }
	without := func(list ast.DirectiveList) ast.DirectiveList {
		return slices.DeleteFunc(list, func(d *ast.Directive) bool { return forGenerator(d.Name) })
	}
	// Clients that validate the schema would refuse a directive that is used and not defined.
	maps.DeleteFunc(s.Directives, func(name string, _ *ast.DirectiveDefinition) bool {
		return forGenerator(name)
	})
	for _, def := range s.Types {
		def.Directives = without(def.Directives)
		for _, field := range def.Fields {
			field.Directives = without(field.Directives)
		}
	}
}
