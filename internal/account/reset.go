package account

import (
	"context"
	"time"

	"usher/ent/user"
	"usher/internal/address"
	"usher/internal/fault"
	"usher/internal/mail"
	"usher/internal/outbox"
	"usher/internal/ratelimit"
	"usher/internal/secret"
	"usher/internal/store"
)

// unsentAddress is the recipient of the email that is queued but never sent.
const unsentAddress = "nobody@invalid"

// SendsEmail reports whether a mail server is configured. Without one nobody resets a password by
// an emailed link.
func (s *Service) SendsEmail() bool { return s.outbox.Sends() }

// RequestPasswordReset emails a link to set a new password, if the address has an account and its
// limits allow it. The answer is nil for every address, malformed ones included, unless the
// database fails. CONFLICT without a mail server, for every address too.
func (s *Service) RequestPasswordReset(ctx context.Context, email string, o Origin) (err error) {
	defer fault.Annotate(&err, "request password reset")

	// Without a mail server the person would wait for an email that never leaves.
	if !s.SendsEmail() {
		return fault.New(fault.Conflict, "account.no_mail_server")
	}
	ctx = systemContext(ctx)
	a, err := address.Parse(email)
	if err != nil {
		return nil //nolint:nilerr // a malformed address has no account
	}
	u, err := s.findUser(ctx, user.EmailKey(a.Key))
	if err != nil {
		return err
	}
	// Security: an address without an account gets an email too, which names nobody and is dropped
	// by the worker. Both requests run the same statements, so that the response time does not
	// differ. The email goes to the stored address, not to the typed one.
	queuedEmail := outbox.QueuedEmail{Kind: mail.PasswordReset, To: unsentAddress,
		ToKey: unsentAddress,
		DueAt: s.now()}
	mailbox := ratelimit.Unsent(ratelimit.Mailbox(a.Key))
	if u != nil {
		mailbox = ratelimit.Mailbox(a.Key)
		queuedEmail = s.newQueuedEmail(mail.PasswordReset, u, *u.Email, *u.EmailKey)
		queuedEmail.Version = u.CredentialVersion
	}

	return s.store.WithTx(ctx, func(tx *store.Tx) error {
		for _, limit := range []struct {
			rule    ratelimit.Rule
			subject string
		}{{resetNetworkRule, ratelimit.Origin(o.Network)}, {ratelimit.StrangerMail, mailbox}} {
			if wait, err := s.limits.Allow(ctx, tx, limit.rule, limit.subject,
				s.now()); err != nil || wait > 0 {
				return err
			}
		}
		return s.outbox.Post(ctx, tx, queuedEmail)
	})
}

// resetNetworkRule keeps one network from filling the table of emails with addresses without an
// account.
var resetNetworkRule = ratelimit.Rule{Name: "reset-network", Limit: 60, Window: time.Hour}

// ResetPassword sets a new password by an emailed link, which verifies the address, or by an
// operator's link, which does not. It ends all sign-ins and opens a session. LINK_INVALID,
// LINK_EXPIRED, LINK_USED, PASSWORD_TOO_WEAK, UNAVAILABLE.
func (s *Service) ResetPassword(ctx context.Context, token, chosen string,
	o Origin) (_ SignInSession, err error) {
	defer fault.Annotate(&err, "reset password")

	ctx = systemContext(ctx)
	u, link, err := s.openLink(ctx, token, secret.PasswordReset, secret.SetPassword)
	if err != nil {
		return SignInSession{}, err
	}
	hash, err := s.checkAndHash(ctx, u, chosen)
	if err != nil {
		return SignInSession{}, err
	}

	var session SignInSession
	err = s.store.WithTx(ctx, func(tx *store.Tx) error {
		// Of two concurrent uses the second finds that the version has changed.
		u, err := lockUser(ctx, tx, u)
		if err != nil {
			return err
		}
		if u == nil {
			return fault.New(fault.LinkUsed, "account.link_used")
		}
		var ended *EndedAccess
		// An operator has handed over the other kind, so it does not prove the mailbox.
		if link.Purpose == secret.PasswordReset {
			if u, ended, err = s.MarkEmailVerified(ctx, tx, u); err != nil {
				return err
			}
		}
		if session, err = s.replacePassword(ctx, tx, u, hash, o); err != nil {
			return err
		}
		session.Ended = session.Ended.addEnded(ended.valueOrZero())
		return nil
	})
	return session, err
}
