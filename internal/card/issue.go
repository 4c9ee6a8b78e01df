package card

import (
	"context"
	"fmt"
	"strconv"
	"time"

	"usher/ent"
	"usher/ent/card"
	"usher/ent/member"
	"usher/internal/access"
	"usher/internal/admission"
	"usher/internal/audit"
	"usher/internal/fault"
	"usher/internal/i18n"
	"usher/internal/ident"
	"usher/internal/inputs"
	"usher/internal/invitation"
	"usher/internal/mail"
	"usher/internal/qr"
	"usher/internal/secret"
	"usher/internal/store"
)

const (
	cardLifetime = 30 * 24 * time.Hour
	maxPINTries  = 5 // wrong PINs that end a card
)

// IssuedCard is a card in clear, for who issued it and for this once: only the PIN's HMAC is
// stored, and the link is made of what the row says.
type IssuedCard struct {
	Member    *ent.Member
	URL       secret.Redacted
	PIN       secret.Redacted
	ExpiresAt time.Time
	SVG       secret.Redacted // the URL as a QR code
	Page      secret.Redacted // all of it on a page to print
}

// IssueCard makes a card that leads whoever has no mailbox to a password (AHD-2), and ends the one
// of before.
func (s *Service) IssueCard(ctx context.Context, by *access.Caller,
	id ident.ID) (_ *IssuedCard, err error) {
	defer fault.Annotate(&err, "issue card")

	if err := by.Authenticated(); err != nil {
		return nil, err
	}
	m, err := s.Store.Member.Query().Where(member.ID(id)).WithUser().WithWorkspace().
		Only(store.AsCaller(ctx, by))
	if ent.IsNotFound(err) {
		return nil, fault.Missing()
	}
	if err != nil {
		return nil, err
	}
	if err := s.requireIssueRight(ctx, s.Store.Client, by, m.UserID); err != nil {
		return nil, err
	}

	now := s.Clock()
	if err := s.requireEligible(ctx, m, now); err != nil {
		return nil, err
	}

	c, pin := (*ent.Card)(nil), secret.NewPIN()
	scoped := store.InWorkspace(ctx, m.WorkspaceID)
	err = s.Store.Retry(scoped, func(tx *store.Tx) error {
		// they may have been raised since
		if err := s.requireIssueRight(scoped, tx.Client, by, m.UserID); err != nil {
			return err
		}
		if c, err = s.writeCard(scoped, tx, by, m, pin, now); err != nil {
			return err
		}
		return audit.Record(scoped, tx, now, audit.Event{WorkspaceID: m.WorkspaceID,
			Action: audit.CardIssued, By: by, SubjectID: m.ID, MemberID: m.ID})
	})
	if err != nil {
		return nil, err
	}
	return s.printCard(m, c, pin)
}

// requireIssueRight refuses a card to whoever could not create the person as they are, everywhere
// they are: with every role at every place, in every workspace that the account is in.
//
// Security: who holds a card can become the person. That they are in one's group too does not
// suffice: one could have put them there. One's own card would be a way around the current
// password, for who sits at a computer that somebody left.
func (s *Service) requireIssueRight(ctx context.Context, db *ent.Client, by *access.Caller,
	user ident.ID) error {
	if by.UserID == user {
		return fault.New(fault.Forbidden, "card.own")
	}
	covered, err := admission.CoversAccount(ctx, db, by, access.MembersCreate, user)
	if err == nil && !covered {
		err = fault.New(fault.Forbidden, "card.beyond")
	}
	return err
}

// requireEligible refuses whom a mail reaches, and accounts that are the person's own business
// (ACC-4). Where no mail is ever sent, an address that nobody has proven is no way to a password,
// and a card is.
func (s *Service) requireEligible(ctx context.Context, m *ent.Member, now time.Time) error {
	u, w := m.Edges.User, m.Edges.Workspace
	switch {
	case !isActiveMember(m, now):
		return fault.New(fault.Conflict, "card.deactivated")
	case u.EmailProven:
		return fault.New(fault.Conflict, "card.proven")
	case u.Email != nil && s.Outbox.Sends():
		return fault.New(fault.Conflict, "card.mailbox")
	}
	managed, err := s.isManaged(ctx, u, w)
	if err == nil && !managed {
		err = fault.New(fault.Conflict, "card.not_managed")
	}
	return err
}

// isActiveMember tells whether somebody may come in, now.
func isActiveMember(m *ent.Member, now time.Time) bool {
	return m.Status == member.StatusActive &&
		(m.AccessExpiresAt == nil || m.AccessExpiresAt.After(now))
}

