package onboarding_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"usher/ent"
	"usher/ent/auditevent"
	"usher/ent/invitation"
	"usher/internal/acceptance"
	"usher/internal/access"
	"usher/internal/apptest"
	"usher/internal/audit"
	"usher/internal/dryrun"
	"usher/internal/fault"
	"usher/internal/i18n"
	"usher/internal/ident"
	onboarded "usher/internal/invitation"
	"usher/internal/provisioning"
	"usher/internal/training"
)

// A session that is over is refused by every entry point, also in a plan.
func TestASessionThatIsOverIsNeverGranted(t *testing.T) {
	onBoth(t, func(t *testing.T, p *apptest.Place) {
		past := p.Session(p.Program("Safety"), "Past run", -2*day, -day)
		g := &grants{SessionIDs: []ident.ID{past.ID}}
		asked := input{WorkspaceID: p.Workspace.ID, Emails: []string{"a@example.org"}, Grant: g}
		_, err := inviteAs(p, p.Admin, asked)
		refused(t, err, fault.BadUserInput, "grant.sessionIds")
		_, err = p.DryRuns.Run(t.Context(), p.Caller(p.Admin),
			dryrun.Input{Invite: &asked})
		refused(t, err, fault.BadUserInput, "grant.sessionIds")
		_, err = create(p, provisioning.CreateInput{Email: new("b@example.org"),
			Password: new("a password of ours"), Grant: g})
		refused(t, err, fault.BadUserInput, "grant.sessionIds")
		_, err = p.Invitations.Register(t.Context(), p.Caller(p.Admin),
			onboarded.RegisterInput{SessionID: past.ID, Emails: []string{"c@example.org"}})
		refused(t, err, fault.Conflict, "")
	})
}

// A session that ends while the invitation is pending is left out at admission, and recorded.
func TestASessionThatEndedMeanwhileIsSkipped(t *testing.T) {
	onBoth(t, func(t *testing.T, p *apptest.Place) {
		run := p.Session(p.Program("Safety"), "Run", -day, day)
		inv := invite(p, input{Emails: []string{"a@example.org"},
			Grant: &grants{SessionIDs: []ident.ID{run.ID}}})[0].Invitation
		p.Clock.Add(2 * day)
		a, err := accept(p, inv)
		must(t, err)
		same(t, "sessions", p.Enrolled(a.Member.ID), []string{})
		n, err := p.Store.AuditEvent.Query().
			Where(auditevent.Action(string(audit.GrantSkipped))).Count(p.In())
		must(t, err)
		same(t, "what was skipped is recorded", n, 1)
	})
}

// INV-15: the pending people of a session are those that name it and those that lead there by a
// program or a group.
func TestThePendingPeopleOfASessionAreComplete(t *testing.T) {
	onBoth(t, func(t *testing.T, p *apptest.Place) {
		top := p.Group("top", "PRIVATE", nil)
		low, shut := p.Group("low", "PUBLIC", top), p.Group("shut", "PRIVATE", top)
		safety := p.Program("Safety", top)
		run := p.Session(safety, "Run", day, 2*day)
		p.Session(p.Program("Law"), "Law", day, 2*day)
		for email, g := range map[string]*grants{
			"named@example.org":   {SessionIDs: []ident.ID{run.ID}},
			"program@example.org": {ProgramIDs: []ident.ID{safety.ID}},
			"group@example.org":   {GroupIDs: []ident.ID{top.ID}},
			"learner@example.org": {GroupIDs: []ident.ID{low.ID}},
			"coach@example.org": {GroupIDs: []ident.ID{low.ID},
				Roles: []string{access.Coach}},
			"shut@example.org": {GroupIDs: []ident.ID{shut.ID}},
			"none@example.org": {},
		} {
			invite(p, input{Emails: []string{email}, Grant: g})
		}
		cancelled := sentTo(p, "group@example.org")
		list := func(at time.Time) []string {
			leads, err := acceptance.LeadsToSession(p.In(), p.Store.Client, run.ID, at)
			must(t, err)
			rows, err := p.Store.Invitation.Query().Where(leads).
				Order(ent.Asc(invitation.FieldEmailKey)).All(p.In())
			must(t, err)
			names := []string{}
			for _, inv := range rows {
				names = append(names, strings.TrimSuffix(inv.Email, "@example.org"))
			}
			return names
		}
		same(t, "pending", list(p.Clock.Now()), []string{"group", "learner", "named", "program"})
		_, err := p.Invitations.Cancel(t.Context(), p.Caller(p.Admin), cancelled.ID)
		must(t, err)
		same(t, "without the cancelled", list(p.Clock.Now()),
			[]string{"learner", "named", "program"})
		same(t, "when it is over", list(p.Clock.Now().Add(3*day)), []string{"named"})
		p.Session(safety, "Always", 0, 0)
		same(t, "beside one that is always open", list(p.Clock.Now()),
			[]string{"learner", "named"})
	})
}

// A session that is made for groups takes their pending people, as registerForSession does.
func TestCreatingASessionTakesThePendingPeopleOfTheGroups(t *testing.T) {
	onBoth(t, func(t *testing.T, p *apptest.Place) {
		g := p.Group("g", "PRIVATE", nil)
		inv := invite(p, input{Emails: []string{"a@example.org"},
			Grant: &grants{GroupIDs: []ident.ID{g.ID}}})[0].Invitation
		made, err := p.Training.CreateSession(t.Context(), p.Caller(p.Admin),
			training.CreateSessionInput{ProgramID: p.Program("Safety").ID, Name: new("Run"),
				StartsAt: after(p, day), GroupIDs: []ident.ID{g.ID}})
		must(t, err)
		same(t, "promised", p.Invitation(inv.ID).Grant.SessionIDs, []ident.ID{made.ID})
		a, err := accept(p, p.Invitation(inv.ID))
		must(t, err)
		same(t, "sessions", p.Enrolled(a.Member.ID), []string{"Run"})
	})
}

// A plan speaks in the conditional, whatever the outcome.
func TestAPlanSpeaksInTheConditional(t *testing.T) {
	onBoth(t, func(t *testing.T, p *apptest.Place) {
		p.Join("in@example.org", nil)
		sent(p, "pending@example.org")
		g := p.Group("g", "PRIVATE", nil)
		p.Clock.Add(day)
		plan, err := p.DryRuns.Run(t.Context(), p.Caller(p.Admin), dryrun.Input{
			Invite: &input{WorkspaceID: p.Workspace.ID, Grant: &grants{GroupIDs: idList(g)},
				Emails: []string{"new@example.org", "pending@example.org", "in@example.org"}}})
		must(t, err)
		for _, one := range plan.People {
			english, french := one.Message().In(i18n.English), one.Message().In(i18n.French)
			if !strings.Contains(english, "ould be") ||
				!slices.ContainsFunc([]string{"serait", "seraient"}, func(word string) bool {
					return strings.Contains(strings.ToLower(french), word)
				}) {
				t.Errorf("%s: %q, %q", *one.Email, english, french)
			}
		}
	})
}
