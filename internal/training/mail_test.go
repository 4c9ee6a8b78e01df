package training_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"usher/ent"
	"usher/ent/enrollment"
	entinvitation "usher/ent/invitation"
	entsuppression "usher/ent/suppression"
	"usher/ent/user"
	"usher/internal/acceptance"
	"usher/internal/account"
	"usher/internal/apptest"
	"usher/internal/fault"
	"usher/internal/ident"
	"usher/internal/store"
	"usher/internal/training"
)

// statuses are those of the session mails of an address.
func statuses(p *apptest.Place, email string) []string {
	list := []string{}
	for _, l := range letters(p, email) {
		_, status, _ := strings.Cut(l, " ")
		list = append(list, status)
	}
	return list
}

// MAI-3: the email goes out on the start date, unless the place has ended by then.
func TestTheMailAboutASessionGoesOutWhenItStartsToWhoIsInItThen(t *testing.T) {
	withWorker(t, func(t *testing.T, p *apptest.Place) {
		run := p.Session(p.Program("Safety"), "Spring run", 3*day, 9*day)
		stays, leaves, late := p.Join("stays@example.org", nil), p.Join("leaves@example.org", nil),
			p.Join("gone@example.org", nil)
		for _, m := range []*ent.Member{stays, leaves, late} {
			stand(p, run, m, enrollment.StatusEnrolled)
		}
		same(t, "before", letters(p, "stays@example.org"),
			[]string{"session_invitation QUEUED in 3"})
		stand(p, run, leaves, enrollment.StatusWithdrawn)
		must[*ent.Member](t)(p.Members.Deactivate(t.Context(), p.Caller(p.Admin), late.ID))
		begin(p, run)
		settled(p, run)
		same(t, "who is in it", statuses(p, "stays@example.org"), []string{"SENT"})
		same(t, "who was withdrawn", statuses(p, "leaves@example.org"), []string{"DROPPED"})
		same(t, "who was deactivated", statuses(p, "gone@example.org"), []string{"DROPPED"})
		if text := about(p, "stays@example.org", "“Safety: Spring run”"); !strings.Contains(text,
			"Safety") {
			t.Errorf("nothing of its program: %s", text)
		}
	})
}

// MAI-5: a held email follows the date, and a start in the past means now.
func TestAHeldMailFollowsTheStart(t *testing.T) {
	withWorker(t, func(t *testing.T, p *apptest.Place) {
		run := p.Session(p.Program("Safety"), "run", 3*day, 9*day)
		stand(p, run, p.Join("m@example.org", nil), enrollment.StatusEnrolled)
		change(p, training.UpdateSessionInput{ID: run.ID, StartsAt: at(after(p, 5*day))})
		same(t, "later", letters(p, "m@example.org"), []string{"session_invitation QUEUED in 5"})
		change(p, training.UpdateSessionInput{ID: run.ID, StartsAt: at(after(p, 2*day))})
		same(t, "sooner", letters(p, "m@example.org"), []string{"session_invitation QUEUED in 2"})
		name := "other"
		change(p, training.UpdateSessionInput{ID: run.ID, Name: &name})
		same(t, "renamed", letters(p, "m@example.org"), []string{"session_invitation QUEUED in 2"})
		change(p, training.UpdateSessionInput{ID: run.ID, StartsAt: at(after(p, -time.Hour))})
		settled(p, run)
		same(t, "a start already past", statuses(p, "m@example.org"), []string{"SENT"})
		same(t, "history", told(p, run.ID, "session."), []string{"session.edited", "session.edited",
			"session.edited", "session.edited"})
	})
}

func TestAHeldMailGoesAtOnceWhenTheSessionHasNoDatesAnyMore(t *testing.T) {
	withWorker(t, func(t *testing.T, p *apptest.Place) {
		run := p.Session(p.Program("Safety"), "run", 3*day, 9*day)
		stand(p, run, p.Join("m@example.org", nil), enrollment.StatusEnrolled)
		change(p, training.UpdateSessionInput{ID: run.ID, StartsAt: at(nil), EndsAt: at(nil)})
		settled(p, run)
		same(t, "mails", statuses(p, "m@example.org"), []string{"SENT"})
	})
}

