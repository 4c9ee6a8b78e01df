package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"strings"

	"entgo.io/ent/dialect"
	entsql "entgo.io/ent/dialect/sql"
	"github.com/pressly/goose/v3"

	"usher/ent/member"
	"usher/internal/ident"
	"usher/internal/searchtext"
)

// SearchedTable is a kind of rows in the table search_words, by its number there.
//
// The table has one row for each word of the search_text of each row of a searched table, in one
// index, so that a few rows are found among many. Triggers write it: they see each write, by ent,
// by COPY and by a cascade, and cost no statement. ent/schema does not describe the table.
//
// The words of members also carry the member's status, sort_name and joined_at, so that the first
// matches in an order are found without reading any member.
type SearchedTable int

// The searched tables. The triggers name these numbers.
const (
	SearchedMembers SearchedTable = iota + 1
	SearchedInvitations
	SearchedJoinRequests
)

// HasTerm returns a statement that selects the ids of the rows of a workspace which have a word.
func (t SearchedTable) HasTerm(engine string, workspace ident.ID,
	term searchtext.Term) *entsql.Selector {
	words := entsql.Table("search_words")
	rows := entsql.Dialect(engine).Select(words.C("row_id")).From(words).
		Where(entsql.EQ(words.C("workspace_id"), workspace)).
		Where(entsql.EQ(words.C("kind"), int(t)))
	if term.Whole {
		return rows.Where(entsql.EQ(words.C("word"), term.Word))
	}
	// The column has the collation "C" in PostgreSQL, so that both engines compare bytes.
	return rows.Where(entsql.GTE(words.C("word"), term.Word)).
		Where(entsql.LT(words.C("word"), term.Word+"\U0010ffff"))
}

// MatchingMembers returns a statement that selects a column of the words of the members of a
// workspace who have each of some words, besides their row_id. Each member occurs once. Other
// statuses are left out; nil is every status.
func MatchingMembers(engine string, workspace ident.ID, terms []searchtext.Term,
	statuses []member.Status, column string) *entsql.Selector {
	var all *entsql.Selector
	for _, term := range terms {
		rows := SearchedMembers.HasTerm(engine, workspace, term)
		columns := []string{rows.C("row_id")}
		if column != "row_id" {
			columns = append(columns, rows.C(column))
		}
		rows.Select(columns...).Distinct() // one beginning may be that of two words
		if statuses != nil {
			rows.Where(entsql.In(rows.C("status"), toAny(statuses)...))
		}
		// Each term must be met, possibly by different words of one member.
		if all == nil {
			all = rows
		} else {
			all.Intersect(rows)
		}
	}
	return all
}

// CountMatchingMembers counts the members of a workspace who have each of some words, by status.
//
// Security: this statement bypasses ent. The caller must see all members of the workspace
// (SeesAllMembers).
func (s *Store) CountMatchingMembers(ctx context.Context, workspace ident.ID,
	terms []searchtext.Term, statuses []member.Status) (map[member.Status]int, error) {
	found := MatchingMembers(s.dialect, workspace, terms, statuses, member.FieldStatus).As("found")
	query, args := entsql.Dialect(s.dialect).
		Select(found.C(member.FieldStatus), entsql.Count("*")).From(found).
		GroupBy(found.C(member.FieldStatus)).Query()
	rows, err := s.newDriver(s.reader).QueryContext(ctx, query, args...)
	if err != nil {
		return nil, fmt.Errorf("store: count matching members: %w", err)
	}
	return scanCounts(rows)
}

// toAny converts values for a statement's variadic arguments.
func toAny[T any](values []T) []any {
	all := make([]any, len(values))
	for i, v := range values {
		all[i] = v
	}
	return all
}

// fillSearchTextVersion is the number of the migration that is written in Go, because SQL does not
// fold names as package searchtext does.
const fillSearchTextVersion = 17

// fillAtOnce is how many rows the migration reads and writes in one round.
const fillAtOnce = 5_000

// searchedNames selects the address and the names of the rows of each searched table after an id.
var searchedNames = map[string]string{
	"members": `SELECT m.id, u.email, u.username, u.first_name, u.last_name FROM members AS m
JOIN users AS u ON u.id = m.user_id WHERE m.id > ?1 ORDER BY m.id LIMIT ?2`,
	"invitations": `SELECT id, email, NULL, first_name, last_name FROM invitations
WHERE id > ?1 ORDER BY id LIMIT ?2`,
	"join_requests": `SELECT id, email, NULL, first_name, last_name FROM join_requests
WHERE id > ?1 ORDER BY id LIMIT ?2`,
}

// fillSearchText returns the migration that writes the searched text of the rows that exist.
func (s *Store) fillSearchText() *goose.Migration {
	return goose.NewGoMigration(fillSearchTextVersion, &goose.GoFunc{
		RunTx: func(ctx context.Context, tx *sql.Tx) error {
			for table := range searchedNames {
				var after ident.ID
				for more := true; more; {
					last, err := s.fillNext(ctx, tx, table, after)
					if err != nil {
						return fmt.Errorf("store: fill search_text of %s: %w", table, err)
					}
					after, more = last, !last.IsZero()
				}
			}
			return nil
		}}, nil)
}

// fillNext writes the searched text of the next rows of a table. It returns the id of the last of
// them; zero if there were none.
func (s *Store) fillNext(ctx context.Context, tx *sql.Tx, table string,
	after ident.ID) (last ident.ID, err error) {
	query, update := searchedNames[table], `UPDATE `+table+` SET search_text = v.value->>'text'
FROM json_each(?1) AS v WHERE `+table+`.id = v.value->>'id'`
	if s.dialect == dialect.Postgres {
		query = strings.ReplaceAll(query, "?", "$")
		update = `UPDATE ` + table + ` AS t SET search_text = v.text
FROM jsonb_to_recordset($1::jsonb) AS v(id uuid, text varchar) WHERE t.id = v.id`
	}
	// By id and not by offset: a round starts behind the last row of the round before.
	rows, err := tx.QueryContext(ctx, query, after, fillAtOnce)
	if err != nil {
		return last, err
	}
	defer func() { _ = rows.Close() }()
	type text struct {
		ID   string `json:"id"`
		Text string `json:"text"`
	}
	var texts []text
	for rows.Next() {
		var names [4]sql.NullString
		if err := rows.Scan(&last, &names[0], &names[1], &names[2], &names[3]); err != nil {
			return last, err
		}
		texts = append(texts, text{plainID(last), searchtext.Text(names[0].String,
			names[1].String, names[2].String, names[3].String)})
	}
	if err := rows.Err(); err != nil || len(texts) == 0 {
		return last, err
	}
	// One argument holds all texts, so that the statement has no limit of parameters.
	list, err := json.Marshal(texts)
	if err == nil {
		_, err = tx.ExecContext(ctx, update, string(list))
	}
	return last, err
}
