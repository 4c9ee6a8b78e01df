package account

import (
	"context"
	"fmt"

	"usher/ent"
	"usher/ent/member"
	"usher/ent/user"
	"usher/ent/workspace"
	"usher/internal/access"
	"usher/internal/fault"
	"usher/internal/inputs"
	"usher/internal/mail"
	"usher/internal/outbox"
	"usher/internal/password"
	"usher/internal/ratelimit"
	"usher/internal/store"
)

// ChangePassword sets a new password for a caller who knows the current one, ends all sign-ins,
// and opens a new session in place of the caller's. Errors: UNAUTHENTICATED if the current
// password is wrong, RATE_LIMITED, PASSWORD_TOO_WEAK, UNAVAILABLE; CONFLICT if the password was
// changed elsewhere at the same time.
func (s *Service) ChangePassword(ctx context.Context, c *access.Caller, current, chosen string,
	o Origin) (_ SignInSession, err error) {
	defer fault.Annotate(&err, "change password")

	if c == nil || c.UserID.IsZero() {
		return SignInSession{}, unauthenticatedFault()
	}
	ctx = systemContext(ctx)
	// Read again, since the caller may have been erased while their access token is valid.
	u, err := s.findUser(ctx, user.ID(c.UserID))
	if err != nil {
		return SignInSession{}, err
	}
	if u == nil {
		return SignInSession{}, unauthenticatedFault()
	}
	if err := s.verifyUserPassword(ctx, u, current, o); err != nil {
		return SignInSession{}, err
	}
	// An emailed password that is replaced by itself would stay known to the mailbox, the printer
	// and the grantor.
	if chosen == current {
		return SignInSession{}, fault.At(fault.New(fault.PasswordTooWeak, "account.password_same"),
			"newPassword")
	}
	hash, err := s.checkAndHash(ctx, u, chosen)
	if fault.Has(err, fault.PasswordTooWeak) {
		err = fault.At(err, "newPassword")
	}
	if err != nil {
		return SignInSession{}, err
	}

	return s.storeChosenPassword(ctx, u, hash, o)
}

// checkAndHash checks a password against the rules and hashes it, outside of any transaction. The
// error names the field password.
func (s *Service) checkAndHash(ctx context.Context, u *ent.User, chosen string) (string, error) {
	identity := []string{inputs.ValueOrEmpty(u.Email), inputs.ValueOrEmpty(u.Username),
		inputs.ValueOrEmpty(u.FirstName), inputs.ValueOrEmpty(u.LastName)}
	// The name of a workspace is the first guess of everybody in it.
	names, err := s.store.Member.Query().Where(member.UserID(u.ID)).QueryWorkspace().
		Select(workspace.FieldName).Strings(ctx)
	if err != nil {
		return "", fmt.Errorf("account: name the workspaces: %w", err)
	}
	if err := password.Check(chosen, append(identity, names...)...); err != nil {
		return "", fault.At(err, "password")
	}
	return s.hasher.Hash(ctx, chosen)
}

// replacePassword writes a new password into a locked account. It ends every earlier sign-in and
// link, notifies the owner, and opens a new session.
func (s *Service) replacePassword(ctx context.Context, tx *store.Tx, u *ent.User, hash string,
	o Origin) (SignInSession, error) {
	hadPassword := u.PasswordHash != nil
	u, err := tx.User.UpdateOneID(u.ID).SetPasswordHash(hash).SetMustChangePassword(false).
		ClearPasswordExpiresAt().
		ClearPendingEmail().ClearPendingEmailKey().AddCredentialVersion(1).Save(ctx)
	if err != nil {
		return SignInSession{}, fmt.Errorf("account: set a password: %w", err)
	}
	// All earlier access ends: a new password is set when the previous one may be known.
	signIns, err := s.endSignInsExcept(ctx, tx, s.now(), u.ID)
	if err != nil {
		return SignInSession{}, err
	}
	// The guesses were made against the previous password.
	if err := s.clearAllAttempts(ctx, tx, u, o); err != nil {
		return SignInSession{}, err
	}
	if err := s.postNotice(ctx, tx, u, mail.PasswordChanged, o); err != nil {
		return SignInSession{}, err
	}
	session, err := s.OpenSignInSession(ctx, tx, u, o)
	session.Ended = session.Ended.addEnded(EndedAccess{Password: hadPassword, Sessions: signIns})
	return session, err
}

// postNotice posts a security notice to the account's address. A verified address always gets it.
// An unverified address may be a stranger's, so notices to it are limited like other emails that a
// member causes by hand. Over the limit the notice is left out, and the change itself still takes
// effect.
func (s *Service) postNotice(ctx context.Context, tx *store.Tx, u *ent.User,
	what mail.Change, o Origin) error {
	if u.Email == nil {
		return nil
	}
	// An unverified address may belong to somebody else, who must not get many emails.
	if !u.EmailProven {
		wait, err := s.limits.Allow(ctx, tx, ratelimit.MemberMail, ratelimit.Mailbox(*u.EmailKey),
			s.now())
		if err != nil || wait > 0 {
			return err
		}
	}
	notice := s.newQueuedEmail(mail.SecurityNotice, u, *u.Email, *u.EmailKey)
	notice.Note = noteOf(what, o)
	return s.outbox.Post(ctx, tx, notice)
}

// noteOf returns what a security notice says about a change: what it was and, on a second line, the
// user agent that did it. Notices of earlier versions have the first line alone.
func noteOf(what mail.Change, o Origin) string {
	if agent := inputs.ValueOrEmpty(userAgentOf(o)); agent != "" {
		return string(what) + "\n" + agent
	}
	return string(what)
}

// newQueuedEmail returns an email about an account, to an address that is or was stored for it.
func (s *Service) newQueuedEmail(kind mail.Kind, u *ent.User, to, toKey string) outbox.QueuedEmail {
	return outbox.QueuedEmail{Kind: kind, To: to, ToKey: toKey, UserID: &u.ID, DueAt: s.now()}
}
