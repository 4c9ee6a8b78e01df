package apptest

import (
	"context"
	"strings"
	"sync"

	"usher/ent"
	entsuppression "usher/ent/suppression"
	"usher/ent/user"
	"usher/internal/acceptance"
	"usher/internal/access"
	"usher/internal/account"
	"usher/internal/admission"
	"usher/internal/ident"
	"usher/internal/invitation"
	"usher/internal/password"
	"usher/internal/secret"
	"usher/internal/store"
	"usher/internal/suppression"
)

// Password is the password of every account, unless a test sets another.
const Password = "correct horse battery"

// Place is a workspace and its first administrator.
type Place struct {
	*Kit
	Workspace *ent.Workspace
	Admin     *ent.Member
}

// Found creates an organization with a workspace and its first administrator, admin@{slug}.test.
func (k *Kit) Found(organization, slug string) *Place {
	k.T.Helper()
	f, err := k.Admission.FoundWorkspace(k.T.Context(), admission.FoundInput{
		Organization: organization, Workspace: slug, Name: "Workspace " + slug,
		Email:     "admin@" + slug + ".test",
		FirstName: "Ada", LastName: "Admin", Password: Password, Locale: "en",
	})
	if err != nil {
		k.T.Fatal(err)
	}
	return &Place{k, f.Workspace, f.Member}
}

// Caller returns a member as caller, loaded from the database.
func (k *Kit) Caller(m *ent.Member) *access.Caller {
	k.T.Helper()
	c, err := k.Accounts.CallerByUserID(k.T.Context(), m.UserID)
	if err != nil {
		k.T.Fatal(err)
	}
	return c
}

// In returns a context in the scope of the workspace.
func (p *Place) In() context.Context { return store.InWorkspace(p.T.Context(), p.Workspace.ID) }

// Write changes rows of the workspace directly, to prepare a test.
func (p *Place) Write(fn func(ctx context.Context, tx *store.Tx) error) {
	p.T.Helper()
	ctx := p.In()
	if err := p.Store.WithTx(ctx, func(tx *store.Tx) error { return fn(ctx, tx) }); err != nil {
		p.T.Fatal(err)
	}
}

// Group creates a group below parent; nil creates a root.
func (p *Place) Group(name string, visibility string, parent *ent.Group) (g *ent.Group) {
	p.T.Helper()
	p.Write(func(ctx context.Context, tx *store.Tx) (err error) {
		row := tx.Group.Create().SetWorkspaceID(p.Workspace.ID).SetName(name)
		row.Mutation().SetVisibility(visibilityOf(visibility))
		if parent != nil {
			row.SetParentID(parent.ID)
		}
		g, err = row.Save(ctx)
		return err
	})
	return g
}

// Unit creates an org unit below parent; nil creates a root.
func (p *Place) Unit(name string, parent *ent.OrgUnit) (u *ent.OrgUnit) {
	p.T.Helper()
	p.Write(func(ctx context.Context, tx *store.Tx) (err error) {
		row := tx.OrgUnit.Create().SetWorkspaceID(p.Workspace.ID).SetName(name)
		if parent != nil {
			row.SetParentID(parent.ID)
		}
		u, err = row.Save(ctx)
		return err
	})
	return u
}

// hash returns the hash of Password, computed once in a process: most tests would wait for it.
var hash = sync.OnceValue(func() string {
	h, err := password.NewHasher(2).Hash(context.Background(), Password)
	if err != nil {
		panic(err)
	}
	return h
})

// Account returns the account of an address, which it creates without any membership if there is
// none.
func (k *Kit) Account(email string) (u *ent.User) {
	k.T.Helper()
	k.AsSystem(func(ctx context.Context, tx *store.Tx) (err error) {
		if u, err = tx.User.Query().Where(user.EmailKey(strings.ToLower(email))).
			Only(ctx); !ent.IsNotFound(err) {
			return err
		}
		name := strings.Split(email, "@")[0]
		u, err = tx.User.Create().SetEmail(email).SetEmailKey(strings.ToLower(email)).
			SetFirstName(name).SetLastName(name).
			SetPasswordHash(hash()).Save(ctx)
		return err
	})
	return u
}

// As returns an account as caller.
func (k *Kit) As(u *ent.User) *access.Caller {
	k.T.Helper()
	c, err := k.Accounts.CallerByUserID(k.T.Context(), u.ID)
	if err != nil {
		k.T.Fatal(err)
	}
	return c
}

// Join makes a person a member: an account that is invited by the administrator and accepts by the
// copied link. The address stays verified or unverified, as it was.
func (p *Place) Join(email string, grant *admission.GrantInput) *ent.Member {
	p.T.Helper()
	inv, u := p.Invite(email, grant), p.Account(email)
	verified := func(is bool) {
		p.AsSystem(func(ctx context.Context, tx *store.Tx) error {
			return tx.User.UpdateOneID(u.ID).SetEmailProven(is).Exec(ctx)
		})
	}
	if !u.EmailProven { // a copied link gives an unverified account nothing (AUT-6)
		verified(true)
		defer verified(false)
	}
	a, err := p.Acceptances.Accept(p.T.Context(), p.As(u), p.Accepting(inv), account.Origin{})
	if err != nil {
		p.T.Fatal(err)
	}
	return a.Member
}

