package main

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
)

// The answers of the plain handler. It has no accounts, no permissions and no GraphQL: it shows
// what net/http, pgx and encoding/json need for the same rows.
type (
	plainPage struct {
		HasNextPage bool           `json:"hasNextPage"`
		Total       *int           `json:"totalCount,omitempty"`
		Nodes       []*plainMember `json:"nodes"`
	}
	plainMember struct {
		ID        string    `json:"id"`
		Status    string    `json:"status"`
		JoinedAt  time.Time `json:"joinedAt"`
		FirstName string    `json:"firstName"`
		LastName  string    `json:"lastName"`
		Email     string    `json:"email"`
		OrgUnit   *string   `json:"orgUnit"`
		Roles     []string  `json:"roles"`
		Groups    []string  `json:"groups"`
	}
	plainInvitationPage struct {
		HasNextPage bool               `json:"hasNextPage"`
		Nodes       []*plainInvitation `json:"nodes"`
	}
	plainInvitation struct {
		ID        string     `json:"id"`
		Email     string     `json:"email"`
		Status    string     `json:"status"`
		CreatedAt time.Time  `json:"createdAt"`
		ExpiresAt *time.Time `json:"expiresAt"`
		Inviter   string     `json:"inviter"`
		Roles     []string   `json:"roles"`
		Groups    []string   `json:"groups"`
	}
)

const (
	memberColumns = `SELECT m.id::text, m.status, m.joined_at, p.first_name, p.last_name, p.email, o.name
FROM (SELECT * FROM app.members WHERE %s) m JOIN app.people p ON p.id = m.person_id
LEFT JOIN app.org_units o ON o.id = m.org_unit_id ORDER BY %s`
	assignmentRows = `SELECT a.member_id::text, r.name, g.name FROM app.assignments a
JOIN app.roles r ON r.id = a.role_id JOIN app.groups g ON g.id = a.group_id
WHERE a.member_id = ANY($1::text[]::uuid[])`
	invitationRows = `SELECT i.id::text, i.email, i.status, i.created_at, i.expires_at, m.email
FROM (SELECT * FROM app.invitations WHERE workspace_id = $1 AND status = 'PENDING' AND created_at < $2
ORDER BY created_at DESC, id DESC LIMIT 51) i JOIN app.members m ON m.id = i.inviter_id
ORDER BY i.created_at DESC, i.id DESC`
	invitationNames = `SELECT x.invitation_id::text, r.name, true FROM app.invitation_roles x
JOIN app.roles r ON r.id = x.role_id WHERE x.invitation_id = ANY($1::text[]::uuid[])
UNION ALL SELECT x.invitation_id::text, g.name, false FROM app.invitation_groups x
JOIN app.groups g ON g.id = x.group_id WHERE x.invitation_id = ANY($1::text[]::uuid[])`
)

var (
	pageRows = fmt.Sprintf(memberColumns, `workspace_id = $1 AND status = 'ACTIVE' AND joined_at < $2
ORDER BY joined_at DESC, id DESC LIMIT 51`, "m.joined_at DESC, m.id DESC")
	searchRows = fmt.Sprintf(memberColumns, `workspace_id = $1 AND status = 'ACTIVE'
AND email ~>=~ $2 AND email ~<~ $3 ORDER BY email, id LIMIT 51`, "m.email, m.id")
	oneRow = fmt.Sprintf(memberColumns, "workspace_id = $1 AND id = $2", "m.id")
)

// plainHandler answers from the database of the peers.
type plainHandler struct {
	db        *pgxpool.Pool
	workspace string
	inviter   string
	role      string
	group     string
}

// plainInput is the body of each request.
type plainInput struct {
	Before time.Time `json:"before"`
	Prefix string    `json:"prefix"`
	ID     string    `json:"id"`
	Email  string    `json:"email"`
}

// servePlain serves the plain handler until the process is ended. Its settings are in the
// environment, as those of the other servers are.
func servePlain(ctx context.Context) error {
	pool, err := pgxpool.ParseConfig(os.Getenv("DATABASE_URL"))
	if err != nil {
		return err
	}
	pool.MaxConns = 10 // as many as the other servers have
	h := &plainHandler{}
	if h.db, err = pgxpool.NewWithConfig(ctx, pool); err != nil {
		return err
	}
	if err := h.db.QueryRow(ctx, `SELECT w.id::text, m.id::text, r.id::text, g.id::text
FROM app.workspaces w, app.members m, app.roles r, app.groups g
WHERE m.email = $1 AND r.name = 'Learner' AND g.name = $2`, ownerEmail, groupName(0)).
		Scan(&h.workspace, &h.inviter, &h.role, &h.group); err != nil {
		return err
	}
	// Each path is one request. The handlers share nothing but the pool, which prepares statements.
	for path, answer := range map[string]func(context.Context, plainInput) (any, error){
		"/page": func(ctx context.Context, in plainInput) (any, error) {
			return h.readMembers(ctx, pageRows, h.workspace, in.Before)
		},
		"/total": h.readTotal,
		"/search": func(ctx context.Context, in plainInput) (any, error) {
			return h.readMembers(ctx, searchRows, h.workspace, in.Prefix, in.Prefix+"\U0010ffff")
		},
		"/one": func(ctx context.Context, in plainInput) (any, error) {
			return h.readMembers(ctx, oneRow, h.workspace, in.ID)
		},
		"/invitations": h.readInvitations,
		"/invite":      h.insertInvitation,
	} {
		http.HandleFunc("POST "+path, func(w http.ResponseWriter, r *http.Request) {
			var in plainInput
			err := json.NewDecoder(r.Body).Decode(&in)
			var out any
			if err == nil {
				out, err = answer(r.Context(), in)
			}
			if err != nil {
				http.Error(w, err.Error(), http.StatusInternalServerError)
				return
			}
			w.Header().Set("Content-Type", "application/json")
			_ = json.NewEncoder(w).Encode(out) // the client is gone
		})
	}
	server := &http.Server{Addr: os.Getenv("ADDRESS")}
	context.AfterFunc(ctx, func() { _ = server.Close() })
	return server.ListenAndServe()
}

