package invitationemail

import (
	"cmp"
	"context"

	"usher/ent"
	"usher/ent/enrollment"
	entinvitation "usher/ent/invitation"
	"usher/ent/member"
	"usher/ent/predicate"
	"usher/ent/session"
	"usher/ent/user"
	"usher/internal/admission"
	"usher/internal/ident"
	"usher/internal/inputs"
	"usher/internal/invitation"
	"usher/internal/mail"
	"usher/internal/outbox"
	"usher/internal/store"
	"usher/internal/suppression"
	"usher/internal/training"
)

// composeSession composes the email about a session, or its reminder, from the present data: for an
// address whose pending invitation leads into the session, or for an enrolled member. ErrGone if
// neither is the case, if the session is over, or if a reminder would come after the start (MAI-3).
func (s composer) composeSession(ctx context.Context,
	m *ent.Mail) (mail.Content, outbox.Headers, error) {
	if m.SessionID == nil || m.WorkspaceID == nil {
		return mail.Content{}, outbox.Headers{}, outbox.ErrGone
	}
	ctx = store.InWorkspace(ctx, *m.WorkspaceID)
	row, err := s.Store.Session.Query().Where(session.ID(*m.SessionID)).WithProgram().
		WithWorkspace().Only(ctx)
	if err != nil {
		return mail.Content{}, outbox.Headers{}, outbox.IgnoreGone(err)
	}
	now, kind, w := s.Clock(), mail.Kind(m.Kind), row.Edges.Workspace
	// The session may have moved since the email was queued.
	late := kind == mail.SessionReminder && (row.StartsAt == nil || !row.StartsAt.After(now))
	if late || training.IsOver(row, now) {
		return mail.Content{}, outbox.Headers{}, outbox.ErrGone
	}
	if suppressed, err := suppression.IsSuppressed(ctx, s.Store.Client,
		m.ToKey, w.ID); suppressed || err != nil {
		return mail.Content{}, outbox.Headers{}, outbox.IgnoreGone(err)
	}
	c := mail.Content{
		Kind: kind, Workspace: outbox.Branding(w),
		PreferencesURL: suppression.PreferencesLink(s.Deps, m),
		Session: &mail.Session{Name: row.Name, Program: row.Edges.Program.Name,
			StartsAt: row.StartsAt, EndsAt: row.EndsAt,
			UID: row.ID.String() + "@" + s.PublicURL.Hostname(), ComposedAt: now},
	}
	extra := outbox.Headers{ListUnsubscribe: c.PreferencesURL}
	// The invitee first: with a pending invitation the link leads to accepting, without which no
	// session can be opened.
	if invited, err := s.addressInvitee(ctx, &c, m, row); invited || err != nil {
		return c, extra, err
	}
	return c, extra, s.addressMember(ctx, &c, m, row)
}

// addressInvitee addresses the email to the invitee, if a pending invitation of the address still
// leads into the session. Its sessions are worked out as at admission.
func (s composer) addressInvitee(ctx context.Context, c *mail.Content, m *ent.Mail,
	row *ent.Session) (bool, error) {
	inv, err := s.Store.Invitation.Query().Where(entinvitation.EmailKey(m.ToKey),
		invitation.IsOpen(s.Clock())).Only(ctx)
	if ent.IsNotFound(err) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	// What the grantor may no longer give leads nowhere, so the email would name a session that
	// admission skips (ADM-6).
	grantor, err := s.Admission.LoadGrantorMembership(ctx, inv.WorkspaceID,
		admission.GrantorOf(inv))
	if err != nil {
		return false, err
	}
	// Read only, so it needs no transaction. SQLite has one writing transaction at a time.
	a := admission.Admission{Service: s.Admission, Tx: &store.Tx{Client: s.Store.Client},
		Workspace: row.Edges.Workspace, Grant: inv.Grant, Grantor: grantor, Now: s.Clock()}
	p, err := a.ResolvePlaces(ctx)
	if err != nil || !admission.HasSession(p.Sessions, row.ID) {
		return false, err
	}
	if c.InviterName, err = s.Admission.LoadInviterName(ctx, inv); err != nil {
		return false, err
	}
	c.Pending, c.Locale, c.RecipientName = true, outbox.Locale(inv.Locale, row.Edges.Workspace),
		inputs.ValueOrEmpty(inv.FirstName)
	c.Link, c.ExpiresAt = s.EmailedLink(inv, row.Edges.Workspace), inv.ExpiresAt
	return true, nil
}

// addressMember addresses the email to an enrolled member.
func (s composer) addressMember(ctx context.Context, c *mail.Content, m *ent.Mail,
	row *ent.Session) error {
	// Found by address, by account, or through the invitation: each may have changed since the
	// email was queued.
	is := []predicate.Member{member.HasUserWith(user.EmailKey(m.ToKey))}
	if m.UserID != nil {
		is = append(is, member.UserID(*m.UserID))
	}
	if m.InvitationID != nil {
		i, err := s.findAcceptedMemberID(ctx, *m.InvitationID)
		if err != nil {
			return err
		}
		is = append(is, member.ID(i))
	}
	now := s.Clock()
	who, err := s.Store.Member.Query().Where(
		member.Or(is...), member.StatusEQ(member.StatusActive),
		member.Or(member.AccessExpiresAtIsNil(), member.AccessExpiresAtGT(now)),
		member.HasEnrollmentsWith(enrollment.SessionID(row.ID),
			enrollment.StatusEQ(enrollment.StatusEnrolled)),
	).WithUser().All(ctx)
	if err != nil {
		return err
	}
	for _, one := range who {
		u := one.Edges.User
		// Security: the email goes to the address that it was queued for, so it must not name
		// somebody who has another one.
		if inputs.ValueOrEmpty(u.EmailKey) != m.ToKey {
			continue
		}
		c.Locale, c.RecipientName, c.Link = outbox.Locale(u.Locale, row.Edges.Workspace),
			admission.DisplayName(u),
			cmp.Or(admission.LandingURL(row.Edges.Workspace, ""), s.PublicURL.String())
		return nil
	}
	// No member has this address any more. The person has another one now, and the email was queued
	// for that one as well; a reminder is queued only shortly before it is sent.
	if len(who) == 1 && mail.Kind(m.Kind) == mail.SessionInvitation {
		if err := s.Store.Retry(ctx, func(tx *store.Tx) error {
			return s.Training.RequeueSessionEmail(ctx, tx, who[0], row)
		}); err != nil {
			return err
		}
	}
	return outbox.ErrGone
}

// findAcceptedMemberID returns the member that an invitation has become, or the zero id.
func (s composer) findAcceptedMemberID(ctx context.Context, id ident.ID) (ident.ID, error) {
	inv, err := s.Store.Invitation.Query().Where(entinvitation.ID(id)).Only(ctx)
	if ent.IsNotFound(err) || err == nil && inv.MemberID == nil {
		return ident.ID{}, nil
	}
	if err != nil {
		return ident.ID{}, err
	}
	return *inv.MemberID, nil
}
