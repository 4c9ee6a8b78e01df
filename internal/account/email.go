package account

import (
	"context"
	"fmt"

	"usher/ent"
	"usher/ent/user"
	"usher/internal/access"
	"usher/internal/address"
	"usher/internal/fault"
	"usher/internal/ident"
	"usher/internal/inputs"
	"usher/internal/mail"
	"usher/internal/ratelimit"
	"usher/internal/secret"
	"usher/internal/store"
)

// RequestEmailChange emails a link to a new address, which becomes the account's once the link is
// confirmed. Until it is verified, the account's present address may be requested too. The present
// address gets a notice before anything changes.
//
// An access token alone must not be enough to take over an account, so the current password is
// required. An account without one first sets a password, by a link to its verified address.
// Errors: BAD_USER_INPUT at email or password, UNAUTHENTICATED at password, RATE_LIMITED. An
// address of another account is answered like a free one, and gets no email.
func (s *Service) RequestEmailChange(ctx context.Context, c *access.Caller, email, password string,
	o Origin) (err error) {
	defer fault.Annotate(&err, "request email change")

	id, err := requirePerson(c)
	if err != nil {
		return err
	}
	ctx = systemContext(ctx)
	a, err := address.Parse(email)
	if err != nil {
		return err
	}
	u, err := s.findUser(ctx, user.ID(id))
	if err != nil {
		return err
	}
	if u == nil {
		return unauthenticatedFault()
	}
	// An unverified address may be confirmed by the same link.
	if inputs.ValueOrEmpty(u.EmailKey) == a.Key && u.EmailProven {
		return fault.Input("email", "account.email_same")
	}
	if err := s.verifyForEmailChange(ctx, u, password, o); err != nil {
		return err
	}

	return s.store.WithTx(ctx, func(tx *store.Tx) error {
		// Security: the limit that is reported counts for the caller and the mailbox. It is spent
		// before the owner of the address is looked up. So it tells neither whether the address is
		// taken nor whether others wrote to it.
		asked := u.ID.String() + " " + ratelimit.Mailbox(a.Key)
		wait, err := s.limits.Allow(ctx, tx, emailChangeRule, asked, s.now())
		if err != nil {
			return err
		}
		if wait > 0 {
			return ratelimit.TooManyEmails(wait)
		}
		taken, err := tx.User.Query().Where(user.EmailKey(a.Key), user.IDNEQ(u.ID)).Exist(ctx)
		if err != nil || taken {
			return err
		}
		// Over the mailbox's own limit nothing is sent, and the answer is the same: it must not
		// tell the caller what others have sent there.
		if wait, err = s.limits.Allow(ctx, tx, ratelimit.MemberMail, ratelimit.Mailbox(a.Key),
			s.now()); err != nil || wait > 0 {
			return err
		}
		u, err := lockUser(ctx, tx, u)
		if err != nil {
			return err
		}
		if u == nil {
			return fault.New(fault.Conflict, "account.changed_meanwhile")
		}
		return s.queueEmailChange(ctx, tx, u, a, mail.EmailChangeRequested, o)
	})
}

// queueEmailChange notes the pending address of a locked account, and queues the link to it and the
// notice to the present address, which says what happened.
func (s *Service) queueEmailChange(ctx context.Context, tx *store.Tx, u *ent.User,
	a address.Address, what mail.Change, o Origin) error {
	u, err := tx.User.UpdateOneID(u.ID).SetPendingEmail(a.Display).SetPendingEmailKey(a.Key).
		Save(ctx)
	if err != nil {
		return fmt.Errorf("account: note a new address: %w", err)
	}
	// Verifying the present address changes nothing that its owner would have to be warned of.
	if inputs.ValueOrEmpty(u.EmailKey) != a.Key {
		if err := s.postNotice(ctx, tx, u, what, o); err != nil {
			return err
		}
	}
	queuedEmail := s.newQueuedEmail(mail.EmailChange, u, a.Display, a.Key)
	queuedEmail.Version = u.CredentialVersion
	return s.outbox.Post(ctx, tx, queuedEmail)
}

// ProposeEmail asks the owner of a locked account whether an address, which their organization
// names, is theirs (PAR-4). They get the emails of RequestEmailChange; the account changes only when
// they confirm. It returns false if nobody could be asked now: the mailbox gets too many emails.
//
// Security: an account whose address nobody has verified is not asked. Its link would set a new
// password, and the caller who named the address could get the account. An address of another account gets
// no email, and the answer does not tell it.
func (s *Service) ProposeEmail(ctx context.Context, tx *store.Tx, u *ent.User,
	a address.Address) (asked bool, err error) {
	defer fault.Annotate(&err, "propose email")

	if !u.EmailProven {
		return false, nil
	}
	ctx = systemContext(ctx)
	taken, err := tx.User.Query().Where(user.EmailKey(a.Key)).Exist(ctx)
	if err != nil || taken {
		return taken, err
	}
	wait, err := s.limits.Allow(ctx, tx, ratelimit.MemberMail, ratelimit.Mailbox(a.Key), s.now())
	if err != nil || wait > 0 {
		return false, err
	}
	return true, s.queueEmailChange(ctx, tx, u, a, mail.EmailProposed, Origin{})
}

