package scalar

import (
	"time"

	"github.com/99designs/gqlgen/graphql"

	"usher/internal/i18n"
)

// dateZone is the location of a moment that was given as a date. Its moment is the end of that day
// in UTC until EndIn moves it into the zone that applies.
var dateZone = time.FixedZone("date", 0)

// MarshalDateOrTime writes a moment.
func MarshalDateOrTime(t time.Time) graphql.Marshaler { return graphql.MarshalTime(t) }

// UnmarshalDateOrTime reads an end: a moment in the form of RFC 3339, or a date, which means the
// end of that day. A scalar does not know the workspace; the verb calls EndIn with its time zone.
func UnmarshalDateOrTime(v any) (time.Time, error) {
	s, ok := v.(string)
	if !ok {
		return time.Time{}, errDateOrTime
	}
	if day, err := time.Parse(time.DateOnly, s); err == nil {
		return i18n.EndOfDay(day, dateZone), CheckTime("", day)
	}
	t, err := time.Parse(time.RFC3339Nano, s)
	if err != nil {
		return time.Time{}, errDateOrTime
	}
	return t, CheckTime("", t)
}

// IsDate reports whether a value of UnmarshalDateOrTime was given as a date.
func IsDate(t time.Time) bool { return t.Location() == dateZone }

// EndIn returns the moment that an end means in a time zone, in UTC and in microseconds, as
// databases keep it. A date means the last microsecond of that day.
func EndIn(t time.Time, zone *time.Location) time.Time {
	if IsDate(t) {
		t = i18n.EndOfDay(t, zone)
	}
	return t.UTC().Truncate(time.Microsecond)
}
