package card

import (
	"context"
	"time"

	"usher/ent"
	"usher/ent/card"
	"usher/ent/member"
	"usher/internal/access"
	"usher/internal/admission"
	"usher/internal/audit"
	"usher/internal/fault"
	"usher/internal/ident"
	"usher/internal/store"
)

const (
	// The time in which the recipient uses the card, not the time for which the account works.
	cardLifetime = 30 * 24 * time.Hour
	maxPINTries  = 5 // wrong PINs that end a card
)

// IssueCard issues a card with a link and a PIN, by which a person without a mailbox sets a
// password (AHD-2). It replaces the person's previous card. Errors: NOT_FOUND for a member that the
// caller cannot see; FORBIDDEN without the right to create the member as they are; CONFLICT for a
// member who cannot have a card.
func (s *Service) IssueCard(ctx context.Context, by *access.Caller,
	id ident.ID) (_ *IssuedCard, err error) {
	defer fault.Annotate(&err, "issue card")

	return s.issueCard(ctx, by, id, nil)
}

// issueCard is IssueCard of a card that is printed with others; sheet is nil for a card alone.
func (s *Service) issueCard(ctx context.Context, by *access.Caller, id ident.ID,
	sheet *ident.ID) (_ *IssuedCard, err error) {
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

	var c *ent.Card
	scoped := store.InWorkspace(ctx, m.WorkspaceID)
	err = s.Store.Retry(scoped, func(tx *store.Tx) error {
		// Checked again inside the transaction: the member may have got more roles meanwhile.
		if err := s.requireIssueRight(scoped, tx.Client, by, m.UserID); err != nil {
			return err
		}
		if c, err = s.writeCard(scoped, tx, by, m, sheet, now); err != nil {
			return err
		}
		return audit.Record(scoped, tx, now, audit.Event{WorkspaceID: m.WorkspaceID,
			Action: audit.CardIssued, By: by, SubjectID: m.ID, MemberID: m.ID})
	})
	if err != nil {
		return nil, err
	}
	c.Edges.User, c.Edges.Workspace = m.Edges.User, m.Edges.Workspace
	issued, _ := s.revealCard(c) // the current secret always exists
	issued.Member = m
	return issued, nil
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
	sheet *ident.ID, now time.Time) (*ent.Card, error) {
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

	var secrets cardSecrets
	for {
		// The current secret always exists.
		secrets, _ = s.deriveSecrets(s.Keys.KeyID(), id, version)
		// Two cards with one code are as good as impossible among 2⁴⁷ codes. If it happens, the next
		// version has another code. The unique index decides between concurrent operations.
		taken, err := tx.Card.Query().Where(card.CodeHash(secrets.codeHash)).Exist(system)
		if err != nil {
			return nil, err
		}
		if !taken {
			break
		}
		version++
	}

	// The credential version ends the card when the password is changed by other means.
	create := tx.Card.Create().SetID(id).SetWorkspaceID(m.WorkspaceID).SetUserID(u.ID).
		SetLinkVersion(version).
		SetPinHash(secrets.pinHash).SetCodeHash(secrets.codeHash).SetNillableSheetID(sheet).
		SetKeyID(s.Keys.KeyID()).SetCredentialVersion(u.CredentialVersion).
		SetExpiresAt(now.Add(cardLifetime))
	if grantor := by.In(m.WorkspaceID); !grantor.MemberID.IsZero() {
		create.SetGrantorID(grantor.MemberID)
	} else {
		create.SetGrantorKeyID(by.KeyID)
	}
	return create.Save(ctx)
}
