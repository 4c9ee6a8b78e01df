package invitation

import (
	"context"
	"slices"

	"usher/ent"
	"usher/ent/enrollment"
	"usher/ent/member"
	"usher/ent/roleassignment"
	"usher/ent/schema"
	"usher/internal/address"
	"usher/internal/admission"
	"usher/internal/audit"
	"usher/internal/fault"
	"usher/internal/ident"
	"usher/internal/inputs"
	"usher/internal/training"
)

// decideMember applies a grant to a recipient who is a member: they get the named groups and
// sessions that they are not in yet, and nothing else of the grant.
func (b *InviteBatch) decideMember(ctx context.Context, o *Outcome, m *ent.Member,
	grant schema.Grant) error {
	o.Member = m
	if m.Status == member.StatusDeactivated {
		o.refuse(Deactivated, fault.New(fault.Conflict, "invite.deactivated"))
		return nil
	}
	if b.registration != nil {
		return b.noteRegistrant(o, m, grant)
	}
	// Security: inviting is no way to edit a member. Unit, labels, answers and roles of the whole
	// workspace go through updateMember, which asks for authority over the person.
	part := schema.Grant{GroupIDs: grant.GroupIDs, SessionIDs: grant.SessionIDs,
		ProgramIDs: grant.ProgramIDs}
	for _, r := range grant.Roles {
		if k := r.PlaceID.Kind(); k == ident.Group || k == ident.Session {
			part.Roles = append(part.Roles, r)
		}
	}
	fresh, err := b.findNewParts(ctx, m, part)
	if err != nil {
		return err
	}
	if len(fresh.Roles)+len(fresh.SessionIDs) == 0 {
		// Nothing is written, so repeating a request leaves no events (INV-2).
		o.setStatus(AlreadyMember, newMessage("invite.already_member"))
		return nil
	}
	// Security: nobody has verified the address, so another person may know the password. A role
	// with permissions waits until the owner of the mailbox accepts (AUT-6).
	if raised, err := admission.RaisesUnverified(ctx, b.Tx, m, part); err != nil || raised {
		if err == nil {
			err = b.inviteMember(ctx, o, m, part)
		}
		return err
	}
	o.setStatus(Added, newMessage("invite.added"))
	granted := b.auditEvent(audit.MemberGranted, m.ID)
	granted.MemberID = m.ID
	b.noteGrantChange(granted, schema.Grant{}, fresh)
	a := admission.Admission{Service: b.Service.Admission, Tx: b.Tx, Workspace: b.Workspace,
		Member: m, Grant: part, Grantor: b.Grantor,
		EntryPoint: admission.EntryPoint{Name: b.EntryPoint,
			By: b.By}, Now: b.Now}
	// ApplyGrant and not Admit: the member has their seat, and gets no welcome.
	return a.ApplyGrant(ctx)
}

// findNewParts returns the roles of a part of a grant that a member does not have or, if there are
// none, the sessions. Inherited roles do not count as had.
func (b *InviteBatch) findNewParts(ctx context.Context, m *ent.Member,
	part schema.Grant) (fresh schema.Grant, err error) {
	if len(part.Roles) > 0 {
		held, err := b.Tx.RoleAssignment.Query().Where(roleassignment.MemberID(m.ID)).All(ctx)
		if err != nil {
			return fresh, err
		}
		for _, r := range part.Roles {
			if !slices.ContainsFunc(held, func(a *ent.RoleAssignment) bool {
				return a.RoleID == r.RoleID && a.PlaceID == r.PlaceID && !a.Inherited
			}) {
				fresh.Roles = append(fresh.Roles, r)
			}
		}
	}
	if len(fresh.Roles) > 0 {
		return fresh, nil
	}
	sessions, err := training.SessionsOf(ctx, b.Tx, part, nil, b.Now)
	if len(sessions) == 0 || err != nil {
		return fresh, err
	}
	wanted := make([]ident.ID, len(sessions))
	for i, s := range sessions {
		wanted[i] = s.ID
	}
	// A session named by the caller enrolls a withdrawn member again; one that a program brings
	// does not.
	withdrawn := enrollment.And(enrollment.StatusEQ(enrollment.StatusWithdrawn),
		enrollment.SessionIDIn(part.SessionIDs...))
	enrolled, err := b.Tx.Enrollment.Query().Where(enrollment.MemberID(m.ID),
		enrollment.SessionIDIn(wanted...), enrollment.Not(withdrawn)).All(ctx)
	fresh.SessionIDs = slices.DeleteFunc(wanted, func(id ident.ID) bool {
		return slices.ContainsFunc(enrolled, func(e *ent.Enrollment) bool {
			return e.SessionID == id
		})
	})
	return fresh, err
}

