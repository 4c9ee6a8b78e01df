package graph

import (
	"context"
	"fmt"
	"strconv"
	"strings"

	"entgo.io/ent/dialect"
	"entgo.io/ent/dialect/sql"

	"usher/ent/predicate"
	entworkspace "usher/ent/workspace"
	"usher/internal/ident"
	"usher/internal/searchtext"
	"usher/internal/store"
)

// A search of members, invitations or join requests may find one row of a million, or all of them.
// Statistics do not tell which: they are those of all workspaces. So the rarest word of the search
// is counted first, up to maxFew rows that have it, in an index.
//
// If there are few, the page is chosen among them: all of them are read and sorted. Otherwise the
// list is read in its order until the page is full. The text of each row is compared in both cases,
// so that the choice never changes the result. Neither way reads a whole workspace for one page,
// unless its matches are many and stand at the far end of the order.

// maxFew is the number of rows up to which a word is rare. To read and sort so many takes as long
// as to find a page of 50 among 100,000 rows when so many match (BenchmarkMemberSearch).
const maxFew = 2_000

// isFound matches members, invitations or join requests that a search finds, by their own text.
func isFound[P ~func(*sql.Selector)](search string) P {
	phrases := searchtext.Query(search)
	return func(s *sql.Selector) {
		if len(phrases) == 0 { // nothing but punctuation
			s.Where(sql.False())
		}
		position := "INSTR("
		if s.Dialect() == dialect.Postgres {
			position = "STRPOS("
		}
		for _, phrase := range phrases {
			s.Where(sql.P(func(b *sql.Builder) {
				b.WriteString(position).Ident(s.C("search_text")).WriteString(", ").Arg(phrase).
					WriteString(") > 0")
			}))
		}
	}
}

// fewMembers returns the condition that a member has the rarest word of the search of a filter;
// none if no word is rare.
func (r *Resolver) fewMembers(ctx context.Context, workspace ident.ID,
	filter *MemberFilter) (predicate.Member, error) {
	if filter == nil {
		return allOf[predicate.Member](nil), nil
	}
	return fewFound[predicate.Member](ctx, r, store.SearchedMembers, workspace, filter.Search)
}

// fewInvitations is fewMembers for invitations.
func (r *Resolver) fewInvitations(ctx context.Context, workspace ident.ID,
	filter *InvitationFilter) (predicate.Invitation, error) {
	if filter == nil {
		return allOf[predicate.Invitation](nil), nil
	}
	return fewFound[predicate.Invitation](ctx, r, store.SearchedInvitations, workspace,
		filter.Search)
}

// fewJoinRequests is fewMembers for join requests.
func (r *Resolver) fewJoinRequests(ctx context.Context, workspace ident.ID,
	filter *JoinRequestFilter) (predicate.JoinRequest, error) {
	if filter == nil {
		return allOf[predicate.JoinRequest](nil), nil
	}
	return fewFound[predicate.JoinRequest](ctx, r, store.SearchedJoinRequests, workspace,
		filter.Search)
}

// fewFound returns the condition of the rows that a search by rare words finds; one that all rows
// meet without a search.
func fewFound[P ~func(*sql.Selector)](ctx context.Context, r *Resolver, table store.SearchedTable,
	workspace ident.ID, search *string) (P, error) {
	text, ok := toSearchText(search)
	if !ok {
		return allOf[P](nil), nil
	}
	term, rare, err := r.findRareTerm(ctx, table, workspace,
		searchtext.Terms(searchtext.Query(text)))
	if err != nil || !rare {
		return allOf[P](nil), err
	}
	return hasTerm(table, workspace, term), nil
}

// hasTerm matches the rows that have a word.
func hasTerm(table store.SearchedTable, workspace ident.ID,
	term searchtext.Term) func(*sql.Selector) {
	return func(s *sql.Selector) { isAmong(table.HasTerm(s.Dialect(), workspace, term))(s) }
}

// isAmong matches the rows whose ids a statement selects. These are few.
func isAmong(ids *sql.Selector) func(*sql.Selector) {
	return func(s *sql.Selector) {
		s.Where(sql.P(func(b *sql.Builder) {
			b.Ident(s.C("id"))
			// PostgreSQL runs the subquery of ARRAY once, and looks up its rows by their ids: it
			// estimates ten of them, whatever the statistics say of the word.
			if b.Dialect() == dialect.Postgres {
				b.WriteString(" = ANY(ARRAY(").Join(ids).WriteString("))")
			} else {
				b.WriteString(" IN (").Join(ids).WriteString(")")
			}
		}))
	}
}

// findRareTerm returns the word of a search that the fewest rows have; false if each word has more
// than maxFew rows.
func (r *Resolver) findRareTerm(ctx context.Context, table store.SearchedTable,
	workspace ident.ID, terms []searchtext.Term) (rarest searchtext.Term, rare bool, err error) {
	if len(terms) == 0 {
		return rarest, false, nil
	}
	var found []struct {
		Counts string `sql:"counts"`
	}
	if err := r.Reads.Workspace.Query().Where(entworkspace.ID(workspace)).
		Modify(func(s *sql.Selector) {
			// All counts come as one text from one statement, "12 2001 0": the number of columns
			// would otherwise depend on the number of words.
			counts := sql.ExprFunc(func(b *sql.Builder) {
				for i, term := range terms {
					if i > 0 {
						b.WriteString(" || ' ' || ")
					}
					// Counting stops one above the limit, so a frequent word costs no more than a
					// rare one.
					few := table.HasTerm(b.Dialect(), workspace, term).Limit(maxFew + 1)
					b.WriteString("CAST((SELECT COUNT(*) FROM (").Join(few).
						WriteString(") AS few) AS TEXT)")
				}
			})
			s.Select().AppendSelectExprAs(counts, "counts")
		}).Scan(ctx, &found); err != nil {
		return rarest, false, err
	}
	fewest := maxFew + 1
	for _, row := range found {
		for i, count := range strings.Fields(row.Counts) {
			n, err := strconv.Atoi(count)
			if err != nil || i >= len(terms) {
				return rarest, false, fmt.Errorf("graph: count words: %q: %w", row.Counts, err)
			}
			if n < fewest {
				rarest, fewest = terms[i], n
			}
		}
	}
	return rarest, fewest <= maxFew, nil
}
