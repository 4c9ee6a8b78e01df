package graph_test

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/lib/pq"

	"usher/ent"
	"usher/internal/access"
	"usher/internal/apptest"
	"usher/internal/ident"
)

// hand is what somebody would write by hand for these requests and nothing else: a handler over
// four prepared statements, structs, and encoding/json.
type hand struct {
	*apptest.Kit
	workspace   ident.ID
	space, held *sql.Stmt
	members     map[string]*sql.Stmt // by request
	floors      map[string]*sql.Stmt
	asked       atomic.Int64 // statements
}

type (
	handAnswer struct {
		Data struct {
			Workspace *handWorkspace `json:"workspace,omitempty"`
			Node      *handMember    `json:"node,omitempty"`
		} `json:"data"`
	}
	handWorkspace struct {
		Members struct {
			PageInfo struct {
				HasNextPage bool   `json:"hasNextPage"`
				EndCursor   string `json:"endCursor"`
			} `json:"pageInfo"`
			Edges []handEdge `json:"edges"`
		} `json:"members"`
	}
	handEdge struct {
		Node *handMember `json:"node"`
	}
	handMember struct {
		ID       ident.ID    `json:"id"`
		Status   string      `json:"status"`
		JoinedAt time.Time   `json:"joinedAt"`
		User     handUser    `json:"user"`
		Groups   []handGroup `json:"groups"`
		OrgUnit  *handName   `json:"orgUnit"`
		Held     []handHeld  `json:"roleAssignments"`
	}
	handUser struct {
		ID        ident.ID `json:"id"`
		Email     *string  `json:"email"`
		FirstName *string  `json:"firstName"`
		LastName  *string  `json:"lastName"`
	}
	handGroup struct {
		ID   ident.ID `json:"id"`
		Name string   `json:"name"`
	}
	handName struct {
		Name string `json:"name"`
	}
	handRole struct {
		Key  string `json:"key"`
		Name string `json:"name"`
	}
	handHeld struct {
		Role  handRole  `json:"role"`
		Group *handName `json:"group"`
	}
)

// chosen are the members that a request is for. A search looks up its one word as the API does.
var chosen = map[string]string{
	"page": `(joined_at, id) < ($2, $3)`, "deep": `(joined_at, id) < ($2, $3)`, "one": `id = $2`,
	"search": `id IN (SELECT row_id FROM search_words WHERE workspace_id = $1 AND kind = 1
		AND word >= $2 AND word < $3)`,
}

func byHand(b *testing.B, k *apptest.Kit, workspace ident.ID) *hand {
	b.Helper()
	h := &hand{Kit: k, workspace: workspace, members: map[string]*sql.Stmt{},
		floors: map[string]*sql.Stmt{}}
	h.space = h.prepare(`SELECT id FROM workspaces WHERE slug = $1`)
	for name, condition := range chosen {
		h.members[name] = h.prepare(
			fmt.Sprintf(
				`SELECT m.id, m.status, m.joined_at, u.id, u.email, u.first_name, u.last_name, o.name
			FROM (SELECT id, status, joined_at, user_id, org_unit_id FROM members WHERE workspace_id = $1 AND %s
				ORDER BY joined_at DESC, id DESC LIMIT 51) m
			JOIN users u ON u.id = m.user_id LEFT JOIN org_units o ON o.id = m.org_unit_id ORDER BY m.joined_at DESC, m.id DESC`, condition))
	}
	h.held = h.prepare(`SELECT a.member_id, r.key, r.name, g.id, g.name FROM role_assignments a
		JOIN roles r ON r.id = a.role_id LEFT JOIN groups g ON g.id = a.group_id WHERE a.member_id = ANY($1)`)
	if k.Store.Dialect() == "postgres" {
		h.prepareFloors()
	}
	return h
}

// prepare is for both databases: SQLite compares text byte by byte anyway, and takes a list as
// JSON.
func (h *hand) prepare(query string) *sql.Stmt {
	if h.Store.Dialect() != "postgres" {
		query = strings.NewReplacer("= ANY($1)",
			"IN (SELECT value FROM json_each($1))").Replace(query)
	}
	s, err := h.Store.DB().Prepare(query)
	if err != nil {
		h.T.Fatalf("%s: %v", query, err)
	}
	h.T.Cleanup(func() { _ = s.Close() })
	return s
}

// ServeHTTP answers /members?after=…, /members?search=… and /members?id=….
func (h *hand) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	answer, err := h.answer(r)
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(answer)
}

