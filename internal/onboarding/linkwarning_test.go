package onboarding_test

import (
	"testing"

	"usher/internal/access"
	"usher/internal/apptest"
	"usher/internal/ident"
	"usher/internal/joinlink"
)

// JOI-2: a link that lets anybody in says so, and more so if it gives permissions.
func TestALinkThatAdmitsAnyoneIsWarnedAbout(t *testing.T) {
	onBoth(t, func(t *testing.T, p *apptest.Place) {
		admin := &grants{Roles: []string{access.Admin}}
		g := p.Group("g", "PRIVATE", nil)
		viewer := p.Role("Viewer", access.MembersView)
		for what, c := range map[string]struct {
			in   link
			want []joinlink.LinkWarning
		}{
			"open":            {link{}, []joinlink.LinkWarning{joinlink.AdmitsAnyone}},
			"open to admins":  {link{Grant: admin}, []joinlink.LinkWarning{joinlink.AdmitsAnyone, joinlink.AdministratorRole}},
			"with approval":   {link{Grant: admin, RequiresApproval: new(true)}, []joinlink.LinkWarning{}},
			"with a list":     {link{Grant: admin, Whitelist: []string{"acme.test"}}, []joinlink.LinkWarning{}},
			"a free provider": {link{Whitelist: []string{"acme.test", "gmail.com"}}, []joinlink.LinkWarning{joinlink.FreeEmailProvider}},
			"a free provider and a group": {link{Whitelist: []string{"gmail.com"},
				Grant: &grants{Roles: []string{access.GroupAdmin}, GroupIDs: idList(g)}},
				[]joinlink.LinkWarning{joinlink.FreeEmailProvider, joinlink.AdministratorRole}},
			"people are seen": {link{Grant: &grants{Roles: []string{viewer.ID.String()},
				GroupIDs: []ident.ID{g.ID}}}, []joinlink.LinkWarning{joinlink.AdmitsAnyone}},
		} {
			warnings, err := p.JoinLinks.Warnings(t.Context(), makeLink(p, c.in))
			must(t, err)
			same(t, what, warnings, c.want)
		}
	})
}
