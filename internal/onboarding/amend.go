package onboarding

import (
	"context"
	"encoding/json"
	"slices"
	"time"

	"usher/ent"
	"usher/ent/assignmentsource"
	"usher/ent/enrollment"
	"usher/ent/importbatch"
	"usher/ent/roleassignment"
	"usher/ent/schema"
	"usher/internal/access"
	"usher/internal/account"
	"usher/internal/audit"
	"usher/internal/fault"
	"usher/internal/ident"
	"usher/internal/store"
)

// amendment is what a row changes of somebody who is there: the part of its grant that they lack, and the names and
// language of an account that has none (BAT-2).
type amendment struct {
	part                schema.Grant
	first, last, locale string
}

func (a amendment) empty() bool {
	g := a.part
	return a.first == "" && a.last == "" && a.locale == "" && len(g.Roles) == 0 && len(g.SessionIDs) == 0 && len(g.ProgramIDs) == 0 &&
		g.OrgUnitID.IsZero() && len(g.Labels) == 0 && g.AdditionalInfo == "" && g.AccessExpiresAt == nil && len(g.CustomFields) == 0
}

// amends compares rows that would change somebody with how those are now: what changes nothing is UNCHANGED, and nobody is
// changed by who may not.
func (j *judging) amends(ctx context.Context, tx *store.Tx, rows []*candidate) error {
	var ids []ident.ID
	for _, c := range rows {
		if c.outcome == RowUpdate && c.member != nil {
			ids = append(ids, c.member.ID)
		}
	}
	held, sessions := map[ident.ID][]*ent.RoleAssignment{}, map[ident.ID][]ident.ID{}
	if len(ids) > 0 {
		all, err := tx.RoleAssignment.Query().Where(roleassignment.MemberIDIn(ids...)).All(ctx)
		if err != nil {
			return err
		}
		for _, a := range all {
			held[a.MemberID] = append(held[a.MemberID], a)
		}
		enrolled, err := tx.Enrollment.Query().Where(enrollment.MemberIDIn(ids...)).All(ctx)
		if err != nil {
			return err
		}
		for _, e := range enrolled {
			sessions[e.MemberID] = append(sessions[e.MemberID], e.SessionID)
		}
	}
	for _, c := range rows {
		switch {
		case c.outcome != RowUpdate:
		case c.member == nil: // somebody who is invited
			if g := j.promised(c); same(g, c.pending.Grant) && !j.names(c) {
				c.outcome = RowUnchanged
			}
		case !j.serves(c.member, held[c.member.ID]):
			c.fail(fault.New(fault.Forbidden, "import.not_yours"))
		case j.amendment(c, held[c.member.ID], sessions[c.member.ID]).empty():
			c.outcome = RowUnchanged
		}
	}
	return nil
}

// same compares grants by what they say.
func same(a, b schema.Grant) bool {
	x, _ := json.Marshal(a)
	y, _ := json.Marshal(b)
	return string(x) == string(y)
}

// names tells whether a row knows a name that an invitation lacks.
func (j *judging) names(c *candidate) bool {
	return c.first != "" && c.pending.FirstName == nil || c.last != "" && c.pending.LastName == nil
}

// promised is what an invitation holds after a row.
func (j *judging) promised(c *candidate) schema.Grant {
	more := c.grant
	if !c.explicit {
		more.Roles = slices.DeleteFunc(slices.Clone(more.Roles), func(r schema.GrantedRole) bool { return r.PlaceID == j.workspace.ID })
	}
	if j.batch.Existing == importbatch.ExistingFillEmpty {
		return filled(c.pending.Grant, more)
	}
	return union(c.pending.Grant, more)
}

