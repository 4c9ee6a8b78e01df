package inputs

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

// ParseText trims a free text and holds it to its length; new lines and tabs stay, other control
// characters are refused.
func ParseText(field string, s *string, limit int) (string, error) {
	if s == nil {
		return "", nil
	}
	t := strings.TrimSpace(*s)
	if utf8.RuneCountInString(t) > limit {
		return "", fault.Input(field, "input.too_long", i18n.Args{"Max": limit})
	}
	if HasUnprintable(layout.Replace(t)) {
		return "", fault.Input(field, "input.unprintable")
	}
	return t, nil
}

// layout takes out what lays a free text out.
var layout = strings.NewReplacer("\r", "", "\n", "", "\t", "")

// ParsePersonName reads a first or last name.
func ParsePersonName(field string, s *string) (string, error) {
	return ParseLine(field, s, maxName)
}

// ParseLine is text of one line.
func ParseLine(field string, s *string, limit int) (string, error) {
	t, err := ParseText(field, s, limit)
	if err == nil && strings.ContainsAny(t, "\r\n\t") {
		err = fault.Input(field, "input.unprintable")
	}
	return t, err
}

// ParseName reads a name that must be there: 1 to limit characters on one line, all visible. key is
// the sentence of its BAD_USER_INPUT; the sentence may use the place Max.
func ParseName(field, value string, limit int, key string) (string, error) {
	t := strings.TrimSpace(value)
	if n := utf8.RuneCountInString(t); n == 0 || n > limit || HasUnprintable(t) {
		return "", fault.Input(field, key, i18n.Args{"Max": limit})
	}
	return t, nil
}

// HasUnprintable tells whether a string holds what no reader would see: control characters, invalid
// bytes, and the marks that turn the direction of a text around.
func HasUnprintable(s string) bool {
	return !utf8.ValidString(s) || strings.ContainsFunc(s, func(r rune) bool {
		return unicode.IsControl(r) || r >= '\u202a' && r <= '\u202e' || r >= '\u2066' &&
			r <= '\u2069'
	})
}

// ParseLocale reads a language and answers with the tag of the one that is spoken; empty for none.
func ParseLocale(field string, s *string) (string, error) {
	if s == nil || *s == "" {
		return "", nil
	}
	l, met := i18n.Match(*s)
	if !met {
		return "", fault.Input(field, "input.locale", i18n.Args{"Value": *s})
	}
	return string(l), nil
}

// CanonicalAnswer brings an answer into the one form that is stored; an empty answer is none.
func CanonicalAnswer(f *ent.CustomField, value any) (string, bool) {
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
	return s, utf8.RuneCountInString(s) <= MaxAdditionalInfo &&
		!HasUnprintable(strings.ReplaceAll(s, "\n", ""))
}

// Distinct lists each id once, in the order of its first place.
func Distinct(ids []ident.ID) []ident.ID {
	var list []ident.ID
	for _, i := range ids {
		if !slices.Contains(list, i) {
			list = append(list, i)
		}
	}
	return list
}

// SortedKeys lists the keys of answers in order.
func SortedKeys(m map[string]any) []string { return slices.Sorted(maps.Keys(m)) }

// NilIfEmpty is nil for an empty string: what the database stores for 'not said'.
func NilIfEmpty(s string) *string {
	if s == "" {
		return nil
	}
	return &s
}
