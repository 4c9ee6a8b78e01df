package invitation

import (
	"context"
	"reflect"
	"slices"
	"strings"

	"usher/ent"
	"usher/ent/invitation"
	"usher/ent/schema"
	"usher/internal/access"
	"usher/internal/address"
	"usher/internal/admission"
	"usher/internal/audit"
	"usher/internal/i18n"
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

	// The newer request wins single values: its grantor could have given the older ones too.
	whole := MergeGrants(inv.Grant, more)
	update := b.Tx.Invitation.UpdateOne(inv)
	n, err := admission.ReadGrant(ctx, b.Tx.Client, whole)
	if err != nil {
		return err
	}
	// The edges need existing rows, and some of the older grant's may be deleted.
	admission.SetGrant(update.Mutation(), n.WithoutMissing(whole))
	// The stored value keeps what is gone: admission records it as skipped (ADM-7).
	update.SetGrant(whole)
	inputs.SetOrClear(inputs.NilIfEmpty(whole.Locale), update.SetLocale, update.ClearLocale)
	admission.SetGrantor(update.Mutation(), b.By, b.Workspace.ID)
	replaced := o.noteMerge(inv.Grant, whole, n.Roles)
	o.setStatus(Updated, mergeMessage(replaced, false))
	if b.reminds(inv.ID) {
		update.SetDeliveryStatus(invitation.DeliveryStatusQueued).ClearDeliveryError().
			// The invitation keeps the message that its latest email carried.
			SetNillableMessage(inputs.NilIfEmpty(b.Message))
		setReminder(update.Mutation(), nextReminder(b.Workspace, b.Now, inv.ExpiresAt, b.Now))
		b.emails = append(b.emails, invitationEmail{kind: mail.Invitation, invitation: inv.ID,
			to: inv.Email, key: inv.EmailKey, version: inv.LinkVersion, note: b.Message,
			outcome: o})
		o.setStatus(Updated, mergeMessage(replaced, true))
	}
	if o.Invitation, err = update.Save(ctx); err != nil {
		return err
	}
	o.merged = true
	b.noteGrantChange(b.auditEvent(audit.InvitationMerged, inv.ID), inv.Grant, whole)
	b.notePendingSessionEmail(pendingSessionEmail{inv.ID,
		address.Address{Display: inv.Email, Key: inv.EmailKey}, whole, b.EmailDueAt})
	return nil
}

