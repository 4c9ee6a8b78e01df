package gqlhttp_test

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"usher/internal/gqlhttp"
)

func TestPagesAreCheckedAndGivenADefault(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, query string
		variables   object
		field       string // of the refusal; "" when it runs
		first, last any    // what the resolver sees
	}{
		{"first", "{ members(first: 10) { totalCount } }", nil, "", int64(10), nil},
		{"last", "{ members(last: 100) { totalCount } }", nil, "", nil, int64(100)},
		{"none", "{ members(first: 0) { totalCount } }", nil, "first", nil, nil},
		{"nothing said", "{ members { totalCount } }", nil, "", int64(50), nil},
		{"null", "{ members(first: null) { totalCount } }", nil, "", int64(50), nil},
		{"nulls", "{ members(first: null, last: null) { totalCount } }", nil, "", int64(50), nil},
		{"a null beside a number", "{ members(first: null, last: 3) { totalCount } }", nil, "", nil,
			int64(3)},
		{"in a fragment", "{ ...F } fragment F on Query { members { totalCount } }", nil, "",
			int64(50), nil},
		{"by a variable", "query($n: Int) { members(first: $n) { totalCount } }", object{"n": 7},
			"", int64(7), nil},
		{"by a variable's default", "query($n: Int = 8) { members(first: $n) { totalCount } }", nil,
			"", int64(8), nil},
		{"by a variable that is null", "query($n: Int) { members(first: $n) { totalCount } }",
			object{"n": nil}, "", int64(50), nil},
		{"by a variable that is absent", "query($n: Int) { members(first: $n) { totalCount } }",
			object{}, "", int64(50), nil},
		{"by two variables",
			"query($n: Int, $m: Int) { members(first: $n, last: $m) { totalCount } }",
			object{"m": 4}, "", nil, int64(4)},
		{"last by a variable that is null", "query($n: Int) { members(last: $n) { totalCount } }",
			object{}, "first", nil, nil},
		{"too many", "{ members(first: 101) { totalCount } }", nil, "first", nil, nil},
		{"too many last", "{ members(last: 101) { totalCount } }", nil, "last", nil, nil},
		{"too many by a variable", "query($n: Int) { members(first: $n) { totalCount } }",
			object{"n": 101}, "first", nil, nil},
		{"too many below",
			"{ members(first: 1) { edges { node { friends(first: 101) { totalCount } } } } }", nil,
			"first", nil, nil},
		{"none from the end", "{ members(last: 0) { totalCount } }", nil, "last", nil, nil},
		{"fewer than none", "{ members(first: -1) { totalCount } }", nil, "first", nil, nil},
		{"both", "{ members(first: 1, last: 1) { totalCount } }", nil, "last", nil, nil},
		{"a good cursor", `{ members(first: 1, after: "good") { totalCount } }`, nil, "",
			int64(1), nil},
		{"a bad cursor", `{ members(first: 1, after: "bad") { totalCount } }`, nil, "after",
			nil, nil},
		{"a bad cursor below",
			`{ members(first: 1) { edges { node { friends(after: "bad") { totalCount } } } } }`,
			nil, "after", nil, nil},
		{"a bad cursor before", "query($c: String) { members(before: $c) { totalCount } }",
			object{"c": "bad"}, "before", nil, nil},
		{"ids", "query($i: [ID!]!) { nodes(ids: $i) { id } }", object{"i": many(100)}, "",
			nil, nil},
		{"too many ids", "query($i: [ID!]!) { nodes(ids: $i) { id } }", object{"i": many(101)},
			"ids", nil, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			b := setup(t, nil)
			for range 2 { // a document that is kept must mean the same
				r := b.ask(c.query, c.variables)
				if c.field != "" {
					if _, extensions := r.errorAt(t, 0); r.code(t) != "BAD_USER_INPUT" ||
						extensions["field"] != c.field {
						t.Fatalf("answer %s", r.text)
					}
					continue
				}
				if r.object["errors"] != nil {
					t.Fatalf("answer %s", r.text)
				}
				if len(b.seen.args) > 0 {
					saw := b.seen.args[len(b.seen.args)-1]
					if fmt.Sprint(saw["first"], saw["last"]) != fmt.Sprint(c.first, c.last) {
						t.Fatalf("resolver saw %v", saw)
					}
				}
			}
		})
	}
}

func many(n int) []string { return strings.Split(strings.Repeat("a", n), "") }

