package scalar_test

import (
	"testing"
	"time"

	"usher/internal/scalar"
)

func TestADateMeansTheEndOfThatDayInATimeZone(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ input, zone, want string }{
		{"2027-01-31", "UTC", "2027-01-31T23:59:59.999999Z"},
		{"2027-01-31", "Europe/Paris", "2027-01-31T22:59:59.999999Z"},
		{"2027-07-31", "Europe/Paris", "2027-07-31T21:59:59.999999Z"},
		{"2027-01-31", "Pacific/Kiritimati", "2027-01-31T09:59:59.999999Z"},
		// Here the clock skips midnight, so the next day begins at one o'clock.
		{"2026-09-05", "America/Santiago", "2026-09-06T03:59:59.999999Z"},
		// Here the clock goes back at midnight, so the last hour of the day is passed twice.
		{"2026-04-04", "America/Santiago", "2026-04-05T03:59:59.999999Z"},
		{"2027-01-31T18:00:00+02:00", "Europe/Paris", "2027-01-31T16:00:00Z"},
	} {
		zone, err := time.LoadLocation(c.zone)
		if err != nil {
			t.Fatal(err)
		}
		given, err := scalar.UnmarshalDateOrTime(c.input)
		if err != nil {
			t.Fatal(err)
		}
		if got := scalar.EndIn(given, zone).Format(time.RFC3339Nano); got != c.want {
			t.Errorf("%s in %s: %s, want %s", c.input, c.zone, got, c.want)
		}
	}
	for _, wrong := range []any{"31.01.2027", "2027-02-30", "2027-01-31T18:00", "", 1790000000,
		"0001-01-01"} {
		if at, err := scalar.UnmarshalDateOrTime(wrong); err == nil {
			t.Errorf("%v is %v", wrong, at)
		}
	}
}
