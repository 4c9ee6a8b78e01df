package gqlhttp_test

import (
	"strings"
	"testing"

	"usher/internal/gqlhttp"
)

// ladder repeats a way that leads back, so many times.
func ladder(n int, step string) string {
	return strings.Repeat(step, n) + " id " + strings.Repeat("}", n*strings.Count(step, "{"))
}

func TestListsWithoutPagesCountByTheWayToThem(t *testing.T) {
	t.Parallel()
	b := setup(t, nil)
	for query, refused := range map[string]bool{
		"{ member {" + ladder(6, "enrollments { member {") + "} }": true,
		"{ member {" + ladder(3, "enrollments { member {") + "} }": true,
		"{ member {" + ladder(1, "enrollments { member {") + "} }": false,
		// The way back may be as long as it likes, and lead through pages and fragments.
		"{ member { groups {" + ladder(2, "members { groups {") +
			"} } }": true,
		"{ node(id: 1) { ... on Group {" + ladder(3, "children { parent {") +
			"} } }": true,
		"{ member { ...a } } fragment a on Member { enrollments { member { enrollments { member { enrollments { id } } } } } }": true,
		"{ members(first: 1) { edges { node {" + ladder(3, "enrollments { member {") +
			"} } } }": true,
		// A tree, a few levels deep.
		"{ node(id: 1) { ... on Group {" + ladder(7, "children { id name ") +
			"} } }": false,
		"{ members(first: 20) { edges { node { groups { children { children { members { id } parent { id } } members { id } } } } } } }": false,
		// What front ends ask for: a page, and one level of what belongs to its rows.
		"{ members(first: 100) { edges { node { id name tags groups { id name parent { name } } enrollments { id } boss { id name } } } } }": false,
		"{ members(first: 50) { edges { node { id groups { id children { id name } } } } } }":                                                false,
		"{ members(first: 100) { edges { node { groups { members { enrollments { id } } } } } } }":                                           true,
	} {
		r := b.ask(query)
		switch {
		case refused && r.object["errors"] == nil, !refused && r.object["errors"] != nil:
			t.Errorf("%s: %s", query, r.text)
		case refused && r.code(t) != "COST_LIMIT":
			t.Errorf("%s: %s", query, r.text)
		}
	}
}

func TestAnAnswerIsBounded(t *testing.T) {
	t.Parallel()
	b := setup(t, func(o *gqlhttp.Options) { gqlhttp.SetAnswerLimit(o, 200) })
	// Below the limit it comes; above it the answer is an error as a whole, and not a part of the
	// JSON.
	if r := b.ask("{ ok }"); r.object["errors"] != nil {
		t.Errorf("a short answer: %s", r.text)
	}
	r := b.ask("{ " + numbered(25, "ok#: ok ") + "}")
	if r.object["data"] != nil || r.code(t) != "COST_LIMIT" {
		t.Errorf("a long answer: %s", r.text)
	}
}
