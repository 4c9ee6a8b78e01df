package graph_test

import (
	"reflect"
	"slices"
	"strings"
	"testing"

	"usher/ent/schema"
	"usher/internal/access"
	"usher/internal/admission"
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
		_, err := k.Workspaces.SetSubscriptionPlan(t.Context(), workspace.SetSubscriptionPlanInput{Organization: "Hill",
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
				// WSP-4: the annex too, which its administrator is no member of
				`{"node":{"slug":"hill"}},{"node":{"slug":"annex"}}]}}]}}}`,
			"admin@annex.test": `{"data":{"node":{"id":"` + p.Workspace.OrganizationID.String() +
				`"},"viewer":{"organizations":[{"name":"Hill","workspaces":{"edges":[` +
				`{"node":{"slug":"annex"}}]}}]}}}`,
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
		for name, in := range map[string]workspace.SetSubscriptionPlanInput{
			"unknown":  {Organization: "Lake"},
			"negative": {Organization: "Hill", Seats: new(-1)},
		} {
			_, err := k.Workspaces.SetSubscriptionPlan(t.Context(), in)
			if f, ok := fault.Of(err); !ok ||
				f.Code != fault.NotFound && f.Code != fault.BadUserInput {
				t.Errorf("%s: %v", name, err)
			}
		}
	}, apptest.WithoutMail, apptest.WithoutWorker)
}

// PLA-2: administrators of a workspace alone create none.
func TestAnAdministratorOfAnOrganizationCreatesWorkspacesInIt(t *testing.T) {
	apptest.OnBoth(t, func(t *testing.T, k *apptest.Kit) {
		p := k.Found("Hill", "hill")
		p.Join("other@hill.test", &admission.GrantInput{Roles: []string{access.Admin}})
		create := `mutation($id: ID!, $slug: String!) { createWorkspace(input: {organizationId: $id,
			name: "Annex", slug: $slug, locale: "fr", timeZone: "Europe/Paris"}) {
			workspace { slug defaultLocale timeZone roles(first: 20) { totalCount }
				organization { name viewerIsAdministrator administrators { email } } } } }`
		variables := map[string]any{"id": p.Workspace.OrganizationID, "slug": "annex"}
		admin := k.SignIn("admin@hill.test", apptest.Password)
		want := `{"data":{"createWorkspace":{"workspace":{"slug":"annex","defaultLocale":"fr",` +
			`"timeZone":"Europe/Paris","roles":{"totalCount":7},"organization":{"name":"Hill",` +
			`"viewerIsAdministrator":true,"administrators":[{"email":"admin@hill.test"}]}}}}}`
		if a := k.Ask(admin, create, variables); strings.TrimSpace(a.Body) != want {
			t.Errorf("it is answered %s", a.Body)
		}
		if a := k.Ask(admin, create, variables); a.Code() != "CONFLICT" {
			t.Errorf("a slug that is taken is answered %s", a.Body)
		}
		variables["slug"] = "Annex 2"
		if a := k.Ask(admin, create, variables); a.Code() != "BAD_USER_INPUT" {
			t.Errorf("a slug that is none is answered %s", a.Body)
		}
		variables["slug"] = "third"
		other := k.SignIn("other@hill.test", apptest.Password)
		if a := k.Ask(other, create, variables); a.Code() != "FORBIDDEN" {
			t.Errorf("an administrator of a workspace is answered %s", a.Body)
		}
		variables["id"] = k.Found("Lake", "lake").Workspace.OrganizationID
		if a := k.Ask(admin, create, variables); a.Code() != "NOT_FOUND" {
			t.Errorf("an administrator of another organization is answered %s", a.Body)
		}
	}, apptest.WithoutMail, apptest.WithoutWorker)
}

func TestAnOrganizationKeepsAnAdministratorWhoIsActive(t *testing.T) {
	apptest.OnBoth(t, func(t *testing.T, k *apptest.Kit) {
		p := k.Found("Hill", "hill")
		other := p.Join("other@hill.test", nil)
		organization := p.Workspace.OrganizationID
		first := k.Caller(p.Admin)
		_, err := k.Admission.AddAdministrator(t.Context(), first, organization, other.UserID)
		if !fault.Has(err, fault.Conflict) {
			t.Errorf("an unverified address is added: %v", err)
		}
		_, err = k.Admission.RemoveAdministrator(t.Context(), first, organization, first.UserID)
		if !fault.Has(err, fault.Conflict) {
			t.Errorf("the last administrator is removed: %v", err)
		}
		p.Verify("other@hill.test")
		if _, err = k.Admission.AddAdministrator(t.Context(), first, organization,
			other.UserID); err != nil {
			t.Fatal(err)
		}
		org, err := k.Admission.UpdateOrganization(t.Context(), k.Caller(other),
			admission.UpdateOrganizationInput{OrganizationID: organization, Name: new(" Hills ")})
		if err != nil || org.Name != "Hills" {
			t.Errorf("the second administrator renames it to %v, %v", org, err)
		}
		if _, err = k.Admission.RemoveAdministrator(t.Context(), k.Caller(other), organization,
			first.UserID); err != nil {
			t.Fatal(err)
		}
		_, err = k.Admission.UpdateOrganization(t.Context(), first,
			admission.UpdateOrganizationInput{OrganizationID: organization, Name: new("Mine")})
		if !fault.Has(err, fault.Forbidden) {
			t.Errorf("a former administrator renames it: %v", err)
		}
		actions := p.Happened(organization)
		if want := []string{"organization.administrator_added", "organization.edited",
			"organization.administrator_removed"}; !slices.Equal(actions, want) {
			t.Errorf("the history has %v", actions)
		}
	}, apptest.WithoutMail, apptest.WithoutWorker)
}
