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
	"usher/internal/mail"
	"usher/internal/outbox"
	"usher/internal/qr"
	"usher/internal/secret"
	"usher/internal/store"
)

const (
	// The time in which the recipient uses the card, not the time for which the account works.
	cardLifetime = 30 * 24 * time.Hour
	maxPINTries  = 5 // wrong PINs that end a card
)

// IssuedCard is a card in clear text, returned to its issuer once. The database stores the HMAC of
// the PIN only, and the link can be computed from the row.
type IssuedCard struct {
	Member    *ent.Member
	URL       secret.Redacted
	PIN       secret.Redacted
	ExpiresAt time.Time
	SVG       secret.Redacted // the URL as a QR code
	Page      secret.Redacted // the card as an HTML page to print
}

// IssueCard issues a card with a link and a PIN, by which a person without a mailbox sets a
// password (AHD-2). It replaces the person's previous card. Errors: NOT_FOUND for a member that the
// caller cannot see; FORBIDDEN without the right to create the member as they are; CONFLICT for a
// member who cannot have a card.
func (s *Service) IssueCard(ctx context.Context, by *access.Caller,
	id ident.ID) (_ *IssuedCard, err error) {
	defer fault.Annotate(&err, "issue card")

	if err := by.RequireAuthenticated(); err != nil {
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

	// One time for the checks, the card and its event.
	now := s.Clock()
	if err := s.requireEligible(ctx, m, now); err != nil {
		return nil, err
	}

	// The PIN is made outside of the transaction, so that every attempt stores the same one.
	c, pin := (*ent.Card)(nil), secret.NewPIN()
	scoped := store.InWorkspace(ctx, m.WorkspaceID)
	err = s.Store.Retry(scoped, func(tx *store.Tx) error {
		// Checked again inside the transaction: the member may have got more roles meanwhile.
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

// requireIssueRight returns FORBIDDEN unless the caller could create the person with every role at
// every place, in every workspace of the account.
//
// Security: the holder of a card can take over the account. A common group is not enough: the
// issuer could have put the person there. A card for oneself would bypass the question for the
// current password, on a computer that was left unattended.
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

// requireEligible returns CONFLICT for people who receive emails, and for accounts that only their
// owner manages (ACC-4). Without a mail server an unverified address does not lead to a password,
// but a card does.
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

// isActiveMember reports whether a member has access now.
func isActiveMember(m *ent.Member, now time.Time) bool {
	return m.Status == member.StatusActive &&
		(m.AccessExpiresAt == nil || m.AccessExpiresAt.After(now))
}

// isManaged reports outside of a transaction whether the organization manages the account.
func (s *Service) isManaged(ctx context.Context, u *ent.User, w *ent.Workspace) (bool, error) {
	return admission.IsManaged(ctx, s.Store.Client, u, w)
}

// writeCard replaces the account's card. It stores the grantor, whose permissions are checked again
// when the card is used.
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
		// The same id with a higher version: the holder of the old card learns that there is a
		// newer one.
		id, version = old.ID, old.LinkVersion+1
	case err != nil && !ent.IsNotFound(err):
		return nil, err
	}
	// The unique index on the account decides between two concurrent operations. Store.Retry runs
	// the loser again.
	if _, err := tx.Card.Delete().Where(card.UserID(u.ID)).Exec(system); err != nil {
		return nil, err
	}

	// The current secret always exists, so there is a hash.
	hash, _ := s.hashPIN(s.Keys.KeyID(), id, version, pin)

	// The credential version ends the card when the password is changed by other means.
	create := tx.Card.Create().SetID(id).SetWorkspaceID(m.WorkspaceID).SetUserID(u.ID).
		SetLinkVersion(version).
		SetPinHash(hash).SetKeyID(s.Keys.KeyID()).SetCredentialVersion(u.CredentialVersion).
		SetExpiresAt(now.Add(cardLifetime))
	if grantor := by.In(m.WorkspaceID); !grantor.MemberID.IsZero() {
		create.SetGrantorID(grantor.MemberID)
	} else {
		create.SetGrantorKeyID(by.KeyID)
	}
	return create.Save(ctx)
}

// hashPIN returns the stored form of a PIN; false if the secret with that id is no longer
// configured.
//
// Security: all PINs of eight digits can be tried in a moment, so the hash needs a key that the
// database does not contain. The hash is bound to one version of one card.
func (s *Service) hashPIN(keyID string, id ident.ID, version int,
	pin secret.Redacted) ([]byte, bool) {
	digits, _ := secret.ParsePIN(pin.Reveal())
	return s.Keys.DeriveWith(keyID, "card-pin", id.String(), strconv.Itoa(version), digits.Reveal())
}

// printCard renders a card in the person's language.
func (s *Service) printCard(m *ent.Member, c *ent.Card, pin secret.Redacted) (*IssuedCard, error) {
	u, w := m.Edges.User, m.Edges.Workspace
	l := outbox.Locale(u.Locale, w)
	// The link is stored nowhere. It is signed for the row, so that issuing another card ends it.
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

// cardBinding returns the values that the link of a card is signed for: the workspace and the
// account.
func cardBinding(c *ent.Card) []string {
	return []string{c.WorkspaceID.String(), c.UserID.String()}
}
