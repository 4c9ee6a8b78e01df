package graph

import (
	"context"
	"maps"
	"slices"
	"usher/internal/acceptance"

	"entgo.io/ent/dialect/sql"
	"github.com/99designs/gqlgen/graphql"

	"usher/ent"
	"usher/ent/enrollment"
	"usher/ent/group"
	"usher/ent/member"
	"usher/ent/program"
	"usher/ent/role"
	"usher/ent/roleassignment"
	"usher/ent/session"
	"usher/internal/access"
	"usher/internal/ident"
	"usher/internal/inputs"
)

// These fields are read for all rows of a page by one statement, or by one for each level of a
// tree, as far as the caller sees what is counted or named.

// loadOnce loads something for all rows of a page that ask for the same field.
func loadOnce[T, V any](ctx context.Context, page *ent.Page[T], load func() (V, error)) (V, error) {
	v, err := page.Once(graphql.GetFieldContext(ctx).Field.Field, func() (any, error) {
		return load()
	})
	if err != nil {
		var none V
		return none, err
	}
	return v.(V), nil
}

// idsOf returns the ids of rows.
func idsOf[T any](rows []*T, id func(*T) ident.ID) []ident.ID {
	ids := make([]ident.ID, len(rows))
	for i, row := range rows {
		ids[i] = id(row)
	}
	return ids
}

func groupID(g *ent.Group) ident.ID     { return g.ID }
func programID(p *ent.Program) ident.ID { return p.ID }
func sessionID(s *ent.Session) ident.ID { return s.ID }

// groupNames returns the names from the top of the tree down to each group of a page.
func (r *Resolver) groupPaths(ctx context.Context,
	page []*ent.Group) (map[ident.ID][]string, error) {
	ids := idsOf(page, groupID)
	known := map[ident.ID]*ent.Group{}
	// One statement for each level of the tree, whatever the number of groups. Levels are few.
	for len(ids) > 0 {
		rows, err := r.Reads.Group.Query().Where(group.IDIn(ids...)).
			Select(group.FieldName, group.FieldParentID).All(ctx)
		if err != nil {
			return nil, err
		}
		for _, row := range rows {
			known[row.ID] = row
		}
		ids = nil
		for _, row := range rows {
			// Groups of a page often have common ancestors, which are read once.
			if p := row.ParentID; p != nil && known[*p] == nil {
				ids = append(ids, *p)
			}
		}
	}
	paths := map[ident.ID][]string{}
	for _, g := range page {
		path := []string{}
		// An ancestor that the caller may not see is not in known, and ends the path there.
		for at := known[g.ID]; at != nil; {
			path = append([]string{at.Name}, path...)
			if at.ParentID == nil {
				break
			}
			at = known[*at.ParentID]
		}
		paths[g.ID] = path
	}
	return paths, nil
}

// memberCounts counts the active members of each group of a page.
func (r *Resolver) memberCounts(ctx context.Context, page []*ent.Group) (map[ident.ID]int, error) {
	var counted []struct {
		GroupID ident.ID `json:"group_id"`
		People  int      `json:"people"`
	}
	err := r.Reads.RoleAssignment.Query().
		Where(roleassignment.GroupIDIn(idsOf(page, groupID)...),
			roleassignment.HasMemberWith(member.StatusEQ(member.StatusActive))).
		GroupBy(roleassignment.FieldGroupID).
		Aggregate(func(s *sql.Selector) string {
			// Distinct, because a member may hold several roles in one group.
			return sql.As(sql.Count(sql.Distinct(s.C(roleassignment.FieldMemberID))), "people")
		}).Scan(ctx, &counted)
	counts := make(map[ident.ID]int, len(counted))
	for _, c := range counted {
		counts[c.GroupID] = c.People
	}
	return counts, err
}

