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
	"usher/internal/access"
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

// grantHolder is a row that holds a grant and who gives it: an invitation, a join link.
type grantHolder interface {
	SetGrant(schema.Grant)
	ClearGroups()
	AddGroupIDs(...ident.ID)
	ClearSessions()
	AddSessionIDs(...ident.ID)
	ClearRoles()
	AddRoleIDs(...ident.ID)
	ClearOrgUnit()
	SetOrgUnitID(ident.ID)
	SetGiverID(ident.ID)
	ClearGiver()
	SetGiverKeyID(ident.ID)
	ClearGiverKey()
}

// SetGrant writes a grant: the value, and beside it the places that lists and filters go by.
func SetGrant(m grantHolder, g schema.Grant) {
	m.SetGrant(g)
	if inv, is := m.(*ent.InvitationMutation); is {
		inv.SetSeveralGrantors(len(g.Parts) > 0)
	}
	m.ClearGroups()
	m.AddGroupIDs(g.GroupIDs...)
	m.ClearSessions()
	m.AddSessionIDs(g.SessionIDs...)
	m.ClearRoles()
	m.AddRoleIDs(inputs.Distinct(admission.RoleIDs(g))...)
	m.ClearOrgUnit()
	if !g.OrgUnitID.IsZero() {
		m.SetOrgUnitID(g.OrgUnitID)
	}
}

// setReminder notes when the next reminder is due, or that none is.
func setReminder(m *ent.InvitationMutation, at *time.Time) {
	if at == nil {
		m.ClearRemindAt()
		return
	}
	m.SetRemindAt(*at)
}

// SetGrantor notes who saved the grant: a member, or an API key (ADM-9).
func SetGrantor(m grantHolder, by *access.Caller, workspace ident.ID) {
	if member := by.In(workspace); member != nil && !member.MemberID.IsZero() {
		m.SetGiverID(member.MemberID)
		m.ClearGiverKey()
		return
	}
	m.ClearGiver()
	m.SetGiverKeyID(by.KeyID)
}
