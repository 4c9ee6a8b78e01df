package workspace_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	entgroup "usher/ent/group"
	"usher/internal/access"
	"usher/internal/apptest"
	"usher/internal/ident"
	"usher/internal/invitation"
	"usher/internal/store"
	"usher/internal/testkit/probe"
)

const hour = time.Hour

func TestWhatLearnersInheritAndTheirSessionsFollowTheGroup(t *testing.T) {
	onBoth(t, func(t *testing.T, p *apptest.Place) {
		north, south := group(p, "North", "PUBLIC", nil), group(p, "South", "PRIVATE", nil)
		school := group(p, "School", "PUBLIC", north)
		class := group(p, "Class", "PUBLIC", school)
		p.Session(p.Program("Northern", north), "Snow", hour, 2*hour)
		p.Session(p.Program("Southern", south), "Sun", apptest.Always, apptest.Always)
		lea := p.Join("lea@acme.test", &grants{GroupIDs: idList(class)})
		both := p.Join("both@acme.test", &grants{GroupIDs: idList(class, north)})
		coach := p.Join("coach@acme.test",
			&grants{Roles: []string{access.Coach}, GroupIDs: idList(class)})
		p.Invite("guest@acme.test", &grants{GroupIDs: idList(class)})
		same(t, "before", p.Holds(lea.ID), []string{"learner@Class", "learner@North^",
			"learner@School^"})

		done(t, edit(p, p.Admin, updateGroup{ID: school.ID, ParentID: to(south.ID)}))
		same(t, "moved", p.Holds(lea.ID), []string{"learner@Class", "learner@School^",
			"learner@South^"})
		same(t, "also there by name", p.Holds(both.ID), []string{"learner@Class", "learner@North",
			"learner@School^", "learner@South^"})
		same(t, "another role", p.Holds(coach.ID), []string{"coach@Class"})
		same(t, "sessions", p.Enrolled(lea.ID), []string{"Sun"})
		same(t, "sessions of both", p.Enrolled(both.ID), []string{"Snow", "Sun"})
		same(t, "sessions of the coach", p.Enrolled(coach.ID), []string{})

		private := entgroup.VisibilityPrivate
		done(t, edit(p, p.Admin, updateGroup{ID: class.ID, Visibility: &private}))
		same(t, "private", p.Holds(lea.ID), []string{"learner@Class"})
		same(t, "sessions", p.Enrolled(lea.ID), []string{})
		same(t, "sessions of both", p.Enrolled(both.ID), []string{"Snow"})
		public := entgroup.VisibilityPublic
		done(t, edit(p, p.Admin, updateGroup{ID: class.ID, Visibility: &public,
			ParentID: to(north.ID)}))
		same(t, "public elsewhere", p.Holds(lea.ID), []string{"learner@Class", "learner@North^"})
		same(t, "sessions", p.Enrolled(lea.ID), []string{"Snow"})
	})
}

func TestWhoIsInvitedIsToldOfTheSessionsThatAMoveBrings(t *testing.T) {
	onBoth(t, func(t *testing.T, p *apptest.Place) {
		top := group(p, "Top", "PRIVATE", nil)
		class := group(p, "Class", "PUBLIC", nil)
		s := p.Session(p.Program("Course", top), "Run", hour, 2*hour)
		if _, err := p.Invitations.Invite(t.Context(), p.Caller(p.Admin), inviteInput{
			WorkspaceID: p.Workspace.ID, Emails: []string{"guest@acme.test"},
			Grant: &grants{GroupIDs: idList(class)}}); err != nil {
			t.Fatal(err)
		}
		done(t, edit(p, p.Admin, updateGroup{ID: class.ID, ParentID: to(top.ID)}))
		due := 0
		for _, m := range p.Mails("guest@acme.test") {
			if m.SessionID != nil && *m.SessionID == s.ID && m.DueAt.Equal(*s.StartsAt) {
				due++
			}
		}
		same(t, "mails about the session, on its day", due, 1)
	})
}

