package card

import (
	"context"
	"time"

	"usher/ent"
	"usher/ent/card"
	"usher/ent/member"
	"usher/ent/predicate"
	"usher/internal/access"
	"usher/internal/admission"
	"usher/internal/fault"
	"usher/internal/ident"
	"usher/internal/inputs"
	"usher/internal/secret"
	"usher/internal/store"
)

// openedCard is a card that somebody holds the link of.
type openedCard struct {
	*ent.Card
	// of the link that was opened; an older one than the card's after it was issued again
	version   int
	user      *ent.User
	workspace *ent.Workspace
	issuer    *access.Caller // as they are now; set by valid
}

// openCard finds the card of a link. LINK_INVALID when the link was never good.
func (s *Service) openCard(ctx context.Context, token string) (*openedCard, error) {
	invalid := fault.New(fault.LinkInvalid, "card.invalid")
	p, err := s.Keys.ParseLink(token, secret.Card)
	if err != nil {
		return nil, invalid
	}
	// Security: who holds a link is not signed in to anything; the signature is what lets them see
	// this one row.
	c, err := s.Store.Card.Query().Where(card.ID(ident.ID(p.ID))).WithUser().WithWorkspace().
		Only(store.AsSystem(ctx, "a link leads to one card, whoever holds it"))
	if ent.IsNotFound(err) {
		return nil, invalid
	}
	if err != nil {
		return nil, err
	}
	if !s.Keys.VerifyLink(p, cardBinding(c)...) || int64(p.Version) > int64(c.LinkVersion) {
		return nil, invalid
	}
	return &openedCard{Card: c, version: int(p.Version), user: c.Edges.User,
		workspace: c.Edges.Workspace}, nil
}

// requireUnused says why a card is good no more as its row has it; nil while it is.
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

// usablePredicates is over as the half of an UPDATE that decides.
func (c *openedCard) usablePredicates(now time.Time) []predicate.Card {
	return []predicate.Card{card.ID(c.ID), card.LinkVersion(c.version), card.UsedAtIsNil(),
		card.TriesLT(maxPINTries), card.ExpiresAtGT(now)}
}

// requireUsable is over, and what else may have changed since the card was issued: the password,
// the account, the place, and what the person may do.
//
// Security: somebody who was made an administrator since, or is elsewhere too by now, must not be
// within reach of a card that a lesser administrator kept a copy of (ADM-6). What the issuer may no
// longer do, their cards do no more.
func (s *Service) requireUsable(ctx context.Context, c *openedCard, now time.Time) error {
	if err := c.requireUnused(now); err != nil {
		return err
	}
	ended := fault.New(fault.LinkCancelled, "card.ended")
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
	c.issuer = issuer
	covered, err := admission.CoversAccount(ctx, s.Store.Client, issuer, access.MembersCreate,
		c.UserID)
	if err != nil || !covered {
		return orFault(err, ended)
	}
	return nil
}

func orFault(err error, f *fault.Error) error {
	if err != nil {
		return err
	}
	return f
}

// loadIssuer is who issued a card, as they are now; nobody when they are gone.
func (s *Service) loadIssuer(ctx context.Context, c *ent.Card) (*access.Caller, error) {
	scoped := store.InWorkspace(ctx, c.WorkspaceID)
	if c.GiverID == nil {
		key, err := s.Admission.LoadKeyMembership(scoped, c.WorkspaceID, c.GiverKeyID)
		if key == nil || err != nil {
			return nil, err
		}
		return &access.Caller{Memberships: []access.Membership{*key}}, nil
	}
	m, err := s.Store.Member.Query().
		Where(member.ID(*c.GiverID), member.StatusEQ(member.StatusActive)).Only(scoped)
	if ent.IsNotFound(err) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	return s.Accounts.CallerByUserID(ctx, m.UserID)
}

// CardPage is all that the page of a card needs to draw itself.
type CardPage struct {
	Dead       error // why the card is good no more; nil while it is
	Workspace  *ent.Workspace
	Locale     string
	Username   string // what the person signs in with, or
	Email      string
	SignedInAs string
	Own        bool // who is signed in is whose card it is
	Used       bool // through this very link
}

// LoadCardPage shows a card to who holds its link. It changes nothing. What the person is called by
// is left out of a card that is good no more, unless they ask themselves.
func (s *Service) LoadCardPage(ctx context.Context, by *access.Caller,
	token string) (_ *CardPage, err error) {
	defer fault.Annotate(&err, "land card")

	c, err := s.openCard(ctx, token)
	if err != nil {
		return nil, err
	}
	l := &CardPage{Workspace: c.workspace, Locale: inputs.ValueOrEmpty(c.user.Locale),
		Used: c.UsedAt != nil && c.version == c.LinkVersion}
	l.Dead = s.requireUsable(ctx, c, s.Clock())
	if _, dead := fault.Of(l.Dead); l.Dead != nil && !dead {
		return nil, l.Dead
	}
	if by.AuthenticatedPerson() == nil {
		u, err := s.Store.User.Get(
			store.AsSystem(ctx, "who is signed in, whichever workspaces they are in"), by.UserID)
		if err != nil {
			return nil, err
		}
		l.SignedInAs, l.Own = admission.DisplayName(u), u.ID == c.UserID
		if u.Email != nil {
			l.SignedInAs = *u.Email
		}
	}
	if l.Dead == nil || l.Own {
		l.Username, l.Email = inputs.ValueOrEmpty(c.user.Username),
			inputs.ValueOrEmpty(c.user.Email)
	}
	return l, nil
}
