package member

import (
	"context"

	"usher/ent"
	"usher/ent/schema"
	"usher/internal/access"
	"usher/internal/admission"
)

// noteGrantChange adds what the edit changes in the member's grant to the audit event. The end of
// access is noted where it is written.
func (e *memberEdit) noteGrantChange(ctx context.Context, held []*ent.RoleAssignment,
	g schema.Grant) error {
	previous, c := e.heldGrant(held), e.in.Grant
	// heldGrant hides a unit outside of the caller's authority. The history names the real one.
	if unit := e.member.OrgUnitID; unit != nil {
		previous.OrgUnitID = *unit
	}
	next := previous
	if c.ChangesPlaces() {
		next.Roles, next.GroupIDs = g.Roles, g.GroupIDs
	}
	if c.OrgUnitID.Set && (!g.OrgUnitID.IsZero() || e.authority.AtUnit(access.MembersUpdate)) {
		next.OrgUnitID = g.OrgUnitID
	}
	next.SessionIDs, next.ProgramIDs = g.SessionIDs, g.ProgramIDs
	if c.ChangesLabels() {
		next.Labels = g.Labels
	}
	if c.CustomFields.Set {
		next.CustomFields = g.CustomFields
	}
	if c.AdditionalInfo.Set {
		next.AdditionalInfo = g.AdditionalInfo
	}
	changed, err := admission.DescribeGrantChange(ctx, e.tx.Client, previous, next)
	e.what = append(e.what, changed...)
	return err
}
