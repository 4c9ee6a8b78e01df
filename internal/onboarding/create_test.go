package onboarding_test

import (
	"strings"
	"testing"
	"time"

	"usher/ent"
	entinvitation "usher/ent/invitation"
	"usher/ent/member"
	"usher/internal/access"
	"usher/internal/account"
	"usher/internal/apptest"
	"usher/internal/fault"
	"usher/internal/invitation"
	"usher/internal/provisioning"
)

// create makes an account as the administrator.
func create(p *apptest.Place, in provisioning.CreateInput) (*provisioning.Creation, error) {
	p.T.Helper()
	return createAs(p, p.Admin, in)
}

func createAs(p *apptest.Place, by *ent.Member,
	in provisioning.CreateInput) (*provisioning.Creation, error) {
	p.T.Helper()
	in.WorkspaceID = p.Workspace.ID
	if in.FirstName == "" {
		in.FirstName, in.LastName = "Ann", "Lee"
	}
	if in.Email != nil && in.Password == nil && in.SendCredentials == nil {
		in.Password = new("a password of ours")
	}
	return p.Provisioning.CreateUser(p.T.Context(), p.Caller(by), in)
}

// CRE-1: a created account is active immediately.
func TestACreatedPersonIsInAtOnce(t *testing.T) {
	onBoth(t, func(t *testing.T, p *apptest.Place) {
		class := p.Group("Class", "PUBLIC", p.Group("School", "PRIVATE", nil))
		c, err := create(p, provisioning.CreateInput{Email: new("Ann@acme.test"), Password: new(
			apptest.Password), Grant: &grants{GroupIDs: idList(class), Labels: []string{"new"}}})
		if err != nil {
			t.Fatal(err)
		}
		same(t, "status", c.Status, provisioning.Created)
		same(t, "holds", p.Holds(c.Member.ID), []string{"learner@Class", "learner@School^"})
		same(t, "via", c.Member.JoinedVia, member.JoinedViaCreated)
		same(t, "labels", c.Member.Labels, []string{"new"})
		same(t, "seats", p.SeatsTaken(), 2)
		same(t, "mails", p.Kinds("ann@acme.test"), []string{"welcome"})
		same(t, "proven", p.User("ann@acme.test").EmailProven, false)
		if _, err := p.Accounts.SignIn(t.Context(), account.SignInInput{Login: "ann@acme.test",
			Password: apptest.Password}); err != nil {
			t.Errorf("sign in: %v", err)
		}
		again, err := create(p, provisioning.CreateInput{Email: new("ann@acme.test"),
			Password: new("quite another secret")})
		if err != nil || again.Status != provisioning.AlreadyMember ||
			again.Member.ID != c.Member.ID {
			t.Errorf("again: %+v, %v", again, err)
		}
		if _, err := p.Accounts.SignIn(t.Context(), account.SignInInput{Login: "ann@acme.test",
			Password: apptest.Password}); err != nil {
			t.Errorf("the former password: %v", err)
		}
	})
}

// CRE-2: a person without an email address has a username instead.
func TestPeopleWithoutEmailSignInByUsername(t *testing.T) {
	apptest.OnBoth(t, func(t *testing.T, k *apptest.Kit) {
		p, far := k.Found("Acme", "acme"), k.Found("Far", "far")
		c, err := create(p, provisioning.CreateInput{Username: new("ann.lee"),
			Password: new(apptest.Password)})
		if err != nil || c.Status != provisioning.Created {
			t.Fatalf("%+v, %v", c, err)
		}
		_, err = create(p, provisioning.CreateInput{Username: new("Ann.Lee"),
			Password: new(apptest.Password)})
		refused(t, err, fault.Conflict, "username")
		if _, err = create(far, provisioning.CreateInput{Username: new("ann.lee"),
			Password: new(apptest.Password)}); err != nil {
			t.Errorf("in another organization: %v", err)
		}
		if _, err := k.Accounts.SignIn(t.Context(), account.SignInInput{Login: "ANN.LEE",
			Workspace: "acme", Password: apptest.Password}); err != nil {
			t.Errorf("sign in: %v", err)
		}
	}, apptest.WithoutWorker)
}

