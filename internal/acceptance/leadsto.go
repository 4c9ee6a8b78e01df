package acceptance

import (
	"context"
	"slices"
	"time"

	"entgo.io/ent/dialect"
	"entgo.io/ent/dialect/sql"
	"entgo.io/ent/dialect/sql/sqljson"

	"usher/ent"
	"usher/ent/group"
	entinvitation "usher/ent/invitation"
	"usher/ent/predicate"
	"usher/ent/program"
	"usher/ent/session"
	"usher/internal/grouptree"
	"usher/internal/ident"
	"usher/internal/inputs"
	"usher/internal/invitation"
	"usher/internal/store"
	"usher/internal/training"
)

// LeadsToSession returns a predicate for the invitations that lead into a session: those that name
// it, and the pending ones that lead there through a program or a group, as admission would work
// it out now (INV-15, ADM-7). It takes a few statements, whatever the number of invitations.
func LeadsToSession(ctx context.Context, db *ent.Client, id ident.ID,
	now time.Time) (_ predicate.Invitation, err error) {
	names := entinvitation.HasSessionsWith(session.ID(id))
	row, err := db.Session.Query().Where(session.ID(id)).Only(ctx)
	// Nothing but its own name leads into a session that is over or gone: programs and groups
	// enroll into current and coming ones.
	if ent.IsNotFound(err) || err == nil && training.IsOver(row, now) {
		return names, nil
	}
	if err != nil {
		return nil, err
	}

	// What leads there is the same for each caller. The list itself is limited to what they see.
	ctx = store.InWorkspace(ctx, row.WorkspaceID)
	ways := []predicate.Invitation{}
	reached, err := isReachedByProgram(ctx, db, row)
	if err != nil {
		return nil, err
	}
	if reached {
		ways = append(ways, grantNames("programIds", row.ProgramID))
	}
	groups, err := db.Group.Query().Where(group.HasProgramsWith(program.ID(row.ProgramID))).IDs(ctx)
	if err != nil {
		return nil, err
	}
	if len(groups) > 0 {
		byGroup, err := leadsIntoGroups(ctx, db, groups)
		if err != nil {
			return nil, err
		}
		ways = append(ways, byGroup)
	}
	if len(ways) == 0 {
		return names, nil
	}
	return entinvitation.Or(names, entinvitation.And(entinvitation.StatusEQ(entinvitation.StatusPending),
		entinvitation.Or(ways...))), nil
}

// SessionsAhead returns the sessions that each invitation of a page leads into, by the id of the
// invitation: those that its grant names, and for a pending one those that its programs and groups
// lead into, as admission would work it out now (ADM-7). It takes a few statements for each
// workspace.
func SessionsAhead(ctx context.Context, db *ent.Client, page []*ent.Invitation,
	now time.Time) (_ map[ident.ID][]ident.ID, err error) {
	ahead := map[ident.ID][]ident.ID{}
	open := map[ident.ID][]*ent.Invitation{}
	for _, inv := range page {
		ahead[inv.ID] = slices.Clone(inv.Grant.SessionIDs)
		if invitation.Status(inv, now) == entinvitation.StatusPending &&
			len(inv.Grant.GroupIDs)+len(inv.Grant.ProgramIDs) > 0 {
			open[inv.WorkspaceID] = append(open[inv.WorkspaceID], inv)
		}
	}
	for workspace, rows := range open {
		// As in LeadsToSession: the caller of SessionsAhead shows only what its reader sees.
		r := sessionReach{db: db, now: now}
		if err := r.loadReach(store.InWorkspace(ctx, workspace), rows); err != nil {
			return nil, err
		}
		for _, inv := range rows {
			for _, id := range r.sessionsOf(inv) {
				if !slices.Contains(ahead[inv.ID], id) {
					ahead[inv.ID] = append(ahead[inv.ID], id)
				}
			}
		}
	}
	return ahead, nil
}

// sessionReach holds what leads the pending invitations of one workspace into sessions.
type sessionReach struct {
	db  *ent.Client
	now time.Time

	tree       *grouptree.Tree
	learner    ident.ID
	programsOf map[ident.ID][]ident.ID // of the groups that the invitations lead into
	sessions   []*ent.Session          // of all these programs, unless they are over
	open       map[ident.ID]bool       // programs with an always-open session
}

// loadReach reads the groups, programs and sessions that invitations lead into.
func (r *sessionReach) loadReach(ctx context.Context, rows []*ent.Invitation) (err error) {
	var programs []ident.ID
	grouped := false
	for _, inv := range rows {
		programs = append(programs, inv.Grant.ProgramIDs...)
		grouped = grouped || len(inv.Grant.GroupIDs) > 0
	}
	r.programsOf, r.open = map[ident.ID][]ident.ID{}, map[ident.ID]bool{}
	if grouped {
		tx := &store.Tx{Client: r.db} // it only reads
		if r.tree, err = grouptree.Load(ctx, tx); err != nil {
			return err
		}
		if r.learner, err = grouptree.LearnerRole(ctx, tx); err != nil {
			return err
		}
		var entered []ident.ID
		for _, inv := range rows {
			entered = append(entered, r.groupsOf(inv)...)
		}
		// Most groups have no program, and then one statement is enough.
		led := group.IDIn(inputs.Distinct(entered)...)
		rows, err := r.db.Program.Query().Where(program.HasGroupsWith(led)).
			WithGroups(func(q *ent.GroupQuery) { q.Where(led).Select(group.FieldID) }).All(ctx)
		if err != nil {
			return err
		}
		for _, p := range rows {
			programs = append(programs, p.ID)
			for _, g := range p.Edges.Groups {
				r.programsOf[g.ID] = append(r.programsOf[g.ID], p.ID)
			}
		}
	}
	if len(programs) == 0 {
		return nil
	}
	r.sessions, err = r.db.Session.Query().Where(session.ProgramIDIn(inputs.Distinct(programs)...),
		session.Or(session.EndsAtIsNil(), session.EndsAtGT(r.now))).
		Order(ent.Asc(session.FieldID)).All(ctx)
	for _, s := range r.sessions {
		r.open[s.ProgramID] = r.open[s.ProgramID] || isAlwaysOpen(s)
	}
	return err
}

