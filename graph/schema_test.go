package graph_test

import (
	_ "embed"
	"slices"
	"strings"
	"testing"

	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/parser"

	"usher/graph"
)

// served is the schema as it is served.
func served() *ast.Schema {
	return graph.NewExecutableSchema(graph.Config{Resolvers: &graph.Resolver{}}).Schema()
}

// ours are the types that we made, in the order of their names.
func ours(s *ast.Schema) []*ast.Definition {
	var list []*ast.Definition
	for name, def := range s.Types {
		if !strings.HasPrefix(name, "__") &&
			!slices.Contains([]string{"Int", "Float", "String", "Boolean", "ID"}, name) {
			list = append(list, def)
		}
	}
	slices.SortFunc(list, func(a, b *ast.Definition) int { return strings.Compare(a.Name, b.Name) })
	return list
}

func TestEverythingInTheSchemaIsDescribed(t *testing.T) {
	t.Parallel()
	described := func(what, text string) {
		t.Helper()
		if strings.TrimSpace(text) == "" {
			t.Errorf("%s has no description", what)
		}
	}
	for _, def := range ours(served()) {
		described(def.Name, def.Description)
		for _, v := range def.EnumValues {
			described(def.Name+"."+v.Name, v.Description)
		}
		for _, f := range def.Fields {
			if strings.HasPrefix(f.Name, "__") {
				continue
			}
			described(def.Name+"."+f.Name, f.Description)
			for _, a := range f.Arguments {
				described(def.Name+"."+f.Name+"("+a.Name+")", a.Description)
			}
		}
	}
}

// shown are the fields that are named like a secret and are meant to be read or said: a card's PIN
// in the one answer that makes it, and where its holder types it; whether a password has ended.
var shown = map[string]bool{"Card.pin": true, "RedeemCardInput.pin": true,
	"EndedAccess.password": true}

// Sensitive columns are absent from types, filters and orders; so are words that only we use.
func TestTheSchemaHasNoSecretsAndNothingOfTheDatabase(t *testing.T) {
	t.Parallel()
	for _, def := range ours(served()) {
		if strings.HasSuffix(def.Name, "WhereInput") {
			t.Errorf("%s: a generated filter answers about every column", def.Name)
		}
		for _, f := range def.Fields {
			low := strings.ToLower(f.Name)
			for _, word := range []string{"hash", "sealed", "emailkey", "linkversion",
				"credentialversion", "organizationid", "pin"} {
				if strings.Contains(low, word) && !strings.Contains(low, "ping") &&
					!shown[def.Name+"."+f.Name] {
					t.Errorf("%s.%s must not be in the API", def.Name, f.Name)
				}
			}
			if def.Kind == ast.Object && strings.Contains(low, "password") &&
				def.Name != "Mutation" && f.Name != "mustChangePassword" &&
				!shown[def.Name+"."+f.Name] {
				t.Errorf("%s.%s must not be in the API", def.Name, f.Name)
			}
		}
	}
}

//go:embed testdata/contract.graphql
var contract string

// TestTheSchemaKeepsTheContract holds every name of the contract against the schema: a client that
// was written against the one works with the other.
func TestTheSchemaKeepsTheContract(t *testing.T) {
	t.Parallel()
	promised, err := parser.ParseSchema(&ast.Source{Name: "contract.graphql", Input: contract})
	if err != nil {
		t.Fatal(err)
	}
	schema := served()
	for _, want := range promised.Definitions {
		has := schema.Types[want.Name]
		if has == nil || has.Kind != want.Kind {
			t.Errorf("%s %s is missing", want.Kind, want.Name)
			continue
		}
		for _, name := range want.Interfaces {
			if !slices.Contains(has.Interfaces, name) {
				t.Errorf("%s is no %s", want.Name, name)
			}
		}
		for _, v := range want.EnumValues {
			if has.EnumValues.ForName(v.Name) == nil {
				t.Errorf("%s.%s is missing", want.Name, v.Name)
			}
		}
		for _, f := range want.Fields {
			keepsField(t, want, f, has.Fields.ForName(f.Name))
		}
		asksNoMore(t, want, has)
	}
}

