package invitation

import (
	"context"
	"time"

	"usher/ent"
	"usher/ent/invitation"
	"usher/ent/member"
	"usher/ent/predicate"
	"usher/ent/schema"
	"usher/ent/user"
	"usher/internal/access"
	"usher/internal/address"
	"usher/internal/admission"
	"usher/internal/audit"
	"usher/internal/fault"
	"usher/internal/ident"
	"usher/internal/inputs"
	"usher/internal/mail"
	"usher/internal/store"
	"usher/internal/suppression"
)

// UpdateInput describes the changes of a pending invitation.
type UpdateInput struct {
	ID           ident.ID
	Grant        *admission.GrantChange
	FirstName    inputs.Change[string]
	LastName     inputs.Change[string]
	ExpiresAt    inputs.Change[time.Time]
	NeverExpires bool
}

// Update changes a pending invitation. Its link stays valid. A caller who saves a grant becomes its
// grantor and must hold all of it (INV-13). Errors: NOT_FOUND, FORBIDDEN, BAD_USER_INPUT, CONFLICT
// unless PENDING.
func (s *Service) Update(ctx context.Context, by *access.Caller,
	in UpdateInput) (_ *ent.Invitation, err error) {
	defer fault.Annotate(&err, "update invitation")

	inv, err := s.Admission.FindInvitation(ctx, by, in.ID)
	if err != nil {
		return nil, err
	}
	m, err := s.requireInviteRight(by, inv)
	if err != nil {
		return nil, err
	}

	// Kept and not returned: they are reported together with the faults that only the transaction
	// finds.
	first, last, nameFaults := in.parseNames()

	ctx = store.InWorkspace(ctx, inv.WorkspaceID)
	now := s.Clock()
	err = s.Store.WithTx(ctx, func(tx *store.Tx) (err error) {
		if inv, err = lockPending(ctx, tx, in.ID, now); err != nil {
			return err
		}
		// The caller becomes the grantor of the whole grant, and the change may also take parts
		// away.
		if err := admission.RequireGrantAuthority(ctx, tx.Client, m, inv.Grant,
			"invite.not_whole"); err != nil {
			return err
		}
		w, err := tx.Workspace.Get(ctx, inv.WorkspaceID)
		if err != nil {
			return err
		}
		update := tx.Invitation.UpdateOne(inv)
		e := invitationEdit{inv: inv, row: update.Mutation(), workspace: w, now: now}
		// All faults of the input are reported in one answer.
		var faults fault.Collector
		faults.Add(nameFaults)
		if in.FirstName.Set {
			e.noteChange("firstName", inv.FirstName, first)
			inputs.SetOrClear(inputs.NilIfEmpty(first), update.SetFirstName, update.ClearFirstName)
		}
		if in.LastName.Set {
			e.noteChange("lastName", inv.LastName, last)
			inputs.SetOrClear(inputs.NilIfEmpty(last), update.SetLastName, update.ClearLastName)
		}
		SetSearchText(update.Mutation(), inv)
		// Absent fields keep the lifetime, so that a change of a name prolongs nothing.
		if in.ExpiresAt.Set || in.NeverExpires {
			faults.Add(e.setLifetime(in.ExpiresAt.Value, in.NeverExpires))
		}
		var g schema.Grant
		if in.Grant != nil {
			g, err = admission.ChangeGrant(ctx, tx.Client, access.MembersInvite, m, w,
				inv.Grant, in.Grant, now)
			faults.Add(err)
		}
		if err := faults.Err(); err != nil {
			return err
		}

		var into *pendingSessionEmail
		if in.Grant != nil {
			admission.SetGrant(update.Mutation(), g)
			admission.SetGrantor(update.Mutation(), by, w.ID)
			inputs.SetOrClear(inputs.NilIfEmpty(g.Locale), update.SetLocale, update.ClearLocale)
			// The names are read now: the history must still tell them when the rows are gone.
			changed, err := admission.DescribeGrantChange(ctx, tx.Client, inv.Grant, g)
			if err != nil {
				return err
			}
			e.details = append(e.details, changed...)
			into = &pendingSessionEmail{invitation: inv.ID, address: address.Address{Display: inv.Email,
				Key: inv.EmailKey}, grant: g}
		}
		if inv, err = update.Save(ctx); err != nil {
			return err
		}
		// Without an email of its own an invitation gets none for its sessions either (MAI-2).
		if into != nil && inv.DeliveryStatus != invitation.DeliveryStatusNotSent {
			b := InviteBatch{Service: s, Tx: tx, By: by, Grantor: m, Workspace: w, Now: now}
			b.notePendingSessionEmail(*into)
			if err := b.queueSessionEmails(ctx); err != nil {
				return err
			}
		}
		return audit.Record(ctx, tx, now,
			audit.Event{WorkspaceID: w.ID, Action: audit.InvitationEdited,
				EntryPoint: admission.EntryPointInvite, By: by, SubjectID: inv.ID, Details: e.details})
	})
	if err != nil {
		return nil, err
	}
	return inv, nil
}

