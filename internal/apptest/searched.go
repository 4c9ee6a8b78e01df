package apptest

import (
	"database/sql"
	"strings"

	"usher/internal/searchtext"
)

// searched selects, of each row that a search finds, its searched text, and the address and the
// names that it repeats. A test's own rows may have no copies at all.
var searched = []string{
	`SELECT m.id, m.search_text, u.email, u.username, u.first_name, u.last_name FROM members AS m
JOIN users AS u ON u.id = m.user_id WHERE m.email_key <> '' OR m.search_text <> ''`,
	`SELECT id, search_text, email, NULL, first_name, last_name FROM invitations`,
	`SELECT id, search_text, email, NULL, first_name, last_name FROM join_requests`,
}

// CheckSearched fails the test unless each member, invitation and join request is found by the
// names and the address that it has now, and by no others. At the end of a test it shows a write
// that forgot one of the copies.
func (k *Kit) CheckSearched() {
	k.T.Helper()
	want := map[string]bool{}
	for i, query := range searched {
		for _, row := range k.Texts(query, 6) {
			if text := searchtext.Text(row[2:]...); text != row[1] {
				k.T.Errorf("%s is searched by %q, not by %q", row[0], row[1], text)
			}
			for word := range strings.FieldsSeq(strings.ReplaceAll(row[1], ",", "")) {
				want[strings.Join([]string{string(rune('1' + i)), row[0], word}, " ")] = true
			}
		}
	}
	// Each row is taken out of want, so that what remains there is missing in the table.
	for _, row := range k.Texts(`SELECT kind, row_id, word FROM search_words`, 3) {
		if key := strings.Join(row, " "); !want[key] {
			k.T.Errorf("search_words has %q", key)
		} else {
			delete(want, key)
		}
	}
	for key := range want {
		k.T.Errorf("search_words lacks %q", key)
	}
	for _, row := range k.Texts(`SELECT w.word, m.id FROM search_words AS w
JOIN members AS m ON m.id = w.row_id AND w.kind = 1 WHERE w.status <> m.status
OR w.sort_name <> m.sort_name OR w.joined_at <> m.joined_at OR w.joined_at IS NULL`, 2) {
		k.T.Errorf("%q of %s has another status, sort_name or joined_at than the member", row[0], row[1])
	}
}

// Texts returns the columns of the rows of a query as text.
func (k *Kit) Texts(query string, columns int) (all [][]string) {
	k.T.Helper()
	rows, err := k.Store.DB().QueryContext(k.T.Context(), query)
	if err != nil {
		k.T.Fatal(err)
	}
	defer rows.Close()
	for rows.Next() {
		values := make([]sql.NullString, columns)
		places := make([]any, columns)
		for i := range values {
			places[i] = &values[i]
		}
		if err := rows.Scan(places...); err != nil {
			k.T.Fatal(err)
		}
		row := make([]string, columns)
		for i, v := range values {
			row[i] = v.String
		}
		all = append(all, row)
	}
	if err := rows.Err(); err != nil {
		k.T.Fatal(err)
	}
	return all
}
