package invitation

import (
	"context"
	"time"

	"entgo.io/ent/dialect/sql"

	"usher/ent"
	"usher/ent/invitation"
	"usher/ent/predicate"
	"usher/internal/access"
	"usher/internal/admission"
	"usher/internal/audit"
	"usher/internal/fault"
	"usher/internal/ident"
	"usher/internal/inputs"
	"usher/internal/mail"
	"usher/internal/store"
)

// Resend sends a PENDING or EXPIRED invitation again and restarts its lifetime; the link of earlier
// emails stays valid (INV-5). A cancelled invitation becomes pending again if its invitee has asked
// for a new link. Errors: RATE_LIMITED within the cool-down of the mailbox; CONFLICT in any other
// status, or without a mail server.
func (s *Service) Resend(ctx context.Context, by *access.Caller, id ident.ID,
	message *string) (_ *ent.Invitation, err error) {
	defer fault.Annotate(&err, "resend invitation")

	inv, err := s.Admission.FindInvitation(ctx, by, id)
	if err != nil {
		return nil, err
	}
	m, err := s.requireInviteRight(by, inv)
	if err != nil {
		return nil, err
	}

	note, err := inputs.ParseText("message", message, inputs.MaxMessage)
	if err != nil {
		return nil, err
	}

	ctx = store.InWorkspace(ctx, inv.WorkspaceID)
	now := s.Clock()
	err = s.Store.Retry(ctx, func(tx *store.Tx) error {
		// The workspace comes before the invitation in the lock order, and its settings give the
		// new lifetime.
		w, err := tx.Workspace.Get(ctx, m.WorkspaceID)
		if err != nil {
			return err
		}
		if inv, err = lockInvitation(ctx, tx, id); err != nil {
			return err
		}
		if err := admission.RequireGrantAuthority(ctx, tx.Client, m, inv.Grant,
			"invite.not_whole"); err != nil {
			return err
		}
		inv, err = s.resendInTransaction(ctx, tx, by, w, inv, note, now)
		return err
	})
	if err != nil {
		return nil, err
	}
	return inv, nil
}

// resendInTransaction writes the new lifetime and queues the email.
func (s *Service) resendInTransaction(ctx context.Context, tx *store.Tx, by *access.Caller,
	w *ent.Workspace,
	inv *ent.Invitation, note string, now time.Time) (*ent.Invitation, error) {
	st := Status(inv, now)
	// A cancelled invitation comes back only if its invitee has asked for it (INV-12).
	renewed := st == invitation.StatusCancelled && inv.RenewalAskedAt != nil
	if st != invitation.StatusPending && st != invitation.StatusExpired && !renewed {
		return nil, newNotOpenFault(st)
	}
	if err := s.requireSendable(ctx, tx, inv, st, now); err != nil {
		return nil, err
	}
	// Without a new message the previous one is sent again.
	if note == "" && inv.Message != nil {
		note = *inv.Message
	}
	days := inv.LifetimeDays
	// An end without days has no length of its own, and gets the default of the workspace.
	if inv.ExpiresAt != nil && days == 0 {
		days = w.Settings.InvitationDays
	}
	l := LifetimeOfDays(days, now)
	update := tx.Invitation.UpdateOne(inv).SetStatus(invitation.StatusPending).
		SetDeliveryStatus(invitation.DeliveryStatusQueued).ClearDeliveryError().
		ClearRenewalAskedAt().
		SetNillableMessage(inputs.NilIfEmpty(note))
	inputs.SetOrClear(l.end, update.SetExpiresAt, update.ClearExpiresAt)
	setReminder(update.Mutation(), nextReminder(w, now, l.end, now))
	// The invitee asked for a new link (INV-12). The link that was cancelled stays revoked.
	if renewed {
		inv.LinkVersion++
		update.SetLinkVersion(inv.LinkVersion).ClearCancelledAt()
	}
	if !s.Outbox.Sends() { // the inviter copies the link
		update.SetDeliveryStatus(invitation.DeliveryStatusNotSent).Mutation().ClearRemindAt()
	}
	sent, err := update.Save(ctx)
	// Another invitation of the address has become pending since. The unique index decides.
	if ent.IsConstraintError(err) {
		return nil, fault.New(fault.Conflict, "invite.invited_anew")
	}
	if err != nil {
		return nil, err
	}
	if err := audit.Record(ctx, tx, now,
		audit.Event{WorkspaceID: w.ID, Action: audit.InvitationResent,
			EntryPoint: admission.EntryPointInvite,
			By:         by, SubjectID: inv.ID}); err != nil {
		return nil, err
	}
	if !s.Outbox.Sends() {
		return sent, nil
	}
	return sent, s.queueEmails(ctx, tx, w, now,
		invitationEmail{kind: mail.Invitation, invitation: inv.ID,
			to: inv.Email, key: inv.EmailKey, version: inv.LinkVersion, note: note})
}

