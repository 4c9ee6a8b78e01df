package admission

import (
	"context"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"usher/ent"
	"usher/ent/group"
	"usher/ent/schema"
	"usher/internal/access"
	"usher/internal/fault"
	"usher/internal/i18n"
	"usher/internal/ident"
	"usher/internal/inputs"
)

// GrantChange is a change of a stored grant. A field that is not set stays, one without a value is
// cleared. A list replaces the whole list; the lists to add and to remove change parts of it.
type GrantChange struct {
	Roles           inputs.Change[[]string]
	GroupIDs        inputs.Change[[]ident.ID]
	AddGroupIDs     []ident.ID
	RemoveGroupIDs  []ident.ID
	OrgUnitID       inputs.Change[ident.ID]
	SessionIDs      inputs.Change[[]ident.ID]
	ProgramIDs      inputs.Change[[]ident.ID]
	Labels          inputs.Change[[]string]
	AddLabels       []string
	RemoveLabels    []string
	AdditionalInfo  inputs.Change[string]
	Locale          inputs.Change[string]
	RedirectURL     inputs.Change[string]
	AccessExpiresAt inputs.Change[time.Time]
	DeleteOnExpiry  inputs.Change[bool]
	CustomFields    inputs.Change[map[string]any]
}

// ChangesPlaces tells whether the change names roles or groups.
func (c *GrantChange) ChangesPlaces() bool {
	return c.Roles.Set || c.GroupIDs.Set || len(c.AddGroupIDs)+len(c.RemoveGroupIDs) > 0
}

// ChangesLabels tells whether the change names labels.
func (c *GrantChange) ChangesLabels() bool {
	return c.Labels.Set || len(c.AddLabels)+len(c.RemoveLabels) > 0
}

// namedInput returns everything that the change names, as a grant of its own.
func (c *GrantChange) namedInput() *GrantInput {
	return &GrantInput{
		Roles:     valueOrZero(c.Roles.Value),
		GroupIDs:  slices.Concat(valueOrZero(c.GroupIDs.Value), c.AddGroupIDs),
		OrgUnitID: c.OrgUnitID.Value, SessionIDs: valueOrZero(c.SessionIDs.Value),
		ProgramIDs:     valueOrZero(c.ProgramIDs.Value),
		Labels:         slices.Concat(valueOrZero(c.Labels.Value), c.AddLabels),
		AdditionalInfo: c.AdditionalInfo.Value, Locale: c.Locale.Value,
		RedirectURL:     c.RedirectURL.Value,
		AccessExpiresAt: c.AccessExpiresAt.Value, DeleteOnExpiry: c.DeleteOnExpiry.Value,
		CustomFields: valueOrZero(c.CustomFields.Value),
	}
}

// renameFaults gives the faults of namedInput the fields of the change: what it adds stands there
// behind what replaces.
func (c *GrantChange) renameFaults(err error) error {
	f, ok := fault.Of(err)
	if !ok || f.Field == "" {
		return err
	}
	var renamed fault.Collector
	for _, v := range f.Violations() {
		field := v.Field
		for _, list := range []struct {
			from, to string
			replaced int
		}{
			{"grant.groupIds.", "grant.addGroupIds.", len(valueOrZero(c.GroupIDs.Value))},
			{"grant.labels.", "grant.addLabels.", len(valueOrZero(c.Labels.Value))},
		} {
			// namedInput holds the values that replace, then those to add. An index beyond the
			// first part is one of the second.
			index, named := strings.CutPrefix(field, list.from)
			if i, err := strconv.Atoi(index); named && err == nil && i >= list.replaced {
				field = list.to + strconv.Itoa(i-list.replaced)
			}
		}
		renamed.Add(fault.At(v, field))
	}
	return renamed.Err()
}

