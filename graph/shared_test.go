package graph_test

import (
	"fmt"
	"reflect"
	"testing"

	"usher/internal/apptest"
)

// Groups of members are read with their role assignments where both are asked for. Together they
// are what each is alone, whatever is asked of them, in whatever order.
func TestGroupsBesideAssignmentsAreWhatTheyAreAlone(t *testing.T) {
	apptest.OnBoth(t, func(t *testing.T, k *apptest.Kit) {
		c, _ := furnished(t, k)
		c.grow(t, 3)
		token := k.SignIn("admin@acme.test", apptest.Password)
		ask := func(fields string) (nodes []map[string]any) {
			var out struct {
				Workspace struct {
					Members struct {
						Edges []struct{ Node map[string]any }
					}
				}
			}
			k.Must(token,
				fmt.Sprintf(
					`{ workspace(slug: "acme") { members(first: 50) { edges { node { %s } } } } }`,
					fields), nil, &out)
			for _, e := range out.Workspace.Members.Edges {
				nodes = append(nodes, e.Node)
			}
			return nodes
		}
		seen := 0
		for _, of := range []string{"name", "id externalId", "visibility parent { name }",
			"name workspace { slug }", "createdAt programs { name }"} {
			for _, held := range []string{"role { key }", "group { id }",
				"role { key } group { name }", "group { name parent { name } }",
				"group { workspace { name } } orgUnit { name }"} {
				groups, assignments := "groups { "+of+" }", "roleAssignments { "+held+" }"
				alone, beside := ask(groups), ask(assignments)
				for _, both := range []string{groups + assignments, assignments + groups,
					groups + assignments + "ids: groups { id }"} {
					for i, node := range ask(both) {
						if !reflect.DeepEqual(node["groups"], alone[i]["groups"]) ||
							!reflect.DeepEqual(node["roleAssignments"],
								beside[i]["roleAssignments"]) {
							t.Errorf("%s: %v, and alone %v %v", both, node, alone[i], beside[i])
						}
						// never null: who is in none is in an empty list
						list := node["groups"].([]any)
						if ids, asked := node["ids"].([]any); asked && len(ids) != len(list) {
							t.Errorf("%s: %d ids of %d groups", both, len(ids), len(list))
						}
						seen += len(list)
					}
				}
			}
		}
		if seen < 500 {
			t.Errorf("%d groups were compared: is anybody in one?", seen)
		}
	}, apptest.WithoutWorker)
}
