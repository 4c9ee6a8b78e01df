package onboarding_test

import (
	"strings"
	"testing"

	"usher/ent"
	"usher/internal/acceptance"
	"usher/internal/apptest"
	"usher/internal/ident"
	"usher/internal/invitation"
	"usher/internal/secret"
	"usher/internal/store"
)

// INV-7: both links lead to one page and are revoked together.
func TestBothLinksLeadToTheSameInvitationAndDieTogether(t *testing.T) {
	onBoth(t, func(t *testing.T, p *apptest.Place) {
		inv := sent(p, "jane@example.org")
		tokens := []string{p.Accepting(inv).Token, p.Mailed(inv).Token}
		peek := func() (states []string) {
			for _, token := range tokens {
				i, err := p.Acceptances.Peek(t.Context(), token)
				if err != nil {
					t.Fatal(err)
				}
				states = append(states, i.Status.String()+" "+i.Email)
			}
			return states
		}
		same(t, "pending", peek(), []string{"PENDING jane@example.org", "PENDING jane@example.org"})
		if _, err := p.Invitations.Cancel(t.Context(), p.Caller(p.Admin), inv.ID); err != nil {
			t.Fatal(err)
		}
		masked := strings.TrimPrefix(peek()[0], "CANCELLED ")
		if masked == "jane@example.org" || !strings.Contains(masked, "@") {
			t.Errorf("the address of a cancelled invitation reads %s", masked)
		}
		for _, token := range tokens {
			_, err := p.Acceptances.Accept(t.Context(), nil, acceptance.AcceptInput{Token: token,
				FirstName: new("J"), LastName: new("D"), Password: new(apptest.Password)},
				noOrigin)
			refused(t, err, "LINK_CANCELLED", "")
		}
	})
}

func TestALinkThatWasNotMadeHereLeadsNowhere(t *testing.T) {
	onBoth(t, func(t *testing.T, p *apptest.Place) {
		far := p.Found("Globex", "globex")
		inv := sent(p, "jane@example.org")
		claim := func(change func(c *secret.Claim)) string {
			c := secret.Claim{Purpose: secret.InvitationMail, ID: inv.ID, Version: 1,
				Binding: []string{inv.WorkspaceID.String(), inv.EmailKey}}
			change(&c)
			return p.Settings.Keyring.SignLink(c).Reveal()
		}
		good := claim(func(*secret.Claim) {})
		flipped := []byte(good)
		flipped[len(flipped)-3] ^= 1
		for what, token := range map[string]string{
			"nothing": "", "noise": "abc", "one bit off": string(flipped),
			"half":            good[:len(good)/2],
			"another kind":    claim(func(c *secret.Claim) { c.Purpose = secret.PasswordReset }),
			"another address": claim(func(c *secret.Claim) { c.Binding[1] = "june@example.org" }),
			"another workspace": claim(func(c *secret.Claim) {
				c.Binding[0] = far.Workspace.ID.String()
			}),
			"a version to come": claim(func(c *secret.Claim) { c.Version = 2 }),
			"nobody": claim(func(c *secret.Claim) {
				c.ID = ident.New(ident.Invitation)
			}),
		} {
			_, err := p.Acceptances.Peek(t.Context(), token)
			if err == nil {
				t.Errorf("%s is shown the invitation", what)
				continue
			}
			refused(t, err, "LINK_INVALID", "")
			_, err = p.Acceptances.Accept(t.Context(), nil, acceptance.AcceptInput{Token: token},
				noOrigin)
			refused(t, err, "LINK_INVALID", "")
			refused(t, p.Decline(t.Context(), token, nil), "LINK_INVALID", "")
			refused(t, p.RequestNewLink(t.Context(), token), "LINK_INVALID", "")
		}
		if _, err := p.Acceptances.Peek(t.Context(), good); err != nil {
			t.Error(err)
		}
	})
}

func TestOpeningALinkChangesNothing(t *testing.T) {
	onBoth(t, func(t *testing.T, p *apptest.Place) {
		in := p.Mailed(sent(p, "jane@example.org"))
		before := p.Snapshot()
		for range 3 {
			if _, err := p.Acceptances.Peek(t.Context(), in.Token); err != nil {
				t.Error(err)
			}
			if _, err := p.Acceptances.LoadAcceptPage(t.Context(), p.Caller(p.Admin),
				in.Token); err != nil {
				t.Error(err)
			}
		}
		same(t, "the database", p.Snapshot(), before)
	})
}

