package apikey

import (
	"context"
	"net/netip"
	"time"

	"usher/internal/access"
	"usher/internal/account"
	"usher/internal/fault"
	"usher/internal/ident"
	"usher/internal/ratelimit"
	"usher/internal/secret"
	"usher/internal/store"
)

// Authenticate returns the caller of a secret that a request from an address brought. Errors:
// UNAUTHENTICATED; RATE_LIMITED for a secret that does not exist, after 30 of them from one network in
// five minutes.
//
// Security: only the right secret is told that its key expired, was revoked, or may not be used from
// there. A right secret is never slowed by the guesses of others behind the same router.
func (s *Service) Authenticate(ctx context.Context, key string,
	from netip.Addr) (_ *access.Caller, err error) {
	defer fault.Annotate(&err, "authenticate api key")

	// A mistyped key costs no query and is no guess: its checksum is public.
	if !secret.IsWellFormedAPIKey(key) {
		return nil, newInvalidFault()
	}
	found, err := s.Accounts.FindAPIKey(ctx, key)
	switch {
	case err != nil:
		return nil, err
	case found == nil:
		return nil, s.countGuess(ctx, from)
	}
	return s.admit(found, from)
}

// Reload returns the caller of a key again, for connections that outlive a request. UNAUTHENTICATED
// once the key has expired or was revoked, and from an address that is not allowed any more.
func (s *Service) Reload(ctx context.Context, id ident.ID,
	from netip.Addr) (_ *access.Caller, err error) {
	defer fault.Annotate(&err, "reload api key")

	found, err := s.Accounts.ReloadAPIKey(ctx, id)
	switch {
	case err != nil:
		return nil, err
	case found == nil:
		return nil, newInvalidFault()
	}
	return s.admit(found, from)
}

// admit returns the caller of a key that works now from an address, and notes its use.
func (s *Service) admit(found *account.APIKey, from netip.Addr) (*access.Caller, error) {
	// Read for each request: a revocation counts from the next one on.
	now := s.Clock()
	if reason := found.RefusalAt(now, from); reason != account.KeyWorks {
		return nil, fault.New(fault.Unauthenticated, refusals[reason])
	}
	if now.Sub(found.LastUsedAt) >= useInterval {
		s.uses.record(s.Store, found.Caller.KeyID, now)
	}
	return found.Caller, nil
}

// refusals are the messages of the reasons why a key does not work.
var refusals = map[account.KeyRefusal]string{
	account.KeyRevoked: "apikey.revoked", account.KeyExpired: "apikey.expired",
	account.KeySecretReplaced: "apikey.replaced", account.KeyForeignNetwork: "apikey.network",
}

func newInvalidFault() *fault.Error { return fault.New(fault.Unauthenticated, "apikey.invalid") }

// countGuess counts a secret that does not exist and returns its refusal.
func (s *Service) countGuess(ctx context.Context, from netip.Addr) error {
	// Only wrong secrets cost a write.
	var wait time.Duration
	err := s.Store.WithTx(ctx, func(tx *store.Tx) (err error) {
		wait, err = s.Limits.Allow(ctx, tx, ratelimit.WrongKey, ratelimit.Origin(from), s.Clock())
		return err
	})
	switch {
	case err != nil:
		return err
	case wait > 0:
		return ratelimit.TooManyAttempts(wait)
	}
	return newInvalidFault()
}
