package onboarding_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"usher/ent"
	"usher/ent/mail"
	"usher/internal/apptest"
	"usher/internal/dryrun"
	"usher/internal/ident"
	"usher/internal/invitation"
	"usher/internal/provisioning"
)

// TestAPlanIsWhatTheOperationThenDoes plans requests in random workspaces, sees that nothing happened,
// runs the operation and compares: outcomes, mails with their times, seats, and the groups that those
// who come in are in then.
//
// AHD-1: plan writes nothing and says what the entry point then does.
func TestAPlanIsWhatTheOperationThenDoes(t *testing.T) {
	onBoth(t, func(t *testing.T, p *apptest.Place) {
		r := rand.New(rand.NewPCG(7, 11))
		groups := forest(p, r, 8)
		for n := range 12 { // people in every state
			email := fmt.Sprintf("known%d@acme.test", n)
			switch n % 4 {
			case 0:
				p.Join(email, &grants{GroupIDs: idList(groups[r.IntN(len(groups))])})
			case 1:
				p.Invite(email, &grants{GroupIDs: idList(groups[r.IntN(len(groups))])})
			case 2:
				suppressed(p, email, p.Workspace.ID)
			case 3:
				deactivated(p, email)
			}
		}
		p.Session(p.Program("Safety", groups[0]), "Monday", day, 2*day)
		for round := range 12 {
			p.Clock.Add(2 * time.Minute)
			in := input{WorkspaceID: p.Workspace.ID,
				Emails: []string{"nonsense", fmt.Sprintf("new%d@acme.test", round)},
				Grant:  &grants{}}
			for range 4 {
				in.Emails = append(in.Emails, fmt.Sprintf("known%d@acme.test", r.IntN(12)))
			}
			in.RemindPending = new(r.IntN(2) == 0)
			for range r.IntN(3) {
				in.Grant.GroupIDs = append(in.Grant.GroupIDs, groups[r.IntN(len(groups))].ID)
			}
			before, begun := p.Snapshot(), p.Clock.Now()
			plan, err := p.DryRuns.Run(t.Context(), p.Caller(p.Admin),
				dryrun.Input{Invite: &in})
			if err != nil {
				t.Fatal(err)
			}
			same(t, "what a plan changed", changed(before, p.Snapshot()), nil)
			last, done := ident.New(ident.Mail), p.Clock.Now()
			outcomes := invite(p, in)
			same(t, "people", len(plan.People), len(outcomes))
			mails := 0
			for i, o := range outcomes {
				one := plan.People[i]
				same(t, o.Input, one.Status, o.Status)
				same(t, o.Input, one.Sentence.Key, o.Sentence.Key)
				sent := mailsSince(p, o.Input, last, done)
				mails += len(sent)
				same(t, "mails to "+o.Input, planned(one.Emails, begun), sent)
				if o.Status == invitation.Invited {
					m := mustAccept(p, nil, p.Accepting(o.Invitation)).Member
					same(t, "groups of "+o.Input, namesOf(one.Groups), groupsHeld(p, m.ID))
				}
			}
			same(t, "mails", plan.EmailCount, mails)
		}
	})
}

// The same for the operations into a group and into a session, in random worlds.
func TestAPlanOfAGroupOrASessionIsWhatTheOperationThenDoes(t *testing.T) {
	onBoth(t, func(t *testing.T, p *apptest.Place) {
		r := rand.New(rand.NewPCG(5, 13))
		groups := forest(p, r, 8)
		members := []*ent.Member{}
		for n := range 6 {
			g := idList(groups[r.IntN(len(groups))])
			members = append(members, p.Join(fmt.Sprintf("in%d@acme.test", n),
				&grants{GroupIDs: g}))
			p.Invite(fmt.Sprintf("known%d@acme.test", n), &grants{GroupIDs: g})
		}
		var sessions []*ent.Session
		for n, course := range []*ent.Program{p.Program("Safety", groups[0], groups[3]),
			p.Program("Law", groups[1]), p.Program("Alone")} {
			sessions = append(sessions, p.Session(course, fmt.Sprintf("coming %d", n),
				time.Duration(n+1)*day, 9*day), p.Session(course, fmt.Sprintf("begun %d", n),
				-day, 9*day))
		}
		by := p.Caller(p.Admin)
		for round := range 16 {
			p.Clock.Add(2 * time.Minute)
			ids := []ident.ID{members[r.IntN(6)].ID, members[r.IntN(6)].ID}
			emails := []string{"nonsense", fmt.Sprintf("new%d@acme.test", round),
				fmt.Sprintf("known%d@acme.test", r.IntN(6)),
				fmt.Sprintf("in%d@acme.test", r.IntN(6))}
			asked := dryrun.Input{AddToGroup: &invitation.AddInput{GroupID: groups[r.IntN(
				8)].ID, MemberIDs: ids, Emails: emails}}
			if round%2 == 0 {
				asked = dryrun.Input{RegisterForSession: &invitation.RegisterInput{
					SessionID: sessions[r.IntN(len(sessions))].ID,
					GroupIDs:  idList(groups[r.IntN(8)]), MemberIDs: ids, Emails: emails,
				}}
			}
			before, begun := p.Snapshot(), p.Clock.Now()
			plan, err := p.DryRuns.Run(t.Context(), by, asked)
			must(t, err)
			same(t, "what a plan changed", changed(before, p.Snapshot()), nil)
			last, done := ident.New(ident.Mail), p.Clock.Now()
			var outcomes []*invitation.Outcome
			if asked.AddToGroup != nil {
				outcomes, err = p.Invitations.AddToGroup(t.Context(), by, *asked.AddToGroup)
			} else {
				outcomes, err = p.Invitations.Register(t.Context(), by, *asked.RegisterForSession)
			}
			must(t, err)
			same(t, "people", len(plan.People), len(outcomes))
			for i, o := range outcomes {
				one := plan.People[i]
				same(t, o.Input, []string{string(one.Status), one.Sentence.Key},
					[]string{string(o.Status), o.Sentence.Key})
				same(t, "mails to "+o.Input, sortedOf(planned(one.Emails, begun)),
					sortedOf(mailsSince(p, o.Input, last, done)))
				if o.Status == invitation.Invited {
					m := mustAccept(p, nil, p.Accepting(o.Invitation)).Member
					same(t, "groups of "+o.Input, namesOf(one.Groups), groupsHeld(p, m.ID))
				}
			}
		}
	})
}

