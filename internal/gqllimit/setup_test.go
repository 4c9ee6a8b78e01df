package gqllimit

import (
	"testing"

	"github.com/vektah/gqlparser/v2"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/parser"
	"github.com/vektah/gqlparser/v2/validator"
	"github.com/vektah/gqlparser/v2/validator/rules"

	"usher/internal/fault"
)

// schema has what Usher's own has: pages, lists without pages, a tree, inputs in inputs, a Map.
var schema = gqlparser.MustLoadSchema(&ast.Source{Input: `
scalar Map
interface Node { id: ID! }
type Query {
	ok: Boolean
	node(id: ID!): Node
	nodes(ids: [ID!]!): [Node]!
	member: Member
	members(first: Int, last: Int, after: String, before: String): MemberConnection!
	plan(emails: [String!], text: String): Boolean
}
type Mutation { signIn(password: String): Boolean, createGroup(input: GroupInput!): Boolean }
input GroupInput { name: String, parents: [GroupInput!], labels: [String!], answers: Map }
type Member implements Node {
	id: ID!, name: String, boss: Member, tags: [String!]!
	groups: [Group!], enrollments: [Enrollment!]
}
type Enrollment { id: ID!, member: Member }
type Group implements Node {
	id: ID!, name: String, parent: Group, children: [Group!], members: [Member!]
}
type MemberConnection { edges: [MemberEdge] }
type MemberEdge { node: Member, cursor: String! }
`})

// limits are those of the tests.
var limits = InputLimits{"*.labels": {Items: 3}, "*.name": {Text: 5},
	"Query.plan.text": {Addresses: true, Text: 128 << 10}, "Query.plan.emails": {Items: 1500}}

func parse(t *testing.T, query string) *ast.QueryDocument {
	t.Helper()
	doc, err := parser.ParseQuery(&ast.Source{Input: query})
	if err != nil {
		t.Fatal(err)
	}
	return doc
}

// check passes a query through everything that looks at a document, in the order of package
// gqlhttp, and returns the first refusal.
func check(t *testing.T, query string, variables map[string]any) *fault.Error {
	t.Helper()
	doc := parse(t, query)
	if f := CheckSize(doc, map[string]bool{"signIn": true}); f != nil {
		return f
	}
	if f := CheckRepetition(doc); f != nil {
		return f
	}
	if errs := validator.ValidateWithRules(schema, doc, rules.NewDefaultRules()); len(errs) > 0 {
		t.Fatal(errs)
	}
	if f := (InputMeasurer{schema, limits}).CheckLiterals(doc); f != nil {
		return f
	}
	AddDefaultPages(doc)
	e := Estimator{schema, limits, func(string) error { return nil }}
	return e.Estimate(doc.Operations[0], variables, true)
}
