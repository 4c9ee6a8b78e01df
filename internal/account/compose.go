package account

import (
	"context"
	"fmt"
	"strings"

	"usher/ent"
	"usher/ent/member"
	"usher/ent/user"
	"usher/ent/workspace"
	"usher/internal/address"
	"usher/internal/fault"
	"usher/internal/i18n"
	"usher/internal/inputs"
	"usher/internal/mail"
	"usher/internal/outbox"
	"usher/internal/secret"
)

// RegisterComposers makes this service compose the emails about accounts for the outbox.
func (s *Service) RegisterComposers(out *outbox.Outbox) {
	out.Compose(mail.PasswordReset, s.ComposeReset)
	out.Compose(mail.EmailChange, s.ComposeEmailChange)
	out.Compose(mail.SecurityNotice, s.ComposeNotice)
}

// ComposeReset composes the email of a password reset and makes its link. It returns
// outbox.ErrGone if the password or the address has changed since, and if there never was an
// account.
func (s *Service) ComposeReset(ctx context.Context,
	m *ent.Mail) (_ mail.Content, _ outbox.Headers, err error) {
	defer fault.Annotate(&err, "compose reset")

	u, content, extra, err := s.startContent(ctx, m)
	if err != nil {
		return content, extra, err
	}
	// The version is raised by every change that must revoke earlier links.
	if u.CredentialVersion != m.Version || inputs.ValueOrEmpty(u.EmailKey) != m.ToKey {
		return content, extra, outbox.ErrGone
	}
	token, until := s.newLinkToken(secret.PasswordReset, u, m.ToKey, resetLinkLifetime)
	content.Link, content.ExpiresAt = s.makeLink(resetPasswordPage, token), &until
	return content, extra, nil
}

// ComposeEmailChange composes the email to a new address and makes its link. It returns
// outbox.ErrGone if another address was requested since, or the password has changed.
func (s *Service) ComposeEmailChange(ctx context.Context,
	m *ent.Mail) (_ mail.Content, _ outbox.Headers, err error) {
	defer fault.Annotate(&err, "compose email change")

	u, content, extra, err := s.startContent(ctx, m)
	if err != nil {
		return content, extra, err
	}
	if u.CredentialVersion != m.Version || inputs.ValueOrEmpty(u.PendingEmailKey) != m.ToKey {
		return content, extra, outbox.ErrGone
	}
	token, until := s.newLinkToken(secret.EmailChange, u, m.ToKey, emailChangeLinkLifetime)
	content.Link, content.ExpiresAt = s.makeLink(confirmEmailPage, token), &until
	// Security: the address may be a stranger's, who must neither learn the name nor be addressed
	// by it.
	content.RecipientName, extra.ToName = "", ""
	return content, extra, nil
}

// ComposeNotice composes the notice that the password or the address of an account has changed.
func (s *Service) ComposeNotice(ctx context.Context,
	m *ent.Mail) (_ mail.Content, _ outbox.Headers, err error) {
	defer fault.Annotate(&err, "compose notice")

	u, content, extra, err := s.startContent(ctx, m)
	if err != nil {
		return content, extra, err
	}
	what, agent, _ := strings.Cut(inputs.ValueOrEmpty(m.Note), "\n")
	content.What, content.UserAgent, content.At = mail.Change(what), agent, &m.CreatedAt
	switch content.What {
	case mail.PasswordChanged:
		content.Link = s.baseURL + "/forgot-password"
	case mail.EmailChangeRequested, mail.EmailProposed:
		// A new password cancels the request: this link stops a change that the owner did not
		// request.
		content.Link, content.NewAddress = s.baseURL+"/forgot-password",
			address.Mask(inputs.ValueOrEmpty(u.PendingEmail))
	case mail.EmailChanged:
		// The masked form is enough for the owner. Another reader of the previous mailbox does
		// not learn the new address.
		content.NewAddress = address.Mask(inputs.ValueOrEmpty(u.Email))
	}
	return content, extra, nil
}

// startContent begins an email about an account in the person's language, or else in that of the
// first workspace they joined. It returns outbox.ErrGone if the account is gone.
func (s *Service) startContent(ctx context.Context,
	m *ent.Mail) (u *ent.User, content mail.Content, extra outbox.Headers, err error) {
	ctx = systemContext(ctx)
	if m.UserID != nil {
		u, err = s.findUser(ctx, user.ID(*m.UserID))
	}
	if err != nil {
		return nil, content, extra, err
	}
	if u == nil {
		return nil, content, extra, outbox.ErrGone
	}
	// A person without a language has never been asked, so the first workspace decides.
	locale := inputs.ValueOrEmpty(u.Locale)
	if locale == "" {
		locale, err = s.store.Member.Query().Where(member.UserID(u.ID)).
			Order(ent.Asc(member.FieldJoinedAt)).Limit(1).
			QueryWorkspace().Select(workspace.FieldDefaultLocale).String(ctx)
		if err != nil && !ent.IsNotFound(err) {
			return nil, content, extra, fmt.Errorf("account: load the language: %w", err)
		}
	}
	content = mail.Content{Kind: mail.Kind(m.Kind), Locale: i18n.English,
		RecipientName: strings.TrimSpace(inputs.ValueOrEmpty(u.FirstName) + " " +
			inputs.ValueOrEmpty(u.LastName))}
	if i18n.Known(locale) {
		content.Locale = i18n.Locale(locale)
	}
	extra.ToName = content.RecipientName
	return u, content, extra, nil
}
