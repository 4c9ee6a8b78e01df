package onboarding

import (
	"cmp"
	"context"

	"usher/ent"
	"usher/ent/customfield"
	"usher/ent/member"
	"usher/ent/schema"
	"usher/ent/user"
	"usher/internal/access"
	"usher/internal/account"
	"usher/internal/fault"
	"usher/internal/i18n"
	"usher/internal/ident"
	"usher/internal/password"
	"usher/internal/store"
)

// newcomer is an address that a link speaks for, and what is known of who it is before they say so themselves.
type newcomer struct {
	workspace           *ent.Workspace
	email, key          string
	grant               schema.Grant
	first, last, locale string // of before; what the person types counts more
	proven              bool   // the link went to the mailbox alone
}

// newcomer is who an invitation's link speaks for. What the inviter typed is no name of theirs (INV-10).
func (inv *opened) newcomer() newcomer {
	return newcomer{workspace: inv.workspace, email: inv.Email, key: inv.EmailKey, grant: inv.Grant, proven: inv.mailed}
}

// acceptor is who comes in by a link: an account that proved to be theirs, or the makings of a new one.
type acceptor struct {
	newcomer
	known   *ent.User
	hash    string // of a new account's password
	newHash string // of the password that takes the place of a known account's
	answers map[string]string
	givers  []*access.Membership // of the parts of the invitation, as they are now
}

// accepting finds out who comes in, before the transaction: passwords are slow. It decides INV-9: a signed-in stranger is
// never bound, and is told whom the link is for by the page.
func (s *Service) accepting(ctx context.Context, by *access.Caller, n newcomer, in AcceptInput, from account.Origin) (*acceptor, error) {
	who := &acceptor{newcomer: n}
	var err error
	if who.answers, err = s.requiredAnswers(ctx, n.workspace, n.grant, in.CustomFields); err != nil {
		return nil, err
	}
	who.known, err = s.Store.User.Query().Where(user.EmailKey(n.key)).
		Only(store.AsSystem(ctx, "the invited address may have an account in any workspace"))
	own := err == nil && by.AuthenticatedPerson() == nil && by.UserID == who.known.ID
	switch {
	case err != nil && !ent.IsNotFound(err):
		return nil, err
	case !own && !n.proven:
		return who, s.acceptCopiedLink(ctx, who, in, from)
	case err != nil:
		return who, s.makings(ctx, who, in)
	}
	return who, s.authenticate(ctx, by, who, in, from)
}

// authenticate makes sure that a known account is the person's own: by its session, by its password, or, while nobody has
// verified its address, by a link that only the mailbox has seen. Such a link is as good a proof as a reset by email.
//
// A new password is asked for where coming in ends the present one: at the first verification, and after a generated
// password, which opens nothing else (AUT-4, CRE-5). It is asked for before anything ends.
func (s *Service) authenticate(ctx context.Context, by *access.Caller, who *acceptor, in AcceptInput, from account.Origin) (err error) {
	u, typed, chosen := who.known, value(in.Password), value(in.NewPassword)
	own := by.AuthenticatedPerson() == nil && by.UserID == u.ID
	first := who.proven && !u.EmailProven
	switch {
	case own:
	case typed != "":
		if err := s.Accounts.Prove(ctx, u, typed, from); err != nil {
			return err
		}
	case !first:
		return fault.New(fault.Unauthenticated, "accept.sign_in")
	}

	replaces := first && (account.EndsPassword(u) || !own && typed == "")
	if generated := !own && typed != "" && u.MustChangePassword; !replaces && !generated {
		return nil
	}
	if chosen == "" {
		return fault.Input("newPassword", "accept.new_password")
	}
	who.newHash, err = s.Accounts.Replacement(ctx, u, chosen)
	return err
}

// signIn opens the person's session, inside the transaction that let them in: with their new password where one takes the
// place of the previous one.
func (s *Service) signIn(ctx context.Context, tx *store.Tx, who *acceptor, u *ent.User, from account.Origin) (account.Session, error) {
	if who != nil && who.newHash != "" {
		return s.Accounts.SetPassword(ctx, tx, u, who.newHash, from)
	}
	return s.Accounts.Open(ctx, tx, u, from)
}

// acceptCopiedLink finds out who comes in by a link that others than the mailbox may have seen.
//
// Security: the holder of the link may be the person who copied it. What is missing or malformed is answered in the same
// way whether or not the address has an account (INV-10). A name says that a new account is wanted; a password without a
// name is a try to sign in, and is refused and counted as one even where there is nothing to sign in to.
func (s *Service) acceptCopiedLink(ctx context.Context, who *acceptor, in AcceptInput, from account.Origin) (err error) {
	named := value(in.FirstName) != "" || value(in.LastName) != ""
	switch {
	case value(in.Password) == "":
		return fault.New(fault.Unauthenticated, "accept.sign_in_or_register")
	case !named:
		if who.known, err = s.Accounts.ProveAddress(ctx, who.key, *in.Password, from); err != nil {
			return err
		}
		return s.replaceGenerated(ctx, who, in)
	case who.known == nil:
		return s.makings(ctx, who, in)
	}
	if err := who.describe(in); err != nil {
		return err
	}
	if err := s.Accounts.Prove(ctx, who.known, *in.Password, from); err != nil {
		return err
	}
	return s.replaceGenerated(ctx, who, in)
}

