package graph_test

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"usher/internal/access"
	"usher/internal/admission"
	"usher/internal/apptest"
	"usher/internal/ident"
)

// countedMembers are two queries whose rows have to be equal: what is kept and what is there.
const countedMembers = `SELECT workspace_id::text, status, %s FROM %s
GROUP BY workspace_id, status HAVING %[1]s <> 0 ORDER BY 1, 2`

// compareCounts fails if the kept numbers are not those of the members in one snapshot.
func compareCounts(ctx context.Context, db *sql.DB) error {
	tx, err := db.BeginTx(ctx, &sql.TxOptions{Isolation: sql.LevelRepeatableRead, ReadOnly: true})
	if err != nil {
		return err
	}
	defer func() { _ = tx.Rollback() }()
	var found [2][]string
	for i, query := range []string{fmt.Sprintf(countedMembers, "SUM(change)", "member_counts"),
		fmt.Sprintf(countedMembers, "COUNT(*)", "members")} {
		rows, err := tx.QueryContext(ctx, query)
		if err != nil {
			return err
		}
		for rows.Next() {
			var workspace, status string
			var n int
			if err := rows.Scan(&workspace, &status, &n); err != nil {
				return errors.Join(err, rows.Close())
			}
			found[i] = append(found[i], fmt.Sprint(workspace, " ", status, " ", n))
		}
		if err := rows.Err(); err != nil {
			return err
		}
	}
	if !slices.Equal(found[0], found[1]) {
		return fmt.Errorf("kept %v, there are %v", found[0], found[1])
	}
	return nil
}

// Every snapshot sees the number that fits its members, whatever else is under way: rows written
// one by one and many at once, changed, deleted directly and with their accounts and workspaces,
// rolled back, while changes are added up and repairs run.
func TestKeptNumbersOfMembersFitEverySnapshot(t *testing.T) {
	t.Parallel()
	k := apptest.New(t, "postgres", apptest.WithoutWorker, apptest.WithoutMail)
	p, other := k.Found("Acme", "acme"), k.Found("Other", "other")
	db, places := k.Store.DB(), []ident.ID{p.Workspace.ID, other.Workspace.ID}
	write := func(dice *rand.Rand, writer, step int) error {
		tx, err := db.BeginTx(t.Context(), nil)
		if err != nil {
			return err
		}
		defer func() { _ = tx.Rollback() }()
		email := fmt.Sprintf("w%d.%d.", writer, step)
		statements := []string{fmt.Sprintf(`WITH u AS (INSERT INTO users (id, created_at, updated_at, email, email_key)
			SELECT gen_random_uuid(), now(), now(), '%s' || n, '%[1]s' || n
			FROM generate_series(1, %d) n RETURNING id)
			INSERT INTO members (id, created_at, updated_at, status, labels, custom_fields, joined_at,
			joined_via, workspace_id, user_id) SELECT gen_random_uuid(), now(), now(),
			CASE WHEN random() < 0.3 THEN 'DEACTIVATED' ELSE 'ACTIVE' END, '[]', '{}', now(),
			'INVITED', '%s', id FROM u`, email, 1+dice.IntN(5), places[dice.IntN(2)].UUID())}
		mine := fmt.Sprintf(`(SELECT id FROM users WHERE email LIKE 'w%d.%%' ORDER BY random() LIMIT 2)`,
			writer)
		switch dice.IntN(4) {
		case 0:
			statements = append(statements, `UPDATE members SET status = CASE status
				WHEN 'ACTIVE' THEN 'DEACTIVATED' ELSE 'ACTIVE' END, updated_at = now()
				WHERE user_id IN `+mine, `UPDATE members SET updated_at = now()`+
				` WHERE user_id IN `+mine)
		case 1:
			statements = append(statements, `DELETE FROM members WHERE user_id IN `+mine)
		case 2:
			statements = append(statements, `DELETE FROM users WHERE id IN `+mine)
		}
		for _, statement := range statements {
			if _, err := tx.ExecContext(t.Context(), statement); err != nil {
				return err
			}
		}
		if dice.IntN(4) == 0 {
			return tx.Rollback()
		}
		return tx.Commit()
	}

	var wait sync.WaitGroup
	var over atomic.Bool
	for writer := range 4 {
		wait.Go(func() {
			dice := rand.New(rand.NewPCG(uint64(writer), 15))
			for step := range 60 {
				if err := write(dice, writer, step); err != nil {
					t.Errorf("writer %d: %v", writer, err)
				}
			}
		})
	}
	var beside sync.WaitGroup
	for _, work := range []func(context.Context) error{k.Store.SumMemberCounts,
		k.Store.SumMemberCounts, k.Store.RepairMemberCounts,
		func(ctx context.Context) error { return compareCounts(ctx, db) }} {
		beside.Go(func() {
			for !over.Load() {
				if err := work(t.Context()); err != nil {
					t.Error(err)
				}
			}
		})
	}
	wait.Wait()
	over.Store(true)
	beside.Wait()

	if err := compareCounts(t.Context(), db); err != nil {
		t.Error(err)
	}
	if _, err := db.ExecContext(t.Context(), `DELETE FROM workspaces WHERE id = $1`,
		other.Workspace.ID); err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(compareCounts(t.Context(), db),
		k.Store.SumMemberCounts(t.Context())); err != nil {
		t.Error(err)
	}
	var left int
	if err := db.QueryRow(`SELECT count(*) FROM member_counts`).Scan(&left); err != nil || left > 2 {
		t.Errorf("%d rows are left of one workspace with two statuses (%v)", left, err)
	}
}

