package card

import (
	"context"
	"time"

	"usher/ent"
	"usher/ent/card"
	"usher/ent/member"
	"usher/ent/predicate"
	"usher/internal/access"
	"usher/internal/account"
	"usher/internal/admission"
	"usher/internal/consent"
	"usher/internal/fault"
	"usher/internal/ident"
	"usher/internal/inputs"
	"usher/internal/secret"
	"usher/internal/store"
)

// openedCard is the card of a link.
type openedCard struct {
	*ent.Card
	// of the link; lower than the card's version after the card was issued again
	version   int
	user      *ent.User
	workspace *ent.Workspace
	issuer    *access.Caller // with the current permissions; set by requireUsable
}

// openCard finds the card of a link or of a printed code. LINK_INVALID for one that was never
// issued; RATE_LIMITED after too many wrong codes from one network.
func (s *Service) openCard(ctx context.Context, token string,
	from account.Origin) (*openedCard, error) {
	// No link is as short as a code.
	if code, isCode := secret.ParseCode(token); isCode {
		c, err := s.findByCode(ctx, code, from)
		if err != nil {
			return nil, err
		}
		return &openedCard{Card: c, version: c.LinkVersion, user: c.Edges.User,
			workspace: c.Edges.Workspace}, nil
	}

	invalid := fault.New(fault.LinkInvalid, "card.invalid")
	p, err := s.Keys.ParseLink(token, secret.Card)
	if err != nil {
		return nil, invalid
	}
	// Security: the holder of a link is not signed in. The signature of the link authorizes reading
	// this one row.
	c, err := s.Store.Card.Query().Where(card.ID(ident.ID(p.ID))).WithUser().WithWorkspace().
		Only(store.AsSystem(ctx, "the signed link authorizes reading its card"))
	if ent.IsNotFound(err) {
		return nil, invalid
	}
	if err != nil {
		return nil, err
	}

	// The binding is in the row, so the signature can only be verified after reading it.
	if !s.Keys.VerifyLink(p, cardBinding(c)...) || int64(p.Version) > int64(c.LinkVersion) {
		return nil, invalid
	}
	return &openedCard{Card: c, version: int(p.Version), user: c.Edges.User,
		workspace: c.Edges.Workspace}, nil
}

// requireUnused returns why the card can no longer be used, judged by its row; nil if it can.
func (c *openedCard) requireUnused(now time.Time) error {
	switch {
	case c.version < c.LinkVersion:
		return fault.New(fault.LinkCancelled, "card.replaced")
	case c.UsedAt != nil:
		return fault.New(fault.LinkUsed, "card.used")
	case c.Tries >= maxPINTries:
		return fault.New(fault.LinkCancelled, "card.tried")
	case !c.ExpiresAt.After(now):
		return fault.New(fault.LinkExpired, "card.expired")
	}
	return nil
}

// usablePredicates returns the conditions of requireUnused for the UPDATE that decides.
func (c *openedCard) usablePredicates(now time.Time) []predicate.Card {
	return []predicate.Card{card.ID(c.ID), card.LinkVersion(c.version), card.UsedAtIsNil(),
		card.TriesLT(maxPINTries), card.ExpiresAtGT(now)}
}

// requireUsable is requireUnused, and checks what may have changed since the card was issued: the
// password, the account, the member and the issuer's permissions. It sets c.issuer.
//
// Security: a lesser administrator may have kept a copy of the card of a person who was promoted or
// joined another workspace since (ADM-6). The card is refused as soon as its issuer could no longer
// issue it.
func (s *Service) requireUsable(ctx context.Context, c *openedCard, now time.Time) error {
	if err := c.requireUnused(now); err != nil {
		return err
	}
	ended := fault.New(fault.LinkCancelled, "card.ended")
	// A password that was set by other means ends the card.
	if c.user.CredentialVersion != c.CredentialVersion {
		return ended
	}
	if managed, err := s.isManaged(ctx, c.user, c.workspace); err != nil || !managed {
		return orFault(err, ended)
	}

	m, err := s.Store.Member.Query().Where(member.UserID(c.UserID)).
		Only(store.InWorkspace(ctx, c.WorkspaceID))
	if ent.IsNotFound(err) || err == nil && !isActiveMember(m, now) {
		return ended
	}
	if err != nil {
		return err
	}

	issuer, err := s.loadIssuer(ctx, c.Card)
	if err != nil {
		return err
	}
	// CoversAccount refuses a nil issuer, who no longer has access.
	c.issuer = issuer
	covered, err := admission.CoversAccount(ctx, s.Store.Client, issuer, access.MembersCreate,
		c.UserID)
	if err != nil || !covered {
		return orFault(err, ended)
	}
	return nil
}

