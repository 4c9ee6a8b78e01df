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
)

// Change is a field of an edit: absent keeps, nil clears.
type Change[T any] struct {
	Set   bool
	Value *T
}

// SetOrClear writes a value, or clears its column when there is none: PostgreSQL refuses a
// statement that does both.
func SetOrClear[T, U any](v *T, set func(T) U, unset func() U) {
	if v == nil {
		unset()
		return
	}
	set(*v)
}

// ApplyChange writes or clears a column as a field of an edit says. An absent field keeps it.
func ApplyChange[T, U any](c Change[T], set func(T) U, unset func() U) {
	if c.Set {
		SetOrClear(c.Value, set, unset)
	}
}

// EqualOptional tells whether two optional values are both nil, or equal.
func EqualOptional[T comparable](a, b *T) bool {
	return a == nil && b == nil || a != nil && b != nil && *a == *b
}

// ValueOrEmpty is the string, or an empty one for nil.
func ValueOrEmpty(s *string) string {
	if s == nil {
		return ""
	}
	return *s
}

// FormatTime writes a time as histories store it: RFC 3339, UTC. Nil stays nil.
func FormatTime(t *time.Time) *string {
	if t == nil {
		return nil
	}
	s := t.UTC().Format(time.RFC3339)
	return &s
}

// WholeSeconds is a duration in seconds, rounded up: what a person is told to wait.
func WholeSeconds(d time.Duration) int { return int((d + time.Second - 1) / time.Second) }

// IgnoreMissing takes a row that is not there for no error.
func IgnoreMissing(err error) error {
	if ent.IsNotFound(err) {
		return nil
	}
	return err
}

// RequireFound turns the error for a row that does not exist into the fault that tells the caller
// so: NOT_FOUND.
func RequireFound(err error) error {
	if ent.IsNotFound(err) {
		return fault.Missing()
	}
	return err
}

// IgnoreNoRows takes 'no rows' for what it is after ON CONFLICT DO NOTHING: all of them were there.
func IgnoreNoRows(err error) error {
	if errors.Is(err, sql.ErrNoRows) {
		return nil
	}
	return err
}

// MergeAnswers lays newer answers over older ones.
func MergeAnswers(older, newer map[string]string) map[string]string {
	all := map[string]string{}
	maps.Copy(all, older)
	maps.Copy(all, newer)
	return all
}

// EqualGrants compares grants by what they say.
func EqualGrants(a, b schema.Grant) bool {
	x, _ := json.Marshal(a)
	y, _ := json.Marshal(b)
	return string(x) == string(y)
}

// TruncateTime is a time as both databases keep it.
func TruncateTime(t *time.Time) *time.Time {
	if t == nil {
		return nil
	}
	u := t.UTC().Truncate(time.Microsecond)
	return &u
}
