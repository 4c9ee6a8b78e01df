package imports

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"golang.org/x/text/unicode/norm"

	"usher/ent"
	"usher/ent/customfield"
	"usher/ent/schema"
	"usher/internal/access"
	"usher/internal/admission"
	"usher/internal/fault"
	"usher/internal/i18n"
	"usher/internal/ident"
	files "usher/internal/importfile"
	"usher/internal/inputs"
)

// importDirectory holds everything that the rows of an import may name. It is loaded once and used
// for every row.
//
// Security: it holds what the grantor sees, and nothing else. A hidden object is not found, not
// suggested for a mistyped name, and makes no name ambiguous.
type importDirectory struct {
	grantor  *access.Membership // of the import, with their present permissions
	roles    []*ent.Role
	groups   []*ent.Group
	units    []*ent.OrgUnit
	sessions []*ent.Session
	fields   []*ent.CustomField

	groupNames, unitNames, sessionNames, roleNames *nameIndex
	// placements caches the resolved roles of a row by their combination with places.
	placements map[string]rolePlacement
}

// rolePlacement is the result of one combination of roles and places, for one grantor.
type rolePlacement struct {
	roles []schema.GrantedRole
	err   error
}

// readDirectory loads the objects that the grantor sees and indexes their names.
func readDirectory(ctx context.Context, db *ent.Client,
	grantor *access.Membership) (*importDirectory, error) {
	d := &importDirectory{grantor: grantor, placements: map[string]rolePlacement{}}
	// Security: names in a file find only what the grantor sees. A guessed name of a hidden group
	// is as unknown as any other.
	ctx = admission.AsMember(ctx, grantor)
	var err error
	if d.roles, err = db.Role.Query().All(ctx); err != nil {
		return nil, err
	}
	if d.groups, err = db.Group.Query().All(ctx); err != nil {
		return nil, err
	}
	if d.units, err = db.OrgUnit.Query().All(ctx); err != nil {
		return nil, err
	}
	if d.sessions, err = db.Session.Query().WithProgram().All(ctx); err != nil {
		return nil, err
	}
	if d.fields, err = db.CustomField.Query().Order(ent.Asc(customfield.FieldPosition)).
		All(ctx); err != nil {
		return nil, err
	}
	d.buildIndexes()
	return d, nil
}

// buildIndexes indexes each object by the names it can have: id first, then external id or key,
// path, and plain name.
func (d *importDirectory) buildIndexes() {
	d.roleNames, d.groupNames, d.unitNames, d.sessionNames = newNameIndex(), newNameIndex(),
		newNameIndex(), newNameIndex()
	for _, r := range d.roles {
		d.roleNames.addNames(r.ID, r.ID.String(), r.Key, r.Name)
	}
	parents := map[ident.ID]*ent.Group{}
	for _, g := range d.groups {
		parents[g.ID] = g
	}
	for _, g := range d.groups {
		path, up := g.Name, g.ParentID
		// The tree has no cycle. The bound ends the loop if the data has one nevertheless.
		for range d.groups {
			if up == nil || parents[*up] == nil {
				break
			}
			path, up = parents[*up].Name+" / "+path, parents[*up].ParentID
		}
		d.groupNames.addNames(g.ID, g.ID.String(), inputs.ValueOrEmpty(g.ExternalID), path, g.Name)
	}
	above := map[ident.ID]*ent.OrgUnit{}
	for _, u := range d.units {
		above[u.ID] = u
	}
	for _, u := range d.units {
		path, up := u.Name, u.ParentID
		// The same bound as for groups.
		for range d.units {
			if up == nil || above[*up] == nil {
				break
			}
			path, up = above[*up].Name+" / "+path, above[*up].ParentID
		}
		d.unitNames.addNames(u.ID, u.ID.String(), inputs.ValueOrEmpty(u.ExternalID), path, u.Name)
	}
	for _, s := range d.sessions {
		d.sessionNames.addNames(s.ID, s.ID.String(), inputs.ValueOrEmpty(s.ExternalID),
			s.Edges.Program.Name+" / "+s.Name, s.Name)
	}
}

// nameIndex finds objects by name.
type nameIndex struct {
	ids   map[string][]ident.ID // by folded name
	words []string              // as they are written, for 'did you mean'
}

func newNameIndex() *nameIndex { return &nameIndex{ids: map[string][]ident.ID{}} }

// addNames adds the names of an object to the index.
func (n *nameIndex) addNames(id ident.ID, called ...string) {
	for _, name := range called {
		key := foldName(name)
		// A name can be equal to another name of the same object, as the path of a top group is.
		if key == "" || slices.Contains(n.ids[key], id) {
			continue
		}
		n.ids[key] = append(n.ids[key], id)
		// Ids are found by their index, but nobody mistypes one, so they are never suggested.
		if !strings.HasPrefix(name, id.Kind().String()+"_") && !slices.Contains(n.words, name) {
			n.words = append(n.words, name)
		}
	}
}

