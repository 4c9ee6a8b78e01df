package account

import (
	"context"
	"strings"
	"time"

	"usher/ent"
	"usher/ent/member"
	"usher/ent/user"
	"usher/internal/address"
	"usher/internal/fault"
	"usher/internal/i18n"
	"usher/internal/ident"
	"usher/internal/inputs"
	"usher/internal/secret"
)

// Lifetimes of emailed links, from when the email is sent.
const (
	resetLinkLifetime       = 30 * time.Minute
	emailChangeLinkLifetime = 24 * time.Hour
)

// LinkPreview is what a page may show of a link before anyone uses it.
type LinkPreview struct {
	Email     string // masked: links are forwarded and stay in histories
	ExpiresAt time.Time
	UserID    ident.ID // the account of the link; no page shows it
	// NewPassword says that using the link requires a new password, because it ends the present
	// one.
	NewPassword bool
	// Locale is the language of the page: that of the account, else that of Workspace.
	Locale string
	// Workspace is the only workspace of the account; nil if it has none or several. Only
	// PreviewPasswordReset sets it.
	Workspace *ent.Workspace
}

// PreviewPasswordReset checks a link that sets a password, and changes nothing. LINK_INVALID,
// LINK_EXPIRED, LINK_USED.
func (s *Service) PreviewPasswordReset(ctx context.Context,
	token string) (_ LinkPreview, err error) {
	defer fault.Annotate(&err, "preview password reset")

	u, link, err := s.openLink(ctx, token, secret.PasswordReset, secret.SetPassword)
	if err != nil {
		return LinkPreview{}, err
	}
	w, err := s.findOnlyWorkspace(ctx, u)
	if err != nil {
		return LinkPreview{}, err
	}
	// The person is not signed in, so only their account and their workspace tell a language.
	spoken := []string{inputs.ValueOrEmpty(u.Locale)}
	if w != nil {
		spoken = append(spoken, w.DefaultLocale)
	}
	locale, _ := i18n.Match(spoken...)
	return LinkPreview{Email: address.Mask(inputs.ValueOrEmpty(u.Email)), ExpiresAt: link.ExpiresAt,
		UserID: u.ID, NewPassword: true, Locale: string(locale), Workspace: w}, nil
}

// findOnlyWorkspace returns the workspace of an account that is active in one workspace only, else
// nil: a page for an account of several workspaces presents none of them.
func (s *Service) findOnlyWorkspace(ctx context.Context, u *ent.User) (*ent.Workspace, error) {
	// Two rows are enough to know that there are several.
	places, err := s.store.Member.Query().Where(member.UserID(u.ID),
		member.StatusEQ(member.StatusActive)).WithWorkspace().Limit(2).All(systemContext(ctx))
	if err != nil || len(places) != 1 {
		return nil, err
	}
	return places[0].Edges.Workspace, nil
}

// PreviewEmailChange checks a link that confirms a new address, and changes nothing. LINK_INVALID,
// LINK_EXPIRED, LINK_USED.
func (s *Service) PreviewEmailChange(ctx context.Context, token string) (_ LinkPreview, err error) {
	defer fault.Annotate(&err, "preview email change")

	u, link, err := s.openLink(ctx, token, secret.EmailChange)
	if err != nil {
		return LinkPreview{}, err
	}
	return LinkPreview{Email: address.Mask(inputs.ValueOrEmpty(u.PendingEmail)),
		ExpiresAt:   link.ExpiresAt,
		UserID:      u.ID,
		NewPassword: VerificationEndsPassword(u)}, nil
}

// openLink returns the account of a valid link. LINK_INVALID, LINK_USED, LINK_EXPIRED.
//
// Security: nothing about the account, its address included, is returned before the signature is
// verified. A link of an earlier credential version was valid once: it, or another link, was used.
func (s *Service) openLink(ctx context.Context, token string, kind secret.Purpose,
	others ...secret.Purpose) (*ent.User, secret.ParsedLink, error) {
	invalid := fault.New(fault.LinkInvalid, "account.link_invalid")
	link, err := s.keys.ParseLink(token, kind, others...)
	if err != nil {
		return nil, link, invalid.Because(err)
	}
	u, err := s.findUser(ctx, user.ID(ident.ID(link.ID)))
	if err != nil {
		return nil, link, err
	}
	if u == nil {
		return nil, link, invalid
	}
	bound := inputs.ValueOrEmpty(u.EmailKey)
	older := int64(link.Version) < int64(u.CredentialVersion)
	// A change of address is bound to the new address, which is cleared when the link is used.
	if kind == secret.EmailChange && !older {
		bound = inputs.ValueOrEmpty(u.PendingEmailKey)
	}
	switch {
	case bound == "" || !s.keys.VerifyLink(link, bound):
		return nil, link, invalid
	case older:
		return nil, link, fault.New(fault.LinkUsed, "account.link_used")
	case int64(link.Version) != int64(u.CredentialVersion):
		return nil, link, invalid
	case link.IsExpired(s.now()):
		return nil, link, fault.New(fault.LinkExpired, "account.link_expired")
	}
	return u, link, nil
}

// newLinkToken signs a link for the present credential version of an account, and returns its
// token and expiry.
func (s *Service) newLinkToken(kind secret.Purpose, u *ent.User, bound string,
	life time.Duration) (secret.Token, time.Time) {
	until := s.now().Add(life).Truncate(time.Second)
	return s.keys.SignLink(secret.Claim{
		Purpose: kind, ID: u.ID, Version: uint32(u.CredentialVersion), ExpiresAt: until,
		Binding: []string{bound},
	}), until
}

// accountPage is a page that an account link leads to: the last but one part of its path.
type accountPage string

// The pages of account links.
const (
	resetPasswordPage accountPage = "reset-password"
	confirmEmailPage  accountPage = "confirm-email"
)

// makeLink returns an account link: on the front end that the operator has named for the whole
// installation, else on the public URL (INV-21). A workspace cannot change it, because an account
// belongs to all workspaces of a person.
func (s *Service) makeLink(page accountPage, token secret.Token) string {
	if s.template == "" {
		return s.baseURL + "/" + string(page) + "/" + token.Reveal()
	}
	return strings.NewReplacer("{page}", string(page), "{token}", token.Reveal()).
		Replace(s.template)
}
