package graph

import (
	"context"
	"strings"

	"entgo.io/ent/dialect/sql"

	"usher/ent"
	"usher/ent/member"
	"usher/internal/ident"
	"usher/internal/relay"
	"usher/internal/searchtext"
	"usher/internal/store"
)

// maxAhead is the number of members of a list that are looked through for a page of matches. Reading
// so many from an index takes about as long as sorting the matches of a word that they lack
// (BenchmarkMemberSearch).
const maxAhead = 5_000

// wordColumns holds the orders of members that their words have, by the column of the list.
var wordColumns = map[string]string{
	member.FieldSortName: "sort_name", member.FieldJoinedAt: "joined_at", member.FieldID: "row_id",
}

// wordSearch is a search of members that their words answer without the members: by one or several
// words in any place, filtered by status at most, for a caller who sees the whole workspace.
//
// A page of it takes as long for a beginning that everybody has as for one that nobody has. A rare
// word is sorted with all its matches. Otherwise the next members of the list are looked through,
// and if they hold no full page, as when a list by name is searched for a name at its end, the
// matches of the words are sorted after all.
type wordSearch struct {
	*Resolver
	workspace ident.ID
	text      string
	terms     []searchtext.Term
	statuses  []member.Status // nil: every status
}

// toWordSearch returns the search of a filter if words answer it alone; nil otherwise.
func (r *Resolver) toWordSearch(ctx context.Context, workspace ident.ID,
	filter *MemberFilter) *wordSearch {
	if filter == nil || !store.SeesAllMembers(ctx, workspace) {
		return nil
	}
	text, ok := toSearchText(filter.Search)
	conditions := 1
	if filter.Status != nil {
		conditions++
	}
	// search_words carries the status of a member and nothing else that a filter could ask for.
	if !ok || len(filter.toConditions(callerOf(ctx))) != conditions {
		return nil
	}
	phrases := searchtext.Query(text)
	for _, phrase := range phrases {
		if strings.Count(phrase, " ") > 1 { // that its words are neighbours only the text can tell
			return nil
		}
	}
	if len(phrases) == 0 {
		return nil
	}
	return &wordSearch{Resolver: r, workspace: workspace, text: text,
		terms: searchtext.Terms(phrases), statuses: filter.Status}
}

// narrowPage returns a condition that the members of a page fulfil, and few others.
func (s *wordSearch) narrowPage(ctx context.Context,
	page ent.PageRequest) (func(*sql.Selector), error) {
	rarest, rare, err := s.findRareTerm(ctx, store.SearchedMembers, s.workspace, s.terms)
	if err != nil {
		return nil, err
	}
	column, ordered := wordColumns[page.By.Name]
	ordered = ordered && page.Limit > 0
	switch {
	case rare && (len(s.terms) > 1 || !ordered):
		return hasTerm(store.SearchedMembers, s.workspace, rarest), nil
	// The words do not carry this order and none is rare: the list is read in its own order.
	case !ordered:
		return allOf[func(*sql.Selector)](nil), nil
	case !rare:
		ids, err := s.findAhead(ctx, page)
		// A full page was found ahead. Fewer may mean that the rest stands further on.
		if err != nil || len(ids) == page.Limit {
			return member.IDIn(ids...), err
		}
	}
	return s.isAmongFirst(page, column), nil
}

// findAhead returns the matches among the next members of the list, at most a page.
func (s *wordSearch) findAhead(ctx context.Context, page ent.PageRequest) ([]ident.ID, error) {
	return s.Reads.Member.Query().Where(member.WorkspaceID(s.workspace), func(q *sql.Selector) {
		members := sql.Table(member.Table)
		ahead := sql.Dialect(q.Dialect()).Select(members.C(member.FieldID)).From(members).
			Where(sql.EQ(members.C(member.FieldWorkspaceID), s.workspace)).Limit(maxAhead)
		for _, column := range []string{page.By.Name, member.FieldSearchText, member.FieldStatus} {
			if column != member.FieldID {
				ahead.AppendSelect(members.C(column))
			}
		}
		// The first rows of the list are read in its order, and the words are looked for among them
		// only.
		orderPage(ahead, page, page.By.Name, member.FieldID)
		found := selectFrom("ahead", ahead, member.FieldID).Limit(page.Limit)
		isFound[func(*sql.Selector)](s.text)(found)
		if s.statuses != nil {
			member.StatusIn(s.statuses...)(found)
		}
		isAmong(found)(q)
	}).IDs(ctx)
}

// isAmongFirst returns the condition that a member is on a page, which is chosen among the words.
func (s *wordSearch) isAmongFirst(page ent.PageRequest, column string) func(*sql.Selector) {
	return func(q *sql.Selector) {
		found := store.MatchingMembers(q.Dialect(), s.workspace, s.terms, s.statuses, column)
		first := selectFrom("found", found, "row_id").Limit(page.Limit)
		orderPage(first, page, column, "row_id")
		isAmong(first)(q)
	}
}

// selectFrom returns a statement that selects a column of the rows of another one, which it names.
func selectFrom(name string, rows *sql.Selector, column string) *sql.Selector {
	named := sql.Table(name)
	return sql.Dialect(rows.Dialect()).Select(named.C(column)).From(named).
		Prefix(sql.Dialect(rows.Dialect()).With(name).As(rows))
}

// orderPage leaves the rows between the cursors of a page, in its order.
func orderPage(s *sql.Selector, page ent.PageRequest, column, id string) {
	for _, condition := range page.Conditions(id) {
		condition(s)
	}
	// Rows with an equal value come in the order of their ids, so that no page repeats or skips
	// one.
	columns := []string{s.C(column)}
	if column != id {
		columns = append(columns, s.C(id))
	}
	for _, c := range columns {
		if page.Direction == relay.OrderDirectionDesc {
			c = sql.Desc(c)
		}
		s.OrderBy(c)
	}
}

// countByStatus counts the matches of the search, in one statement.
func (s *wordSearch) countByStatus(ctx context.Context) (map[member.Status]int, error) {
	return s.Members.Store.CountMatchingMembers(ctx, s.workspace, s.terms, s.statuses)
}

// total counts the matches of the search. It always knows their number.
func (s *wordSearch) total(ctx context.Context) (n int, known bool, err error) {
	counts, err := s.countByStatus(ctx)
	for _, count := range counts {
		n += count
	}
	return n, err == nil, err
}
