package account

import (
	"context"
	"fmt"
	"time"

	"usher/ent/predicate"
	"usher/ent/signin"
	"usher/internal/access"
	"usher/internal/fault"
	"usher/internal/ident"
	"usher/internal/store"
)

// SignOut ends the caller's sign-in. An anonymous caller is signed out already.
func (s *Service) SignOut(ctx context.Context, c *access.Caller) (err error) {
	defer fault.Annotate(&err, "sign out")

	if c == nil || c.SignInID.IsZero() {
		return nil
	}
	ctx = systemContext(ctx)
	return s.store.WithTx(ctx, func(tx *store.Tx) error {
		_, err := s.endSignIns(ctx, tx, s.now(), signin.ID(c.SignInID))
		return err
	})
}

// SignOutEverywhere ends all of the caller's sign-ins, the present one included.
func (s *Service) SignOutEverywhere(ctx context.Context, c *access.Caller) (err error) {
	defer fault.Annotate(&err, "sign out everywhere")

	userID, err := requirePerson(c)
	if err != nil {
		return err
	}
	return s.EndAllSignIns(ctx, userID)
}

// EndAllSignIns ends all sign-ins of an account, for operators and for verbs that remove an
// account. It checks no authority.
func (s *Service) EndAllSignIns(ctx context.Context, user ident.ID) (err error) {
	defer fault.Annotate(&err, "end all sign-ins")

	ctx = systemContext(ctx)
	return s.store.WithTx(ctx, func(tx *store.Tx) error {
		_, err := s.endSignInsExcept(ctx, tx, s.now(), user)
		return err
	})
}

// EndSignIn ends one of the caller's own sign-ins. NOT_FOUND for any other sign-in, and for one
// that has ended.
func (s *Service) EndSignIn(ctx context.Context, c *access.Caller, id ident.ID) (err error) {
	defer fault.Annotate(&err, "end sign-in")

	userID, err := requirePerson(c)
	if err != nil {
		return err
	}

	ctx = systemContext(ctx)
	return s.store.WithTx(ctx, func(tx *store.Tx) error {
		n, err := tx.SignIn.Update().Where(signin.ID(id), signin.UserID(userID),
			signin.EndedAtIsNil()).SetEndedAt(s.now()).Save(ctx)
		if err != nil {
			return fmt.Errorf("account: end a sign-in: %w", err)
		}
		if n == 0 {
			// Sign-ins of others and ended ones are not told apart.
			return fault.Missing()
		}
		return nil
	})
}

// LiveSignIns selects the sign-ins that have neither ended nor expired.
func (s *Service) LiveSignIns() predicate.SignIn {
	now := s.now()
	return signin.And(signin.EndedAtIsNil(), signin.LastUsedAtGT(now.Add(-idleLifetime)),
		signin.CreatedAtGT(now.Add(-maxLifetime)))
}

// SweepSignIns deletes sign-ins past maxLifetime, and expired rate-limit counts. The registration
// in package app says how often.
func (s *Service) SweepSignIns(ctx context.Context) (err error) {
	defer fault.Annotate(&err, "sweep sign-ins")

	ctx = systemContext(ctx)
	now := s.now()

	return s.store.WithTx(ctx, func(tx *store.Tx) error {
		if _, err := tx.SignIn.Delete().Where(signin.CreatedAtLT(now.Add(-maxLifetime))).
			Exec(ctx); err != nil {
			return fmt.Errorf("account: sweep: %w", err)
		}
		return s.limits.SweepCounts(ctx, tx, now)
	})
}

// endSignInsExcept ends an account's sign-ins except those to keep, and returns their number.
func (s *Service) endSignInsExcept(ctx context.Context, tx *store.Tx, now time.Time, user ident.ID,
	keep ...ident.ID) (int, error) {
	return s.endSignIns(ctx, tx, now, signin.UserID(user), signin.IDNotIn(keep...))
}

// endSignIns ends the selected sign-ins that have not ended, and returns their number.
func (s *Service) endSignIns(ctx context.Context, tx *store.Tx, now time.Time,
	which ...predicate.SignIn) (int, error) {
	n, err := tx.SignIn.Update().Where(append(which, signin.EndedAtIsNil())...).SetEndedAt(now).
		Save(ctx)
	if err != nil {
		return 0, fmt.Errorf("account: end sign-ins: %w", err)
	}
	return n, nil
}
