package onboarding_test

import (
	"testing"

	"usher/ent/auditevent"
	"usher/ent/enrollment"
	"usher/internal/apptest"
	"usher/internal/ident"
	"usher/internal/store"
)

func TestAMemberIsPutIntoTheGroupsAndSessionsNamedAndNothingElse(t *testing.T) {
	onBoth(t, func(t *testing.T, p *apptest.Place) {
		top := p.Group("top", "PRIVATE", nil)
		low := p.Group("low", "PUBLIC", top)
		unit := p.Unit("North", nil)
		p.Session(p.Program("Safety", low), "of the group", day, 2*day)
		monday := p.Session(p.Program("First aid"), "Monday", day, 2*day)
		course := p.Program("Open")
		p.Session(course, "open always", apptest.Always, apptest.Always)
		m := p.Join("jane@example.org", &grants{Labels: []string{"old"}})
		asked := input{Emails: []string{"jane@example.org"}, Grant: &grants{
			GroupIDs: []ident.ID{low.ID}, SessionIDs: []ident.ID{monday.ID},
			ProgramIDs: []ident.ID{course.ID}, OrgUnitID: &unit.ID,
			Labels: []string{"new"}, AdditionalInfo: new("x"), AccessExpiresAt: after(p, day),
		}}
		out := invite(p, asked)
		same(t, "outcome", told(out), []string{"jane@example.org ADDED"})
		same(t, "the member", out[0].Member.ID, m.ID)
		same(t, "holds", p.Holds(m.ID), []string{"learner@*", "learner@low", "learner@top^"})
		same(t, "sessions", p.Enrolled(m.ID), []string{"Monday", "of the group", "open always"})
		now := p.Member("jane@example.org")
		if now.OrgUnitID != nil || now.AdditionalInfo != nil || now.AccessExpiresAt != nil ||
			len(now.Labels) != 1 {
			t.Errorf("more was changed: %v", now)
		}
		n, err := p.Store.AuditEvent.Query().
			Where(auditevent.MemberID(m.ID), auditevent.Action("member.granted")).Count(p.In())
		if n != 1 || err != nil {
			t.Errorf("the audit log has %d events of it (%v)", n, err)
		}
		same(t, "invitations", p.CountInvitations(), 1)

		before := p.Snapshot()
		same(t, "the second time", told(invite(p, asked)),
			[]string{"jane@example.org ALREADY_MEMBER"})
		same(t, "the database", p.Snapshot(), before)
	})
}

func TestAMemberAsksNothingOfTheGroupsTheyAreIn(t *testing.T) {
	onBoth(t, func(t *testing.T, p *apptest.Place) {
		a, b := p.Group("a", "PRIVATE", nil), p.Group("b", "PRIVATE", nil)
		m := p.Join("jane@example.org", &grants{GroupIDs: []ident.ID{a.ID}})
		out := invite(p, input{Emails: []string{"jane@example.org"},
			Grant: &grants{GroupIDs: []ident.ID{a.ID, b.ID}}})
		same(t, "outcome", told(out), []string{"jane@example.org ADDED"})
		same(t, "holds", p.Holds(m.ID), []string{"learner@a", "learner@b"})
	})
}

func TestWhoWithdrewFromASessionIsPutBackWhenItIsNamed(t *testing.T) {
	onBoth(t, func(t *testing.T, p *apptest.Place) {
		g := p.Group("g", "PRIVATE", nil)
		course := p.Program("Safety", g)
		monday := p.Session(course, "Monday", day, 2*day)
		p.Session(course, "Tuesday", day, 2*day)
		m := p.Join("jane@example.org", &grants{GroupIDs: []ident.ID{g.ID}})
		p.Write(func(ctx ctx, tx *store.Tx) error {
			return tx.Enrollment.Update().Where(enrollment.MemberID(m.ID)).
				SetStatus(enrollment.StatusWithdrawn).Exec(ctx)
		})
		out := invite(p, input{Emails: []string{"jane@example.org"},
			Grant: &grants{SessionIDs: []ident.ID{monday.ID}}})
		same(t, "outcome", told(out), []string{"jane@example.org ADDED"})
		same(t, "sessions", p.Enrolled(m.ID), []string{"Monday"})
		// The group alone does not bring them back to where they left.
		b := p.Group("b", "PUBLIC", g)
		invite(p, input{Emails: []string{"jane@example.org"},
			Grant: &grants{GroupIDs: []ident.ID{b.ID}}})
		same(t, "sessions after", p.Enrolled(m.ID), []string{"Monday"})
	})
}
