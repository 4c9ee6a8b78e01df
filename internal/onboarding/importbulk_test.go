package onboarding_test

import (
	"fmt"
	"math/rand/v2"
	"reflect"
	"strings"
	"testing"

	"usher/ent/importbatch"
	"usher/internal/apptest"
)

// importTables are the tables in which an import of many rows and an import of each row leave the
// same.
var importTables = []string{"users", "members", "role_assignments", "assignment_sources", "seats",
	"seat_events", "enrollments", "invitations", "search_words", "organizations"}

// mixedRows returns random rows: new people, members, invitees, people of other workspaces, and
// rows that are wrong. No person occurs twice, and rows may have one mailbox or one username.
// Without clashes no two rows have one username: such a row counts a seat in the preview of its
// file.
func mixedRows(r *rand.Rand, n int, clashes bool) []string {
	rows := make([]string, n)
	for i := range rows {
		email, username := fmt.Sprintf("person%d@crowd.test", i), ""
		switch r.IntN(12) {
		case 0:
			email = fmt.Sprintf("member%d@known.test", i%6)
		case 1:
			email = fmt.Sprintf("invited%d@known.test", i%6)
		case 2:
			email = fmt.Sprintf("elsewhere%d@known.test", i%6)
		case 3:
			email = fmt.Sprintf("shared+%d@crowd.test", i)
		case 4:
			if username = "same"; !clashes {
				username = fmt.Sprint("other", i)
			}
		case 5:
			email, username = "", fmt.Sprint("user", i)
		case 6:
			email = "nonsense"
		}
		groups := []string{"", "Class", "School / Class|Club", "Club", "Nowhere"}[r.IntN(5)]
		unit := []string{"", "North", "South"}[r.IntN(3)]
		role := []string{"", "", "", "admin", "coach"}[r.IntN(5)]
		rows[i] = strings.Join([]string{email, username, fmt.Sprint("First", i),
			fmt.Sprint("Last", i), groups, unit, role, "new|2026"}, ",")
	}
	seen := map[string]bool{}
	var distinct []string
	for _, row := range rows {
		if email, _, _ := strings.Cut(row, ","); email == "" || !seen[email] {
			seen[email] = true
			distinct = append(distinct, row)
		}
	}
	return distinct
}

// furnishForRows makes what mixedRows names.
func furnishForRows(p *apptest.Place) {
	p.T.Helper()
	class := p.Group("Class", "PUBLIC", p.Group("School", "PRIVATE", nil))
	p.Group("Club", "PRIVATE", nil)
	p.Unit("North", nil)
	p.Unit("South", nil)
	p.Session(p.Program("Safety", class), "Monday", day, 2*day)
	other := p.Found("Other", "other")
	for i := range 6 {
		p.Join(fmt.Sprintf("member%d@known.test", i), nil)
		p.Invite(fmt.Sprintf("invited%d@known.test", i), nil)
		other.Join(fmt.Sprintf("elsewhere%d@known.test", i), nil)
	}
}

// BAT-2, BAT-4: what becomes of a row does not depend on the rows that are written together with
// it. Seats have no limit here: the preview counts them for a whole file before a row is written.
func TestAnImportLeavesWhatAnImportOfEachOfItsRowsWouldLeave(t *testing.T) {
	t.Parallel()
	const header = "email,username,first name,last name,groups,org unit,roles,labels\n"
	for _, kind := range []string{"sqlite", "postgres"} {
		for seed := range uint64(3) {
			t.Run(fmt.Sprint(kind, seed), func(t *testing.T) {
				t.Parallel()
				var outcomes [2][]string
				var content [2]map[string][]string
				for i, together := range []bool{true, false} {
					k := apptest.New(t, kind, apptest.WithoutMail)
					p := k.Found("Acme", "acme")
					furnishForRows(p)
					k.Clock.Stop()
					rows := mixedRows(rand.New(rand.NewPCG(seed, seed)), 40, true)
					files := []string{strings.Join(rows, "\n")}
					if !together {
						files = rows
					}
					for _, file := range files {
						b := upload(p, importbatch.ActionCreate, importbatch.ExistingUpdate,
							header+file+"\n")
						for _, told := range rowsOf(p, run(p, b)) {
							_, told, _ = strings.Cut(told, " ") // without its number
							outcomes[i] = append(outcomes[i], told)
						}
					}
					w := &crowdWorld{Place: p}
					content[i] = w.content()
					p.SeatsTaken()
					k.CheckSearched()
				}
				same(t, "outcomes", outcomes[0], outcomes[1])
				for _, table := range importTables {
					if !reflect.DeepEqual(content[0][table], content[1][table]) {
						t.Errorf("%s\ntogether %s\none by one %s", table,
							strings.Join(subtract(content[0][table], content[1][table]), "\n"),
							strings.Join(subtract(content[1][table], content[0][table]), "\n"))
					}
				}
			})
		}
	}
}