func keepsField(t *testing.T, of *ast.Definition, want, has *ast.FieldDefinition) {
	t.Helper()
	at := of.Name + "." + want.Name
	switch {
	case has == nil:
		t.Errorf("%s is missing", at)
		return
	case of.Kind == ast.InputObject && !takes(want.Type, has.Type):
		t.Errorf("%s takes %s, and %s was promised", at, has.Type, want.Type)
	case of.Kind != ast.InputObject && !answers(want.Type, has.Type, true):
		t.Errorf("%s answers %s, and %s was promised", at, has.Type, want.Type)
	}
	for _, a := range want.Arguments {
		given := has.Arguments.ForName(a.Name)
		switch {
		case given == nil:
			t.Errorf("%s(%s) is missing", at, a.Name)
		case !takes(a.Type, given.Type):
			t.Errorf("%s(%s) takes %s, and %s was promised", at, a.Name, given.Type, a.Type)
		}
	}
	for _, a := range has.Arguments {
		if a.Type.NonNull && a.DefaultValue == nil && want.Arguments.ForName(a.Name) == nil {
			t.Errorf("%s(%s) is asked of clients that do not know it", at, a.Name)
		}
	}
}

// asksNoMore refuses input fields that a client of the contract would leave out.
func asksNoMore(t *testing.T, want, has *ast.Definition) {
	t.Helper()
	for _, f := range has.Fields {
		if has.Kind == ast.InputObject && f.Type.NonNull && f.DefaultValue == nil &&
			want.Fields.ForName(f.Name) == nil {
			t.Errorf("%s.%s is asked of clients that do not know it", want.Name, f.Name)
		}
	}
}

// answers tells whether what is answered is what was promised: the same type, and null only where
// null was promised. A list that the generator made nullable may stay so.
func answers(want, has *ast.Type, outermost bool) bool {
	list := want.Elem != nil
	if want.NonNull && !has.NonNull && !(list && outermost) {
		return false
	}
	if list != (has.Elem != nil) {
		return false
	}
	if list {
		return answers(want.Elem, has.Elem, false)
	}
	return want.NamedType == has.NamedType
}

// takes tells whether what was promised to be taken is taken: the same type, and null wherever null
// was promised.
func takes(want, has *ast.Type) bool {
	if has.NonNull && !want.NonNull || (want.Elem != nil) != (has.Elem != nil) {
		return false
	}
	if want.Elem != nil {
		return takes(want.Elem, has.Elem)
	}
	return want.NamedType == has.NamedType
}

func TestEveryListOfAWorkspaceIsARelayConnection(t *testing.T) {
	t.Parallel()
	schema := served()
	seen := 0
	for _, f := range schema.Types["Workspace"].Fields {
		name := f.Type.Name()
		if f.Type.Elem != nil {
			t.Errorf("Workspace.%s is a list without pages", f.Name)
		}
		if !strings.HasSuffix(name, "Connection") {
			continue
		}
		seen++
		for arg, of := range map[string]string{"first": "Int", "last": "Int", "after": "String",
			"before": "String"} {
			if a := f.Arguments.ForName(arg); a == nil || a.Type.String() != of {
				t.Errorf("Workspace.%s takes no %s: %s", f.Name, arg, of)
			}
		}
		node := strings.TrimSuffix(name, "Connection")
		for field, of := range map[string]string{
			name + ".edges": "[" + node + "Edge]!", name + ".pageInfo": "PageInfo!",
			name + ".totalCount": "Int!",
			node + "Edge.node":   node + "!", node + "Edge.cursor": "String!",
		} {
			def, which, _ := strings.Cut(field, ".")
			if schema.Types[def] == nil || schema.Types[def].Fields.ForName(which) == nil {
				t.Errorf("%s is missing", field)
				continue
			}
			if got := schema.Types[def].Fields.ForName(which).Type.String(); got != of &&
				got != strings.Replace(of, "Edge]!", "Edge!]!", 1) {
				t.Errorf("%s is %s, want %s", field, got, of)
			}
		}
		if !slices.Contains(schema.Types[node].Interfaces, "Node") {
			t.Errorf("%s is no Node", node)
		}
	}
	if seen < 9 {
		t.Errorf("a workspace has %d lists", seen)
	}
}