// ChangeGrant applies a change to a stored grant and compares the whole result with what the
// grantor holds (ADM-6), because the person who saves a grant becomes its grantor. Rows that no
// longer exist are left out.
func ChangeGrant(ctx context.Context, db *ent.Client, may access.Permission,
	grantor *access.Membership, w *ent.Workspace, previous schema.Grant, c *GrantChange,
	now time.Time) (schema.Grant, error) {
	g, err := ApplyChange(ctx, db, grantor, w, previous, c, now)
	if err != nil {
		return g, err
	}
	n, err := ReadGrant(ctx, db, g)
	if err != nil {
		return g, err
	}
	// Rows that were deleted since need no authority, and would otherwise refuse every later edit.
	g = n.WithoutMissing(g)
	if w.Settings.RequireGroup && len(g.GroupIDs) == 0 {
		return g, fault.Input("grant.groupIds", "grant.group_required")
	}
	return g, n.RequireWithin(may, grantor, g)
}

// ApplyChange returns a grant with a change applied. It loads the rows that the change names as far
// as the grantor can see them. It does not check what the grantor may give.
func ApplyChange(ctx context.Context, db *ent.Client, grantor *access.Membership,
	w *ent.Workspace, previous schema.Grant, c *GrantChange, now time.Time) (schema.Grant, error) {
	in := c.namedInput()
	var faults fault.Collector
	given, err := in.Validate(w, now)
	faults.Add(c.renameFaults(err))
	named, err := LoadNamed(AsMember(ctx, grantor), db, in)
	faults.Add(c.renameFaults(err))
	// A group to remove must be visible as well, or the answer would tell whether it exists.
	faults.Add(c.requireRemovedGroups(AsMember(ctx, grantor), db, previous))
	answers, err := c.validateAnswers(ctx, db)
	faults.Add(err)
	if err := faults.Err(); err != nil {
		return previous, err
	}

	// One grantor answers for the changed grant, so the parts of earlier grantors end.
	g := previous
	g.Parts = nil
	c.setPlaces(&g, given)
	c.setLabels(&g, given)
	if c.AdditionalInfo.Set {
		g.AdditionalInfo = given.AdditionalInfo
	}
	if c.Locale.Set {
		g.Locale = given.Locale
	}
	if c.RedirectURL.Set {
		g.RedirectURL = given.RedirectURL
	}
	if c.AccessExpiresAt.Set {
		g.AccessExpiresAt = given.AccessExpiresAt
	}
	if c.DeleteOnExpiry.Set {
		g.DeleteOnExpiry = given.DeleteOnExpiry
	}
	c.setAnswers(&g, answers)
	if n := len(g.GroupIDs); n > inputs.MaxPlaces {
		faults.Add(fault.Input("grant.addGroupIds", "grant.too_many",
			i18n.Args{"Max": inputs.MaxPlaces}))
	}
	if len(g.Labels) > inputs.MaxLabels {
		faults.Add(fault.Input("grant.addLabels", "grant.too_many",
			i18n.Args{"Max": inputs.MaxLabels}))
	}
	if err := faults.Err(); err != nil {
		return g, err
	}
	g.Roles, err = c.placeRoles(previous, g, named.Roles, w.ID)
	return g, err
}

// requireRemovedGroups returns NOT_FOUND for a group to remove that the grant does not hold and the
// grantor does not see. The answer must not depend on whether such a group exists.
func (c *GrantChange) requireRemovedGroups(ctx context.Context, db *ent.Client,
	previous schema.Grant) error {
	for i, id := range c.RemoveGroupIDs {
		if slices.Contains(previous.GroupIDs, id) {
			continue
		}
		found, err := db.Group.Query().Where(group.ID(id)).Exist(ctx)
		if err != nil {
			return err
		}
		if !found {
			return fault.At(fault.Missing(), "grant.removeGroupIds."+strconv.Itoa(i))
		}
	}
	return nil
}

// setPlaces sets the groups, the unit, the sessions and the programs.
func (c *GrantChange) setPlaces(g *schema.Grant, given schema.Grant) {
	groups := g.GroupIDs
	if c.GroupIDs.Set {
		groups = nil
	}
	// given holds the groups that replace the list and those to add.
	groups = inputs.Distinct(slices.Concat(groups, given.GroupIDs))
	g.GroupIDs = slices.DeleteFunc(groups, func(id ident.ID) bool {
		return slices.Contains(c.RemoveGroupIDs, id)
	})
	if c.OrgUnitID.Set {
		g.OrgUnitID = given.OrgUnitID
	}
	if c.SessionIDs.Set {
		g.SessionIDs = given.SessionIDs
	}
	if c.ProgramIDs.Set {
		g.ProgramIDs = given.ProgramIDs
	}
}

