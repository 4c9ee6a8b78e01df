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