// requireSendable refuses an email to an invitation's address when there is no mail server, when
// the address takes none, and within the cool-down.
func (s *Service) requireSendable(ctx context.Context, tx *store.Tx, inv *ent.Invitation,
	st invitation.Status, now time.Time) error {
	// An expired or cancelled invitation may be renewed without a mail server: its link is copied.
	if st == invitation.StatusPending && !s.Outbox.Sends() {
		return fault.New(fault.Conflict, "invite.no_mail_server")
	}
	// The address may have joined by another way, or asked for no more emails, since the
	// invitation.
	if err := s.requireFreeAddress(ctx, tx, inv, inv.EmailKey); err != nil {
		return err
	}
	// Refused and not held, unlike a new invitation: the inviter wanted this email now, and can
	// wait.
	free, err := s.NextAllowedTimes(ctx, tx, []string{inv.EmailKey}, now)
	if err != nil {
		return err
	}
	if due := free[inv.EmailKey]; due.After(now) {
		return fault.Limited(due.Sub(now), "invite.cool_down")
	}
	return nil
}

// ResendMany resends several invitations, each in its own transaction.
func (s *Service) ResendMany(ctx context.Context, by *access.Caller, ids []ident.ID,
	message *string) (_ *Bulk, err error) {
	defer fault.Annotate(&err, "resend many")

	return s.changeEach(ctx, by, ids, func(i ident.ID) (*ent.Invitation, error) {
		return s.Resend(ctx, by, i, message)
	})
}

// ResendPending resends the pending invitations that a filter selects, at most MaxInvited in one
// call: first those that never went out, then the least recently sent, last those whose email is
// still queued. A second call thus continues where the first one ended.
func (s *Service) ResendPending(ctx context.Context, by *access.Caller, workspace ident.ID,
	filter predicate.Invitation, message *string) (_ *Bulk, err error) {
	defer fault.Annotate(&err, "resend pending")

	m, err := by.RequireMembership(workspace)
	if err != nil {
		return nil, err
	}
	if !m.CanAnywhere(access.MembersInvite) {
		return nil, fault.Denied()
	}
	// Read as the caller: a filter must not resend what they cannot see.
	ids, err := s.Store.Invitation.Query().
		Where(invitation.WorkspaceID(workspace), IsOpen(s.Clock()), filter).
		Order(queuedLast, invitation.ByLastSentAt(sql.OrderNullsFirst()),
			ent.Asc(invitation.FieldID)).
		Limit(MaxInvited).
		IDs(store.AsCaller(ctx, by))
	if err != nil {
		return nil, err
	}
	return s.ResendMany(ctx, by, ids, message)
}

// queuedLast orders invitations whose email has not left yet behind all others. last_sent_at does
// not tell them apart: it changes when the email leaves.
func queuedLast(s *sql.Selector) {
	s.OrderExpr(sql.EQ(s.C(invitation.FieldDeliveryStatus), invitation.DeliveryStatusQueued))
}

// requireInviteRight returns the caller's membership if they may invite anywhere in the workspace
// of an invitation. Authority over this invitation is checked by RequireGrantAuthority behind the
// lock of its row.
func (s *Service) requireInviteRight(by *access.Caller,
	inv *ent.Invitation) (*access.Membership, error) {
	m, err := by.RequireMembership(inv.WorkspaceID)
	if err != nil {
		return nil, err
	}
	// Before the permission is asked for: an instructor does not hold it, but may undo what they
	// did.
	if own := asSessionInviter(m, inv); own != nil {
		return own, nil
	}
	if !m.CanAnywhere(access.MembersInvite) {
		return nil, fault.Denied()
	}
	return m, nil
}

// asSessionInviter returns the membership of an instructor with the right over an invitation that
// they sent by registering for their session; nil for any other invitation. They could not send it
// otherwise, and keep the right for as long as they may invite into the session.
func asSessionInviter(m *access.Membership, inv *ent.Invitation) *access.Membership {
	g := inv.Grant
	if m.MemberID.IsZero() || idOrZero(inv.GiverID) != m.MemberID ||
		idOrZero(inv.InvitedByID) != m.MemberID || len(g.Parts) > 0 || len(g.SessionIDs) != 1 ||
		!mayInviteIntoSession(m, g.SessionIDs[0]) {
		return nil
	}
	// The right holds at the places of this invitation, and nowhere else.
	into := access.NewSet([]string{string(access.MembersInvite)})
	more := []access.Holding{{Permissions: into, Place: access.Session(g.SessionIDs[0]),
		Covers: g.SessionIDs}}
	for _, id := range g.GroupIDs {
		more = append(more, access.Holding{Permissions: into, Place: access.Group(id),
			Covers: []ident.ID{id}})
	}
	return m.With(more...)
}

// lockInvitation locks and reads an invitation. Decisions about its status and its grant are taken
// on this second read, since the first one held no lock. CONFLICT after its invitee was erased.
func lockInvitation(ctx context.Context, tx *store.Tx, id ident.ID) (*ent.Invitation, error) {
	q := tx.Invitation.Query().Where(invitation.ID(id))
	if tx.Locks() {
		q.ForUpdate()
	}
	inv, err := q.Only(ctx)
	if ent.IsNotFound(err) {
		return nil, fault.Missing()
	}
	if err == nil && admission.IsErased(inv) {
		return nil, fault.New(fault.Conflict, "privacy.erased")
	}
	return inv, err
}
