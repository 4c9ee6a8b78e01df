package onboarding_test

import (
	"context"
	"slices"
	"strings"
	"testing"

	"usher/ent"
	"usher/ent/importbatch"
	"usher/ent/importrow"
	entinvitation "usher/ent/invitation"
	"usher/ent/joinrequest"
	"usher/ent/mail"
	"usher/internal/apptest"
	"usher/internal/fault"
	"usher/internal/inputs"
	"usher/internal/invitation"
	"usher/internal/store"
	"usher/internal/suppression"
)

// remembered are the tables that still hold a word somewhere, in whatever column. Only the list of
// those who want no mail may.
func remembered(p *apptest.Place, word string) (tables []string) {
	p.T.Helper()
	tables = []string{}
	for table, rows := range p.Snapshot() {
		if slices.ContainsFunc(rows, func(row string) bool {
			return strings.Contains(strings.ToLower(row), word)
		}) {
			tables = append(tables, table)
		}
	}
	return sortedOf(tables)
}

// states counts the workspace's invitations by where they stand.
func states(p *apptest.Place) map[entinvitation.Status]int {
	p.T.Helper()
	counts := map[entinvitation.Status]int{}
	all, err := p.Store.Invitation.Query().All(p.In())
	must(p.T, err)
	for _, inv := range all {
		counts[invitation.Status(inv, p.Clock.Now())]++
	}
	return counts
}

// ghosts are five people of whom none came in: declined for good, cancelled, run out, corrected and
// run out, turned down at a link. All that is known of them says ghost.
func ghosts(p *apptest.Place) (declined, cancelled, expired *ent.Invitation) {
	p.T.Helper()
	t := p.T
	p.Field("team", "TEXT", false)
	ghost := func(n string, more input) *ent.Invitation {
		more.People = []*invitation.Invitee{{Email: "ghost" + n + "@example.org",
			FirstName: new("Ghost"), LastName: new("Ghostly")}}
		more.Message = new("Dear Ghost")
		more.Grant = &grants{AdditionalInfo: new("a ghost"),
			CustomFields: map[string]any{"team": "ghosts"}, Labels: []string{"x"}}
		return invite(p, more)[0].Invitation
	}
	declined, cancelled = ghost("1", input{}), ghost("2", input{})
	expired = ghost("3", input{ExpiresAt: after(p, day)})
	corrected := ghost("4", input{ExpiresAt: after(p, day)})
	_, err := p.Invitations.CorrectEmail(t.Context(), p.Caller(p.Admin), corrected.ID,
		"ghost5@example.org")
	must(t, err)
	_, err = p.Invitations.Update(t.Context(), p.Caller(p.Admin),
		invitation.UpdateInput{ID: expired.ID, FirstName: inputs.Change[string]{Set: true,
			Value: new("Ghoster")}})
	must(t, err)
	must(t, p.Decline(t.Context(), p.MailToken(declined),
		new(suppression.AllWorkspaces)))
	_, err = p.Invitations.Cancel(t.Context(), p.Caller(p.Admin), cancelled.ID)
	must(t, err)
	l := makeLink(p, link{Slug: new("door"), RequiresApproval: new(true)})
	must(t, ask(p, l, "ghost6@example.org"))
	_, err = confirm(p, "ghost6@example.org")
	must(t, err)
	_, err = p.JoinLinks.Reject(t.Context(), p.Caller(p.Admin),
		requests(p, "ghost6@example.org")[0].ID, new("No, Ghost"))
	must(t, err)
	return declined, cancelled, expired
}

// AHD-5: addresses of people who never accepted are erased; counts stay.
func TestWhoNeverAcceptedIsForgottenAfterASetTime(t *testing.T) {
	onBoth(t, func(t *testing.T, p *apptest.Place) {
		declined, cancelled, expired := ghosts(p)
		stays := invite(p, input{Emails: []string{"pending@example.org"},
			NeverExpires: new(true)})[0].Invitation
		endless := invite(p, input{Emails: []string{"ghost7@example.org"},
			NeverExpires: new(true)})[0].Invitation
		p.Join("jane@example.org", nil)
		before, mails := states(p), len(p.Mails("ghost3@example.org"))
		must(t, p.Members.EraseUnaccepted(t.Context()))
		p.Clock.Add(40 * day)
		must(t, p.Members.EraseUnaccepted(t.Context())) // this workspace has set no time
		same(t, "mails", len(p.Mails("ghost3@example.org")), mails)
		p.Write(func(ctx context.Context, tx *store.Tx) error { // a reminder went out
			return tx.Invitation.UpdateOneID(stays.ID).SetLastSentAt(p.Clock.Now()).Exec(ctx)
		})

		p.Configure(func(s *settings) { s.EraseUnacceptedAfterDays = 50 })
		must(t, p.Members.EraseUnaccepted(t.Context()))
		same(t, "not yet", p.Invitation(expired.ID).Email, "ghost3@example.org")
		p.Clock.Add(12 * day)
		must(t, p.Members.EraseUnaccepted(t.Context()))
		same(t, "who is remembered", remembered(p, "ghost"), []string{"suppressions"})
		before[entinvitation.StatusExpired], before[entinvitation.StatusPending] = 2,
			before[entinvitation.StatusPending]-3
		before[entinvitation.StatusCancelled]++
		same(t, "one that never expires", p.Invitation(endless.ID).Email, "erased")
		same(t, "states", states(p), before)
		if inv := p.Invitation(expired.ID); inv.Status != entinvitation.StatusExpired ||
			inv.Email != "erased" || inv.EmailKey != "erased:"+inv.ID.String() ||
			inv.FirstName != nil {
			t.Errorf("erased: %v", inv)
		}
		same(t, "labels stay", p.Invitation(cancelled.ID).Grant.Labels, []string{"x"})
		same(t, "who is open stays", p.Invitation(stays.ID).Email, "pending@example.org")
		n, err := p.Store.Mail.Query().Where(mail.InvitationID(declined.ID),
			mail.StatusEQ(mail.StatusDropped)).Count(p.In())
		must(t, err)
		same(t, "mails that waited are dropped", n, 1)

		once := p.Snapshot()
		must(t, p.Members.EraseUnaccepted(t.Context()))
		if again := changed(once, p.Snapshot()); len(again) > 0 {
			t.Errorf("erasing again changes %v", again)
		}
	})
}