// Suppress makes the workspace stop emailing an address.
func (p *Place) Suppress(email string, why entsuppression.Reason) (id ident.ID) {
	p.T.Helper()
	p.AsSystem(func(ctx context.Context, tx *store.Tx) error {
		row, err := tx.Suppression.Create().SetEmailKey(email).SetPlaceID(p.Workspace.ID).
			SetReason(why).Save(ctx)
		if err == nil {
			id = row.ID
		}
		return err
	})
	return id
}

// Verify marks addresses as verified, as an emailed link does, and leaves the rest of their
// accounts as it is.
func (p *Place) Verify(emails ...string) {
	p.T.Helper()
	p.AsSystem(func(ctx context.Context, tx *store.Tx) error {
		return tx.User.Update().Where(user.EmailKeyIn(emails...)).SetEmailProven(true).Exec(ctx)
	})
}

// Invite creates an invitation without an email.
func (p *Place) Invite(email string, grant *admission.GrantInput) *ent.Invitation {
	p.T.Helper()
	// Without an email the test's mailbox holds only the messages that the test is about.
	no := false
	out, err := p.Invitations.Invite(p.T.Context(), p.Caller(p.Admin), invitation.InviteInput{
		WorkspaceID: p.Workspace.ID, Emails: []string{email}, Grant: grant, SendEmail: &no,
	})
	if err != nil {
		p.T.Fatal(err)
	}
	if out[0].Invitation == nil {
		p.T.Fatalf("%s was not invited but %s", email, out[0].Status)
	}
	return out[0].Invitation
}

// Accepting returns the input with which a new person accepts by the copied link.
func (p *Place) Accepting(inv *ent.Invitation) acceptance.AcceptInput {
	p.T.Helper()
	link, err := p.Invitations.CopyLink(p.T.Context(), p.Caller(p.Admin), inv)
	if err != nil || link == "" {
		p.T.Fatalf("no link to copy: %v", err)
	}
	name, password := strings.Split(inv.Email, "@")[0], Password
	return acceptance.AcceptInput{Token: Token(link), FirstName: &name, LastName: &name,
		Password: &password}
}

// Mailed returns the input with which a new person accepts by the emailed link.
func (p *Place) Mailed(inv *ent.Invitation) acceptance.AcceptInput {
	p.T.Helper()
	in := p.Accepting(inv)
	in.Token = p.MailToken(inv)
	return in
}

// Decline is Invitations.Decline for tests that need the error only.
func (p *Place) Decline(ctx context.Context, token string, never *suppression.NeverEmail) error {
	_, err := p.Acceptances.Decline(ctx, token, never)
	return err
}

// RequestNewLink is Invitations.RequestNewLink for tests that need the error only.
func (p *Place) RequestNewLink(ctx context.Context, token string) error {
	_, err := p.Acceptances.RequestNewLink(ctx, token)
	return err
}

// RequestMove is Invitations.RequestMove for tests that need the error only.
func (p *Place) RequestMove(ctx context.Context, by *access.Caller, token string) error {
	_, err := p.Acceptances.RequestMove(ctx, by, token)
	return err
}

// MailToken returns the token of the emailed link, which only the recipient sees.
func (p *Place) MailToken(inv *ent.Invitation) string {
	return p.Settings.Keyring.SignLink(secret.Claim{
		Purpose: secret.InvitationMail, ID: inv.ID, Version: uint32(inv.LinkVersion),
		Binding: []string{inv.WorkspaceID.String(), inv.EmailKey},
	}).Reveal()
}

// Token returns the last part of a link.
func Token(link string) string { return link[strings.LastIndex(link, "/")+1:] }

// User returns the account of an address.
func (k *Kit) User(email string) *ent.User {
	k.T.Helper()
	u, err := k.Store.User.Query().Where(user.EmailKey(strings.ToLower(email))).
		Only(store.AsSystem(k.T.Context(), "a test looks"))
	if err != nil {
		k.T.Fatal(err)
	}
	return u
}

// Holds lists a member's roles as "role@place" with the names of the places, "*" for the workspace.
// Inherited roles end in "^".
func (p *Place) Holds(memberID ident.ID) []string {
	p.T.Helper()
	rows, err := p.Store.RoleAssignment.Query().WithRole().WithGroup().WithOrgUnit().WithSession().
		All(p.In())
	if err != nil {
		p.T.Fatal(err)
	}
	var held []string
	for _, r := range rows {
		if r.MemberID != memberID {
			continue
		}
		place := "*"
		switch {
		case r.Edges.Group != nil:
			place = r.Edges.Group.Name
		case r.Edges.OrgUnit != nil:
			place = r.Edges.OrgUnit.Name
		case r.Edges.Session != nil:
			place = r.Edges.Session.Name
		}
		if r.Inherited {
			place += "^"
		}
		held = append(held, r.Edges.Role.Key+"@"+place)
	}
	return sortedCopy(held)
}
