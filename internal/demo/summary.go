package demo

import (
	"fmt"
	"io"
	"strings"
	"text/tabwriter"

	"usher/internal/access"
	"usher/internal/i18n"
)

// Summary lists the accounts of the demo.
type Summary struct{ SignIns []SignIn }

// SignIn is one account in one workspace. Roles is a text that names the roles and their scopes.
type SignIn struct{ Name, Login, Password, Roles, Workspace, Slug string }

// buildSummary reads the tables and not the database, so that it is the same at every start.
func buildSummary() *Summary {
	s := &Summary{}
	for _, w := range workspaceTables {
		for i, p := range w.people {
			if i == 0 {
				// The first person founded the workspace, so the table lists no role for them.
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

// describeRoles returns the roles of a grant as a text: "Instructor and Coach in Second cohort of
// Sales foundations". Roles with the same scope are joined.
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
		// Neighbouring roles at the same places share one phrase.
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

// describePlaces names the scopes that admission gives a role of the grant; "" is the whole
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

// Print writes the URLs and the accounts of the demo as a table for the terminal.
func (s *Summary) Print(out io.Writer, publicURL string) {
	base := strings.TrimRight(publicURL, "/")
	table := tabwriter.NewWriter(out, 0, 0, 3, ' ', 0)
	line := func(cells ...string) { _, _ = fmt.Fprintln(table, strings.Join(cells, "\t")) }

	line()
	line(englishText("demo.running", nil))
	line()
	for _, to := range []struct{ key, path string }{
		{"demo.home", "/"}, {"demo.console", "/console/"}, {"demo.sign_in", "/sign-in"},
		{"demo.graphql", "/graphql"},
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
			_ = table.Flush() // the columns of each workspace are aligned separately
			line()
			line(workspace)
			line("  "+englishText("demo.join_page", nil), base+"/join/"+who.Slug)
		}
		line("  "+who.Name, who.Login, who.Roles)
	}
	line()
	_ = table.Flush() // a closed terminal must not stop the server
}

// englishText returns a message in English, the language of the command line.
func englishText(key string, args i18n.Args) string { return i18n.T(i18n.English, key, args) }
