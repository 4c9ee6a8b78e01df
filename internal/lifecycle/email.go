package lifecycle

import (
	"context"

	"usher/ent"
	"usher/ent/member"
	"usher/ent/role"
	"usher/ent/roleassignment"
	"usher/ent/user"
	"usher/internal/access"
	"usher/internal/admission"
	"usher/internal/mail"
	"usher/internal/outbox"
)

// queueDeletionNotices queues an email to each administrator of the organization and of the
// workspace who has an address.
func (s *Service) queueDeletionNotices(ctx context.Context, l *lockedWorkspace) error {
	recipients, err := l.tx.User.Query().Where(user.EmailNotNil(), user.Or(
		user.IDIn(admission.AdministratorIDs(l.org)...),
		user.HasMembersWith(member.WorkspaceID(l.workspace.ID),
			member.StatusEQ(member.StatusActive), member.HasRoleAssignmentsWith(
				roleassignment.PlaceID(l.workspace.ID),
				roleassignment.HasRoleWith(role.Key(access.Admin)))),
	)).Order(ent.Asc(user.FieldID)).All(ctx)
	if err != nil {
		return err
	}
	queued := make([]outbox.QueuedEmail, len(recipients))
	for i, u := range recipients {
		queued[i] = outbox.QueuedEmail{Kind: mail.WorkspaceDeletion,
			WorkspaceID: &l.workspace.ID, To: *u.Email, ToKey: *u.EmailKey, UserID: &u.ID,
			DueAt: l.now}
	}
	// All administrators may have usernames only.
	if len(queued) == 0 {
		return nil
	}
	return s.Outbox.Post(ctx, l.tx, queued...)
}

// composeDeletionNotice composes the email about a deletion; ErrGone once it was taken back.
func (s *Service) composeDeletionNotice(ctx context.Context,
	m *ent.Mail) (mail.Content, outbox.Headers, error) {
	gone := func(err error) (mail.Content, outbox.Headers, error) {
		return mail.Content{}, outbox.Headers{}, outbox.IgnoreGone(err)
	}
	if m.WorkspaceID == nil || m.UserID == nil {
		return gone(nil)
	}
	ctx = asSystem(ctx)
	w, err := s.Store.Workspace.Get(ctx, *m.WorkspaceID)
	if err != nil || w.DeletionAt == nil {
		return gone(err)
	}
	u, err := s.Store.User.Get(ctx, *m.UserID)
	// The person has another address by now. The previous one may be somebody else's.
	if err != nil || u.EmailKey == nil || *u.EmailKey != m.ToKey {
		return gone(err)
	}
	return mail.Content{
		Kind: mail.WorkspaceDeletion, Locale: outbox.Locale(u.Locale, w),
		Workspace: outbox.Branding(w), RecipientName: admission.DisplayName(u),
		Link: s.PublicURL.String(), ExpiresAt: w.DeletionAt,
	}, outbox.Headers{}, nil
}
