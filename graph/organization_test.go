package graph_test

import (
	"reflect"
	"testing"

	"usher/ent/schema"
	"usher/internal/apptest"
	"usher/internal/fault"
	"usher/internal/workspace"
)

// plan is the plan of an organization as the API answers it.
type plan struct {
	Entitlements     []string
	Seats, SeatsUsed *int
}

func askPlan(p *apptest.Place, token string) plan {
	p.T.Helper()
	var out struct {
		Workspace struct{ Organization struct{ Plan plan } }
	}
	p.Must(token, `query($id: ID!) { workspace(id: $id) { organization {
		plan { entitlements seats seatsUsed } } } }`,
		map[string]any{"id": p.Workspace.ID}, &out)
	return out.Workspace.Organization.Plan
}

func TestAFrontEndReadsWhatThePlanIncludes(t *testing.T) {
	apptest.OnBoth(t, func(t *testing.T, k *apptest.Kit) {
		p := k.Found("Hill", "hill")
		p.Join("lea@hill.test", nil)
		_, err := k.Workspaces.SetPlan(t.Context(), workspace.SetPlanInput{Organization: "Hill",
			Seats: new(7), Entitlements: &[]schema.Entitlement{schema.EntitlementJoinLinks}})
		if err != nil {
			t.Fatal(err)
		}
		admin := k.SignIn("admin@hill.test", apptest.Password)
		want := plan{[]string{"JOIN_LINKS"}, new(7), new(2)}
		if got := askPlan(p, admin); !reflect.DeepEqual(got, want) {
			t.Errorf("an administrator reads %+v", got)
		}
		want = plan{Entitlements: []string{"JOIN_LINKS"}}
		if got := askPlan(p, k.SignIn("lea@hill.test", apptest.Password)); !reflect.DeepEqual(got,
			want) {
			t.Errorf("a learner reads %+v", got)
		}
		var out struct {
			Workspace struct {
				AuditEvents struct {
					Edges []struct{ Node struct{ Summary string } }
				}
			}
		}
		p.Must(admin, `query($id: ID!) { workspace(id: $id) { auditEvents(first: 1) {
			edges { node { summary } } } } }`, map[string]any{"id": p.Workspace.ID}, &out)
		if got := out.Workspace.AuditEvents.Edges[0].Node.Summary; got !=
			"The plan of the organization was changed." {
			t.Errorf("the history says %q", got)
		}
	}, apptest.WithoutMail, apptest.WithoutWorker)
}

func TestOnlyPeopleOfItsWorkspacesSeeAnOrganization(t *testing.T) {
	apptest.OnBoth(t, func(t *testing.T, k *apptest.Kit) {
		p := k.Found("Hill", "hill")
		k.Found("Hill", "annex")
		k.Found("Lake", "lake")
		query := `query($id: ID!) { node(id: $id) { id }
			viewer { organizations { name workspaces(first: 5) { edges { node { slug } } } } } }`
		variables := map[string]any{"id": p.Workspace.OrganizationID}
		for email, want := range map[string]string{
			"admin@hill.test": `{"data":{"node":{"id":"` + p.Workspace.OrganizationID.String() +
				`"},"viewer":{"organizations":[{"name":"Hill","workspaces":{"edges":[` +
				`{"node":{"slug":"hill"}}]}}]}}}`,
			"admin@lake.test": `{"data":{"node":null,"viewer":{"organizations":[{"name":"Lake",` +
				`"workspaces":{"edges":[{"node":{"slug":"lake"}}]}}]}}}`,
		} {
			a := k.Ask(k.SignIn(email, apptest.Password), query, variables)
			if a.Body != want {
				t.Errorf("%s reads %s", email, a.Body)
			}
		}
	}, apptest.WithoutMail, apptest.WithoutWorker)
}

func TestAPlanOfNoOrganizationIsNotSet(t *testing.T) {
	apptest.OnBoth(t, func(t *testing.T, k *apptest.Kit) {
		k.Found("Hill", "hill")
		for name, in := range map[string]workspace.SetPlanInput{
			"unknown":  {Organization: "Lake"},
			"negative": {Organization: "Hill", Seats: new(-1)},
		} {
			_, err := k.Workspaces.SetPlan(t.Context(), in)
			if f, ok := fault.Of(err); !ok ||
				f.Code != fault.NotFound && f.Code != fault.BadUserInput {
				t.Errorf("%s: %v", name, err)
			}
		}
	}, apptest.WithoutMail, apptest.WithoutWorker)
}
