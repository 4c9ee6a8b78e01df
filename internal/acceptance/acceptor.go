package acceptance

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
	"usher/internal/consent"
	"usher/internal/fault"
	"usher/internal/i18n"
	"usher/internal/ident"
	"usher/internal/inputs"
	"usher/internal/invitation"
	"usher/internal/password"
	"usher/internal/store"
)

// Applicant is the address that a link was made for, and what is known of the person before they
// fill in the form.
type Applicant struct {
	Workspace           *ent.Workspace
	Email, Key          string
	Grant               schema.Grant
	First, Last, Locale string   // known already; what the person types replaces them
	EmailedLink         bool     // the link was only ever sent to the mailbox
	lookupSubject       ident.ID // whose lookups a copied link counts as: a user or a workspace
}

// asApplicant returns the applicant of an invitation's link. The name that the inviter typed is not
// taken as the person's own (INV-10).
func (s *Service) asApplicant(ctx context.Context, inv *OpenedInvitation) (Applicant, error) {
	applicant := Applicant{Workspace: inv.workspace, Email: inv.Email, Key: inv.EmailKey,
		Grant: inv.Grant, EmailedLink: inv.emailedLink, lookupSubject: inv.WorkspaceID}
	// Lookups count for the workspace while no inviter is known: an API key invited, or the inviter
	// is gone.
	if inv.emailedLink || inv.InvitedByID == nil {
		return applicant, nil
	}
	// An inviter has one limit, in whichever workspace they invite.
	m, err := s.Store.Member.Query().Where(member.ID(*inv.InvitedByID)).
		Only(store.InWorkspace(ctx, inv.WorkspaceID))
	if ent.IsNotFound(err) {
		return applicant, nil
	}
	if err != nil {
		return applicant, err
	}
	applicant.lookupSubject = m.UserID
	return applicant, nil
}

// Acceptor is a person who is admitted by a link: an existing account that they have proven, or the
// data of a new one.
type Acceptor struct {
	Applicant
	Account         *ent.User
	PasswordHash    string // of a new account's password
	NewPasswordHash string // of the password that takes the place of a known account's
	Answers         map[string]string
	Consents        []schema.Consent     // given with the form
	answersFault    error                // of answers and consent; reported with the other faults
	grantors        []*access.Membership // of the parts of the invitation, as they are now
}

// IdentifyAcceptor identifies the person who uses a link and checks what they typed. It runs before
// the transaction, since hashing a password is slow. A signed-in person with another address is
// never bound (INV-9). Errors: UNAUTHENTICATED, BAD_USER_INPUT, PASSWORD_TOO_WEAK, RATE_LIMITED.
func (s *Service) IdentifyAcceptor(ctx context.Context, by *access.Caller, applicant Applicant,
	in AcceptInput, from account.Origin) (_ *Acceptor, err error) {
	defer fault.Annotate(&err, "identify acceptor")

	// The answers come first. They cost little, and a person who has to correct them has not used
	// up an attempt at their password.
	acceptor := &Acceptor{Applicant: applicant}
	acceptor.Answers, acceptor.answersFault = s.RequireAnswers(ctx, applicant.Workspace,
		applicant.Grant,
		in.CustomFields)
	if _, isFault := fault.Of(acceptor.answersFault); acceptor.answersFault != nil && !isFault {
		return nil, acceptor.answersFault
	}
	acceptor.Account, err = s.Store.User.Query().Where(user.EmailKey(applicant.Key)).
		Only(store.AsSystem(ctx, "the invited address may have an account in any workspace"))
	// Security: compared by account and not by address, which the caller may have changed since.
	own := err == nil && by.RequirePerson() == nil && by.UserID == acceptor.Account.ID
	if err != nil && !ent.IsNotFound(err) {
		return nil, err
	}
	if err := s.takeConsent(ctx, acceptor, own, in); err != nil {
		return nil, err
	}
	switch {
	// Before the cases that depend on whether the address has an account (INV-10).
	case !own && !applicant.EmailedLink:
		return acceptor, s.acceptCopiedLink(ctx, acceptor, in, from)
	case err != nil:
		return acceptor, s.prepareAccount(ctx, acceptor, in)
	}
	return acceptor, s.authenticateAcceptor(ctx, by, acceptor, in, from)
}

// takeConsent takes the consent of the form, or adds its fault to those of the answers.
//
// Security: a copied link asks everybody who is not signed in. Otherwise its answer would tell
// whether the address has an account (INV-10).
func (s *Service) takeConsent(ctx context.Context, acceptor *Acceptor, own bool,
	in AcceptInput) error {
	asked := consent.Of(acceptor.Workspace)
	if acceptor.Account != nil && (own || acceptor.EmailedLink) {
		var err error
		if asked, err = consent.AskedOf(ctx, s.Store.Client, acceptor.Workspace,
			member.UserID(acceptor.Account.ID)); err != nil {
			return err
		}
	}
	given, err := asked.Accept(in.Consent, s.Clock())
	var faults fault.Collector
	faults.Add(acceptor.answersFault, err)
	acceptor.Consents, acceptor.answersFault = consent.List(given), faults.Err()
	return nil
}

