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

// ParseText trims a text and checks its length, in characters. Line breaks and tabs are allowed;
// other control characters are BAD_USER_INPUT.
func ParseText(field string, s *string, limit int) (string, error) {
	if s == nil {
		return "", nil
	}
	t := strings.TrimSpace(*s)
	if utf8.RuneCountInString(t) > limit {
		return "", fault.Input(field, "input.too_long", i18n.Args{"Max": limit})
	}
	// Line breaks and tabs are control characters too, so they are removed for the check only.
	if HasUnprintable(layout.Replace(t)) {
		return "", fault.Input(field, "input.unprintable")
	}
	return t, nil
}

// layout removes the control characters that a text may contain.
var layout = strings.NewReplacer("\r", "", "\n", "", "\t", "")

// ParsePersonName validates a first or last name.
func ParsePersonName(field string, s *string) (string, error) {
	return ParseLine(field, s, maxName)
}

// ParseLine is ParseText for a text of one line.
func ParseLine(field string, s *string, limit int) (string, error) {
	t, err := ParseText(field, s, limit)
	if err == nil && strings.ContainsAny(t, "\r\n\t") {
		err = fault.Input(field, "input.unprintable")
	}
	return t, err
}

// ParseName validates a required name: 1 to limit visible characters on one line. key is the
// message of its BAD_USER_INPUT, which may use the placeholder Max.
func ParseName(field, value string, limit int, key string) (string, error) {
	t := strings.TrimSpace(value)
	if n := utf8.RuneCountInString(t); n == 0 || n > limit || HasUnprintable(t) {
		return "", fault.Input(field, key, i18n.Args{"Max": limit})
	}
	return t, nil
}

// HasUnprintable reports whether a string has characters that no reader sees: control characters,
// invalid bytes, and marks that reverse the direction of text.
//
// Security: a name with a direction mark can show an address or a file name backwards.
func HasUnprintable(s string) bool {
	return !utf8.ValidString(s) || strings.ContainsFunc(s, func(r rune) bool {
		return unicode.IsControl(r) || r >= '\u202a' && r <= '\u202e' || r >= '\u2066' &&
			r <= '\u2069'
	})
}

// ParseLocale returns the tag of the supported language that matches; "" for none.
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

// CanonicalAnswer returns the stored form of an answer to a custom field, "" for an empty answer;
// false if the answer is invalid.
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
		return "", false // like the scalar String: the number 007 has become 7 before it arrives
	}
	if s == "" {
		return "", true
	}
	switch f.Type {
	case customfield.TypeNumber:
		// ParseFloat accepts NaN and Inf, which no answer means and JSON cannot hold.
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

// ValidateAnswers validates answers to custom fields and returns them in stored form.
// BAD_USER_INPUT at the field, below the given path, for an unknown key and for a malformed answer.
func ValidateAnswers(fields []*ent.CustomField, at string,
	in map[string]any) (map[string]string, error) {
	var faults fault.Collector
	out := map[string]string{}
	// In the order of keys, so that the faults of a request always come in one order.
	for _, key := range SortedKeys(in) {
		value := in[key]
		i := slices.IndexFunc(fields, func(f *ent.CustomField) bool { return f.Key == key })
		if i < 0 {
			faults.Add(fault.Input(at+"."+key, "grant.no_field", i18n.Args{"Name": key}))
			continue
		}
		answer, ok := CanonicalAnswer(fields[i], value)
		if !ok {
			faults.Add(fault.Input(at+"."+key, "grant.field_answer_"+
				strings.ToLower(string(fields[i].Type)),
				i18n.Args{"Name": fields[i].Name,
					"Choices": strings.Join(fields[i].Choices, ", ")}))
		}
		if answer != "" {
			out[key] = answer
		}
	}
	return out, faults.Err()
}

// Distinct lists each id once, in the order of its first occurrence.
func Distinct(ids []ident.ID) []ident.ID {
	var list []ident.ID
	for _, i := range ids {
		if !slices.Contains(list, i) {
			list = append(list, i)
		}
	}
	return list
}

// RequireAll returns NOT_FOUND for each id of a list that is not among found, at its position in the
// list: "memberIds.2". key is the message.
func RequireAll(field, key string, ids, found []ident.ID) error {
	var faults fault.Collector
	for i, id := range ids {
		if !slices.Contains(found, id) {
			faults.Add(fault.At(fault.New(fault.NotFound, key, i18n.Args{"Name": ""}),
				field+"."+strconv.Itoa(i)))
		}
	}
	return faults.Err()
}

// SortedKeys lists the keys of answers in alphabetical order.
func SortedKeys(m map[string]any) []string { return slices.Sorted(maps.Keys(m)) }

// NilIfEmpty returns nil for an empty string, which the database stores as null.
func NilIfEmpty(s string) *string {
	if s == "" {
		return nil
	}
	return &s
}
