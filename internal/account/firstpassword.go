package account

import (
	"context"
	"time"

	"usher/ent"
	"usher/ent/signin"
	"usher/ent/user"
	"usher/internal/access"
	"usher/internal/fault"
	"usher/internal/store"
)

// firstPasswordPeriod is how long after a sign-in with a generated password the person need not
// type it again to choose their own.
const firstPasswordPeriod = time.Hour

// MayChooseFirstPassword tells whether ChooseFirstPassword is open to a caller: their session began
// within the last hour, with a generated password.
func (s *Service) MayChooseFirstPassword(ctx context.Context,
	c *access.Caller) (_ bool, err error) {
	defer fault.Annotate(&err, "may choose first password")

	if c == nil || c.UserID.IsZero() || !c.MustChange {
		return false, nil
	}
	return s.store.SignIn.Query().Where(signin.ID(c.SignInID), signin.MustChangePassword(true),
		signin.EndedAtIsNil(), signin.CreatedAtGT(s.now().Add(-firstPasswordPeriod))).
		Exist(systemContext(ctx))
}

// ChooseFirstPassword replaces a generated password by the person's own, for the session that has
// just begun with it (CRE-5): typing a long password a second time helps nobody. It ends all
// sign-ins, and opens a new session in place of the caller's. Errors: FORBIDDEN for any other
// session, and an hour after it began; PASSWORD_TOO_WEAK at newPassword, also for the generated
// password itself; UNAVAILABLE; CONFLICT if the password was changed elsewhere at the same time.
func (s *Service) ChooseFirstPassword(ctx context.Context, c *access.Caller, chosen string,
	o Origin) (_ SignInSession, err error) {
	defer fault.Annotate(&err, "choose first password")

	may, err := s.MayChooseFirstPassword(ctx, c)
	if err != nil {
		return SignInSession{}, err
	}
	if !may {
		return SignInSession{}, fault.Denied()
	}
	ctx = systemContext(ctx)
	u, err := s.findUser(ctx, user.ID(c.UserID))
	if err != nil {
		return SignInSession{}, err
	}
	if u == nil || u.PasswordHash == nil {
		return SignInSession{}, unauthenticatedFault()
	}

	// A password that is replaced by itself would stay known to the mailbox and the grantor.
	same, _, err := s.hasher.Verify(ctx, chosen, *u.PasswordHash)
	if err != nil {
		return SignInSession{}, err
	}
	if same {
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

// storeChosenPassword writes the password that a person has chosen for their account, and opens a
// new session. CONFLICT if the password was changed since the account was read.
func (s *Service) storeChosenPassword(ctx context.Context, u *ent.User, hash string,
	o Origin) (session SignInSession, err error) {
	err = s.store.WithTx(ctx, func(tx *store.Tx) error {
		u, err := lockUser(ctx, tx, u)
		if err != nil {
			return err
		}
		if u == nil {
			return fault.New(fault.Conflict, "account.changed_meanwhile")
		}
		// The only known password was sent to the mailbox alone and came back from it (AUT-4).
		if u.MustChangePassword && u.Email != nil && !u.EmailProven {
			if err := tx.User.UpdateOne(u).SetEmailProven(true).Exec(ctx); err != nil {
				return err
			}
		}
		session, err = s.replacePassword(ctx, tx, u, hash, o)
		return err
	})
	return session, err
}
