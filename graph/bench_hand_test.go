package graph_test

import (
	"context"
	"database/sql"
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/lib/pq"

	"usher/ent"
	"usher/internal/ident"
	"usher/internal/testkit/usherkit"
)

// hand is what somebody would write by hand for this one page: prepared statements into structs, and encoding/json.
type hand struct {
	testing.TB
	workspace                                              ident.ID
	postgres                                               bool
	space, members, users, held, groups, roles, units, one *sql.Stmt
}

type (
	handPage struct {
		Data struct {
			Workspace struct {
				Members struct {
					PageInfo struct {
						HasNextPage bool   `json:"hasNextPage"`
						End         string `json:"endCursor"`
					} `json:"pageInfo"`
					Edges []handEdge `json:"edges"`
				} `json:"members"`
			} `json:"workspace"`
		} `json:"data"`
	}
	handEdge struct {
		Node handMember `json:"node"`
	}
	handMember struct {
		ID       ident.ID       `json:"id"`
		Status   string         `json:"status"`
		JoinedAt time.Time      `json:"joinedAt"`
		User     *handUser      `json:"user"`
		Groups   []handNamed    `json:"groups"`
		OrgUnit  *handUnit      `json:"orgUnit"`
		Held     []handAssigned `json:"roleAssignments"`
	}
	handUser struct {
		ID    ident.ID `json:"id"`
		Email *string  `json:"email"`
		First *string  `json:"firstName"`
		Last  *string  `json:"lastName"`
	}
	handNamed struct {
		ID   ident.ID `json:"id"`
		Name string   `json:"name"`
	}
	handUnit struct {
		Name string `json:"name"`
	}
	handRole struct {
		Key  string `json:"key"`
		Name string `json:"name"`
	}
	handAssigned struct {
		Role  handRole  `json:"role"`
		Group *handUnit `json:"group"`
	}
)

func byHand(b *testing.B, k *usherkit.Kit, workspace ident.ID) *hand {
	b.Helper()
	h := &hand{TB: b, workspace: workspace, postgres: k.Store.Dialect() == "postgres"}
	prepare := func(query string) *sql.Stmt {
		if !h.postgres { // a list comes as JSON there, and numbers are in order
			query = strings.ReplaceAll(query, "= ANY($1)", "IN (SELECT value FROM json_each($1))")
		}
		s, err := k.Store.DB().Prepare(query)
		if err != nil {
			b.Fatalf("%s: %v", query, err)
		}
		b.Cleanup(func() { _ = s.Close() })
		return s
	}
	h.space = prepare(`SELECT id FROM workspaces WHERE slug = $1`)
	h.members = prepare(`SELECT id, status, joined_at, user_id, org_unit_id FROM members
		WHERE workspace_id = $1 AND (joined_at, id) < ($2, $3) ORDER BY joined_at DESC, id DESC LIMIT 51`)
	h.users = prepare(`SELECT id, email, first_name, last_name FROM users WHERE id = ANY($1)`)
	h.held = prepare(`SELECT member_id, role_id, group_id FROM role_assignments WHERE member_id = ANY($1)`)
	h.groups = prepare(`SELECT id, name FROM groups WHERE id = ANY($1)`)
	h.roles = prepare(`SELECT id, key, name FROM roles WHERE id = ANY($1)`)
	h.units = prepare(`SELECT id, name FROM org_units WHERE id = ANY($1)`)
	if h.postgres {
		h.one = prepare(`SELECT json_build_object('data', json_agg(json_build_object('id', p.id, 'status', p.status, 'joinedAt', p.joined_at,
			'user', json_build_object('id', u.id, 'email', u.email, 'firstName', u.first_name, 'lastName', u.last_name),
			'orgUnit', CASE WHEN o.id IS NULL THEN NULL ELSE json_build_object('name', o.name) END,
			'roleAssignments', (SELECT json_agg(json_build_object('role', json_build_object('key', r.key, 'name', r.name),
				'group', json_build_object('id', g.id, 'name', g.name))) FROM role_assignments a
				JOIN roles r ON r.id = a.role_id LEFT JOIN groups g ON g.id = a.group_id WHERE a.member_id = p.id)) ORDER BY p.joined_at DESC, p.id DESC))
			FROM (SELECT * FROM members WHERE workspace_id = $1 AND (joined_at, id) < ($2, $3) ORDER BY joined_at DESC, id DESC LIMIT 50) p
			JOIN users u ON u.id = p.user_id LEFT JOIN org_units o ON o.id = p.org_unit_id`)
	}
	return h
}

// floor is the page as the database alone writes it.
func (h *hand) floor(ctx context.Context, after *ent.Cursor) (page string) {
	if err := h.one.QueryRowContext(ctx, h.workspace, after.Value, after.ID).Scan(&page); err != nil {
		h.Error(err)
	}
	return strings.ReplaceAll(page, `"email" :`, `"email":`)
}