// isManaged is isManaged outside of a transaction.
func (s *Service) isManaged(ctx context.Context, u *ent.User, w *ent.Workspace) (bool, error) {
	return admission.IsManaged(ctx, s.Store.Client, u, w)
}

// writeCard puts a new card in the place of the one of before. Whose rights it rests on is noted
// for when it is used.
func (s *Service) writeCard(ctx context.Context, tx *store.Tx, by *access.Caller, m *ent.Member,
	pin secret.Redacted, now time.Time) (*ent.Card, error) {
	system := store.AsSystem(ctx,
		"an account has one card, whichever workspace of its organization issued it")
	u, err := tx.User.Get(system, m.UserID)
	if err != nil {
		return nil, err
	}
	id, version := ident.New(ident.Card), 1
	old, err := tx.Card.Query().Where(card.UserID(u.ID)).Only(system)
	switch {
	case err == nil && old.WorkspaceID == m.WorkspaceID:
		// whoever holds the old one is told that there is a newer
		id, version = old.ID, old.LinkVersion+1
	case err != nil && !ent.IsNotFound(err):
		return nil, err
	}
	// Of two at once one finds its row taken by then, and starts over: the account's index is
	// unique.
	if _, err := tx.Card.Delete().Where(card.UserID(u.ID)).Exec(system); err != nil {
		return nil, err
	}
	hash, _ := s.hashPIN(s.Keys.KeyID(), id, version, pin)
	create := tx.Card.Create().SetID(id).SetWorkspaceID(m.WorkspaceID).SetUserID(u.ID).
		SetLinkVersion(version).
		SetPinHash(hash).SetKeyID(s.Keys.KeyID()).SetCredentialVersion(u.CredentialVersion).
		SetExpiresAt(now.Add(cardLifetime))
	if giver := by.In(m.WorkspaceID); !giver.MemberID.IsZero() {
		create.SetGiverID(giver.MemberID)
	} else {
		create.SetGiverKeyID(by.KeyID)
	}
	return create.Save(ctx)
}

// hashPIN is what is stored of a PIN; false once the secret that made it is gone.
//
// Security: eight digits are tried through in a moment, so the hash needs a key that the database
// does not hold. It is bound to one issue of one card.
func (s *Service) hashPIN(keyID string, id ident.ID, version int,
	pin secret.Redacted) ([]byte, bool) {
	digits, _ := secret.ParsePIN(pin.Reveal())
	return s.Keys.DeriveWith(keyID, "card-pin", id.String(), strconv.Itoa(version), digits.Reveal())
}

// printCard puts a card on paper, in the person's language.
func (s *Service) printCard(m *ent.Member, c *ent.Card, pin secret.Redacted) (*IssuedCard, error) {
	u, w := m.Edges.User, m.Edges.Workspace
	l := invitation.EmailLocale(u.Locale, w)
	token := s.Keys.SignLink(secret.Claim{Purpose: secret.Card, ID: c.ID,
		Version: uint32(c.LinkVersion), Binding: cardBinding(c)})
	url := s.PublicURL.JoinPath("cards", token.Reveal()).String()
	svg, err := qr.SVG(url, i18n.T(l, "card.qr_title", i18n.Args{"Name": admission.DisplayName(u)}))
	if err != nil {
		return nil, fmt.Errorf("card: %w", err)
	}
	page, err := cardDocument{
		Locale: l, Workspace: w.Name, Slug: w.Slug, Contact: inputs.ValueOrEmpty(w.SupportContact),
		Name: admission.DisplayName(u), Username: inputs.ValueOrEmpty(u.Username),
		Email: inputs.ValueOrEmpty(u.Email),
		URL:   url, PIN: pin.Reveal(), SVG: svg, Until: mail.Day(l, c.ExpiresAt,
			i18n.LoadZone(w.TimeZone)), SignIn: s.PublicURL.JoinPath("sign-in").String(),
	}.renderHTML()
	if err != nil {
		return nil, err
	}
	return &IssuedCard{
		Member: m, URL: secret.Redacted(url), PIN: pin, ExpiresAt: c.ExpiresAt,
		SVG: secret.Redacted(svg), Page: secret.Redacted(page),
	}, nil
}

// cardBinding is what the link of a card holds for alone: this workspace and this account.
func cardBinding(c *ent.Card) []string {
	return []string{c.WorkspaceID.String(), c.UserID.String()}
}
