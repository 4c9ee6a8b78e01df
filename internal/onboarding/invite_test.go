package onboarding_test

import (
	"testing"
	"context"

	"usher/internal/account"
	"usher/internal/onboarding"
	"usher/internal/testkit/usherkit"
)

func TestSmoke(t *testing.T) {
	usherkit.OnBoth(t, func(t *testing.T, k *usherkit.Kit) {
		p := k.Found("Acme", "acme")
		text := "jane@example.org; Bob Doe <bob@example.org>\n jane@EXAMPLE.org, nonsense@, admin@acme.test"
		out, err := k.Onboarding.Invite(t.Context(), p.Caller(p.Admin), onboarding.InviteInput{WorkspaceID: p.Workspace.ID, Text: &text})
		if err != nil { t.Fatal(err) }
		for _, o := range out { t.Log(o.Email, o.Status, o.Sentence.In("fr")) }
		mails, err := k.Box.WaitFor(ctx(t), "jane@example.org", 1)
		if err != nil { t.Fatal(err) }
		t.Log(mails[0].Text)
		m := p.Join("zoe@example.org", nil)
		t.Log(p.Holds(m.ID))
		tok := k.SignIn("zoe@example.org", usherkit.Password)
		a := k.Ask(tok, `{viewer{user{email} memberships{groups{name} workspace{slug} roleAssignments{role{key} inherited}}}}`, nil)
		t.Log(a.Body)
		tok = k.SignIn("admin@acme.test", usherkit.Password)
		a = k.Ask(tok, `{workspace(slug:"acme"){members(first:50){totalCount pageInfo{endCursor hasNextPage} edges{cursor node{id user{email firstName} orgUnit{name} groups{name} roleAssignments{role{key}}}}} invitations(first:10){edges{node{email status deliveryStatus link history{summary actor{user{email}}}}}} invitationCounts{pending active}}}`, nil)
		t.Log(a.Body)
		_ = account.Origin{}
	})
}
func ctx(t *testing.T) context.Context { c, cancel := context.WithTimeout(t.Context(), 10e9); t.Cleanup(cancel); return c }
