package i18n

import "time"

// LoadZone returns the time zone of a stored name: where a workspace's days begin and end. UTC for
// a name that this machine's database of zones does not know.
func LoadZone(name string) *time.Location {
	zone, err := time.LoadLocation(name)
	if err != nil {
		return time.UTC
	}
	return zone
}

// EndOfDay returns the last microsecond of a day in a time zone, of which day gives year, month and
// day: the precision of both databases. The next day need not begin at midnight. Where clocks skip
// that hour, time.Date answers an hour of the day itself; the distance on the clock leads to their
// change. Where clocks go back at midnight, the hour before it is passed twice, and the second
// time counts.
func EndOfDay(day time.Time, zone *time.Location) time.Time {
	next := time.Date(day.Year(), day.Month(), day.Day()+1, 0, 0, 0, 0, zone)
	midnight := time.Date(day.Year(), day.Month(), day.Day()+1, 0, 0, 0, 0, time.UTC)
	clock := time.Date(next.Year(), next.Month(), next.Day(), next.Hour(), next.Minute(),
		next.Second(), 0, time.UTC)
	return next.Add(max(0, midnight.Sub(clock))).Add(-time.Microsecond)
}
