package invitationemail

import (
	"cmp"
	"context"
	"strings"

	"usher/ent"
	entinvitation "usher/ent/invitation"
	"usher/internal/admission"
	"usher/internal/inputs"
	"usher/internal/invitation"
	"usher/internal/mail"
	"usher/internal/outbox"
	"usher/internal/store"
	"usher/internal/suppression"
)

// composer composes emails from the rows of now.
type composer struct{ *invitation.Service }

// Register registers the composers of invitations, of emails about sessions and of welcomes with
// the outbox of the service.
func Register(s *invitation.Service) {
	c := composer{s}
	s.Outbox.Compose(mail.Invitation, c.composeInvitation)
	s.Outbox.Compose(mail.Reminder, c.composeInvitation)
	s.Outbox.Compose(mail.Welcome, c.composeWelcome)
	s.Outbox.Compose(mail.SessionInvitation, c.composeSession)
	s.Outbox.Compose(mail.SessionReminder, c.composeSession)
}

// composeInvitation composes an invitation or its reminder from the present data. ErrGone once the
// invitation is no longer pending or its address was corrected. The link is made here and stored
// nowhere.
func (s composer) composeInvitation(ctx context.Context,
	m *ent.Mail) (mail.Content, outbox.Headers, error) {
	ctx = store.InWorkspace(ctx, *m.WorkspaceID)
	inv, err := s.Store.Invitation.Query().Where(entinvitation.ID(*m.InvitationID)).
		WithWorkspace().Only(ctx)
	if ent.IsNotFound(err) {
		return mail.Content{}, outbox.Headers{}, outbox.ErrGone
	}
	if err != nil {
		return mail.Content{}, outbox.Headers{}, err
	}
	// The version is that of the address. An email to the previous one must not carry a link to the
	// new.
	if invitation.Status(inv, s.Clock()) != entinvitation.StatusPending ||
		inv.LinkVersion != m.Version {
		return mail.Content{}, outbox.Headers{}, outbox.ErrGone
	}
	// Asked again at sending: the wish may be younger than the queued email.
	if suppressed, err := suppression.IsSuppressed(ctx, s.Store.Client, inv.EmailKey,
		inv.WorkspaceID); suppressed || err != nil {
		return mail.Content{}, outbox.Headers{}, outbox.IgnoreGone(err)
	}
	inviter, err := s.Admission.LoadInviterName(ctx, inv)
	if err != nil {
		return mail.Content{}, outbox.Headers{}, err
	}
	c := mail.Content{
		Kind: mail.Kind(m.Kind), Locale: outbox.Locale(inv.Locale, inv.Edges.Workspace),
		Workspace:     outbox.Branding(inv.Edges.Workspace),
		RecipientName: inputs.ValueOrEmpty(inv.FirstName), InviterName: inviter,
		Message: inputs.ValueOrEmpty(inv.Message),
		Link:    s.EmailedLink(inv, inv.Edges.Workspace), ExpiresAt: inv.ExpiresAt,
		PreferencesURL: suppression.PreferencesLink(s.Deps, m),
	}
	return c, s.makeReplyHeaders(ctx, inv, c), nil
}

// makeReplyHeaders sets the inviter as the recipient of replies.
func (s composer) makeReplyHeaders(ctx context.Context, inv *ent.Invitation,
	c mail.Content) outbox.Headers {
	e := outbox.Headers{ListUnsubscribe: c.PreferencesURL}
	if inv.InvitedByID == nil {
		return e
	}
	if m, err := s.Store.Member.Get(ctx, *inv.InvitedByID); err == nil {
		// Security: replies go to a verified address only. Otherwise a member could have them sent
		// to anybody. An error costs the header and not the email.
		if u, err := s.Store.User.Get(ctx, m.UserID); err == nil && u.Email != nil &&
			u.EmailProven {
			e.ReplyTo = *u.Email
		}
	}
	return e
}

// composeWelcome composes the email that greets a new member.
func (s composer) composeWelcome(ctx context.Context,
	m *ent.Mail) (mail.Content, outbox.Headers, error) {
	w, u, err := s.Outbox.LoadRecipient(ctx, m)
	if err != nil {
		return mail.Content{}, outbox.Headers{}, outbox.IgnoreGone(err)
	}
	// The note is SignInNote, the redirect URL, or both in this order, as admission writes it.
	redirect, signsIn := strings.CutPrefix(inputs.ValueOrEmpty(m.Note), admission.SignInNote)
	landing := admission.LandingURL(w, strings.TrimSpace(redirect))
	c := mail.Content{
		Kind: mail.Welcome, Locale: outbox.Locale(u.Locale, w), Workspace: outbox.Branding(w),
		RecipientName:  admission.DisplayName(u),
		Link:           cmp.Or(landing, s.PublicURL.String()),
		PreferencesURL: suppression.PreferencesLink(s.Deps, m),
	}
	if signsIn && u.Email != nil {
		c.Username, c.Link = *u.Email, s.PublicURL.JoinPath("sign-in").String()
	}
	return c, outbox.Headers{ListUnsubscribe: c.PreferencesURL}, nil
}