// mergePart adds a caller's grant to a pending invitation that gives more than the caller could. It
// is kept as a part of its own, so that admission checks the authority of each grantor for their
// part.
//
// Security: only lists grow. A value that the older grant leaves open (end of access, additional
// information, answers, language, redirect URL, unit) is not the caller's to fill, and nothing is emailed or
// prolonged. The outcome shows nothing of the invitation: it may name places and roles that the
// caller does not see.
func (b *InviteBatch) mergePart(ctx context.Context, o *Outcome, inv *ent.Invitation,
	more schema.Grant) error {
	// What the caller asked for is kept apart from what is added, to warn of the rest.
	asked := more
	if asked.ExternalID == inv.Grant.ExternalID {
		asked.ExternalID = "" // it names the invitation, and asks for nothing
	}
	more = additivePartOf(asked)
	merged := b.auditEvent(audit.InvitationMerged, inv.ID)
	if ignored := namesOfSingleValues(asked); len(ignored) > 0 {
		o.Warnings = append(o.Warnings, PartsIgnored)
		merged.Details = append(merged.Details,
			schema.Detail{Name: "ignored", After: strings.Join(ignored, ", ")})
	}
	g := MergeGrants(more, inv.Grant) // single values of the invitation stay
	// Cloned, because an aborted attempt must not have written into the row that it read.
	g.Parts = slices.Clone(inv.Grant.Parts)
	if len(g.Parts) == 0 {
		g.Parts = []schema.GrantPart{{GrantorID: inputs.IDOrZero(inv.GrantorID),
			GrantorKeyID: inputs.IDOrZero(inv.GrantorKeyID), Grant: inv.Grant}}
	}
	own := schema.GrantPart{Grant: more}
	if m := b.By.In(b.Workspace.ID); !m.MemberID.IsZero() {
		own.GrantorID = m.MemberID
	} else {
		own.GrantorKeyID = b.By.KeyID
	}
	// A grantor has one part, however often they add to it.
	i := slices.IndexFunc(g.Parts, func(p schema.GrantPart) bool {
		return p.GrantorID == own.GrantorID && p.GrantorKeyID == own.GrantorKeyID
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
	admission.SetGrant(update.Mutation(), n.WithoutMissing(g))
	if err := update.SetGrant(g).Exec(ctx); err != nil {
		return err
	}
	o.setStatus(Updated, newMessage("invite.updated_part"))
	b.noteGrantChange(merged, inv.Grant, g)
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

// MergeGrants merges two grants. A single value of the newer grant replaces that of the older one.
func MergeGrants(old, newer schema.Grant) schema.Grant {
	g := newer
	// Cloned, because old is the grant of a row that others still hold.
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
	if g.ExternalID == "" {
		g.ExternalID = old.ExternalID
	}
	if g.ExternalSource == "" {
		g.ExternalSource = old.ExternalSource
	}
	if g.AdditionalInfo == "" {
		g.AdditionalInfo = old.AdditionalInfo
	}
	if g.Locale == "" {
		g.Locale = old.Locale
	}
	if g.RedirectURL == "" {
		g.RedirectURL = old.RedirectURL
	}
	if g.AccessExpiresAt == nil {
		// Kept together: what happens at the end belongs to the date.
		g.AccessExpiresAt, g.DeleteOnExpiry = old.AccessExpiresAt, old.DeleteOnExpiry
	}
	if all := inputs.MergeAnswers(old.CustomFields, newer.CustomFields); len(all) > 0 {
		g.CustomFields = all
	}
	return g
}

// noteMerge notes in an outcome what merging changed in the grant of a pending invitation, and
// warns of what an inviter would not expect. roles are those of the merged grant. It tells whether
// a previous value was replaced.
func (o *Outcome) noteMerge(previous, merged schema.Grant, roles []*ent.Role) (replaced bool) {
	note := func(part string, before, after any, wasSet bool) {
		if !reflect.DeepEqual(before, after) {
			o.Changes = append(o.Changes, part)
			replaced = replaced || wasSet
		}
	}
	lists := []struct {
		part   string
		longer bool
	}{
		{"roles", len(merged.Roles) > len(previous.Roles)},
		{"groupIds", len(merged.GroupIDs) > len(previous.GroupIDs)},
		{"sessionIds", len(merged.SessionIDs) > len(previous.SessionIDs)},
		{"programIds", len(merged.ProgramIDs) > len(previous.ProgramIDs)},
		{"labels", len(merged.Labels) > len(previous.Labels)},
	}
	for _, list := range lists {
		if list.longer {
			o.Changes = append(o.Changes, list.part)
		}
	}
	note("orgUnitId", previous.OrgUnitID, merged.OrgUnitID, !previous.OrgUnitID.IsZero())
	note("externalId", previous.ExternalID, merged.ExternalID, previous.ExternalID != "")
	note("additionalInfo", previous.AdditionalInfo, merged.AdditionalInfo,
		previous.AdditionalInfo != "")
	note("locale", previous.Locale, merged.Locale, previous.Locale != "")
	note("redirectUrl", previous.RedirectURL, merged.RedirectURL, previous.RedirectURL != "")
	if end := merged.AccessExpiresAt; end != nil &&
		(previous.AccessExpiresAt == nil || !end.Equal(*previous.AccessExpiresAt)) {
		o.Changes = append(o.Changes, "accessExpiresAt")
		replaced = replaced || previous.AccessExpiresAt != nil
	}
	note("deleteOnExpiry", previous.DeleteOnExpiry, merged.DeleteOnExpiry, false)
	if len(previous.CustomFields)+len(merged.CustomFields) > 0 {
		note("customFields", previous.CustomFields, merged.CustomFields,
			replacesAnswer(previous.CustomFields, merged.CustomFields))
	}

	if !previous.OrgUnitID.IsZero() && previous.OrgUnitID != merged.OrgUnitID {
		// A person has one unit, so the earlier inviter's choice is lost. The newer inviter should
		// know.
		o.Warnings = append(o.Warnings, OrgUnitReplaced)
	}
	if addsAdministrator(previous.Roles, merged.Roles, roles) {
		o.Warnings = append(o.Warnings, AdministratorRoleAdded)
	}
	return replaced
}

// replacesAnswer tells whether an answer to a custom field is no longer what it was.
func replacesAnswer(previous, merged map[string]string) bool {
	for key, answer := range previous {
		if merged[key] != answer {
			return true
		}
	}
	return false
}

// addsAdministrator tells whether merging added a role that administers people or groups.
func addsAdministrator(previous, merged []schema.GrantedRole, roles []*ent.Role) bool {
	return slices.ContainsFunc(merged, func(r schema.GrantedRole) bool {
		row := admission.FindRoleByID(roles, r.RoleID)
		return row != nil && !slices.Contains(previous, r) &&
			(row.Key == access.Admin || row.Key == access.UserAdmin ||
				row.Key == access.GroupAdmin)
	})
}

// mergeMessage returns the sentence for an invitation that was pending already.
func mergeMessage(replaced, sent bool) i18n.Message {
	switch {
	case replaced && sent:
		return newMessage("invite.updated_replaced_sent")
	case replaced:
		return newMessage("invite.updated_replaced")
	case sent:
		return newMessage("invite.updated_sent")
	}
	return newMessage("invite.updated")
}

// namesOfSingleValues names the parts of a grant that additivePartOf leaves out, as GrantInput
// does.
func namesOfSingleValues(g schema.Grant) (parts []string) {
	for _, part := range []struct {
		name string
		set  bool
	}{
		// A role at a unit follows the unit, which is a single value.
		{"roles", slices.ContainsFunc(g.Roles, func(r schema.GrantedRole) bool {
			return r.PlaceID.Kind() == ident.OrgUnit
		})},
		{"orgUnitId", !g.OrgUnitID.IsZero()},
		{"externalId", g.ExternalID != ""},
		{"additionalInfo", g.AdditionalInfo != ""},
		{"locale", g.Locale != ""},
		{"redirectUrl", g.RedirectURL != ""},
		{"accessExpiresAt", g.AccessExpiresAt != nil},
		{"customFields", len(g.CustomFields) > 0},
	} {
		if part.set {
			parts = append(parts, part.name)
		}
	}
	return parts
}

// grantChange is what an audit event tells of a grant: its previous and its new value.
type grantChange struct {
	event          int // index in the events of the batch
	previous, next schema.Grant
}

// noteGrantChange notes an audit event whose details are the differences between two grants.
func (b *InviteBatch) noteGrantChange(event audit.Event, previous, next schema.Grant) {
	b.grantChanges = append(b.grantChanges, grantChange{len(b.events), previous, next})
	b.events = append(b.events, event)
}

// describeGrantChanges adds the details to the noted events. The names of the rows are read for all
// of them together.
func (b *InviteBatch) describeGrantChanges(ctx context.Context) error {
	if len(b.grantChanges) == 0 {
		return nil
	}
	pairs := make([][2]schema.Grant, len(b.grantChanges))
	for i, c := range b.grantChanges {
		pairs[i] = [2]schema.Grant{c.previous, c.next}
	}
	described, err := admission.DescribeGrantChanges(ctx, b.Tx.Client, pairs)
	if err != nil {
		return err
	}
	for i, c := range b.grantChanges {
		event := &b.events[c.event]
		event.Details = append(described[i], event.Details...)
	}
	return nil
}
