package onboarding

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"usher/ent"
	"usher/ent/customfield"
	"usher/ent/group"
	"usher/ent/orgunit"
	"usher/ent/program"
	"usher/ent/role"
	"usher/ent/schema"
	"usher/ent/session"
	"usher/internal/access"
	"usher/internal/fault"
	"usher/internal/i18n"
	"usher/internal/ident"
	"usher/internal/store"
)

// GrantInput is what a door's caller asks to give. Roles are keys of built-in roles or ids of custom ones.
type GrantInput struct {
	Roles           []string
	GroupIDs        []ident.ID
	OrgUnitID       *ident.ID
	SessionIDs      []ident.ID
	ProgramIDs      []ident.ID
	Labels          []string
	AdditionalInfo  *string
	Locale          *string
	AccessExpiresAt *time.Time
	DeleteOnExpiry  *bool
	CustomFields    map[string]any
}

// Limits of what one grant may hold.
const (
	maxPlaces         = 100   // groups, sessions, programs, each
	maxRoles          = 20    //
	maxLabels         = 50    //
	maxLabel          = 100   // characters
	maxAdditionalInfo = 5_000 // characters
	maxName           = 200   // characters of a first or last name
	maxMessage        = 2_000 // characters of a personal message
)

// resolve turns what was asked for into a Grant: every row it names is loaded as far as the giver sees it, every role put
// at its places, the whole held against what the giver holds (ADM-6).
func resolve(ctx context.Context, db *ent.Client, may access.Permission, giver *access.Membership, w *ent.Workspace, in *GrantInput, now time.Time) (schema.Grant, error) {
	if in == nil {
		in = &GrantInput{}
	}
	g, err := in.wellFormed(w, now)
	if err != nil {
		return g, err
	}
	named, err := load(asHolder(ctx, giver), db, in)
	if err != nil {
		return g, err
	}
	if w.Settings.RequireGroup && len(g.GroupIDs) == 0 {
		return g, fault.Input("grant.groupIds", "grant.group_required")
	}
	if g.CustomFields, err = answers(ctx, db, "grant.customFields", in.CustomFields); err != nil {
		return g, err
	}
	if g.Roles, err = placed(in, named.roles, w.ID); err != nil {
		return g, err
	}
	return g, named.within(may, giver, g)
}

// wellFormed checks what needs no database.
func (in *GrantInput) wellFormed(w *ent.Workspace, now time.Time) (schema.Grant, error) {
	g := schema.Grant{
		GroupIDs: unique(in.GroupIDs), SessionIDs: unique(in.SessionIDs), ProgramIDs: unique(in.ProgramIDs),
		Labels: []string{}, DeleteOnExpiry: in.DeleteOnExpiry != nil && *in.DeleteOnExpiry,
	}
	for field, n := range map[string]int{"groupIds": len(in.GroupIDs), "sessionIds": len(in.SessionIDs), "programIds": len(in.ProgramIDs)} {
		if n > maxPlaces {
			return g, fault.Input("grant."+field, "grant.too_many", i18n.Args{"Max": maxPlaces})
		}
	}
	if len(in.Roles) > maxRoles {
		return g, fault.Input("grant.roles", "grant.too_many", i18n.Args{"Max": maxRoles})
	}
	for i, label := range in.Labels {
		label = strings.TrimSpace(label)
		if label == "" || utf8.RuneCountInString(label) > maxLabel || unprintable(label) {
			return g, fault.Input(fmt.Sprintf("grant.labels.%d", i), "grant.label", i18n.Args{"Max": maxLabel})
		}
		if !slices.Contains(g.Labels, label) {
			g.Labels = append(g.Labels, label)
		}
	}
	if len(g.Labels) > maxLabels {
		return g, fault.Input("grant.labels", "grant.too_many", i18n.Args{"Max": maxLabels})
	}
	var err error
	if g.AdditionalInfo, err = text("grant.additionalInfo", in.AdditionalInfo, maxAdditionalInfo); err != nil {
		return g, err
	}
	if g.Locale, err = locale("grant.locale", in.Locale); err != nil {
		return g, err
	}
	if in.OrgUnitID != nil {
		g.OrgUnitID = *in.OrgUnitID
	}
	if in.AccessExpiresAt != nil {
		end := in.AccessExpiresAt.UTC().Truncate(time.Microsecond)
		if !end.After(now) {
			return g, fault.Input("grant.accessExpiresAt", "grant.access_past", i18n.Args{"Date": end.Format(time.DateOnly)})
		}
		g.AccessExpiresAt = &end
	}
	return g, nil
}

