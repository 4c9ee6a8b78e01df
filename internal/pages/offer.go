package pages

import (
	"strings"
	"unicode"

	"usher/ent"
	"usher/internal/acceptance"
	"usher/internal/i18n"
	"usher/internal/joinlink"
	"usher/internal/mail"
)

// pageOffer is what a person is invited to. A page with an offer is split: it shows the offer
// beside the form.
type pageOffer struct {
	Inviter    *pagePerson
	Event      *pageEvent // the first one; a phone shows it above the form
	FactsTitle string
	More       []pageEvent
	Facts      []pageFact
}

// pagePerson is a person in one line, with the initials that stand in for a picture.
type pagePerson struct{ Initials, Text string }

// pageEvent is a session, or a program that is always open.
type pageEvent struct {
	Leaf         *mail.CalendarLeaf // nil without a date
	Title, Dates string
}

// pageFact is one line of details. Icon is a name of the template "icon".
type pageFact struct{ Icon, Text string }

// The most that a page names: of sessions, and of names in one line. An invitation may grant
// hundreds.
const maxNamedEvents, maxNamedRows = 3, 5

// invitationOffer returns what an invitation is to, from whom, and what its grant gives.
func (v *visit) invitationOffer(page *acceptance.AcceptPage) (*pageOffer, error) {
	granted, err := v.Acceptances.ListGranted(v.r.Context(), page)
	if err != nil {
		return nil, err
	}
	offer := &pageOffer{FactsTitle: v.t("offer_title")}
	if page.InvitedByName != nil {
		offer.Inviter = &pagePerson{initials(*page.InvitedByName),
			v.t("invited_by", "Inviter", *page.InvitedByName)}
	}
	add := func(icon, key string, names []string) {
		if len(names) > 0 {
			offer.Facts = append(offer.Facts, pageFact{icon, v.t(key, "Count", len(names),
				"Names", v.joinNames(names))})
		}
	}
	var others []string
	for _, s := range granted.Sessions {
		// The first session is what most people come for. The next ones stand among the details, so
		// that the form stays in sight on a phone.
		switch event := v.sessionEvent(page.Workspace, s); {
		case offer.Event == nil:
			offer.Event = &event
		case len(offer.More) < maxNamedEvents-1:
			offer.More = append(offer.More, event)
		default:
			others = append(others, event.Title)
		}
	}
	add("clock", "offer_sessions", others)
	add("book", "offer_programs", namesOf(granted.Programs, func(p *ent.Program) string {
		return p.Name
	}))
	add("people", "offer_groups", namesOf(granted.Groups, func(g *ent.Group) string {
		return g.Name
	}))
	// A person who knows of the end before accepting does not take it for a fault later.
	if end := granted.AccessExpiresAt; end != nil {
		offer.Facts = append(offer.Facts, pageFact{"clock", v.t("offer_access", "Date",
			mail.Day(v.locale, *end, i18n.LoadZone(page.Workspace.TimeZone)))})
	}
	offer.Facts = append(offer.Facts, pageFact{"shield", v.t("offer_seen", "Workspace",
		page.WorkspaceName)})
	return offer, nil
}

// joinOffer returns the steps that follow the form of a join page.
func (v *visit) joinOffer(p *joinlink.JoinPage, oneStep bool) *pageOffer {
	offer := &pageOffer{FactsTitle: v.t("join_next")}
	// A verified address needs no link.
	if !oneStep {
		offer.Facts = append(offer.Facts, pageFact{"email", v.t("join_next_link")})
	}
	if p.RequiresApproval {
		offer.Facts = append(offer.Facts, pageFact{"clock", v.t("join_approval", "Workspace",
			p.WorkspaceName)})
	} else {
		key := "join_next_in"
		if oneStep {
			key = "join_next_now"
		}
		offer.Facts = append(offer.Facts, pageFact{"check", v.t(key, "Workspace",
			p.WorkspaceName)})
	}
	offer.Facts = append(offer.Facts, pageFact{"shield", v.t("offer_seen", "Workspace",
		p.WorkspaceName)})
	return offer
}

// sessionEvent returns a session with its dates in the workspace's time zone.
func (v *visit) sessionEvent(w *ent.Workspace, s *ent.Session) pageEvent {
	zone := i18n.LoadZone(w.TimeZone)
	named := mail.Session{Name: s.Name}
	if s.Edges.Program != nil {
		named.Program = s.Edges.Program.Name
	}
	event := pageEvent{Title: named.Title(v.locale), Dates: v.t("always_open")}
	switch {
	case s.StartsAt != nil:
		leaf := mail.Leaf(v.locale, *s.StartsAt, zone)
		event.Leaf = &leaf
		event.Dates = mail.When(v.locale, *s.StartsAt, zone)
		if s.EndsAt != nil {
			event.Dates = v.t("offer_from_to", "Start", event.Dates, "End",
				mail.Day(v.locale, *s.EndsAt, zone))
		}
	case s.EndsAt != nil:
		event.Dates = v.t("offer_until", "End", mail.Day(v.locale, *s.EndsAt, zone))
	}
	return event
}

// joinNames joins names as a sentence does: "A, B and C". Names beyond the fifth are counted.
func (v *visit) joinNames(names []string) string {
	// A person wants to know the kind and the number; hundreds of names would hide the form.
	if len(names) > maxNamedRows {
		return v.t("names_more", "Names", strings.Join(names[:maxNamedRows], ", "), "Count",
			len(names)-maxNamedRows)
	}
	last := len(names) - 1
	if last < 1 {
		return strings.Join(names, "")
	}
	return v.t("names_and", "Names", strings.Join(names[:last], ", "), "Last", names[last])
}

// namesOf returns the names of rows.
func namesOf[T any](rows []T, name func(T) string) []string {
	var list []string
	for _, row := range rows {
		list = append(list, name(row))
	}
	return list
}

// initials returns the first letters of the first and the last word of a name, in upper case.
func initials(name string) string {
	words := strings.Fields(name)
	if len(words) == 0 {
		return ""
	}
	letters := string(unicode.ToUpper([]rune(words[0])[0]))
	// The last word is the family name in most languages that Usher speaks.
	if last := words[len(words)-1]; len(words) > 1 {
		letters += string(unicode.ToUpper([]rune(last)[0]))
	}
	return letters
}