// inviteMember makes an invitation to a member's own address, or adds to the pending one, instead
// of a grant for which the member must verify the address first.
func (b *InviteBatch) inviteMember(ctx context.Context, o *Outcome, m *ent.Member,
	g schema.Grant) error {
	u := m.Edges.User
	r := &Recipient{Address: address.Address{Display: *u.Email, Key: *u.EmailKey}, Raw: *u.Email,
		Locale: inputs.ValueOrEmpty(u.Locale), Grant: g}
	pending := b.facts.Pending[r.Key]
	var err error
	switch {
	case b.facts.Suppressed[r.Key]:
		o.refuse(Suppressed, fault.New(fault.Conflict, "invite.suppressed"))
		return nil
	case pending != nil && !IsExpired(pending, b.Now):
		err = b.mergeIntoPending(ctx, o, pending, g)
	default:
		if err = b.CloseExpired(ctx, pending); err == nil {
			b.NoteInvitation(o, r)
		}
	}
	o.Member = m
	// Set last, over what merging or noting has set: the outcome is about a member and not about a
	// new person.
	o.setStatus(InvitedInstead, newMessage("invite.unverified"))
	return err
}

// InviteMemberInstead is inviteMember for an entry point that changes one member. It also looks up
// and writes. The batch names the inviter and the entry point.
func (b *InviteBatch) InviteMemberInstead(ctx context.Context, m *ent.Member,
	g schema.Grant) (*Outcome, error) {
	u := m.Edges.User
	b.Lifetime = LifetimeOfDays(b.Workspace.Settings.InvitationDays, b.Now)
	b.Recipients = []*Recipient{{Address: address.Address{Display: *u.Email, Key: *u.EmailKey},
		Raw: *u.Email, Grant: g}}
	var err error
	if b.facts, err = b.LookUpRecipients(ctx); err != nil {
		return nil, err
	}
	o := &Outcome{}
	if err := b.inviteMember(ctx, o, m, g); err != nil {
		return nil, err
	}
	if o.Status == Suppressed {
		return nil, fault.New(fault.Conflict, "invite.suppressed")
	}
	return o, b.WriteAll(ctx)
}

// InvitePerson invites one person in the transaction of another operation, which must not make them
// a member without their consent. The batch names the inviter and the entry point. Errors: CONFLICT
// if the owner of the address wants no emails.
func (b *InviteBatch) InvitePerson(ctx context.Context, r *Recipient) (*Outcome, error) {
	b.Lifetime = LifetimeOfDays(b.Workspace.Settings.InvitationDays, b.Now)
	b.Recipients = []*Recipient{r}
	var err error
	if b.facts, err = b.LookUpRecipients(ctx); err != nil {
		return nil, err
	}
	outcomes, err := b.decideOutcomes(ctx)
	if err != nil {
		return nil, err
	}
	// The outcome of a batch becomes the fault of a verb for one person.
	if outcomes[0].Status == Suppressed {
		return nil, fault.New(fault.Conflict, "invite.suppressed")
	}
	return outcomes[0], b.WriteAll(ctx)
}
