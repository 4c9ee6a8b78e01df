package admission

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
	"usher/internal/inputs"
	"usher/internal/scalar"
	"usher/internal/store"
	"usher/internal/training"
)

// GrantInput is what a door's caller asks to give. Roles are keys of built-in roles or ids of
// custom ones.
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

// ResolveGrant turns what was asked for into a Grant: every row it names is loaded as far as the
// grantor sees it, every role put at its places, the whole held against what the grantor holds (ADM-6).
func ResolveGrant(ctx context.Context, db *ent.Client, may access.Permission,
	giver *access.Membership, w *ent.Workspace, in *GrantInput, now time.Time) (schema.Grant,
	error) {
	if in == nil {
		in = &GrantInput{}
	}
	if err := in.checkLengths(); err != nil {
		return schema.Grant{}, err // before a list that is too long is looked up
	}
	var faults fault.Collector
	g, err := in.Validate(w, now)
	faults.Add(err)
	named, err := LoadNamed(AsMember(ctx, giver), db, in)
	faults.Add(err)
	if w.Settings.RequireGroup && len(g.GroupIDs) == 0 {
		faults.Add(fault.Input("grant.groupIds", "grant.group_required"))
	}
	if named != nil {
		faults.Add(RequireOpenSessions(named.Sessions, now))
	}
	g.CustomFields, err = ValidateAnswers(ctx, db, "grant.customFields", in.CustomFields)
	faults.Add(err)
	if err := faults.Err(); err != nil {
		return g, err
	}
	if g.Roles, err = PlaceRoles(in, named.Roles, w.ID); err != nil {
		return g, err
	}
	return g, named.RequireWithin(may, giver, g)
}

// Validate checks what needs no database and reports all faults.
func (in *GrantInput) Validate(w *ent.Workspace, now time.Time) (schema.Grant, error) {
	var faults fault.Collector
	faults.Add(in.checkLengths())
	g := schema.Grant{
		GroupIDs: inputs.Distinct(in.GroupIDs), SessionIDs: inputs.Distinct(in.SessionIDs),
		ProgramIDs: inputs.Distinct(in.ProgramIDs),
		Labels:     []string{}, DeleteOnExpiry: in.DeleteOnExpiry != nil && *in.DeleteOnExpiry,
	}
	for i, label := range in.Labels {
		label = strings.TrimSpace(label)
		if label == "" || utf8.RuneCountInString(label) > inputs.MaxLabel ||
			inputs.HasUnprintable(label) {
			faults.Add(fault.Input(fmt.Sprintf("grant.labels.%d", i), "grant.label",
				i18n.Args{"Max": inputs.MaxLabel}))
			continue
		}
		if !slices.Contains(g.Labels, label) {
			g.Labels = append(g.Labels, label)
		}
	}
	if len(g.Labels) > inputs.MaxLabels {
		faults.Add(fault.Input("grant.labels", "grant.too_many",
			i18n.Args{"Max": inputs.MaxLabels}))
	}
	var err error
	g.AdditionalInfo, err = inputs.ParseText("grant.additionalInfo", in.AdditionalInfo,
		inputs.MaxAdditionalInfo)
	faults.Add(err)
	g.Locale, err = inputs.ParseLocale("grant.locale", in.Locale)
	faults.Add(err)
	if in.OrgUnitID != nil {
		g.OrgUnitID = *in.OrgUnitID
	}
	if in.AccessExpiresAt != nil {
		end := scalar.EndIn(*in.AccessExpiresAt, i18n.LoadZone(w.TimeZone))
		if !end.After(now) {
			faults.Add(fault.Input("grant.accessExpiresAt", "grant.access_past",
				i18n.Args{"Date": end.Format(time.DateOnly)}))
		}
		g.AccessExpiresAt = &end
	}
	return g, faults.Err()
}

// checkLengths refuses lists that are too long.
func (in *GrantInput) checkLengths() error {
	var faults fault.Collector
	for _, list := range []struct {
		field       string
		length, max int
	}{
		{"roles", len(in.Roles), inputs.MaxRoles},
		{"groupIds", len(in.GroupIDs), inputs.MaxPlaces},
		{"sessionIds", len(in.SessionIDs), inputs.MaxPlaces},
		{"programIds", len(in.ProgramIDs), inputs.MaxPlaces},
	} {
		if list.length > list.max {
			faults.Add(fault.Input("grant."+list.field, "grant.too_many", i18n.Args{"Max": list.max}))
		}
	}
	return faults.Err()
}

