package onboarding

import (
	"encoding/json"
	"maps"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"usher/ent"
	"usher/ent/customfield"
	"usher/internal/fault"
	"usher/internal/i18n"
	"usher/internal/ident"
)

// text trims a free text and holds it to its length; new lines and tabs stay, other control characters are refused.
func text(field string, s *string, limit int) (string, error) {
	if s == nil {
		return "", nil
	}
	t := strings.TrimSpace(*s)
	if utf8.RuneCountInString(t) > limit {
		return "", fault.Input(field, "input.too_long", i18n.Args{"Max": limit})
	}
	if unprintable(layout.Replace(t)) {
		return "", fault.Input(field, "input.unprintable")
	}
	return t, nil
}

// layout takes out what lays a free text out.
var layout = strings.NewReplacer("\r", "", "\n", "", "\t", "")

// personName reads a first or last name.
func personName(field string, s *string) (string, error) { return line(field, s, maxName) }

// line is text of one line.
func line(field string, s *string, limit int) (string, error) {
	t, err := text(field, s, limit)
	if err == nil && strings.ContainsAny(t, "\r\n\t") {
		err = fault.Input(field, "input.unprintable")
	}
	return t, err
}

// unprintable tells whether a string holds what no reader would see: control characters, invalid bytes, and the marks
// that turn the direction of a text around.
func unprintable(s string) bool {
	return !utf8.ValidString(s) || strings.ContainsFunc(s, func(r rune) bool {
		return unicode.IsControl(r) || r >= '\u202a' && r <= '\u202e' || r >= '\u2066' && r <= '\u2069'
	})
}

func locale(field string, s *string) (string, error) {
	if s == nil || *s == "" {
		return "", nil
	}
	l, met := i18n.Match(*s)
	if !met {
		return "", fault.Input(field, "input.locale", i18n.Args{"Value": *s})
	}
	return string(l), nil
}

// canonical brings an answer into the one form that is stored; an empty answer is none.
func canonical(f *ent.CustomField, value any) (string, bool) {
	var s string
	number := false
	switch v := value.(type) {
	case nil:
		return "", true
	case string:
		s = strings.TrimSpace(v)
	case json.Number:
		s, number = v.String(), true
	case int64:
		s, number = strconv.FormatInt(v, 10), true
	case float64:
		s, number = strconv.FormatFloat(v, 'f', -1, 64), true
	default:
		return "", false
	}
	if number && f.Type != customfield.TypeNumber {
		return "", false // as the scalar String does: 007 would have become 7 on its way
	}
	if s == "" {
		return "", true
	}
	switch f.Type {
	case customfield.TypeNumber:
		n, err := strconv.ParseFloat(s, 64)
		return s, err == nil && !math.IsNaN(n) && !math.IsInf(n, 0)
	case customfield.TypeDate:
		_, err := time.Parse(time.DateOnly, s)
		return s, err == nil
	case customfield.TypeChoice:
		return s, slices.Contains(f.Choices, s)
	}
	return s, utf8.RuneCountInString(s) <= maxAdditionalInfo && !unprintable(strings.ReplaceAll(s, "\n", ""))
}

func unique(ids []ident.ID) []ident.ID {
	var list []ident.ID
	for _, i := range ids {
		if !slices.Contains(list, i) {
			list = append(list, i)
		}
	}
	return list
}

func keysOf(m map[string]any) []string { return slices.Sorted(maps.Keys(m)) }

// optional is nil for an empty string: what the database stores for 'not said'.
func optional(s string) *string {
	if s == "" {
		return nil
	}
	return &s
}
