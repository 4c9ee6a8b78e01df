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
	"usher/internal/weburl"
)

// GrantInput is the grant of a request. Roles are keys of built-in roles or ids of custom roles.
type GrantInput struct {
	Roles           []string
	GroupIDs        []ident.ID
	OrgUnitID       *ident.ID
	SessionIDs      []ident.ID
	ProgramIDs      []ident.ID
	Labels          []string
	AdditionalInfo  *string
	Locale          *string
	RedirectURL     *string
	AccessExpiresAt *time.Time
	DeleteOnExpiry  *bool
	CustomFields    map[string]any
}

// ResolveGrant validates a requested grant. It loads each row that the grant names, as far as the
// grantor can see it, puts each role at its places, and compares the result with what the grantor
// holds (ADM-6). Errors: BAD_USER_INPUT, NOT_FOUND at the field, FORBIDDEN.
func ResolveGrant(ctx context.Context, db *ent.Client, may access.Permission,
	grantor *access.Membership, w *ent.Workspace, in *GrantInput, now time.Time) (schema.Grant,
	error) {
	if in == nil {
		in = &GrantInput{}
	}
	// A list that is too long is refused before its rows are read.
	if err := in.checkLengths(); err != nil {
		return schema.Grant{}, err
	}
	var faults fault.Collector
	// From here on faults are collected, so that a form shows all of them together.
	g, err := in.Validate(w, now)
	faults.Add(err)
	// Security: read with the eyes of the grantor. A row that they do not see is NOT_FOUND, even if
	// it exists.
	named, err := LoadNamed(AsMember(ctx, grantor), db, in)
	faults.Add(err)
	// A setting of the workspace, so it is not part of Validate, which needs no rows.
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
	// Only for a grant without faults: it takes for granted that each named role was found.
	if g.Roles, err = PlaceRoles(in, named.Roles, w.ID); err != nil {
		return g, err
	}
	return g, named.RequireWithin(may, grantor, g)
}

// Validate checks everything that needs no database, and reports all faults together.
func (in *GrantInput) Validate(w *ent.Workspace, now time.Time) (schema.Grant, error) {
	var faults fault.Collector
	// Callers that change a stored grant come here directly, without ResolveGrant.
	faults.Add(in.checkLengths())
	g := schema.Grant{
		GroupIDs: inputs.Distinct(in.GroupIDs), SessionIDs: inputs.Distinct(in.SessionIDs),
		ProgramIDs: inputs.Distinct(in.ProgramIDs),
		Labels:     []string{}, DeleteOnExpiry: in.DeleteOnExpiry != nil && *in.DeleteOnExpiry,
	}
	for i, label := range in.Labels {
		label = strings.TrimSpace(label)
		// Labels are shown in lists and files, where an unprintable character could hide something.
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
	g.RedirectURL, err = parseRedirectURL(w, in.RedirectURL)
	faults.Add(err)
	if in.OrgUnitID != nil {
		g.OrgUnitID = *in.OrgUnitID
	}
	if in.AccessExpiresAt != nil {
		// A date without a time means the end of that day where the workspace is (ADM-8).
		end := scalar.EndIn(*in.AccessExpiresAt, i18n.LoadZone(w.TimeZone))
		if !end.After(now) {
			faults.Add(fault.Input("grant.accessExpiresAt", "grant.access_past",
				i18n.Args{"Date": end.Format(time.DateOnly)}))
		}
		g.AccessExpiresAt = &end
	}
	return g, faults.Err()
}

// parseRedirectURL validates where a grant leads (INV-21): a page that the workspace allows. The
// result is in the canonical spelling, "" for none. BAD_USER_INPUT at grant.redirectUrl.
func parseRedirectURL(w *ent.Workspace, value *string) (string, error) {
	if inputs.ValueOrEmpty(value) == "" {
		return "", nil
	}
	u, ok := weburl.ParsePage(*value)
	switch {
	case !ok:
		return "", fault.Input("grant.redirectUrl", "grant.redirect_malformed")
	case !weburl.IsBelow(u.String(), w.Settings.AllowedRedirectURLs):
		return "", fault.Input("grant.redirectUrl", "grant.redirect_not_allowed")
	}
	return u.String(), nil
}

// checkLengths refuses lists that are too long, all of them together.
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
			faults.Add(fault.Input("grant."+list.field, "grant.too_many",
				i18n.Args{"Max": list.max}))
		}
	}
	return faults.Err()
}

// NamedPlaces are the rows that a grant names.
type NamedPlaces struct {
	Roles    []*ent.Role
	Groups   []*ent.Group
	Unit     *ent.OrgUnit
	Sessions []*ent.Session
	IDs      []ident.ID // of all of these, and of the programs
}

// AsMember returns a context that reads what the membership may see of its workspace.
func AsMember(ctx context.Context, m *access.Membership) context.Context {
	return store.AsCaller(ctx, &access.Caller{Memberships: []access.Membership{*m}})
}

// LoadNamed loads every row that the input names. NOT_FOUND at its field, such as
// "grant.groupIds.0", for a row that does not exist, belongs to another workspace, or is not
// visible to the reader. The three answers are the same and tell no name. All missing rows are
// reported.
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
	// The message names no unit: its name is not known to a caller who does not see it.
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