// each runs a statement and calls scan for every row.
func (h *hand) each(ctx context.Context, s *sql.Stmt, scan func(rows *sql.Rows) error, args ...any) {
	rows, err := s.QueryContext(ctx, args...)
	if err != nil {
		h.Error(err)
		return
	}
	defer rows.Close()
	for rows.Next() {
		if err := scan(rows); err != nil {
			h.Error(err)
		}
	}
	if err := rows.Err(); err != nil {
		h.Error(err)
	}
}

// list is ids as an argument of a statement.
func (h *hand) list(ids map[ident.ID]bool) any {
	words := make([]string, 0, len(ids))
	for i := range ids {
		v, err := i.Value()
		if err != nil {
			h.Error(err)
		}
		words = append(words, v.(string))
	}
	if h.postgres {
		return pq.Array(words)
	}
	b, _ := json.Marshal(words)
	return string(b)
}

func (h *hand) page(ctx context.Context, after *ent.Cursor) string {
	var p handPage
	var workspace ident.ID
	if err := h.space.QueryRowContext(ctx, "acme").Scan(&workspace); err != nil {
		h.Error(err)
	}
	edges := make([]handEdge, 0, 51)
	userOf, unitOf := make([]ident.ID, 0, 51), make([]*ident.ID, 0, 51)
	members, users, units, groups, roles := map[ident.ID]bool{}, map[ident.ID]bool{}, map[ident.ID]bool{}, map[ident.ID]bool{}, map[ident.ID]bool{}
	h.each(ctx, h.members, func(rows *sql.Rows) error {
		var m handMember
		var user ident.ID
		var unit *ident.ID
		if err := rows.Scan(&m.ID, &m.Status, &m.JoinedAt, &user, &unit); err != nil {
			return err
		}
		edges, userOf, unitOf = append(edges, handEdge{m}), append(userOf, user), append(unitOf, unit)
		members[m.ID], users[user] = true, true
		if unit != nil {
			units[*unit] = true
		}
		return nil
	}, workspace, after.Value, after.ID)
	named := func(s *sql.Stmt, ids map[ident.ID]bool) map[ident.ID]handNamed {
		of := map[ident.ID]handNamed{}
		h.each(ctx, s, func(rows *sql.Rows) error {
			var n handNamed
			err := rows.Scan(&n.ID, &n.Name)
			of[n.ID] = n
			return err
		}, h.list(ids))
		return of
	}
	userBy := map[ident.ID]*handUser{}
	h.each(ctx, h.users, func(rows *sql.Rows) error {
		u := &handUser{}
		err := rows.Scan(&u.ID, &u.Email, &u.First, &u.Last)
		userBy[u.ID] = u
		return err
	}, h.list(users))
	type holding struct {
		role  ident.ID
		group *ident.ID
	}
	held := map[ident.ID][]holding{}
	h.each(ctx, h.held, func(rows *sql.Rows) error {
		var member ident.ID
		var x holding
		if err := rows.Scan(&member, &x.role, &x.group); err != nil {
			return err
		}
		held[member], roles[x.role] = append(held[member], x), true
		if x.group != nil {
			groups[*x.group] = true
		}
		return nil
	}, h.list(members))
	unitBy, groupBy := named(h.units, units), named(h.groups, groups)
	roleBy := map[ident.ID]handRole{}
	h.each(ctx, h.roles, func(rows *sql.Rows) error {
		var i ident.ID
		var r handRole
		err := rows.Scan(&i, &r.Key, &r.Name)
		roleBy[i] = r
		return err
	}, h.list(roles))
	to := &p.Data.Workspace.Members
	to.PageInfo.HasNextPage = len(edges) > 50
	to.Edges = edges[:min(50, len(edges))]
	for i := range to.Edges {
		m := &to.Edges[i].Node
		m.User, m.Groups, m.Held = userBy[userOf[i]], []handNamed{}, []handAssigned{}
		if unitOf[i] != nil {
			m.OrgUnit = &handUnit{unitBy[*unitOf[i]].Name}
		}
		for _, x := range held[m.ID] {
			a := handAssigned{Role: roleBy[x.role]}
			if x.group != nil {
				g := groupBy[*x.group]
				m.Groups, a.Group = append(m.Groups, g), &handUnit{g.Name}
			}
			m.Held = append(m.Held, a)
		}
		slices.SortFunc(m.Groups, func(a, b handNamed) int { return strings.Compare(a.Name, b.Name) })
	}
	if n := len(to.Edges); n > 0 {
		var end strings.Builder
		last := to.Edges[n-1].Node
		(&ent.Cursor{ID: last.ID, Value: last.JoinedAt}).MarshalGQL(&end)
		to.PageInfo.End = strings.Trim(end.String(), `"`)
	}
	out, err := json.Marshal(&p)
	if err != nil {
		h.Error(err)
	}
	return string(out)
}
