package mail

import (
	"fmt"
	"strconv"
	"time"

	"usher/internal/i18n"
)

// When formats a time with its time zone, so that readers know whose clock is meant: "Friday 21
// November 2026, 14:00 (Europe/Paris)". A nil zone is UTC.
func When(l i18n.Locale, t time.Time, zone *time.Location) string {
	return i18n.T(l, "mail.date_time", buildDateArgs(l, t, zone))
}

// Day formats a date: "Friday 21 November 2026".
func Day(l i18n.Locale, t time.Time, zone *time.Location) string {
	return i18n.T(l, "mail.date", buildDateArgs(l, t, zone))
}

// ShortDay formats a date without its weekday, for print: "21 November 2026".
func ShortDay(l i18n.Locale, t time.Time, zone *time.Location) string {
	return i18n.T(l, "mail.date_short", buildDateArgs(l, t, zone))
}

// CalendarLeaf is a date as a leaf of a calendar shows it, in short words: "Jan", "11", "Mon".
type CalendarLeaf struct{ Month, Day, Weekday string }

// Leaf returns the calendar leaf of a moment. A nil zone is UTC.
func Leaf(l i18n.Locale, t time.Time, zone *time.Location) CalendarLeaf {
	if zone == nil {
		zone = time.UTC
	}
	t = t.In(zone)
	return CalendarLeaf{Month: i18n.T(l, fmt.Sprintf("mail.month_short_%d", t.Month()), nil),
		Day: strconv.Itoa(t.Day()), Weekday: i18n.T(l, fmt.Sprintf("mail.weekday_short_%d",
			t.Weekday()), nil)}
}

// buildDateArgs returns the parts of a moment as the sentences of a language put them together.
// Go's own formats know English names only.
func buildDateArgs(l i18n.Locale, t time.Time, zone *time.Location) i18n.Args {
	if zone == nil {
		zone = time.UTC
	}
	t = t.In(zone)
	day := strconv.Itoa(t.Day())
	if t.Day() == 1 {
		day = i18n.T(l, "mail.first_of_month", nil) // "1er" in French
	}
	hour := t.Format("15")
	// "9 h 30" in French, without the zero that English has in "09:30".
	if l == i18n.French {
		hour = strconv.Itoa(t.Hour())
	}
	name := zone.String()
	// The machine's own zone and unnamed ones mean nothing to the reader.
	if name == "Local" || name == "" {
		name = t.Format("MST")
	}
	return i18n.Args{
		"Weekday": i18n.T(l, fmt.Sprintf("mail.weekday_%d", t.Weekday()), nil),
		"Day":     day,
		"Month":   i18n.T(l, fmt.Sprintf("mail.month_%d", t.Month()), nil),
		"Year":    t.Year(),
		"Hour":    hour,
		"Minute":  t.Format("04"),
		"Zone":    name,
	}
}

// formatCount formats a count with the language's thousands separator.
func formatCount(l i18n.Locale, n int) string {
	s := strconv.Itoa(n)
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + i18n.T(l, "mail.thousands", nil) + s[i:]
	}
	return s
}
