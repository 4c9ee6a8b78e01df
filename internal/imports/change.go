package imports

import (
	"cmp"
	"context"
	"slices"

	"usher/ent"
	"usher/ent/enrollment"
	"usher/ent/importbatch"
	entmember "usher/ent/member"
	"usher/ent/roleassignment"
	"usher/ent/schema"
	"usher/internal/access"
	"usher/internal/account"
	"usher/internal/admission"
	"usher/internal/fault"
	"usher/internal/ident"
	"usher/internal/inputs"
	"usher/internal/invitation"
	"usher/internal/member"
	"usher/internal/store"
)

// memberChange is what a row changes in a member: the part of its grant that the member lacks, and
// the names and language of an account that has none (BAT-2).
type memberChange struct {
	grant               schema.Grant
	first, last, locale string
	asksForAddress      bool // the person is asked whether the address of the row is theirs
	removal             memberRemoval
}

// isEmpty tells whether the change has no effect.
func (a memberChange) isEmpty() bool {
	g := a.grant
	return !a.asksForAddress && a.removal.isEmpty() && a.first == "" && a.last == "" && a.locale == "" && len(g.Roles) == 0 &&
		len(g.SessionIDs) == 0 && len(g.ProgramIDs) == 0 &&
		g.OrgUnitID.IsZero() && len(g.Labels) == 0 && g.AdditionalInfo == "" &&
		g.ExternalID == "" && g.ExternalSource == "" &&
		g.AccessExpiresAt == nil && len(g.CustomFields) == 0
}

// compareMembers compares rows that would change a member or an invitation with the present
// values. A row that changes nothing becomes UNCHANGED. A row whose change the caller may not make
// is rejected.
func (j *rowEvaluator) compareMembers(ctx context.Context, tx *store.Tx, rows []*candidate,
	f *rowFacts) error {
	// Loaded again with the authority, because the first lookup was by address alone.
	if err := j.loadMembers(ctx, tx, rows); err != nil {
		return err
	}
	if err := j.authorizeReturns(ctx, tx, rows, f); err != nil {
		return err
	}
	sessions, err := loadSessionIDs(ctx, tx, rows)
	if err != nil {
		return err
	}
	changes := map[*candidate]memberChange{}
	for _, c := range rows {
		switch {
		case c.outcome == RowReactivate:
			if change := j.diffMember(c, c.member.Edges.RoleAssignments,
				sessions[c.member.ID]); !change.isEmpty() {
				changes[c] = change
			}
		case c.outcome != RowUpdate:
		// A pending invitee has no member yet: the row changes their invitation.
		case c.member == nil:
			g := j.mergePendingGrant(c)
			if inputs.EqualGrants(g, c.pending.Grant) && !j.addsName(c) && !c.moves {
				c.outcome = RowUnchanged
			} else if !j.canGrantAll(c.pending) ||
				j.directory.requireStoredGrant(access.MembersInvite,
					j.directory.grantor, g) != nil {
				c.rejectRow(forbiddenAt("email", "import.not_yours_invited"))
			}
		case admission.AuthorityOver(j.by, c.member).RequireSomewhere(access.MembersUpdate) != nil:
			c.rejectRow(forbiddenAt("email", "import.not_yours"))
		default:
			changes[c] = j.diffMember(c, c.member.Edges.RoleAssignments, sessions[c.member.ID])
			if changes[c].isEmpty() {
				c.outcome = RowUnchanged
				delete(changes, c)
			}
		}
	}
	if err := j.authorizeChanges(ctx, tx, rows, changes); err != nil {
		return err
	}
	// After the ends of access, which may leave one administrator.
	if err := j.authorizeLeavers(ctx, tx, rows); err != nil {
		return err
	}
	return j.inviteUnverified(ctx, tx, changes)
}

