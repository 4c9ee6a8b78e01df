package scalar

import (
	"encoding/json"
	"errors"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/99designs/gqlgen/graphql"

	"usher/internal/fault"
)

// The years that a moment may lie in. SQLite stores moments as text, which its driver reads back up
// to the year 9999; nobody means a date outside of these, which rather come from a mistyped year or
// from a program's "for ever".
const (
	firstYear = 1900
	lastYear  = 2200
)

// maxMapDepth is how deep the values of a Map may nest. No field of ours takes more than one level.
const maxMapDepth = 3

var (
	errUnstorable = fault.New(fault.BadUserInput, "input.unstorable")
	errNotText    = fault.New(fault.BadUserInput, "input.not_text")
	errNotNumber  = fault.New(fault.BadUserInput, "input.not_number")
	errTime       = fault.New(fault.BadUserInput, "input.time")
	errDateOrTime = fault.New(fault.BadUserInput, "input.date_or_time")
	errYear       = fault.New(fault.BadUserInput, "input.year")
	errMap        = fault.New(fault.BadUserInput, "input.map")
)

// IsStorable reports whether both databases store a text as it is: it is UTF-8 and has no U+0000,
// which PostgreSQL refuses and at which SQLite cuts a text when it compares.
func IsStorable(s string) bool { return strings.IndexByte(s, 0) < 0 && utf8.ValidString(s) }

// CheckText returns the error that String answers for a text that cannot be stored, at a field.
func CheckText(field, s string) error {
	if IsStorable(s) {
		return nil
	}
	return annotateField(field, errUnstorable)
}

// CheckTime returns the error that Time answers for a moment that is out of range, at a field. It
// counts the years in UTC, which is what is stored.
func CheckTime(field string, t time.Time) error {
	if year := t.UTC().Year(); year >= firstYear && year <= lastYear {
		return nil
	}
	return annotateField(field, errYear)
}

// annotateField copies a fault to a field. gqlgen's errors have the field in their path, so there
// it is empty.
func annotateField(field string, f *fault.Error) error {
	if field == "" {
		return f
	}
	return fault.Input(field, f.Message.Key, f.Message.Args)
}

// MarshalString writes a text.
func MarshalString(s string) graphql.Marshaler { return graphql.MarshalString(s) }

// UnmarshalString reads a text. A number or a boolean is refused: what was sent as 007 would be
// stored as 7.
func UnmarshalString(v any) (string, error) {
	s, ok := v.(string)
	switch {
	case !ok:
		return "", errNotText
	case !IsStorable(s):
		return "", errUnstorable
	}
	return s, nil
}

// MarshalInt writes a number.
func MarshalInt(i int) graphql.Marshaler { return graphql.MarshalInt(i) }

// UnmarshalInt reads a whole number of 32 bits, as GraphQL defines Int.
func UnmarshalInt(v any) (int, error) {
	var n int64
	switch v := v.(type) {
	case int:
		n = int64(v)
	case int64:
		n = v
	case json.Number:
		var err error
		if n, err = strconv.ParseInt(v.String(), 10, 64); err != nil {
			return 0, errNotNumber
		}
	default:
		return 0, errNotNumber
	}
	// GraphQL: an Int has 32 bits.
	if n != int64(int32(n)) {
		return 0, errNotNumber
	}
	return int(n), nil
}

// MarshalTime writes a moment, and null for the zero time.
func MarshalTime(t time.Time) graphql.Marshaler { return graphql.MarshalTime(t) }

// UnmarshalTime reads a moment in the form of RFC 3339.
func UnmarshalTime(v any) (time.Time, error) {
	s, ok := v.(string)
	if !ok {
		return time.Time{}, errTime
	}
	t, err := time.Parse(time.RFC3339Nano, s)
	if err != nil {
		return time.Time{}, errTime
	}
	return t, CheckTime("", t)
}

// MarshalMap writes a JSON object.
func MarshalMap(m map[string]any) graphql.Marshaler { return graphql.MarshalMap(m) }

// UnmarshalMap reads a JSON object. Keys and values, at any depth, hold to the rules of String.
func UnmarshalMap(v any) (map[string]any, error) {
	m, ok := v.(map[string]any)
	if !ok {
		return nil, errMap
	}
	return m, checkMap(m, maxMapDepth)
}

// checkMap checks the texts of a Map at every level, its keys included. depth limits the nesting,
// so that a hostile value cannot exhaust the stack.
func checkMap(v any, depth int) error {
	if depth == 0 {
		return errMap
	}
	switch v := v.(type) {
	case string:
		return CheckText("", v)
	case map[string]any:
		for key, value := range v {
			// Keys are stored like values, so they must be storable too.
			if err := errors.Join(CheckText("", key), checkMap(value, depth-1)); err != nil {
				return err
			}
		}
	case []any:
		for _, value := range v {
			if err := checkMap(value, depth-1); err != nil {
				return err
			}
		}
	}
	return nil
}
