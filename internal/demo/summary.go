package demo

import (
	"fmt"
	"io"
	"strings"
	"text/tabwriter"

	"usher/internal/access"
	"usher/internal/i18n"
)

// Summary is who can sign in to the demo.
type Summary struct{ SignIns []SignIn }

// SignIn is one person's way into one workspace. Roles are in words, with the places where they are
// held.
type SignIn struct{ Name, Login, Password, Roles, Workspace, Slug string }

// buildSummary reads the tables, not the database: it says the same at every start.
func buildSummary() *Summary {
	s := &Summary{}
	for _, w := range workspaceTables {
		for i, p := range w.people {
			if i == 0 {
				p.grant.roles = []string{access.Admin}
			}
			s.SignIns = append(s.SignIns, SignIn{
				Name: p.first + " " + p.last, Login: p.login, Password: Password, Workspace: w.name,
				Slug: w.slug, Roles: w.describeRoles(p.grant),
			})
		}
	}
	return s
}

// describeRoles tells a grant's roles in words: "Instructor and Coach in Second cohort of Sales
// foundations". Roles at the same places are told together.
func (w *workspaceTable) describeRoles(g grantRow) string {
	var told, roles []string
	at := ""
	tell := func() {
		if len(roles) == 0 {
			return
		}
		s := strings.Join(roles, englishText("demo.and", nil))
		if at != "" {
			s = englishText("demo.role_in", i18n.Args{"Role": s, "Place": at})
		}
		told = append(told, s)
	}
	keys := g.roles
	if len(keys) == 0 {
		keys = []string{access.Learner}
	}
	for _, key := range keys {
		if places := w.describePlaces(g, key); len(roles) > 0 && places != at {
			tell()
			roles, at = nil, places
		} else {
			at = places
		}
		roles = append(roles, englishText("role."+key, nil))
	}
	tell()
	return strings.Join(told, ", ")
}

// describePlaces names where a role of a grant lands, as the doors place it; empty is the whole
// workspace.
func (w *workspaceTable) describePlaces(g grantRow, role string) string {
	var names []string
	for _, kind := range access.PlacesOf(role) {
		switch {
		case kind == access.InGroup:
			names = append(names, w.translateKeys(g.groups)...)
		case kind == access.InOrgUnit && g.unit != "":
			names = append(names, w.translateKey(g.unit))
		case kind == access.InSession:
			for _, run := range g.sessions {
				program, session, _ := strings.Cut(run, "/")
				names = append(names,
					englishText("demo.run_of",
						i18n.Args{"Session": w.translateKey(session),
							"Program": w.translateKey(program)}))
			}
		}
	}
	return strings.Join(names, englishText("demo.and", nil))
}

// Print writes where to go and who to be, for the terminal of whoever started the demo.
func (s *Summary) Print(out io.Writer, publicURL string) {
	base := strings.TrimRight(publicURL, "/")
	table := tabwriter.NewWriter(out, 0, 0, 3, ' ', 0)
	line := func(cells ...string) { _, _ = fmt.Fprintln(table, strings.Join(cells, "\t")) }

	line()
	line(englishText("demo.running", nil))
	line()
	for _, to := range []struct{ key, path string }{
		{"demo.home", "/"}, {"demo.sign_in", "/sign-in"}, {"demo.graphql", "/graphql"},
		{"demo.mailbox", "/mailbox"},
	} {
		line("  "+englishText(to.key, nil), base+to.path)
	}
	line()
	line(englishText("demo.password", i18n.Args{"Password": Password}))
	workspace := ""
	for _, who := range s.SignIns {
		if who.Workspace != workspace {
			workspace = who.Workspace
			_ = table.Flush() // columns of one workspace line up with each other alone
			line()
			line(workspace)
			line("  "+englishText("demo.join_page", nil), base+"/join/"+who.Slug)
		}
		line("  "+who.Name, who.Login, who.Roles)
	}
	line()
	_ = table.Flush() // a terminal that went away is no reason to stop serving
}

// englishText is what the terminal is told, in English like all the command line's own words.
func englishText(key string, args i18n.Args) string { return i18n.T(i18n.English, key, args) }