// parseNames returns the names in their stored form, with every fault of both.
func (in UpdateInput) parseNames() (first, last string, err error) {
	var faults fault.Collector
	first, err = inputs.ParsePersonName("firstName", in.FirstName.Value)
	faults.Add(err)
	last, err = inputs.ParsePersonName("lastName", in.LastName.Value)
	faults.Add(err)
	return first, last, faults.Err()
}

// invitationEdit is one attempt to change an invitation, with the details of its audit event.
type invitationEdit struct {
	inv       *ent.Invitation
	row       *ent.InvitationMutation
	workspace *ent.Workspace
	now       time.Time
	details   []schema.Detail
}

// noteChange records a previous and a new value for the audit event, if they differ.
func (e *invitationEdit) noteChange(name string, previous *string, value string) {
	if p := inputs.ValueOrEmpty(previous); p != value {
		e.details = append(e.details, schema.Detail{Name: name, Before: p, After: value})
	}
}

// setLifetime sets when the invitation expires. The reminder moves with it, unless nothing was
// sent yet: then sending sets it.
func (e *invitationEdit) setLifetime(expiresAt *time.Time, neverExpires bool) error {
	// The rules of inviteUsers, which also count the days that a resend gives again.
	l, err := ChooseLifetime(e.workspace, expiresAt, &neverExpires, e.now)
	if err != nil {
		return err
	}
	e.noteChange("expiresAt", inputs.FormatTime(e.inv.ExpiresAt),
		inputs.ValueOrEmpty(inputs.FormatTime(l.end)))
	if l.end == nil {
		e.row.ClearExpiresAt()
	} else {
		e.row.SetExpiresAt(*l.end)
	}
	e.row.SetLifetimeDays(l.days)
	if e.inv.LastSentAt != nil {
		setReminder(e.row, nextReminder(e.workspace, *e.inv.LastSentAt, l.end, e.now))
	}
	return nil
}

// CorrectEmail changes the address of a pending invitation and emails it in one step. The previous
// links are revoked (INV-13). Like copying the link (INV-7), it needs authority over the whole
// grant, which goes to another mailbox.
func (s *Service) CorrectEmail(ctx context.Context, by *access.Caller, id ident.ID, email string,
	steps ...store.Step) (_ *ent.Invitation, err error) {
	defer fault.Annotate(&err, "correct email")

	inv, err := s.Admission.FindInvitation(ctx, by, id)
	if err != nil {
		return nil, err
	}
	m, err := s.requireInviteRight(by, inv)
	if err != nil {
		return nil, err
	}

	to, err := address.Parse(email)
	if err != nil {
		return nil, err
	}

	ctx = store.InWorkspace(ctx, inv.WorkspaceID)
	now := s.Clock()
	err = s.Store.Retry(ctx, func(tx *store.Tx) error {
		// The new address is locked before the invitation, in the lock order. An admission of it
		// waits, or has committed and is found below.
		if err := tx.ShareAddresses(ctx, m.WorkspaceID, to.Key); err != nil {
			return err
		}
		var err error
		if inv, err = lockPending(ctx, tx, id, now); err != nil {
			return err
		}
		if err := admission.RequireGrantAuthority(ctx, tx.Client, m, inv.Grant,
			"invite.not_whole"); err != nil {
			return err
		}
		if inv, err = s.MoveInvitation(ctx, tx, inv, AddressMove{By: by,
			EntryPoint: admission.EntryPointInvite, To: to, SendsEmail: s.Outbox.Sends(),
			Now: now}); err != nil {
			return err
		}
		return store.RunSteps(ctx, tx, steps)
	})
	if err != nil {
		return nil, err
	}
	return inv, nil
}

