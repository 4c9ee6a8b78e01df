package joinlink

import (
	"context"
	"net/url"

	"usher/ent"
	"usher/ent/joinrequest"
	"usher/internal/actionlink"
	"usher/internal/admission"
	"usher/internal/inputs"
	"usher/internal/mail"
	"usher/internal/outbox"
	"usher/internal/store"
	"usher/internal/suppression"
)

// registerComposers tells the outbox which functions compose the emails about join requests.
func (s *Service) registerComposers() {
	s.Outbox.Compose(mail.JoinConfirmation, s.composeConfirmation)
	s.Outbox.Compose(mail.JoinRequested, s.composeRequested)
	s.Outbox.Compose(mail.JoinApproved, s.composeDecision)
	s.Outbox.Compose(mail.JoinRejected, s.composeDecision)
}

// loadEmailRequest loads the join request that a queued email is about. ErrGone if it was deleted.
func (s *Service) loadEmailRequest(ctx context.Context, m *ent.Mail) (*openedRequest, error) {
	if m.JoinRequestID == nil {
		return nil, outbox.ErrGone // the decoy of an address that may not join
	}
	r, err := s.Store.JoinRequest.Query().Where(joinrequest.ID(*m.JoinRequestID)).WithJoinLink().
		WithWorkspace().
		Only(store.InWorkspace(ctx, *m.WorkspaceID))
	if err != nil {
		return nil, outbox.IgnoreGone(err)
	}
	return &openedRequest{JoinRequest: r, link: r.Edges.JoinLink, workspace: r.Edges.Workspace}, nil
}

// composeConfirmation composes the email whose link verifies the address. A stranger may have typed
// the address, so the email repeats no name or text of the request. ErrGone once the request is
// decided, or if the person has stopped emails of the workspace.
func (s *Service) composeConfirmation(ctx context.Context,
	m *ent.Mail) (mail.Content, outbox.Headers, error) {
	r, err := s.loadEmailRequest(ctx, m)
	if err != nil {
		return mail.Content{}, outbox.Headers{}, err
	}
	// A person whose request is WAITING may ask again, and gets the email as any other.
	if r.Status != joinrequest.StatusUnconfirmed && r.Status != joinrequest.StatusWaiting {
		return mail.Content{}, outbox.Headers{}, outbox.ErrGone
	}
	// The person asks for this email, so their own wish for none does not stop it. A stranger who
	// types the address causes no more of them than the limit of the mailbox lets through.
	if mute, err := suppression.IsUndeliverable(ctx, s.Store.Client, r.EmailKey,
		r.WorkspaceID); mute || err != nil {
		return mail.Content{}, outbox.Headers{}, outbox.IgnoreGone(err)
	}
	link, until := s.makeConfirmationLink(r, m.CreatedAt)
	c := mail.Content{
		Kind: mail.JoinConfirmation, Locale: outbox.Locale(r.Locale, r.workspace),
		Workspace: outbox.Branding(r.workspace),
		Link:      link, ExpiresAt: &until, PreferencesURL: suppression.PreferencesLink(s.Deps, m),
	}
	return c, outbox.Headers{ListUnsubscribe: c.PreferencesURL}, nil
}

// composeRequested composes the email that asks an administrator to decide a request. ErrGone once
// the request is decided.
func (s *Service) composeRequested(ctx context.Context,
	m *ent.Mail) (mail.Content, outbox.Headers, error) {
	r, err := s.loadEmailRequest(ctx, m)
	if err != nil {
		return mail.Content{}, outbox.Headers{}, err
	}
	w, u, err := s.Outbox.LoadRecipient(ctx, m)
	// Another administrator may have decided while the email was queued.
	if err != nil || r.Status != joinrequest.StatusWaiting {
		return mail.Content{}, outbox.Headers{}, outbox.IgnoreGone(err)
	}
	c := mail.Content{
		Kind: mail.JoinRequested, Locale: outbox.Locale(u.Locale, w),
		Workspace: outbox.Branding(w), RecipientName: admission.DisplayName(u),
		SubjectName:    LabelApplicant(r.JoinRequest),
		Link:           actionlink.Make(s.Deps, m),
		ConsoleLink:    s.ConsoleLink(w, "invitations", url.Values{"tab": {"requests"}}),
		PreferencesURL: suppression.PreferencesLink(s.Deps, m),
	}
	return c, outbox.Headers{ListUnsubscribe: c.PreferencesURL}, nil
}

// composeDecision composes the email that tells the person whether they were approved or rejected.
func (s *Service) composeDecision(ctx context.Context,
	m *ent.Mail) (mail.Content, outbox.Headers, error) {
	r, err := s.loadEmailRequest(ctx, m)
	if err != nil {
		return mail.Content{}, outbox.Headers{}, err
	}
	c := mail.Content{
		Kind: mail.Kind(m.Kind), Locale: outbox.Locale(r.Locale, r.workspace),
		Workspace:     outbox.Branding(r.workspace),
		RecipientName: inputs.ValueOrEmpty(r.FirstName), Message: inputs.ValueOrEmpty(m.Note),
		Link:           s.PublicURL.JoinPath("sign-in").String(),
		PreferencesURL: suppression.PreferencesLink(s.Deps, m),
	}
	// An approved person goes where the link leads, which asks for the sign-in itself if it needs one.
	if landing := landingOf(r.link, r.workspace); landing != nil {
		c.Link = *landing
	}
	// A rejected person has nothing to sign in to. The join page explains what happened.
	if c.Kind == mail.JoinRejected {
		c.Link = s.JoinURL(r.link)
	}
	return c, outbox.Headers{ListUnsubscribe: c.PreferencesURL}, nil
}

// LabelApplicant returns the name and the address of a waiting person. The name alone proves
// nothing, because they typed it themselves.
func LabelApplicant(r *ent.JoinRequest) string {
	name := admission.DisplayName(&ent.User{FirstName: r.FirstName, LastName: r.LastName})
	if !mail.Greetable(name) { // a typed name could be a link that misleads the reader
		return r.Email
	}
	return name + " (" + r.Email + ")"
}