// orFault returns err, or the fault if err is nil.
func orFault(err error, f *fault.Error) error {
	if err != nil {
		return err
	}
	return f
}

// loadIssuer returns the issuer of a card with their current permissions; nil if the issuer no
// longer has access.
func (s *Service) loadIssuer(ctx context.Context, c *ent.Card) (*access.Caller, error) {
	scoped := store.InWorkspace(ctx, c.WorkspaceID)
	// A card that no member issued was issued by an API key.
	if c.GrantorID == nil {
		key, err := s.Accounts.LoadKeyMembership(scoped, c.WorkspaceID, c.GrantorKeyID)
		if key == nil || err != nil {
			return nil, err
		}
		return &access.Caller{Memberships: []access.Membership{*key}}, nil
	}
	m, err := s.Store.Member.Query().
		Where(member.ID(*c.GrantorID), member.StatusEQ(member.StatusActive)).Only(scoped)
	if ent.IsNotFound(err) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	return s.Accounts.CallerByUserID(ctx, m.UserID)
}

// CardPage is the data of the page of a card.
type CardPage struct {
	Dead       error // why the card cannot be used; nil if it can
	Workspace  *ent.Workspace
	Locale     string
	Username   string // what the person signs in with; or Email
	Email      string
	SignedInAs string
	Own        bool // the signed-in user owns the card
	Used       bool // through this link
	ExpiresAt  time.Time
	Consent    *consent.Request // that redeeming must give; nil for none
}

// LoadCardPage returns the page of a card for the holder of its link or code. It changes nothing
// except the count of wrong codes. The name that the person signs in with is left out when the card
// can no longer be used, except for the owner.
func (s *Service) LoadCardPage(ctx context.Context, by *access.Caller,
	token string, from account.Origin) (_ *CardPage, err error) {
	defer fault.Annotate(&err, "load card page")

	c, err := s.openCard(ctx, token, from)
	if err != nil {
		return nil, err
	}
	l := &CardPage{Workspace: c.workspace, Locale: inputs.ValueOrEmpty(c.user.Locale),
		ExpiresAt: c.ExpiresAt,
		Used:      c.UsedAt != nil && c.version == c.LinkVersion}
	l.Dead = s.requireUsable(ctx, c, s.Clock())
	// A fault is shown on the page. Any other error is internal and fails the request.
	if _, dead := fault.Of(l.Dead); l.Dead != nil && !dead {
		return nil, l.Dead
	}
	if by.RequirePerson() == nil {
		u, err := s.Store.User.Get(
			store.AsSystem(ctx, "the signed-in user's own account, in any workspace"), by.UserID)
		if err != nil {
			return nil, err
		}
		l.SignedInAs, l.Own = admission.DisplayName(u), u.ID == c.UserID
		if u.Email != nil {
			l.SignedInAs = *u.Email
		}
	}
	if l.Dead == nil {
		if l.Consent, err = consent.AskedOf(ctx, s.Store.Client, c.workspace,
			member.UserID(c.UserID)); err != nil {
			return nil, err
		}
	}
	// Security: an old link, for example in a browser's history, must not name the account.
	if l.Dead == nil || l.Own {
		l.Username, l.Email = inputs.ValueOrEmpty(c.user.Username),
			inputs.ValueOrEmpty(c.user.Email)
	}
	return l, nil
}
