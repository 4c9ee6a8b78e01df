package relay

import (
	"time"

	"entgo.io/ent/dialect"
	"entgo.io/ent/dialect/sql"
)

// Moments outside of all times that the API takes. They stand for an absent time in an order.
var (
	// Earliest stands for "not yet": never sent, always open.
	Earliest = time.Date(1800, 1, 1, 0, 0, 0, 0, time.UTC)
	// Latest stands for "never": does not expire.
	Latest = time.Date(2300, 1, 1, 0, 0, 0, 0, time.UTC)
)

// Column is a column that a list is ordered by.
type Column struct {
	Name string
	// Null stands for an absent time; the zero time for columns that are never null. The databases
	// sort null to different ends, and a row comparison with null selects nothing.
	Null time.Time
}

// Time returns what a cursor holds of a time that may be absent.
func (c Column) Time(t *time.Time) time.Time {
	if t == nil {
		return c.Null
	}
	return *t
}

// Order returns the term that orders an ent query by the column.
func (c Column) Order(options ...sql.OrderTermOption) func(*sql.Selector) {
	return func(s *sql.Selector) {
		desc := sql.NewOrderTermOptions(options...).Desc
		s.OrderExprFunc(func(b *sql.Builder) {
			c.write(b, s.C(c.Name))
			if desc {
				b.WriteString(" DESC")
			}
		})
	}
}

// Before returns the condition that the column is before a moment. It is written so that the index
// of the order serves it.
func (c Column) Before(moment time.Time) func(*sql.Selector) {
	return func(s *sql.Selector) {
		s.Where(sql.P(func(b *sql.Builder) {
			c.write(b, s.C(c.Name))
			b.WriteString(" < ").Arg(moment.UTC())
		}))
	}
}

// write writes the column as the index on it has it, letter by letter.
func (c Column) write(b *sql.Builder, column string) {
	if c.Null.IsZero() {
		b.Ident(column)
		return
	}
	b.WriteString("COALESCE(").Ident(column).
		WriteString(", '" + c.Null.Format("2006-01-02 15:04:05-07:00") + "'")
	if b.Dialect() == dialect.Postgres {
		b.WriteString("::timestamptz")
	}
	b.WriteString(")")
}
