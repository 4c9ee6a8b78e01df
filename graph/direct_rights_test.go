package graph_test

import (
	"bytes"
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"usher/internal/apptest"
	"usher/internal/fastgql"
	"usher/internal/ident"
	"usher/internal/testkit/probe"
)

// answerTo returns the body of any answer, errors included, and the number of statements.
func answerTo(t *testing.T, ctx context.Context, k *apptest.Kit, token, query string,
	variables map[string]any) (string, int64) {
	t.Helper()
	body, err := json.Marshal(map[string]any{"query": query, "variables": variables})
	if err != nil {
		t.Fatal(err)
	}
	ctx, n := probe.CountStatements(ctx)
	r := httptest.NewRequestWithContext(ctx, "POST", "/graphql", bytes.NewReader(body))
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("Authorization", "Bearer "+token)
	w := httptest.NewRecorder()
	k.Handler.ServeHTTP(w, r)
	return w.Body.String(), n.Load()
}

// changesElsewhere are changes by which a direct read must not answer as before, and what restores
// the former state. $1 is the account of the reader.
var changesElsewhere = []struct{ name, change, restore string }{
	{"the membership is deactivated", `UPDATE members SET status = 'DEACTIVATED' WHERE user_id = $1`,
		`UPDATE members SET status = 'ACTIVE' WHERE user_id = $1`},
	{"access has ended", `UPDATE members SET access_expires_at = '2001-01-01' WHERE user_id = $1`,
		`UPDATE members SET access_expires_at = NULL WHERE user_id = $1`},
	{"the role permits nothing", `UPDATE roles SET permissions = '[]' WHERE key = 'admin' AND $1::uuid IS NOT NULL`,
		`UPDATE roles SET permissions = (SELECT permissions FROM roles_before WHERE id = roles.id) WHERE key = 'admin' AND $1::uuid IS NOT NULL`},
	{"another role is held", `UPDATE role_assignments SET role_id = (SELECT id FROM roles WHERE key = 'learner')
		WHERE member_id IN (SELECT id FROM members WHERE user_id = $1)`,
		`UPDATE role_assignments SET role_id = (SELECT id FROM roles WHERE key = 'admin')
		WHERE member_id IN (SELECT id FROM members WHERE user_id = $1)`},
	{"the password must be changed", `UPDATE sign_ins SET must_change_password = true WHERE user_id = $1`,
		`UPDATE sign_ins SET must_change_password = false WHERE user_id = $1`},
	{"the sign-in has ended", `UPDATE sign_ins SET ended_at = now() WHERE user_id = $1`,
		`UPDATE sign_ins SET ended_at = NULL WHERE user_id = $1`},
	{"the account is erased", `UPDATE users SET erased_at = now() WHERE id = $1`,
		`UPDATE users SET erased_at = NULL WHERE id = $1`},
	{"a group has another name", `UPDATE groups SET name = name || ' 2' WHERE $1::uuid IS NOT NULL`, ""},
	{"a unit has another name", `UPDATE org_units SET name = name || ' 2' WHERE $1::uuid IS NOT NULL`, ""},
	{"a group is gone", `DELETE FROM groups WHERE name = 'Twins 2' AND visibility = 'PUBLIC' AND $1::uuid IS NOT NULL`, ""},
	{"no role is held any more", `DELETE FROM role_assignments WHERE member_id IN (SELECT id FROM members WHERE user_id = $1)`,
		`INSERT INTO role_assignments SELECT * FROM assignments_before WHERE member_id IN (SELECT id FROM members WHERE user_id = $1)`},
	{"the member is gone", `DELETE FROM members WHERE user_id = $1`, ""},
}