// named is what a grant's ids stand for.
type named struct {
	roles    []*ent.Role
	groups   []*ent.Group
	unit     *ent.OrgUnit
	sessions []*ent.Session
	ids      []ident.ID // of all of these, and of the programs
}

// asHolder lets a context read what a membership sees of its workspace.
func asHolder(ctx context.Context, m *access.Membership) context.Context {
	return store.AsCaller(ctx, &access.Caller{Memberships: []access.Membership{*m}})
}

// load reads every row that the input names. One that is not there, is another workspace's, or is hidden from the reader
// of the context makes the whole input NOT_FOUND at its field: all three are answered alike, and nobody learns a name.
func load(ctx context.Context, db *ent.Client, in *GrantInput) (*named, error) {
	n, err := read(ctx, db, in)
	if err != nil {
		return nil, err
	}
	for i, r := range in.Roles {
		if roleNamed(n.roles, r) == nil {
			return nil, missing(fmt.Sprintf("grant.roles.%d", i), "grant.no_role", r)
		}
	}
	gone := func(i ident.ID) bool { return !slices.Contains(n.ids, i) }
	switch {
	case slices.ContainsFunc(in.GroupIDs, gone):
		return nil, missing("grant.groupIds", "grant.no_group", "")
	case in.OrgUnitID != nil && n.unit == nil:
		return nil, missing("grant.orgUnitId", "grant.no_unit", "")
	case slices.ContainsFunc(in.SessionIDs, gone):
		return nil, missing("grant.sessionIds", "grant.no_session", "")
	case slices.ContainsFunc(in.ProgramIDs, gone):
		return nil, missing("grant.programIds", "grant.no_program", "")
	}
	return n, nil
}

// read reads of what the input names all that is there, each kind in one statement.
func read(ctx context.Context, db *ent.Client, in *GrantInput) (*named, error) {
	n := &named{}
	keys, ids := []string{}, []ident.ID{}
	for _, r := range in.Roles {
		if i, err := ident.Parse(r); err == nil {
			ids = append(ids, i)
		} else {
			keys = append(keys, r)
		}
	}
	if len(in.Roles) == 0 || len(in.GroupIDs) > 0 {
		keys = append(keys, access.Learner) // the default, and what a group gets that no other role lands on
	}
	var err error
	if n.roles, err = db.Role.Query().Where(role.Or(role.KeyIn(keys...), role.IDIn(ids...))).All(ctx); err != nil {
		return nil, err
	}
	for _, row := range n.roles {
		n.ids = append(n.ids, row.ID)
	}
	if len(in.GroupIDs) > 0 {
		if n.groups, err = db.Group.Query().Where(group.IDIn(in.GroupIDs...)).All(ctx); err != nil {
			return nil, err
		}
		for _, row := range n.groups {
			n.ids = append(n.ids, row.ID)
		}
	}
	if in.OrgUnitID != nil {
		if n.unit, err = db.OrgUnit.Query().Where(orgunit.ID(*in.OrgUnitID)).Only(ctx); err != nil && !ent.IsNotFound(err) {
			return nil, err
		}
		if n.unit != nil {
			n.ids = append(n.ids, n.unit.ID)
		}
	}
	if len(in.SessionIDs) > 0 {
		if n.sessions, err = db.Session.Query().Where(session.IDIn(in.SessionIDs...)).All(ctx); err != nil {
			return nil, err
		}
		for _, row := range n.sessions {
			n.ids = append(n.ids, row.ID)
		}
	}
	if len(in.ProgramIDs) > 0 {
		programs, err := db.Program.Query().Where(program.IDIn(in.ProgramIDs...)).IDs(ctx)
		if err != nil {
			return nil, err
		}
		n.ids = append(n.ids, programs...)
	}
	return n, nil
}