// readMembers reads a page of members, and their assignments in a second statement: joined to the
// first, they would repeat the row of the member.
func (h *plainHandler) readMembers(ctx context.Context, text string,
	args ...any) (*plainPage, error) {
	rows, err := h.db.Query(ctx, text, args...)
	if err != nil {
		return nil, err
	}
	page, byID, ids := &plainPage{}, map[string]*plainMember{}, []string{}
	for rows.Next() {
		m := &plainMember{}
		if err := rows.Scan(&m.ID, &m.Status, &m.JoinedAt, &m.FirstName, &m.LastName, &m.Email,
			&m.OrgUnit); err != nil {
			return nil, err
		}
		// One more row is read than the page has. It only tells that there is a next page.
		if len(page.Nodes) == pageSize {
			page.HasNextPage = true
			continue
		}
		page.Nodes, byID[m.ID], ids = append(page.Nodes, m), m, append(ids, m.ID)
	}
	if err := rows.Err(); err != nil {
		return nil, err
	}
	if rows, err = h.db.Query(ctx, assignmentRows, ids); err != nil {
		return nil, err
	}
	for rows.Next() {
		var id, role, group string
		if err := rows.Scan(&id, &role, &group); err != nil {
			return nil, err
		}
		m := byID[id]
		m.Roles, m.Groups = append(m.Roles, role), append(m.Groups, group)
	}
	return page, rows.Err()
}

// readTotal reads a page and counts.
func (h *plainHandler) readTotal(ctx context.Context, in plainInput) (any, error) {
	page, err := h.readMembers(ctx, pageRows, h.workspace, in.Before)
	if err != nil {
		return nil, err
	}
	return page, h.db.QueryRow(ctx, `SELECT count(*) FROM app.members
WHERE workspace_id = $1 AND status = 'ACTIVE'`, h.workspace).Scan(&page.Total)
}

// readInvitations reads a page of invitations, and their names in a second statement.
func (h *plainHandler) readInvitations(ctx context.Context, in plainInput) (any, error) {
	rows, err := h.db.Query(ctx, invitationRows, h.workspace, in.Before)
	if err != nil {
		return nil, err
	}
	page, byID, ids := &plainInvitationPage{}, map[string]*plainInvitation{}, []string{}
	for rows.Next() {
		i := &plainInvitation{}
		if err := rows.Scan(&i.ID, &i.Email, &i.Status, &i.CreatedAt, &i.ExpiresAt,
			&i.Inviter); err != nil {
			return nil, err
		}
		if len(page.Nodes) == pageSize {
			page.HasNextPage = true
			continue
		}
		page.Nodes, byID[i.ID], ids = append(page.Nodes, i), i, append(ids, i.ID)
	}
	if err := rows.Err(); err != nil {
		return nil, err
	}
	if rows, err = h.db.Query(ctx, invitationNames, ids); err != nil {
		return nil, err
	}
	for rows.Next() {
		var id, name string
		var isRole bool
		if err := rows.Scan(&id, &name, &isRole); err != nil {
			return nil, err
		}
		if i := byID[id]; isRole {
			i.Roles = append(i.Roles, name)
		} else {
			i.Groups = append(i.Groups, name)
		}
	}
	return page, rows.Err()
}

// insertInvitation makes an invitation and the email that it needs in one round trip, which is one
// transaction.
func (h *plainHandler) insertInvitation(ctx context.Context, in plainInput) (any, error) {
	var id string
	var batch pgx.Batch
	batch.Queue(`WITH i AS (INSERT INTO app.invitations
SELECT gen_random_uuid(), $1, $2, $3, 'PENDING', now(), now() + interval '30 days' RETURNING id),
r AS (INSERT INTO app.invitation_roles SELECT id, $4 FROM i),
g AS (INSERT INTO app.invitation_groups SELECT id, $5 FROM i) SELECT id::text FROM i`,
		h.workspace, h.inviter, in.Email, h.role, h.group).
		QueryRow(func(row pgx.Row) error { return row.Scan(&id) })
	batch.Queue(`INSERT INTO app.outbox (payload) VALUES ($1)`,
		map[string]string{"to": in.Email, "template": "invitation"})
	if err := h.db.SendBatch(ctx, &batch).Close(); err != nil {
		return nil, err
	}
	return map[string]string{"id": id, "status": "PENDING"}, nil
}