// authenticateAcceptor makes sure that an existing account belongs to the person: by its session,
// by its password, or, while its address is unverified, by a link that only the mailbox has
// received. Such a link is as good a proof as a password reset by email.
//
// A new password is required where accepting ends the present one: at the first verification, and
// after a generated password, which opens nothing else (INV-3, AUT-4, CRE-5). It is required before
// anything ends.
func (s *Service) authenticateAcceptor(ctx context.Context, by *access.Caller, acceptor *Acceptor,
	in AcceptInput, from account.Origin) (err error) {
	u, typed, chosen := acceptor.Account, inputs.ValueOrEmpty(in.Password),
		inputs.ValueOrEmpty(in.NewPassword)
	if acceptor.answersFault != nil {
		return acceptor.answersFault
	}
	own := by.RequirePerson() == nil && by.UserID == u.ID
	first := acceptor.EmailedLink && !u.EmailProven
	switch {
	// Signed in to this account: the sign-in was proof enough.
	case own:
	case typed != "":
		if err := s.Accounts.VerifyPassword(ctx, u, typed, from); err != nil {
			return err
		}
	// Security: the link of a verified account proves the mailbox, and an account is more than its
	// mailbox. Its password is asked for.
	case !first:
		return fault.New(fault.Unauthenticated, "accept.sign_in")
	}

	replaces := first && (account.VerificationEndsPassword(u) || !own && typed == "")
	if generated := !own && typed != "" && u.MustChangePassword; !replaces && !generated {
		return nil
	}
	// Refused before the transaction. Otherwise the person would accept and find their account
	// without a password.
	if chosen == "" {
		return fault.Input("newPassword", "accept.new_password")
	}
	acceptor.NewPasswordHash, err = s.Accounts.HashReplacementPassword(ctx, u, chosen)
	return err
}

// OpenSignInSession opens the person's session in the transaction that admits them. If a new
// password replaces the previous one, it is set first.
func (s *Service) OpenSignInSession(ctx context.Context, tx *store.Tx, acceptor *Acceptor,
	u *ent.User, from account.Origin) (account.SignInSession, error) {
	// SetPassword ends the other sign-ins and opens one itself.
	if acceptor != nil && acceptor.NewPasswordHash != "" {
		return s.Accounts.SetPassword(ctx, tx, u, acceptor.NewPasswordHash, from)
	}
	return s.Accounts.OpenSignInSession(ctx, tx, u, from)
}

// acceptCopiedLink identifies the acceptor by a link that others than the mailbox may have seen.
//
// Security: the holder of the link may be the person who copied it. Missing or malformed input gets
// the same answer whether or not the address has an account (INV-10). A name means that a new
// account is wanted. A password without a name is a sign-in attempt: it is refused and counted as
// one even if there is no account.
//
// A name and a password together make an account where there is none, and so tell whether there is
// one. That is limited like the answer of createUser (CRE-3): a refusal counts as a lookup by the
// inviter, and beyond the limit everybody is refused.
func (s *Service) acceptCopiedLink(ctx context.Context, acceptor *Acceptor, in AcceptInput,
	from account.Origin) (err error) {
	named := inputs.ValueOrEmpty(in.FirstName) != "" || inputs.ValueOrEmpty(in.LastName) != ""
	switch {
	// Before the password: with an account or without one, the same missing answer is reported
	// first.
	case !named && acceptor.answersFault != nil:
		return acceptor.answersFault
	case inputs.ValueOrEmpty(in.Password) == "":
		return fault.New(fault.Unauthenticated, "accept.sign_in_or_register")
	case !named:
		if acceptor.Account, err = s.Accounts.VerifyPasswordForEmail(ctx, acceptor.Key,
			*in.Password,
			from); err != nil {
			return err
		}
		return s.replaceGenerated(ctx, acceptor, in)
	}
	if err := acceptor.describeAccount(in); err != nil {
		return err
	}
	// Asked before anything tells whether there is an account, and for both kinds of addresses
	// alike.
	lookup := invitation.ExceededLookups{Inviter: acceptor.lookupSubject,
		Workspace: acceptor.Workspace.ID, Operation: "acceptInvitation"}
	if err := s.Invitations.RequireLookupsLeft(ctx, lookup); err != nil {
		return err
	}
	if acceptor.Account == nil {
		return s.prepareAccount(ctx, acceptor, in)
	}
	err = s.Accounts.VerifyPassword(ctx, acceptor.Account, *in.Password, from)
	if fault.Has(err, fault.Unauthenticated) {
		if err := s.countCopiedLinkLookup(ctx, lookup, acceptor.Key); err != nil {
			return err
		}
	}
	if err != nil {
		return err
	}
	return s.replaceGenerated(ctx, acceptor, in)
}