// inviteUnverified turns rows that would give a role with permissions to a member with an
// unverified address into invitations to that address (AUT-6).
func (j *rowEvaluator) inviteUnverified(ctx context.Context, tx *store.Tx,
	changes map[*candidate]memberChange) error {
	var users []*ent.User
	for c := range changes {
		users = append(users, c.member.Edges.User)
	}
	unverified, err := account.UnverifiedOf(ctx, tx.Client, users)
	if err != nil {
		return err
	}
	// Nobody has shown control of the address yet, so its owner must accept an invitation first.
	for c, change := range changes {
		if !unverified[c.member.UserID] || !admission.RaisesPermissions(change.grant,
			j.directory.roles, c.member.Edges.RoleAssignments) {
			continue
		}
		switch c.outcome {
		case RowUpdate:
			c.outcome = RowInvite
		case RowReactivate:
			c.invites = true
		}
	}
	return nil
}

// loadMembers loads the members that rows would change, with what decides about authority over
// them. A running import has locked them. A row is rejected if its member was removed or
// deactivated since the lookup.
func (j *rowEvaluator) loadMembers(ctx context.Context, tx *store.Tx, rows []*candidate) error {
	var ids []ident.ID
	for _, c := range rows {
		if c.changesMember() {
			ids = append(ids, c.member.ID)
		}
	}
	if len(ids) == 0 {
		return nil
	}
	found, err := admission.WithAuthority(tx.Member.Query().Where(entmember.IDIn(ids...))).All(ctx)
	if err != nil {
		return err
	}
	of := map[ident.ID]*ent.Member{}
	for _, m := range found {
		of[m.ID] = m
	}
	for _, c := range rows {
		if !c.changesMember() {
			continue
		}
		// The member may have changed since the lookup, which took no lock.
		switch m := of[c.member.ID]; {
		case c.outcome == RowDeactivate:
			j.reloadLeaver(c, m)
		case m == nil:
			c.rejectRow(fault.Missing())
		case c.outcome == RowReactivate:
			if c.member = m; m.Status == entmember.StatusActive {
				c.outcome = RowUpdate
			}
		case m.Status == entmember.StatusDeactivated:
			c.addNote("DEACTIVATED", fault.New(fault.Conflict, "invite.deactivated"))
			c.outcome = RowError
		default:
			c.member = m
		}
	}
	return nil
}

// loadSessionIDs returns the ids of the sessions of the members that rows would change, by member.
func loadSessionIDs(ctx context.Context, tx *store.Tx,
	rows []*candidate) (map[ident.ID][]ident.ID, error) {
	var ids []ident.ID
	for _, c := range rows {
		if c.changesMember() && c.outcome != RowDeactivate {
			ids = append(ids, c.member.ID)
		}
	}
	sessions := map[ident.ID][]ident.ID{}
	if len(ids) == 0 {
		return sessions, nil
	}
	enrolled, err := tx.Enrollment.Query().Where(enrollment.MemberIDIn(ids...)).All(ctx)
	for _, e := range enrolled {
		sessions[e.MemberID] = append(sessions[e.MemberID], e.SessionID)
	}
	return sessions, err
}

