package demo

import (
	"context"
	"maps"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"usher/ent"
	"usher/ent/enrollment"
	entinvitation "usher/ent/invitation"
	"usher/ent/member"
	"usher/ent/organization"
	"usher/ent/role"
	"usher/ent/roleassignment"
	entsession "usher/ent/session"
	"usher/ent/signin"
	"usher/ent/user"
	"usher/ent/workspace"
	"usher/internal/access"
	"usher/internal/account"
	"usher/internal/invitation"
	"usher/internal/password"
	"usher/internal/store"
	"usher/internal/testkit"
)

// counts is how many rows there are of what a seed makes.
func (s *stage) counts() map[string]int {
	db := s.Store
	return map[string]int{
		"organizations": must(db.Organization.Query().Count(s.ctx)),
		"workspaces":    must(db.Workspace.Query().Count(s.ctx)),
		"users":         must(db.User.Query().Count(s.ctx)),
		"members":       must(db.Member.Query().Count(s.ctx)),
		"invitations":   must(db.Invitation.Query().Count(s.ctx)),
		"groups":        must(db.Group.Query().Count(s.ctx)),
		"sessions":      must(db.Session.Query().Count(s.ctx)),
		"enrollments":   must(db.Enrollment.Query().Count(s.ctx)),
		"seats":         must(db.Seat.Query().Count(s.ctx)),
		"mails":         must(db.Mail.Query().Count(s.ctx)),
		"events":        must(db.AuditEvent.Query().Count(s.ctx)),
	}
}

func TestTheSecondSeedWritesNothingAndNamesTheSameSignIns(t *testing.T) {
	t.Parallel()
	for name, open := range map[string]func(*testing.T) *stage{
		"sqlite":   onSQLite,
		"postgres": func(t *testing.T) *stage { return newStage(t, testkit.Postgres(t)) },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := open(t)
			first, before := s.seed(t), s.counts()
			second, after := s.seed(t), s.counts()
			if !slices.Equal(first.SignIns, second.SignIns) {
				t.Errorf("sign-ins differ:\n%v\n%v", first.SignIns, second.SignIns)
			}
			if !maps.Equal(before, after) {
				t.Errorf("rows differ: %v, then %v", before, after)
			}
		})
	}
}

func TestASeedThatDiedHalfwayIsMadeAgain(t *testing.T) {
	t.Parallel()
	s := onSQLite(t)
	s.seed(t)
	whole := s.counts()
	// As it stands just before its last transaction.
	err := s.Store.WithTx(s.ctx, func(tx *store.Tx) error {
		return tx.Organization.Update().Where(organization.Name(organizationName)).
			SetName(unfinishedName).Exec(s.ctx)
	})
	if err != nil {
		t.Fatal(err)
	}
	s.seed(t)
	if again := s.counts(); !maps.Equal(whole, again) {
		t.Errorf("rows differ: %v, then %v", whole, again)
	}
}

// One seed is enough for the tests that only look.
func TestWhatTheSeedMade(t *testing.T) {
	t.Parallel()
	s := onSQLite(t)
	s.seed(t)
	for name, look := range map[string]func(*testing.T, *stage){
		"everybody can sign in and holds what is said":                  everybodyCanSignInAndHoldsWhatIsSaid,
		"every built-in role is held at every kind of place":            everyBuiltInRoleIsHeldAtEveryKindOfPlaceThatMatters,
		"invitations stand in every state":                              invitationsStandInEveryState,
		"sessions are past, running, coming and always open":            sessionsArePastRunningComingAndAlwaysOpen,
		"public groups lead up, private ones keep people to themselves": publicGroupsLeadUp,
		"a mailed link ends nobody’s password":                          everybodyIsProven,
	} {
		t.Run(name, func(t *testing.T) { t.Parallel(); look(t, s) })
	}
}

func everybodyIsProven(t *testing.T, s *stage) {
	for _, u := range must(s.Store.User.Query().All(s.ctx)) {
		if u.Email != nil && !u.EmailProven {
			t.Errorf("%s would lose the printed password", *u.Email)
		}
	}
}

func publicGroupsLeadUp(t *testing.T, s *stage) {
	for login, want := range map[string][]string{
		noah:                           {"Everyone", "Sales", "Sales North"},
		"ethan.wright@partner.example": {"Key accounts"},
	} {
		var groups []string
		for _, a := range must(s.Store.RoleAssignment.Query().WithGroup().Where(
			roleassignment.HasGroup(), roleassignment.HasRoleWith(role.Key(access.Learner)),
			roleassignment.HasMemberWith(member.HasUserWith(user.EmailKey(login))),
		).All(s.ctx)) {
			groups = append(groups, a.Edges.Group.Name)
		}
		slices.Sort(groups)
		if !slices.Equal(groups, want) {
			t.Errorf("%s is in %v, want %v", login, groups, want)
		}
	}
}

