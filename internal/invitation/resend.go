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

// ResendInput describes how an invitation is sent again.
type ResendInput struct {
	Message   *string // nil repeats the previous one
	SendEmail *bool   // nil means true; otherwise the link is copied
}

// sendsEmail tells whether an email is wanted.
func (in ResendInput) sendsEmail() bool { return in.SendEmail == nil || *in.SendEmail }

// Resend sends a PENDING or EXPIRED invitation again and restarts its lifetime; the link of earlier
// emails stays valid (INV-5). Without an email only the lifetime starts again, so that an
// invitation whose link is handed over can be renewed as well (INV-19). A cancelled invitation
// becomes pending again if its invitee has asked for a new link. Errors: RATE_LIMITED within the
// cool-down of the mailbox; CONFLICT in any other status, or without a mail server.
func (s *Service) Resend(ctx context.Context, by *access.Caller, id ident.ID, in ResendInput,
	steps ...store.Step) (_ *ent.Invitation, err error) {
	defer fault.Annotate(&err, "resend invitation")

	inv, err := s.Admission.FindInvitation(ctx, by, id)
	if err != nil {
		return nil, err
	}
	m, err := s.requireInviteRight(by, inv)
	if err != nil {
		return nil, err
	}

	note, err := inputs.ParseText("message", in.Message, inputs.MaxMessage)
	if err != nil {
		return nil, err
	}

	ctx = store.InWorkspace(ctx, inv.WorkspaceID)
	now := s.Clock()
	err = s.Store.Retry(ctx, func(tx *store.Tx) error {
		// The settings of the workspace give the new lifetime.
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
		r := resend{Service: s, tx: tx, by: by, workspace: w, note: note, now: now,
			emails: in.sendsEmail() && s.Outbox.Sends(), emailWanted: in.sendsEmail()}
		if inv, err = r.writeResend(ctx, inv); err != nil {
			return err
		}
		return store.RunSteps(ctx, tx, steps)
	})
	if err != nil {
		return nil, err
	}
	return inv, nil
}

// resend is one invitation that is sent again, in its transaction.
type resend struct {
	*Service
	tx          *store.Tx
	by          *access.Caller
	workspace   *ent.Workspace
	note        string
	now         time.Time
	emails      bool // an email goes out
	emailWanted bool // an email was asked for, though there may be no mail server
}

// writeResend writes the new lifetime and queues the email.
func (r *resend) writeResend(ctx context.Context, inv *ent.Invitation) (*ent.Invitation, error) {
	tx, w, note, now := r.tx, r.workspace, r.note, r.now
	st := Status(inv, now)
	// A cancelled invitation comes back only if its invitee has asked for it (INV-12).
	renewed := st == invitation.StatusCancelled && inv.RenewalAskedAt != nil
	if st != invitation.StatusPending && st != invitation.StatusExpired && !renewed {
		return nil, newNotOpenFault(st)
	}
	if err := r.requireSendable(ctx, inv, st); err != nil {
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
		ClearRenewalAskedAt().
		SetNillableMessage(inputs.NilIfEmpty(note))
	inputs.SetOrClear(l.end, update.SetExpiresAt, update.ClearExpiresAt)
	setReminder(update.Mutation(), nextReminder(w, now, l.end, now))
	// The invitee asked for a new link (INV-12). The link that was cancelled stays revoked.
	if renewed {
		inv.LinkVersion++
		update.SetLinkVersion(inv.LinkVersion).ClearCancelledAt()
	}
	switch {
	case r.emails:
		update.SetDeliveryStatus(invitation.DeliveryStatusQueued).ClearDeliveryError()
	case r.emailWanted: // there is no mail server: the inviter copies the link
		update.SetDeliveryStatus(invitation.DeliveryStatusNotSent).ClearDeliveryError().
			Mutation().ClearRemindAt()
	// Nothing happens to earlier emails, so the delivery stays. Who never got an email gets no
	// reminder of it either.
	case inv.DeliveryStatus == invitation.DeliveryStatusNotSent:
		update.Mutation().ClearRemindAt()
	}
	sent, err := update.Save(ctx)
	// Another invitation of the address has become pending since. The unique index decides.
	if ent.IsConstraintError(err) {
		return nil, fault.New(fault.Conflict, "invite.invited_again")
	}
	if err != nil {
		return nil, err
	}
	event := audit.Event{WorkspaceID: w.ID, Action: audit.InvitationResent,
		EntryPoint: admission.EntryPointInvite, By: r.by, SubjectID: inv.ID}
	if !r.emailWanted {
		// The history must not say that something was sent.
		event.Action = audit.InvitationRenewed
	}
	if err := audit.Record(ctx, tx, now, event); err != nil {
		return nil, err
	}
	if !r.emails {
		return sent, nil
	}
	return sent, r.queueEmails(ctx, tx, w, now,
		invitationEmail{kind: mail.Invitation, invitation: inv.ID,
			to: inv.Email, key: inv.EmailKey, version: inv.LinkVersion, note: note})
}

// requireSendable refuses an email to an invitation's address when there is no mail server, when
// the address takes none, and within the cool-down.
func (r *resend) requireSendable(ctx context.Context, inv *ent.Invitation,
	st invitation.Status) error {
	// An expired or cancelled invitation may be renewed without a mail server: its link is copied.
	if st == invitation.StatusPending && r.emailWanted && !r.emails {
		return fault.New(fault.Conflict, "invite.no_mail_server")
	}
	// The address may have joined by another way, or asked for no more emails, since the
	// invitation.
	if err := r.requireFreeAddress(ctx, r.tx, inv, inv.EmailKey); err != nil {
		return err
	}
	// The cool-down protects the mailbox, which gets nothing here.
	if !r.emails && !r.emailWanted {
		return nil
	}
	// Refused and not held, unlike a new invitation: the inviter wanted this email now, and can
	// wait.
	free, err := r.NextAllowedTimes(ctx, r.tx, []string{inv.EmailKey}, r.now)
	if err != nil {
		return err
	}
	if due := free[inv.EmailKey]; due.After(r.now) {
		return fault.Limited(due.Sub(r.now), "invite.cool_down")
	}
	return nil
}

// ResendMany resends several invitations, each in its own transaction.
func (s *Service) ResendMany(ctx context.Context, by *access.Caller, ids []ident.ID,
	in ResendInput) (_ *Bulk, err error) {
	defer fault.Annotate(&err, "resend many")

	return s.changeEach(ctx, by, ids, func(i ident.ID) (*ent.Invitation, error) {
		return s.Resend(ctx, by, i, in)
	})
}

// ResendPending resends the pending invitations that a filter selects (INV-5), at most MaxInvited
// in one call: first those that never went out, then the least recently sent, last those whose
// email is still queued. A second call thus continues where the first one ended.
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
	return s.ResendMany(ctx, by, ids, ResendInput{Message: message})
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
	if m.MemberID.IsZero() || inputs.IDOrZero(inv.GrantorID) != m.MemberID ||
		inputs.IDOrZero(inv.InvitedByID) != m.MemberID || len(g.Parts) > 0 || len(g.SessionIDs) != 1 ||
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