// authorizeChanges checks for each change the permissions that updateMember checks. A row with one
// forbidden change changes nothing, and its error names the column.
func (j *rowEvaluator) authorizeChanges(ctx context.Context, tx *store.Tx, rows []*candidate,
	changes map[*candidate]memberChange) error {
	held, err := j.loadAccountRoles(ctx, tx, changes)
	if err != nil {
		return err
	}
	// permanent holds the administrators whose access does not end. Most imports change no end of
	// access, so it is read for the first row that needs it.
	var permanent map[ident.ID]bool
	if j.running || j.adminsWithNewExpiry == nil {
		// The preview writes nothing, so it carries the administrators of earlier chunks along. A
		// running import reads them from the database instead.
		j.adminsWithNewExpiry = map[ident.ID]bool{}
	}
	for _, c := range rows {
		change, changed := changes[c]
		if !changed {
			continue
		}
		if err := authorizeChange(admission.AuthorityOver(j.by, c.member), change,
			held[c.member.UserID]); err != nil {
			f, _ := fault.Of(err)
			c.rejectRow(f)
			continue
		}
		if change.grant.AccessExpiresAt == nil {
			continue
		}
		if permanent == nil {
			if permanent, err = permanentAdmins(ctx, tx, j.workspace.ID); err != nil {
				return err
			}
			for i := range j.adminsWithNewExpiry {
				delete(permanent, i)
			}
		}
		// Rows are compared one after the other, so that a file cannot end all administrators
		// together.
		if permanent[c.member.ID] {
			// The last administrator with permanent access keeps it, or the workspace would lose
			// everybody who can manage it.
			if len(permanent) == 1 {
				f := fault.New(fault.Conflict, "member.last_admin")
				f.Field = "accessExpiresAt"
				c.rejectRow(f)
				continue
			}
			delete(permanent, c.member.ID)
			j.adminsWithNewExpiry[c.member.ID] = true
		}
	}
	return nil
}

// permanentAdmins returns the active administrators whose access does not expire.
func permanentAdmins(ctx context.Context, tx *store.Tx,
	workspace ident.ID) (map[ident.ID]bool, error) {
	admins, err := admission.ActiveAdmins(ctx, tx.Client, workspace)
	set := map[ident.ID]bool{}
	for _, m := range admins {
		if m.AccessExpiresAt == nil {
			set[m.ID] = true
		}
	}
	return set, err
}

// loadAccountRoles loads the role assignments, in all workspaces, of the accounts whose name would
// change. An account has one name in all workspaces.
func (j *rowEvaluator) loadAccountRoles(ctx context.Context, tx *store.Tx,
	changes map[*candidate]memberChange) (map[ident.ID][]*ent.RoleAssignment, error) {
	var accounts []ident.ID
	for c, change := range changes {
		// Only these rows need the roles, and most imports have none of them.
		if change.changesAccount() {
			accounts = append(accounts, c.member.UserID)
		}
	}
	held := map[ident.ID][]*ent.RoleAssignment{}
	if len(accounts) == 0 {
		return held, nil
	}
	all, err := tx.RoleAssignment.Query().
		Where(roleassignment.HasMemberWith(entmember.UserIDIn(accounts...))).WithRole().
		WithMember().
		All(store.AsSystem(ctx, "an account has one name, in whatever workspaces it has a place"))
	for _, a := range all {
		u := a.Edges.Member.UserID
		held[u] = append(held[u], a)
	}
	return held, err
}

// changesAccount reports whether a change affects the account, which the member has in common with
// all its workspaces.
func (a memberChange) changesAccount() bool {
	return a.first != "" || a.last != "" || a.locale != ""
}

