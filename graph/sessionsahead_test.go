package graph_test

import (
	"slices"
	"testing"
	"time"

	"usher/internal/access"
	"usher/internal/admission"
	"usher/internal/apptest"
	"usher/internal/ident"
	"usher/internal/invitation"
)

// INV-15: an invitation lists the sessions that its invitee will get, however they get there.
func TestAnInvitationListsTheSessionsAhead(t *testing.T) {
	apptest.OnBoth(t, func(t *testing.T, k *apptest.Kit) {
		p := k.Found("Acme", "acme")
		token := k.SignIn("admin@acme.test", apptest.Password)
		parent := p.Group("Parent", "PRIVATE", nil)
		child := p.Group("Child", "PUBLIC", parent)
		const day = 24 * time.Hour
		ofGroup, ofGrant := p.Program("Of the group", parent), p.Program("Of the grant")
		p.Session(ofGroup, "Coming", day, 2*day)
		p.Session(ofGroup, "Over", -2*day, -day)
		p.Session(ofGrant, "Dated", day, 2*day)
		p.Session(ofGrant, "Always", apptest.Always, apptest.Always)
		named := p.Session(p.Program("Another"), "Named", day, 2*day)
		p.Invite("plain@example.org", nil)
		p.Invite("learner@example.org", &admission.GrantInput{GroupIDs: []ident.ID{child.ID}})
		p.Invite("coach@example.org", &admission.GrantInput{GroupIDs: []ident.ID{child.ID},
			Roles: []string{access.Coach}})
		p.Invite("program@example.org", &admission.GrantInput{ProgramIDs: []ident.ID{ofGrant.ID},
			SessionIDs: []ident.ID{named.ID}})
		gone := p.Invite("gone@example.org", &admission.GrantInput{
			GroupIDs: []ident.ID{parent.ID}, SessionIDs: []ident.ID{named.ID}})
		if _, err := k.Invitations.Cancel(t.Context(), k.Caller(p.Admin), gone.ID); err != nil {
			t.Fatal(err)
		}

		var page struct {
			Workspace struct {
				Invitations struct {
					Edges []struct {
						Node struct {
							Email    string
							Sessions []struct{ Name string }
						}
					}
				}
			}
		}
		query := `{ workspace(slug: "acme") { invitations(first: 20) { edges { node { email
			sessions { name } } } } } }`
		k.Must(token, query, nil, &page)
		want := map[string][]string{"plain@example.org": {}, "learner@example.org": {"Coming"},
			"coach@example.org": {}, "program@example.org": {"Named", "Always"},
			"gone@example.org": {"Named"}}
		for _, e := range page.Workspace.Invitations.Edges {
			names := []string{}
			for _, s := range e.Node.Sessions {
				names = append(names, s.Name)
			}
			if !slices.Equal(names, want[e.Node.Email]) {
				t.Errorf("%s: %q, want %q", e.Node.Email, names, want[e.Node.Email])
			}
		}

		few, _ := statements(t, k, token, query, nil)
		for _, email := range []string{"a@example.org", "b@example.org", "c@example.org"} {
			p.Invite(email, &admission.GrantInput{GroupIDs: []ident.ID{child.ID}})
		}
		if many, _ := statements(t, k, token, query, nil); many != few {
			t.Errorf("%d statements for five invitations, %d for eight", few, many)
		}

		// The answer of a mutation lists them too.
		var made struct {
			ResendInvitation struct {
				Invitation struct{ Sessions []struct{ Name string } }
			}
		}
		inv, err := k.Invitations.Invite(t.Context(), k.Caller(p.Admin), invitation.InviteInput{
			WorkspaceID: p.Workspace.ID, Emails: []string{"last@example.org"},
			SendEmail: new(false), Grant: &admission.GrantInput{GroupIDs: []ident.ID{child.ID}}})
		if err != nil {
			t.Fatal(err)
		}
		k.Must(token, `mutation($id: ID!) { resendInvitation(input: {invitationId: $id,
			sendEmail: false}) { invitation { sessions { name } } } }`,
			map[string]any{"id": inv[0].Invitation.ID}, &made)
		if got := made.ResendInvitation.Invitation.Sessions; len(got) != 1 {
			t.Errorf("the answer lists %v", got)
		}
	}, apptest.WithoutWorker, apptest.WithoutMail)
}