// INV-7: who may copy the link or correct the address.
func TestTheLinkIsCopiedByWhoCouldGiveTheWholeGrantNow(t *testing.T) {
	onBoth(t, func(t *testing.T, p *apptest.Place) {
		g, other := p.Group("g", "PRIVATE", nil), p.Group("other", "PRIVATE", nil)
		boss := p.Join("boss@example.org",
			&grants{Roles: []string{"group_admin"}, GroupIDs: []ident.ID{g.ID}})
		learner := p.Join("lea@example.org", nil)
		both := p.Invite("jane@example.org", &grants{GroupIDs: []ident.ID{g.ID, other.ID}})
		own := p.Invite("june@example.org", &grants{GroupIDs: []ident.ID{g.ID}})
		whole := p.Invite("jack@example.org",
			&grants{Roles: []string{"user_admin"}, GroupIDs: []ident.ID{g.ID}})
		links := func(by *ent.Member) (got []bool) {
			for _, inv := range []*ent.Invitation{both, own, whole} {
				link, err := p.Invitations.CopyLink(t.Context(), p.Caller(by), inv)
				if err != nil {
					t.Fatal(err)
				}
				got = append(got, link != "")
			}
			return got
		}
		same(t, "the administrator's", links(p.Admin), []bool{true, true, true})
		same(t, "the group administrator's", links(boss), []bool{false, true, false})
		same(t, "a learner's", links(learner), []bool{false, false, false})
		_, err := p.Invitations.CorrectEmail(t.Context(), p.Caller(boss), both.ID, "b@example.org")
		refused(t, err, "FORBIDDEN", "")
		if _, err := p.Invitations.CorrectEmail(t.Context(), p.Caller(boss), own.ID,
			"b@example.org"); err != nil {
			t.Error(err)
		}
		p.Clock.Add(15 * day)
		same(t, "once they have expired", links(p.Admin), []bool{false, false, false})
	})
}

// INV-7: the database alone reproduces neither link.
func TestNoTokenIsAtRest(t *testing.T) {
	onBoth(t, func(t *testing.T, p *apptest.Place) {
		inv := sent(p, "jane@example.org")
		tokens := []string{p.Accepting(inv).Token, p.Mailed(inv).Token}
		for table, rows := range p.Snapshot() {
			for _, token := range tokens {
				if all := strings.Join(rows, "\n"); strings.Contains(all, token) ||
					strings.Contains(all, token[len(token)-24:]) {
					t.Errorf("the table %s holds a token", table)
				}
			}
		}
	})
}

func TestThePageKnowsWhoIsLookingAndWhatToAsk(t *testing.T) {
	onBoth(t, func(t *testing.T, p *apptest.Place) {
		p.Field("badge", "NUMBER", true)
		p.Field("nick", "TEXT", false)
		p.Account("ted@example.org")
		new1 := invite(
			p, input{People: []*invitation.Invitee{{Email: "jane@example.org", FirstName: new(
				"Jane")}}, Message: new("Hello"), Grant: &grants{Locale: new("fr")}})[0].Invitation
		known := sent(p, "ted@example.org")
		l, err := p.Acceptances.LoadAcceptPage(t.Context(), nil, p.Mailed(new1).Token)
		if err != nil {
			t.Fatal(err)
		}
		same(t, "a new person", []any{l.HasAccount, l.SignedInAs, l.OwnAddress, l.EmailedLink,
			l.FirstName, l.Locale, *l.Message, *l.InvitedByName, len(l.Fields), l.Fields[0].Key},
			[]any{false, "", false, true, "Jane", "fr", "Hello", "Ada Admin", 1, "badge"})
		l, err = p.Acceptances.LoadAcceptPage(t.Context(), p.Caller(p.Admin),
			p.Accepting(known).Token)
		if err != nil {
			t.Fatal(err)
		}
		same(t, "somebody else", []any{l.HasAccount, l.SignedInAs, l.OwnAddress, l.EmailedLink},
			[]any{false, "admin@acme.test", false, false})
		l, err = p.Acceptances.LoadAcceptPage(t.Context(), p.As(p.User("ted@example.org")),
			p.Accepting(known).Token)
		if err != nil {
			t.Fatal(err)
		}
		same(t, "the invited", []any{l.HasAccount, l.SignedInAs, l.OwnAddress},
			[]any{true, "ted@example.org", true})
		mustAccept(p, p.As(p.User("ted@example.org")), withAnswer(p.Accepting(known), "badge", "1"))
		l, err = p.Acceptances.LoadAcceptPage(t.Context(), nil, p.MailToken(known))
		if err != nil {
			t.Fatal(err)
		}
		same(t, "once it is used", []any{l.Status.String(), l.HasAccount, l.Message,
			l.InvitedByName, l.FirstName}, []any{"ACTIVE", false, (*string)(nil),
			(*string)(nil), ""})
	})
}

func TestAnInviterWhoLeftIsNotNamed(t *testing.T) {
	onBoth(t, func(t *testing.T, p *apptest.Place) {
		boss := p.Join("boss@example.org", &grants{Roles: []string{"user_admin"}})
		out, err := inviteAs(p, boss, input{Emails: []string{"jane@example.org"}})
		if err != nil {
			t.Fatal(err)
		}
		p.Write(func(ctx ctx, tx *store.Tx) error { return tx.Member.DeleteOne(boss).Exec(ctx) })
		i, err := p.Acceptances.Peek(t.Context(), p.Mailed(out[0].Invitation).Token)
		if err != nil || i.InvitedByName != nil {
			t.Errorf("%v %v", i, err)
		}
	})
}