func TestAChangeElsewhereCountsForTheNextDirectRead(t *testing.T) {
	t.Parallel()
	k := apptest.New(t, "postgres", apptest.WithoutWorker)
	_, variables := directWorkspace(t, k)
	token := k.SignIn("admin@acme.test", apptest.Password)
	db := k.Store.DB()
	var reader ident.ID
	if err := db.QueryRow(`SELECT id FROM users WHERE email = 'admin@acme.test'`).Scan(&reader); err != nil {
		t.Fatal(err)
	}
	if _, err := db.Exec(`CREATE TABLE roles_before AS SELECT id, permissions FROM roles;
		CREATE TABLE assignments_before AS SELECT * FROM role_assignments`); err != nil {
		t.Fatal(err)
	}
	page, page1 := directQueries["page"], map[string]any{"w": variables["w"]}
	one, one1 := directQueries["one member"], map[string]any{"m": variables["m"]}
	for _, c := range changesElsewhere {
		before := untilDirect(t, k, c.name, token, page, page1)
		if !strings.Contains(before, "zoe@example.org") {
			t.Fatalf("before %q: %s", c.name, before)
		}
		if _, err := db.Exec(c.change, reader); err != nil {
			t.Fatalf("%s: %v", c.name, err)
		}
		for query, variables := range map[string]map[string]any{page: page1, one: one1} {
			after, _ := answerTo(t, t.Context(), k, token, query, variables)
			want, _ := answerTo(t, fastgql.Without(t.Context()), k, token, query, variables)
			if !sameButRequest(after, want) || after == before {
				t.Errorf("%s:\nbefore: %s\nafter:  %s\nwant:   %s", c.name, before, after, want)
			}
		}
		if c.restore != "" {
			if _, err := db.Exec(c.restore, reader); err != nil {
				t.Fatalf("%s: restore: %v", c.name, err)
			}
		}
	}
}

// untilDirect asks until one statement answers: the memories load again after a pause.
func untilDirect(t *testing.T, k *apptest.Kit, name, token, query string,
	variables map[string]any) string {
	t.Helper()
	for deadline := time.Now().Add(10 * time.Second); time.Now().Before(deadline); time.Sleep(50 * time.Millisecond) {
		if answer, n := answerTo(t, t.Context(), k, token, query, variables); n == 1 {
			return answer
		}
	}
	t.Fatalf("before %q: no direct answer after ten seconds", name)
	return ""
}

// sameButRequest compares answers without the ids of their requests.
func sameButRequest(a, b string) bool { return withoutRequestID(a) == withoutRequestID(b) }

func withoutRequestID(answer string) string {
	before, rest, found := strings.Cut(answer, `"requestId":"`)
	if !found {
		return answer
	}
	_, after, _ := strings.Cut(rest, `"`)
	return before + withoutRequestID(after)
}

// unremembered are the columns of the tables below that no memory holds. An account and a member are
// read by each statement; only whether and how long they may do something is remembered. A refresh
// changes the tokens of a sign-in and prolongs it.
var unremembered = map[string]string{
	"sign_ins": "token_hash parent_hash rotated_at last_used_at user_agent network device_hash",
	"users": `created_at updated_at email email_key email_proven username username_key
		username_organization_id first_name last_name password_hash must_change_password
		password_expires_at credential_version pending_email pending_email_key`,
	"members": `created_at updated_at labels additional_info custom_fields delete_on_expiry joined_at
		joined_via deactivated_at email_key sort_name first_key username_key search_text org_unit_id
		external_id proposed_email_key external_source consents`,
	"workspaces": `created_at updated_at slug name logo_url color default_locale time_zone
		support_contact home_url settings deletion_at erasure_started_at`,
	"role_assignments": "",
	"roles":            "workspace_id", // whose roles have other keys; every update moves an epoch
	"groups":           "",
	"org_units":        "",
}