// MAI-2: a pending invitee gets one email for each session of the grant.
func TestWhoIsInvitedGetsTheMailOfTheSessionWithTheLinkToAccept(t *testing.T) {
	withWorker(t, func(t *testing.T, p *apptest.Place) {
		top := p.Group("top", "PRIVATE", nil)
		below := p.Group("below", "PUBLIC", top)
		into := func(g *ent.Group, roles ...string) *grants {
			return &grants{GroupIDs: []ident.ID{g.ID}, Roles: roles}
		}
		of := p.Program("Safety")
		direct, led := invite(p, "direct@example.org", into(top)),
			invite(p, "led@example.org", into(below))
		invite(p, "coach@example.org", into(below, "coach"))
		invite(p, "named@example.org", &grants{ProgramIDs: []ident.ID{of.ID}})
		invite(p, "out@example.org", nil)
		cancelled, corrected := invite(p, "cancelled@example.org", into(top)),
			invite(p, "corrected@example.org", into(top))
		p.Invite("link-only@example.org", into(top))
		assign(p, top, of)
		run := schedule(p, making{ProgramID: of.ID, StartsAt: after(p, 3*day)})
		for _, who := range []string{"direct", "led", "named", "cancelled", "corrected"} {
			same(t, who, letters(p, who+"@example.org"), []string{"session_invitation QUEUED in 3"})
		}
		for _, who := range []string{"coach", "out", "link-only"} {
			same(t, who, letters(p, who+"@example.org"), []string{})
		}
		must[*ent.Invitation](t)(p.Invitations.Cancel(t.Context(), p.Caller(p.Admin), cancelled.ID))
		p.Write(func(ctx context.Context, tx *store.Tx) error {
			return tx.Invitation.UpdateOneID(corrected.ID).SetEmail("new@example.org").
				SetEmailKey("new@example.org").Exec(ctx)
		})
		accepted := must[*acceptance.Acceptance](t)(
			p.Acceptances.Accept(t.Context(), nil, p.Mailed(led), account.Origin{})).Member
		same(t, "enrolled", p.Enrolled(accepted.ID), []string{run.Name})
		same(t, "promised once", len(letters(p, "led@example.org")), 1)
		begin(p, run)
		settled(p, run)
		for who, want := range map[string]string{"direct": "SENT", "led": "SENT", "named": "SENT",
			"cancelled": "DROPPED", "corrected": "DROPPED"} {
			same(t, who, statuses(p, who+"@example.org"), []string{want})
		}
		if text := about(p, "direct@example.org", run.Name); !strings.Contains(text,
			p.URL+"/invitations/") {
			t.Errorf("no link to accept: %s", text)
		}
		if text := about(p, "led@example.org", run.Name); strings.Contains(text, "/invitations/") {
			t.Errorf("a member is asked to accept: %s", text)
		}
		same(t, "still pending", p.Invitation(direct.ID).Status, entinvitation.StatusPending)
	})
}