func everybodyCanSignInAndHoldsWhatIsSaid(t *testing.T, s *stage) {
	if n := must(s.Store.SignIn.Query().Where(signin.EndedAtIsNil()).Count(s.ctx)); n != 0 {
		t.Errorf("%d people are signed in at no browser", n)
	}
	workspaces := map[string]int{}
	for _, who := range buildSummary().SignIns {
		session, err := s.Accounts.SignIn(t.Context(),
			account.SignInInput{Login: who.Login, Password: who.Password, Workspace: who.Slug})
		if err != nil {
			t.Fatalf("%s cannot sign in: %v", who.Login, err)
		}
		c, err := s.Accounts.CallerByAccessToken(t.Context(), session.AccessToken.Reveal())
		if err != nil {
			t.Fatal(err)
		}
		workspaces[who.Login] = len(c.Memberships)
		for _, m := range c.Memberships {
			if w := must(s.Store.Workspace.Get(s.ctx, m.WorkspaceID)); w.Name == who.Workspace {
				if told := s.held(m, w); told != who.Roles {
					t.Errorf("%s holds %q in %s, and is said to hold %q", who.Name, told, w.Name,
						who.Roles)
				}
			}
		}
	}
	if workspaces[camille] != 2 {
		t.Errorf("Camille is in %d workspaces, want 2", workspaces[camille])
	}
}

// held tells from the rows what a member holds, except by inheritance, in the words of the
// summary.
func (s *stage) held(m access.Membership, w *ent.Workspace) string {
	rows := must(s.Store.RoleAssignment.Query().
		Where(roleassignment.MemberID(m.MemberID), roleassignment.Inherited(false)).
		WithRole().WithGroup().WithOrgUnit().WithSession(func(q *ent.SessionQuery) {
		q.WithProgram()
	}).
		Order(ent.Asc(roleassignment.FieldID)).All(s.ctx))
	var roles []string
	at := ""
	for _, r := range rows {
		roles = append(roles, englishText("role."+r.Edges.Role.Key, nil))
		switch e := r.Edges; {
		case e.Group != nil:
			at = " in " + e.Group.Name
		case e.OrgUnit != nil:
			at = " in " + e.OrgUnit.Name
		case e.Session != nil:
			at = " in " + e.Session.Name + " of " + e.Session.Edges.Program.Name
		}
	}
	return strings.Join(roles, " and ") + at
}

func everyBuiltInRoleIsHeldAtEveryKindOfPlaceThatMatters(t *testing.T, s *stage) {
	held := map[string]bool{}
	for _, a := range must(s.Store.RoleAssignment.Query().WithRole().All(s.ctx)) {
		place := "workspace"
		switch {
		case a.GroupID != nil:
			place = "group"
		case a.OrgUnitID != nil:
			place = "unit"
		case a.SessionID != nil:
			place = "session"
		}
		held[a.Edges.Role.Key+" "+place] = true
	}
	for _, want := range []string{
		"admin workspace", "user_admin workspace", "user_admin group", "group_admin group",
		"manager unit", "coach group",
		"coach session", "instructor session", "learner group",
	} {
		if !held[want] {
			t.Errorf("nobody holds %s", want)
		}
	}
	// Every assignment is there for a reason.
	if n := must(s.Store.RoleAssignment.Query().
		Where(roleassignment.Not(roleassignment.HasSources())).Count(s.ctx)); n != 0 {
		t.Errorf("%d assignments have no source", n)
	}
}

func invitationsStandInEveryState(t *testing.T, s *stage) {
	now := s.Clock()
	for _, w := range must(s.Store.Workspace.Query().All(s.ctx)) {
		seen, sent, messages := map[entinvitation.Status]int{}, 0, 0
		for _, inv := range must(s.Store.Invitation.Query().Where(entinvitation.WorkspaceID(w.ID)).
			All(s.ctx)) {
			seen[invitation.Status(inv, now)]++
			if inv.DeliveryStatus == entinvitation.DeliveryStatusQueued {
				sent++
			}
			if inv.Message != nil {
				messages++
			}
		}
		for _, status := range []entinvitation.Status{
			entinvitation.StatusPending, entinvitation.StatusActive, entinvitation.StatusCancelled,
			entinvitation.StatusExpired,
		} {
			if seen[status] == 0 {
				t.Errorf("%s has no invitation that is %s", w.Name, status)
			}
		}
		if w.Slug == academy.slug && seen[entinvitation.StatusDeclined] == 0 {
			t.Errorf("%s has no invitation that is DECLINED", w.Name)
		}
		if sent == 0 || sent == seen[entinvitation.StatusPending] || messages == 0 {
			t.Errorf("%s: %d of %d pending ones are mailed, %d with a message", w.Name, sent,
				seen[entinvitation.StatusPending], messages)
		}
	}
	if n := must(s.Store.Invitation.Query().Where(entinvitation.RenewalAskedAtNotNil()).
		Count(s.ctx)); n == 0 {
		t.Error("nobody asked for a new link")
	}
}

