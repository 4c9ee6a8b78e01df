package gqlhttp_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/99designs/gqlgen/graphql"
	"github.com/99designs/gqlgen/graphql/introspection"
	"github.com/vektah/gqlparser/v2"
	"github.com/vektah/gqlparser/v2/ast"
)

// sdl is a small image of Usher's schema: pages, edges to one, credentials, uploads, an interface.
const sdl = `
scalar Time
scalar Upload
scalar Map
interface Node { id: ID! }
type Query {
	ok: Boolean
	fail(how: String, at: Time, n: Int): String
	strict: String!
	node(id: ID!): Node
	nodes(ids: [ID!]!): [Node]!
	member: Member
	members(first: Int, last: Int, after: String, before: String): MemberConnection!
	many(size: Int!): [Cell!]!
	plan(emails: [String!], text: String, rows: [RowInput!], search: String): Boolean
}
type Changed { signIn: Boolean }
type Cell { broken: String }
type Mutation {
	signIn(login: String!, password: String!): Boolean
	resetPassword(token: String!): Boolean
	createGroup(input: GroupInput!): Boolean
	upload(input: UploadInput!): String
	changed: Changed
}
type Subscription { tick: Int }
input GroupInput {
	name: String!, kind: Kind, size: Int, opensAt: Time, parents: [GroupInput!], labels: [String!], kinds: [Kind!], answers: Map
}
input RowInput { email: String, labels: [String!] }
input UploadInput { file: Upload!, name: String }
enum Kind { OPEN CLOSED }
type Member implements Node {
	id: ID!, name: String, boss: Member, tags: [String!]!
	friends(first: Int, last: Int, after: String): MemberConnection!
	groups: [Group!], enrollments: [Enrollment!]
}
type Enrollment { id: ID!, member: Member }
type Group implements Node { id: ID!, name: String, parent: Group, children: [Group!], members: [Member!] }
type MemberConnection { edges: [MemberEdge], pageInfo: PageInfo!, totalCount: Int! }
type MemberEdge { node: Member, cursor: String! }
type PageInfo { hasNextPage: Boolean! }
`

type object = map[string]any

type resolver func(ctx context.Context, args object) (any, error)

// schema runs documents as generated code would, from a table of resolvers: contexts, paths, null
// propagation included.
type schema struct {
	*ast.Schema
	resolvers map[string]resolver
}

func newSchema(resolvers map[string]resolver) *schema {
	return &schema{Schema: gqlparser.MustLoadSchema(&ast.Source{Input: sdl}), resolvers: resolvers}
}

// executable adapts schema, whose embedded field takes the name that the interface wants for a
// method.
type executable struct{ s *schema }

func (e executable) Schema() *ast.Schema { return e.s.Schema }

func (e executable) Complexity(context.Context, string, string, int, map[string]any) (int, bool) {
	return 0, false
}

func (e executable) Exec(ctx context.Context) graphql.ResponseHandler {
	op := graphql.GetOperationContext(ctx)
	root := map[ast.Operation]*ast.Definition{
		ast.Query: e.s.Query, ast.Mutation: e.s.Mutation, ast.Subscription: e.s.Subscription,
	}[op.Operation.Operation]
	done := false
	return func(ctx context.Context) *graphql.Response {
		if done {
			return nil
		}
		done = true
		var out bytes.Buffer
		value, broken := e.s.object(ctx, root, op.Operation.SelectionSet, object{})
		if broken {
			value = nil
		}
		if err := json.NewEncoder(&out).Encode(value); err != nil {
			panic(err)
		}
		return &graphql.Response{Data: bytes.TrimSpace(out.Bytes())}
	}
}

func (s *schema) object(ctx context.Context, t *ast.Definition, set ast.SelectionSet,
	from object) (any, bool) {
	satisfies := append([]string{t.Name}, t.Interfaces...)
	into := object{}
	for _, f := range graphql.CollectFields(graphql.GetOperationContext(ctx), set, satisfies) {
		v, broken := s.field(ctx, t, f, from)
		if broken {
			return nil, true
		}
		into[f.Alias] = v
	}
	return into, false
}

func (s *schema) field(ctx context.Context, t *ast.Definition, f graphql.CollectedField,
	from object) (_ any, broken bool) {
	if f.Name == "__typename" {
		return t.Name, false
	}
	fc := &graphql.FieldContext{Object: t.Name, Field: f, IsResolver: true}
	ctx = graphql.WithFieldContext(ctx, fc)
	must := f.Definition.Type.NonNull
	defer func() {
		if v := recover(); v != nil {
			graphql.AddError(ctx, graphql.Recover(ctx, v))
			broken = must
		}
	}()
	fc.Args = f.ArgumentMap(graphql.GetOperationContext(ctx).Variables)
	if err := scalars(ctx, fc.Args); err != nil {
		graphql.AddError(ctx, err)
		return nil, must
	}
	v, err := s.resolve(ctx, t, f, from, fc.Args)
	if err != nil {
		graphql.AddError(ctx, err)
		return nil, must
	}
	return s.complete(ctx, f.Definition.Type, f, v)
}

func (s *schema) resolve(ctx context.Context, t *ast.Definition, f graphql.CollectedField, from,
	args object) (any, error) {
	switch f.Name {
	case "__type":
		if graphql.GetOperationContext(ctx).DisableIntrospection {
			return nil, errors.New("introspection disabled")
		}
		if d := s.Types[args["name"].(string)]; d != nil {
			return object{"name": *introspection.WrapTypeFromDef(s.Schema, d).Name()}, nil
		}
		return nil, nil
	case "__schema":
		return object{"types": []any{}, "directives": []any{},
			"queryType": object{"name": "Query"}}, nil
	}
	if r := s.resolvers[t.Name+"."+f.Name]; r != nil {
		return r(ctx, args)
	}
	return from[f.Name], nil
}

func (s *schema) complete(ctx context.Context, t *ast.Type, f graphql.CollectedField,
	v any) (any, bool) {
	if v == nil {
		return nil, t.NonNull
	}
	if t.Elem != nil {
		list := []any{}
		for i, one := range v.([]any) {
			value, broken := s.complete(
				graphql.WithFieldContext(ctx, &graphql.FieldContext{Index: &i}), t.Elem, f, one)
			if broken {
				return nil, t.NonNull
			}
			list = append(list, value)
		}
		return list, false
	}
	d := s.Types[t.NamedType]
	if !d.IsCompositeType() {
		return v, false
	}
	from := v.(object)
	if d.IsAbstractType() {
		d = s.Types[from["__typename"].(string)]
	}
	value, broken := s.object(ctx, d, f.Selections, from)
	return value, broken && t.NonNull
}

// scalars reads what is called at or opensAt as times, and reports as generated code does: under
// the path of the argument.
func scalars(ctx context.Context, args object) error {
	for name, v := range args {
		ctx := graphql.WithPathContext(ctx, graphql.NewPathWithField(name))
		switch v := v.(type) {
		case object:
			if err := scalars(ctx, v); err != nil {
				return err
			}
		case string:
			if name == "at" || name == "opensAt" {
				if _, err := time.Parse(time.RFC3339, v); err != nil {
					return graphql.ErrorOnPath(ctx, fmt.Errorf("cannot read: %w", err))
				}
			}
		}
	}
	return nil
}