func TestAMailIsNotSentWhoseReasonIsGone(t *testing.T) {
	withWorker(t, func(t *testing.T, p *apptest.Place) {
		g := p.Group("g", "PRIVATE", nil)
		of := p.Program("Safety", g)
		run := schedule(p, making{ProgramID: of.ID, StartsAt: after(p, 3*day),
			EndsAt: after(p, 4*day)})
		over := schedule(p, making{ProgramID: of.ID, StartsAt: after(p, 3*day),
			EndsAt: after(p, 3*day+time.Second)})
		invite(p, "invited@example.org", &grants{GroupIDs: []ident.ID{g.ID}})
		member := p.Join("member@example.org", &grants{GroupIDs: []ident.ID{g.ID}})
		named := p.Join("named@example.org", nil)
		stand(p, over, named, enrollment.StatusEnrolled)
		mute := p.Join("mute@example.org", nil)
		stand(p, run, mute, enrollment.StatusEnrolled)
		p.AsSystem(func(ctx context.Context, tx *store.Tx) error {
			return tx.Suppression.Create().SetEmailKey("mute@example.org").
				SetPlaceID(p.Workspace.ID).SetReason(entsuppression.ReasonAsked).Exec(ctx)
		})
		same(t, "promised to who is invited", len(letters(p, "invited@example.org")), 2)
		must[*ent.Group](t)(p.Training.UnassignProgram(t.Context(), p.Caller(p.Admin), g.ID, of.ID))
		same(t, "enrolled", p.Enrolled(member.ID), []string{})
		begin(p, run)
		begin(p, over)
		settled(p, run)
		settled(p, over)
		for who, want := range map[string][]string{
			"invited": {"DROPPED", "DROPPED"}, "member": {"DROPPED", "DROPPED"},
			"named": {"DROPPED"}, "mute": {"DROPPED"},
		} {
			same(t, who, statuses(p, who+"@example.org"), want)
		}
	})
}

func TestWhoHasAnotherAddressByTheStartIsMailedThere(t *testing.T) {
	withWorker(t, func(t *testing.T, p *apptest.Place) {
		run := p.Session(p.Program("Safety"), "run", 3*day, 9*day)
		stand(p, run, p.Join("old@example.org", nil), enrollment.StatusEnrolled)
		p.AsSystem(func(ctx context.Context, tx *store.Tx) error {
			return tx.User.Update().Where(user.EmailKey("old@example.org")).
				SetEmail("New@example.org").SetEmailKey("new@example.org").Exec(ctx)
		})
		begin(p, run)
		p.Eventually("both are settled", func() bool {
			return len(p.Mails("new@example.org")) == 1
		})
		settled(p, run)
		same(t, "the old one", statuses(p, "old@example.org"), []string{"DROPPED"})
		same(t, "the new one", statuses(p, "new@example.org"), []string{"SENT"})
	})
}

func TestADeletedSessionTakesItsMailsAlong(t *testing.T) {
	onBoth(t, func(t *testing.T, p *apptest.Place) {
		g := p.Group("g", "PRIVATE", nil)
		run := schedule(p, making{ProgramID: p.Program("Safety", g).ID, StartsAt: after(p, 3*day)})
		m := p.Join("m@example.org", &grants{GroupIDs: []ident.ID{g.ID}})
		invite(p, "i@example.org", &grants{SessionIDs: []ident.ID{run.ID}})
		same(t, "mails", mails(p, run), 2)
		if err := p.Training.DeleteSession(t.Context(), p.Caller(p.Admin), run.ID); err != nil {
			t.Fatal(err)
		}
		same(t, "mails of the deleted", mails(p, run), 0)
		same(t, "enrolled", p.Enrolled(m.ID), []string{})
		refused(t, "again", p.Training.DeleteSession(t.Context(), p.Caller(p.Admin), run.ID),
			fault.NotFound, "")
	})
}

func TestASessionThatWasOverAndIsMovedReachesTheGroupsAgain(t *testing.T) {
	onBoth(t, func(t *testing.T, p *apptest.Place) {
		g := p.Group("g", "PRIVATE", nil)
		run := p.Session(p.Program("Safety", g), "run", -2*day, -day)
		m := p.Join("m@example.org", &grants{GroupIDs: []ident.ID{g.ID}})
		same(t, "while it is over", p.Enrolled(m.ID), []string{})
		change(p, training.UpdateSessionInput{ID: run.ID, StartsAt: at(after(p, day)),
			EndsAt: at(after(p, 2*day))})
		same(t, "moved", p.Enrolled(m.ID), []string{"run"})
		same(t, "mails", letters(p, "m@example.org"), []string{"session_invitation QUEUED in 1"})
	})
}