// authorizeChange checks each part of a change like updateMember, and puts a refusal at the column
// of the part. everywhere lists the assignments of the member's account in all workspaces.
func authorizeChange(over *admission.MemberAuthority, change memberChange,
	everywhere []*ent.RoleAssignment) error {
	for _, r := range change.grant.Roles {
		// A refusal names the column that the place came from, not the roles that follow from it.
		if !over.Here.Can(access.MembersUpdate, access.PlaceOf(r.PlaceID)) {
			column := map[ident.Kind]string{ident.Group: "groups", ident.OrgUnit: "orgUnit",
				ident.Session: "sessions"}[r.PlaceID.Kind()]
			return forbiddenAt(cmp.Or(column, "roles"), "import.place_not_yours")
		}
	}
	if change.removal.clearsUnit && !over.AtUnit(access.MembersUpdate) {
		if err := over.RequireFull(access.MembersUpdate); err != nil {
			return member.RefuseAt("orgUnit", err)
		}
	}
	if unit := change.grant.OrgUnitID; !unit.IsZero() {
		if err := over.RequireUnitMove(access.MembersUpdate, unit); err != nil {
			return member.RefuseAt("orgUnit", err)
		}
	}
	// Only new sessions are in the change: an export that is imported again needs no right to
	// enroll.
	if err := over.RequireEnrolling(change.grant.SessionIDs, change.grant.ProgramIDs); err != nil {
		return member.RefuseAt("sessions", err)
	}
	for _, part := range []struct {
		column  string
		changes bool
	}{
		{"labels", len(change.grant.Labels) > 0 || change.removal.labels != nil},
		{"additionalInfo", change.grant.AdditionalInfo != ""},
		{"externalId", change.grant.ExternalID != "" || change.grant.ExternalSource != ""},
		{"email", change.asksForAddress},
		{"customFields", len(change.grant.CustomFields) > 0},
		{"firstName", change.first != ""}, {"lastName", change.last != ""},
		{"locale", change.locale != ""},
	} {
		if !part.changes {
			continue
		}
		if err := over.RequireCare(access.MembersUpdate); err != nil {
			return member.RefuseAt(part.column, err)
		}
		if change.changesAccount() && !admission.CoversAll(over.AsGrantor, everywhere) {
			return forbiddenAt(part.column, "member.beyond")
		}
	}
	if change.grant.AccessExpiresAt != nil {
		if err := over.RequireFull(access.MembersUpdate); err != nil {
			return member.RefuseAt("accessExpiresAt", err)
		}
	}
	return nil
}

// forbiddenAt returns FORBIDDEN at a column.
func forbiddenAt(column, key string) *fault.Error {
	f := fault.New(fault.Forbidden, key)
	f.Field = column
	return f
}

// addsName tells whether a row has a name that the invitation lacks.
func (j *rowEvaluator) addsName(c *candidate) bool {
	return c.First != "" && c.pending.FirstName == nil || c.Last != "" && c.pending.LastName == nil
}

// mergePendingGrant returns the grant that a pending invitation has after a row. Roles in the whole
// workspace count only if the row or the import names them: they are a default otherwise.
func (j *rowEvaluator) mergePendingGrant(c *candidate) schema.Grant {
	more := c.Grant
	if !c.namesRoles {
		// The default role of the workspace must not come back to an invitation from which it was
		// taken.
		more.Roles = slices.DeleteFunc(slices.Clone(more.Roles), func(r schema.GrantedRole) bool {
			return r.PlaceID == j.workspace.ID
		})
	}
	if j.batch.Existing == importbatch.ExistingFillEmpty {
		return fillGrant(c.pending.Grant, more)
	}
	return j.replaceInGrant(invitation.MergeGrants(c.pending.Grant, more), more)
}

// fillGrant returns a grant whose empty parts are taken from another grant.
func fillGrant(old, more schema.Grant) schema.Grant {
	// Single values are taken from the older grant, which MergeGrants lets win as its second
	// argument.
	g := invitation.MergeGrants(more, old)
	// Roles belong to the groups where they are held, so both come from the same grant.
	if len(old.GroupIDs) > 0 {
		g.GroupIDs, g.Roles = old.GroupIDs, old.Roles
	}
	if len(old.SessionIDs) > 0 {
		g.SessionIDs = old.SessionIDs
	}
	if len(old.Labels) > 0 {
		g.Labels = old.Labels
	}
	return g
}

// diffMember returns the part of a row that the member lacks; under FILL_EMPTY only for values
// that are empty.
func (j *rowEvaluator) diffMember(c *candidate, held []*ent.RoleAssignment,
	sessions []ident.ID) memberChange {
	m, g, fill := c.member, c.Grant, j.batch.Existing == importbatch.ExistingFillEmpty
	a := memberChange{asksForAddress: c.moves, removal: j.diffRemoval(c, held)}
	j.addMissingRoles(&a, c, held)
	for _, s := range g.SessionIDs {
		if !slices.Contains(sessions, s) && (!fill || len(sessions) == 0) {
			a.grant.SessionIDs = append(a.grant.SessionIDs, s)
		}
	}
	for _, l := range g.Labels {
		if !slices.Contains(m.Labels, l) && (!fill || len(m.Labels) == 0) {
			a.grant.Labels = append(a.grant.Labels, l)
		}
	}
	a.setProfile(m, g, fill)
	a.setAccount(c, m.Edges.User)
	return a
}

