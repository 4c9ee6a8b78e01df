package graph_test

import (
	"fmt"
	"testing"
	"time"

	"usher/ent"
	"usher/ent/role"
	"usher/internal/apptest"
	"usher/internal/ident"
	"usher/internal/searchtext"
	"usher/internal/store"
)

// populated are the members that populate has put into a workspace, in the order in which they
// came, a second apart.
type populated struct {
	ids   []ident.ID
	first time.Time
}

func (c *populated) joined(i int) time.Time { return c.first.Add(time.Duration(i) * time.Second) }

// cursor stands at a member in the list.
func (c *populated) cursor(i int) *ent.Cursor {
	return &ent.Cursor{ID: c.ids[i], Value: c.joined(i), List: "member joined_at DESC"}
}

// populate puts members into a workspace, each in two of 500 groups with a role in each, most in
// one of 200 org units. Names come in no order, as people do; addresses are numbered, as those of a
// school are whose classes join one after the other.
func populate(b testing.TB, p *apptest.Place, n int) *populated {
	b.Helper()
	const atOnce = 20_000
	c := &populated{first: p.Clock.Now().UTC().Truncate(time.Second).
		Add(-time.Duration(n) * time.Second)}
	roles := p.Store.Role.Query().Where(role.BuiltIn(true)).AllX(p.In())
	var groups, units []ident.ID
	workspace := p.Workspace.ID
	write(b, p, func(rows map[string]*store.Bulk) {
		for i := range 500 {
			groups = append(groups, ident.New(ident.Group))
			rows["groups"].Add(groups[i], c.first, c.first, fmt.Sprintf("Group %03d", i), "PRIVATE",
				workspace)
		}
		for i := range 200 {
			units = append(units, ident.New(ident.OrgUnit))
			rows["org_units"].Add(units[i], c.first, c.first, fmt.Sprintf("Unit %03d", i),
				workspace)
		}
	})
	for from := 0; from < n; from += atOnce {
		write(b, p, func(rows map[string]*store.Bulk) {
			for i := from; i < min(n, from+atOnce); i++ {
				user, member, joined := ident.New(ident.User), ident.New(ident.Member), c.joined(i)
				email := fmt.Sprintf("member%d@example.org", i)
				first, last := i*16_807%n, i*48_271%n // each number once: both are primes
				rows["users"].Add(user, joined, joined, email, email, fmt.Sprintf("First%d", first),
					fmt.Sprintf("Last%d", last))
				var unit any
				if i%10 > 0 {
					unit = units[i%len(units)]
				}
				status, labels := "ACTIVE", "[]"
				if i%1000 == 7 { // few, and far apart
					status, labels = "DEACTIVATED", `["rare"]`
				}
				rows["members"].Add(member, joined, joined, status, labels, "{}", joined, "INVITED",
					email, fmt.Sprintf("last%d", last), fmt.Sprintf("first%d", first),
					searchtext.Text(email, fmt.Sprint("First", first), fmt.Sprint("Last", last)),
					workspace, user, unit)
				for j := range 2 {
					group := groups[(i*7+j*131)%len(groups)]
					rows["role_assignments"].Add(ident.New(ident.RoleAssignment), group, joined,
						workspace, member, roles[(i+j)%len(roles)].ID, group)
				}
				c.ids = append(c.ids, member)
			}
		})
	}
	// Whatever the databases do in the background after so many rows they do now, and not while
	// something is measured.
	settle := []string{"ANALYZE"}
	if p.Store.Dialect() == "postgres" {
		settle = []string{"SET statement_timeout = 0", wordsOfMembers, "VACUUM ANALYZE", "CHECKPOINT",
			"RESET statement_timeout"}
	}
	conn, err := p.Store.DB().Conn(b.Context())
	if err != nil {
		b.Fatal(err)
	}
	defer conn.Close()
	for _, statement := range settle {
		if _, err := conn.ExecContext(b.Context(), statement); err != nil {
			b.Fatalf("%s: %v", statement, err)
		}
	}
	return c
}

// wordsOfMembers does what the triggers do, which write switches off.
const wordsOfMembers = `INSERT INTO search_words
(workspace_id, kind, word, row_id, status, sort_name, joined_at)
SELECT m.workspace_id, 1, w, m.id, m.status, m.sort_name, m.joined_at FROM members AS m
CROSS JOIN LATERAL unnest(string_to_array(replace(m.search_text, ',', ''), ' ')) AS w
WHERE w <> '' ON CONFLICT DO NOTHING`

// write fills the tables of a workspace in one transaction.
func write(b testing.TB, p *apptest.Place, fill func(rows map[string]*store.Bulk)) {
	b.Helper()
	tables := []*store.Bulk{
		{Table: "groups", Columns: []string{"id", "created_at", "updated_at", "name", "visibility",
			"workspace_id"}},
		{Table: "org_units", Columns: []string{"id", "created_at", "updated_at", "name",
			"workspace_id"}},
		{Table: "users", Columns: []string{"id", "created_at", "updated_at", "email", "email_key",
			"first_name", "last_name"}},
		{Table: "members", Columns: []string{"id", "created_at", "updated_at", "status", "labels",
			"custom_fields", "joined_at",
			"joined_via", "email_key", "sort_name", "first_key", "search_text", "workspace_id", "user_id",
			"org_unit_id"}},
		{Table: "role_assignments", Columns: []string{"id", "place_id", "created_at",
			"workspace_id", "member_id", "role_id", "group_id"}},
	}
	rows := map[string]*store.Bulk{}
	for _, t := range tables {
		rows[t.Table] = t
	}
	fill(rows)
	ctx := store.AsSystem(b.Context(), "a benchmark prepares")
	err := p.Store.WithTx(ctx, func(tx *store.Tx) error {
		// without its check of each reference, a good part of the work; takes a superuser, as the
		// tests' own is
		if p.Store.Dialect() == "postgres" {
			if _, err := tx.SQL.ExecContext(ctx,
				"SET LOCAL session_replication_role = replica"); err != nil {
				return err
			}
		}
		for _, t := range tables {
			if err := tx.Insert(ctx, t); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		b.Fatal(err)
	}
}