// requireFreeAddress refuses an address that belongs to a member, has a pending invitation, or is
// suppressed. An expired invitation of it is closed, because only one may be pending.
func (s *Service) requireFreeAddress(ctx context.Context, tx *store.Tx, inv *ent.Invitation,
	key string) error {
	// Behind the lock of the address, so that nobody becomes a member in between.
	in, err := tx.Member.Query().Where(member.HasUserWith(user.EmailKey(key))).Exist(ctx)
	if err != nil {
		return err
	}
	if in {
		return fault.New(fault.Conflict, "invite.already_member")
	}
	others := []predicate.Invitation{invitation.EmailKey(key),
		invitation.StatusEQ(invitation.StatusPending), invitation.IDNEQ(inv.ID)}
	now := s.Clock()
	if err := tx.Invitation.Update().Where(append(others, invitation.ExpiresAtLTE(now))...).
		SetStatus(invitation.StatusExpired).Exec(ctx); err != nil {
		return err
	}
	pending, err := tx.Invitation.Query().Where(others...).Exist(ctx)
	if err != nil {
		return err
	}
	if pending {
		return fault.New(fault.Conflict, "invite.pending_already")
	}
	no, err := suppression.IsSuppressed(ctx, tx.Client, key, inv.WorkspaceID)
	if err == nil && no {
		err = fault.New(fault.Conflict, "invite.suppressed")
	}
	return err
}

// changeAddress writes the new address of an invitation and queues its email there. MoveInvitation
// has made sure behind the locks that the address is free.
func (s *Service) changeAddress(ctx context.Context, tx *store.Tx, inv *ent.Invitation,
	m AddressMove) (*ent.Invitation, error) {
	to, now := m.To, m.Now
	w, err := tx.Workspace.Get(ctx, inv.WorkspaceID)
	if err != nil {
		return nil, err
	}
	update := tx.Invitation.UpdateOne(inv).SetEmail(to.Display).SetEmailKey(to.Key).
		// Every link of the previous address ends: its reader is not the invitee (INV-13).
		AddLinkVersion(1)
	SetSearchText(update.Mutation(), inv)
	admission.SetGrantor(update.Mutation(), m.By, w.ID)
	whole := inv.Grant
	whole.Parts = nil // who readdresses it could give all of it, and answers for the whole
	update.SetGrant(whole).SetSeveralGrantors(false)
	if m.SendsEmail {
		update.SetDeliveryStatus(invitation.DeliveryStatusQueued).ClearDeliveryError()
		setReminder(update.Mutation(), nextReminder(w, now, inv.ExpiresAt, now))
	} else {
		update.SetDeliveryStatus(invitation.DeliveryStatusNotSent).ClearDeliveryError()
	}
	changed, err := update.Save(ctx)
	if err != nil {
		return nil, err
	}
	err = audit.Record(ctx, tx, now, audit.Event{
		WorkspaceID: w.ID, Action: audit.InvitationReaddress,
		EntryPoint: m.EntryPoint, By: m.By,
		SubjectID: inv.ID,
		Details:   []schema.Detail{{Name: "email", Before: inv.Email, After: to.Display}},
	})
	if err != nil || !m.SendsEmail {
		return changed, err
	}
	return changed, s.queueEmails(ctx, tx, w, now,
		invitationEmail{kind: mail.Invitation, invitation: inv.ID,
			to: to.Display, key: to.Key, version: changed.LinkVersion,
			// The first email went to somebody else, so the new address gets its message.
			note: inputs.ValueOrEmpty(inv.Message)})
}

// lockPending is lockInvitation for operations that only a pending invitation allows.
func lockPending(ctx context.Context, tx *store.Tx, id ident.ID,
	now time.Time) (*ent.Invitation, error) {
	inv, err := lockInvitation(ctx, tx, id)
	if err == nil && Status(inv, now) != invitation.StatusPending {
		return nil, newNotOpenFault(Status(inv, now))
	}
	return inv, err
}
