package inputs

import (
	"database/sql"
	"encoding/json"
	"errors"
	"maps"
	"time"

	"usher/ent"
	"usher/ent/schema"
	"usher/internal/fault"
	"usher/internal/ident"
)

// Change is a field of an edit: absent keeps the value, nil clears it.
type Change[T any] struct {
	Set   bool
	Value *T
}

// SetOrClear sets a column, or clears it for nil. PostgreSQL rejects a statement that does both.
func SetOrClear[T, U any](v *T, set func(T) U, unset func() U) {
	if v == nil {
		unset()
		return
	}
	set(*v)
}

// ApplyChange applies a field of an edit to a column. An absent field keeps it.
func ApplyChange[T, U any](c Change[T], set func(T) U, unset func() U) {
	if c.Set {
		SetOrClear(c.Value, set, unset)
	}
}

// EqualOptional reports whether two optional values are both nil or equal.
func EqualOptional[T comparable](a, b *T) bool {
	return a == nil && b == nil || a != nil && b != nil && *a == *b
}

// ValueOrEmpty returns the string, "" for nil.
func ValueOrEmpty(s *string) string {
	if s == nil {
		return ""
	}
	return *s
}

// IDOrZero returns the id, the zero id for nil.
func IDOrZero(id *ident.ID) ident.ID {
	if id == nil {
		return ident.ID{}
	}
	return *id
}

// NilIfZero returns nil for the zero id, which the database stores as null.
func NilIfZero(id ident.ID) *ident.ID {
	if id.IsZero() {
		return nil
	}
	return &id
}

// HasPassed tells whether an end has come at a moment; an end of nil never comes. The end itself is
// past: what ends at noon is over at noon.
func HasPassed(end *time.Time, now time.Time) bool { return end != nil && !end.After(now) }

// FormatTime formats a time as audit events store it: RFC 3339 in UTC. Nil stays nil.
func FormatTime(t *time.Time) *string {
	if t == nil {
		return nil
	}
	s := t.UTC().Format(time.RFC3339)
	return &s
}

// WholeSeconds returns a duration in seconds, rounded up, as people are told to wait.
func WholeSeconds(d time.Duration) int { return int((d + time.Second - 1) / time.Second) }

// IgnoreMissing returns nil for a row that does not exist.
func IgnoreMissing(err error) error {
	if ent.IsNotFound(err) {
		return nil
	}
	return err
}

// RequireFound returns NOT_FOUND for a row that does not exist, other errors unchanged.
func RequireFound(err error) error {
	if ent.IsNotFound(err) {
		return fault.Missing()
	}
	return err
}

// IgnoreNoRows returns nil for sql.ErrNoRows, which ent returns after ON CONFLICT DO NOTHING when
// all rows existed.
func IgnoreNoRows(err error) error {
	if errors.Is(err, sql.ErrNoRows) {
		return nil
	}
	return err
}

// MergeAnswers returns older answers with newer ones on top.
func MergeAnswers(older, newer map[string]string) map[string]string {
	all := map[string]string{}
	maps.Copy(all, older)
	maps.Copy(all, newer)
	return all
}

// EqualGrants compares grants by their stored JSON.
func EqualGrants(a, b schema.Grant) bool {
	// JSON sorts the keys of maps, and leaves out empty fields as the database does.
	x, _ := json.Marshal(a)
	y, _ := json.Marshal(b)
	return string(x) == string(y)
}

// TruncateTime returns a time with the precision that both databases store: UTC, microseconds.
func TruncateTime(t *time.Time) *time.Time {
	if t == nil {
		return nil
	}
	u := t.UTC().Truncate(time.Microsecond)
	return &u
}