// addMissingRoles adds the roles of a row that the member does not hold directly. Under FILL_EMPTY
// it adds only roles in groups, and only for a member who is in no group.
func (j *rowEvaluator) addMissingRoles(change *memberChange, c *candidate,
	held []*ent.RoleAssignment) {
	fill := j.batch.Existing == importbatch.ExistingFillEmpty
	inGroup := slices.ContainsFunc(held, func(change *ent.RoleAssignment) bool {
		return change.GroupID != nil
	})
	for _, r := range c.Grant.Roles {
		// The default role is not added to a member who may have lost it on purpose.
		if r.PlaceID == j.workspace.ID && !c.namesRoles || fill &&
			(inGroup || r.PlaceID.Kind() != ident.Group) {
			continue
		}
		if slices.ContainsFunc(held, func(change *ent.RoleAssignment) bool {
			return change.RoleID == r.RoleID && change.PlaceID == r.PlaceID && !change.Inherited
		}) {
			continue
		}
		change.grant.Roles = append(change.grant.Roles, r)
		if r.PlaceID.Kind() == ident.Group {
			change.grant.GroupIDs = inputs.Distinct(append(change.grant.GroupIDs, r.PlaceID))
		}
	}
}

// setProfile sets the single values of a grant that differ from the member's. With fill it sets
// only those that the member lacks.
func (a *memberChange) setProfile(m *ent.Member, g schema.Grant, fill bool) {
	// An empty cell never clears a value: a file often has fewer columns than the member has
	// values.
	if !g.OrgUnitID.IsZero() && (m.OrgUnitID == nil || !fill && *m.OrgUnitID != g.OrgUnitID) {
		a.grant.OrgUnitID = g.OrgUnitID
	}
	a.setExternalID(m, g)
	if g.AdditionalInfo != "" &&
		(m.AdditionalInfo == nil || !fill && *m.AdditionalInfo != g.AdditionalInfo) {
		a.grant.AdditionalInfo = g.AdditionalInfo
	}
	if g.AccessExpiresAt != nil &&
		(m.AccessExpiresAt == nil || !fill && !m.AccessExpiresAt.Equal(*g.AccessExpiresAt)) {
		// What happens at the end belongs to the date, so both change together.
		a.grant.AccessExpiresAt, a.grant.DeleteOnExpiry = g.AccessExpiresAt, g.DeleteOnExpiry
	}
	for key, answer := range g.CustomFields {
		if old := m.CustomFields[key]; old == "" || !fill && old != answer {
			if a.grant.CustomFields == nil {
				a.grant.CustomFields = map[string]string{}
			}
			a.grant.CustomFields[key] = answer
		}
	}
}

// setExternalID sets the external id that the member lacks, and its source.
func (a *memberChange) setExternalID(m *ent.Member, g schema.Grant) {
	if g.ExternalID == "" {
		return
	}
	// matchExternalID has rejected a row with another one.
	if m.ExternalID == nil {
		a.grant.ExternalID = g.ExternalID
	}
	// An id that nobody's sync has set becomes the source's when its file names it.
	if m.ExternalSource == nil {
		a.grant.ExternalSource = g.ExternalSource
	}
}

// setAccount sets the names and the language that the account lacks. An import never overwrites
// them: they belong to the account's owner.
func (a *memberChange) setAccount(c *candidate, u *ent.User) {
	if c.First != "" && u.FirstName == nil {
		a.first = c.First
	}
	if c.Last != "" && u.LastName == nil {
		a.last = c.Last
	}
	if c.Locale != "" && u.Locale == nil {
		a.locale = c.Locale
	}
}