func TestAGroupThatGoesTakesAlongWhatOnlyItGave(t *testing.T) {
	onBoth(t, func(t *testing.T, p *apptest.Place) {
		top := group(p, "Top", "PRIVATE", nil)
		gone, stays := group(p, "Gone", "PUBLIC", top), group(p, "Stays", "PUBLIC", top)
		p.Session(p.Program("Upper", top), "Above", hour, 2*hour)
		p.Session(p.Program("Lower", gone), "Here", hour, 2*hour)
		lea := p.Join("lea@acme.test", &grants{GroupIDs: idList(gone)})
		both := p.Join("both@acme.test", &grants{GroupIDs: idList(gone, stays)})
		coach := p.Join("coach@acme.test",
			&grants{Roles: []string{access.Coach}, GroupIDs: idList(gone)})
		guest := p.Invite("guest@acme.test", &grants{GroupIDs: idList(gone, stays)})
		same(t, "sessions before", p.Enrolled(coach.ID), []string{"Here"})

		done(t, deleteGroup(p, p.Admin, gone.ID))
		same(t, "left", p.Holds(lea.ID), nil)
		same(t, "left of both", p.Holds(both.ID), []string{"learner@Stays", "learner@Top^"})
		same(t, "sessions", p.Enrolled(lea.ID), []string{})
		same(t, "sessions of both", p.Enrolled(both.ID), []string{"Above"})
		same(t, "sessions of the coach", p.Enrolled(coach.ID), []string{})
		groups := p.Store.Invitation.QueryGroups(p.Invitation(guest.ID)).AllX(p.In())
		if len(groups) != 1 || groups[0].ID != stays.ID {
			t.Errorf("the invitation is listed in %v", groups)
		}
		if _, err := p.Acceptances.Accept(t.Context(), p.As(p.Account("guest@acme.test")),
			p.Accepting(guest), origin{}); err != nil {
			t.Errorf("the invitation does not go on: %v", err)
		}
		same(t, "the guest", p.Holds(p.Member("guest@acme.test").ID),
			[]string{"learner@Stays", "learner@Top^"})
	})
}

// The number of statements of a move does not grow with those who are moved.
func TestAMoveTakesTheStatementsOfAFewHoweverManyAreMoved(t *testing.T) {
	onBoth(t, func(t *testing.T, p *apptest.Place) {
		top := group(p, "Top", "PRIVATE", nil)
		p.Session(p.Program("Course", top), "Run", hour, 2*hour)
		cost := func(people int) int64 {
			class := group(p, "Class", "PUBLIC", nil)
			p.Write(func(ctx context.Context, tx *store.Tx) error {
				return crowd(ctx, tx, p, class.ID, people)
			})
			ctx, n := probe.CountStatements(t.Context())
			if _, err := p.Workspaces.UpdateGroup(ctx, p.Caller(p.Admin),
				updateGroup{ID: class.ID, ParentID: to(top.ID)}); err != nil {
				t.Fatal(err)
			}
			return n.Load()
		}
		few, many := cost(3), cost(300)
		// a mail more needs no statement more, but for those that go by the hundred
		if many > few+4 {
			t.Errorf("%d statements for 3 and %d for 300", few, many)
		}
		in := p.Store.RoleAssignment.Query().CountX(p.In())
		same(t, "assignments", in, 1+2*303)
		same(t, "enrollments", p.Store.Enrollment.Query().CountX(p.In()), 303)
	})
}

// Whichever comes first, a person who comes into a group while it moves ends up where the group
// then leads.
func TestJoiningWhileTheGroupMovesInheritsFromItsNewPlace(t *testing.T) {
	onBoth(t, func(t *testing.T, p *apptest.Place) {
		a, b := group(p, "A", "PRIVATE", nil), group(p, "B", "PRIVATE", nil)
		by := p.Caller(p.Admin)
		for n := range 10 {
			class := group(p, "Class", "PUBLIC", a)
			lea := p.Join(fmt.Sprintf("lea%d@acme.test", n), nil)
			for _, err := range atOnce(t.Context(), func(ctx context.Context) error {
				_, err := p.Invitations.AddToGroup(ctx, by,
					invitation.AddInput{GroupID: class.ID, MemberIDs: []ident.ID{lea.ID}})
				return err
			}, func(ctx context.Context) error {
				_, err := p.Workspaces.UpdateGroup(ctx, by,
					updateGroup{ID: class.ID, ParentID: to(b.ID)})
				return err
			}) {
				done(t, err)
			}
			same(t, "held", p.Holds(lea.ID), []string{"learner@*", "learner@B^", "learner@Class"})
		}
	})
}
