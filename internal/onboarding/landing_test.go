package onboarding_test

import (
	"strings"
	"testing"

	"usher/internal/account"
	"usher/internal/admission"
	"usher/internal/apptest"
	"usher/internal/config"
	"usher/internal/devmail"
	"usher/internal/fault"
	"usher/internal/ident"
	"usher/internal/inputs"
	"usher/internal/invitation"
	"usher/internal/provisioning"
	"usher/internal/workspace"
)

const (
	appHome    = "https://learn.example.org/home"
	appWelcome = "https://learn.example.org/courses/welcome"
)

// configureLanding sets the home URL and the allowed redirect URLs.
func configureLanding(p *apptest.Place, home string, allowed ...string) {
	p.T.Helper()
	_, err := p.Workspaces.Update(p.T.Context(), p.Caller(p.Admin), workspace.UpdateInput{
		ID: p.Workspace.ID, AllowedRedirectURLs: append([]string{}, allowed...),
		HomeURL: inputs.Change[string]{Set: true, Value: inputs.NilIfEmpty(home)}})
	must(p.T, err)
}

// INV-21: emails to members lead where the workspace wants its members, and those to people without
// a place there still lead to Usher.
func TestEmailsLeadIntoTheApplication(t *testing.T) {
	withWorker(t, func(t *testing.T, p *apptest.Place) {
		isLed := func(m devmail.Message, want string) {
			t.Helper()
			if !strings.Contains(m.Text, "\n"+want+"\n") || !strings.Contains(m.HTML, `href="`+want) {
				t.Errorf("%q to %v does not lead to %s:\n%s", m.Subject, m.To, want, m.Text)
			}
		}
		leads := func(email string, n int, want string) {
			t.Helper()
			isLed(p.Received(email, n), want)
		}
		base := p.Settings.PublicURL.String()
		configureLanding(p, appHome, "https://learn.example.org/courses")
		redirect := &admission.GrantInput{RedirectURL: new(appWelcome)}

		// The welcome of a created account, with and without a page of its own.
		for email, c := range map[string]struct {
			grant *admission.GrantInput
			want  string
		}{"plain@acme.test": {nil, appHome}, "own@acme.test": {redirect, appWelcome}} {
			_, err := create(p, provisioning.CreateInput{Email: new(email),
				Password: new(apptest.Password), Grant: c.grant})
			must(t, err)
			leads(email, 1, c.want)
		}
		// A person who has to sign in first gets the sign-in page.
		_, err := create(p, provisioning.CreateInput{Email: new("told@acme.test"),
			Password: new(apptest.Password), SendCredentials: new(true), Grant: redirect})
		must(t, err)
		leads("told@acme.test", 1, base+"/sign-in")

		// The approval of a join request, and the welcome after an invitation.
		l := makeLink(p, link{RequiresApproval: new(true), Grant: redirect})
		comesIn(p, l, "joined@example.org")
		_, err = p.JoinLinks.Approve(t.Context(), p.Caller(p.Admin),
			requests(p, "joined@example.org")[0].ID)
		must(t, err)
		// The emails before may come later, or not at all once they are pointless.
		isLed(p.ReceivedWith("joined@example.org", "\n"+appWelcome+"\n"), appWelcome)
		p.Join("invited@acme.test", redirect)
		isLed(p.ReceivedWith("invited@acme.test", "\n"+appWelcome+"\n"), appWelcome)

		// A session leads members to the application.
		session := p.Session(p.Program("Safety"), "Monday", apptest.Always, apptest.Always)
		_, err = p.Invitations.Register(t.Context(), p.Caller(p.Admin), invitation.RegisterInput{
			SessionID: session.ID, MemberIDs: []ident.ID{p.Member("plain@acme.test").ID}})
		must(t, err)
		leads("plain@acme.test", 2, appHome)

		// Without a home URL all of it leads to Usher.
		configureLanding(p, "")
		_, err = create(p, provisioning.CreateInput{Email: new("late@acme.test"),
			Password: new(apptest.Password)})
		must(t, err)
		leads("late@acme.test", 1, base)
	})
}

const frontEnd = "https://app.example.org"

// INV-21: emails lead to the screens of a front end that the operator has listed, and only the links
// of the workspace's invitations and join requests do.
func TestEmailedLinksLeadToTheFrontEndOfTheWorkspace(t *testing.T) {
	listed := apptest.WithSettings(func(s *config.Settings) {
		s.CORSOrigins = []string{frontEnd}
	})
	apptest.OnBoth(t, func(t *testing.T, k *apptest.Kit) {
		p := k.Found("Acme", "acme")
		update := func(invitations, joins *string) error {
			_, err := p.Workspaces.Update(t.Context(), p.Caller(p.Admin), workspace.UpdateInput{
				ID:                     p.Workspace.ID,
				InvitationLinkTemplate: inputs.Change[string]{Set: true, Value: invitations},
				JoinLinkTemplate:       inputs.Change[string]{Set: true, Value: joins}})
			return err
		}
		for _, template := range []string{"https://evil.example/{token}", frontEnd + "/accept",
			"http://app.example.org/{token}"} {
			refused(t, update(&template, nil), fault.BadUserInput, "invitationLinkTemplate")
			refused(t, update(nil, &template), fault.BadUserInput, "joinLinkTemplate")
		}
		must(t, update(new(frontEnd+"/accept/{token}"), new(frontEnd+"/#/confirm?t={token}")))

		invited := invite(p, input{Emails: []string{"ann@example.org"}})[0].Invitation
		p.ReceivedWith("ann@example.org", frontEnd+"/accept/"+p.MailToken(invited)+"\n")
		must(t, ask(p, makeLink(p, link{}), "joins@example.org"))
		p.ReceivedWith("joins@example.org", frontEnd+"/#/confirm?t=")
		// An account belongs to all workspaces of a person.
		p.Join("member@acme.test", nil)
		must(t, p.Accounts.RequestPasswordReset(t.Context(), "member@acme.test",
			account.Origin{}))
		p.ReceivedWith("member@acme.test", p.Settings.PublicURL.String()+"/reset-password/")

		must(t, update(nil, nil))
		again := invite(p, input{Emails: []string{"ben@example.org"}})[0].Invitation
		p.ReceivedWith("ben@example.org", p.Settings.PublicURL.String()+"/invitations/"+
			p.MailToken(again)+"\n")
	}, listed)
}

// INV-21: the operator leads links about accounts to one front end for the whole installation.
func TestLinksAboutAccountsFollowTheOperator(t *testing.T) {
	named := apptest.WithSettings(func(s *config.Settings) {
		s.AccountLinkTemplate = frontEnd + "/account/{page}?token={token}"
	})
	apptest.OnBoth(t, func(t *testing.T, k *apptest.Kit) {
		p := k.Found("Acme", "acme")
		must(t, p.Accounts.RequestPasswordReset(t.Context(), "admin@acme.test",
			account.Origin{}))
		want := frontEnd + "/account/reset-password?token="
		if text := p.Received("admin@acme.test", 1).Text; !strings.Contains(text, want) {
			t.Errorf("no %s in\n%s", want, text)
		}
	}, named)
}
