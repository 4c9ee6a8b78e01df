package suppression

import (
	"context"

	"usher/ent"
	"usher/ent/suppression"
	"usher/internal/address"
	"usher/internal/admission"
	"usher/internal/fault"
	"usher/internal/ident"
	"usher/internal/secret"
	"usher/internal/store"
)

// NeverEmail tells which emails an invitee refuses. The words are part of the public schema.
type NeverEmail string

// The scopes of a refusal.
const (
	ThisWorkspace NeverEmail = "THIS_WORKSPACE"
	AllWorkspaces NeverEmail = "ALL"
)

// Preferences is the page on which a person stops emails: the masked address, and the workspace
// that sent the email, empty for an email about an account.
type Preferences struct {
	Email         string
	WorkspaceName string
	Workspace     *ent.Workspace // nil if the link is about no workspace
	Locale        string
	// Stopped is which emails the address gets no more by the wish of its owner; "" if it gets all.
	Stopped NeverEmail
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
		out.WorkspaceName, out.Workspace = p.workspace.Name, p.workspace
	}
	out.Stopped, err = s.findOwnWish(ctx, p)
	return out, err
}

// findOwnWish returns which emails the owner of an address stopped, or complained about; "" for
// none.
func (s *Service) findOwnWish(ctx context.Context, p *emailPreference) (NeverEmail, error) {
	here := ident.ID{}
	if p.workspace != nil {
		here = p.workspace.ID
	}
	wishes, err := s.Store.Suppression.Query().Where(ownWish(p.key, here)).
		All(store.AsSystem(ctx, "a wish for no emails may hold for all workspaces"))
	stopped := NeverEmail("")
	for _, w := range wishes {
		// The empty place stands for all workspaces, this one included.
		if w.PlaceID.IsZero() {
			return AllWorkspaces, err
		}
		stopped = ThisWorkspace
	}
	return stopped, err
}

// openPreferences loads the email that a link came with. The link is signed for the email, so only
// its mailbox has received it.
func (s *Service) openPreferences(ctx context.Context, token string) (*emailPreference, error) {
	invalid := fault.New(fault.LinkInvalid, "link.invalid")
	// Other links are invalid here, even genuine ones: each kind opens what it was made for.
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
	// An email about an account, such as a password reset, comes from no workspace.
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
func PreferencesLink(d admission.Deps, m *ent.Mail) string {
	token := d.Keys.SignLink(secret.Claim{Purpose: secret.Preferences, ID: m.ID, Version: 1,
		Binding: []string{m.ToKey}})
	return d.PublicURL.JoinPath("preferences", token.Reveal()).String()
}

// StopEmail suppresses further emails, by the link that every email carries.
func (s *Service) StopEmail(ctx context.Context, token string, never NeverEmail) (err error) {
	defer fault.Annotate(&err, "stop mail")

	p, err := s.openPreferences(ctx, token)
	if err != nil {
		return err
	}
	place := ident.ID{}
	if never == ThisWorkspace {
		// An email about an account comes from no workspace that could be stopped alone.
		if p.workspace == nil {
			return fault.Input("neverEmailAgain", "link.no_workspace")
		}
		place = p.workspace.ID
	}
	return s.Store.WithTx(ctx, func(tx *store.Tx) error {
		return SuppressAddress(ctx, tx, p.key, place, suppression.ReasonAsked)
	})
}
