package gqllimit

import (
	"strings"
	"testing"

	"usher/internal/fault"
)

// ladder repeats a way that leads back, so many times.
func ladder(n int, step string) string {
	return strings.Repeat(step, n) + " id " + strings.Repeat("}", n*strings.Count(step, "{"))
}

func TestListsWithoutPagesCountByTheWayToThem(t *testing.T) {
	t.Parallel()
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
		f := check(t, query, nil)
		if refused != (f != nil) || refused && f.Code != fault.CostLimit {
			t.Errorf("%s: %v", query, f)
		}
	}
}