// setLabels sets the labels and keeps their order.
func (c *GrantChange) setLabels(g *schema.Grant, given schema.Grant) {
	labels := slices.Clone(g.Labels)
	if c.Labels.Set {
		labels = []string{}
	}
	for _, label := range given.Labels {
		if !slices.Contains(labels, label) {
			labels = append(labels, label)
		}
	}
	// Removed last, so that a label that is both added and removed is gone.
	g.Labels = slices.DeleteFunc(labels, func(label string) bool {
		return slices.ContainsFunc(c.RemoveLabels, func(gone string) bool {
			return strings.TrimSpace(gone) == label
		})
	})
}

// validateAnswers returns the named answers in their stored form.
func (c *GrantChange) validateAnswers(ctx context.Context,
	db *ent.Client) (map[string]string, error) {
	if c.CustomFields.Value == nil {
		return nil, nil
	}
	return ValidateAnswers(ctx, db, "grant.customFields", *c.CustomFields.Value)
}

// setAnswers sets the named answers and clears those that are named without a value.
func (c *GrantChange) setAnswers(g *schema.Grant, answers map[string]string) {
	switch {
	case !c.CustomFields.Set:
	case c.CustomFields.Value == nil:
		g.CustomFields = nil
	default:
		named, all := *c.CustomFields.Value, maps.Clone(g.CustomFields)
		maps.DeleteFunc(all, func(key, _ string) bool { _, there := named[key]; return there })
		g.CustomFields = inputs.MergeAnswers(all, answers)
	}
}

// placeRoles puts the roles at the places of the changed grant. Named roles are placed again.
// Otherwise each role stays at its place or ends with it. Roles at the unit move to the new unit.
func (c *GrantChange) placeRoles(previous, g schema.Grant, roles []*ent.Role,
	workspace ident.ID) ([]schema.GrantedRole, error) {
	in := &GrantInput{Roles: valueOrZero(c.Roles.Value), GroupIDs: g.GroupIDs,
		SessionIDs: g.SessionIDs}
	if !g.OrgUnitID.IsZero() {
		in.OrgUnitID = &g.OrgUnitID
	}
	// Named roles are distributed over the places like those of a new grant.
	if c.Roles.Set {
		return PlaceRoles(in, roles, workspace)
	}

	// From here on no role was named: those of the previous grant are kept where their place still
	// is.
	learner := FindRoleByName(roles, access.Learner).ID
	var kept []schema.GrantedRole
	landed := map[ident.ID]bool{}
	for _, r := range previous.Roles {
		if r.PlaceID.Kind() == ident.OrgUnit && r.PlaceID == previous.OrgUnitID {
			r.PlaceID = g.OrgUnitID
		}
		if !slices.Contains(g.GroupIDs, r.PlaceID) && !slices.Contains(g.SessionIDs, r.PlaceID) &&
			r.PlaceID != g.OrgUnitID && r.PlaceID.Kind() != ident.Workspace || r.PlaceID.IsZero() {
			continue
		}
		landed[r.PlaceID] = true
		kept = append(kept, r)
	}
	// Every group needs a role, or being in it would have no assignment.
	grew := false
	for _, i := range g.GroupIDs {
		if !landed[i] {
			kept, grew = append(kept, schema.GrantedRole{RoleID: learner, PlaceID: i}), true
		}
	}
	whole := schema.GrantedRole{RoleID: learner, PlaceID: workspace}
	switch {
	case grew: // a learner of a group is not a learner of the whole workspace as well
		kept = slices.DeleteFunc(kept, func(r schema.GrantedRole) bool { return r == whole })
	case len(kept) == 0:
		kept = append(kept, whole)
	}
	return kept, nil
}

// valueOrZero returns the value of a pointer, or the zero value for nil.
func valueOrZero[T any](v *T) (value T) {
	if v != nil {
		value = *v
	}
	return value
}
