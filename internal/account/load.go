package account

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"entgo.io/ent/dialect"

	"usher/internal/access"
	"usher/internal/ident"
)

// Security: the tenant filter does not see the SQL of this file. A caller is loaded at every
// request, and ent would take six statements instead of one. Each statement reads by the id of one
// account, one sign-in, or places that the caller holds; no other input goes into it.

// These statements select the account unless it was erased, its active memberships, and all roles
// held there: one row for each assignment, one for a membership without any, and one for an account
// without memberships.
const (
	accountColumns = `SELECT u.id, u.locale, m.id, m.workspace_id, w.organization_id, m.access_expires_at,
	r.key, r.permissions, a.place_id, a.group_id, a.org_unit_id, a.session_id,
	w.archived_at IS NOT NULL, o.administrator_ids, `

	accountJoins = `
LEFT JOIN members m ON m.user_id = u.id AND m.status = 'ACTIVE'
LEFT JOIN workspaces w ON w.id = m.workspace_id
LEFT JOIN organizations o ON o.id = w.organization_id
LEFT JOIN role_assignments a ON a.member_id = m.id
LEFT JOIN roles r ON r.id = a.role_id
WHERE u.erased_at IS NULL AND `

	bySignIn = accountColumns +
		`s.id, s.token_hash, s.parent_hash, s.rotated_at, s.created_at, s.last_used_at, s.ended_at,
	s.must_change_password FROM sign_ins s JOIN users u ON u.id = s.user_id` + accountJoins +
		`s.id = $1 ORDER BY m.id, a.id`

	byAccount = accountColumns + `NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL FROM users u` +
		accountJoins +
		`u.id = $1 ORDER BY m.id, a.id`
)

// placeRow is a row of these statements.
type placeRow struct {
	userID                                 ident.ID
	locale                                 sql.NullString
	memberID, workspaceID, organizationID  ident.ID // zero without a membership
	accessEnds                             sql.NullTime
	roleKey                                sql.NullString
	permissions                            []byte   // a JSON list
	placeID, groupID, orgUnitID, sessionID ident.ID // zero without an assignment
	archived                               bool
	administrators                         []byte // a JSON list of the organization's
	signIn                                 signInRow
}

// signInRow is the sign-in's part of a row; zero if the account was loaded without one.
type signInRow struct {
	id                                ident.ID
	token, parent                     []byte
	rotated, created, lastUsed, ended sql.NullTime
	mustChange                        sql.NullBool
}

// loadPlaceRows runs bySignIn or byAccount for one id.
func (s *Service) loadPlaceRows(ctx context.Context, statement string,
	id ident.ID) ([]placeRow, error) {
	rows, err := s.store.QueryContext(ctx, s.adaptPlaceholders(statement), id)
	if err != nil {
		return nil, fmt.Errorf("account: load a caller: %w", err)
	}
	defer rows.Close()
	var found []placeRow
	for rows.Next() {
		var r placeRow
		i := &r.signIn
		if err := rows.Scan(&r.userID, &r.locale, &r.memberID, &r.workspaceID, &r.organizationID,
			&r.accessEnds,
			&r.roleKey, &r.permissions, &r.placeID, &r.groupID, &r.orgUnitID, &r.sessionID,
			&r.archived, &r.administrators,
			&i.id, &i.token, &i.parent, &i.rotated, &i.created, &i.lastUsed, &i.ended,
			&i.mustChange); err != nil {
			return nil, fmt.Errorf("account: load a caller: %w", err)
		}
		found = append(found, r)
	}
	if err := rows.Err(); err != nil {
		return nil, fmt.Errorf("account: load a caller: %w", err)
	}
	return found, nil
}

// isAdministrator reports whether the account is an administrator of the row's organization.
func (r placeRow) isAdministrator() (bool, error) {
	if len(r.administrators) == 0 {
		return false, nil
	}
	var ids []string
	if err := json.Unmarshal(r.administrators, &ids); err != nil {
		return false, fmt.Errorf("account: administrators of organization %s: %w",
			r.organizationID, err)
	}
	return slices.Contains(ids, r.userID.UUID()), nil
}

// roleHolding returns the permissions of the row's role and its place; false if the row has no
// role. fillCoveredPlaces adds the descendants of the place later.
func (r placeRow) roleHolding() (access.Holding, bool, error) {
	if !r.roleKey.Valid {
		return access.Holding{}, false, nil
	}
	var words []string
	if err := json.Unmarshal(r.permissions, &words); err != nil {
		return access.Holding{}, false, fmt.Errorf("account: permissions of role %s: %w",
			r.roleKey.String, err)
	}
	// At most one of the three columns is set. Without any of them the place is the workspace.
	place := access.Workspace(r.placeID)
	switch {
	case !r.groupID.IsZero():
		place = access.Group(r.groupID)
	case !r.orgUnitID.IsZero():
		place = access.OrgUnit(r.orgUnitID)
	case !r.sessionID.IsZero():
		place = access.Session(r.sessionID)
	}
	return access.Holding{
		RoleKey: r.roleKey.String, Permissions: access.NewSet(words), Place: place,
		Covers: []ident.ID{place.ID},
	}, true, nil
}

// loadDescendants returns each of the given groups or units with all its descendants, itself
// included. UNION instead of UNION ALL ends the recursion if a tree ever holds a cycle.
func (s *Service) loadDescendants(ctx context.Context, kind access.PlaceKind,
	roots []any) (map[ident.ID][]ident.ID, error) {
	table := "groups"
	if kind == access.InOrgUnit {
		table = "org_units"
	}
	marks := make([]string, len(roots))
	for i := range roots {
		// Values are never part of the text; only their number is.
		marks[i] = "$" + strconv.Itoa(i+1)
	}
	rows, err := s.store.QueryContext(ctx,
		s.adaptPlaceholders(`WITH RECURSIVE covered (root, id) AS (
	SELECT id, id FROM `+table+` WHERE id IN (`+strings.Join(marks, ", ")+`)
	UNION SELECT c.root, t.id FROM `+table+` t JOIN covered c ON t.parent_id = c.id)
SELECT root, id FROM covered`), roots...)
	if err != nil {
		return nil, fmt.Errorf("account: load descendants: %w", err)
	}
	defer rows.Close()
	found := map[ident.ID][]ident.ID{}
	for rows.Next() {
		var root, id ident.ID
		if err := rows.Scan(&root, &id); err != nil {
			return nil, fmt.Errorf("account: load descendants: %w", err)
		}
		found[root] = append(found[root], id)
	}
	if err := rows.Err(); err != nil {
		return nil, fmt.Errorf("account: load descendants: %w", err)
	}
	return found, nil
}

// adaptPlaceholders replaces PostgreSQL's numbered placeholders by SQLite's.
func (s *Service) adaptPlaceholders(statement string) string {
	if s.store.Dialect() == dialect.SQLite {
		return strings.ReplaceAll(statement, "$", "?")
	}
	return statement
}
