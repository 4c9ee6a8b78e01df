package invitation

import (
	"cmp"
	"context"

	"usher/ent"
	"usher/ent/customfield"
	"usher/ent/schema"
	"usher/ent/user"
	"usher/internal/access"
	"usher/internal/account"
	"usher/internal/admission"
	"usher/internal/fault"
	"usher/internal/i18n"
	"usher/internal/inputs"
	"usher/internal/password"
	"usher/internal/store"
)

// Applicant is an address that a link speaks for, and what is known of who it is before they say so
// themselves.
type Applicant struct {
	Workspace           *ent.Workspace
	Email, Key          string
	Grant               schema.Grant
	First, Last, Locale string // of before; what the person types counts more
	Proven              bool   // the link went to the mailbox alone
}

// asApplicant is who an invitation's link speaks for. What the inviter typed is no name of theirs
// (INV-10).
func (inv *openedInvitation) asApplicant() Applicant {
	return Applicant{Workspace: inv.workspace, Email: inv.Email, Key: inv.EmailKey,
		Grant: inv.Grant, Proven: inv.mailed}
}

// Acceptor is who comes in by a link: an account that proved to be theirs, or the makings of a new
// one.
type Acceptor struct {
	Applicant
	Account         *ent.User
	PasswordHash    string // of a new account's password
	NewPasswordHash string // of the password that takes the place of a known account's
	Answers         map[string]string
	grantors        []*access.Membership // of the parts of the invitation, as they are now
}

// IdentifyAcceptor finds out who comes in, before the transaction: passwords are slow. It decides
// INV-9: a signed-in stranger is never bound, and is told whom the link is for by the page.
func (s *Service) IdentifyAcceptor(ctx context.Context, by *access.Caller, n Applicant,
	in AcceptInput, from account.Origin) (_ *Acceptor, err error) {
	defer fault.Annotate(&err, "identify acceptor")

	who := &Acceptor{Applicant: n}
	if who.Answers, err = s.RequireAnswers(ctx, n.Workspace, n.Grant,
		in.CustomFields); err != nil {
		return nil, err
	}
	who.Account, err = s.Store.User.Query().Where(user.EmailKey(n.Key)).
		Only(store.AsSystem(ctx, "the invited address may have an account in any workspace"))
	own := err == nil && by.AuthenticatedPerson() == nil && by.UserID == who.Account.ID
	switch {
	case err != nil && !ent.IsNotFound(err):
		return nil, err
	case !own && !n.Proven:
		return who, s.acceptCopiedLink(ctx, who, in, from)
	case err != nil:
		return who, s.prepareAccount(ctx, who, in)
	}
	return who, s.authenticateAcceptor(ctx, by, who, in, from)
}

// authenticateAcceptor makes sure that a known account is the person's own: by its session, by its
// password, or, while nobody has verified its address, by a link that only the mailbox has seen.
// Such a link is as good a proof as a reset by email.
//
// A new password is asked for where coming in ends the present one: at the first verification, and
// after a generated password, which opens nothing else (AUT-4, CRE-5). It is asked for before
// anything ends.
func (s *Service) authenticateAcceptor(ctx context.Context, by *access.Caller, who *Acceptor,
	in AcceptInput, from account.Origin) (err error) {
	u, typed, chosen := who.Account, inputs.ValueOrEmpty(in.Password),
		inputs.ValueOrEmpty(in.NewPassword)
	own := by.AuthenticatedPerson() == nil && by.UserID == u.ID
	first := who.Proven && !u.EmailProven
	switch {
	case own:
	case typed != "":
		if err := s.Accounts.VerifyPassword(ctx, u, typed, from); err != nil {
			return err
		}
	case !first:
		return fault.New(fault.Unauthenticated, "accept.sign_in")
	}

	replaces := first && (account.VerificationEndsPassword(u) || !own && typed == "")
	if generated := !own && typed != "" && u.MustChangePassword; !replaces && !generated {
		return nil
	}
	if chosen == "" {
		return fault.Input("newPassword", "accept.new_password")
	}
	who.NewPasswordHash, err = s.Accounts.HashReplacementPassword(ctx, u, chosen)
	return err
}

// OpenSession opens the person's session, inside the transaction that let them in: with their new
// password where one takes the place of the previous one.
func (s *Service) OpenSession(ctx context.Context, tx *store.Tx, who *Acceptor, u *ent.User,
	from account.Origin) (account.Session, error) {
	if who != nil && who.NewPasswordHash != "" {
		return s.Accounts.SetPassword(ctx, tx, u, who.NewPasswordHash, from)
	}
	return s.Accounts.OpenSession(ctx, tx, u, from)
}