// NamedPlaces is what a grant's ids stand for.
type NamedPlaces struct {
	Roles    []*ent.Role
	Groups   []*ent.Group
	Unit     *ent.OrgUnit
	Sessions []*ent.Session
	IDs      []ident.ID // of all of these, and of the programs
}

// AsMember lets a context read what a membership sees of its workspace.
func AsMember(ctx context.Context, m *access.Membership) context.Context {
	return store.AsCaller(ctx, &access.Caller{Memberships: []access.Membership{*m}})
}

// LoadNamed reads every row that the input names. One that is not there, is another workspace's, or
// is hidden from the reader of the context is NOT_FOUND at its field, "grant.groupIds.0": all three
// are answered alike, and nobody learns a name. All that are missing are reported.
func LoadNamed(ctx context.Context, db *ent.Client, in *GrantInput) (*NamedPlaces, error) {
	n, err := readNamed(ctx, db, in)
	if err != nil {
		return nil, err
	}
	var faults fault.Collector
	for i, r := range in.Roles {
		if FindRoleByName(n.Roles, r) == nil {
			faults.Add(NotFoundAt(fmt.Sprintf("grant.roles.%d", i), "grant.no_role", r))
		}
	}
	if in.OrgUnitID != nil && n.Unit == nil {
		faults.Add(NotFoundAt("grant.orgUnitId", "grant.no_unit", ""))
	}
	for _, list := range []struct {
		field, key string
		ids        []ident.ID
	}{
		{"grant.groupIds", "grant.no_group", in.GroupIDs},
		{"grant.sessionIds", "grant.no_session", in.SessionIDs},
		{"grant.programIds", "grant.no_program", in.ProgramIDs},
	} {
		for i, id := range list.ids {
			if !slices.Contains(n.IDs, id) {
				faults.Add(NotFoundAt(fmt.Sprintf("%s.%d", list.field, i), list.key, ""))
			}
		}
	}
	return n, faults.Err()
}

// readNamed reads of what the input names all that is there, each kind in one statement.
func readNamed(ctx context.Context, db *ent.Client, in *GrantInput) (*NamedPlaces, error) {
	n := &NamedPlaces{}
	// learner is the default, and what a group gets that no other role lands on
	keys, ids := []string{access.Learner}, []ident.ID{}
	for _, r := range in.Roles {
		if i, err := ident.Parse(r); err == nil {
			ids = append(ids, i)
		} else {
			keys = append(keys, r)
		}
	}
	var err error
	if n.Roles, err = db.Role.Query().Where(role.Or(role.KeyIn(keys...), role.IDIn(ids...))).
		All(ctx); err != nil {
		return nil, err
	}
	for _, row := range n.Roles {
		n.IDs = append(n.IDs, row.ID)
	}
	if len(in.GroupIDs) > 0 {
		if n.Groups, err = db.Group.Query().Where(group.IDIn(in.GroupIDs...)).All(ctx); err != nil {
			return nil, err
		}
		for _, row := range n.Groups {
			n.IDs = append(n.IDs, row.ID)
		}
	}
	if in.OrgUnitID != nil {
		if n.Unit, err = db.OrgUnit.Query().Where(orgunit.ID(*in.OrgUnitID)).
			Only(ctx); err != nil && !ent.IsNotFound(err) {
			return nil, err
		}
		if n.Unit != nil {
			n.IDs = append(n.IDs, n.Unit.ID)
		}
	}
	if len(in.SessionIDs) > 0 {
		if n.Sessions, err = db.Session.Query().Where(session.IDIn(in.SessionIDs...)).
			All(ctx); err != nil {
			return nil, err
		}
		for _, row := range n.Sessions {
			n.IDs = append(n.IDs, row.ID)
		}
	}
	if len(in.ProgramIDs) > 0 {
		programs, err := db.Program.Query().Where(program.IDIn(in.ProgramIDs...)).IDs(ctx)
		if err != nil {
			return nil, err
		}
		n.IDs = append(n.IDs, programs...)
	}
	return n, nil
}

// RequireOpenSessions refuses a named session that is over: nobody would ever be in it. Admission
// leaves out a session that ends later.
func RequireOpenSessions(named []*ent.Session, now time.Time) error {
	for _, row := range named {
		if training.IsOver(row, now) {
			return fault.Input("grant.sessionIds", "register.over", i18n.Args{"Name": row.Name})
		}
	}
	return nil
}

