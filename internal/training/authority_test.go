package training_test

import (
	"testing"

	"usher/ent"
	"usher/ent/enrollment"
	"usher/internal/access"
	"usher/internal/admission"
	"usher/internal/apptest"
	"usher/internal/fault"
	"usher/internal/ident"
	"usher/internal/invitation"
)

func TestAddingSomebodyToAGroupIsNoRightOverTheirOtherSessions(t *testing.T) {
	onBoth(t, func(t *testing.T, p *apptest.Place) {
		mine, other := p.Group("mine", "PRIVATE", nil), p.Group("other", "PRIVATE", nil)
		law, safety := p.Session(p.Program("Law", other), "law", -day, day),
			p.Session(p.Program("Safety", mine), "safety", -day, day)
		role := p.Role("Enrolls", access.MembersView, access.MembersInvite, access.EnrollmentsManage)
		boss := p.Join("boss@example.org", &admission.GrantInput{Roles: []string{role.ID.String()},
			GroupIDs: []ident.ID{mine.ID}})
		jane := p.Join("jane@example.org", &admission.GrantInput{GroupIDs: []ident.ID{other.ID}})
		theirs := p.Join("theirs@example.org", &admission.GrantInput{GroupIDs: []ident.ID{mine.ID}})
		if _, err := p.Invitations.AddToGroup(t.Context(), p.Caller(boss),
			invitation.AddInput{GroupID: mine.ID,
				Emails: []string{"jane@example.org"}}); err != nil {
			t.Fatal(err)
		}
		set := func(run *ent.Session, m *ent.Member, status enrollment.Status) error {
			_, err := p.Training.SetEnrollment(t.Context(), p.Caller(boss), run.ID, m.ID,
				status, nil)
			return err
		}
		if err := set(law, jane, enrollment.StatusWithdrawn); !fault.Has(err, fault.Forbidden) {
			t.Errorf("withdrawn from a session of elsewhere: %v", err)
		}
		for _, err := range []error{
			// came with the group
			set(safety, jane, enrollment.StatusWithdrawn),
			set(safety, jane, enrollment.StatusEnrolled),
			set(law, theirs, enrollment.StatusEnrolled), // theirs alone
		} {
			if err != nil {
				t.Error(err)
			}
		}
	})
}

func TestAssigningAProgramTakesTheRightToRegisterTheGroup(t *testing.T) {
	onBoth(t, func(t *testing.T, p *apptest.Place) {
		g := p.Group("g", "PRIVATE", nil)
		course := p.Program("Law")
		p.Session(course, "law", -day, day)
		m := p.Join("jane@example.org", &admission.GrantInput{GroupIDs: []ident.ID{g.ID}})
		role := p.Role("Shapes", access.GroupsManage, access.MembersView)
		by := p.Join("shapes@example.org", &admission.GrantInput{Roles: []string{role.ID.String()},
			GroupIDs: []ident.ID{g.ID}})
		if _, err := p.Training.AssignProgram(t.Context(), p.Caller(by), g.ID,
			course.ID); !fault.Has(err, fault.Forbidden) {
			t.Errorf("assigned: %v", err)
		}
		if got := p.Enrolled(m.ID); len(got) > 0 {
			t.Errorf("enrolled: %v", got)
		}
	})
}
