package account

import (
	"context"
	"time"

	"usher/ent"
	"usher/ent/user"
	"usher/internal/address"
	"usher/internal/fault"
	"usher/internal/ident"
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
	return LinkPreview{Email: address.Mask(stringOrEmpty(u.Email)), ExpiresAt: link.ExpiresAt,
		UserID: u.ID, NewPassword: true}, nil
}

// PreviewEmailChange checks a link that confirms a new address, and changes nothing. LINK_INVALID,
// LINK_EXPIRED, LINK_USED.
func (s *Service) PreviewEmailChange(ctx context.Context, token string) (_ LinkPreview, err error) {
	defer fault.Annotate(&err, "preview email change")

	u, link, err := s.openLink(ctx, token, secret.EmailChange)
	if err != nil {
		return LinkPreview{}, err
	}
	return LinkPreview{Email: address.Mask(stringOrEmpty(u.PendingEmail)),
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
	bound := stringOrEmpty(u.EmailKey)
	older := int64(link.Version) < int64(u.CredentialVersion)
	// A change of address is bound to the new address, which is cleared when the link is used.
	if kind == secret.EmailChange && !older {
		bound = stringOrEmpty(u.PendingEmailKey)
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
