package invitation

import (
	"context"
	"slices"
	"time"

	"usher/ent"
	"usher/ent/enrollment"
	"usher/ent/invitation"
	"usher/ent/member"
	"usher/ent/roleassignment"
	"usher/ent/schema"
	"usher/internal/address"
	"usher/internal/admission"
	"usher/internal/audit"
	"usher/internal/ident"
	"usher/internal/inputs"
	"usher/internal/mail"
)

// mergeIntoPending adds a grant to an invitation that is pending already (INV-2). An administrator
// who could give all of it answers for the whole from then on; anybody else only adds a part of
// their own.
func (b *InviteBatch) mergeIntoPending(ctx context.Context, o *Outcome, inv *ent.Invitation,
	more schema.Grant) error {
	// Security: the caller's own rights count here, not what the entry point adds to them for its
	// session alone.
	covered, err := admission.CoversGrant(ctx, b.Tx.Client, b.By.In(b.Workspace.ID), inv.Grant)
	if err != nil {
		return err
	}
	if !covered {
		return b.mergePart(ctx, o, inv, more)
	}

	whole := MergeGrants(inv.Grant, more)
	update := b.Tx.Invitation.UpdateOne(inv)
	n, err := admission.ReadGrant(ctx, b.Tx.Client, whole)
	if err != nil {
		return err
	}
	// lists go by rows, which some of the older grant's may no longer be
	SetGrant(update.Mutation(), n.WithoutMissing(whole))
	update.SetGrant(whole)
	inputs.SetOrClear(inputs.NilIfEmpty(whole.Locale), update.SetLocale, update.ClearLocale)
	SetGrantor(update.Mutation(), b.By, b.Workspace.ID)
	o.setStatus(Updated, newMessage("invite.updated"))
	if b.In.RemindPending != nil && *b.In.RemindPending && b.sendsEmail() {
		update.SetDeliveryStatus(invitation.DeliveryStatusQueued).AddSentCount(1).
			SetLastSentAt(b.Now).ClearDeliveryError().
			SetNillableMessage(inputs.NilIfEmpty(b.message))
		setReminder(update.Mutation(), nextReminder(b.Workspace, b.Now, inv.ExpiresAt, b.Now))
		b.emails = append(b.emails, invitationEmail{kind: mail.Invitation, invitation: inv.ID,
			to: inv.Email, key: inv.EmailKey, version: inv.LinkVersion, note: b.message,
			outcome: o})
		o.setStatus(Updated, newMessage("invite.updated_sent"))
	}
	if o.Invitation, err = update.Save(ctx); err != nil {
		return err
	}
	b.events = append(b.events, b.auditEvent(audit.InvitationMerged, inv.ID))
	b.notePendingSessionEmail(pendingSessionEmail{inv.ID,
		address.Address{Display: inv.Email, Key: inv.EmailKey}, whole, b.EmailDueAt})
	return nil
}

// mergePart adds what an administrator gives to an invitation that gives more than they could. It
// is kept as a part of its own, so that admission asks each grantor's right for what they gave.
//
// Security: only lists grow. What the older grant leaves open (the end of access, additional
// information, answers, language, unit) is not theirs to fill, and nothing is mailed or prolonged.
// The outcome shows nothing of the invitation: it may lead to places, and give roles, that the
// administrator does not see.
func (b *InviteBatch) mergePart(ctx context.Context, o *Outcome, inv *ent.Invitation,
	more schema.Grant) error {
	more = additivePartOf(more)
	g := MergeGrants(more, inv.Grant) // what is said once stays as it was
	g.Parts = slices.Clone(inv.Grant.Parts)
	if len(g.Parts) == 0 {
		g.Parts = []schema.GrantPart{{GiverID: idOrZero(inv.GiverID),
			GiverKeyID: idOrZero(inv.GiverKeyID), Grant: inv.Grant}}
	}
	own := schema.GrantPart{Grant: more}
	if m := b.By.In(b.Workspace.ID); !m.MemberID.IsZero() {
		own.GiverID = m.MemberID
	} else {
		own.GiverKeyID = b.By.KeyID
	}
	i := slices.IndexFunc(g.Parts, func(p schema.GrantPart) bool {
		return p.GiverID == own.GiverID && p.GiverKeyID == own.GiverKeyID
	})
	if i < 0 {
		g.Parts = append(g.Parts, own)
	} else {
		g.Parts[i].Grant = MergeGrants(more, g.Parts[i].Grant)
	}

	n, err := admission.ReadGrant(ctx, b.Tx.Client, g)
	if err != nil {
		return err
	}
	update := b.Tx.Invitation.UpdateOne(inv)
	// lists go by rows, which some of the older grant's may no longer be
	SetGrant(update.Mutation(), n.WithoutMissing(g))
	if err := update.SetGrant(g).Exec(ctx); err != nil {
		return err
	}
	o.setStatus(Updated, newMessage("invite.updated_part"))
	b.events = append(b.events, b.auditEvent(audit.InvitationMerged, inv.ID))
	b.notePendingSessionEmail(pendingSessionEmail{inv.ID,
		address.Address{Display: inv.Email, Key: inv.EmailKey}, more, b.EmailDueAt})
	return nil
}

// additivePartOf is what of a grant can be added to another one without changing what that says:
// roles, groups, sessions, programs and labels.
func additivePartOf(g schema.Grant) schema.Grant {
	roles := slices.DeleteFunc(slices.Clone(g.Roles), func(r schema.GrantedRole) bool {
		return r.PlaceID.Kind() == ident.OrgUnit
	})
	return schema.Grant{Roles: roles, GroupIDs: g.GroupIDs, SessionIDs: g.SessionIDs,
		ProgramIDs: g.ProgramIDs, Labels: g.Labels}
}