func TestCostCountsEveryRowThatAPageMayHold(t *testing.T) {
	t.Parallel()
	b := setup(t, nil)
	page := func(first, fields int) string {
		return fmt.Sprintf("{ members(first: %d) { edges { node { %s } } } }", first,
			numbered(min(fields, 30), "f#: name "))
	}
	for query, want := range map[string]bool{
		page(100, 30): true, // 1 + 100 × 32
		// 1 + 100 × (3 + 1 + 15 × 2) = 3,401
		"{ members(first: 100) { edges { node { id friends(first: 15) { edges { cursor } } } } } }": true,
		// 1 + 100 × (3 + 23 × 2) = 4,901
		"{ members(first: 100) { edges { node { friends(first: 23) { edges { cursor } } } } } }": true,
		// 5,001: over by one
		"{ members(first: 100) { edges { node { id friends(first: 23) { edges { cursor } } } } } }": false,
		// 5,201
		"{ members(first: 100) { edges { node { id friends(first: 24) { edges { cursor } } } } } }": false,
		// 1 + 100 × (3 + 50) = 5,301
		"{ members(first: 100) { edges { node { friends { totalCount } } } } }":                                                         false,
		"{ members { edges { node { friends(first: 50) { totalCount } } } } }":                                                          true,
		"{ members { edges { node { ...F } } } } fragment F on Member { friends(first: 99) { totalCount pageInfo { hasNextPage } } }":   false,
		"{ members(first: 100) { edges { node { id } } } members(first: 100) { edges { node { name } } } }":                             true,
		"query($n: Int!) { members(first: $n) { edges { node { friends(first: $n) { totalCount } } } } }":                               false,
		"{ members(first: 100) { edges { node { friends(first: 100) { edges { node { friends(first: 100) { totalCount } } } } } } } } ": false,
	} {
		r := b.ask(query, object{"n": 100})
		if ran := r.object["errors"] == nil; ran != want {
			t.Errorf("%s: %s", query, r.text)
		}
		if !want && r.code(t) != "COST_LIMIT" {
			t.Errorf("%s: %s", query, r.text)
		}
	}
}

func TestTheSchemaIsShownToThoseWhoMay(t *testing.T) {
	t.Parallel()
	open := setup(t, func(o *gqlhttp.Options) {
		o.Introspection = func(context.Context) bool { return true }
	})
	closed := setup(t, nil)
	for _, query := range []string{
		`{ __schema { types { name } } }`,
		`{ s: __schema { types { name } } }`,
		`{ ...F } fragment F on Query { ... { __schema { types { name } } } }`,
		`{ __type(name: "Member") { name } }`,
		`query($n: String = "Member") { __type(name: $n) { name } }`,
	} {
		if r := open.ask(query); r.object["errors"] != nil || strings.Contains(query, "__type") &&
			!strings.Contains(r.text, `"Member"`) {
			t.Errorf("open, %s: %s", query, r.text)
		}
		if r := closed.ask(query); r.code(t) != "UNAUTHENTICATED" {
			t.Errorf("closed, %s: %s", query, r.text)
		}
	}
	if r := closed.ask(
		`{ __typename __type(name: "Nothing") { name } }`); r.text != `{"data":{"__type":null,"__typename":"Query"}}` {
		t.Errorf("a type that is not there: %s", r.text)
	}
}

// The loader reads by the names of fields, so every field may have an alias.
func TestAliasesAreTaken(t *testing.T) {
	t.Parallel()
	b := setup(t, nil)
	for _, query := range []string{
		"{ members { a: edges { cursor } } }",
		"{ members { t: totalCount } }",
		"{ members { p: pageInfo { hasNextPage } } }",
		"{ members { edges { n: node { id } } } }",
		"{ member { boss { name } b: boss { id } } }",
		"{ member { x: boss { name } b: boss { id } } }",
		"{ member { boss { name } ...F } } fragment F on Member {b: boss{id}}",
		"{ node(id: 1) { ... on Member { boss { name } b: boss { id } } } }",
		"{ member { a: friends(first: 1) {totalCount} b: friends {totalCount} } }",
		"{ a: member { id } b: member { name } }",
		"{ a: members { totalCount } b: members { totalCount } }",
	} {
		if r := b.ask(query); strings.Contains(r.text, "BAD_USER_INPUT") {
			t.Errorf("%s: %s", query, r.text)
		}
	}
}
