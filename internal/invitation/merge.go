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
	"usher/internal/fault"
	"usher/internal/ident"
	"usher/internal/inputs"
	"usher/internal/mail"
)

// mergeIntoPending adds a grant to a pending invitation (INV-2). A caller who could give all of it
// becomes its grantor. Any other caller adds a part of their own.
func (b *InviteBatch) mergeIntoPending(ctx context.Context, o *Outcome, inv *ent.Invitation,
	more schema.Grant) error {
	// Security: only the caller's own permissions count. What the entry point adds to them holds
	// for its session alone.
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
	// The edges need existing rows, and some of the older grant's may be deleted.
	SetGrant(update.Mutation(), n.WithoutMissing(whole))
	update.SetGrant(whole)
	inputs.SetOrClear(inputs.NilIfEmpty(whole.Locale), update.SetLocale, update.ClearLocale)
	SetGrantor(update.Mutation(), b.By, b.Workspace.ID)
	replaced := o.noteMerge(inv.Grant, whole, n.Roles)
	o.setStatus(Updated, mergeMessage(replaced, false))
	if b.In.RemindPending != nil && *b.In.RemindPending && b.sendsEmail() {
		update.SetDeliveryStatus(invitation.DeliveryStatusQueued).ClearDeliveryError().
			SetNillableMessage(inputs.NilIfEmpty(b.message))
		setReminder(update.Mutation(), nextReminder(b.Workspace, b.Now, inv.ExpiresAt, b.Now))
		b.emails = append(b.emails, invitationEmail{kind: mail.Invitation, invitation: inv.ID,
			to: inv.Email, key: inv.EmailKey, version: inv.LinkVersion, note: b.message,
			outcome: o})
		o.setStatus(Updated, mergeMessage(replaced, true))
	}
	if o.Invitation, err = update.Save(ctx); err != nil {
		return err
	}
	merged := b.auditEvent(audit.InvitationMerged, inv.ID)
	for _, part := range o.Changes {
		merged.Details = append(merged.Details, schema.Detail{Name: part})
	}
	b.events = append(b.events, merged)
	b.notePendingSessionEmail(pendingSessionEmail{inv.ID,
		address.Address{Display: inv.Email, Key: inv.EmailKey}, whole, b.EmailDueAt})
	return nil
}

// mergePart adds a caller's grant to a pending invitation that gives more than the caller could. It
// is kept as a part of its own, so that admission checks the authority of each grantor for their
// part.
//
// Security: only lists grow. A value that the older grant leaves open (end of access, additional
// information, answers, language, unit) is not the caller's to fill, and nothing is emailed or
// prolonged. The outcome shows nothing of the invitation: it may name places and roles that the
// caller does not see.
func (b *InviteBatch) mergePart(ctx context.Context, o *Outcome, inv *ent.Invitation,
	more schema.Grant) error {
	asked := more
	more = additivePartOf(asked)
	if hasSingleValues(asked) {
		o.Warnings = append(o.Warnings, PartsIgnored)
	}
	g := MergeGrants(more, inv.Grant) // single values of the invitation stay
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
	// The edges need existing rows, and some of the older grant's may be deleted.
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

// additivePartOf returns what of a grant can be added to another one without changing its values:
// roles, groups, sessions, programs and labels.
func additivePartOf(g schema.Grant) schema.Grant {
	roles := slices.DeleteFunc(slices.Clone(g.Roles), func(r schema.GrantedRole) bool {
		return r.PlaceID.Kind() == ident.OrgUnit
	})
	return schema.Grant{Roles: roles, GroupIDs: g.GroupIDs, SessionIDs: g.SessionIDs,
		ProgramIDs: g.ProgramIDs, Labels: g.Labels}
}

func idOrNil(id ident.ID) *ident.ID {
	if id.IsZero() {
		return nil
	}
	return &id
}

func idOrZero(id *ident.ID) ident.ID {
	if id == nil {
		return ident.ID{}
	}
	return *id
}

// CloseExpired sets an expired invitation to EXPIRED, so that a new one can be pending for the
// address (INV-4).
func (b *InviteBatch) CloseExpired(ctx context.Context, inv *ent.Invitation) error {
	b.events = append(b.events, b.auditEvent(audit.InvitationExpired, inv.ID))
	return b.Tx.Invitation.UpdateOne(inv).SetStatus(invitation.StatusExpired).Exec(ctx)
}

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

// grantsAnythingNew tells whether a part of a grant holds anything that a member does not have.
// Inherited roles do not count as had.
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

// MergeGrants merges two grants. A single value of the newer grant replaces that of the older one.
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

// setReminder stores when the next reminder is due, or that none is.
func setReminder(m *ent.InvitationMutation, at *time.Time) {
	if at == nil {
		m.ClearRemindAt()
		return
	}
	m.SetRemindAt(*at)
}
