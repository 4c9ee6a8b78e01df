package account

import (
	"context"

	"usher/ent"
	"usher/internal/fault"
	"usher/internal/store"
)

// HashChosenPassword checks a chosen password against the password rules and hashes it. It is too
// slow for a transaction. PASSWORD_TOO_WEAK, UNAVAILABLE.
func (s *Service) HashChosenPassword(ctx context.Context, u *ent.User,
	password string) (hash string, err error) {
	defer fault.Annotate(&err, "hash chosen password")

	return s.checkAndHash(systemContext(ctx), u, password)
}

// HashReplacementPassword is HashChosenPassword for a password that replaces one that others may
// know: it must differ from the current one. The error names newPassword.
func (s *Service) HashReplacementPassword(ctx context.Context, u *ent.User,
	password string) (hash string, err error) {
	defer fault.Annotate(&err, "hash replacement password")

	ctx = systemContext(ctx)
	hash, err = s.checkAndHashReplacement(ctx, u, password)
	if fault.Has(err, fault.PasswordTooWeak) {
		err = fault.At(err, "newPassword")
	}
	return hash, err
}

// checkAndHashReplacement refuses the current password, then checks and hashes the new one.
func (s *Service) checkAndHashReplacement(ctx context.Context, u *ent.User,
	password string) (string, error) {
	if u.PasswordHash != nil {
		same, _, err := s.hasher.Verify(ctx, password, *u.PasswordHash)
		if err != nil {
			return "", err
		}
		if same {
			return "", fault.New(fault.PasswordTooWeak, "account.password_same")
		}
	}
	return s.checkAndHash(ctx, u, password)
}

// SetPassword stores a hash of HashChosenPassword, ends all sign-ins and opens a session. The
// caller's transaction has verified the person. It does not verify the email address (AUT-4).
// LINK_USED if the account's password or address has changed since u was read.
func (s *Service) SetPassword(ctx context.Context, tx *store.Tx, u *ent.User, hash string,
	o Origin) (SignInSession, error) {
	ctx = systemContext(ctx)
	u, err := lockUser(ctx, tx, u)
	if err != nil {
		return SignInSession{}, err
	}
	if u == nil {
		return SignInSession{}, fault.New(fault.LinkUsed, "account.link_used")
	}
	return s.replacePassword(ctx, tx, u, hash, o)
}
