package admission

import (
	"context"
	"slices"

	"usher/ent"
	"usher/ent/schema"
	"usher/internal/ident"
	"usher/internal/inputs"
)

// ReadGrant loads the rows that a stored grant names. Those that are gone are missing in the
// result.
func ReadGrant(ctx context.Context, db *ent.Client, g schema.Grant) (*NamedPlaces, error) {
	in := &GrantInput{GroupIDs: g.GroupIDs, SessionIDs: g.SessionIDs, ProgramIDs: g.ProgramIDs}
	if !g.OrgUnitID.IsZero() {
		in.OrgUnitID = &g.OrgUnitID
	}
	for _, id := range inputs.Distinct(RoleIDs(g)) {
		in.Roles = append(in.Roles, id.String())
	}
	return readNamed(ctx, db, in)
}

// WithoutMissing returns the grant without the rows that are gone.
func (n *NamedPlaces) WithoutMissing(g schema.Grant) schema.Grant {
	gone := func(id ident.ID) bool {
		return !slices.Contains(n.IDs, id) && id.Kind() != ident.Workspace
	}
	g.GroupIDs = slices.DeleteFunc(slices.Clone(g.GroupIDs), gone)
	g.SessionIDs = slices.DeleteFunc(slices.Clone(g.SessionIDs), gone)
	g.ProgramIDs = slices.DeleteFunc(slices.Clone(g.ProgramIDs), gone)
	g.Roles = slices.DeleteFunc(slices.Clone(g.Roles), func(r schema.GrantedRole) bool {
		return gone(r.RoleID) || gone(r.PlaceID)
	})
	if gone(g.OrgUnitID) {
		g.OrgUnitID = ident.ID{}
	}
	return g
}