func (h *hand) answer(r *http.Request) (*handAnswer, error) {
	caller, err := h.Accounts.CallerByAccessToken(r.Context(),
		strings.TrimPrefix(r.Header.Get("Authorization"),
			"Bearer "))
	if err != nil {
		return nil, err
	}
	asked, out := r.URL.Query(), &handAnswer{}
	if asked.Has("id") {
		id, err := ident.Parse(asked.Get("id"))
		if err != nil {
			return nil, err
		}
		found, err := h.find(r.Context(), "one", caller.Memberships[0].WorkspaceID, id)
		if err != nil || len(found) == 0 {
			return nil, errors.Join(err, errors.New("nobody"))
		}
		out.Data.Node = found[0]
		return out, h.fill(r.Context(), found)
	}

	var workspace ident.ID
	h.asked.Add(1)
	if err := h.space.QueryRowContext(r.Context(), "acme").Scan(&workspace); err != nil {
		return nil, err
	}
	if m := caller.In(workspace); m == nil || !m.Throughout(access.MembersView) {
		return nil, errors.New("forbidden")
	}
	var found []*handMember
	if asked.Has("search") {
		beginning := asked.Get("search")
		found, err = h.find(r.Context(), "search", workspace, beginning, beginning+"\U0010ffff")
	} else {
		var after ent.Cursor
		if err := after.UnmarshalGQL(asked.Get("after")); err != nil {
			return nil, err
		}
		found, err = h.find(r.Context(), "page", workspace, after.Value, after.ID)
	}
	if err != nil {
		return nil, err
	}
	out.Data.Workspace = &handWorkspace{}
	to := &out.Data.Workspace.Members
	to.PageInfo.HasNextPage = len(found) > 50
	found = found[:min(50, len(found))]
	for _, m := range found {
		to.Edges = append(to.Edges, handEdge{m})
	}
	if n := len(found); n > 0 {
		var end strings.Builder
		(&ent.Cursor{ID: found[n-1].ID, Value: found[n-1].JoinedAt,
			List: "member joined_at DESC"}).MarshalGQL(&end)
		to.PageInfo.EndCursor = strings.Trim(end.String(), `"`)
	}
	return out, h.fill(r.Context(), found)
}

// find reads members with their users and units.
func (h *hand) find(ctx context.Context, request string,
	args ...any) (found []*handMember, err error) {
	err = h.each(ctx, h.members[request], func(rows *sql.Rows) error {
		m, unit := &handMember{Groups: []handGroup{}, Held: []handHeld{}}, (*string)(nil)
		found = append(found, m)
		err := rows.Scan(&m.ID, &m.Status, &m.JoinedAt, &m.User.ID, &m.User.Email,
			&m.User.FirstName, &m.User.LastName, &unit)
		if unit != nil {
			m.OrgUnit = &handName{*unit}
		}
		return err
	}, args...)
	return found, err
}

// fill reads what members hold, and where.
func (h *hand) fill(ctx context.Context, members []*handMember) error {
	by, ids := make(map[ident.ID]*handMember, len(members)), make([]string, len(members))
	for i, m := range members {
		by[m.ID], ids[i] = m, m.ID.UUID()
	}
	var list any = pq.Array(ids)
	if h.Store.Dialect() != "postgres" {
		text, _ := json.Marshal(ids)
		list = string(text)
	}
	err := h.each(ctx, h.held, func(rows *sql.Rows) error {
		var member ident.ID
		var group *ident.ID
		var name *string
		var x handHeld
		if err := rows.Scan(&member, &x.Role.Key, &x.Role.Name, &group, &name); err != nil {
			return err
		}
		m := by[member]
		if group != nil {
			x.Group = &handName{*name}
			m.Groups = append(m.Groups, handGroup{*group, *name})
		}
		m.Held = append(m.Held, x)
		return nil
	}, list)
	for _, m := range members {
		slices.SortFunc(m.Groups, func(a, b handGroup) int {
			return strings.Compare(a.Name, b.Name)
		})
	}
	return err
}

// each runs a statement and calls scan for every row.
func (h *hand) each(ctx context.Context, s *sql.Stmt, scan func(rows *sql.Rows) error,
	args ...any) error {
	h.asked.Add(1)
	rows, err := s.QueryContext(ctx, args...)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		if err := scan(rows); err != nil {
			return err
		}
	}
	return rows.Err()
}
