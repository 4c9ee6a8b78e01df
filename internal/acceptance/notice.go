package acceptance

import (
	"context"
	"net/url"
	"time"

	"usher/ent"
	entinvitation "usher/ent/invitation"
	"usher/ent/member"
	"usher/ent/role"
	"usher/ent/roleassignment"
	"usher/ent/user"
	"usher/internal/access"
	"usher/internal/actionlink"
	"usher/internal/admission"
	"usher/internal/ident"
	"usher/internal/inputs"
	"usher/internal/invitation"
	"usher/internal/mail"
	"usher/internal/outbox"
	"usher/internal/store"
	"usher/internal/suppression"
)

// groupsGoneNote marks the notice of an acceptance whose groups are all gone (ADM-7).
const groupsGoneNote = "groups gone"

// queueAcceptanceNotice queues the notice of an acceptance, if the inviter wants it or no group of
// the grant is left.
func (s *Service) queueAcceptanceNotice(ctx context.Context, tx *store.Tx, inv *ent.Invitation,
	lost bool,
	now time.Time) error {
	// An acceptance into no group is told in any case: somebody has to place the person.
	if !inv.NotifyInviter && !lost {
		return nil
	}
	to, err := findInviter(ctx, tx, inv)
	if to == nil || err != nil {
		return err
	}
	email := outbox.QueuedEmail{Kind: mail.InvitationAccepted, WorkspaceID: &inv.WorkspaceID,
		To:    *to.Email,
		ToKey: *to.EmailKey, UserID: &to.ID, InvitationID: &inv.ID, DueAt: now}
	if lost {
		email.Note = groupsGoneNote
	}
	return s.Outbox.Post(ctx, tx, email)
}

// composeNotice composes the email that tells an inviter the result of an invitation.
func (s *Service) composeNotice(ctx context.Context,
	m *ent.Mail) (mail.Content, outbox.Headers, error) {
	w, u, err := s.Outbox.LoadRecipient(ctx, m)
	if err != nil {
		return mail.Content{}, outbox.Headers{}, outbox.IgnoreGone(err)
	}
	inv, err := s.Store.Invitation.Get(store.InWorkspace(ctx, w.ID), *m.InvitationID)
	if err != nil {
		return mail.Content{}, outbox.Headers{}, outbox.IgnoreGone(err)
	}
	c := mail.Content{
		Kind: mail.Kind(m.Kind), Locale: outbox.Locale(u.Locale, w),
		Workspace:     outbox.Branding(w),
		RecipientName: admission.DisplayName(u),
		// The invitee is named as the inviter typed them, because their own name is not disclosed
		// before they accept (INV-10).
		SubjectName: inv.Email, GroupsGone: inputs.ValueOrEmpty(m.Note) == groupsGoneNote,
		Link:           s.linkToInvitation(w, inv),
		PreferencesURL: suppression.PreferencesLink(s.Deps, m),
	}
	// The button asks for a decision, and the console shows everything else (INV-12).
	if c.Kind == mail.NewLinkRequested || c.Kind == mail.MoveRequested {
		c.ConsoleLink, c.Link = c.Link, actionlink.Make(s.Deps, m)
	}
	// The address is read when the email leaves: the person may have changed it.
	if c.Kind == mail.MoveRequested {
		if c.NewAddress, err = s.findRequestedAddress(ctx, m, inv); err != nil {
			return mail.Content{}, outbox.Headers{}, err
		}
	}
	return c, outbox.Headers{ListUnsubscribe: c.PreferencesURL}, nil
}

// findRequestedAddress returns the address that a MoveRequested email asks for. ErrGone once the
// invitation is no longer pending.
func (s *Service) findRequestedAddress(ctx context.Context, m *ent.Mail,
	inv *ent.Invitation) (string, error) {
	userID, err := ident.Parse(inputs.ValueOrEmpty(m.Note))
	if err != nil || invitation.Status(inv, s.Clock()) != entinvitation.StatusPending {
		return "", outbox.ErrGone
	}
	u, err := s.Store.User.Get(
		store.AsSystem(ctx, "who asked to be the one invited may be in no workspace yet"), userID)
	if err != nil || u.Email == nil {
		return "", outbox.IgnoreGone(err)
	}
	return *u.Email, nil
}

// linkToInvitation returns the address of the console at which an inviter acts on an invitation:
// renews, moves or reads it. After acceptance it is the page of the member.
func (s *Service) linkToInvitation(w *ent.Workspace, inv *ent.Invitation) string {
	if inv.MemberID != nil {
		return s.ConsoleLink(w, "people/"+inv.MemberID.String(), nil)
	}
	return s.ConsoleLink(w, "invitations", url.Values{"show": {inv.ID.String()}})
}

// findInviter returns the account of the inviter while they are active and have an address, else
// nil.
func findInviter(ctx context.Context, tx *store.Tx,
	inv *ent.Invitation) (*ent.User, error) {
	if inv.InvitedByID == nil {
		return nil, nil
	}
	return FindMailableAccount(ctx, tx.Member.Query().Where(member.ID(*inv.InvitedByID)))
}

// FindAdministrator returns the longest-standing active administrator of the workspace who has an
// address, or nil.
func FindAdministrator(ctx context.Context, tx *store.Tx) (*ent.User, error) {
	return FindMailableAccount(ctx, tx.Member.Query().
		Where(member.HasRoleAssignmentsWith(roleassignment.HasRoleWith(role.Key(access.Admin))),
			member.HasUserWith(user.EmailNotNil())).Order(ent.Asc(member.FieldID)))
}

// FindMailableAccount returns the account of the first active member of the query if it has an
// address, else nil.
func FindMailableAccount(ctx context.Context, q *ent.MemberQuery) (*ent.User, error) {
	m, err := q.Where(member.StatusEQ(member.StatusActive)).WithUser().First(ctx)
	if ent.IsNotFound(err) || err == nil && m.Edges.User.Email == nil {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	return m.Edges.User, nil
}
