package mail

import (
	"strings"

	ical "github.com/arran4/golang-ical"
)

// buildCalendar returns the session of an email as an iCalendar file (RFC 5545), "" for an email
// without a session or for a session without a start: it has no day in a calendar.
//
// A session that ends has one entry from its start to its end. The file is published and invites to
// nothing (RFC 5546, 3.2.1), so that calendar programs ask no questions and send no answers.
func (c *Content) buildCalendar(event *mailEvent) (string, error) {
	if event == nil || c.Session.StartsAt == nil || c.Session.UID == "" {
		return "", nil
	}
	file := ical.NewCalendarFor("Usher")
	file.SetMethod(ical.MethodPublish)
	entry := file.AddEvent(c.Session.UID)
	entry.SetDtStampTime(c.Session.ComposedAt)
	// A later email replaces the entry of an earlier one, so that the entry follows the date
	// (RFC 5545, 3.8.7.4). Minutes since 1970 grow from email to email.
	entry.SetSequence(int(c.Session.ComposedAt.Unix() / 60))
	entry.SetSummary(event.Title)
	entry.SetStartAt(*c.Session.StartsAt)
	if end := c.Session.EndsAt; end != nil && end.After(*c.Session.StartsAt) {
		entry.SetEndAt(*end)
	}
	// Sessions last for weeks, during which people are not busy all day.
	entry.SetTimeTransparency(ical.TransparencyTransparent)
	// The link accepts a pending invitation, which must not stay in shared calendars.
	if c.Link != "" && !c.Pending {
		entry.SetURL(c.Link)
	}
	var b strings.Builder
	if err := file.SerializeTo(&b); err != nil {
		return "", err
	}
	return b.String(), nil
}
