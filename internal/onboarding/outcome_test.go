package onboarding_test

import (
	"testing"

	"usher/ent/mail"
	"usher/ent/role"
	"usher/internal/access"
	"usher/internal/admission"
	"usher/internal/apptest"
	"usher/internal/fault"
	"usher/internal/ident"
	"usher/internal/invitation"
	"usher/internal/provisioning"
)

// An outcome tells the clean address beside the entry as it was given, and why nothing was done.
func TestAnOutcomeTellsTheCleanAddressAndTheFault(t *testing.T) {
	onBoth(t, func(t *testing.T, p *apptest.Place) {
		suppressed(p, "no@example.org", p.Workspace.ID)
		out := invite(p, input{Emails: []string{"Ana <ana@example.org>", "nonsense",
			"a@example.org; b@example.org", "no@example.org"}})
		same(t, "outcomes", told(out), []string{"Ana <ana@example.org> INVITED",
			"nonsense INVALID_ADDRESS", "a@example.org INVITED", "b@example.org INVITED",
			"no@example.org SUPPRESSED"})
		same(t, "clean", *out[0].Email, "ana@example.org")
		if out[1].Email != nil {
			t.Errorf("an invalid entry has the address %s", *out[1].Email)
		}
		same(t, "code", out[1].Fault.Code, fault.BadUserInput)
		same(t, "field", out[1].Fault.Field, "emails.1")
		same(t, "suppressed", out[4].Fault.Code, fault.Conflict)
		if out[0].Fault != nil {
			t.Error("somebody invited has a fault")
		}
	})
}

// Adding to a pending invitation tells what changed, and warns where a value was replaced or an
// administrator comes of it.
func TestAMergeTellsWhatItReplaced(t *testing.T) {
	onBoth(t, func(t *testing.T, p *apptest.Place) {
		north, south := p.Unit("North", nil), p.Unit("South", nil)
		g := p.Group("g", "PRIVATE", nil)
		again := func(g *grants) *invitation.Outcome {
			return invite(p, input{Emails: []string{"a@example.org"}, Grant: g})[0]
		}
		again(&grants{OrgUnitID: &north.ID})
		added := again(&grants{GroupIDs: idList(g)})
		same(t, "changes", added.Changes, []string{"roles", "groupIds"})
		same(t, "sentence", added.Sentence.Key, "invite.updated")
		moved := again(&grants{OrgUnitID: &south.ID, Roles: []string{access.Admin}})
		same(t, "changes", moved.Changes, []string{"roles", "orgUnitId"})
		same(t, "warnings", moved.Warnings, []invitation.Warning{invitation.OrgUnitReplaced,
			invitation.AdministratorRoleAdded})
		same(t, "sentence", moved.Sentence.Key, "invite.updated_replaced")

		ga := p.Join("ga@example.org", &grants{Roles: []string{access.GroupAdmin},
			GroupIDs: idList(g)})
		p.Verify("ga@example.org")
		part, err := inviteAs(p, ga, input{Emails: []string{"a@example.org"},
			Grant: &grants{GroupIDs: idList(g), AccessExpiresAt: after(p, day)}})
		must(t, err)
		same(t, "a part", part[0].Warnings, []invitation.Warning{invitation.PartsIgnored})
	})
}

// A program without a session that is ongoing or coming enrolls nobody, and the inviter is told.
func TestAProgramWithoutASessionToComeIsToldOf(t *testing.T) {
	onBoth(t, func(t *testing.T, p *apptest.Place) {
		past, open := p.Program("Past"), p.Program("Open")
		p.Session(past, "Past run", -2*day, -day)
		p.Session(open, "Always", apptest.Always, apptest.Always)
		warnings := func(email string, programs ...ident.ID) []invitation.Warning {
			return invite(p, input{Emails: []string{email},
				Grant: &grants{ProgramIDs: programs}})[0].Warnings
		}
		same(t, "past", warnings("a@example.org", past.ID),
			[]invitation.Warning{invitation.NoCurrentSession})
		same(t, "open", warnings("b@example.org", open.ID), []invitation.Warning{})
	})
}

// CRE-1: an account with an address has a way in. No platform email is sent where none is wanted,
// and a typed password never is.
func TestACreatedAccountHasAWayInAndChoosesItsEmails(t *testing.T) {
	onBoth(t, func(t *testing.T, p *apptest.Place) {
		make := func(in provisioning.CreateInput) (*provisioning.Creation, error) {
			in.WorkspaceID, in.FirstName, in.LastName = p.Workspace.ID, "Ann", "Lee"
			return p.Provisioning.CreateUser(t.Context(), p.Caller(p.Admin), in)
		}
		emails := func(to string) []string {
			kinds, err := p.Store.Mail.Query().Where(mail.ToKey(to)).Select(mail.FieldKind).
				Strings(p.In())
			must(t, err)
			return kinds
		}
		typed, yes, no := "a password of ours", true, false
		_, err := make(provisioning.CreateInput{Email: new("none@example.org")})
		refused(t, err, fault.BadUserInput, "password")
		_, err = make(provisioning.CreateInput{Email: new("quiet@example.org"), Password: &typed,
			SendWelcome: &no})
		must(t, err)
		same(t, "no welcome", len(emails("quiet@example.org")), 0)
		both, err := make(provisioning.CreateInput{Email: new("both@example.org"), Password: &typed,
			SendCredentials: &yes, SendWelcome: &no})
		must(t, err)
		same(t, "warned", both.Warnings, []invitation.Warning{invitation.PasswordNotSent,
			invitation.SameName}) // the quiet one is called Ann Lee too
		same(t, "told how to sign in", emails("both@example.org"), []string{"welcome"})
		same(t, "the typed password stays", p.User("both@example.org").MustChangePassword, false)
	})
}