// replaceGenerated requires a new password from a person who signed in with a generated one, which
// opens nothing else (CRE-5).
func (s *Service) replaceGenerated(ctx context.Context, acceptor *Acceptor,
	in AcceptInput) (err error) {
	if acceptor.Account == nil || !acceptor.Account.MustChangePassword {
		return nil
	}
	if inputs.ValueOrEmpty(in.NewPassword) == "" {
		return fault.Input("newPassword", "accept.new_password")
	}
	acceptor.NewPasswordHash, err = s.Accounts.HashReplacementPassword(ctx, acceptor.Account,
		*in.NewPassword)
	return err
}

// prepareAccount validates the data of a new account and hashes its password.
func (s *Service) prepareAccount(ctx context.Context, acceptor *Acceptor,
	in AcceptInput) (err error) {
	if err := acceptor.describeAccount(in); err != nil {
		return err
	}
	// Slow on purpose, which is why no transaction is open.
	acceptor.PasswordHash, err = s.Hasher.Hash(ctx, cmp.Or(inputs.ValueOrEmpty(in.Password),
		inputs.ValueOrEmpty(in.NewPassword)))
	return err
}

// describeAccount copies the typed names and language and validates them together with the
// password. It reports every field that is missing or malformed.
func (a *Acceptor) describeAccount(in AcceptInput) error {
	var faults fault.Collector
	faults.Add(a.answersFault)
	first, firstFault := inputs.ParsePersonName("firstName", in.FirstName)
	last, lastFault := inputs.ParsePersonName("lastName", in.LastName)
	language, err := inputs.ParseLocale("locale", in.Locale)
	// A client cannot know whether the address has an account, so either field holds the password.
	typed := cmp.Or(inputs.ValueOrEmpty(in.Password), inputs.ValueOrEmpty(in.NewPassword))
	// A join request knows names already. What the person types now wins.
	a.First, a.Last = cmp.Or(first, a.First), cmp.Or(last, a.Last)
	a.Locale = cmp.Or(language, a.Locale, a.Grant.Locale)
	if firstFault == nil && a.First == "" {
		firstFault = fault.Input("firstName", "accept.first_name")
	}
	if lastFault == nil && a.Last == "" {
		lastFault = fault.Input("lastName", "accept.last_name")
	}
	faults.Add(firstFault, lastFault, err)
	if typed == "" {
		faults.Add(fault.Input("password", "accept.password"))
		return faults.Err()
	}
	// The fault stands at the field that the person filled in.
	field := "password"
	if inputs.ValueOrEmpty(in.Password) == "" {
		field = "newPassword"
	}
	faults.Add(fault.At(password.Check(typed, a.Email, a.First, a.Last, a.Workspace.Name), field))
	return faults.Err()
}

// FindOrCreateAccount returns the acceptor's account, with the names and the address that it has
// (INV-3), and creates it if it is new. UNAUTHENTICATED if the address got an account meanwhile:
// the client starts over and signs in.
func (a *Acceptor) FindOrCreateAccount(ctx context.Context, tx *store.Tx) (*ent.User, error) {
	system := store.AsSystem(ctx, "an account is the person's, not the workspace's")
	if a.Account != nil {
		u, err := tx.User.Get(system, a.Account.ID)
		if ent.IsNotFound(err) || err == nil &&
			u.CredentialVersion != a.Account.CredentialVersion {
			// Security: the password or the address has changed since the acceptor proved it, so
			// the proof no longer counts.
			return nil, fault.New(fault.Unauthenticated, "accept.sign_in")
		}
		return u, err
	}
	u, err := tx.User.Create().SetEmail(a.Email).SetEmailKey(a.Key).SetFirstName(a.First).
		SetLastName(a.Last).
		SetNillableLocale(inputs.NilIfEmpty(a.Locale)).SetPasswordHash(a.PasswordHash).
		SetEmailProven(a.EmailedLink).Save(system)
	// The unique address decides between two people who register it at the same time.
	if ent.IsConstraintError(err) {
		return nil, fault.New(fault.Unauthenticated, "accept.sign_in")
	}
	return u, err
}

// RequireAnswers validates the answers to the workspace's questions and returns them in stored
// form. BAD_USER_INPUT if a required answer is missing that the grant does not hold either.
func (s *Service) RequireAnswers(ctx context.Context, w *ent.Workspace, grant schema.Grant,
	in map[string]any) (_ map[string]string, err error) {
	defer fault.Annotate(&err, "require answers")

	ctx = store.InWorkspace(ctx, w.ID)
	// One statement reads the required fields and those that are answered.
	fields, err := s.Store.CustomField.Query().Where(customfield.Or(customfield.Required(true),
		customfield.KeyIn(inputs.SortedKeys(in)...))).All(ctx)
	if err != nil {
		return nil, err
	}

	var faults fault.Collector
	given, err := inputs.ValidateAnswers(fields, "customFields", in)
	faults.Add(err)
	for _, f := range fields {
		if sent, is := in[f.Key]; is {
			if _, ok := inputs.CanonicalAnswer(f, sent); !ok {
				continue // malformed, which is a fault already
			}
		}
		if f.Required && given[f.Key] == "" && grant.CustomFields[f.Key] == "" {
			faults.Add(fault.Input("customFields."+f.Key, "accept.field",
				i18n.Args{"Name": f.Name}))
		}
	}
	return given, faults.Err()
}