func sessionsArePastRunningComingAndAlwaysOpen(t *testing.T, s *stage) {
	now := s.Clock()
	for name, is := range map[string]func(*ent.SessionQuery) *ent.SessionQuery{
		"past": func(q *ent.SessionQuery) *ent.SessionQuery {
			return q.Where(entsession.EndsAtLT(now))
		},
		"running": func(q *ent.SessionQuery) *ent.SessionQuery {
			return q.Where(entsession.StartsAtLT(now), entsession.EndsAtGT(now))
		},
		"coming": func(q *ent.SessionQuery) *ent.SessionQuery {
			return q.Where(entsession.StartsAtGT(now))
		},
		"always open": func(q *ent.SessionQuery) *ent.SessionQuery {
			return q.Where(entsession.StartsAtIsNil(), entsession.EndsAtIsNil())
		},
	} {
		for _, w := range workspaceTables {
			if must(is(s.Store.Session.Query()).
				Where(entsession.HasWorkspaceWith(workspace.Slug(w.slug))).Count(s.ctx)) == 0 {
				t.Errorf("no session of %s is %s", w.name, name)
			}
		}
	}
	for _, status := range []enrollment.Status{enrollment.StatusEnrolled,
		enrollment.StatusCompleted, enrollment.StatusWithdrawn} {
		if must(s.Store.Enrollment.Query().Where(enrollment.StatusEQ(status)).Count(s.ctx)) == 0 {
			t.Errorf("no enrollment is %s", status)
		}
	}
	// The table must not show more than the services granted.
	if n := must(s.Store.Member.Query().Where(member.StatusNEQ(member.StatusActive)).
		Count(s.ctx)); n != 0 {
		t.Errorf("%d members are not active", n)
	}
}

func TestTheMailboxGetsTheInvitationsAndRefusesSome(t *testing.T) {
	t.Parallel()
	s := onSQLite(t)
	s.seed(t)
	if err := s.queue.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
		defer cancel()
		_ = s.queue.Stop(ctx)
	})
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	if _, err := s.box.WaitFor(ctx, "theo.roussel@brightwater.example", 1); err != nil {
		t.Fatalf("the French invitation did not come: %v", err)
	}
	for email, want := range map[string]entinvitation.DeliveryStatus{
		"ben.carter@brightwater.example": entinvitation.DeliveryStatusSent,
		"reject.me@partner.example":      entinvitation.DeliveryStatusFailed,
	} {
		var inv *ent.Invitation
		for inv == nil || inv.DeliveryStatus == entinvitation.DeliveryStatusQueued &&
			ctx.Err() == nil {
			inv = must(s.Store.Invitation.Query().Where(entinvitation.EmailKey(email)).Only(s.ctx))
			time.Sleep(20 * time.Millisecond)
		}
		if inv.DeliveryStatus != want {
			t.Errorf("the mail to %s is %s, want %s", email, inv.DeliveryStatus, want)
		}
	}
}

func TestTheDemoPasswordIsOneThatAnybodyMayHave(t *testing.T) {
	t.Parallel()
	for _, w := range workspaceTables {
		for _, p := range w.people {
			if err := password.Check(Password, p.login, p.first, p.last, w.name,
				organizationName); err != nil {
				t.Errorf("%s: %v", p.login, err)
			}
		}
	}
}

func TestWhatIsPrintedNamesEveryAddressAndEverySignIn(t *testing.T) {
	t.Parallel()
	var out strings.Builder
	sum := buildSummary()
	sum.Print(&out, Addresses{Usher: "http://127.0.0.1:8080/", Application: "http://127.0.0.1:8081"})
	printed := out.String()
	t.Log(printed)
	for _, want := range []string{
		"http://127.0.0.1:8080/\n", "http://127.0.0.1:8080/sign-in",
		"http://127.0.0.1:8080/graphql", "http://127.0.0.1:8080/mailbox",
		"  1. http://127.0.0.1:8080/console/ ", "  6. http://127.0.0.1:8081/ ",
		"http://127.0.0.1:8080/join/brightwater ", "http://127.0.0.1:8080/demo/card ",
		Password, academy.name, france.name,
	} {
		if !strings.Contains(printed, want) {
			t.Errorf("%q is not printed", want)
		}
	}
	for _, who := range sum.SignIns {
		if !slices.ContainsFunc(strings.Split(printed, "\n"), func(line string) bool {
			return strings.Contains(line, who.Name) && strings.Contains(line, who.Login) &&
				strings.Contains(line, who.Roles)
		}) {
			t.Errorf("no line tells of %v", who)
		}
	}
	if regexp.MustCompile(`\b(demo|role)\.[a-z]`).MatchString(printed) {
		t.Error("a key of the catalogue is printed instead of its words")
	}
}
