package graph_test

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"testing"

	"usher/internal/apptest"
	"usher/internal/searchtext"
)

// The pages of a search are read in three ways: sorted with all matches of a rare word, looked for
// among the next members of the list, and sorted with the matches of frequent words. 24,000 members
// take all three. Each page holds what comparing all members gives, forwards and backwards.
func TestAPageOfASearchIsThatOfAllMembers(t *testing.T) {
	apptest.OnBoth(t, func(t *testing.T, k *apptest.Kit) {
		const n = 24_000
		p := k.Found("Acme", "acme")
		populate(t, p, n)
		type person struct {
			i                   int
			email, name, status string
			text                string
		}
		people := make([]*person, n)
		for i := range people {
			email, status := fmt.Sprintf("member%d@example.org", i), "ACTIVE"
			if i%1000 == 7 {
				status = "DEACTIVATED"
			}
			first := fmt.Sprint("first", i*16_807%n)
			last := fmt.Sprint("last", i*48_271%n)
			people[i] = &person{i, email, last, status, searchtext.Text(email, first, last)}
		}
		orders := map[string]func(a, b *person) int{
			"NAME":       func(a, b *person) int { return strings.Compare(a.name, b.name) },
			"JOINED_AT":  func(a, b *person) int { return cmp.Compare(a.i, b.i) },
			"CREATED_AT": func(a, b *person) int { return cmp.Compare(a.i, b.i) },
			"UPDATED_AT": func(a, b *person) int { return cmp.Compare(a.i, b.i) },
		}
		token := k.SignIn("admin@acme.test", apptest.Password)
		for _, search := range []string{
			"last77",       // rare
			"example",      // all
			"last2",        // frequent, far from both ends of the list by name
			"first1 last2", // two frequent words, few in common
			"last1 first3 member", "first1 last21", "zzz last1", "member12@example",
		} {
			for status, filter := range map[string]string{"": "", "ACTIVE": ", status: [ACTIVE]",
				"DEACTIVATED": ", status: [DEACTIVATED]"} {
				found := slices.DeleteFunc(slices.Clone(people), func(m *person) bool {
					return status != "" && m.status != status ||
						!searchtext.Match(searchtext.Query(search), m.text)
				})
				for order, compare := range orders {
					slices.SortFunc(found, compare)
					list := foundList{k, token, fmt.Sprintf(
						`filter: {search: %q%s}, orderBy: {field: %s}`, search, filter, order)}
					emails := make([]string, len(found))
					for i, m := range found {
						emails[i] = m.email
					}
					list.expect("first: 7", "after", "endCursor", emails)
					slices.Reverse(emails)
					list.expect("last: 7", "before", "startCursor", emails)
				}
			}
		}
	}, apptest.WithoutWorker, apptest.WithoutMail)
}

// foundList is a list of members with the arguments of a search.
type foundList struct {
	k           *apptest.Kit
	token, args string
}

// expect reads two pages. Their rows, from the end of the list that the pages begin at, must be the
// first of those wanted; the total and the numbers by status must be those of all.
func (l foundList) expect(size, beyond, cursor string, want []string) {
	l.k.T.Helper()
	var out struct {
		Workspace struct {
			Members struct {
				TotalCount int
				PageInfo   map[string]any
				Edges      []struct {
					Node struct{ User struct{ Email string } }
				}
			}
		}
	}
	var got []string
	at := ""
	for range 2 {
		l.k.Must(l.token, fmt.Sprintf(`{ workspace(slug: "acme") { members(%s%s, %s) { totalCount
			pageInfo { startCursor endCursor hasNextPage hasPreviousPage }
			edges { node { user { email } } } } } }`, size, at, l.args), nil, &out)
		page := out.Workspace.Members
		if page.TotalCount != len(want) {
			l.k.T.Errorf("%s: %d of %d", l.args, page.TotalCount, len(want))
		}
		var rows []string
		for _, edge := range page.Edges {
			rows = append(rows, edge.Node.User.Email)
		}
		more := page.PageInfo["hasNextPage"]
		if strings.HasPrefix(size, "last") {
			slices.Reverse(rows)
			more = page.PageInfo["hasPreviousPage"]
		}
		got = append(got, rows...)
		if more != (len(got) < len(want)) {
			l.k.T.Errorf("%s, %s%s: more is %v after %d of %d", l.args, size, at, more, len(got),
				len(want))
		}
		if more != true {
			break
		}
		at = fmt.Sprintf(", %s: %q", beyond, page.PageInfo[cursor])
	}
	if !slices.Equal(got, want[:min(len(want), 14)]) {
		l.k.T.Errorf("%s, %s: %v, want %v", l.args, size, got, want[:min(len(want), 14)])
	}
}
