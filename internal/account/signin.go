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
	"usher/internal/inputs"
	"usher/internal/ratelimit"
	"usher/internal/secret"
	"usher/internal/store"
)

// SignInInput holds the credentials of a sign-in.
type SignInInput struct {
	Login     string // an address, or a username
	Password  string
	Workspace string // slug; needed with a username
	Origin    Origin
}

// SignIn opens a session for the right password. UNAUTHENTICATED if login and password do not
// match, whether or not the account exists; RATE_LIMITED after too many attempts; UNAVAILABLE if
// too many people sign in at the same time.
func (s *Service) SignIn(ctx context.Context, in SignInInput) (_ SignInSession, err error) {
	defer fault.Annotate(&err, "sign in")

	ctx = systemContext(ctx)
	w, err := s.lookUpLogin(ctx, in.Login, in.Workspace)
	if err != nil {
		return SignInSession{}, err
	}
	a, err := s.newAttempt(ctx, w, in.Origin)
	if err != nil {
		return SignInSession{}, err
	}
	// The next attempt sees the outcome of this one, so right passwords that arrive together are
	// not refused for their number.
	leave, err := s.attempts.waitTurn(ctx, a.origin)
	if err != nil {
		return SignInSession{}, err
	}
	defer leave()
	rehash, err := s.tryPassword(ctx, a, in.Password)
	if err != nil {
		return SignInSession{}, err
	}
	u := w.account
	// Checked after the password, so that only its owner learns that it is spent.
	if isPasswordSpent(u, s.now()) {
		return SignInSession{}, fault.New(fault.Unauthenticated, "account.password_spent")
	}
	stronger := ""
	if rehash {
		// The parameters have been raised since. If the hasher is busy now, the next sign-in tries
		// again.
		stronger, _ = s.hasher.Hash(ctx, in.Password)
	}

	var session SignInSession
	err = s.store.WithTx(ctx, func(tx *store.Tx) (err error) {
		if session, err = s.OpenSignInSession(ctx, tx, u, in.Origin); err != nil {
			return err
		}
		// The row is locked, and its password is the verified one.
		if stronger != "" {
			if err := tx.User.Update().Where(user.ID(u.ID)).SetPasswordHash(stronger).
				Exec(ctx); err != nil {
				return fmt.Errorf("account: store a stronger hash: %w", err)
			}
		}
		// In the transaction of the session: without a session the count of wrong guesses stays.
		return s.clearAttempts(ctx, tx, a)
	})
	return session, err
}

// OpenSignInSession signs an account in, inside a transaction that has verified the person. An
// emailed password is valid for this one sign-in, and the session may only change it.
// UNAUTHENTICATED if the account's password or address has changed since u was read.
func (s *Service) OpenSignInSession(ctx context.Context, tx *store.Tx, u *ent.User,
	o Origin) (SignInSession, error) {
	ctx = systemContext(ctx)
	now := s.now()
	// Security: the lock orders this sign-in and a reset that ends all sign-ins. Before the reset
	// it is ended too; after it, it fails here.
	u, err := lockUser(ctx, tx, u)
	if err != nil {
		return SignInSession{}, err
	}
	if u == nil || isPasswordSpent(u, now) {
		return SignInSession{}, fault.New(fault.Unauthenticated, "account.wrong_login")
	}
	// The expiry is set to now: of two sign-ins with an emailed password the second finds it used.
	if u.PasswordExpiresAt != nil {
		if err := tx.User.Update().Where(user.ID(u.ID)).SetPasswordExpiresAt(now).
			Exec(ctx); err != nil {
			return SignInSession{}, fmt.Errorf("account: open: %w", err)
		}
	}

	// The id is part of the refresh token, so the token leads to its row without a search by hash.
	id := ident.New(ident.SignIn)
	refresh := newRefreshToken(s.keys, id)
	row, err := tx.SignIn.Create().SetID(id).SetUserID(u.ID).
		SetTokenHash(secret.HashOpaque(refresh.Reveal())).
		SetRotatedAt(now).SetCreatedAt(now).SetLastUsedAt(now).
		SetMustChangePassword(u.MustChangePassword).
		SetNillableUserAgent(userAgentOf(o)).Save(ctx)
	if err != nil {
		return SignInSession{}, fmt.Errorf("account: open: %w", err)
	}
	return s.buildSignInSession(row, refresh, now)
}

// lockUser reads an account again and locks it until the transaction ends. It returns nil if the
// account was erased, or its password or address has changed since u was read.
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
	// The proof was given against the previous credentials.
	if now.CredentialVersion != u.CredentialVersion {
		return nil, nil
	}
	return now, nil
}

// VerifyPassword checks the password of an account that is loaded already, under the same limits
// as SignIn and with its errors.
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
// returns the account. An address without an account is answered and counted like a wrong
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

// verifyUserPassword is VerifyPassword that also accepts an emailed password that has been used:
// its own session changes it.
func (s *Service) verifyUserPassword(ctx context.Context, u *ent.User, password string,
	o Origin) error {
	return s.verifyLookupPassword(ctx, lookupFor(u), password, o)
}

// verifyLookupPassword checks the password of an account under the subject of its lookup.
func (s *Service) verifyLookupPassword(ctx context.Context, lookup accountLookup, password string,
	o Origin) error {
	a, err := s.newAttempt(ctx, lookup, o)
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

// tryPassword counts an attempt and verifies its password. The right password leaves the count as
// it is; the caller clears it.
//
// Security: the steps, statements and hash are the same whether or not there is an account, so that
// the response time reveals nothing. The attempt is counted before the hash, so that concurrent
// guesses are counted too.
func (s *Service) tryPassword(ctx context.Context, a *signInAttempt,
	password string) (rehash bool, err error) {
	// A known device is not slowed by the guesses of others from its network.
	if !a.knownDevice {
		wait, err := s.limits.Wait(ctx, s.store.Client, ratelimit.Network, a.network, s.now())
		if err != nil {
			return false, err
		}
		if wait > 0 {
			return false, ratelimit.TooManyAttempts(wait)
		}
	}
	wait, err := s.countAttempt(ctx, a)
	if err != nil {
		return false, err
	}
	if wait > 0 {
		return false, ratelimit.TooManyAttempts(wait)
	}

	// Without an account an empty hash is verified, which takes as long as a real one.
	hash := ""
	if a.account != nil {
		hash = inputs.ValueOrEmpty(a.account.PasswordHash)
	}
	ok, rehash, err := s.hasher.Verify(ctx, password, hash)
	if err != nil {
		return false, err
	}
	if !ok {
		// Counted apart from the attempts: only wrong guesses slow down a network.
		if err := s.countWrongPassword(ctx, a); err != nil {
			return false, err
		}
		return false, fault.New(fault.Unauthenticated, "account.wrong_login")
	}
	return rehash, nil
}

// isPasswordSpent reports whether an emailed password is used, or older than a day.
func isPasswordSpent(u *ent.User, now time.Time) bool {
	return u.PasswordExpiresAt != nil && !now.Before(*u.PasswordExpiresAt)
}

// findUser returns the one account that matches; nil if there is none or it was erased.
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