// Every column of the tables that hold rights and names moves an epoch, unless it is named as one
// that nothing remembered depends on.
func TestEveryRememberedColumnMovesAnEpoch(t *testing.T) {
	t.Parallel()
	k := apptest.New(t, "postgres", apptest.WithoutWorker)
	directWorkspace(t, k)
	k.SignIn("admin@acme.test", apptest.Password)
	k.Found("Elsewhere", "elsewhere") // for references to other rows
	db := k.Store.DB()
	for table, except := range unremembered {
		for _, c := range columnsOf(t, db, table) {
			if c.name == "id" || slices.Contains(strings.Fields(except), c.name) {
				continue
			}
			tx, err := db.Begin()
			if err != nil {
				t.Fatal(err)
			}
			var before, after int64
			err = tx.QueryRow(`SELECT COALESCE(sum(change), 0) FROM epochs`).Scan(&before)
			if err == nil {
				_, err = tx.Exec(`UPDATE ` + table + ` SET ` + c.name + ` = ` + c.other() +
					` WHERE id = (SELECT max(id::text)::uuid FROM ` + table + `)`)
			}
			if err == nil {
				err = tx.QueryRow(`SELECT COALESCE(sum(change), 0) FROM epochs`).Scan(&after)
			}
			if err != nil {
				t.Errorf("%s.%s: %v", table, c.name, err)
			} else if after == before {
				t.Errorf("%s.%s: a change moves no epoch", table, c.name)
			}
			_ = tx.Rollback()
		}
	}
}

// column is a column of a table of PostgreSQL.
type column struct {
	name, kind string
	target     string // the table that it refers to
}

// other returns SQL for another value of the column.
func (c column) other() string {
	switch {
	case c.target != "":
		return fmt.Sprintf(`(SELECT id FROM %[1]s AS o WHERE o.id IS DISTINCT FROM %[2]s ORDER BY o.id LIMIT 1)`,
			c.target, c.name)
	case c.kind == "uuid":
		return "gen_random_uuid()"
	case c.kind == "timestamp with time zone":
		return "COALESCE(" + c.name + ", now()) + interval '1 hour'"
	case c.kind == "boolean":
		return "NOT " + c.name
	case c.kind == "jsonb":
		return `'["other"]'`
	case c.kind == "bytea":
		return `'\x00'`
	case c.kind == "bigint", c.kind == "integer":
		return "COALESCE(" + c.name + ", 0) + 1"
	}
	return "COALESCE(" + c.name + ", '') || 'x'"
}

func columnsOf(t *testing.T, db *sql.DB, table string) (columns []column) {
	t.Helper()
	rows, err := db.Query(`SELECT c.column_name, c.data_type, COALESCE((
	SELECT r.relname FROM pg_constraint f JOIN pg_class r ON r.oid = f.confrelid
	JOIN pg_attribute a ON a.attrelid = f.conrelid AND a.attnum = f.conkey[1]
	WHERE f.contype = 'f' AND f.conrelid = c.table_name::regclass AND a.attname = c.column_name LIMIT 1), '')
FROM information_schema.columns c WHERE c.table_name = $1 AND c.table_schema = current_schema()`, table)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	for rows.Next() {
		var c column
		if err := rows.Scan(&c.name, &c.kind, &c.target); err != nil {
			t.Fatal(err)
		}
		columns = append(columns, c)
	}
	if err := rows.Err(); err != nil || len(columns) == 0 {
		t.Fatalf("%s: %d columns, %v", table, len(columns), err)
	}
	return columns
}

func TestSummedEpochsStayTheSame(t *testing.T) {
	t.Parallel()
	k := apptest.New(t, "postgres", apptest.WithoutWorker)
	c, _ := directWorkspace(t, k)
	db := k.Store.DB()
	read := func() (sums string, rows int) {
		if err := db.QueryRow(`SELECT string_agg(s.text, ' ' ORDER BY s.text), sum(s.n) FROM (
			SELECT scope_id || '=' || sum(change) AS text, count(*) AS n FROM epochs GROUP BY scope_id) AS s`).
			Scan(&sums, &rows); err != nil {
			t.Fatal(err)
		}
		return sums, rows
	}
	before, many := read()
	for range 2 {
		if err := k.Store.SumEpochs(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	after, few := read()
	if before != after || few >= many || few != strings.Count(after, "=") {
		t.Errorf("%d rows became %d\n%s\n%s", many, few, before, after)
	}
	c.Group("One more", "PRIVATE", nil)
	if more, n := read(); more == after || n != few+1 {
		t.Errorf("a new group: %d rows after %d\n%s", n, few, more)
	}
}
