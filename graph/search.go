package graph

import (
	"context"

	"entgo.io/ent/dialect"
	"entgo.io/ent/dialect/sql"

	"usher/internal/ident"
	"usher/internal/searchtext"
)

// named is a row of a short list with the names that it is searched by.
type named struct {
	id    ident.ID
	names []string
}

// findNamed returns the condition that a row has a name that a search finds. The rows are those of
// a list that is short enough to be read as a whole: a few thousand names take some milliseconds.
// An absent search finds all rows, and reads none.
func findNamed[P ~func(*sql.Selector)](ctx context.Context, search *string,
	read func(context.Context) ([]named, error)) (P, error) {
	text, ok := toSearchText(search)
	if !ok {
		return allOf[P](nil), nil
	}
	rows, err := read(ctx)
	if err != nil {
		return nil, err
	}
	phrases := searchtext.Query(text)
	found := []ident.ID{}
	for _, row := range rows {
		// Punctuation alone has no phrase and finds nothing; Match without phrases is always true.
		if len(phrases) > 0 && searchtext.Match(phrases, searchtext.Text(row.names...)) {
			found = append(found, row.id)
		}
	}
	return hasID[P](found), nil
}

// hasID matches rows by their ids, however many there are, with one argument.
func hasID[P ~func(*sql.Selector)](ids []ident.ID) P {
	return func(s *sql.Selector) {
		s.Where(sql.P(func(b *sql.Builder) {
			b.Ident(s.C("id"))
			if b.Dialect() == dialect.Postgres {
				b.WriteString(" = ANY(").Arg(ident.Array(ids)).WriteString(")")
			} else {
				b.WriteString(" IN (SELECT value FROM json_each(").Arg(ident.JSON(ids)).
					WriteString("))")
			}
		}))
	}
}