// filled is a grant with what it lacks taken from another.
func filled(old, more schema.Grant) schema.Grant {
	g := union(more, old) // what is said once, the older says
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

// serves tells whether who imports may change a member: everywhere, or where the member is.
func (j *judging) serves(m *ent.Member, held []*ent.RoleAssignment) bool {
	giver := j.dir.giver
	if giver.Throughout(access.MembersUpdate) {
		return true
	}
	if m.OrgUnitID != nil && giver.Can(access.MembersUpdate, access.OrgUnit(*m.OrgUnitID)) {
		return true
	}
	return slices.ContainsFunc(held, func(a *ent.RoleAssignment) bool {
		return a.GroupID != nil && giver.Can(access.MembersUpdate, access.Group(*a.GroupID))
	})
}

// amendment is what a member lacks of what a row gives; under FILL_EMPTY only where they have nothing yet.
func (j *judging) amendment(c *candidate, held []*ent.RoleAssignment, sessions []ident.ID) amendment {
	m, g, fill := c.member, c.grant, j.batch.Existing == importbatch.ExistingFillEmpty
	a := amendment{}
	inGroup := slices.ContainsFunc(held, func(a *ent.RoleAssignment) bool { return a.GroupID != nil })
	for _, r := range g.Roles {
		if r.PlaceID == j.workspace.ID && !c.explicit || fill && (inGroup || r.PlaceID.Kind() != ident.Group) {
			continue
		}
		if !slices.ContainsFunc(held, func(a *ent.RoleAssignment) bool {
			return a.RoleID == r.RoleID && a.PlaceID == r.PlaceID && !a.Inherited
		}) {
			a.part.Roles = append(a.part.Roles, r)
			if r.PlaceID.Kind() == ident.Group {
				a.part.GroupIDs = unique(append(a.part.GroupIDs, r.PlaceID))
			}
		}
	}
	for _, s := range g.SessionIDs {
		if !slices.Contains(sessions, s) && (!fill || len(sessions) == 0) {
			a.part.SessionIDs = append(a.part.SessionIDs, s)
		}
	}
	if !g.OrgUnitID.IsZero() && (m.OrgUnitID == nil || !fill && *m.OrgUnitID != g.OrgUnitID) {
		a.part.OrgUnitID = g.OrgUnitID
	}
	for _, l := range g.Labels {
		if !slices.Contains(m.Labels, l) && (!fill || len(m.Labels) == 0) {
			a.part.Labels = append(a.part.Labels, l)
		}
	}
	if g.AdditionalInfo != "" && (m.AdditionalInfo == nil || !fill && *m.AdditionalInfo != g.AdditionalInfo) {
		a.part.AdditionalInfo = g.AdditionalInfo
	}
	if g.AccessExpiresAt != nil && (m.AccessExpiresAt == nil || !fill && !m.AccessExpiresAt.Equal(*g.AccessExpiresAt)) {
		a.part.AccessExpiresAt, a.part.DeleteOnExpiry = g.AccessExpiresAt, g.DeleteOnExpiry
	}
	for key, answer := range g.CustomFields {
		if old := m.CustomFields[key]; old == "" || !fill && old != answer {
			if a.part.CustomFields == nil {
				a.part.CustomFields = map[string]string{}
			}
			a.part.CustomFields[key] = answer
		}
	}
	u := m.Edges.User
	if c.first != "" && u.FirstName == nil {
		a.first = c.first
	}
	if c.last != "" && u.LastName == nil {
		a.last = c.last
	}
	if c.locale != "" && u.Locale == nil {
		a.locale = c.locale
	}
	return a
}

// amend changes somebody who is there, and notes in the journal what was there before.
func (w *worker) amend(ctx context.Context, c *candidate) error {
	m := c.member
	held, err := w.tx.RoleAssignment.Query().Where(roleassignment.MemberID(m.ID)).All(ctx)
	if err != nil {
		return err
	}
	enrolled, err := w.tx.Enrollment.Query().Where(enrollment.MemberID(m.ID)).All(ctx)
	if err != nil {
		return err
	}
	var sessions []ident.ID
	for _, e := range enrolled {
		sessions = append(sessions, e.SessionID)
	}
	change := w.amendment(c, held, sessions)
	a := admission{
		Service: w.service, tx: w.tx, workspace: w.workspace, member: m, user: m.Edges.User, grant: change.part, giver: w.dir.giver, now: w.now,
		via: via{door: doorImport, by: w.by, kind: assignmentsource.KindImport, source: w.batch.ID},
	}
	if err := a.apply(ctx); err != nil {
		return err
	}
	w.journalMember(c.number, m, a.member)
	after, err := w.tx.Enrollment.Query().Where(enrollment.MemberID(m.ID), enrollment.SessionIDNotIn(sessions...)).IDs(ctx)
	if err != nil {
		return err
	}
	for _, i := range after {
		w.journal(c.number, "LINKED", i)
	}
	if change.first != "" || change.last != "" || change.locale != "" {
		if err := w.rename(ctx, c, change); err != nil {
			return err
		}
	}
	w.events = append(w.events, audit.Event{WorkspaceID: w.workspace.ID, Action: audit.MemberGranted, Door: doorImport, By: w.by, SubjectID: w.batch.ID, MemberID: m.ID})
	return nil
}

// rename fills the empty names and language of an account.
func (w *worker) rename(ctx context.Context, c *candidate, change amendment) error {
	u := c.member.Edges.User
	update := w.tx.User.UpdateOne(u).SetNillableFirstName(optional(change.first)).SetNillableLastName(optional(change.last)).SetNillableLocale(optional(change.locale))
	filled, err := update.Save(store.AsSystem(ctx, "an account is the person's, not the workspace's; only what is empty is filled"))
	if err != nil {
		return err
	}
	if err := account.CopyNames(ctx, w.tx, filled); err != nil {
		return err
	}
	var cells []schema.Cell
	for column, filled := range map[string]string{"first_name": change.first, "last_name": change.last, "locale": change.locale} {
		if filled != "" {
			cells = append(cells, schema.Cell{Column: column, After: filled})
		}
	}
	w.journal(c.number, "CHANGED", u.ID, cells...)
	return nil
}

// journalMember notes the columns of a member that a row changed.
func (w *worker) journalMember(number int, before, after *ent.Member) {
	var cells []schema.Cell
	for i, column := range [][2]any{
		{before.OrgUnitID, after.OrgUnitID}, {before.Labels, after.Labels}, {before.AdditionalInfo, after.AdditionalInfo},
		{moment(before.AccessExpiresAt), moment(after.AccessExpiresAt)}, {before.DeleteOnExpiry, after.DeleteOnExpiry}, {before.CustomFields, after.CustomFields},
	} {
		was, _ := json.Marshal(column[0])
		is, _ := json.Marshal(column[1])
		if string(was) != string(is) {
			cells = append(cells, schema.Cell{Column: memberColumns[i], Before: string(was), After: string(is)})
		}
	}
	if len(cells) > 0 {
		w.journal(number, "CHANGED", after.ID, cells...)
	}
}

// memberColumns are what a row can change of a member, in the order of the journal.
var memberColumns = []string{"org_unit_id", "labels", "additional_info", "access_expires_at", "delete_on_expiry", "custom_fields"}

// moment is a time as both databases keep it.
func moment(t *time.Time) *time.Time {
	if t == nil {
		return nil
	}
	u := t.UTC().Truncate(time.Microsecond)
	return &u
}
