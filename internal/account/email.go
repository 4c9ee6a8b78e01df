package account

import (
	"context"
	"fmt"

	"usher/ent"
	"usher/ent/member"
	"usher/ent/user"
	"usher/internal/access"
	"usher/internal/address"
	"usher/internal/fault"
	"usher/internal/ident"
	"usher/internal/mail"
	"usher/internal/secret"
	"usher/internal/store"
	"usher/internal/throttle"
)

// RequestEmailChange mails a link to a new address, which becomes the account's once the link is confirmed. One's own
// address may be asked for until it is proven. BAD_USER_INPUT at email, RATE_LIMITED; an address that has another
// account is answered like one that is free, and gets no mail.
func (s *Service) RequestEmailChange(ctx context.Context, c *access.Caller, email string) error {
	id, err := person(c)
	if err != nil {
		return err
	}
	ctx = system(ctx)
	a, err := address.Parse(email)
	if err != nil {
		return err
	}
	u, err := s.one(ctx, user.ID(id))
	if err != nil {
		return err
	}
	if u == nil {
		return unauthenticated()
	}
	if text(u.EmailKey) == a.Key && u.EmailProven {
		return fault.Input("email", "account.email_same")
	}

	return s.store.WithTx(ctx, func(tx *store.Tx) error {
		wait, err := s.limits.Allow(ctx, tx, throttle.MemberMail, throttle.Mailbox(a.Key), s.now())
		if err != nil {
			return err
		}
		if wait > 0 {
			return throttle.Mails(wait)
		}
		// Security: the limit is spent before it is looked whose address it is, so that it does not tell either.
		taken, err := tx.User.Query().Where(user.EmailKey(a.Key), user.IDNEQ(u.ID)).Exist(ctx)
		if err != nil || taken {
			return err
		}
		u, err := tx.User.UpdateOneID(u.ID).SetPendingEmail(a.Display).SetPendingEmailKey(a.Key).Save(ctx)
		if err != nil {
			return fmt.Errorf("account: note a new address: %w", err)
		}
		letter := s.letter(mail.EmailChange, u, a.Display, a.Key)
		letter.Version = u.CredentialVersion
		return s.courier.Post(ctx, tx, letter)
	})
}

// ConfirmEmailChange makes the new address the account's, proven, and tells the old one. The other sign-ins end; the one
// that asks, if it is this account's, goes on. Where no address had been proven before, everything ends that existed
// (AUT-4): passwordEnded then says that the person needs a new password, which a reset by mail gives them.
// LINK_INVALID, LINK_EXPIRED, LINK_USED; CONFLICT when the address has become another account's.
func (s *Service) ConfirmEmailChange(ctx context.Context, c *access.Caller, token string) (passwordEnded bool, err error) {
	ctx = system(ctx)
	u, _, err := s.openLink(ctx, token, secret.EmailChange)
	if err != nil {
		return false, err
	}
	err = s.store.WithTx(ctx, func(tx *store.Tx) error {
		now, err := lock(ctx, tx, u)
		if err != nil {
			return err
		}
		if now == nil {
			return fault.New(fault.LinkUsed, "account.link_used")
		}
		// Another address may have been asked for since the link was looked at.
		if text(now.PendingEmailKey) != text(u.PendingEmailKey) {
			return fault.New(fault.LinkInvalid, "account.link_invalid")
		}
		passwordEnded, err = s.move(ctx, tx, now, c)
		return err
	})
	if ent.IsConstraintError(err) {
		// The index decides between two accounts. Whoever asks has the mailbox: nothing is given away to a stranger.
		return false, fault.New(fault.Conflict, "account.email_taken").Because(err)
	}
	return passwordEnded, err
}

// move gives a locked account its pending address.
func (s *Service) move(ctx context.Context, tx *store.Tx, u *ent.User, c *access.Caller) (passwordEnded bool, err error) {
	old, oldKey, key := text(u.Email), text(u.EmailKey), *u.PendingEmailKey
	hadPassword := u.PasswordHash != nil
	moved, err := tx.User.UpdateOneID(u.ID).SetEmail(*u.PendingEmail).SetEmailKey(key).
		ClearPendingEmail().ClearPendingEmailKey().AddCredentialVersion(1).Save(ctx)
	if err != nil {
		return false, fmt.Errorf("account: change an address: %w", err)
	}
	if err := tx.Member.Update().Where(member.UserID(u.ID)).SetEmailKey(key).Exec(ctx); err != nil {
		return false, fmt.Errorf("account: change an address: %w", err)
	}
	if moved, err = s.ProveMailbox(ctx, tx, moved); err != nil {
		return false, err
	}
	var keep []ident.ID
	if c != nil && c.UserID == u.ID {
		keep = append(keep, c.SignInID)
	}
	if err := s.endAll(ctx, tx, s.now(), u.ID, keep...); err != nil {
		return false, err
	}
	if old != "" && oldKey != key {
		notice := s.letter(mail.SecurityNotice, u, old, oldKey)
		notice.Note = string(mail.EmailChanged)
		if err := s.courier.Post(ctx, tx, notice); err != nil {
			return false, err
		}
	}
	return hadPassword && moved.PasswordHash == nil, nil
}
