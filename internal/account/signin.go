package account

import (
	"context"
	"fmt"
	"time"

	"usher/ent"
	"usher/ent/predicate"
	"usher/ent/user"
	"usher/internal/fault"
	"usher/internal/ident"
	"usher/internal/ratelimit"
	"usher/internal/secret"
	"usher/internal/store"
)

// SignInInput is who signs in.
type SignInInput struct {
	Login     string // an address, or a username
	Password  string
	Workspace string // slug; needed with a username
	Origin    Origin
}

// SignIn opens a session for who knows the password. UNAUTHENTICATED when login and password do not
// belong together, whether or not the account exists; RATE_LIMITED after too many tries;
// UNAVAILABLE when too many sign in at once.
func (s *Service) SignIn(ctx context.Context, in SignInInput) (_ Session, err error) {
	defer fault.Annotate(&err, "sign in")

	ctx = systemContext(ctx)
	w, err := s.lookUpLogin(ctx, in.Login, in.Workspace)
	if err != nil {
		return Session{}, err
	}
	a, err := s.newAttempt(ctx, w, in.Origin)
	if err != nil {
		return Session{}, err
	}
	leave, err := s.attempts.waitTurn(ctx, a.origin)
	if err != nil {
		return Session{}, err
	}
	defer leave()
	rehash, err := s.tryPassword(ctx, a, in.Password)
	if err != nil {
		return Session{}, err
	}
	u := w.account
	if isPasswordSpent(u, s.now()) {
		return Session{}, fault.New(fault.Unauthenticated, "account.password_spent")
	}
	stronger := ""
	if rehash {
		// The parameters have risen since. Should the hash not be to be had now, the next sign-in
		// tries again.
		stronger, _ = s.hasher.Hash(ctx, in.Password)
	}

	var session Session
	err = s.store.WithTx(ctx, func(tx *store.Tx) (err error) {
		if session, err = s.OpenSession(ctx, tx, u, in.Origin); err != nil {
			return err
		}
		if stronger != "" { // the row is locked, and its password the one just proven
			if err := tx.User.Update().Where(user.ID(u.ID)).SetPasswordHash(stronger).
				Exec(ctx); err != nil {
				return fmt.Errorf("account: store a stronger hash: %w", err)
			}
		}
		return s.clearAttempts(ctx, tx, a)
	})
	return session, err
}

// OpenSession signs an account in, inside a transaction that has made sure of who it is. A password
// that was mailed is good for this one sign-in, and the session may only change it. UNAUTHENTICATED
// when the account's password, or its address, has changed since u was read.
func (s *Service) OpenSession(ctx context.Context, tx *store.Tx, u *ent.User,
	o Origin) (Session, error) {
	ctx = systemContext(ctx)
	now := s.now()
	// Security: the lock puts this sign-in before or after a reset that ends all of them: before,
	// it is ended too; after, it fails here. Of two sign-ins with a mailed password the second
	// finds it spent.
	u, err := lockUser(ctx, tx, u)
	if err != nil {
		return Session{}, err
	}
	if u == nil || isPasswordSpent(u, now) {
		return Session{}, fault.New(fault.Unauthenticated, "account.wrong_login")
	}
	if u.PasswordExpiresAt != nil {
		if err := tx.User.Update().Where(user.ID(u.ID)).SetPasswordExpiresAt(now).
			Exec(ctx); err != nil {
			return Session{}, fmt.Errorf("account: open: %w", err)
		}
	}

	id := ident.New(ident.SignIn)
	refresh := newRefreshToken(s.keys, id)
	row, err := tx.SignIn.Create().SetID(id).SetUserID(u.ID).
		SetTokenHash(secret.HashOpaque(refresh.Reveal())).
		SetRotatedAt(now).SetCreatedAt(now).SetLastUsedAt(now).
		SetMustChangePassword(u.MustChangePassword).
		SetNillableUserAgent(userAgentOf(o)).Save(ctx)
	if err != nil {
		return Session{}, fmt.Errorf("account: open: %w", err)
	}
	return s.buildSession(row, refresh, now)
}

// lockUser reads an account again and keeps it from changing until the transaction ends; nil when
// it was erased, or its password or address has changed since u was read.
func lockUser(ctx context.Context, tx *store.Tx, u *ent.User) (*ent.User, error) {
	q := tx.User.Query().Where(user.ID(u.ID), user.ErasedAtIsNil())
	if tx.Locks() {
		q = q.ForUpdate()
	}
	now, err := q.Only(ctx)
	if ent.IsNotFound(err) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("account: lock an account: %w", err)
	}
	if now.CredentialVersion != u.CredentialVersion {
		return nil, nil
	}
	return now, nil
}