// enrollmentCounts counts the enrollments of each session of a page that are not withdrawn.
func (r *Resolver) enrollmentCounts(ctx context.Context,
	page []*ent.Session) (map[ident.ID]int, error) {
	var counted []struct {
		SessionID ident.ID `json:"session_id"`
		Count     int      `json:"count"`
	}
	err := r.Reads.Enrollment.Query().Where(enrollment.SessionIDIn(idsOf(page, sessionID)...),
		enrollment.StatusNEQ(enrollment.StatusWithdrawn)).
		GroupBy(enrollment.FieldSessionID).Aggregate(ent.Count()).Scan(ctx, &counted)
	counts := make(map[ident.ID]int, len(counted))
	for _, c := range counted {
		counts[c.SessionID] = c.Count
	}
	return counts, err
}

// instructorsOf reads the instructors of each session of a page.
func (r *Resolver) instructorsOf(ctx context.Context,
	page []*ent.Session) (map[ident.ID][]*ent.Member, error) {
	// Through the assignments and not by an edge: instructors are members with a role, and the
	// caller may see fewer of them than there are.
	held, err := r.Reads.RoleAssignment.Query().
		Where(roleassignment.SessionIDIn(idsOf(page, sessionID)...),
			roleassignment.HasRoleWith(role.Key(access.Instructor))).
		Order(ent.Asc(roleassignment.FieldMemberID)).All(ctx)
	if err != nil || len(held) == 0 {
		return nil, err
	}
	query, err := r.Reads.Member.Query().
		Where(member.IDIn(idsOf(held, func(a *ent.RoleAssignment) ident.ID {
			return a.MemberID
		})...)).
		CollectFields(ctx, "Member", "Node")
	if err != nil {
		return nil, err
	}
	people, err := query.All(ctx)
	if err != nil {
		return nil, err
	}
	found := byID(people, func(m *ent.Member) ident.ID { return m.ID })
	instructors := map[ident.ID][]*ent.Member{}
	for _, a := range held {
		// Hidden members are missing in found. The list then is shorter, and tells of nobody.
		if m := found[a.MemberID]; m != nil {
			instructors[*a.SessionID] = append(instructors[*a.SessionID], m)
		}
	}
	return instructors, nil
}

// groupsOfPrograms reads the groups that each of some programs is assigned to, by name.
func (r *Resolver) groupsOfPrograms(ctx context.Context,
	programs []ident.ID) (map[ident.ID][]*ent.Group, error) {
	query, err := r.Reads.Group.Query().Where(group.HasProgramsWith(program.IDIn(programs...))).
		CollectFields(ctx, "Group", "Node")
	if err != nil {
		return nil, err
	}
	rows, err := query.WithPrograms(func(q *ent.ProgramQuery) {
		// Only the programs of the page: a group may have many others.
		q.Where(program.IDIn(programs...)).Select(program.FieldID)
	}).Order(ent.Asc(group.FieldName, group.FieldID)).All(ctx)
	if err != nil {
		return nil, err
	}
	groups := map[ident.ID][]*ent.Group{}
	for _, g := range rows {
		for _, p := range g.Edges.Programs {
			groups[p.ID] = append(groups[p.ID], g)
		}
	}
	return groups, nil
}

// sessionsAhead reads the sessions that each invitation of a page leads into, as far as the caller
// sees them.
func (r *Resolver) sessionsAhead(ctx context.Context,
	page []*ent.Invitation) (map[ident.ID][]*ent.Session, error) {
	ahead, err := acceptance.SessionsAhead(ctx, r.Reads, page, r.Clock())
	if err != nil {
		return nil, err
	}
	// All sessions of the page are read together, with the fields that the client asked for.
	ids := slices.Concat(slices.Collect(maps.Values(ahead))...)
	if len(ids) == 0 {
		return nil, nil
	}
	query, err := r.Reads.Session.Query().Where(session.IDIn(inputs.Distinct(ids)...)).
		CollectFields(ctx, "Session", "Node")
	if err != nil {
		return nil, err
	}
	rows, err := query.All(ctx)
	if err != nil {
		return nil, err
	}
	found := byID(rows, sessionID)
	sessions := map[ident.ID][]*ent.Session{}
	for id, list := range ahead {
		sessions[id] = pick(found, list)
	}
	return sessions, nil
}
