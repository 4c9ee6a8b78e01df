package onboarding_test

import (
	"strings"
	"testing"
	"time"

	entinvitation "usher/ent/invitation"
	"usher/internal/apptest"
	"usher/internal/devmail"
	"usher/internal/invitation"
	"usher/internal/store"
)

// delivery waits until an invitation's mail fares so, and returns the server's words.
func delivery(p *apptest.Place, inv *invitationRow, want entinvitation.DeliveryStatus) string {
	p.T.Helper()
	p.Eventually("delivery is "+want.String(), func() bool {
		return p.Invitation(inv.ID).DeliveryStatus == want
	})
	if words := p.Invitation(inv.ID).DeliveryError; words != nil {
		return *words
	}
	return ""
}

// linkIn is the token of the invitation link in a message.
func linkIn(t testing.TB, m devmail.Message) string {
	t.Helper()
	_, rest, found := strings.Cut(m.Text, "/invitations/")
	if !found {
		t.Fatalf("no link in\n%s", m.Text)
	}
	return strings.Fields(rest)[0]
}

func TestTheMailedLinkComesByMailAndLeadsIn(t *testing.T) {
	withWorker(t, func(t *testing.T, p *apptest.Place) {
		inv := invite(
			p, input{People: []*invitation.Invitee{{Email: "jane@example.org",
				FirstName: new("Jane")}}, Message: new("See you soon.")})[0].Invitation
		m := p.Received("jane@example.org", 1)
		for _, want := range []string{"Jane", "Ada Admin", "Workspace acme", "See you soon.",
			p.URL + "/invitations/", p.URL + "/preferences/"} {
			if !strings.Contains(m.Text, want) {
				t.Errorf("the mail does not say %q:\n%s", want, m.Text)
			}
		}
		same(t, "the link", linkIn(t, m), p.MailToken(inv))
		same(t, "the server's words", delivery(p, inv, entinvitation.DeliveryStatusSent), "")
		in := p.Accepting(inv)
		in.Token = linkIn(t, m)
		mustAccept(p, nil, in)
		same(t, "proven", p.User("jane@example.org").EmailProven, true)
		same(t, "history", p.Happened(inv.ID), []string{"invitation.made", "invitation.sent",
			"member.joined", "invitation.accepted"})
		if welcome := p.Received("jane@example.org", 2); !strings.Contains(welcome.Text,
			"Workspace acme") {
			t.Errorf("the welcome reads\n%s", welcome.Text)
		}
	})
}

// MAI-1: emails are in the person's language or the workspace's.
func TestAMailSpeaksTheInviteesLanguageElseTheWorkspaces(t *testing.T) {
	withWorker(t, func(t *testing.T, p *apptest.Place) {
		invite(p, input{Emails: []string{"en@example.org"}})
		invite(p, input{Emails: []string{"fr@example.org"}, Grant: &grants{Locale: new("fr")}})
		p.Write(func(ctx ctx, tx *store.Tx) error {
			return tx.Workspace.UpdateOneID(p.Workspace.ID).SetDefaultLocale("fr").Exec(ctx)
		})
		invite(p, input{Emails: []string{"own@example.org"}})
		for email, want := range map[string]string{"fr@example.org": "invit",
			"own@example.org": "invit"} {
			if m := p.Received(email, 1); !strings.Contains(m.Subject+m.Text, want) ||
				!strings.Contains(m.Text, "vous") {
				t.Errorf("%s reads\n%s", email, m.Text)
			}
		}
	})
}

// INV-15, MAI-1: a permanent failure is shown on the invitation, a temporary one is retried.
func TestARefusedMailIsShownInTheServersWordsAndATemporaryFailureIsTriedAgain(t *testing.T) {
	withWorker(t, func(t *testing.T, p *apptest.Place) {
		out := invite(p,
			input{Emails: []string{"reject@example.org", "tempfail@example.org",
				"fine@example.org"}})
		if words := delivery(p, out[0].Invitation,
			entinvitation.DeliveryStatusFailed); !strings.Contains(words, "No such mailbox here") {
			t.Errorf("it says %q", words)
		}
		// one bad recipient does not delay others
		delivery(p, out[2].Invitation, entinvitation.DeliveryStatusSent)
		p.Eventually("tried twice", func() bool {
			return p.Mails("tempfail@example.org")[0].Attempts >= 2
		})
		later := p.Invitation(out[1].Invitation.ID)
		same(t, "delivery", later.DeliveryStatus, entinvitation.DeliveryStatusQueued)
		if later.DeliveryError == nil || !strings.Contains(*later.DeliveryError, "Mailbox busy") {
			t.Errorf("it says %v", later.DeliveryError)
		}
		same(t, "history", p.Happened(out[0].Invitation.ID),
			[]string{"invitation.made", "invitation.failed"})

		// A refused one is still pending: its link can be copied, its address corrected.
		now, err := p.Invitations.CorrectEmail(t.Context(), p.Caller(p.Admin), out[0].Invitation.ID,
			"right@example.org")
		if err != nil {
			t.Fatal(err)
		}
		same(t, "the server's words after", delivery(p, now, entinvitation.DeliveryStatusSent), "")
		same(t, "the link of the correction", linkIn(t, p.Received("right@example.org", 1)),
			p.MailToken(now))
	})
}

