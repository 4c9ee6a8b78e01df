package graph_test

import (
	"context"
	"reflect"
	"strings"
	"testing"

	"usher/ent/suppression"
	"usher/internal/access"
	"usher/internal/admission"
	"usher/internal/apptest"
	"usher/internal/ident"
	"usher/internal/store"
)

func TestAnAdministratorSeesAndLiftsSuppressions(t *testing.T) {
	apptest.OnBoth(t, func(t *testing.T, k *apptest.Kit) {
		p := k.Found("Hill", "hill")
		p.Join("coach@hill.test", &admission.GrantInput{Roles: []string{access.Coach},
			GroupIDs: []ident.ID{p.Group("g", "PRIVATE", nil).ID}})
		p.Invite("here@example.org", nil)
		bounced := p.Suppress("bounced@example.org", suppression.ReasonBounced)
		asked := p.Suppress("asked@example.org", suppression.ReasonAsked)
		complained := p.Suppress("complained@example.org", suppression.ReasonComplaint)
		k.AsSystem(func(ctx context.Context, tx *store.Tx) error {
			for _, email := range []string{"here@example.org", "stranger@example.org"} {
				if err := tx.Suppression.Create().SetEmailKey(email).SetPlaceID(ident.ID{}).
					SetReason(suppression.ReasonBounced).Exec(ctx); err != nil {
					return err
				}
			}
			return nil
		})

		type row struct{ Email, Reason, Scope string }
		list := func(token string) (rows []row) {
			var out struct {
				Workspace struct {
					Suppressions struct{ Edges []struct{ Node row } }
				}
			}
			p.Must(token, `query($id: ID!) { workspace(id: $id) { suppressions(first: 10) {
				edges { node { email reason scope } } } } }`,
				map[string]any{"id": p.Workspace.ID}, &out)
			for _, edge := range out.Workspace.Suppressions.Edges {
				rows = append(rows, edge.Node)
			}
			return rows
		}
		admin := k.SignIn("admin@hill.test", apptest.Password)
		want := []row{{"here@example.org", "HARD_BOUNCE", "EVERYWHERE"},
			{"complained@example.org", "COMPLAINT", "WORKSPACE"},
			{"asked@example.org", "REQUESTED", "WORKSPACE"},
			{"bounced@example.org", "HARD_BOUNCE", "WORKSPACE"}}
		if got := list(admin); !reflect.DeepEqual(got, want) {
			t.Errorf("an administrator sees %v", got)
		}
		coach := k.SignIn("coach@hill.test", apptest.Password)
		if got := list(coach); got != nil {
			t.Errorf("a coach sees %v", got)
		}

		lift := func(token string, id ident.ID) *apptest.Answer {
			return k.Ask(token, `mutation($workspace: ID!, $id: ID!) { liftSuppression(
				input: {workspaceId: $workspace, suppressionId: $id}) { email deletedId } }`,
				map[string]any{"workspace": p.Workspace.ID, "id": id})
		}
		if a := lift(coach, bounced); a.Code() != "FORBIDDEN" {
			t.Errorf("a coach is answered %s", a.Body)
		}
		if a := lift(admin, asked); a.Code() != "CONFLICT" {
			t.Errorf("a wish of the owner is lifted: %s", a.Body)
		}
		if a := lift(admin, complained); a.Code() != "CONFLICT" {
			t.Errorf("a complaint is lifted: %s", a.Body)
		}
		if a := lift(admin, bounced); !strings.Contains(a.Body, `"bounced@example.org"`) {
			t.Errorf("a bounce is not lifted: %s", a.Body)
		}
		if a := lift(admin, bounced); a.Code() != "NOT_FOUND" {
			t.Errorf("a bounce is lifted twice: %s", a.Body)
		}
		if got := p.Happened(bounced); !reflect.DeepEqual(got, []string{"suppression.lifted"}) {
			t.Errorf("the history has %v", got)
		}
	}, apptest.WithoutMail, apptest.WithoutWorker)
}