// readNamed loads the rows that the input names and that exist, with one statement for each kind.
func readNamed(ctx context.Context, db *ent.Client, in *GrantInput) (*NamedPlaces, error) {
	n := &NamedPlaces{}
	// The learner role is the default, and the role in a group for which no other role fits.
	keys, ids := []string{access.Learner}, []ident.ID{}
	for _, r := range in.Roles {
		// A key of a role never has the form of an id, so the text itself tells which of the two it
		// is.
		if id, err := ident.Parse(r); err == nil {
			ids = append(ids, id)
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
			// What is missing in IDs was not found: the caller compares them with the input.
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

// RequireOpenSessions refuses a session that is over with BAD_USER_INPUT. Admission skips a session
// that ends after the grant was saved.
func RequireOpenSessions(named []*ent.Session, now time.Time) error {
	for _, row := range named {
		if training.IsOver(row, now) {
			return fault.Input("grant.sessionIds", "register.over", i18n.Args{"Name": row.Name})
		}
	}
	return nil
}

// PlaceRoles puts each role at all named places at which it can be held. A custom role is put at
// the places of the first kind that is named. Enrollments are separate: a session is the place of a
// role only for roles that are held there. BAD_USER_INPUT for a role that fits no named place.
func PlaceRoles(in *GrantInput, roles []*ent.Role,
	workspace ident.ID) ([]schema.GrantedRole, error) {
	var list []schema.GrantedRole
	asked := in.Roles
	if len(asked) == 0 {
		asked = []string{access.Learner}
	}
	// The places at which some role has landed.
	landed := map[ident.ID]bool{}
	for i, key := range asked {
		r := FindRoleByName(roles, key)
		var places []ident.ID
		for _, kind := range access.PlacesOf(r.Key) {
			switch {
			// A custom role is put at one kind of place. Otherwise naming a group would give it in
			// the whole workspace as well.
			case len(places) > 0 && !access.IsBuiltIn(r.Key):
			case kind == access.InGroup:
				places = append(places, inputs.Distinct(in.GroupIDs)...)
			case kind == access.InOrgUnit && in.OrgUnitID != nil:
				places = append(places, *in.OrgUnitID)
			case kind == access.InSession:
				places = append(places, inputs.Distinct(in.SessionIDs)...)
			// The workspace is what is left if no place was named.
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
	// A named group is always joined, as a learner if no other role fits.
	for _, g := range inputs.Distinct(in.GroupIDs) {
		if !landed[g] {
			list = append(list, schema.GrantedRole{RoleID: FindRoleByName(roles, access.Learner).ID,
				PlaceID: g})
		}
	}
	return list, nil
}

// FindRoleByName returns the role with the key or id, as requests name roles, or nil.
func FindRoleByName(roles []*ent.Role, name string) *ent.Role {
	for _, r := range roles {
		if r.Key == name || r.ID.String() == name {
			return r
		}
	}
	return nil
}

// FindRoleByID returns the role with the id, or nil.
func FindRoleByID(roles []*ent.Role, id ident.ID) *ent.Role {
	for _, r := range roles {
		if r.ID == id {
			return r
		}
	}
	return nil
}

// RoleIDs returns the ids of the roles of a grant.
func RoleIDs(g schema.Grant) []ident.ID {
	ids := make([]ident.ID, len(g.Roles))
	for i, r := range g.Roles {
		ids[i] = r.RoleID
	}
	return ids
}

// ValidateAnswers validates answers to the workspace's custom fields and returns them in stored
// form. BAD_USER_INPUT at the field, below the given path.
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
	return inputs.ValidateAnswers(fields, at, in)
}

// NotFoundAt returns NOT_FOUND at a field. An unknown id and one of another workspace get this same
// answer.
func NotFoundAt(field, key, name string) error {
	f := fault.New(fault.NotFound, key, i18n.Args{"Name": name})
	f.Field = field
	return f
}

// grantHolder is the mutation of a row that holds a grant and its grantor: an invitation or a join
// link.
type grantHolder interface {
	SetGrant(schema.Grant)
	ClearGroups()
	AddGroupIDs(...ident.ID)
	ClearSessions()
	AddSessionIDs(...ident.ID)
	ClearRoles()
	AddRoleIDs(...ident.ID)
	ClearOrgUnit()
	SetOrgUnitID(ident.ID)
	SetGrantorID(ident.ID)
	ClearGrantor()
	SetGrantorKeyID(ident.ID)
	ClearGrantorKey()
}

// SetGrant writes a grant into a row: the value, and beside it the edges that lists and filters
// use.
func SetGrant(m grantHolder, g schema.Grant) {
	m.SetGrant(g)
	if inv, is := m.(*ent.InvitationMutation); is {
		inv.SetSeveralGrantors(len(g.Parts) > 0)
		// Not cleared first: a statement may name a column once.
		if g.ExternalID == "" {
			inv.ClearExternalID()
		} else {
			inv.SetExternalID(g.ExternalID)
		}
	}
	m.ClearGroups()
	m.AddGroupIDs(g.GroupIDs...)
	m.ClearSessions()
	m.AddSessionIDs(g.SessionIDs...)
	m.ClearRoles()
	m.AddRoleIDs(inputs.Distinct(RoleIDs(g))...)
	m.ClearOrgUnit()
	if !g.OrgUnitID.IsZero() {
		m.SetOrgUnitID(g.OrgUnitID)
	}
}

// SetGrantor stores who saved the grant: a member or an API key (ADM-9).
func SetGrantor(m grantHolder, by *access.Caller, workspace ident.ID) {
	if member := by.In(workspace); member != nil && !member.MemberID.IsZero() {
		m.SetGrantorID(member.MemberID)
		m.ClearGrantorKey()
		return
	}
	m.ClearGrantor()
	m.SetGrantorKeyID(by.KeyID)
}
