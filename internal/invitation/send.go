package invitation

import (
	"cmp"
	"context"
	"net/url"
	"strings"

	"usher/ent"
	"usher/ent/invitation"
	entmail "usher/ent/mail"
	entsuppression "usher/ent/suppression"
	"usher/internal/admission"
	"usher/internal/audit"
	"usher/internal/bounce"
	"usher/internal/fault"
	"usher/internal/i18n"
	"usher/internal/ident"
	"usher/internal/inputs"
	"usher/internal/mail"
	"usher/internal/outbox"
	"usher/internal/store"
	"usher/internal/suppression"
)

// registerComposers registers the composers of this package's emails, and the listener for their
// outcomes.
func (s *Service) registerComposers() {
	s.Outbox.Compose(mail.Invitation, s.composeInvitation)
	s.Outbox.Compose(mail.Reminder, s.composeInvitation)
	s.Outbox.Compose(mail.Welcome, s.composeWelcome)
	s.Outbox.Compose(mail.Credentials, s.composeCredentials)
	s.registerSessionComposers()
	s.Outbox.Listen(s.recordDelivery)
}

// composeInvitation composes an invitation or its reminder from the present data. ErrGone once the
// invitation is no longer pending or its address was corrected. The link is made here and stored
// nowhere.
func (s *Service) composeInvitation(ctx context.Context,
	m *ent.Mail) (mail.Content, outbox.Headers, error) {
	ctx = store.InWorkspace(ctx, *m.WorkspaceID)
	inv, err := s.Store.Invitation.Query().Where(invitation.ID(*m.InvitationID)).WithWorkspace().
		Only(ctx)
	if ent.IsNotFound(err) {
		return mail.Content{}, outbox.Headers{}, outbox.ErrGone
	}
	if err != nil {
		return mail.Content{}, outbox.Headers{}, err
	}
	// The version is that of the address. An email to the previous one must not carry a link to the
	// new.
	if Status(inv, s.Clock()) != invitation.StatusPending || inv.LinkVersion != m.Version {
		return mail.Content{}, outbox.Headers{}, outbox.ErrGone
	}
	// Asked again at sending: the wish may be younger than the queued email.
	if suppressed, err := suppression.IsSuppressed(ctx, s.Store.Client, inv.EmailKey,
		inv.WorkspaceID); suppressed || err != nil {
		return mail.Content{}, outbox.Headers{}, IgnoreGone(err)
	}
	inviter, err := s.LoadInviterName(ctx, inv)
	if err != nil {
		return mail.Content{}, outbox.Headers{}, err
	}
	c := mail.Content{
		Kind: mail.Kind(m.Kind), Locale: EmailLocale(inv.Locale, inv.Edges.Workspace),
		Workspace:     EmailBranding(inv.Edges.Workspace),
		RecipientName: inputs.ValueOrEmpty(inv.FirstName), InviterName: inviter,
		Message: inputs.ValueOrEmpty(inv.Message),
		Link:    s.makeEmailedLink(inv, inv.Edges.Workspace), ExpiresAt: inv.ExpiresAt,
		PreferencesURL: suppression.PreferencesLink(s.Deps, m),
	}
	return c, s.makeReplyHeaders(ctx, inv, c), nil
}