// VerifyPassword checks the password of an account that is known already, under the same limits as
// SignIn and with its errors.
func (s *Service) VerifyPassword(ctx context.Context, u *ent.User, password string,
	o Origin) (err error) {
	defer fault.Annotate(&err, "verify password")

	ctx = systemContext(ctx)
	if err := s.verifyUserPassword(ctx, u, password, o); err != nil {
		return err
	}
	if isPasswordSpent(u, s.now()) {
		return fault.New(fault.Unauthenticated, "account.password_spent")
	}
	return nil
}

// VerifyPasswordForEmail checks the password of the account of an address, given by its key, and
// returns the account. An address without an account is answered, and counted, like a wrong
// password.
func (s *Service) VerifyPasswordForEmail(ctx context.Context, key, password string,
	o Origin) (_ *ent.User, err error) {
	defer fault.Annotate(&err, "verify password for email")

	ctx = systemContext(ctx)
	u, err := s.findUser(ctx, user.EmailKey(key))
	if err != nil {
		return nil, err
	}
	if err := s.verifyLookupPassword(ctx, accountLookup{u, addressSubject(key)}, password,
		o); err != nil {
		return nil, err
	}
	if isPasswordSpent(u, s.now()) {
		return nil, fault.New(fault.Unauthenticated, "account.password_spent")
	}
	return u, nil
}

// verifyUserPassword is Prove for a mailed password too that has been used up: its own session
// changes it.
func (s *Service) verifyUserPassword(ctx context.Context, u *ent.User, password string,
	o Origin) error {
	return s.verifyLookupPassword(ctx, lookupFor(u), password, o)
}

// verifyLookupPassword checks the password of an account as it was asked for.
func (s *Service) verifyLookupPassword(ctx context.Context, w accountLookup, password string,
	o Origin) error {
	a, err := s.newAttempt(ctx, w, o)
	if err != nil {
		return err
	}
	leave, err := s.attempts.waitTurn(ctx, a.origin)
	if err != nil {
		return err
	}
	defer leave()
	if _, err := s.tryPassword(ctx, a, password); err != nil {
		return err
	}
	return s.store.WithTx(ctx, func(tx *store.Tx) error { return s.clearAttempts(ctx, tx, a) })
}

// tryPassword looks at a password, at the cost of a try. The right one leaves the count as it is;
// the caller clears it.
//
// Security: all that happens here happens in the same order, with the same statements and the same
// hash, whether or not there is an account. The try is counted before the hash, so that guesses at
// the same time are counted guesses.
func (s *Service) tryPassword(ctx context.Context, a *signInAttempt,
	password string) (rehash bool, err error) {
	if !a.knownDevice {
		wait, err := s.limits.Wait(ctx, s.store.Client, ratelimit.Network, a.network, s.now())
		if err != nil {
			return false, err
		}
		if wait > 0 {
			return false, ratelimit.Tries(wait)
		}
	}
	wait, err := s.countAttempt(ctx, a)
	if err != nil {
		return false, err
	}
	if wait > 0 {
		return false, ratelimit.Tries(wait)
	}

	hash := ""
	if a.account != nil {
		hash = stringOrEmpty(a.account.PasswordHash)
	}
	ok, rehash, err := s.hasher.Verify(ctx, password, hash)
	if err != nil {
		return false, err
	}
	if !ok {
		if err := s.countWrongPassword(ctx, a); err != nil {
			return false, err
		}
		return false, fault.New(fault.Unauthenticated, "account.wrong_login")
	}
	return rehash, nil
}

// isPasswordSpent tells whether a mailed password is used up, or older than a day.
func isPasswordSpent(u *ent.User, now time.Time) bool {
	return u.PasswordExpiresAt != nil && !now.Before(*u.PasswordExpiresAt)
}

// findUser reads the account that fits, nil if none does or it was erased.
func (s *Service) findUser(ctx context.Context, which ...predicate.User) (*ent.User, error) {
	u, err := s.store.User.Query().Where(append(which, user.ErasedAtIsNil())...).
		Only(systemContext(ctx))
	if ent.IsNotFound(err) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("account: find an account: %w", err)
	}
	return u, nil
}
