package graph_test

import (
	"fmt"
	"slices"
	"testing"

	"usher/internal/access"
	"usher/internal/admission"
	"usher/internal/apptest"
	"usher/internal/ident"
	"usher/internal/invitation"
	"usher/internal/member"
)

const historyOf = `query($m: ID!) { workspace(slug: "acme") { auditEvents(first: 50, filter: {subjectId: $m}) { edges { node { action summary entryPoint through actorName actor { id } } } } } }`

type told struct {
	Action, Summary, EntryPoint string
	Through, ActorName          *string
	Actor                       *struct{ ID string }
}

// history is what a person is told of a member, by action.
func history(k *apptest.Kit, token string, m ident.ID) map[string]told {
	k.T.Helper()
	var out struct {
		Workspace struct {
			AuditEvents struct{ Edges []struct{ Node told } }
		}
	}
	k.Must(token, historyOf, map[string]any{"m": m.String()}, &out)
	by := map[string]told{}
	for _, e := range out.Workspace.AuditEvents.Edges {
		by[e.Node.Action] = e.Node
	}
	return by
}

// AHD-6: who did what, when, through which entry point, for those who look after the person.
func TestWhoMayChangeAPersonReadsTheirHistory(t *testing.T) {
	apptest.OnBoth(t, func(t *testing.T, k *apptest.Kit) {
		p := k.Found("Acme", "acme")
		mine, other := p.Group("mine", "PRIVATE", nil), p.Group("other", "PRIVATE", nil)
		p.Join("boss@example.org", &admission.GrantInput{Roles: []string{access.GroupAdmin},
			GroupIDs: []ident.ID{mine.ID}})
		p.Join("coach@example.org", &admission.GrantInput{Roles: []string{access.Coach},
			GroupIDs: []ident.ID{mine.ID}})
		p.Join("users@example.org", &admission.GrantInput{Roles: []string{access.UserAdmin}})
		m := p.Join("jane@example.org", &admission.GrantInput{GroupIDs: []ident.ID{mine.ID}})
		stranger := p.Join("stranger@example.org",
			&admission.GrantInput{GroupIDs: []ident.ID{other.ID}})
		for _, i := range []ident.ID{m.ID, stranger.ID} {
			if _, err := k.Members.UpdateMember(t.Context(), k.Caller(p.Admin),
				member.UpdateMemberInput{ID: i, DeleteOnExpiry: new(true)}); err != nil {
				t.Fatal(err)
			}
		}
		for _, who := range []string{"admin@acme.test", "users@example.org", "boss@example.org"} {
			edited := history(k, k.SignIn(who, apptest.Password), m.ID)["MEMBER_EDITED"]
			if edited.ActorName == nil || *edited.ActorName != "Ada Admin" ||
				edited.Through == nil || *edited.Through != "in the list of members" ||
				edited.Summary == "" || edited.EntryPoint != "MEMBER" {
				t.Errorf("%s is told %+v", who, edited)
			}
			if seen := edited.Actor != nil; seen != (who != "boss@example.org") {
				t.Errorf("%s sees the member who did it: %t", who, seen)
			}
		}
		none := func(who string, of ident.ID) {
			if events := history(k, k.SignIn(who, apptest.Password), of); len(events) > 0 {
				t.Errorf("%s is told %v", who, events)
			}
		}
		none("boss@example.org", stranger.ID)
		none("boss@example.org", p.Admin.ID)
		none("coach@example.org", m.ID)
		none("jane@example.org", m.ID)
	}, apptest.WithoutWorker)
}

func TestNamesAndUsageAreAskedOnceForAllRows(t *testing.T) {
	apptest.OnBoth(t, func(t *testing.T, k *apptest.Kit) {
		p := k.Found("Acme", "acme")
		token := k.SignIn("admin@acme.test", apptest.Password)
		queries := []string{
			`{ workspace(slug: "acme") { invitations(first: 50) { edges { node { one: history { actorName } two: history { id actorName } } } } } }`,
			`{ workspace(slug: "acme") { auditEvents(first: 50) { edges { node { actorName through } } } } }`,
			`{ workspace(slug: "acme") { members(first: 50) { edges { node { workspace { usage { taken peak seatEvents { user { email } } emails { sent } } } } } } } }`,
		}
		count := func() (all []int64) {
			for _, q := range queries {
				n, _ := statements(t, k, token, q, nil)
				all = append(all, n)
			}
			return all
		}
		more := func(from, to int) {
			for n := from; n < to; n++ {
				by := p.Join(fmt.Sprintf("admin%d@example.org", n),
					&admission.GrantInput{Roles: []string{access.Admin}})
				if _, err := k.Invitations.Invite(t.Context(), k.Caller(by),
					invitation.InviteInput{WorkspaceID: p.Workspace.ID,
						Emails: []string{fmt.Sprintf("guest%d@example.org", n)}}); err != nil {
					t.Fatal(err)
				}
			}
		}
		more(0, 2)
		few := count()
		more(2, 8)
		if many := count(); !slices.Equal(few, many) {
			t.Errorf("%d statements for a few rows, %d for many", few, many)
		}
	}, apptest.WithoutWorker, apptest.WithoutMail)
}