// A number that is wrong, because members were written with triggers off, is corrected once.
func TestAWrongNumberOfMembersIsRepaired(t *testing.T) {
	t.Parallel()
	k := apptest.New(t, "postgres", apptest.WithoutWorker, apptest.WithoutMail)
	p := k.Found("Acme", "acme")
	db := k.Store.DB()
	for _, statement := range []string{
		`INSERT INTO member_counts (workspace_id, status, change) SELECT id, 'ACTIVE', 7 FROM workspaces`,
		`INSERT INTO member_counts (workspace_id, status, change) SELECT id, 'DEACTIVATED', -3 FROM workspaces`,
	} {
		if _, err := db.Exec(statement); err != nil {
			t.Fatal(err)
		}
	}
	if err := compareCounts(t.Context(), db); err == nil {
		t.Fatal("the wrong number is not seen")
	}
	var wait sync.WaitGroup
	for range 4 {
		wait.Go(func() {
			if err := k.Store.RepairMemberCounts(t.Context()); err != nil {
				t.Error(err)
			}
		})
	}
	wait.Wait()
	if err := compareCounts(t.Context(), db); err != nil {
		t.Error(err)
	}
	if n := totalOf(t, k, k.SignIn("admin@acme.test", apptest.Password), ``); n != 1 {
		t.Errorf("%d members of %s", n, p.Workspace.Slug)
	}
}

// totalOf returns the total of a list of members of the workspace acme.
func totalOf(t *testing.T, k *apptest.Kit, token, args string) int {
	t.Helper()
	var out struct {
		Workspace struct{ Members struct{ TotalCount int } }
	}
	k.Must(token, `{ workspace(slug: "acme") { members(first: 1`+args+`) {
		totalCount edges { node { id } } } } }`, nil, &out)
	return out.Workspace.Members.TotalCount
}

// The totals of a caller who sees everybody come from the kept numbers, with the same result as
// counting; those of others are counted behind the visibility filter.
func TestTotalsOfMembersAreThoseThatTheCallerSees(t *testing.T) {
	apptest.OnBoth(t, func(t *testing.T, k *apptest.Kit) {
		p := k.Found("Acme", "acme")
		k.Found("Other", "other")
		class := p.Group("Class", "PRIVATE", nil)
		inClass := func(roles ...string) *admission.GrantInput {
			return &admission.GrantInput{Roles: roles, GroupIDs: []ident.ID{class.ID}}
		}
		p.Join("coach@acme.test", inClass(access.Coach))
		p.Join("jane@acme.test", inClass())
		gone := p.Join("gone@acme.test", nil)
		admin := k.SignIn("admin@acme.test", apptest.Password)
		coach := k.SignIn("coach@acme.test", apptest.Password)
		learner := k.SignIn("jane@acme.test", apptest.Password)
		k.Must(admin, `mutation($i: DeactivateMemberInput!) { deactivateMember(input: $i) { member { id } } }`,
			map[string]any{"i": map[string]any{"memberId": gone.ID.String()}}, nil)

		for _, c := range []struct {
			token, args string
			want        int
		}{
			{admin, ``, 4},
			{admin, `, filter: {}`, 4},
			{admin, `, filter: {status: [ACTIVE]}`, 3},
			{admin, `, filter: {status: [DEACTIVATED]}`, 1},
			{admin, `, filter: {status: [ACTIVE, DEACTIVATED, ACTIVE]}`, 4},
			{admin, `, filter: {status: []}`, 0},
			{admin, `, filter: {status: [ACTIVE], search: "jane"}`, 1},
			{admin, `, filter: {groupId: "` + class.ID.String() + `"}`, 2},
			{coach, ``, 2},
			{coach, `, filter: {status: [ACTIVE]}`, 2},
			{coach, `, filter: {status: [DEACTIVATED]}`, 0},
			{learner, `, filter: {status: [ACTIVE]}`, 1},
		} {
			if n := totalOf(t, k, c.token, c.args); n != c.want {
				t.Errorf("members(%s): %d, want %d", strings.TrimPrefix(c.args, ", "), n, c.want)
			}
		}
	}, apptest.WithoutWorker, apptest.WithoutMail)
}
