package card

import (
	"context"
	"crypto/hmac"
	"time"

	"usher/ent"
	"usher/ent/member"
	"usher/ent/schema"
	"usher/internal/access"
	"usher/internal/account"
	"usher/internal/admission"
	"usher/internal/audit"
	"usher/internal/consent"
	"usher/internal/fault"
	"usher/internal/i18n"
	"usher/internal/secret"
	"usher/internal/store"
)

// RedeemInput is the input of RedeemCard.
type RedeemInput struct {
	Token    string // of the link, or the code
	Pin      string
	Password string
	Consent  *string // the version of the documents (WSP-6)
}

// RedeemCard sets the password of the card's owner and signs them in. It takes the link and the
// PIN, is single-use, and does not verify an address (AUT-4). The printed code stands for the link.
// Errors: LINK_* for a card that can no longer be used; UNAUTHENTICATED for a wrong PIN, of which
// five end the card; RATE_LIMITED after too many wrong codes from one network.
func (s *Service) RedeemCard(ctx context.Context, in RedeemInput,
	from account.Origin) (_ *account.SignInSession, err error) {
	defer fault.Annotate(&err, "redeem card")

	c, err := s.openCard(ctx, in.Token, from)
	if err != nil {
		return nil, err
	}
	now := s.Clock()
	if err := s.requireUsable(ctx, c, now); err != nil {
		return nil, err
	}

	asked, err := consent.AskedOf(ctx, s.Store.Client, c.workspace, member.UserID(c.UserID))
	if err != nil {
		return nil, err
	}
	pin, whole := secret.ParsePIN(in.Pin)
	var faults fault.Collector
	// An incomplete PIN is not counted: it is a typing error and no guess.
	if !whole {
		faults.Add(fault.Input("pin", "card.pin"))
	}
	given, err := asked.Accept(in.Consent, now)
	faults.Add(err)
	if err := faults.Err(); err != nil {
		return nil, err
	}
	// Security: the password is checked and hashed before the PIN is compared, so that the response
	// time does not depend on the PIN.
	hash, err := s.Accounts.HashChosenPassword(ctx, c.user, in.Password)
	if err != nil {
		return nil, err
	}
	// No PIN is right if the operator has removed the secret that the hash was made with.
	want, known := s.hashPIN(c.KeyID, c.ID, c.LinkVersion, pin)
	right := known && hmac.Equal(want, c.PinHash)

	var signIn *account.SignInSession
	var wrong error
	scoped := store.InWorkspace(ctx, c.WorkspaceID)
	err = s.Store.WithTx(scoped, func(tx *store.Tx) error {
		// A wrong PIN is no error of the transaction: the count must be committed.
		if !right {
			wrong, err = s.countWrongPIN(scoped, tx, c, now)
			return err // nil commits the count
		}
		signIn, err = s.redeemInTransaction(scoped, tx, c, hash, given, from, now)
		return err
	})
	if err == nil {
		err = wrong
	}
	if err != nil {
		return nil, err
	}
	return signIn, nil
}

// countWrongPIN counts a wrong PIN and returns the fault with the number of attempts that are left.
//
// Security: right and wrong PINs run the same UPDATE … WHERE tries < 5, one after the other. After
// the fifth wrong PIN no concurrent attempt is accepted.
func (s *Service) countWrongPIN(ctx context.Context, tx *store.Tx, c *openedCard,
	now time.Time) (wrong, err error) {
	n, err := tx.Card.Update().Where(c.usablePredicates(now)...).AddTries(1).Save(ctx)
	if err != nil {
		return nil, err
	}
	if n == 0 {
		return nil, s.explainLostRace(ctx, tx, c, now)
	}
	row, err := tx.Card.Get(ctx, c.ID)
	if err != nil {
		return nil, err
	}
	if row.Tries < maxPINTries {
		return fault.New(fault.Unauthenticated, "card.wrong_pin",
			i18n.Args{"Count": maxPINTries - row.Tries}), nil
	}
	// Recorded once: after the last try no request changes the row any more.
	return fault.New(fault.Unauthenticated, "card.wrong_pin_last"),
		s.noteCard(ctx, tx, c, audit.CardTriedOut, now)
}

// redeemInTransaction uses the card. The UPDATE decides between concurrent requests: one changes
// the row.
func (s *Service) redeemInTransaction(ctx context.Context, tx *store.Tx, c *openedCard, hash string,
	given *schema.Consent, from account.Origin, now time.Time) (*account.SignInSession, error) {
	n, err := tx.Card.Update().Where(c.usablePredicates(now)...).SetUsedAt(now).Save(ctx)
	if err != nil {
		return nil, err
	}
	if n == 0 {
		return nil, s.explainLostRace(ctx, tx, c, now)
	}

	// Before the sign-in, which comes later in the lock order than the member.
	if err := s.recordConsent(ctx, tx, c, given); err != nil {
		return nil, err
	}
	signIn, err := s.Accounts.SetPassword(ctx, tx, c.user, hash, from)
	if err != nil {
		return nil, err
	}
	// Checked again behind the lock of the account: the person may have got more roles since the
	// card was opened.
	covered, err := admission.CoversAccount(ctx, tx.Client, c.issuer, access.MembersCreate,
		c.UserID)
	if err != nil || !covered {
		return nil, orFault(err, fault.New(fault.LinkCancelled, "card.ended"))
	}
	return &signIn, s.noteCard(ctx, tx, c, audit.CardUsed, now)
}

// recordConsent records the consent of the card's owner, if one was given.
func (s *Service) recordConsent(ctx context.Context, tx *store.Tx, c *openedCard,
	given *schema.Consent) error {
	if given == nil {
		return nil
	}
	if err := admission.LockUser(ctx, tx, c.UserID); err != nil {
		return err
	}
	m, err := tx.Member.Query().Where(member.UserID(c.UserID)).Only(ctx)
	if err != nil {
		return err
	}
	_, err = consent.Record(ctx, tx, m, *given)
	return err
}

// explainLostRace returns why a card that was usable before the transaction no longer is.
func (s *Service) explainLostRace(ctx context.Context, tx *store.Tx, c *openedCard,
	now time.Time) error {
	row, err := tx.Card.Get(ctx, c.ID)
	if ent.IsNotFound(err) {
		// issued again in another workspace of the organization
		return fault.New(fault.LinkInvalid, "card.invalid")
	}
	if err != nil {
		return err
	}
	later := &openedCard{Card: row, version: c.version}
	return later.requireUnused(now)
}

// noteCard records an event about a card, with its owner as subject.
func (s *Service) noteCard(ctx context.Context, tx *store.Tx, c *openedCard, what audit.Action,
	now time.Time) error {
	m, err := tx.Member.Query().Where(member.UserID(c.UserID)).Only(ctx)
	if err != nil {
		return err
	}
	return audit.Record(ctx, tx, now, audit.Event{WorkspaceID: c.WorkspaceID, Action: what,
		SubjectID: m.ID, MemberID: m.ID})
}
