package webhook

import (
	"context"
	"strings"

	"usher/ent"
	"usher/ent/member"
	"usher/ent/role"
	"usher/ent/roleassignment"
	"usher/ent/user"
	"usher/internal/access"
	"usher/internal/admission"
	"usher/internal/mail"
	"usher/internal/outbox"
	"usher/internal/store"
)

// queueDisabledNotices queues an email to the owner and to each administrator of the workspace who
// has an address. The note names the endpoint and why it is off.
func (s *Service) queueDisabledNotices(ctx context.Context, tx *store.Tx, w *ent.Webhook) error {
	isConcerned := member.HasRoleAssignmentsWith(roleassignment.PlaceID(w.WorkspaceID),
		roleassignment.HasRoleWith(role.Key(access.Admin)))
	if w.OwnerID != nil {
		isConcerned = member.Or(isConcerned, member.ID(*w.OwnerID))
	}
	recipients, err := tx.User.Query().Where(user.EmailNotNil(),
		user.HasMembersWith(member.WorkspaceID(w.WorkspaceID),
			member.StatusEQ(member.StatusActive), isConcerned)).
		Order(ent.Asc(user.FieldID)).All(ctx)
	if err != nil || len(recipients) == 0 {
		return err
	}
	note := reasonOf(w) + " " + w.URL
	queued := make([]outbox.QueuedEmail, len(recipients))
	for i, u := range recipients {
		queued[i] = outbox.QueuedEmail{Kind: mail.WebhookDisabled, WorkspaceID: &w.WorkspaceID,
			To: *u.Email, ToKey: *u.EmailKey, UserID: &u.ID, Note: note, DueAt: s.Clock()}
	}
	return s.Outbox.Post(ctx, tx, queued...)
}

// composeDisabledNotice composes the email about an endpoint that was turned off; ErrGone once the
// person has left or has another address.
func (s *Service) composeDisabledNotice(ctx context.Context,
	m *ent.Mail) (mail.Content, outbox.Headers, error) {
	gone := func(err error) (mail.Content, outbox.Headers, error) {
		return mail.Content{}, outbox.Headers{}, outbox.IgnoreGone(err)
	}
	if m.WorkspaceID == nil || m.UserID == nil || m.Note == nil {
		return gone(nil)
	}
	ctx = asSystem(ctx)
	w, err := s.Store.Workspace.Get(ctx, *m.WorkspaceID)
	if err != nil {
		return gone(err)
	}
	u, err := s.Store.User.Get(ctx, *m.UserID)
	// The person has another address by now. The previous one may be somebody else's.
	if err != nil || u.EmailKey == nil || *u.EmailKey != m.ToKey {
		return gone(err)
	}
	reason, endpoint, _ := strings.Cut(*m.Note, " ")
	return mail.Content{
		Kind: mail.WebhookDisabled, Locale: outbox.Locale(u.Locale, w),
		Workspace: outbox.Branding(w), RecipientName: admission.DisplayName(u),
		Endpoint: endpoint, Reason: reason,
	}, outbox.Headers{}, nil
}