// acceptCopiedLink finds out who comes in by a link that others than the mailbox may have seen.
//
// Security: the holder of the link may be the person who copied it. What is missing or malformed is
// answered in the same way whether or not the address has an account (INV-10). A name says that a
// new account is wanted; a password without a name is a try to sign in, and is refused and counted
// as one even where there is nothing to sign in to.
func (s *Service) acceptCopiedLink(ctx context.Context, who *Acceptor, in AcceptInput,
	from account.Origin) (err error) {
	named := inputs.ValueOrEmpty(in.FirstName) != "" || inputs.ValueOrEmpty(in.LastName) != ""
	switch {
	case inputs.ValueOrEmpty(in.Password) == "":
		return fault.New(fault.Unauthenticated, "accept.sign_in_or_register")
	case !named:
		if who.Account, err = s.Accounts.VerifyPasswordForEmail(ctx, who.Key, *in.Password,
			from); err != nil {
			return err
		}
		return s.replaceGenerated(ctx, who, in)
	case who.Account == nil:
		return s.prepareAccount(ctx, who, in)
	}
	if err := who.describeAccount(in); err != nil {
		return err
	}
	if err := s.Accounts.VerifyPassword(ctx, who.Account, *in.Password, from); err != nil {
		return err
	}
	return s.replaceGenerated(ctx, who, in)
}

// replaceGenerated asks somebody who signed in with a generated password for a new one: it opens
// nothing else (CRE-5).
func (s *Service) replaceGenerated(ctx context.Context, who *Acceptor, in AcceptInput) (err error) {
	if who.Account == nil || !who.Account.MustChangePassword {
		return nil
	}
	if inputs.ValueOrEmpty(in.NewPassword) == "" {
		return fault.Input("newPassword", "accept.new_password")
	}
	who.NewPasswordHash, err = s.Accounts.HashReplacementPassword(ctx, who.Account, *in.NewPassword)
	return err
}

// prepareAccount checks what a new account is made of, and hashes its password.
func (s *Service) prepareAccount(ctx context.Context, who *Acceptor, in AcceptInput) (err error) {
	if err := who.describeAccount(in); err != nil {
		return err
	}
	who.PasswordHash, err = s.Hasher.Hash(ctx, cmp.Or(inputs.ValueOrEmpty(in.Password),
		inputs.ValueOrEmpty(in.NewPassword)))
	return err
}

// describeAccount takes names, language and password as they were typed, and refuses what is
// missing or malformed.
func (who *Acceptor) describeAccount(in AcceptInput) error {
	first, err := inputs.ParsePersonName("firstName", in.FirstName)
	if err != nil {
		return err
	}
	last, err := inputs.ParsePersonName("lastName", in.LastName)
	if err != nil {
		return err
	}
	language, err := inputs.ParseLocale("locale", in.Locale)
	if err != nil {
		return err
	}
	// a client need not know which of the two the person is
	typed := cmp.Or(inputs.ValueOrEmpty(in.Password), inputs.ValueOrEmpty(in.NewPassword))
	who.First, who.Last = cmp.Or(first, who.First), cmp.Or(last, who.Last)
	who.Locale = cmp.Or(language, who.Locale, who.Grant.Locale)
	switch {
	case who.First == "":
		return fault.Input("firstName", "accept.first_name")
	case who.Last == "":
		return fault.Input("lastName", "accept.last_name")
	case typed == "":
		return fault.Input("password", "accept.password")
	}
	return password.Check(typed, who.Email, who.First, who.Last, who.Workspace.Name)
}

// FindOrCreateAccount is the account that comes in, made now if it is new. An address that got an
// account meanwhile starts over.
func (who *Acceptor) FindOrCreateAccount(ctx context.Context, tx *store.Tx) (*ent.User, error) {
	system := store.AsSystem(ctx, "an account is the person's, not the workspace's")
	if who.Account != nil {
		u, err := tx.User.Get(system, who.Account.ID)
		if ent.IsNotFound(err) || err == nil &&
			u.CredentialVersion != who.Account.CredentialVersion {
			// Security: its password or its address changed since one of them was proven; neither
			// counts any more.
			return nil, fault.New(fault.Unauthenticated, "accept.sign_in")
		}
		return u, err
	}
	u, err := tx.User.Create().SetEmail(who.Email).SetEmailKey(who.Key).SetFirstName(who.First).
		SetLastName(who.Last).
		SetNillableLocale(inputs.NilIfEmpty(who.Locale)).SetPasswordHash(who.PasswordHash).
		SetEmailProven(who.Proven).Save(system)
	if ent.IsConstraintError(err) {
		return nil, fault.New(fault.Unauthenticated, "accept.sign_in")
	}
	return u, err
}

// RequireAnswers checks the answers to the workspace's questions; what the grant answers already
// need not be asked.
func (s *Service) RequireAnswers(ctx context.Context, w *ent.Workspace, grant schema.Grant,
	in map[string]any) (_ map[string]string, err error) {
	defer fault.Annotate(&err, "require answers")

	ctx = store.InWorkspace(ctx, w.ID)
	given, err := admission.ValidateAnswers(ctx, s.Store.Client, "customFields", in)
	if err != nil {
		return nil, err
	}
	required, err := s.Store.CustomField.Query().Where(customfield.Required(true)).All(ctx)
	if err != nil {
		return nil, err
	}
	for _, f := range required {
		if given[f.Key] == "" && grant.CustomFields[f.Key] == "" {
			return nil, fault.Input("customFields."+f.Key, "accept.field",
				i18n.Args{"Name": f.Name})
		}
	}
	return given, nil
}
