package card

import (
	"context"
	"errors"

	"usher/ent"
	"usher/ent/card"
	"usher/internal/account"
	"usher/internal/fault"
	"usher/internal/ratelimit"
	"usher/internal/secret"
	"usher/internal/store"
)

// FindLinkByCode returns the token of the link of the card with a printed code, for the page where
// people type it (AHD-2). Errors: BAD_USER_INPUT at code for a text that cannot be a code;
// LINK_INVALID for a code that no card has; RATE_LIMITED after too many of these from one network.
func (s *Service) FindLinkByCode(ctx context.Context, typed string,
	from account.Origin) (_ secret.Token, err error) {
	defer fault.Annotate(&err, "find link by code")

	code, whole := secret.ParseCode(typed)
	if !whole {
		return "", fault.Input("code", "card.code")
	}
	c, err := s.findByCode(ctx, code, from)
	if err != nil {
		return "", err
	}
	return s.signCardLink(c), nil
}

// errCodeFound rolls back the count of an attempt whose code was right.
var errCodeFound = errors.New("card: the code is right")

// findByCode returns the card of a code, with its account and its workspace. A card that can no
// longer be used is found too, so that its page tells why.
//
// Security: wrong codes count for the network as wrong passwords do, and above the limit a right
// code is refused like a wrong one. The count is locked before the code is looked up, so that
// parallel guesses are counted one by one. A right code is not counted: a whole class types theirs
// behind one router. The link in the QR code is not limited, so guesses of others lock nobody out.
func (s *Service) findByCode(ctx context.Context, code secret.Redacted,
	from account.Origin) (*ent.Card, error) {
	var c *ent.Card
	var refused error
	system := store.AsSystem(ctx, "the printed code authorizes reading its card")
	err := s.Store.WithTx(system, func(tx *store.Tx) error {
		c, refused = nil, nil
		wait, err := s.Limits.Allow(system, tx, ratelimit.Network, ratelimit.Origin(from.Network),
			s.Clock())
		if err != nil {
			return err
		}
		if wait > 0 {
			refused = ratelimit.TooManyRequests(wait)
			return nil
		}
		c, err = tx.Card.Query().Where(card.CodeHashIn(s.hashCode(code)...)).WithUser().
			WithWorkspace().Only(system)
		if ent.IsNotFound(err) {
			refused = fault.New(fault.LinkInvalid, "card.wrong_code")
			return nil // nil commits the count
		}
		if err != nil {
			return err
		}
		return errCodeFound
	})
	switch {
	case errors.Is(err, errCodeFound):
		return c, nil
	case err != nil:
		return nil, err
	}
	return nil, refused
}
