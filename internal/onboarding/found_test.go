package onboarding_test

import (
	"testing"

	"usher/ent/role"
	"usher/internal/account"
	"usher/internal/admission"
	"usher/internal/apptest"
	"usher/internal/fault"
)

func TestAWorkspaceIsFoundedWithItsRolesAndItsFirstAdministrator(t *testing.T) {
	onBoth(t, func(t *testing.T, p *apptest.Place) {
		f, err := p.Admission.FoundWorkspace(t.Context(), admission.FoundInput{
			Organization: "École", Workspace: "ecole-2", Email: "Chef@Ecole.example",
			FirstName: "Zoé", LastName: "Chef", Password: "un cheval de bataille", Locale: "fr",
		})
		if err != nil {
			t.Fatal(err)
		}
		there := &apptest.Place{Kit: p.Kit, Workspace: f.Workspace, Admin: f.Member}
		same(t, "holds", there.Holds(f.Member.ID), []string{"admin@*"})
		same(t, "workspace", []string{f.Workspace.Slug, f.Workspace.Name,
			f.Workspace.DefaultLocale}, []string{"ecole-2", "ecole-2", "fr"})
		same(t, "seats", there.SeatsTaken(), 1)
		same(t, "history", there.Happened(f.Workspace.ID), []string{"workspace.founded"})
		same(t, "mails", p.Kinds("chef@ecole.example"), []string{})
		r, err := p.Store.Role.Query().Where(role.Key("group_admin")).Only(there.In())
		if err != nil || r.Name == "group_admin" || !r.BuiltIn {
			t.Errorf("%v %v", r, err)
		}
		n, err := p.Store.Role.Query().Count(there.In())
		if n != 7 || err != nil {
			t.Errorf("%d roles (%v)", n, err)
		}
		if _, err := p.Accounts.SignIn(t.Context(), account.SignInInput{Login: "chef@ecole.example",
			Password: "un cheval de bataille"}); err != nil {
			t.Error(err)
		}
	})
}

func TestASecondWorkspaceOfAnOrganizationSharesItsSeatsAndUsesTheAccountAsItIs(t *testing.T) {
	onBoth(t, func(t *testing.T, p *apptest.Place) {
		before := p.User("admin@acme.test")
		f, err := p.Admission.FoundWorkspace(t.Context(), admission.FoundInput{
			Organization: "Acme", Workspace: "acme-north", Email: "ADMIN@acme.test",
			FirstName: "Other", LastName: "Name", Password: "another password entirely",
		})
		if err != nil {
			t.Fatal(err)
		}
		same(t, "organization", f.Workspace.OrganizationID, p.Workspace.OrganizationID)
		same(t, "seats", p.SeatsTaken(), 1)
		same(t, "account", []any{f.User.ID, *p.User("admin@acme.test").FirstName,
			*p.User("admin@acme.test").PasswordHash}, []any{before.ID, "Ada", *before.PasswordHash})
	})
}

func TestABadFoundingIsRefusedAndFoundsNothing(t *testing.T) {
	onBoth(t, func(t *testing.T, p *apptest.Place) {
		good := admission.FoundInput{Organization: "Acme", Workspace: "new", Email: "a@example.org",
			FirstName: "A", LastName: "B", Password: apptest.Password}
		p.Seats(1)
		before := p.Snapshot()
		for _, c := range []struct {
			code, field string
			spoil       func(in *admission.FoundInput)
		}{
			{"BAD_USER_INPUT", "organization", func(in *admission.FoundInput) {
				in.Organization = ""
			}},
			{"BAD_USER_INPUT", "workspace", func(in *admission.FoundInput) { in.Workspace = "" }},
			{"BAD_USER_INPUT", "workspace", func(in *admission.FoundInput) {
				in.Workspace = "Not A Slug"
			}},
			{"BAD_USER_INPUT", "workspace", func(in *admission.FoundInput) { in.Workspace = "-a" }},
			{"BAD_USER_INPUT", "email", func(in *admission.FoundInput) { in.Email = "nonsense" }},
			{"BAD_USER_INPUT", "locale", func(in *admission.FoundInput) { in.Locale = "de" }},
			{"PASSWORD_TOO_WEAK", "", func(in *admission.FoundInput) { in.Password = "password1" }},
			{"CONFLICT", "", func(in *admission.FoundInput) { in.Workspace = "acme" }},
			{"SEAT_LIMIT_REACHED", "", func(*admission.FoundInput) {}},
		} {
			in := good
			c.spoil(&in)
			_, err := p.Admission.FoundWorkspace(t.Context(), in)
			refused(t, err, fault.Code(c.code), c.field)
		}
		same(t, "the database", p.Snapshot(), before)
	})
}

// AUT-6: the operator's command names an address, and proves nothing about who made its account.
func TestAnUnverifiedAccountBecomesAnOwnerOnlyIfTheOperatorHasVerifiedIt(t *testing.T) {
	onBoth(t, func(t *testing.T, p *apptest.Place) {
		squatted(p)
		in := admission.FoundInput{
			Organization: "Acme", Workspace: "hq", Email: "ceo@acme.test", FirstName: "Cleo",
			LastName: "Boss",
		}
		before := p.Snapshot()
		_, err := p.Admission.FoundWorkspace(t.Context(), in)
		refused(t, err, fault.Conflict, "email")
		same(t, "the database", p.Snapshot(), before)

		in.AddressVerified = true
		f, err := p.Admission.FoundWorkspace(t.Context(), in)
		must(t, err)
		if f.User.PasswordHash != nil || !f.User.EmailProven {
			t.Error("the password of whoever made the account goes on")
		}
		_, err = p.Accounts.SignIn(t.Context(), account.SignInInput{Login: "ceo@acme.test",
			Password: attackers})
		refused(t, err, fault.Unauthenticated, "")
	})
}
