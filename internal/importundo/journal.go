package importundo

import (
	"encoding/json"

	"usher/ent"
	"usher/ent/invitation"
	"usher/ent/member"
	"usher/ent/schema"
	"usher/internal/inputs"
)

// memberColumns are the columns of a member that a row can change, in the order of the journal.
var memberColumns = []string{member.FieldOrgUnitID, member.FieldLabels, member.FieldAdditionalInfo,
	member.FieldAccessExpiresAt, member.FieldDeleteOnExpiry, member.FieldCustomFields,
	member.FieldExternalID, member.FieldExternalSource, member.FieldStatus}

// ReleasedRoles stands in the journal for roles and groups that a row took away. Undo does not give
// them back: what they gave then cannot be told any more.
const ReleasedRoles = "released_roles"

// invitationColumns are the columns of an invitation that a row can change, in the order of the
// journal.
var invitationColumns = []string{invitation.FieldGrant, invitation.FieldFirstName,
	invitation.FieldLastName, journalGrantor, invitation.FieldEmail}

// journalGrantor is the grantor of an invitation in the journal. The column had this name when the
// first journals were written, and the journal of an import outlives a release.
const journalGrantor = "giver_id"

// DiffMembers returns the journaled columns in which two versions of a member differ.
func DiffMembers(before, after *ent.Member) []schema.Cell {
	return diffColumns(memberColumns, encodeMember(before), encodeMember(after))
}

// DiffInvitations returns the journaled columns in which two versions of an invitation differ.
func DiffInvitations(before, after *ent.Invitation) []schema.Cell {
	return diffColumns(invitationColumns, encodeInvitation(before), encodeInvitation(after))
}

// diffColumns compares columns as JSON, since most of their values are pointers, lists or maps.
func diffColumns(columns []string, before, after map[string]string) []schema.Cell {
	var cells []schema.Cell
	for _, c := range columns {
		if before[c] != after[c] {
			cells = append(cells, schema.Cell{Column: c, Before: before[c], After: after[c]})
		}
	}
	return cells
}

// encodeMember returns the columns of a member as the journal holds them.
func encodeMember(m *ent.Member) map[string]string {
	return encodeColumns(map[string]any{
		member.FieldOrgUnitID: m.OrgUnitID, member.FieldLabels: m.Labels,
		member.FieldAdditionalInfo:  m.AdditionalInfo,
		member.FieldAccessExpiresAt: inputs.TruncateTime(m.AccessExpiresAt),
		member.FieldDeleteOnExpiry:  m.DeleteOnExpiry, member.FieldCustomFields: m.CustomFields,
		member.FieldExternalID: m.ExternalID, member.FieldExternalSource: m.ExternalSource,
		member.FieldStatus: m.Status,
	})
}

// encodeInvitation returns the columns of an invitation as the journal holds them.
func encodeInvitation(inv *ent.Invitation) map[string]string {
	return encodeColumns(map[string]any{
		invitation.FieldGrant: inv.Grant, invitation.FieldFirstName: inv.FirstName,
		invitation.FieldLastName: inv.LastName, journalGrantor: inv.GrantorID,
		invitation.FieldEmail: inv.Email,
	})
}

// encodeColumns returns the values of columns as JSON, as the journal stores them.
func encodeColumns(values map[string]any) map[string]string {
	encoded := make(map[string]string, len(values))
	for column, v := range values {
		// Values of these types always marshal.
		b, _ := json.Marshal(v)
		encoded[column] = string(b)
	}
	return encoded
}