// replaceGenerated asks somebody who signed in with a generated password for a new one: it opens nothing else (CRE-5).
func (s *Service) replaceGenerated(ctx context.Context, who *acceptor, in AcceptInput) (err error) {
	if who.known == nil || !who.known.MustChangePassword {
		return nil
	}
	if value(in.NewPassword) == "" {
		return fault.Input("newPassword", "accept.new_password")
	}
	who.newHash, err = s.Accounts.Replacement(ctx, who.known, *in.NewPassword)
	return err
}

// makings checks what a new account is made of, and hashes its password.
func (s *Service) makings(ctx context.Context, who *acceptor, in AcceptInput) (err error) {
	if err := who.describe(in); err != nil {
		return err
	}
	who.hash, err = s.Hasher.Hash(ctx, cmp.Or(value(in.Password), value(in.NewPassword)))
	return err
}

// describe takes names, language and password as they were typed, and refuses what is missing or malformed.
func (who *acceptor) describe(in AcceptInput) error {
	first, err := personName("firstName", in.FirstName)
	if err != nil {
		return err
	}
	last, err := personName("lastName", in.LastName)
	if err != nil {
		return err
	}
	language, err := locale("locale", in.Locale)
	if err != nil {
		return err
	}
	typed := cmp.Or(value(in.Password), value(in.NewPassword)) // a client need not know which of the two the person is
	who.first, who.last = cmp.Or(first, who.first), cmp.Or(last, who.last)
	who.locale = cmp.Or(language, who.locale, who.grant.Locale)
	switch {
	case who.first == "":
		return fault.Input("firstName", "accept.first_name")
	case who.last == "":
		return fault.Input("lastName", "accept.last_name")
	case typed == "":
		return fault.Input("password", "accept.password")
	}
	return password.Check(typed, who.email, who.first, who.last, who.workspace.Name)
}

// account is the account that comes in, made now if it is new. An address that got an account meanwhile starts over.
func (who *acceptor) account(ctx context.Context, tx *store.Tx) (*ent.User, error) {
	system := store.AsSystem(ctx, "an account is the person's, not the workspace's")
	if who.known != nil {
		u, err := tx.User.Get(system, who.known.ID)
		if ent.IsNotFound(err) || err == nil && u.CredentialVersion != who.known.CredentialVersion {
			// Security: its password or its address changed since one of them was proven; neither counts any more.
			return nil, fault.New(fault.Unauthenticated, "accept.sign_in")
		}
		return u, err
	}
	u, err := tx.User.Create().SetEmail(who.email).SetEmailKey(who.key).SetFirstName(who.first).SetLastName(who.last).
		SetNillableLocale(optional(who.locale)).SetPasswordHash(who.hash).SetEmailProven(who.proven).Save(system)
	if ent.IsConstraintError(err) {
		return nil, fault.New(fault.Unauthenticated, "accept.sign_in")
	}
	return u, err
}

// lockUser locks an account, and its member in the workspace of ctx, before the invitations of the person. An account that
// is gone is found missing when it is read.
func lockUser(ctx context.Context, tx *store.Tx, id ident.ID) error {
	if !tx.Locks() {
		return nil
	}
	system := store.AsSystem(ctx, "an account is the person's, not the workspace's")
	if _, err := tx.LockUsers(system, store.ToChange, id); err != nil {
		return err
	}
	members, err := tx.Member.Query().Where(member.UserID(id)).IDs(ctx)
	if err != nil {
		return err
	}
	_, err = tx.LockMembers(ctx, store.ToChange, members...)
	return err
}

// requiredAnswers checks the answers to the workspace's questions; what the grant answers already need not be asked.
func (s *Service) requiredAnswers(ctx context.Context, w *ent.Workspace, grant schema.Grant, in map[string]any) (map[string]string, error) {
	ctx = store.InWorkspace(ctx, w.ID)
	given, err := answers(ctx, s.Store.Client, "customFields", in)
	if err != nil {
		return nil, err
	}
	required, err := s.Store.CustomField.Query().Where(customfield.Required(true)).All(ctx)
	if err != nil {
		return nil, err
	}
	for _, f := range required {
		if given[f.Key] == "" && grant.CustomFields[f.Key] == "" {
			return nil, fault.Input("customFields."+f.Key, "accept.field", i18n.Args{"Name": f.Name})
		}
	}
	return given, nil
}