func TestWhatIsErasedStaysErased(t *testing.T) {
	onBoth(t, func(t *testing.T, p *apptest.Place) {
		p.Configure(func(s *settings) { s.EraseUnacceptedAfterDays = 1 })
		inv := invite(p, input{Emails: []string{"ghost@example.org"},
			ExpiresAt: after(p, day)})[0].Invitation
		mailed := p.MailToken(inv)
		p.Clock.Add(3 * day)
		must(t, p.Members.EraseUnaccepted(t.Context()))
		by := p.Caller(p.Admin)
		_, err := p.Invitations.Resend(t.Context(), by, inv.ID, invitation.ResendInput{})
		refused(t, err, fault.Conflict, "")
		_, err = p.Invitations.Update(t.Context(), by,
			invitation.UpdateInput{ID: inv.ID, NeverExpires: true})
		refused(t, err, fault.Conflict, "")
		_, err = p.Invitations.CorrectEmail(t.Context(), by, inv.ID, "other@example.org")
		refused(t, err, fault.Conflict, "")
		if f, _ := fault.Of(err); f.Message.Key != "privacy.erased" {
			t.Errorf("why: %s", f.Message.Key)
		}
		link, err := p.Invitations.CopyLink(t.Context(), by, p.Invitation(inv.ID))
		same(t, "link", link, "")
		must(t, err)
		_, err = p.Acceptances.Peek(t.Context(), mailed)
		refused(t, err, fault.LinkInvalid, "")
		same(t, "again", told(invite(p, input{Emails: []string{"ghost@example.org"}})),
			[]string{"ghost@example.org INVITED"})
	})
}

func TestRowsOfImportsThatLedToNobodyAreForgottenToo(t *testing.T) {
	withWorker(t, func(t *testing.T, p *apptest.Place) {
		p.Configure(func(s *settings) { s.EraseUnacceptedAfterDays = 30 })
		const file = "email,last name,additional info\nghost1@example.org,Ghost,ghostly\nghost@wrong,Ghost,\nmember@example.org,Real,\n"
		p.Join("member@example.org", nil)
		left := upload(p, importbatch.ActionInvite, importbatch.ExistingSkip,
			strings.ReplaceAll(file, "ghost1", "ghost2"))
		b := run(p, upload(p, importbatch.ActionInvite, importbatch.ExistingSkip, file))
		_, err := p.Invitations.Cancel(t.Context(), p.Caller(p.Admin),
			sentTo(p, "ghost1@example.org").ID)
		must(t, err)
		p.Clock.Add(31 * day)
		must(t, p.Members.EraseUnaccepted(t.Context()))
		same(t, "who is remembered", remembered(p, "ghost"), []string{})
		same(t, "counts", counts(imported(p, b.ID)), counts(b))
		same(t, "a preview that nobody started", imported(p, left.ID).Status,
			importbatch.StatusCancelled)
		n, err := p.Store.ImportRow.Query().
			Where(importrow.ImportID(b.ID), importrow.Email("member@example.org")).Count(p.In())
		must(t, err)
		same(t, "the member's row", n, 1)
	})
}

func TestOtherWorkspacesAndOpenRequestsAreLeftAlone(t *testing.T) {
	onBoth(t, func(t *testing.T, p *apptest.Place) {
		other := p.Kit.Found("Other", "other")
		p.Configure(func(s *settings) { s.EraseUnacceptedAfterDays = 1 })
		theirs := invite(other, input{Emails: []string{"ghost@example.org"},
			ExpiresAt: after(p, day)})[0].Invitation
		l := makeLink(p, link{Slug: new("door"), RequiresApproval: new(true)})
		must(t, ask(p, l, "ann@example.org"))
		_, err := confirm(p, "ann@example.org")
		must(t, err)
		p.Clock.Add(3 * day)
		must(t, p.Members.EraseUnaccepted(t.Context()))
		same(t, "theirs", other.Invitation(theirs.ID).Email, "ghost@example.org")
		same(t, "who waits", requests(p, "ann@example.org")[0].Status, joinrequest.StatusWaiting)
	})
}

func TestErasingStaysInsideTheFence(t *testing.T) {
	onBoth(t, func(t *testing.T, p *apptest.Place) {
		other := p.Kit.Found("Other", "other")
		sent(other, "jane@example.org")
		m := p.Mails("jane@example.org")[0]
		p.Write(func(ctx context.Context, tx *store.Tx) error {
			return tx.EraseMails(ctx, []identID{m.ID})
		})
		same(t, "theirs", p.Mails("jane@example.org")[0].To, "jane@example.org")
		err := p.Store.WithTx(t.Context(), func(tx *store.Tx) error {
			return tx.EraseMails(t.Context(), []identID{m.ID})
		})
		if err == nil {
			t.Error("mails are erased without a scope")
		}
	})
}
