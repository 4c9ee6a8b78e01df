package onboarding_test

import (
	"testing"

	entinvitation "usher/ent/invitation"
	"usher/ent/mail"
	"usher/internal/apptest"
	"usher/internal/secret"
	"usher/internal/store"
	"usher/internal/suppression"
)

// INV-11: an invitee can decline, and the inviter is told.
func TestTheInviteeSaysNoAndTheInviterIsTold(t *testing.T) {
	onBoth(t, func(t *testing.T, p *apptest.Place) {
		inv := p.Invite("jane@example.org", nil)
		in := p.Accepting(inv)
		if err := p.Decline(t.Context(), in.Token, nil); err != nil {
			t.Fatal(err)
		}
		now := p.Invitation(inv.ID)
		same(t, "status", now.Status, entinvitation.StatusDeclined)
		if now.DeclinedAt == nil {
			t.Error("it does not say when")
		}
		same(t, "history", p.Happened(inv.ID), []string{"invitation.made", "invitation.declined"})
		same(t, "mails to the inviter", p.Kinds("admin@acme.test"), []string{"invitation_declined"})
		before := p.Snapshot()
		refused(t, p.Decline(t.Context(), in.Token, nil), "LINK_USED", "")
		_, err := p.Acceptances.Accept(t.Context(), nil, in, noOrigin)
		refused(t, err, "LINK_USED", "")
		same(t, "the database after a second time", p.Snapshot(), before)
		same(t, "the address once it is invited again",
			told(invite(p, input{Emails: []string{"jane@example.org"}})),
			[]string{"jane@example.org INVITED"})
	})
}

// INV-11: an invitee can stop emails, for this workspace or for all.
func TestNoMoreMailHoldsForThisWorkspaceOrForAll(t *testing.T) {
	onBoth(t, func(t *testing.T, p *apptest.Place) {
		far := p.Found("Globex", "globex")
		outcomes := func(email string) []string {
			return append(told(invite(p, input{Emails: []string{email}})),
				told(invite(far, input{Emails: []string{email}}))...)
		}
		here, all := suppression.ThisWorkspace, suppression.AllWorkspaces
		if err := p.Decline(t.Context(), p.Accepting(sent(p, "a@example.org")).Token,
			&here); err != nil {
			t.Fatal(err)
		}
		same(t, "not here", outcomes("a@example.org"),
			[]string{"a@example.org SUPPRESSED", "a@example.org INVITED"})

		b := sent(p, "b@example.org")
		refused(t, p.Decline(t.Context(), p.Accepting(b).Token, &all), "FORBIDDEN", "")
		same(t, "after a copied link spoke for all", p.Invitation(b.ID).Status,
			entinvitation.StatusPending)
		if err := p.Decline(t.Context(), p.Mailed(b).Token, &all); err != nil {
			t.Fatal(err)
		}
		same(t, "nowhere", outcomes("b@example.org"),
			[]string{"b@example.org SUPPRESSED", "b@example.org SUPPRESSED"})
	})
}

// preferences is the 'do not mail me again' link of the newest mail to an address.
func preferences(p *apptest.Place, email string) string {
	p.T.Helper()
	mails := p.Mails(email)
	m := mails[len(mails)-1]
	return p.Settings.Keyring.SignLink(secret.Claim{Purpose: secret.Preferences, ID: m.ID,
		Version: 1,
		Binding: []string{m.ToKey}}).Reveal()
}

func TestTheLinkOfEveryMailStopsMail(t *testing.T) {
	onBoth(t, func(t *testing.T, p *apptest.Place) {
		far := p.Found("Globex", "globex")
		inv := sent(p, "jane@example.org")
		token := preferences(p, "jane@example.org")
		before := p.Snapshot()
		shown, err := p.Suppressions.Preferences(t.Context(), token)
		if err != nil {
			t.Fatal(err)
		}
		same(t, "the workspace shown", shown.WorkspaceName, "Workspace acme")
		if shown.Email == "jane@example.org" {
			t.Error("the address is not masked")
		}
		same(t, "the database after a look", p.Snapshot(), before)
		for range 2 { // the second time is harmless
			if err := p.Suppressions.StopEmail(t.Context(), token,
				suppression.ThisWorkspace); err != nil {
				t.Fatal(err)
			}
		}
		same(t, "here", told(invite(p, input{Emails: []string{"jane@example.org"}})),
			[]string{"jane@example.org SUPPRESSED"})
		same(t, "there", told(invite(far, input{Emails: []string{"jane@example.org"}})),
			[]string{"jane@example.org INVITED"})
		if err := p.Suppressions.StopEmail(t.Context(), token,
			suppression.AllWorkspaces); err != nil {
			t.Fatal(err)
		}
		same(t, "there after", told(invite(far, input{Emails: []string{"jane@example.org"}})),
			[]string{"jane@example.org SUPPRESSED"})
		// who changes their mind can still come in by the mail they have
		mustAccept(p, nil, p.Mailed(inv))
		for what, bad := range map[string]string{"noise": "abc",
			"the invitation's own link": p.Mailed(inv).Token} {
			if err := p.Suppressions.StopEmail(t.Context(), bad,
				suppression.AllWorkspaces); err == nil {
				t.Errorf("%s stops mail", what)
			} else {
				refused(t, err, "LINK_INVALID", "")
			}
		}
	})
}

func TestAMailOfNoWorkspaceStopsAllMailOrNone(t *testing.T) {
	onBoth(t, func(t *testing.T, p *apptest.Place) {
		p.AsSystem(func(ctx ctx, tx *store.Tx) error {
			return tx.Mail.Create().SetKind("password_reset").SetTo("jane@example.org").
				SetToKey("jane@example.org").SetDueAt(p.Clock.Now()).SetStatus(mail.StatusSent).
				Exec(ctx)
		})
		token := preferences(p, "jane@example.org")
		refused(t, p.Suppressions.StopEmail(t.Context(), token, suppression.ThisWorkspace),
			"BAD_USER_INPUT", "neverEmailAgain")
		if err := p.Suppressions.StopEmail(t.Context(), token,
			suppression.AllWorkspaces); err != nil {
			t.Error(err)
		}
		same(t, "outcome", told(invite(p, input{Emails: []string{"jane@example.org"}})),
			[]string{"jane@example.org SUPPRESSED"})
	})
}

func TestNobodyIsToldOfANoWhenTheInviterIsGone(t *testing.T) {
	onBoth(t, func(t *testing.T, p *apptest.Place) {
		boss := p.Join("boss@example.org", &grants{Roles: []string{"user_admin"}})
		out, err := inviteAs(p, boss, input{Emails: []string{"jane@example.org"}})
		if err != nil {
			t.Fatal(err)
		}
		p.Write(func(ctx ctx, tx *store.Tx) error {
			return tx.Member.UpdateOne(boss).SetStatus("DEACTIVATED").Exec(ctx)
		})
		if err := p.Decline(t.Context(), p.Mailed(out[0].Invitation).Token,
			nil); err != nil {
			t.Fatal(err)
		}
		same(t, "mails", p.Kinds("boss@example.org"), []string{"welcome"})
	})
}
