package invitation

import (
	"context"

	"usher/ent"
	"usher/ent/predicate"
	"usher/ent/suppression"
	"usher/internal/address"
	"usher/internal/fault"
	"usher/internal/ident"
	"usher/internal/secret"
	"usher/internal/store"
)

// Preferences is the page on which a person stops emails: the masked address, and the workspace
// that sent the email, empty for an email about an account.
type Preferences struct {
	Email         string
	WorkspaceName string
	Locale        string
}

// emailPreference is the email that a link to stop emails came with.
type emailPreference struct {
	email, key string
	workspace  *ent.Workspace
	locale     string
}

// Preferences returns the page of a link to stop emails. It changes nothing. LINK_INVALID.
func (s *Service) Preferences(ctx context.Context, token string) (_ *Preferences, err error) {
	defer fault.Annotate(&err, "load preferences")

	p, err := s.openPreferences(ctx, token)
	if err != nil {
		return nil, err
	}
	out := &Preferences{Email: address.Mask(p.email), Locale: p.locale}
	if p.workspace != nil {
		out.WorkspaceName = p.workspace.Name
	}
	return out, nil
}

// openPreferences loads the email that a link came with. The link is signed for the email, so only
// its mailbox has received it.
func (s *Service) openPreferences(ctx context.Context, token string) (*emailPreference, error) {
	invalid := fault.New(fault.LinkInvalid, "link.invalid")
	parsed, err := s.Keys.ParseLink(token, secret.Preferences)
	if err != nil {
		return nil, invalid
	}
	m, err := s.Store.Mail.Get(
		store.AsSystem(ctx, "a link speaks for the mailbox its mail went to"), ident.ID(parsed.ID))
	if ent.IsNotFound(err) {
		return nil, invalid
	}
	if err != nil {
		return nil, err
	}
	if !s.Keys.VerifyLink(parsed, m.ToKey) {
		return nil, invalid
	}
	p := &emailPreference{email: m.To, key: m.ToKey}
	if m.WorkspaceID == nil {
		return p, nil
	}
	p.workspace, err = s.Store.Workspace.Get(store.InWorkspace(ctx, *m.WorkspaceID), *m.WorkspaceID)
	if err == nil {
		p.locale = p.workspace.DefaultLocale
	}
	return p, err
}

// PreferencesLink returns the link of one email by which its recipient stops further emails.
func (s *Service) PreferencesLink(m *ent.Mail) string {
	token := s.Keys.SignLink(secret.Claim{Purpose: secret.Preferences, ID: m.ID, Version: 1,
		Binding: []string{m.ToKey}})
	return s.PublicURL.JoinPath("preferences", token.Reveal()).String()
}

// IsSuppressed tells whether a workspace may not send emails to an address.
func IsSuppressed(ctx context.Context, db *ent.Client, key string,
	workspace ident.ID) (bool, error) {
	return db.Suppression.Query().
		Where(suppression.EmailKey(key), suppression.PlaceIDIn(workspace, ident.ID{})).
		Exist(store.AsSystem(ctx, "a refusal of mail may hold for all workspaces"))
}

// IsUndeliverable tells whether emails to an address bounced. A person's own wish does not count:
// it holds for what others cause, not for the email that they ask for themselves.
func IsUndeliverable(ctx context.Context, db *ent.Client, key string,
	workspace ident.ID) (bool, error) {
	return db.Suppression.Query().
		Where(suppression.EmailKey(key), suppression.PlaceIDIn(workspace, ident.ID{}),
			suppression.ReasonEQ(suppression.ReasonBounced)).
		Exist(store.AsSystem(ctx, "an address that bounces may do so for all workspaces"))
}

// HasOptedOut tells whether the owner of an address asked a workspace, or all of them, for no more
// emails, or complained about one.
func HasOptedOut(ctx context.Context, db *ent.Client, key string,
	workspace ident.ID) (bool, error) {
	return db.Suppression.Query().Where(ownWish(key, workspace)).
		Exist(store.AsSystem(ctx, "a wish for no emails may hold for all workspaces"))
}

// LiftOwnWish ends the wish of an address's owner for no more emails, of a workspace and of all of
// them. The caller has proof that the owner asks for it. What bounces stays suppressed.
func LiftOwnWish(ctx context.Context, tx *store.Tx, key string, workspace ident.ID) (err error) {
	defer fault.Annotate(&err, "lift own wish")

	_, err = tx.Suppression.Delete().Where(ownWish(key, workspace)).
		Exec(store.AsSystem(ctx, "a wish for no emails may hold for all workspaces"))
	return err
}

func ownWish(key string, workspace ident.ID) predicate.Suppression {
	return suppression.And(suppression.EmailKey(key),
		suppression.PlaceIDIn(workspace, ident.ID{}),
		suppression.ReasonIn(suppression.ReasonAsked, suppression.ReasonComplaint))
}