// groupsOf returns the groups that an invitation leads into: those of its grant, and those in which
// its learners inherit membership (ADM-2).
func (r *sessionReach) groupsOf(inv *ent.Invitation) []ident.ID {
	groups := slices.Clone(inv.Grant.GroupIDs)
	for _, id := range inv.Grant.GroupIDs {
		if grouptree.MakesLearner(inv.Grant.Roles, id, r.learner) {
			groups = append(groups, r.tree.InheritingGroups(id)...)
		}
	}
	return groups
}

// sessionsOf returns the sessions that an invitation leads into beside the named ones.
func (r *sessionReach) sessionsOf(inv *ent.Invitation) (ids []ident.ID) {
	var byGroup []ident.ID
	if r.tree != nil {
		for _, id := range r.groupsOf(inv) {
			byGroup = append(byGroup, r.programsOf[id]...)
		}
	}
	for _, s := range r.sessions {
		// A named program enrolls into its always-open session alone, if it has one (INV-17).
		named := slices.Contains(inv.Grant.ProgramIDs, s.ProgramID) &&
			(isAlwaysOpen(s) || !r.open[s.ProgramID])
		if named || slices.Contains(byGroup, s.ProgramID) {
			ids = append(ids, s.ID)
		}
	}
	return ids
}

// isAlwaysOpen tells whether a session has no dates.
func isAlwaysOpen(s *ent.Session) bool { return s.StartsAt == nil && s.EndsAt == nil }

// isReachedByProgram tells whether a grant that names the program of a session leads into it: not
// if the program has an always-open session and this is another one (INV-17).
func isReachedByProgram(ctx context.Context, db *ent.Client, row *ent.Session) (bool, error) {
	if isAlwaysOpen(row) {
		return true, nil
	}
	open, err := db.Session.Query().Where(session.ProgramID(row.ProgramID),
		session.StartsAtIsNil(), session.EndsAtIsNil()).Exist(ctx)
	return !open, err
}

// leadsIntoGroups selects the invitations into some groups: into the groups themselves, and as a
// learner into a group below whose learners inherit membership in one of them (ADM-2).
func leadsIntoGroups(ctx context.Context, db *ent.Client,
	groups []ident.ID) (predicate.Invitation, error) {
	direct := entinvitation.HasGroupsWith(group.IDIn(groups...))
	// grouptree takes a transaction, because most of its callers write.
	tx := &store.Tx{Client: db} // it only reads
	tree, err := grouptree.Load(ctx, tx)
	if err != nil {
		return nil, err
	}
	var below []ident.ID
	for _, g := range groups {
		for _, source := range tree.SourceGroups(g) {
			if !slices.Contains(groups, source) && !slices.Contains(below, source) {
				below = append(below, source)
			}
		}
	}
	// No group inherits into these, and the role need not be looked up.
	if len(below) == 0 {
		return direct, nil
	}
	learner, err := grouptree.LearnerRole(ctx, tx)
	if err != nil {
		return nil, err
	}
	return entinvitation.Or(direct, entinvitation.And(entinvitation.HasGroupsWith(group.IDIn(below...)),
		grantPlaces(learner, below))), nil
}

// grantNames selects the invitations whose grant has an id in one of its lists.
func grantNames(list string, id ident.ID) predicate.Invitation {
	return func(s *sql.Selector) {
		s.Where(sqljson.ValueContains(s.C(entinvitation.FieldGrant), id.String(),
			sqljson.Path(list)))
	}
}

// grantPlaces selects the invitations whose grant gives a role at one of some places.
func grantPlaces(role ident.ID, places []ident.ID) predicate.Invitation {
	texts := make([]any, len(places))
	for i, id := range places {
		texts[i] = id.String()
	}
	return func(s *sql.Selector) {
		s.Where(sql.P(func(b *sql.Builder) {
			roleAt, placeAt := "json_extract(given.value, '$.roleId')",
				"json_extract(given.value, '$.placeId')"
			if b.Dialect() == dialect.Postgres {
				roleAt, placeAt = "given.value->>'roleId'", "given.value->>'placeId'"
				// Role and place must stand in one element, which containment of the whole list
				// cannot ask.
				b.WriteString("EXISTS (SELECT 1 FROM jsonb_array_elements(").
					Ident(s.C(entinvitation.FieldGrant)).
					WriteString("->'roles') AS given(value) WHERE ")
			} else {
				b.WriteString("EXISTS (SELECT 1 FROM json_each(").
					Ident(s.C(entinvitation.FieldGrant)).WriteString(", '$.roles') AS given WHERE ")
			}
			b.WriteString(roleAt + " = ").Arg(role.String()).
				WriteString(" AND " + placeAt + " IN (").
				Args(texts...).WriteString("))")
		}))
	}
}