func idOrNil(i ident.ID) *ident.ID {
	if i.IsZero() {
		return nil
	}
	return &i
}

func idOrZero(i *ident.ID) ident.ID {
	if i == nil {
		return ident.ID{}
	}
	return *i
}

// CloseExpired ends a pending invitation whose time is over, so that a new one may take its place
// (INV-4).
func (b *InviteBatch) CloseExpired(ctx context.Context, inv *ent.Invitation) error {
	b.events = append(b.events, b.auditEvent(audit.InvitationExpired, inv.ID))
	return b.Tx.Invitation.UpdateOne(inv).SetStatus(invitation.StatusExpired).Exec(ctx)
}

// decideMember is what an invitation does for someone who is a member: those groups and sessions
// that were asked for by name and that they are not in yet are theirs at once. Nothing else of the
// grant touches them.
func (b *InviteBatch) decideMember(ctx context.Context, o *Outcome, m *ent.Member,
	grant schema.Grant) error {
	o.Member = m
	if m.Status == member.StatusDeactivated {
		o.setStatus(Deactivated, newMessage("invite.deactivated"))
		return nil
	}
	if b.registration != nil {
		return b.noteRegistrant(o, m, grant)
	}
	part := schema.Grant{GroupIDs: grant.GroupIDs, SessionIDs: grant.SessionIDs,
		ProgramIDs: grant.ProgramIDs}
	for _, r := range grant.Roles {
		if k := r.PlaceID.Kind(); k == ident.Group || k == ident.Session {
			part.Roles = append(part.Roles, r)
		}
	}
	fresh, err := b.grantsAnythingNew(ctx, m, part)
	if err != nil {
		return err
	}
	if !fresh {
		o.setStatus(AlreadyMember, newMessage("invite.already_member"))
		return nil
	}
	if raised, err := admission.RaisesUnverified(ctx, b.Tx, m, part); err != nil || raised {
		if err == nil {
			err = b.inviteMember(ctx, o, m, part)
		}
		return err
	}
	o.setStatus(Added, newMessage("invite.added"))
	granted := b.auditEvent(audit.MemberGranted, m.ID)
	granted.MemberID = m.ID
	b.events = append(b.events, granted)
	a := admission.Admission{Service: b.Service.Admission, Tx: b.Tx, Workspace: b.Workspace,
		Member: m, Grant: part, Grantor: b.Grantor,
		EntryPoint: admission.EntryPoint{Name: b.EntryPoint,
			By: b.By}, Now: b.Now}
	return a.ApplyGrant(ctx)
}

// grantsAnythingNew tells whether a part of a grant holds anything that a member does not have yet.
// What they only inherit they do not have in its own right.
func (b *InviteBatch) grantsAnythingNew(ctx context.Context, m *ent.Member,
	part schema.Grant) (bool, error) {
	if len(part.Roles) > 0 {
		held, err := b.Tx.RoleAssignment.Query().Where(roleassignment.MemberID(m.ID)).All(ctx)
		if err != nil {
			return false, err
		}
		for _, r := range part.Roles {
			if !slices.ContainsFunc(held, func(a *ent.RoleAssignment) bool {
				return a.RoleID == r.RoleID && a.PlaceID == r.PlaceID && !a.Inherited
			}) {
				return true, nil
			}
		}
	}
	sessions, err := admission.SessionsOf(ctx, b.Tx, part, nil, b.Now)
	if len(sessions) == 0 || err != nil {
		return false, err
	}
	wanted := make([]ident.ID, len(sessions))
	for i, s := range sessions {
		wanted[i] = s.ID
	}
	withdrawn := enrollment.And(enrollment.StatusEQ(enrollment.StatusWithdrawn),
		enrollment.SessionIDIn(part.SessionIDs...))
	n, err := b.Tx.Enrollment.Query().Where(enrollment.MemberID(m.ID),
		enrollment.SessionIDIn(wanted...), enrollment.Not(withdrawn)).Count(ctx)
	return n < len(wanted), err
}

// MergeGrants merges two grants; where both say something single, the newer one holds.
func MergeGrants(old, newer schema.Grant) schema.Grant {
	g := newer
	g.Roles = slices.Clone(old.Roles)
	for _, r := range newer.Roles {
		if !slices.Contains(g.Roles, r) {
			g.Roles = append(g.Roles, r)
		}
	}
	g.GroupIDs = inputs.Distinct(append(slices.Clone(old.GroupIDs), newer.GroupIDs...))
	g.SessionIDs = inputs.Distinct(append(slices.Clone(old.SessionIDs), newer.SessionIDs...))
	g.ProgramIDs = inputs.Distinct(append(slices.Clone(old.ProgramIDs), newer.ProgramIDs...))
	for _, label := range old.Labels {
		if !slices.Contains(g.Labels, label) {
			g.Labels = append(g.Labels, label)
		}
	}
	if g.OrgUnitID.IsZero() {
		g.OrgUnitID = old.OrgUnitID
	}
	if g.AdditionalInfo == "" {
		g.AdditionalInfo = old.AdditionalInfo
	}
	if g.Locale == "" {
		g.Locale = old.Locale
	}
	if g.AccessExpiresAt == nil {
		g.AccessExpiresAt, g.DeleteOnExpiry = old.AccessExpiresAt, old.DeleteOnExpiry
	}
	if all := inputs.MergeAnswers(old.CustomFields, newer.CustomFields); len(all) > 0 {
		g.CustomFields = all
	}
	return g
}

// setReminder notes when the next reminder is due, or that none is.
func setReminder(m *ent.InvitationMutation, at *time.Time) {
	if at == nil {
		m.ClearRemindAt()
		return
	}
	m.SetRemindAt(*at)
}