func TestWhatIsCancelledBeforeItLeavesIsNotMailed(t *testing.T) {
	onBoth(t, func(t *testing.T, p *apptest.Place) {
		gone, asked, stays := sent(p, "gone@example.org"), sent(p, "asked@example.org"),
			sent(p, "stays@example.org")
		used, moved := sent(p, "used@example.org"), sent(p, "moved@example.org")
		if _, err := p.Invitations.Cancel(t.Context(), p.Caller(p.Admin), gone.ID); err != nil {
			t.Fatal(err)
		}
		suppressed(p, "asked@example.org", p.Workspace.ID)
		mustAccept(p, nil, p.Accepting(used))
		if _, err := p.Invitations.CorrectEmail(t.Context(), p.Caller(p.Admin), moved.ID,
			"there@example.org"); err != nil {
			t.Fatal(err)
		}
		if err := p.Queue.Start(t.Context()); err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = p.Queue.Stop(cleanup(t)) })
		p.Received("stays@example.org", 1)
		p.Received("there@example.org", 1)
		p.Received("used@example.org", 1) // the welcome
		p.Eventually("all are settled", func() bool { return waiting(p) == 0 })
		for _, m := range p.Box.Messages() {
			if named("gone@example.org, asked@example.org, moved@example.org", m.To[0]) ||
				m.To[0] == "used@example.org" && strings.Contains(m.Text, "/invitations/") {
				t.Errorf("%s was mailed:\n%s", m.To, m.Text)
			}
		}
		for _, inv := range []*invitationRow{gone, asked, used} {
			same(t, inv.Email, p.Invitation(inv.ID).DeliveryStatus,
				entinvitation.DeliveryStatusNotSent)
		}
		same(t, "stays", p.Invitation(stays.ID).DeliveryStatus, entinvitation.DeliveryStatusSent)
	})
}

func TestAnInvitationWithinTheCoolDownOfItsMailboxIsHeldAndThenSent(t *testing.T) {
	withWorker(t, func(t *testing.T, p *apptest.Place) {
		first := sent(p, "jane@example.org")
		p.Received("jane@example.org", 1)
		if _, err := p.Invitations.Cancel(t.Context(), p.Caller(p.Admin), first.ID); err != nil {
			t.Fatal(err)
		}
		out := invite(p, input{Emails: []string{"jane@example.org"}})
		same(t, "sentence", out[0].Sentence.Key, "invite.held")
		if n, ok := out[0].Sentence.Args["Count"].(int); !ok || n < 50 || n > 60 {
			t.Errorf("told to wait %v", out[0].Sentence.Args)
		}
		same(t, "delivery", p.Invitation(out[0].Invitation.ID).DeliveryStatus,
			entinvitation.DeliveryStatusQueued)
		time.Sleep(time.Second) // several polls of the queue
		if all := p.Box.Messages(); len(all) != 1 {
			t.Errorf("%d messages went out", len(all))
		}
	})
}

// INV-11: the inviter is told of acceptance if they wish.
func TestTheInviterIsToldOfAnAcceptanceIfTheyWish(t *testing.T) {
	withWorker(t, func(t *testing.T, p *apptest.Place) {
		mustAccept(p, nil, p.Accepting(p.Invite("a@example.org", nil)))
		inv := invite(
			p, input{Emails: []string{"b@example.org"}, NotifyInviter: new(true)})[0].Invitation
		in := p.Accepting(inv)
		in.FirstName = new("Secret")
		mustAccept(p, nil, in)
		m := p.Received("admin@acme.test", 1)
		if !strings.Contains(m.Text, "b@example.org") || strings.Contains(m.Text, "Secret") {
			t.Errorf("the inviter reads\n%s", m.Text)
		}
		same(t, "mails", p.Kinds("admin@acme.test"), []string{"invitation_accepted"})
	})
}