// addToGroup and registerForSession take addresses in each form, with language and end of access,
// and name the fields that their inputs have.
func TestGroupsAndSessionsTakeAddressesInEachForm(t *testing.T) {
	onBoth(t, func(t *testing.T, p *apptest.Place) {
		g := p.Group("g", "PRIVATE", nil)
		monday := p.Session(p.Program("Safety"), "Monday", day, 2*day)
		french, end := "fr", after(p, 5*day)
		out, err := p.Invitations.AddToGroup(t.Context(), p.Caller(p.Admin), invitation.AddInput{
			GroupID: g.ID, Text: new("a@example.org, b@example.org"), Locale: &french,
			AccessExpiresAt: end, People: []*invitation.Invitee{{Email: "c@example.org",
				FirstName: new("Cleo")}}})
		must(t, err)
		same(t, "outcomes", told(out), []string{"a@example.org INVITED", "b@example.org INVITED",
			"c@example.org INVITED"})
		inv := sentTo(p, "c@example.org")
		same(t, "name", *inv.FirstName, "Cleo")
		same(t, "language", *inv.Locale, "fr")
		same(t, "end", inv.Grant.AccessExpiresAt.Equal(*end), true)

		_, err = p.Invitations.AddToGroup(t.Context(), p.Caller(p.Admin), invitation.AddInput{
			GroupID: g.ID, Emails: []string{"d@example.org"}, AccessExpiresAt: after(p, -day)})
		refused(t, err, fault.BadUserInput, "accessExpiresAt")
		_, err = p.Invitations.AddToGroup(t.Context(), p.Caller(p.Admin), invitation.AddInput{
			GroupID: g.ID, Emails: []string{"d@example.org"}, Roles: []string{"nobody"}})
		refused(t, err, fault.NotFound, "roles.0")

		p.Configure(func(s *settings) { s.RequireGroup = true })
		_, err = p.Invitations.Register(t.Context(), p.Caller(p.Admin), invitation.RegisterInput{
			SessionID: monday.ID, Text: new("e@example.org")})
		refused(t, err, fault.BadUserInput, "groupId")
		out, err = p.Invitations.Register(t.Context(), p.Caller(p.Admin), invitation.RegisterInput{
			SessionID: monday.ID, GroupID: &g.ID, Text: new("e@example.org")})
		must(t, err)
		same(t, "registered", told(out), []string{"e@example.org INVITED"})
	})
}

// An instructor who may invite into a session looks after what they sent, and nothing else.
func TestAnInstructorLooksAfterTheirOwnInvitations(t *testing.T) {
	onBoth(t, func(t *testing.T, p *apptest.Place) {
		g := p.Group("g", "PRIVATE", nil)
		monday := p.Session(p.Program("Safety"), "Monday", day, 2*day)
		teacher := p.Join("teacher@example.org", &grants{
			Roles:      []string{access.Instructor, access.Coach},
			SessionIDs: []ident.ID{monday.ID}, GroupIDs: idList(g)})
		p.Verify("teacher@example.org")
		_, err := p.Invitations.Register(t.Context(), p.Caller(teacher), invitation.RegisterInput{
			SessionID: monday.ID, GroupID: &g.ID, Emails: []string{"own@example.org"}})
		must(t, err)
		other := invite(p, input{Emails: []string{"other@example.org"},
			Grant: &grants{GroupIDs: idList(g)}})[0].Invitation
		p.Clock.Add(day / 2)
		own := sentTo(p, "own@example.org")
		for inv, may := range map[*invitationRow]bool{own: true, other: false} {
			roles, err := p.Store.Role.Query().Where(role.IDIn(admission.RoleIDs(inv.Grant)...)).
				All(p.In())
			must(t, err)
			same(t, "a list offers to act on "+inv.Email, invitation.PermissionsOver(
				p.Caller(teacher), inv, roles).Has(access.MembersInvite), may)
		}
		same(t, "invites into the session", invitation.InvitesIntoSession(
			p.Caller(teacher).In(p.Workspace.ID), monday.ID), true)
		_, err = p.Invitations.Resend(t.Context(), p.Caller(teacher), own.ID, invitation.ResendInput{})
		must(t, err)
		_, err = p.Invitations.CorrectEmail(t.Context(), p.Caller(teacher), own.ID,
			"corrected@example.org")
		must(t, err)
		_, err = p.Invitations.Cancel(t.Context(), p.Caller(teacher), own.ID)
		must(t, err)
		_, err = p.Invitations.Cancel(t.Context(), p.Caller(teacher), other.ID)
		refused(t, err, fault.Forbidden, "")
		same(t, "invites into sessions",
			invitation.InvitesIntoSessions(p.Caller(teacher).In(p.Workspace.ID)), true)
	})
}

// Without a mail server nobody gets the generated password, and the answer says so.
func TestCredentialsThatCannotBeSentAreAWarning(t *testing.T) {
	apptest.OnBoth(t, func(t *testing.T, k *apptest.Kit) {
		p := k.Found("Acme", "acme")
		c, err := k.Provisioning.CreateUser(t.Context(), k.Caller(p.Admin), provisioning.CreateInput{
			WorkspaceID: p.Workspace.ID, FirstName: "Jane", LastName: "Doe",
			Email: new("jane@example.org"), SendCredentials: new(true)})
		must(t, err)
		same(t, "status", c.Status, provisioning.Created)
		same(t, "warned", c.Warnings, []invitation.Warning{invitation.PasswordNotSent})
	}, apptest.WithoutMail, apptest.WithoutWorker)
}
