package onboarding_test

import (
	"errors"
	"reflect"
	"slices"
	"testing"

	"usher/ent"
	"usher/ent/customfield"
	entinvitation "usher/ent/invitation"
	"usher/internal/admission"
	"usher/internal/apptest"
	"usher/internal/ident"
	"usher/internal/invitation"
	"usher/internal/suppression"
	"usher/internal/testkit/probe"
)

// atEach lets each statement of an act fail, one after the other, until it gets through all of
// them: before the statement reaches the database, or done by it. Each failure must leave the
// database as it was, or the whole of the act in it: at the commit and after it, only the answer is
// lost. It returns how many statements there were to the end.
func atEach(p *apptest.Place, done bool, act func(c ctx) error, whole func() bool) int {
	p.T.Helper()
	before := p.Snapshot()
	for n := 1; ; n++ {
		err := act(probe.FailAt(p.T.Context(), n, done))
		if err != nil && !errors.Is(err, probe.ErrFailed) {
			p.T.Fatalf("statement %d, done %t: %v", n, done, err)
		}
		now := p.Snapshot()
		if err != nil && reflect.DeepEqual(now, before) {
			continue
		}
		if !whole() {
			p.T.Fatalf("statement %d, done %t, left a part behind in %v", n, done,
				changed(before, now))
		}
		return n
	}
}

func TestAnAcceptanceThatDiesAtAnyStatementLeavesAllOfItOrNothing(t *testing.T) {
	onBoth(t, func(t *testing.T, p *apptest.Place) {
		top := p.Group("top", "PRIVATE", nil)
		g := p.Group("g", "PUBLIC", top)
		unit := p.Unit("North", nil)
		p.Session(p.Program("Safety", g), "Monday", day, 2*day)
		p.Field("badge", customfield.TypeText, false)
		give := &grants{
			Roles: []string{"learner", "manager"}, GroupIDs: []ident.ID{g.ID}, OrgUnitID: &unit.ID,
			Labels:          []string{"vip"},
			AccessExpiresAt: after(p, 30*day), CustomFields: map[string]any{"badge": "1"},
		}
		for _, done := range []bool{false, true} {
			email := map[bool]string{false: "before@example.org", true: "done@example.org"}[done]
			inv := invite(p, input{Emails: []string{email}, Grant: give,
				NotifyInviter: new(true)})[0].Invitation
			in := p.Mailed(inv)
			seats := p.SeatsTaken()
			n := atEach(p, done, func(c ctx) error {
				_, err := p.Acceptances.Accept(c, nil, in, noOrigin)
				return err
			}, func() bool { return countOf(p.Happened(inv.ID), "invitation.accepted") == 1 })
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
			same(t, "mails", p.Kinds(email), []string{"invitation", "session_invitation",
				"welcome"})
			same(t, "status", p.Invitation(inv.ID).Status, entinvitation.StatusActive)
		}
	})
}

func TestAnyVerbThatDiesAtAnyStatementLeavesAllOfItOrNothing(t *testing.T) {
	onBoth(t, func(t *testing.T, p *apptest.Place) {
		admin := p.Caller(p.Admin)
		a := p.Group("a", "PRIVATE", nil)
		zoe := p.Join("zoe@example.org", nil)
		old := sent(p, "old@example.org")
		p.Clock.Add(20 * day)
		pending, declined := sent(p, "pat@example.org"), sent(p, "dec@example.org")
		p.Clock.Add(day)
		token := p.Mailed(declined).Token
		happened := func(what string, inv *ent.Invitation) int {
			return countOf(p.Happened(inv.ID), what)
		}
		for _, verb := range []struct {
			name  string
			act   func(c ctx) error
			whole func() bool
		}{
			{"invite", func(c ctx) error {
				_, err := p.Invitations.Invite(c, admin, input{
					WorkspaceID: p.Workspace.ID,
					Emails: []string{"new@example.org", "pat@example.org", "old@example.org",
						"zoe@example.org"}, Grant: &grants{GroupIDs: idList(a)},
				})
				return err
			}, func() bool {
				return len(p.Mails("new@example.org")) == 1 &&
					happened("invitation.merged", pending) == 1 &&
					happened("invitation.expired", old) == 1 &&
					len(p.Mails("old@example.org")) == 2 &&
					slices.Contains(p.Holds(zoe.ID), "learner@a")
			}},
			{"resend", func(c ctx) error {
				_, err := p.Invitations.Resend(c, admin, pending.ID, invitation.ResendInput{})
				return err
			},
				func() bool {
					return happened("invitation.resent", pending) == 1 &&
						len(p.Mails("pat@example.org")) == 2
				}},
			{"correct", func(c ctx) error {
				_, err := p.Invitations.CorrectEmail(c, admin, pending.ID, "june@example.org")
				return err
			},
				func() bool {
					return happened("invitation.readdressed", pending) == 1 &&
						len(p.Mails("june@example.org")) == 1
				}},
			{"update", func(c ctx) error {
				_, err := p.Invitations.Update(c, admin, edit{ID: pending.ID, NeverExpires: true,
					Grant: replaceGrant(&grants{})})
				return err
			}, func() bool {
				now := p.Invitation(pending.ID)
				return happened("invitation.edited", pending) == 1 && now.ExpiresAt == nil &&
					len(now.Grant.GroupIDs) == 0
			}},
			{"decline", func(c ctx) error {
				return p.Decline(c, token, new(suppression.AllWorkspaces))
			},
				func() bool {
					return happened("invitation.declined", declined) == 1 &&
						slices.Contains(p.Kinds("admin@acme.test"), "invitation_declined")
				}},
			{"cancel", func(c ctx) error {
				_, err := p.Invitations.Cancel(c, admin, pending.ID)
				return err
			},
				func() bool { return happened("invitation.cancelled", pending) == 1 }},
			{"request", func(c ctx) error {
				return p.RequestNewLink(c, p.MailToken(old))
			},
				func() bool {
					return happened("invitation.renewal_asked", old) == 1 &&
						slices.Contains(p.Kinds("admin@acme.test"), "new_link_requested")
				}},
			{"found", func(c ctx) error {
				_, err := p.Admission.FoundWorkspace(c, admission.FoundInput{Organization: "New",
					Workspace: "new", Email: "boss@new.test"})
				return err
			}, func() bool { p.User("boss@new.test"); return true }},
		} {
			if n := atEach(p, false, verb.act, verb.whole); n < 3 {
				t.Errorf("%s: only %d statements were reached", verb.name, n)
			}
		}
		same(t, "the last of them", p.Invitation(pending.ID).Status, entinvitation.StatusCancelled)
	})
}

func TestASweepThatDiesAtAnyStatementIsDoneByTheNext(t *testing.T) {
	onBoth(t, func(t *testing.T, p *apptest.Place) {
		p.Configure(func(s *settings) { s.RemindDaysAfterSending = []int{1} })
		p.Join("a@example.org", &grants{AccessExpiresAt: after(p, day)})
		p.Join("b@example.org", &grants{AccessExpiresAt: after(p, day), DeleteOnExpiry: new(true)})
		noteHandover(p, sent(p, "c@example.org"))
		p.Clock.Add(2 * day)
		atEach(p, false, p.Members.EndAccess, func() bool { return p.SeatsTaken() == 1 })
		same(t, "seats", p.SeatsTaken(), 1)
		atEach(p, false, p.Invitations.Remind, func() bool {
			return len(p.Mails("c@example.org")) == 2
		})
		same(t, "mails", p.Kinds("c@example.org"), []string{"invitation", "reminder"})
	})
}