func TestAPlanOfAnAccountIsWhatCreatingDoes(t *testing.T) {
	apptest.OnBoth(t, func(t *testing.T, k *apptest.Kit) {
		p, sister, far := k.Found("Acme", "acme"), k.Found("Acme", "sister"), k.Found("Far", "far")
		sister.Join("sister@acme.test", nil)
		p.Verify("sister@acme.test")
		far.Join("far@far.test", nil)
		p.Join("member@acme.test", nil)
		class := p.Group("Class", "PUBLIC", p.Group("School", "PRIVATE", nil))
		p.Seats(p.SeatsTaken() + 1)
		statuses := map[provisioning.Status]invitation.OutcomeStatus{
			provisioning.Created:       invitation.Created,
			provisioning.AlreadyMember: invitation.AlreadyMember,
		}
		for _, email := range []string{"member@acme.test", "sister@acme.test", "far@far.test",
			"new@acme.test"} {
			in := provisioning.CreateInput{WorkspaceID: p.Workspace.ID, FirstName: "Ann",
				LastName: "Lee", Email: &email, Password: new(apptest.Password),
				Grant: &grants{GroupIDs: idList(class)}}
			before, seats, begun := p.Snapshot(), p.SeatsTaken(), p.Clock.Now()
			plan, err := p.DryRuns.Run(t.Context(), p.Caller(p.Admin),
				dryrun.Input{Create: &in})
			if err != nil {
				t.Fatal(err)
			}
			same(t, "what a plan changed", changed(before, p.Snapshot()), nil)
			last, done := ident.New(ident.Mail), p.Clock.Now()
			c, err := create(p, in)
			if err != nil {
				t.Fatal(err)
			}
			one := plan.People[0]
			if email == "far@far.test" { // the plan does not tell of the account elsewhere
				same(t, email, []any{one.Status, c.Status},
					[]any{invitation.Created, provisioning.InvitedInstead})
				continue
			}
			same(t, email, one.Status, statuses[c.Status])
			same(t, email, planned(one.Emails, begun), mailsSince(p, email, last, done))
			same(t, "seats", plan.SeatsTaken, p.SeatsTaken()-seats)
			if c.Status == provisioning.Created {
				same(t, "groups", namesOf(one.Groups), groupsHeld(p, c.Member.ID))
			}
		}
		_, err := p.DryRuns.Run(t.Context(), p.Caller(p.Admin),
			dryrun.Input{Create: &provisioning.CreateInput{
				WorkspaceID: p.Workspace.ID, FirstName: "A", LastName: "B",
				Email: new("late@acme.test"), Password: new(apptest.Password)}})
		refused(t, err, "SEAT_LIMIT_REACHED", "")
		_, err = p.DryRuns.Run(t.Context(), p.Caller(p.Admin), dryrun.Input{})
		refused(t, err, "BAD_USER_INPUT", "")
	}, apptest.WithoutWorker)
}

// forest makes groups, public and private, some below others.
func forest(p *apptest.Place, r *rand.Rand, n int) (all []*ent.Group) {
	for i := range n {
		var above *ent.Group
		if i > 0 && r.IntN(3) > 0 {
			above = all[r.IntN(i)]
		}
		all = append(all,
			p.Group(fmt.Sprintf("G%d", i), []string{"PUBLIC", "PRIVATE"}[r.IntN(2)], above))
	}
	return all
}

// mailsSince lists the mails to an address as "kind in so long", from when they were promised.
func mailsSince(p *apptest.Place, email string, last ident.ID, from time.Time) []string {
	out := []string{}
	for _, m := range p.Mails(email) {
		if m.Status == mail.StatusQueued && slices.Compare(m.ID[:], last[:]) > 0 {
			out = append(out, fmt.Sprint(m.Kind, " in ", m.DueAt.Sub(from).Round(20*time.Second)))
		}
	}
	return out
}

func planned(all []*dryrun.Email, from time.Time) []string {
	out := []string{}
	for _, m := range all {
		out = append(out, fmt.Sprint(strings.ToLower(m.Kind), " in ", m.At.Sub(from).Round(20*time.Second)))
	}
	return out
}

func namesOf(groups []*ent.Group) []string {
	out := []string{}
	for _, g := range groups {
		out = append(out, g.Name)
	}
	return sortedOf(out)
}

// groupsHeld lists the groups that a member is in.
func groupsHeld(p *apptest.Place, m ident.ID) []string {
	p.T.Helper()
	all, err := p.Store.RoleAssignment.Query().WithGroup().All(p.In())
	if err != nil {
		p.T.Fatal(err)
	}
	out := []string{}
	for _, a := range all {
		if a.MemberID == m && a.Edges.Group != nil && !slices.Contains(out, a.Edges.Group.Name) {
			out = append(out, a.Edges.Group.Name)
		}
	}
	return sortedOf(out)
}
