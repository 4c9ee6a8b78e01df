package importfile

import (
	"regexp"
	"strings"
	"time"

	"usher/internal/i18n"
)

// When is a date or time in a file.
type When struct {
	Time     time.Time // in UTC unless Zoned
	DateOnly bool
	Zoned    bool // the file states the offset from UTC
}

// IsZero reports whether there is no date.
func (w When) IsZero() bool { return w.Time.IsZero() }

// In returns the time in a time zone. A date without a time means the end of that day (ADM-8), a
// microsecond before the next one: the precision of both databases.
func (w When) In(zone *time.Location) time.Time {
	t := w.Time
	switch {
	case w.Zoned, w.IsZero():
		return t
	case w.DateOnly:
		return i18n.EndOfDay(t, zone)
	}
	return time.Date(t.Year(), t.Month(), t.Day(), t.Hour(), t.Minute(), t.Second(),
		t.Nanosecond(), zone)
}

const isoDate = time.DateOnly

// Days come before months unless the uploader says otherwise: in every form except ISO, 03/04/2026 is
// 3 April. Spreadsheets with real dates are never ambiguous. Dots are never between a month and a
// day.
var (
	dayFirstForms   = []string{isoDate, "2006-1-2", "2006/1/2", "2/1/2006", "2.1.2006", "2-1-2006"}
	monthFirstForms = []string{isoDate, "2006-1-2", "2006/1/2", "1/2/2006", "2.1.2006", "1-2-2006"}
	timeForms       = []string{"15:04", "15:04:05", "15:04:05.999999999"}
)

// parseWhen parses a date, a local time or a moment with its offset, in the forms that people and
// programs write. False for anything else.
func parseWhen(s string, monthFirst bool) (When, bool) {
	w, ok := parseDateOrMoment(s, monthFirst)
	// A year with two digits or five is a typing error. The API accepts the same years
	// (internal/scalar), in UTC.
	return w, ok && w.Time.UTC().Year() >= 1900 && w.Time.UTC().Year() < 2200
}

func parseDateOrMoment(s string, monthFirst bool) (When, bool) {
	if t, err := time.Parse(time.RFC3339, s); err == nil {
		return When{Time: t, Zoned: true}, true
	}
	forms := dayFirstForms
	if monthFirst {
		forms = monthFirstForms
	}
	// Without an offset it is the local time of the workspace.
	at := strings.IndexAny(s, "T ")
	for _, date := range forms {
		if at < 0 {
			if t, err := time.Parse(date, s); err == nil {
				return When{Time: t, DateOnly: true}, true
			}
			continue
		}
		for _, clock := range timeForms {
			if t, err := time.Parse(date+" "+clock,
				s[:at]+" "+strings.TrimSpace(s[at+1:])); err == nil {
				return When{Time: t}, true
			}
		}
	}
	return When{}, false
}

// isAmbiguousDate reports whether a date means another day if its first two numbers change places.
func isAmbiguousDate(s string) bool {
	day, ok := parseWhen(s, false)
	month, also := parseWhen(s, true)
	return ok && also && !day.Time.Equal(month.Time)
}

// readNumber returns a number as the API writes it. People write 3,5 and 1 234,5 in French, 1,234.5 in
// English. A comma before three digits at the end is ambiguous, so such a text stays as it is.
func readNumber(s string) string {
	// Spreadsheets put no-break spaces of two kinds between thousands.
	plain := strings.Map(func(r rune) rune {
		if r == ' ' || r == '\u00a0' || r == '\u202f' || r == '\'' || r == '’' {
			return -1
		}
		return r
	}, s)
	switch {
	case !numberPattern.MatchString(plain):
		return s
	case thousandsPattern.MatchString(plain):
		return strings.ReplaceAll(plain, ",", "")
	case decimalCommaPattern.MatchString(plain):
		return strings.Replace(plain, ",", ".", 1)
	case strings.Contains(plain, ","):
		return s
	}
	return plain
}

var (
	numberPattern = regexp.MustCompile(`^[+-]?[0-9][0-9.,]*$`)
	// With a decimal point, or with several commas, commas separate thousands.
	thousandsPattern    = regexp.MustCompile(`^[+-]?\d{1,3}(?:(?:,\d{3})+\.\d+|(?:,\d{3}){2,})$`)
	decimalCommaPattern = regexp.MustCompile(`^[+-]?\d+,(?:\d{1,2}|\d{4,})$`)
)

// boolWords are folded words for yes and no.
var boolWords = map[string]bool{
	"1": true, "yes": true, "y": true, "oui": true, "o": true, "true": true, "vrai": true,
	"x": true,
	"0": false, "no": false, "n": false, "non": false, "false": false, "faux": false,
}

func parseBool(s string) (value, ok bool) {
	value, ok = boolWords[foldHeader(s)]
	return value, ok
}

// activeWords are folded words of personnel systems for somebody who still belongs to them, and for
// somebody who has left.
var activeWords = map[string]bool{
	"active": true, "actif": true, "enabled": true, "employed": true,
	"current": true, "enrolled": true, "present": true, "onleave": true, "conge": true,
	"inactive": false, "inactif": false, "disabled": false, "deactivated": false,
	"desactive": false, "terminated": false, "left": false, "leaver": false, "former": false,
	"parti": false, "sorti": false, "suspended": false, "archived": false, "deleted": false,
	"withdrawn": false,
}

// parseActive returns whether the cell of a column Active says that the person still belongs to the
// source. Any other word is refused: a guess could deactivate somebody.
func parseActive(s string) (active, ok bool) {
	if active, ok = activeWords[foldHeader(s)]; ok {
		return active, true
	}
	return parseBool(s)
}

// languageNames are folded names of languages. Tags such as fr-CA are accepted too.
var languageNames = map[string]i18n.Locale{
	"english": i18n.English, "anglais": i18n.English, "anglaise": i18n.English,
	"french": i18n.French, "francais": i18n.French, "francaise": i18n.French,
}

// parseLocale returns the supported language that a cell names: by its tag ("fr-CA"), or by its
// name in either language ("French", "français").
func parseLocale(s string) (i18n.Locale, bool) {
	// The usual case. Matching all language tags is slow for 100,000 rows.
	if i18n.Known(s) {
		return i18n.Locale(s), true
	}
	if l, ok := languageNames[foldHeader(s)]; ok {
		return l, true
	}
	if strings.ContainsAny(s, ",;*") { // a list of preferences is not a language
		return "", false
	}
	return i18n.Match(s)
}