// placed puts each role at those of the named places that it can be held at. Sessions are placed by enrolment, but for
// roles that are held there.
func placed(in *GrantInput, roles []*ent.Role, workspace ident.ID) ([]schema.GrantedRole, error) {
	var list []schema.GrantedRole
	asked := in.Roles
	if len(asked) == 0 {
		asked = []string{access.Learner}
	}
	landed := map[ident.ID]bool{}
	for i, key := range asked {
		r := roleNamed(roles, key)
		var places []ident.ID
		for _, kind := range access.PlacesOf(r.Key) {
			switch {
			case kind == access.InGroup:
				places = append(places, unique(in.GroupIDs)...)
			case kind == access.InOrgUnit && in.OrgUnitID != nil:
				places = append(places, *in.OrgUnitID)
			case kind == access.InSession:
				places = append(places, unique(in.SessionIDs)...)
			case kind == access.InWorkspace && len(places) == 0:
				places = append(places, workspace)
			}
		}
		if len(places) == 0 {
			return nil, fault.Input(fmt.Sprintf("grant.roles.%d", i), "grant.no_place", i18n.Args{"Role": r.Name})
		}
		for _, p := range places {
			landed[p] = true
			list = append(list, schema.GrantedRole{RoleID: r.ID, PlaceID: p})
		}
	}
	for _, g := range unique(in.GroupIDs) {
		if !landed[g] {
			list = append(list, schema.GrantedRole{RoleID: roleNamed(roles, access.Learner).ID, PlaceID: g})
		}
	}
	return list, nil
}

// within is ADM-6 at the moment of saving; see the function of that name.
func (n *named) within(may access.Permission, giver *access.Membership, g schema.Grant) error {
	return within(may, giver, g, n.roles, n.name)
}

// name is how a place that was read is called.
func (n *named) name(i ident.ID) string {
	for _, row := range n.groups {
		if row.ID == i {
			return row.Name
		}
	}
	for _, row := range n.sessions {
		if row.ID == i {
			return row.Name
		}
	}
	if n.unit != nil && n.unit.ID == i {
		return n.unit.Name
	}
	return ""
}

// placeOf tells what kind of place an id is the id of.
func placeOf(i ident.ID) access.Place {
	switch i.Kind() {
	case ident.Group:
		return access.Group(i)
	case ident.OrgUnit:
		return access.OrgUnit(i)
	case ident.Session:
		return access.Session(i)
	}
	return access.Workspace(i)
}

func roleNamed(roles []*ent.Role, name string) *ent.Role {
	for _, r := range roles {
		if r.Key == name || r.ID.String() == name {
			return r
		}
	}
	return nil
}

// answers checks answers to the workspace's own questions and brings them into one form.
func answers(ctx context.Context, db *ent.Client, at string, in map[string]any) (map[string]string, error) {
	if len(in) == 0 {
		return nil, nil
	}
	fields, err := db.CustomField.Query().Where(customfield.KeyIn(keysOf(in)...)).All(ctx)
	if err != nil {
		return nil, err
	}
	return answersTo(fields, at, in)
}

// answersTo is answers for who has read the questions.
func answersTo(fields []*ent.CustomField, at string, in map[string]any) (map[string]string, error) {
	out := map[string]string{}
	for key, value := range in {
		i := slices.IndexFunc(fields, func(f *ent.CustomField) bool { return f.Key == key })
		if i < 0 {
			return nil, fault.Input(at+"."+key, "grant.no_field", i18n.Args{"Name": key})
		}
		answer, ok := canonical(fields[i], value)
		if !ok {
			return nil, fault.Input(at+"."+key, "grant.field_answer_"+strings.ToLower(string(fields[i].Type)),
				i18n.Args{"Name": fields[i].Name, "Choices": strings.Join(fields[i].Choices, ", ")})
		}
		if answer != "" {
			out[key] = answer
		}
	}
	return out, nil
}

// missing is NOT_FOUND at a field: an unknown id and another workspace's are answered alike.
func missing(field, key, name string) error {
	f := fault.New(fault.NotFound, key, i18n.Args{"Name": name})
	f.Field = field
	return f
}