// makeReplyHeaders sets the inviter as the recipient of replies.
func (s *Service) makeReplyHeaders(ctx context.Context, inv *ent.Invitation,
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
func (s *Service) composeWelcome(ctx context.Context,
	m *ent.Mail) (mail.Content, outbox.Headers, error) {
	w, u, err := s.LoadEmailRecipient(ctx, m)
	if err != nil {
		return mail.Content{}, outbox.Headers{}, IgnoreGone(err)
	}
	// The note is signInNote, the redirect URL, or both in this order: queueGreeting writes it.
	redirect, signsIn := strings.CutPrefix(inputs.ValueOrEmpty(m.Note), signInNote)
	landing := admission.LandingURL(w, strings.TrimSpace(redirect))
	c := mail.Content{
		Kind: mail.Welcome, Locale: EmailLocale(u.Locale, w), Workspace: EmailBranding(w),
		RecipientName:  admission.DisplayName(u),
		Link:           cmp.Or(landing, s.PublicURL.String()),
		PreferencesURL: suppression.PreferencesLink(s.Deps, m),
	}
	if signsIn && u.Email != nil {
		c.Username, c.Link = *u.Email, s.PublicURL.JoinPath("sign-in").String()
	}
	return c, outbox.Headers{ListUnsubscribe: c.PreferencesURL}, nil
}

// signInNote marks a welcome that tells how to sign in: an administrator typed the password and
// gives it to the person. The redirect URL of the grant stands behind it, or alone.
const signInNote = "sign in"

// warnUnlessSent returns a warning if the credentials of an account cannot be emailed: without a
// mail server the account exists and its password reaches nobody.
func (d *AccountCreation) warnUnlessSent() []Warning {
	if d.EntryPoint.Name != admission.EntryPointCreate || d.Outbox.Sends() {
		return nil
	}
	return []Warning{PasswordNotSent}
}

// ConsoleLink returns the address of a page of the console, opened in a workspace.
func (s *Service) ConsoleLink(w *ent.Workspace, path string, query url.Values) string {
	u := s.PublicURL.JoinPath("console", path)
	if query == nil {
		query = url.Values{}
	}
	query.Set("workspace", w.Slug)
	u.RawQuery = query.Encode()
	return u.String()
}

// LoadEmailRecipient loads the workspace and the account that an email is for. ErrGone without
// them.
func (s *Service) LoadEmailRecipient(ctx context.Context,
	m *ent.Mail) (_ *ent.Workspace, _ *ent.User, err error) {
	defer fault.Annotate(&err, "load email recipient")

	w, err := s.Store.Workspace.Get(store.InWorkspace(ctx, *m.WorkspaceID), *m.WorkspaceID)
	if err != nil {
		return nil, nil, err
	}
	u, err := s.Store.User.Get(
		store.AsSystem(ctx, "a mail is for an account, which may have left since"), *m.UserID)
	return w, u, err
}

// IgnoreGone turns the error of a missing row into ErrGone.
func IgnoreGone(err error) error {
	if err == nil || ent.IsNotFound(err) {
		return outbox.ErrGone
	}
	return err
}

// recordDelivery updates the delivery status of an invitation with the outcome of its latest email
// (INV-15).
func (s *Service) recordDelivery(ctx context.Context, tx *store.Tx, m *ent.Mail) error {
	if m.InvitationID == nil || mail.Kind(m.Kind) != mail.Invitation &&
		mail.Kind(m.Kind) != mail.Reminder {
		return nil
	}
	// Statuses without an action leave no event: a queued email has not happened yet.
	states := map[entmail.Status]struct {
		state  invitation.DeliveryStatus
		action audit.Action
	}{
		entmail.StatusQueued:  {invitation.DeliveryStatusQueued, ""},
		entmail.StatusSent:    {invitation.DeliveryStatusSent, audit.InvitationSent},
		entmail.StatusFailed:  {invitation.DeliveryStatusFailed, audit.InvitationFailed},
		entmail.StatusBounced: {invitation.DeliveryStatusBounced, audit.InvitationBounced},
		// cancelled, accepted or corrected before the email was sent
		entmail.StatusDropped: {invitation.DeliveryStatusNotSent, ""},
	}
	to, known := states[m.Status]
	if !known {
		return nil
	}
	ctx = store.InWorkspace(store.DespiteArchive(ctx, "what became of an email is recorded"),
		*m.WorkspaceID)
	// A bounce or a complaint holds for the address, whichever workspace caused it.
	if m.Status == entmail.StatusBounced {
		why := entsuppression.ReasonBounced
		if m.Error != nil && *m.Error == bounce.ComplaintReason {
			why = entsuppression.ReasonComplaint
		}
		if err := suppression.SuppressAddress(ctx, tx, m.ToKey, ident.ID{}, why); err != nil {
			return err
		}
	}
	// The version keeps the outcome of an email to the previous address away from the present one.
	update := tx.Invitation.Update().Where(invitation.ID(*m.InvitationID),
		invitation.LinkVersion(m.Version)).SetDeliveryStatus(to.state)
	if m.Error == nil {
		update.ClearDeliveryError()
	} else {
		update.SetDeliveryError(*m.Error)
	}
	switch m.Status {
	case entmail.StatusSent:
		if err := s.recordHandover(ctx, tx, m, update.Mutation()); err != nil {
			return err
		}
	case entmail.StatusDropped:
		// A dropped email changes nothing if an earlier one has been delivered.
		update.Where(invitation.DeliveryStatusEQ(invitation.DeliveryStatusQueued))
	}
	n, err := update.Save(ctx)
	if n == 0 || err != nil || to.action == "" {
		return err
	}
	return audit.Record(ctx, tx, s.Clock(), audit.Event{WorkspaceID: *m.WorkspaceID,
		Action: to.action, EntryPoint: admission.EntryPointInvite, SubjectID: *m.InvitationID})
}

// recordHandover notes when an invitation left, and counts it. It runs once for each email that
// left, since the outbox records SENT only on the row that is still queued. Reminders count from
// this time, not from when the email was queued: else one would be due again right after it went
// out. A reminder itself moves nothing.
func (s *Service) recordHandover(ctx context.Context, tx *store.Tx, m *ent.Mail,
	to *ent.InvitationMutation) error {
	if mail.Kind(m.Kind) != mail.Invitation {
		return nil
	}
	inv, err := tx.Invitation.Query().Where(invitation.ID(*m.InvitationID)).WithWorkspace().
		Only(ctx)
	if err != nil {
		return err
	}
	to.SetLastSentAt(*m.SentAt)
	to.AddSentCount(1)
	// Counted from the handover and not from the request: the email may have waited (INV-14).
	setReminder(to, nextReminder(inv.Edges.Workspace, *m.SentAt, inv.ExpiresAt, *m.SentAt))
	return nil
}

// EmailBranding returns the name, logo and colors of a workspace for an email.
func EmailBranding(w *ent.Workspace) mail.Workspace {
	return mail.Workspace{Name: w.Name, LogoURL: inputs.ValueOrEmpty(w.LogoURL),
		Color: inputs.ValueOrEmpty(w.Color), SupportContact: inputs.ValueOrEmpty(w.SupportContact),
		TimeZone: i18n.LoadZone(w.TimeZone)}
}

// EmailLocale returns a person's language, else that of the workspace.
func EmailLocale(own *string, w *ent.Workspace) i18n.Locale {
	l, _ := i18n.Match(inputs.ValueOrEmpty(own), w.DefaultLocale)
	return l
}
