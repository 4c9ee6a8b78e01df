package invitation

import (
	"reflect"
	"slices"

	"usher/ent"
	"usher/ent/schema"
	"usher/internal/access"
	"usher/internal/admission"
	"usher/internal/i18n"
	"usher/internal/ident"
)

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
	note("additionalInfo", previous.AdditionalInfo, merged.AdditionalInfo,
		previous.AdditionalInfo != "")
	note("locale", previous.Locale, merged.Locale, previous.Locale != "")
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

// hasSingleValues tells whether a grant holds anything that additivePartOf leaves out.
func hasSingleValues(g schema.Grant) bool {
	return !g.OrgUnitID.IsZero() || g.AdditionalInfo != "" || g.Locale != "" ||
		g.AccessExpiresAt != nil || len(g.CustomFields) > 0 ||
		slices.ContainsFunc(g.Roles, func(r schema.GrantedRole) bool {
			return r.PlaceID.Kind() == ident.OrgUnit
		})
}
