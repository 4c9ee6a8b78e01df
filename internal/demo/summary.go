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

// SignIn is one account in one workspace. Login is an address or a username. Roles is a text that
// names the roles and their scopes.
type SignIn struct{ Name, Login, Password, Roles, Workspace, Slug string }

// isUsername tells whether the login needs the workspace beside it.
func (s SignIn) isUsername() bool { return !strings.Contains(s.Login, "@") }

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
		for _, a := range w.accounts {
			s.SignIns = append(s.SignIns, SignIn{
				Name: a.first + " " + a.last, Login: a.username, Password: Password,
				Workspace: w.name, Slug: w.slug,
				Roles: w.describeRoles(grantRow{groups: []string{a.group}}),
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

// Addresses are where the demo can be reached, as base URLs.
type Addresses struct {
	Usher       string
	Application string // of RegisterApplication; empty for none
}

// CardPath is where the demo serves the page of PrintCard.
const CardPath = "/demo/card"

// step is one step of the tour: where to go, and what to do there.
type step struct{ url, text string }

// tour returns the steps of the tour. The last one needs the application.
func (at Addresses) tour() []step {
	founder, card := academy.people[0].login, academy.accounts[0]
	steps := []step{
		{at.Usher + "/console/", englishText("demo.tour_invite", i18n.Args{"Admin": founder})},
		{at.Usher + "/mailbox", englishText("demo.tour_accept", nil)},
		{at.Usher + "/join/" + academy.slug, englishText("demo.tour_join", nil)},
		{at.Usher + "/mailbox?to=" + france.people[0].login,
			englishText("demo.tour_approve", i18n.Args{"Workspace": france.name})},
		{at.Usher + CardPath,
			englishText("demo.tour_card", i18n.Args{"Name": card.first + " " + card.last})},
	}
	if at.Application != "" {
		steps = append(steps, step{at.Application + "/", englishText("demo.tour_land", nil)})
	}
	return steps
}

// Print writes a tour, the URLs and the accounts of the demo for the terminal.
func (s *Summary) Print(out io.Writer, at Addresses) {
	at.Usher = strings.TrimRight(at.Usher, "/")
	table := tabwriter.NewWriter(out, 0, 0, 3, ' ', 0)
	line := func(cells ...string) { _, _ = fmt.Fprintln(table, strings.Join(cells, "\t")) }
	// A block has columns of its own.
	block := func(title string) {
		_ = table.Flush()
		line()
		line(title)
	}

	block(englishText("demo.running", nil))
	block(englishText("demo.tour", nil))
	for i, to := range at.tour() {
		line(fmt.Sprintf("  %d. %s", i+1, to.url), to.text)
	}
	block(englishText("demo.addresses", nil))
	for _, to := range []struct{ key, path string }{
		{"demo.home", "/"}, {"demo.sign_in", "/sign-in"}, {"demo.playground", "/playground"},
		{"demo.graphql", "/graphql"}, {"demo.mailbox", "/mailbox"},
	} {
		line("  "+englishText(to.key, nil), at.Usher+to.path)
	}
	block(englishText("demo.password", i18n.Args{"Password": Password}))
	workspace := ""
	for _, who := range s.SignIns {
		if who.Workspace != workspace {
			workspace = who.Workspace
			block(workspace)
			line("  "+englishText("demo.join_page", nil), at.Usher+"/join/"+who.Slug)
		}
		login := who.Login
		if who.isUsername() {
			login = englishText("demo.username", i18n.Args{"Username": login, "Slug": who.Slug})
		}
		line("  "+who.Name, login, who.Roles)
	}
	line()
	_ = table.Flush() // a closed terminal must not stop the server
}

// englishText returns a message in English, the language of the command line.
func englishText(key string, args i18n.Args) string { return i18n.T(i18n.English, key, args) }
