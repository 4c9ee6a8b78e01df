package imports

import (
	"context"

	"usher/ent"
	"usher/ent/member"
	"usher/internal/fault"
	"usher/internal/inputs"
	"usher/internal/store"
)

// findByExternalID returns the members with the external ids of rows, with their accounts.
func findByExternalID(ctx context.Context, tx *store.Tx,
	rows []*candidate) (map[string]*ent.Member, error) {
	var ids []string
	for _, c := range rows {
		if c.ExternalID != "" && c.outcome != RowError {
			ids = append(ids, c.ExternalID)
		}
	}
	found := map[string]*ent.Member{}
	if len(ids) == 0 {
		return found, nil
	}
	members, err := tx.Member.Query().Where(member.ExternalIDIn(ids...)).WithUser().All(ctx)
	for _, m := range members {
		found[*m.ExternalID] = m
	}
	return found, err
}

// matchExternalID makes the member who has the external id of a row the one that the row is about:
// an id of another system tells who somebody is, and an address changes (PAR-4). It rejects the row
// and returns false if its address is that of somebody else. known is nil if nobody has the id.
func (c *candidate) matchExternalID(known *ent.Member) bool {
	switch {
	case c.ExternalID == "":
	// Nobody has the id, and the owner of the address has another one. Replacing it would cut their
	// tie to the other system.
	case known == nil && c.member != nil && c.member.ExternalID != nil:
		c.rejectRow(fault.Input("externalId", "import.other_external_id"))
		return false
	// A new person, a member without an id, or the same member by both: the address decides.
	case known == nil || c.member != nil && c.member.ID == known.ID:
	// One of the two is a mistake of the file, and a guess could change the wrong person.
	case c.member != nil:
		c.rejectRow(fault.Input("externalId", "import.external_id_of_other"))
		return false
	default:
		c.member = known
		// The address is the login of its owner, in whatever workspaces they are.
		if c.Key != "" && c.Key != inputs.ValueOrEmpty(known.Edges.User.EmailKey) {
			c.addWarning("email", "import.address_kept")
		}
		// The row is about this member, whatever invitation the new address has.
		c.pending = nil
	}
	return true
}
