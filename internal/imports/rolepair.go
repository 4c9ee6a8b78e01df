package imports

import (
	"fmt"
	"slices"
	"strings"
	"usher/internal/inputs"

	"usher/ent"
	"usher/ent/schema"
	"usher/internal/access"
	"usher/internal/admission"
	"usher/internal/fault"
	"usher/internal/i18n"
	"usher/internal/ident"
)

// A cell of roles holds roles for all places of the row ("coach"), and roles with their own place:
// "coach @ Europe / France". The list of members needs the second form, since a member may be a
// coach in one group and a learner in another.
const (
	placeSeparator = "@"
	wholeWorkspace = "*" // a place: the whole workspace
)

// splitRoles reads the roles of a row: those for all its places, and those with their own place.
func (d *importDirectory) splitRoles(words []string,
	workspace ident.ID) (plain []ident.ID, pairs []schema.GrantedRole, faults []*fault.Error) {
	for _, word := range words {
		// The whole word is tried first: a role may be called "coach @ home".
		role, err := d.roleNames.findByName("roles", word)
		if err == nil {
			if !slices.Contains(plain, role) {
				plain = append(plain, role)
			}
			continue
		}
		pair, found, wrong := d.findRolePlace(word, workspace)
		switch {
		case wrong != nil:
			faults = append(faults, wrong)
		case !found:
			faults = append(faults, err)
		case !slices.Contains(pairs, pair):
			pairs = append(pairs, pair)
		}
	}
	return plain, pairs, faults
}

// findRolePlace reads a role with its place. Names may contain the separator, so each position is
// tried. wrong is the first fault of a role that was found without its place.
func (d *importDirectory) findRolePlace(word string,
	workspace ident.ID) (pair schema.GrantedRole, found bool, wrong *fault.Error) {
	for at := strings.Index(word, placeSeparator); at >= 0; {
		role, err := d.roleNames.findByName("roles", word[:at])
		if err == nil {
			place, missing := d.findPlace(word[at+len(placeSeparator):], workspace)
			if missing == nil && !d.canHoldRole(role, place) {
				missing = fault.Input("roles", "grant.no_place",
					i18n.Args{"Role": strings.TrimSpace(word[:at])})
			}
			if missing == nil {
				return schema.GrantedRole{RoleID: role, PlaceID: place}, true, nil
			}
			// The first position is what most people mean, so its fault is reported.
			if wrong == nil {
				wrong = missing
			}
		}
		next := strings.Index(word[at+1:], placeSeparator)
		if next < 0 {
			break
		}
		at += 1 + next
	}
	return pair, false, wrong
}

// findPlace finds a place for a role: the workspace, or else a group, an org unit or a session of
// that name.
func (d *importDirectory) findPlace(word string, workspace ident.ID) (ident.ID, *fault.Error) {
	word = strings.TrimSpace(word)
	if word == wholeWorkspace {
		return workspace, nil
	}
	// Kinds are searched in order, so that a name that two kinds have means the same in every file.
	for _, among := range []*nameIndex{d.groupNames, d.unitNames, d.sessionNames} {
		if len(among.ids[foldName(word)]) > 0 {
			return among.findByName("roles", word)
		}
	}
	return d.groupNames.findByName("roles", word)
}

// canHoldRole tells whether a role can be held at a place.
func (d *importDirectory) canHoldRole(role, place ident.ID) bool {
	kind := access.InWorkspace
	switch place.Kind() {
	case ident.Group:
		kind = access.InGroup
	case ident.OrgUnit:
		kind = access.InOrgUnit
	case ident.Session:
		kind = access.InSession
	}
	row := admission.FindRoleByID(d.roles, role)
	return row != nil && slices.Contains(access.PlacesOf(row.Key), kind)
}

// placeRoles places the roles of a row, those with their own place there, and checks all of them
// against the grantor's authority. A group that has its own role in the row gets no other role of
// the row.
func (d *importDirectory) placeRoles(may access.Permission, w *ent.Workspace,
	in *admission.GrantInput, pairs []schema.GrantedRole) ([]schema.GrantedRole, error) {
	if w.Settings.RequireGroup && len(in.GroupIDs) == 0 {
		return nil, fault.Input("grant.groupIds", "grant.group_required")
	}
	if len(pairs) == 0 {
		return d.resolveRoles(may, d.grantor, w, in)
	}
	// A group with a role of its own must not get the others of the row.
	rest := *in
	rest.GroupIDs = slices.DeleteFunc(slices.Clone(in.GroupIDs), func(group ident.ID) bool {
		return slices.ContainsFunc(pairs, func(p schema.GrantedRole) bool {
			return p.PlaceID == group
		})
	})
	roles := pairs
	if len(rest.Roles) > 0 || len(rest.GroupIDs) > 0 {
		others, err := d.resolveRoles(may, d.grantor, w, &rest)
		if err != nil {
			return nil, err
		}
		roles = slices.Concat(others, pairs)
	}
	g := schema.Grant{Roles: pairs, GroupIDs: in.GroupIDs, SessionIDs: in.SessionIDs,
		ProgramIDs: in.ProgramIDs, OrgUnitID: inputs.IDOrZero(in.OrgUnitID)}
	return roles, d.selectNamed(in).RequireWithin(may, d.grantor, g)
}

// rolePlaceWord writes a role with its place in the form that splitRoles reads.
func (c *memberList) rolePlaceWord(roleWord string, a *ent.RoleAssignment) string {
	// A name with a separator would be split at the wrong place.
	if strings.Contains(roleWord, placeSeparator) {
		roleWord = a.RoleID.String()
	}
	place := wholeWorkspace
	if a.PlaceID != c.workspace {
		place = a.PlaceID.String()
		// The word is used only if an import finds this very place by it.
		if word := c.placeWord(a.PlaceID); word != wholeWorkspace {
			if found, err := c.directory.findPlace(word, c.workspace); err == nil &&
				found == a.PlaceID {
				place = word
			}
		}
	}
	return fmt.Sprintf("%s %s %s", roleWord, placeSeparator, place)
}

// placeWord returns the name by which an import finds a place.
func (c *memberList) placeWord(place ident.ID) string {
	switch place.Kind() {
	case ident.Group:
		return callableName(c.directory.groupNames, place, c.groups.fullPath(place))
	case ident.OrgUnit:
		return callableName(c.directory.unitNames, place, c.units.fullPath(place))
	case ident.Session:
		return c.sessionWord(place)
	}
	return place.String()
}
