package graph_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	entinvitation "usher/ent/invitation"
	"usher/internal/access"
	"usher/internal/admission"
	"usher/internal/apptest"
	"usher/internal/ident"
)

const changesOf = `query($s: ID!, $w: ID!) { workspace(id: $w) {
	auditEvents(first: 20, filter: {subjectId: $s}) { edges { node { action subject { name } details { name previousValue newValue } } } } } }`

// changes lists the details of the events of one action, newest first, each as
// "subject name: old > new".
func changes(k *apptest.Kit, token string, p *apptest.Place,
	subject, action string) (list []string) {
	k.T.Helper()
	var out struct {
		Workspace struct {
			AuditEvents struct {
				Edges []struct {
					Node struct {
						Action  string
						Subject struct{ Name *string }
						Details []struct{ Name, PreviousValue, NewValue string }
					}
				}
			}
		}
	}
	k.Must(token, changesOf, map[string]any{"s": subject, "w": p.Workspace.ID.String()}, &out)
	for _, e := range out.Workspace.AuditEvents.Edges {
		if e.Node.Action != action {
			continue
		}
		name := "?"
		if e.Node.Subject.Name != nil {
			name = *e.Node.Subject.Name
		}
		for _, d := range e.Node.Details {
			list = append(list, fmt.Sprintf("%s %s: %s > %s", name, d.Name, d.PreviousValue,
				d.NewValue))
		}
	}
	return list
}

func sameChanges(t *testing.T, what string, got, want []string) {
	t.Helper()
	if !slices.Equal(got, want) {
		t.Errorf("%s:\n%s\ninstead of\n%s", what, strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

// AHD-6, INV-13: the history says what changed, from what to what, and for whom.
func TestHistoryTellsPreviousAndNewValues(t *testing.T) {
	apptest.OnBoth(t, func(t *testing.T, k *apptest.Kit) {
		p := k.Found("Acme", "acme")
		admin := k.SignIn("admin@acme.test", apptest.Password)
		a, b := p.Group("Paris", "PRIVATE", nil), p.Group("Lyon", "PRIVATE", nil)
		north, south := p.Unit("North", nil), p.Unit("South", nil)
		monday := p.Session(p.Program("Safety"), "Monday", apptest.Always, apptest.Always)
		jane := p.Join("jane@example.org", &admission.GrantInput{GroupIDs: []ident.ID{a.ID}})
		p.Join("users@example.org", &admission.GrantInput{Roles: []string{access.UserAdmin},
			GroupIDs: []ident.ID{b.ID}})
		do := func(token, operation, input string) {
			t.Helper()
			k.Must(token, fmt.Sprintf(`mutation { %s(input: {%s}) { __typename } }`, operation,
				input), nil, nil)
		}
		place := fmt.Sprintf(`workspaceId: "%s", `, p.Workspace.ID)

		invite := func(token, email, grant string) {
			t.Helper()
			do(token, "inviteUsers", place+fmt.Sprintf(
				`emails: ["%s"], sendEmail: false, grant: {%s}`, email, grant))
		}
		invite(admin, "guest@example.org", fmt.Sprintf(`groupIds: ["%s"], orgUnitId: "%s"`,
			a.ID, north.ID))
		guest := p.Store.Invitation.Query().Where(
			entinvitation.EmailKey("guest@example.org")).OnlyX(p.In()).ID.String()
		invite(admin, "guest@example.org", fmt.Sprintf(
			`roles: ["coach"], groupIds: ["%s"], orgUnitId: "%s", locale: "fr"`, a.ID, south.ID))
		sameChanges(t, "merged", changes(k, admin, p, guest, "INVITATION_MERGED"), []string{
			"guest@example.org roles: Learner (Paris) > Coach (Paris), Learner (Paris)",
			"guest@example.org orgUnit: North > South",
			"guest@example.org locale:  > fr",
		})
		invite(k.SignIn("users@example.org", apptest.Password), "guest@example.org", fmt.Sprintf(
			`groupIds: ["%s"], additionalInfo: "x", accessExpiresAt: "2099-01-31"`, b.ID))
		sameChanges(t, "merged as a part", changes(k, admin, p, guest, "INVITATION_MERGED")[:3],
			[]string{
				"guest@example.org roles: Coach (Paris), Learner (Paris) > Coach (Paris), " +
					"Learner (Lyon), Learner (Paris)",
				"guest@example.org groups: Paris > Lyon, Paris",
				"guest@example.org ignored:  > additionalInfo, accessExpiresAt",
			})

		member := jane.ID.String()
		invite(admin, "jane@example.org", fmt.Sprintf(`groupIds: ["%s", "%s"]`, a.ID, b.ID))
		do(admin, "registerForSession", fmt.Sprintf(`sessionId: "%s", memberIds: ["%s"]`,
			monday.ID, member))
		name := admission.DisplayName(k.User("jane@example.org")) + " "
		sameChanges(t, "added", changes(k, admin, p, member, "MEMBER_GRANTED"),
			[]string{name + "roles:  > Learner (Lyon)"})
		sameChanges(t, "registered", changes(k, admin, p, member, "MEMBER_ENROLLED"),
			[]string{name + "session:  > Monday"})
		do(admin, "updateMember", fmt.Sprintf(`memberId: "%s", grant: {removeGroupIds: ["%s"],
			orgUnitId: "%s", addLabels: ["Red"]}`, member, a.ID, south.ID))
		sameChanges(t, "edited", changes(k, admin, p, member, "MEMBER_EDITED"), []string{
			name + "roles: Learner (Lyon), Learner (Paris) > Learner (Lyon)",
			name + "groups: Lyon, Paris > Lyon",
			name + "orgUnit:  > South",
			name + "labels:  > Red",
		})

		var made struct {
			CreateJoinLink struct{ JoinLink struct{ ID string } }
		}
		k.Must(admin, fmt.Sprintf(`mutation { createJoinLink(input: {%s title: "Autumn"}) {
			joinLink { id } } }`, place), nil, &made)
		link := made.CreateJoinLink.JoinLink.ID
		do(admin, "updateJoinLink", fmt.Sprintf(`joinLinkId: "%s", maxJoins: 5, enabled: false,
			whitelist: ["example.org"]`, link))
		sameChanges(t, "link", changes(k, admin, p, link, "LINK_EDITED"), []string{
			"Autumn enabled: true > false", "Autumn whitelist:  > example.org",
			"Autumn maxJoins:  > 5",
		})
		do(admin, "updateWorkspace", place+`color: "#112233", invitationDays: 20,
			remindDaysAfterSending: [3, 7]`)
		sameChanges(t, "workspace",
			changes(k, admin, p, p.Workspace.ID.String(), "WORKSPACE_EDITED"), []string{
				"Workspace acme color:  > #112233", "Workspace acme invitationDays: 14 > 20",
				"Workspace acme remindDaysAfterSending:  > 3, 7",
			})
	}, apptest.WithoutWorker)
}
