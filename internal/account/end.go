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

// SignOut ends the sign-in that asks. Whoever is not signed in is signed out already.
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

// SignOutEverywhere ends all of one's sign-ins, this one too.
func (s *Service) SignOutEverywhere(ctx context.Context, c *access.Caller) (err error) {
	defer fault.Annotate(&err, "sign out everywhere")

	who, err := requirePerson(c)
	if err != nil {
		return err
	}
	return s.EndAllSignIns(ctx, who)
}

// EndAllSignIns ends all sign-ins of an account: for operators, and for whoever takes an account
// away. It asks nobody's right.
func (s *Service) EndAllSignIns(ctx context.Context, user ident.ID) (err error) {
	defer fault.Annotate(&err, "end all sign-ins")

	ctx = systemContext(ctx)
	return s.store.WithTx(ctx, func(tx *store.Tx) error {
		_, err := s.endSignInsExcept(ctx, tx, s.now(), user)
		return err
	})
}

// EndSignIn ends one of one's own sign-ins. NOT_FOUND for any other, and for one that has ended.
func (s *Service) EndSignIn(ctx context.Context, c *access.Caller, id ident.ID) (err error) {
	defer fault.Annotate(&err, "end sign-in")

	who, err := requirePerson(c)
	if err != nil {
		return err
	}
	ctx = systemContext(ctx)
	return s.store.WithTx(ctx, func(tx *store.Tx) error {
		n, err := tx.SignIn.Update().Where(signin.ID(id), signin.UserID(who),
			signin.EndedAtIsNil()).SetEndedAt(s.now()).Save(ctx)
		if err != nil {
			return fmt.Errorf("account: end a sign-in: %w", err)
		}
		if n == 0 {
			return fault.Missing()
		}
		return nil
	})
}

// LiveSignIns narrows a list of sign-ins to those that still count.
func (s *Service) LiveSignIns() predicate.SignIn {
	now := s.now()
	return signin.And(signin.EndedAtIsNil(), signin.LastUsedAtGT(now.Add(-idleLifetime)),
		signin.CreatedAtGT(now.Add(-maxLifetime)))
}

// Sweep deletes sign-ins that are past their longest life, and counts that no limit looks at any
// more. Run it once a day.
func (s *Service) Sweep(ctx context.Context) (err error) {
	defer fault.Annotate(&err, "sweep account")

	ctx = systemContext(ctx)
	now := s.now()
	return s.store.WithTx(ctx, func(tx *store.Tx) error {
		if _, err := tx.SignIn.Delete().Where(signin.CreatedAtLT(now.Add(-maxLifetime))).
			Exec(ctx); err != nil {
			return fmt.Errorf("account: sweep: %w", err)
		}
		return s.limits.Sweep(ctx, tx, now)
	})
}

// endSignInsExcept ends an account's sign-ins except those to keep, and returns how many.
func (s *Service) endSignInsExcept(ctx context.Context, tx *store.Tx, now time.Time, user ident.ID,
	keep ...ident.ID) (int, error) {
	return s.endSignIns(ctx, tx, now, signin.UserID(user), signin.IDNotIn(keep...))
}

func (s *Service) endSignIns(ctx context.Context, tx *store.Tx, now time.Time,
	which ...predicate.SignIn) (int, error) {
	n, err := tx.SignIn.Update().Where(append(which, signin.EndedAtIsNil())...).SetEndedAt(now).
		Save(ctx)
	if err != nil {
		return 0, fmt.Errorf("account: end sign-ins: %w", err)
	}
	return n, nil
}
