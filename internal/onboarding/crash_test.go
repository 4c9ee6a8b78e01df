package onboarding_test

import (
	"errors"
	"testing"

	"usher/ent/customfield"
	"usher/ent/invitation"
	"usher/internal/fault"
	"usher/internal/ident"
	"usher/internal/onboarding"
	"usher/internal/store"
	"usher/internal/testkit/usherkit"
)

// atEach lets each statement of an act fail, one after the other, until it gets through all of them: before the
// statement reaches the database, or done by it. As long as it fails the database must stay as it was. It returns how
// many statements there were; when even the last one, the commit, was done, the act has happened and its error is all
// that was lost.
func atEach(p *usherkit.Place, done bool, act func(c ctx) error) int {
	p.T.Helper()
	before := p.Snapshot()
	for n := 1; ; n++ {
		err := act(store.FailAt(p.T.Context(), n, done))
		if err == nil {
			return n - 1
		}
		if !errors.Is(err, store.ErrFailed) {
			p.T.Fatalf("statement %d, done %t: %v", n, done, err)
		}
		if now := p.Snapshot(); !equal(now, before) {
			if _, used := fault.Of(act(p.T.Context())); done && used {
				return n // the commit
			}
			p.T.Fatalf("statement %d, done %t, left something behind in %v", n, done, changed(before, now))
		}
	}
}

func TestAnAcceptanceThatDiesAtAnyStatementLeavesAllOfItOrNothing(t *testing.T) {
	onBoth(t, func(t *testing.T, p *usherkit.Place) {
		top := p.Group("top", "PRIVATE", nil)
		g := p.Group("g", "PUBLIC", top)
		unit := p.Unit("North", nil)
		p.Session(p.Program("Safety", g), "Monday", day, 2*day)
		p.Field("badge", customfield.TypeText, false)
		give := &grants{
			Roles: []string{"learner", "manager"}, GroupIDs: []ident.ID{g.ID}, OrgUnitID: &unit.ID, Labels: []string{"vip"},
			AccessExpiresAt: after(p, 30*day), CustomFields: map[string]any{"badge": "1"},
		}
		for _, done := range []bool{false, true} {
			email := map[bool]string{false: "before@example.org", true: "done@example.org"}[done]
			inv := invite(p, input{Emails: []string{email}, Grant: give, NotifyInviter: new(true)})[0].Invitation
			in := p.Mailed(inv)
			seats := p.SeatsTaken()
			n := atEach(p, done, func(c ctx) error {
				_, err := p.Onboarding.Accept(c, nil, in, noOrigin)
				return err
			})
			t.Logf("%d statements, done %t", n, done)
			if n < 20 {
				t.Errorf("only %d statements were reached", n)
			}
			m := p.Member(email)
			if m == nil {
				t.Fatal("nobody came in")
			}
			same(t, "holds", p.Holds(m.ID), []string{"learner@g", "learner@top^", "manager@North"})
			same(t, "sessions", p.Enrolled(m.ID), []string{"Monday"})
			same(t, "seats", p.SeatsTaken(), seats+1)
			same(t, "mails", p.Kinds(email), []string{"invitation", "welcome"})
			same(t, "status", p.Invitation(inv.ID).Status, invitation.StatusActive)
		}
	})
}

func TestAnyVerbThatDiesAtAnyStatementLeavesAllOfItOrNothing(t *testing.T) {
	onBoth(t, func(t *testing.T, p *usherkit.Place) {
		admin := p.Caller(p.Admin)
		a := p.Group("a", "PRIVATE", nil)
		p.Join("zoe@example.org", nil)
		old := sent(p, "old@example.org")
		p.Clock.Add(20 * day)
		pending, declined := sent(p, "pat@example.org"), sent(p, "dec@example.org")
		p.Clock.Add(day)
		token := p.Mailed(declined).Token
		for _, verb := range []struct {
			name string
			act  func(c ctx) error
		}{
			{"invite", func(c ctx) error {
				_, err := p.Onboarding.Invite(c, admin, input{
					WorkspaceID: p.Workspace.ID, Emails: []string{"new@example.org", "pat@example.org", "old@example.org", "zoe@example.org"}, Grant: &grants{GroupIDs: idList(a)},
				})
				return err
			}},
			{"resend", func(c ctx) error { _, err := p.Onboarding.Resend(c, admin, pending.ID, nil); return err }},
			{"correct", func(c ctx) error {
				_, err := p.Onboarding.CorrectEmail(c, admin, pending.ID, "june@example.org")
				return err
			}},
			{"update", func(c ctx) error {
				_, err := p.Onboarding.Update(c, admin, edit{ID: pending.ID, NeverExpires: true, Grant: &grants{}})
				return err
			}},
			{"decline", func(c ctx) error { return p.Onboarding.Decline(c, token, new(onboarding.AllWorkspaces)) }},
			{"cancel", func(c ctx) error { _, err := p.Onboarding.Cancel(c, admin, pending.ID); return err }},
			{"request", func(c ctx) error { return p.Onboarding.RequestNew(c, p.MailToken(old)) }},
			{"found", func(c ctx) error {
				_, err := p.Onboarding.Found(c, onboarding.FoundInput{Organization: "New", Workspace: "new", Email: "boss@new.test"})
				return err
			}},
		} {
			if n := atEach(p, false, verb.act); n < 3 {
				t.Errorf("%s: only %d statements were reached", verb.name, n)
			}
		}
		same(t, "the last of them", p.Invitation(pending.ID).Status, invitation.StatusCancelled)
	})
}

func TestASweepThatDiesAtAnyStatementIsDoneByTheNext(t *testing.T) {
	onBoth(t, func(t *testing.T, p *usherkit.Place) {
		p.Configure(func(s *settings) { s.RemindDaysAfterSending = []int{1} })
		p.Join("a@example.org", &grants{AccessExpiresAt: after(p, day)})
		p.Join("b@example.org", &grants{AccessExpiresAt: after(p, day), DeleteOnExpiry: new(true)})
		sent(p, "c@example.org")
		p.Clock.Add(2 * day)
		atEach(p, false, p.Onboarding.EndAccess)
		same(t, "seats", p.SeatsTaken(), 1)
		atEach(p, false, p.Onboarding.Remind)
		same(t, "mails", p.Kinds("c@example.org"), []string{"invitation", "reminder"})
	})
}