// findByName returns the one object of a name. An ambiguous or unknown name is BAD_USER_INPUT at
// the column, with the nearest known name if there is one.
func (n *nameIndex) findByName(column, name string) (ident.ID, *fault.Error) {
	found := n.ids[foldName(name)]
	switch len(found) {
	case 1:
		return found[0], nil
	case 0:
		if near := n.nearestName(name); near != "" {
			return ident.ID{}, fault.Input(column, "import.unknown_near",
				i18n.Args{"Name": name, "Near": near})
		}
		return ident.ID{}, fault.Input(column, "import.unknown", i18n.Args{"Name": name})
	}
	return ident.ID{},
		fault.Input(column, "import.ambiguous", i18n.Args{"Name": name, "Count": len(found)})
}

// foldName normalizes a name for comparison: no case, no accents, single spaces, and one separator
// for paths.
func foldName(name string) string {
	plain := strings.Map(func(r rune) rune {
		// Combining accents: 'Éva' and 'Eva' are one name.
		if r >= 0x300 && r <= 0x36f {
			return -1
		}
		return r
	}, norm.NFKD.String(strings.ToLower(name)))
	parts := strings.FieldsFunc(plain, func(r rune) bool {
		return r == '/' || r == '>' || r == '›' || r == '→'
	})
	for i := range parts {
		parts[i] = strings.Join(strings.Fields(parts[i]), " ")
	}
	return strings.Join(parts, "/")
}

// nearestName returns the closest known name: at most two characters differ, one in a short name.
func (n *nameIndex) nearestName(name string) string {
	typed, best, least := []rune(foldName(name)), "", 3
	if len(typed) <= 4 {
		least = 2
	}
	for _, word := range n.words {
		if d := files.Distance(typed, []rune(foldName(word))); d < least {
			best, least = word, d
		}
	}
	return best
}

// findAll finds each of several names, and returns a fault for each that it does not find.
func (n *nameIndex) findAll(column string,
	called []string) (ids []ident.ID, faults []*fault.Error) {
	for _, name := range called {
		id, err := n.findByName(column, name)
		if err != nil {
			faults = append(faults, err)
		} else if !slices.Contains(ids, id) {
			ids = append(ids, id)
		}
	}
	return ids, faults
}

// selectNamed returns the directory's rows of the ids in a grant, as the verbs load them from the
// database.
func (d *importDirectory) selectNamed(in *admission.GrantInput) *admission.NamedPlaces {
	n := &admission.NamedPlaces{Roles: d.roles}
	for _, g := range d.groups {
		if slices.Contains(in.GroupIDs, g.ID) {
			n.Groups = append(n.Groups, g)
		}
	}
	for _, s := range d.sessions {
		if slices.Contains(in.SessionIDs, s.ID) {
			n.Sessions = append(n.Sessions, s)
		}
	}
	if in.OrgUnitID != nil {
		for _, u := range d.units {
			if u.ID == *in.OrgUnitID {
				n.Unit = u
			}
		}
	}
	return n
}

// resolveRoles places the roles of a row and checks them against the grantor's authority, once for
// each combination.
func (d *importDirectory) resolveRoles(may access.Permission, grantor *access.Membership,
	w *ent.Workspace,
	in *admission.GrantInput) ([]schema.GrantedRole, error) {
	// Most rows of a file name the same places, so the check of authority is cached.
	key := fmt.Sprint(in.Roles, in.GroupIDs, in.SessionIDs, in.ProgramIDs, inputs.IDOrZero(in.OrgUnitID))
	if known, ok := d.placements[key]; ok {
		return known.roles, known.err
	}
	n := d.selectNamed(in)
	p := rolePlacement{}
	p.roles, p.err = admission.PlaceRoles(in, n.Roles, w.ID)
	if p.err == nil {
		g := schema.Grant{Roles: p.roles, GroupIDs: in.GroupIDs, SessionIDs: in.SessionIDs,
			ProgramIDs: in.ProgramIDs, OrgUnitID: inputs.IDOrZero(in.OrgUnitID)}
		p.err = n.RequireWithin(may, grantor, g)
	}
	// The bound holds if every row is a combination of its own.
	if len(d.placements) < 10_000 {
		d.placements[key] = p
	}
	return p.roles, p.err
}

// requireStoredGrant refuses a grantor who could not give all of a stored grant that still exists.
func (d *importDirectory) requireStoredGrant(may access.Permission, grantor *access.Membership,
	g schema.Grant) error {
	// Only what still exists counts: a deleted object gives nothing to anybody.
	in := &admission.GrantInput{GroupIDs: g.GroupIDs, SessionIDs: g.SessionIDs}
	if !g.OrgUnitID.IsZero() {
		in.OrgUnitID = &g.OrgUnitID
	}
	n := d.selectNamed(in)
	n.IDs = slices.Clone(g.ProgramIDs)
	for _, row := range n.Roles {
		n.IDs = append(n.IDs, row.ID)
	}
	for _, row := range n.Groups {
		n.IDs = append(n.IDs, row.ID)
	}
	for _, row := range n.Sessions {
		n.IDs = append(n.IDs, row.ID)
	}
	if n.Unit != nil {
		n.IDs = append(n.IDs, n.Unit.ID)
	}
	return n.RequireWithin(may, grantor, n.WithoutMissing(g))
}