// PlaceRoles puts each role at those of the named places that it can be held at, a custom role at
// those of the first kind that is named. Sessions are placed by enrollment, except for roles that
// are held there.
func PlaceRoles(in *GrantInput, roles []*ent.Role,
	workspace ident.ID) ([]schema.GrantedRole, error) {
	var list []schema.GrantedRole
	asked := in.Roles
	if len(asked) == 0 {
		asked = []string{access.Learner}
	}
	landed := map[ident.ID]bool{}
	for i, key := range asked {
		r := FindRoleByName(roles, key)
		var places []ident.ID
		for _, kind := range access.PlacesOf(r.Key) {
			switch {
			case len(places) > 0 && !access.IsBuiltIn(r.Key):
			case kind == access.InGroup:
				places = append(places, inputs.Distinct(in.GroupIDs)...)
			case kind == access.InOrgUnit && in.OrgUnitID != nil:
				places = append(places, *in.OrgUnitID)
			case kind == access.InSession:
				places = append(places, inputs.Distinct(in.SessionIDs)...)
			case kind == access.InWorkspace && len(places) == 0:
				places = append(places, workspace)
			}
		}
		if len(places) == 0 {
			return nil, fault.Input(fmt.Sprintf("grant.roles.%d", i), "grant.no_place",
				i18n.Args{"Role": r.Name})
		}
		for _, p := range places {
			landed[p] = true
			list = append(list, schema.GrantedRole{RoleID: r.ID, PlaceID: p})
		}
	}
	for _, g := range inputs.Distinct(in.GroupIDs) {
		if !landed[g] {
			list = append(list, schema.GrantedRole{RoleID: FindRoleByName(roles, access.Learner).ID,
				PlaceID: g})
		}
	}
	return list, nil
}

// RequireWithin is ADM-6 at the moment of saving; see the function of that name.
func (n *NamedPlaces) RequireWithin(may access.Permission, giver *access.Membership,
	g schema.Grant) error {
	return RequireWithin(may, giver, g, n.Roles, n.placeName)
}

// placeName is how a place that was read is called.
func (n *NamedPlaces) placeName(i ident.ID) string {
	for _, row := range n.Groups {
		if row.ID == i {
			return row.Name
		}
	}
	for _, row := range n.Sessions {
		if row.ID == i {
			return row.Name
		}
	}
	if n.Unit != nil && n.Unit.ID == i {
		return n.Unit.Name
	}
	return ""
}

// PlaceOf tells what kind of place an id is the id of.
func PlaceOf(i ident.ID) access.Place {
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

// FindRoleByName is the role of a key or an id, as requests name roles, or nil.
func FindRoleByName(roles []*ent.Role, name string) *ent.Role {
	for _, r := range roles {
		if r.Key == name || r.ID.String() == name {
			return r
		}
	}
	return nil
}

// ValidateAnswers checks answers to the workspace's own questions and brings them into one form.
func ValidateAnswers(ctx context.Context, db *ent.Client, at string,
	in map[string]any) (map[string]string, error) {
	if len(in) == 0 {
		return nil, nil
	}
	fields, err := db.CustomField.Query().
		Where(customfield.KeyIn(inputs.SortedKeys(in)...)).All(ctx)
	if err != nil {
		return nil, err
	}
	return ValidateAnswersTo(fields, at, in)
}

// ValidateAnswersTo is answers for who has read the questions.
func ValidateAnswersTo(fields []*ent.CustomField, at string,
	in map[string]any) (map[string]string, error) {
	var faults fault.Collector
	out := map[string]string{}
	for _, key := range inputs.SortedKeys(in) {
		value := in[key]
		i := slices.IndexFunc(fields, func(f *ent.CustomField) bool { return f.Key == key })
		if i < 0 {
			faults.Add(fault.Input(at+"."+key, "grant.no_field", i18n.Args{"Name": key}))
			continue
		}
		answer, ok := inputs.CanonicalAnswer(fields[i], value)
		if !ok {
			faults.Add(fault.Input(at+"."+key, "grant.field_answer_"+
				strings.ToLower(string(fields[i].Type)),
				i18n.Args{"Name": fields[i].Name,
					"Choices": strings.Join(fields[i].Choices, ", ")}))
		}
		if answer != "" {
			out[key] = answer
		}
	}
	return out, faults.Err()
}

// NotFoundAt is NOT_FOUND at a field: an unknown id and another workspace's are answered alike.
func NotFoundAt(field, key, name string) error {
	f := fault.New(fault.NotFound, key, i18n.Args{"Name": name})
	f.Field = field
	return f
}
