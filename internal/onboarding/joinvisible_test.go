package onboarding_test

import (
	"testing"

	"usher/ent"
	"usher/ent/auditevent"
	entjoinlink "usher/ent/joinlink"
	"usher/internal/access"
	"usher/internal/apptest"
	"usher/internal/fault"
	"usher/internal/ident"
	"usher/internal/joinlink"
	"usher/internal/store"
)

// To read a slug is to be able to join: a link is shown to those alone who could give all of it by
// an invitation.
func TestALinkThatGivesMoreThanItsReaderMayIsHidden(t *testing.T) {
	onBoth(t, func(t *testing.T, p *apptest.Place) {
		class := p.Group("Class", "PRIVATE", nil)
		inside, other := p.Group("Inside", "PRIVATE", class), p.Group("Other", "PRIVATE", nil)
		unit, site := p.Unit("Unit", nil), p.Unit("Site", nil)
		program := p.Program("Program")
		session := p.Session(program, "Session", apptest.Always, apptest.Always)
		custom := p.Role("Auditor", access.AuditView)
		links := map[string]*ent.JoinLink{}
		for slug, g := range map[string]*grants{
			"whole":        nil,
			"whole-users":  {Roles: []string{access.UserAdmin}},
			"whole-admin":  {Roles: []string{access.Admin}},
			"whole-custom": {Roles: []string{custom.ID.String()}},
			"class":        {GroupIDs: idList(class)},
			"inside":       {GroupIDs: idList(inside)},
			"inside-coach": {GroupIDs: idList(inside), Roles: []string{access.Coach}},
			"class-group":  {GroupIDs: idList(class), Roles: []string{access.GroupAdmin}},
			"class-users":  {GroupIDs: idList(class), Roles: []string{access.UserAdmin}},
			"class-custom": {GroupIDs: idList(class), Roles: []string{custom.ID.String()}},
			"class-other":  {GroupIDs: idList(class, other)},
			"class-unit":   {GroupIDs: idList(class), OrgUnitID: &unit.ID},
			"class-run":    {GroupIDs: idList(class), SessionIDs: []ident.ID{session.ID}},
			"class-course": {GroupIDs: idList(class), ProgramIDs: []ident.ID{program.ID}},
			"other":        {GroupIDs: idList(other)},
			"unit":         {OrgUnitID: &unit.ID},
			"unit-run":     {OrgUnitID: &unit.ID, SessionIDs: []ident.ID{session.ID}},
			"unit-manager": {OrgUnitID: &unit.ID, Roles: []string{access.Manager}},
			"site":         {OrgUnitID: &site.ID},
		} {
			links[slug] = makeLink(
				p, link{Slug: &slug, Grant: g, Whitelist: []string{"boss@acme.test"}})
		}
		all := map[string]bool{}
		for slug := range links {
			all[slug] = true
		}
		keeper := p.Role("Keeper of links", access.JoinLinksManage)
		for _, c := range []struct {
			who  string
			held *grants
			want []string
		}{
			{"users", &grants{Roles: []string{access.UserAdmin}},
				[]string{"whole", "whole-users", "class", "inside", "inside-coach",
					"class-users", "class-other", "class-unit", "class-run", "class-course",
					"other",
					"unit", "unit-run", "site"}},
			{"users-class", &grants{Roles: []string{access.UserAdmin}, GroupIDs: idList(class)},
				[]string{"class", "inside", "inside-coach", "class-users"}},
			{"group-class", &grants{Roles: []string{access.GroupAdmin}, GroupIDs: idList(class)},
				[]string{"class", "inside", "inside-coach", "class-group"}},
			{"group-inside", &grants{Roles: []string{access.GroupAdmin}, GroupIDs: idList(inside)},
				[]string{"inside", "inside-coach"}},
			{"manager", &grants{Roles: []string{access.Manager}, OrgUnitID: &unit.ID},
				[]string{"unit", "unit-run"}},
			{"keeper-class", &grants{Roles: []string{keeper.ID.String()}, GroupIDs: idList(class)},
				[]string{"class", "inside"}},
			{"keeper", &grants{Roles: []string{keeper.ID.String()}},
				[]string{"whole", "class", "inside", "class-other", "class-unit", "class-run",
					"class-course", "other", "unit", "unit-run", "site"}},
			{"coach", &grants{Roles: []string{access.Coach}, GroupIDs: idList(class)}, nil},
			{"learner", nil, nil},
		} {
			m := p.Join(c.who+"@acme.test", c.held)
			want := map[string]bool{}
			for _, slug := range c.want {
				want[slug] = true
			}
			seen := linksSeen(p, m)
			for slug := range all {
				if seen[slug] != want[slug] {
					t.Errorf("%s sees %s: %t", c.who, slug, seen[slug])
				}
			}
			for slug, l := range links {
				_, err := p.JoinLinks.Explain(t.Context(), p.Caller(m), l.ID,
					"x@acme.test", joinlink.SettingsInput{})
				if f, _ := fault.Of(err); !want[slug] && (f == nil || f.Code != fault.NotFound) {
					t.Errorf("%s asks of %s: %v", c.who, slug, err)
				}
			}
		}
		same(t, "what the administrator sees", len(linksSeen(p, p.Admin)), len(all))

		// The history of a link names its slug.
		_, err := p.JoinLinks.UpdateLink(t.Context(), p.Caller(p.Admin),
			joinlink.UpdateLinkInput{ID: links["whole-admin"].ID, RotateSlug: true})
		must(t, err)
		reader := p.Join("reader@acme.test", &grants{Roles: []string{custom.ID.String()}})
		n, err := p.Store.AuditEvent.Query().Where(auditevent.SubjectID(links["whole-admin"].ID)).
			Count(store.AsCaller(t.Context(), p.Caller(reader)))
		must(t, err)
		same(t, "events of a hidden link", n, 0)
	})
}

// linksSeen are the slugs of the links that a member sees.
func linksSeen(p *apptest.Place, m *ent.Member) map[string]bool {
	p.T.Helper()
	slugs, err := p.Store.JoinLink.Query().Select(entjoinlink.FieldSlug).
		Strings(store.AsCaller(p.T.Context(), p.Caller(m)))
	must(p.T, err)
	seen := map[string]bool{}
	for _, slug := range slugs {
		seen[slug] = true
	}
	return seen
}