// emailChangeRule is MemberMail for one person's requests to change to one address.
var emailChangeRule = ratelimit.Rule{
	Name: "email-change", Limit: ratelimit.MemberMail.Limit, Window: ratelimit.MemberMail.Window,
	Gap: ratelimit.MemberMail.Gap,
}

// verifyForEmailChange checks the current password of an account whose address is about to change.
func (s *Service) verifyForEmailChange(ctx context.Context, u *ent.User, password string,
	o Origin) error {
	switch {
	case u.PasswordHash == nil:
		return fault.Input("password", "account.email_no_password")
	case password == "":
		return fault.Input("password", "account.email_password")
	}
	err := s.VerifyPassword(ctx, u, password, o)
	if fault.Has(err, fault.Unauthenticated) {
		err = fault.At(fault.New(fault.Unauthenticated, "account.password_wrong"), "password")
	}
	return err
}

// ConfirmEmailChangeInput is the link of a change, and what its holder typed.
type ConfirmEmailChangeInput struct {
	Token       string
	Password    string // the present password, of a caller who is not signed in to the account
	NewPassword string // in place of a password that the change ends
}

// ConfirmEmailChange makes the new address the account's verified address and notifies the
// previous one. The other sign-ins end; the caller's own continues if it is of this account.
//
// If no address had been verified before, all earlier access ends (AUT-4). An ended password is
// replaced by the new one, which is required then (BAD_USER_INPUT at newPassword), and the person
// is signed in; otherwise session is nil. Errors: LINK_INVALID, LINK_EXPIRED, LINK_USED,
// PASSWORD_TOO_WEAK; BAD_USER_INPUT or UNAUTHENTICATED at password; CONFLICT if the address has
// become another account's.
func (s *Service) ConfirmEmailChange(ctx context.Context, c *access.Caller,
	in ConfirmEmailChangeInput, o Origin) (session *SignInSession, err error) {
	defer fault.Annotate(&err, "confirm email change")

	ctx = systemContext(ctx)
	u, _, err := s.openLink(ctx, in.Token, secret.EmailChange)
	if err != nil {
		return nil, err
	}
	hash := ""
	switch {
	case VerificationEndsPassword(u):
		if in.NewPassword == "" {
			return nil, fault.Input("newPassword", "account.new_password")
		}
		if hash, err = s.HashReplacementPassword(ctx, u, in.NewPassword); err != nil {
			return nil, err
		}
	case c == nil || c.UserID != u.ID:
		// Security: the link went to an address that nobody has verified yet. If it was mistyped, a
		// stranger or the scanner of their mailbox would move the account there with one press.
		if err := s.verifyForEmailChange(ctx, u, in.Password, o); err != nil {
			return nil, err
		}
	}

	err = s.store.WithTx(ctx, func(tx *store.Tx) error {
		now, err := lockUser(ctx, tx, u)
		if err != nil {
			return err
		}
		if now == nil {
			return fault.New(fault.LinkUsed, "account.link_used")
		}
		// Another address may have been requested since the link was read.
		if inputs.ValueOrEmpty(now.PendingEmailKey) != inputs.ValueOrEmpty(u.PendingEmailKey) {
			return fault.New(fault.LinkInvalid, "account.link_invalid")
		}
		session, err = s.applyEmailChange(ctx, tx, now, c, hash, o)
		return err
	})
	if ent.IsConstraintError(err) {
		// The unique index decides between two accounts. The caller has proved control of the
		// mailbox, so the conflict tells a stranger nothing.
		return nil, fault.New(fault.Conflict, "account.email_taken").Because(err)
	}
	return session, err
}

// applyEmailChange gives a locked account its pending address, and stores the password hash if it
// is not empty.
func (s *Service) applyEmailChange(ctx context.Context, tx *store.Tx, u *ent.User, c *access.Caller,
	hash string, o Origin) (*SignInSession, error) {
	old, oldKey, key := inputs.ValueOrEmpty(u.Email), inputs.ValueOrEmpty(u.EmailKey), *u.PendingEmailKey
	moved, err := tx.User.UpdateOneID(u.ID).SetEmail(*u.PendingEmail).SetEmailKey(key).
		ClearPendingEmail().ClearPendingEmailKey().AddCredentialVersion(1).Save(ctx)
	if err != nil {
		return nil, fmt.Errorf("account: change an address: %w", err)
	}
	// Members hold copies, by which lists of every workspace search.
	if err := CopyNamesToMembers(ctx, tx, moved); err != nil {
		return nil, fmt.Errorf("account: change an address: %w", err)
	}
	if moved, _, err = s.MarkEmailVerified(ctx, tx, moved); err != nil {
		return nil, err
	}
	var keep []ident.ID
	if c != nil && c.UserID == u.ID {
		keep = append(keep, c.SignInID)
	}
	// A sign-in that began through the previous mailbox must not outlive it.
	if _, err := s.endSignInsExcept(ctx, tx, s.now(), u.ID, keep...); err != nil {
		return nil, err
	}
	if old != "" && oldKey != key {
		notice := s.newQueuedEmail(mail.SecurityNotice, u, old, oldKey)
		notice.Note = noteOf(mail.EmailChanged, o)
		if err := s.outbox.Post(ctx, tx, notice); err != nil {
			return nil, err
		}
	}
	if hash == "" {
		return nil, nil
	}
	session, err := s.replacePassword(ctx, tx, moved, hash, o)
	return &session, err
}
