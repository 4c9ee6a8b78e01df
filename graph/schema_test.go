package graph_test

import (
	"bytes"
	"flag"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/formatter"
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
	"EndedAccess.password":                                true,
	"CreateWorkspaceInput.organizationId":                 true,
	"UpdateOrganizationInput.organizationId":              true,
	"AddOrganizationAdministratorInput.organizationId":    true,
	"RemoveOrganizationAdministratorInput.organizationId": true,
	"Query.publicPasswordReset":                           true}

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

// What only the code generator reads is neither published nor introspected.
func TestTheSchemaShowsNoDirectivesOfTheGenerator(t *testing.T) {
	t.Parallel()
	s := served()
	for name := range s.Directives {
		if strings.HasPrefix(name, "go") {
			t.Errorf("@%s is shown", name)
		}
	}
	for _, def := range s.Types {
		if len(def.Directives) > 0 && def.Directives[0].Name == "goModel" {
			t.Errorf("%s has @goModel", def.Name)
		}
		for _, f := range def.Fields {
			if f.Directives.ForName("goField") != nil {
				t.Errorf("%s.%s has @goField", def.Name, f.Name)
			}
		}
	}
}

var writeReleased = flag.Bool("release-schema", false, "write released.graphql again")

// TestTheSchemaBreaksNoReleasedOne holds the schema against released.graphql, which clients were
// written against. A breaking change must be named in CHANGELOG.md, as Type.field, Type or
// Type.VALUE, until released.graphql is written again.
func TestTheSchemaBreaksNoReleasedOne(t *testing.T) {
	t.Parallel()
	schema := served()
	if *writeReleased {
		var text bytes.Buffer
		formatter.NewFormatter(&text, formatter.WithIndent("  ")).FormatSchema(schema)
		if err := os.WriteFile("released.graphql", text.Bytes(), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	text, err := os.ReadFile("released.graphql")
	if err != nil {
		t.Fatal(err)
	}
	released, err := parser.ParseSchema(&ast.Source{Name: "released.graphql", Input: string(text)})
	if err != nil {
		t.Fatal(err)
	}
	log, err := os.ReadFile("../CHANGELOG.md")
	if err != nil {
		t.Fatal(err)
	}
	c := &schemaComparison{}
	for _, want := range released.Definitions {
		c.compareType(want, schema.Types[want.Name])
	}
	for at, what := range c.breaking {
		if !bytes.Contains(log, []byte("`"+at+"`")) {
			t.Errorf("%s %s: CHANGELOG.md does not name `%s`", at, what, at)
		}
	}
}

// schemaComparison collects what breaks clients of a former schema, by the name of the place.
type schemaComparison struct{ breaking map[string]string }

func (c *schemaComparison) add(at, what string) {
	if c.breaking == nil {
		c.breaking = map[string]string{}
	}
	c.breaking[at] = what
}

func (c *schemaComparison) compareType(former, present *ast.Definition) {
	if present == nil || present.Kind != former.Kind {
		c.add(former.Name, "is gone")
		return
	}
	for _, name := range former.Interfaces {
		if !slices.Contains(present.Interfaces, name) {
			c.add(former.Name, "no longer implements "+name)
		}
	}
	for _, v := range former.EnumValues {
		if present.EnumValues.ForName(v.Name) == nil {
			c.add(former.Name+"."+v.Name, "is gone")
		}
	}
	for _, f := range former.Fields {
		c.compareField(former, f, present.Fields.ForName(f.Name))
	}
	for _, f := range present.Fields {
		if present.Kind == ast.InputObject && isRequired(f.Type, f.DefaultValue) &&
			former.Fields.ForName(f.Name) == nil {
			c.add(present.Name+"."+f.Name, "is required and new")
		}
	}
}

func (c *schemaComparison) compareField(of *ast.Definition, former, present *ast.FieldDefinition) {
	at := of.Name + "." + former.Name
	switch {
	case present == nil:
		c.add(at, "is gone")
		return
	case of.Kind == ast.InputObject && !accepts(former.Type, present.Type):
		c.add(at, "took "+former.Type.String()+" and takes "+present.Type.String())
	case of.Kind != ast.InputObject && !returns(former.Type, present.Type):
		c.add(at, "answered "+former.Type.String()+" and answers "+present.Type.String())
	}
	for _, a := range former.Arguments {
		given := present.Arguments.ForName(a.Name)
		if given == nil {
			c.add(at, "no longer takes "+a.Name)
		} else if !accepts(a.Type, given.Type) {
			c.add(at, "takes another type of "+a.Name)
		}
	}
	for _, a := range present.Arguments {
		if isRequired(a.Type, a.DefaultValue) && former.Arguments.ForName(a.Name) == nil {
			c.add(at, "requires "+a.Name)
		}
	}
}

func isRequired(t *ast.Type, value *ast.Value) bool { return t.NonNull && value == nil }

// returns tells whether a client that reads the former type can read the present one: the same
// type, and null only where null was possible.
func returns(former, present *ast.Type) bool {
	if former.NonNull && !present.NonNull || (former.Elem != nil) != (present.Elem != nil) {
		return false
	}
	if former.Elem != nil {
		return returns(former.Elem, present.Elem)
	}
	return former.NamedType == present.NamedType
}

// accepts tells whether what a client sent as the former type is taken as the present one.
func accepts(former, present *ast.Type) bool {
	if present.NonNull && !former.NonNull || (former.Elem != nil) != (present.Elem != nil) {
		return false
	}
	if former.Elem != nil {
		return accepts(former.Elem, present.Elem)
	}
	return former.NamedType == present.NamedType
}

func TestEveryListOfAWorkspaceIsARelayConnection(t *testing.T) {
	t.Parallel()
	schema := served()
	seen := 0
	for _, f := range schema.Types["Workspace"].Fields {
		name := f.Type.Name()
		// A list of an enum is closed: it cannot grow. Of exports there are ten at most.
		if f.Type.Elem != nil && schema.Types[name].Kind != ast.Enum && f.Name != "exports" {
			t.Errorf("Workspace.%s is a list without pages", f.Name)
		}
		if !strings.HasSuffix(name, "Connection") {
			continue
		}
		seen++
		node := strings.TrimSuffix(name, "Connection")
		for arg, of := range map[string]string{"first": "Int", "last": "Int", "after": "String",
			"before": "String", "filter": node + "Filter", "orderBy": node + "Order"} {
			// Of applications there are 50 at most, of webhooks 20: they fit on one page.
			if arg == "filter" && (node == "Application" || node == "Webhook") {
				continue
			}
			if a := f.Arguments.ForName(arg); a == nil || a.Type.String() != of {
				t.Errorf("Workspace.%s takes no %s: %s", f.Name, arg, of)
			}
		}
		if len(f.Arguments) != 6 && node != "Application" && node != "Webhook" {
			t.Errorf("Workspace.%s takes arguments of its own", f.Name)
		}
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

// TestEveryMutationTakesOneInputAndAnswersItsOwnPayload holds the conventions of mutations: one
// argument named input, one payload of its own, nullable, so that a mutation that fails does not
// erase the answers of the others in its document.
func TestEveryMutationTakesOneInputAndAnswersItsOwnPayload(t *testing.T) {
	t.Parallel()
	for _, f := range served().Mutation.Fields {
		if strings.HasPrefix(f.Name, "__") {
			continue
		}
		name := strings.ToUpper(f.Name[:1]) + f.Name[1:]
		if f.Type.String() != name+"Payload" {
			t.Errorf("%s answers %s, not %sPayload", f.Name, f.Type, name)
		}
		switch {
		case len(f.Arguments) == 0:
		case len(f.Arguments) > 1 || f.Arguments[0].Name != "input" ||
			f.Arguments[0].Type.String() != name+"Input!":
			t.Errorf("%s does not take input: %sInput!", f.Name, name)
		}
		if !strings.Contains(f.Description, "Errors:") && f.Name != "signOut" &&
			!strings.Contains(f.Description, "each as ") {
			t.Errorf("%s names no error codes", f.Name)
		}
	}
}

// TestQueriesAreNullable holds for queries what the payloads of mutations do: a query that fails does
// not erase the answers of the others in its document. The exceptions are those of
// web/graphql-check/eslint.config.js: each stands alone in its document.
func TestQueriesAreNullable(t *testing.T) {
	t.Parallel()
	alone := map[string]bool{"explainJoin": true, "plan": true, "personalData": true}
	for _, f := range served().Query.Fields {
		if strings.HasPrefix(f.Name, "__") || alone[f.Name] {
			continue
		}
		if f.Type.NonNull && f.Type.Elem == nil {
			t.Errorf("%s answers %s: leave the last ! away", f.Name, f.Type)
		}
	}
}