func TestGeneratedCredentialsAreMailedAndWorkOnce(t *testing.T) {
	withWorker(t, func(t *testing.T, p *apptest.Place) {
		if _, err := create(p, provisioning.CreateInput{Email: new("ann@acme.test"),
			SendCredentials: new(true)}); err != nil {
			t.Fatal(err)
		}
		m := p.Received("ann@acme.test", 1)
		password := ""
		for line := range strings.Lines(m.Text) {
			if _, after, found := strings.Cut(line, "One-time password"); found {
				password = strings.Trim(after, " :\r\n\t")
			}
		}
		s, err := p.Accounts.SignIn(t.Context(), account.SignInInput{Login: "ann@acme.test",
			Password: password})
		if err != nil || !s.MustChangePassword {
			t.Fatalf("with %q: %+v, %v", password, s, err)
		}
		_, err = p.Accounts.SignIn(t.Context(), account.SignInInput{Login: "ann@acme.test",
			Password: password})
		refused(t, err, fault.Unauthenticated, "")
		u := p.User("ann@acme.test")
		if _, err := p.Accounts.ChangePassword(t.Context(),
			&access.Caller{UserID: u.ID, SignInID: s.SignInID, MustChange: true}, password,
			"a password of my own", account.Origin{}); err != nil {
			t.Fatal(err)
		}
		// the password came back from the mailbox
		same(t, "proven", p.User("ann@acme.test").EmailProven, true)

		if _, err := create(p, provisioning.CreateInput{Email: new("ben@acme.test"),
			SendCredentials: new(true)}); err != nil {
			t.Fatal(err)
		}
		late := p.Received("ben@acme.test", 1)
		p.Clock.Add(24 * time.Hour)
		for line := range strings.Lines(late.Text) {
			if _, after, found := strings.Cut(line, "One-time password"); found {
				_, err = p.Accounts.SignIn(t.Context(), account.SignInInput{Login: "ben@acme.test",
					Password: strings.Trim(after, " :\r\n\t")})
				refused(t, err, fault.Unauthenticated, "")
			}
		}
	})
}

func TestAnAccountOfTheOrganizationIsUsedAsItIs(t *testing.T) {
	apptest.OnBoth(t, func(t *testing.T, k *apptest.Kit) {
		p, sister, far := k.Found("Acme", "acme"), k.Found("Acme", "sister"), k.Found("Far", "far")
		sister.Join("ann@acme.test", nil)
		prove(p, k.User("ann@acme.test")) // else they would be invited (AUT-6)
		hash := *k.User("ann@acme.test").PasswordHash
		c, err := create(p, provisioning.CreateInput{Email: new("ann@acme.test"),
			Password: new("quite another secret"), FirstName: "Other", LastName: "Name"})
		if err != nil || c.Status != provisioning.Created {
			t.Fatalf("%+v, %v", c, err)
		}
		same(t, "warnings", c.Warnings, []invitation.Warning{invitation.AccountExistsElsewhere})
		same(t, "hash", *k.User("ann@acme.test").PasswordHash, hash)
		same(t, "seats", p.SeatsTaken(), 3) // two administrators and one person in two workspaces

		far.Join("ben@far.test", nil)
		c, err = create(p, provisioning.CreateInput{Email: new("ben@far.test"),
			Password: new("quite another secret")})
		if err != nil || c.Status != provisioning.InvitedInstead || c.Member != nil {
			t.Fatalf("%+v, %v", c, err)
		}
		same(t, "invitation", c.Invitation.Status, entinvitation.StatusPending)
		same(t, "warnings", c.Warnings, []invitation.Warning{})
	}, apptest.WithoutWorker)
}

func TestCreatingSettlesAPendingInvitation(t *testing.T) {
	onBoth(t, func(t *testing.T, p *apptest.Place) {
		inv := p.Invite("ann@acme.test", nil)
		c, err := create(p, provisioning.CreateInput{Email: new("ann@acme.test"),
			Password: new(apptest.Password)})
		if err != nil {
			t.Fatal(err)
		}
		got := p.Invitation(inv.ID)
		same(t, "status", got.Status, entinvitation.StatusActive)
		same(t, "member", *got.MemberID, c.Member.ID)
	})
}

func TestBadPeopleToCreateAreRefused(t *testing.T) {
	onBoth(t, func(t *testing.T, p *apptest.Place) {
		for field, in := range map[string]provisioning.CreateInput{
			"lastName":        {FirstName: "Ann", Email: new("ann@acme.test")},
			"email":           {},
			"username":        {Username: new("ann@acme")},
			"sendCredentials": {Username: new("ann"), SendCredentials: new(true)},
		} {
			_, err := create(p, in)
			refused(t, err, fault.BadUserInput, field)
		}
		_, err := create(p, provisioning.CreateInput{Email: new("ann@acme.test"),
			Password: new("password")})
		refused(t, err, fault.PasswordTooWeak, "password")
		class := p.Group("Class", "PRIVATE", nil)
		manager := p.Join("boss@acme.test", &grants{Roles: []string{access.GroupAdmin},
			GroupIDs: idList(class)})
		_, err = createAs(p, manager, provisioning.CreateInput{Email: new("ann@acme.test")})
		refused(t, err, fault.Forbidden, "")
		_, err = createAs(p, manager, provisioning.CreateInput{Email: new("ann@acme.test"),
			Grant: &grants{Roles: []string{access.Admin}, GroupIDs: idList(class)}})
		refused(t, err, fault.Forbidden, "")
		learner := p.Join("learner@acme.test", nil)
		_, err = createAs(p, learner, provisioning.CreateInput{Email: new("ann@acme.test")})
		refused(t, err, fault.Forbidden, "")
		p.Seats(p.SeatsTaken())
		_, err = create(p, provisioning.CreateInput{Email: new("ann@acme.test")})
		refused(t, err, fault.SeatLimitReached, "")
		same(t, "mails", p.Kinds("ann@acme.test"), []string{})
	})
}
