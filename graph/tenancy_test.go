package graph_test

import (
	"context"
	"encoding/json"
	"strings"
	"testing"

	"github.com/vektah/gqlparser/v2/ast"

	"usher/ent/suppression"
	"usher/internal/apptest"
	"usher/internal/ident"
	"usher/internal/store"
	"usher/internal/testkit/specimen"
)

// town is three workspaces with one row of every table each: ours, one of another organization, and
// one of our own organization. The tags stand in every text of their rows; somebody is a member of
// all three.
type town struct {
	*apptest.Kit
	schema         *ast.Schema
	place, walrus  *apptest.Place
	ours           specimen.Rows
	others         map[string]specimen.Rows
	admin, learner string // tokens in ours
	foreign        []string
}

func newTown(t *testing.T, k *apptest.Kit) *town {
	t.Helper()
	w := &town{Kit: k, schema: served(), others: map[string]specimen.Rows{}}
	fill := func(organization, tag string) (*apptest.Place, specimen.Rows) {
		p := k.Found(organization, tag)
		p.Join("everywhere@example.org", nil)
		return p, specimen.InsertRows(t, k.Store.DB(), k.Store.Dialect(), p.Workspace.OrganizationID,
			p.Workspace.ID, tag)
	}
	w.place, w.ours = fill("Hill", "ours")
	_, w.others["another organization"] = fill("Lake", "zebra")
	w.walrus, w.others["the same organization"] = fill("Hill", "walrus")
	for _, rows := range w.others {
		for table, id := range rows {
			if table != "organizations" {
				w.foreign = append(w.foreign, id.String())
			}
		}
	}
	w.foreign = append(w.foreign, "zebra", "walrus")
	// Who administers an organization sees its workspaces; ours is administered by somebody else.
	w.administer(w.walrus.Admin.UserID)
	w.place.Join("lea@example.org", nil)
	w.admin, w.learner = k.SignIn("admin@ours.test", apptest.Password),
		k.SignIn("lea@example.org", apptest.Password)
	return w
}

// administer makes one person the only administrator of our organization.
func (w *town) administer(userID ident.ID) {
	w.AsSystem(func(ctx context.Context, tx *store.Tx) error {
		return tx.Organization.UpdateOneID(w.place.Workspace.OrganizationID).
			SetAdministratorIds([]string{userID.UUID()}).Exec(ctx)
	})
}

func inTown(t *testing.T, test func(t *testing.T, w *town)) {
	apptest.OnBoth(t, func(t *testing.T, k *apptest.Kit) {
		test(t, newTown(t, k))
	}, apptest.WithoutMail, apptest.WithoutWorker)
}

// leaks fails when an answer tells anything of another workspace.
func (w *town) leaks(t *testing.T, what, body string) {
	t.Helper()
	for _, trace := range w.foreign {
		if trace != "" && strings.Contains(body, trace) {
			t.Errorf("%s tells %q of another workspace: %s", what, trace, body)
		}
	}
}

// ACC-1: an id of another workspace answers exactly as one that does not exist, wherever an id can
// be said.
func TestAnotherWorkspacesIDAnswersLikeOneThatDoesNotExist(t *testing.T) {
	inTown(t, func(t *testing.T, w *town) {
		own := with(w.ours, "sign_ins", w.signIn(t))
		for _, l := range leaves(t, w.schema) {
			// A URL tells nothing of its filter. The download is asked in
			// TestASignedURLDownloadsWithoutAHeader.
			if l.below == "membersExportUrl" {
				continue
			}
			// A position in the order of the ids: the row itself is not read.
			if strings.HasSuffix(l.name, ".matching.afterId)") ||
				strings.HasSuffix(l.name, ".imported.afterId)") {
				continue
			}
			// The filter is that of Workspace.members, which is asked too. By then the leaves before
			// have moved the members out of the group, or removed them, so that our own id finds
			// nobody either.
			if strings.HasSuffix(l.name, ".matching.filter.groupId)") ||
				strings.HasPrefix(l.name, "Mutation.removeMembers(input.members.matching.filter.") {
				continue
			}
			if strings.HasSuffix(l.root, "OrganizationAdministrator") { // only they name people in it
				w.administer(w.place.Admin.UserID)
			}
			unknown := ident.New(specimen.Kinds[l.table]).String()
			nothing := w.say(t, l, own, unknown)
			for whose, rows := range w.others {
				id := rows[l.table].String()
				if l.table == "organizations" && whose == "the same organization" {
					continue
				}
				if id == "" {
					t.Fatalf("%s: no specimen of %s", l.name, l.table)
				}
				answer := w.say(t, l, own, id)
				if answer != nothing {
					t.Errorf("%s: an id of %s answers\n%s\nand one that does not exist\n%s", l.name,
						whose, answer, nothing)
				}
				w.leaks(t, l.name, answer)
			}
			// Were our own id answered the same, the question would have been a bad one, and the
			// test would prove nothing.
			ours := own
			// others ask about the same row
			if l.table == "members" && (strings.HasPrefix(l.root, "removeMember") ||
				l.root == "eraseMember") {
				ours = with(own, "members", w.place.Join(strings.ToLower(l.root)+"@example.org",
					nil).ID)
			}
			if l.root == "liftSuppression" {
				ours = with(own, "suppressions",
					w.place.Suppress(strings.ToLower(l.name)+"@example.org",
						suppression.ReasonBounced))
			}
			// No program is assigned to the group; the filter's own test proves it.
			if l.name == "Workspace.programs(filter.groupId)" {
				continue
			}
			// Our group and session hold nobody else; the tests of nested lists prove their
			// filters.
			if strings.HasPrefix(l.name, "Group.members(filter.") ||
				strings.HasPrefix(l.name, "Session.enrollments(filter.") {
				continue
			}
			// A live list is silent until something changes; its own tests prove its filters.
			if strings.HasPrefix(l.name, "Subscription.invitationsChanged(filter.") ||
				strings.HasPrefix(l.name, "Subscription.membersChanged(filter.") {
				continue
			}
			if mine := w.say(t, l, ours, ours[l.table].String()); mine == nothing {
				t.Errorf("%s: our own id answers like one that does not exist: %s", l.name, mine)
			}
			w.administer(w.walrus.Admin.UserID)
		}
	})
}

// say asks with an id at a leaf, and answers the body with the id taken out.
func (w *town) say(t *testing.T, l leaf, own specimen.Rows, id string) string {
	t.Helper()
	query, variables := l.operation(w.schema, own, id)
	ask := w.Ask
	if strings.HasPrefix(query, "subscription") {
		ask = func(token, query string, variables map[string]any) *apptest.Answer {
			return glance(w.Kit, token, query, variables)
		}
	}
	a := ask(w.admin, query, variables)
	if id != own[l.table].String() && a.Code() != "" && a.Code() != "NOT_FOUND" {
		t.Errorf("%s: an id that is not there is answered %s: %s", l.name, a.Code(), a.Body)
	}
	if a.Code() == "INTERNAL" || a.Code() == "COST_LIMIT" || strings.Contains(a.Body, "GRAPHQL_") ||
		a.Status != 200 {
		t.Fatalf("%s: %s\n%s", l.name, a.Body, query)
	}
	return strings.ReplaceAll(a.Body, id, "ID")
}

func (w *town) signIn(t *testing.T) ident.ID {
	t.Helper()
	var out struct {
		Viewer struct{ SignIns []struct{ ID ident.ID } }
	}
	w.Must(w.SignIn("admin@ours.test", apptest.Password), `{ viewer { signIns { id } } }`,
		nil, &out)
	return out.Viewer.SignIns[0].ID // not the one that asks, which would end with the test
}

// with is the rows with one of them another.
func with(rows specimen.Rows, table string, id ident.ID) specimen.Rows {
	changed := specimen.Rows{}
	for name, i := range rows {
		changed[name] = i
	}
	changed[table] = id
	return changed
}

func TestEverybodySeesTheirOwnAndNothingElse(t *testing.T) {
	inTown(t, func(t *testing.T, w *town) {
		foreignNodesAreNotThere(t, w)
		listsShowNoForeignRow(t, w)
		foreignCursorsShowNothing(t, w)
		learnersSeeThemselves(t, w)
		nobodySeesNothing(t, w)
	})
}

// WSP-4: an administrator of an organization sees that its other workspaces are there, and no row
// of them.
func TestAdministratorsOfAnOrganizationSeeNoRowsOfItsOtherWorkspaces(t *testing.T) {
	inTown(t, func(t *testing.T, w *town) {
		w.administer(w.place.Admin.UserID)
		rows := w.others["the same organization"]
		w.eachPage(t, func(f *ast.FieldDefinition, table string) {
			a := w.read(t, w.admin, f, rows["workspaces"])
			if strings.Contains(a.Body, `"workspace":null`) {
				t.Errorf("%s: the workspace is hidden: %s", f.Name, a.Body)
			}
			if strings.Contains(a.Body, rows[table].String()) {
				t.Errorf("%s shows a row: %s", f.Name, a.Body)
			}
		})
	})
}

func foreignNodesAreNotThere(t *testing.T, w *town) {
	t.Helper()
	all := selection(w.schema, ast.NamedType("Node", nil), 1)
	nodes := map[string]bool{}
	for table, id := range w.ours {
		if id.IsZero() {
			continue // a table that joins two others
		}
		query := `query($id: ID!) { node(id: $id)` + all + ` }`
		mine := w.Ask(w.admin, query, map[string]any{"id": id.String()})
		nodes[table] = strings.Contains(mine.Body, `"__typename"`)
		w.leaks(t, "node of "+table, mine.Body)
		nothing := w.Ask(w.admin, query, map[string]any{"id": ident.New(specimen.Kinds[table]).
			String()})
		for whose, rows := range w.others {
			if table == "organizations" && whose == "the same organization" {
				continue
			}
			theirs := w.Ask(w.admin, query, map[string]any{"id": rows[table].String()})
			if theirs.Body != nothing.Body ||
				strings.TrimSpace(theirs.Body) != `{"data":{"node":null}}` {
				t.Errorf("a row of %s in %s answers %s, one that does not exist %s", table, whose,
					theirs.Body, nothing.Body)
			}
		}
		three := []string{id.String(), w.others["another organization"][table].String(),
			ident.New(specimen.Kinds[table]).String(), "grp_nonsense"}
		list := w.Ask(w.admin, `query($ids: [ID!]!) { nodes(ids: $ids) { id } }`,
			map[string]any{"ids": three})
		want := `{"data":{"nodes":[null,null,null,null]}}`
		if nodes[table] {
			want = `{"data":{"nodes":[{"id":"` + id.String() + `"},null,null,null]}}`
		}
		if strings.TrimSpace(list.Body) != want {
			t.Errorf("nodes of %s: %s, want %s", table, list.Body, want)
		}
	}
	for _, table := range []string{"organizations", "workspaces", "users", "members", "roles",
		"role_assignments",
		"groups", "org_units", "programs",
		"sessions", "enrollments", "invitations", "custom_fields", "audit_events"} {
		if !nodes[table] {
			t.Errorf("our own row of %s is not there", table)
		}
	}
	for _, table := range []string{"mails", "seats", "throttles"} {
		if nodes[table] {
			t.Errorf("a row of %s is a node", table)
		}
	}
}

// pages are those of a workspace: the field, and the table of its rows.
var pages = map[string]string{
	"members": "members", "invitations": "invitations", "groups": "groups", "orgUnits": "org_units",
	"roles":    "roles",
	"programs": "programs", "sessions": "sessions", "enrollments": "enrollments",
	"customFields": "custom_fields", "applications": "applications", "apiKeys": "api_keys", "webhooks": "webhooks",
	"auditEvents": "audit_events", "joinLinks": "join_links", "joinRequests": "join_requests",
	"imports": "import_batches", "suppressions": "suppressions",
}

// read asks for a page of a workspace with all that its rows show.
func (w *town) read(t *testing.T, token string, f *ast.FieldDefinition,
	workspace ident.ID) *apptest.Answer {
	t.Helper()
	first := "5" // all that a row shows, of more rows, costs more than a query may
	if f.Name == "roles" {
		first = "10" // seven are built in, and stand before those of the workspace
	}
	a := w.Ask(token, `query($id: ID!) { workspace(id: $id) { `+f.Name+`(first: `+first+`)`+
		selection(w.schema, f.Type, 2)+` } }`,
		map[string]any{"id": workspace.String()})
	if len(a.Errors) > 0 {
		t.Fatalf("%s: %s", f.Name, a.Body)
	}
	return a
}

func (w *town) eachPage(t *testing.T, visit func(f *ast.FieldDefinition, table string)) {
	t.Helper()
	seen := 0
	for _, f := range w.schema.Types["Workspace"].Fields {
		if !strings.HasSuffix(f.Type.Name(), "Connection") {
			continue
		}
		seen++
		if pages[f.Name] == "" {
			t.Errorf("Workspace.%s is new: tell this test which table it reads", f.Name)
			continue
		}
		visit(f, pages[f.Name])
	}
	if seen != len(pages) {
		t.Errorf("a workspace has %d lists, this test knows %d", seen, len(pages))
	}
}

func listsShowNoForeignRow(t *testing.T, w *town) {
	t.Helper()
	w.eachPage(t, func(f *ast.FieldDefinition, table string) {
		a := w.read(t, w.admin, f, w.place.Workspace.ID)
		if !strings.Contains(a.Body, w.ours[table].String()) {
			t.Errorf("%s does not show our own row: %s", f.Name, a.Body)
		}
		w.leaks(t, f.Name, a.Body)
		for whose, rows := range w.others {
			if there := w.read(t, w.admin, f, rows["workspaces"]); strings.TrimSpace(
				there.Body) != `{"data":{"workspace":null}}` {
				t.Errorf("%s of %s: %s", f.Name, whose, there.Body)
			}
		}
	})
	counts := w.Ask(w.admin,
		`query($id: ID!) { workspace(id: $id) { invitationCounts { pending active } } }`,
		map[string]any{"id": w.place.Workspace.ID.String()})
	if want := `{"data":{"workspace":{"invitationCounts":{"pending":1,"active":2}}}}`; strings.TrimSpace(counts.Body) != want {
		t.Errorf("counts: %s, want %s", counts.Body, want)
	}
}

// A cursor is not a key: foreignCursorsShowNothing tries those that another workspace made.
func foreignCursorsShowNothing(t *testing.T, w *town) {
	t.Helper()
	theirs := w.SignIn("admin@zebra.test", apptest.Password)
	w.eachPage(t, func(f *ast.FieldDefinition, _ string) {
		var out struct {
			Workspace map[string]struct{ PageInfo struct{ StartCursor string } }
		}
		w.Must(theirs, `{ workspace(slug: "zebra") { `+f.Name+
			`(first: 1) { pageInfo { startCursor } } } }`, nil, &out)
		for _, side := range []string{"after", "before"} {
			a := w.Ask(w.admin, `query($c: String!) { workspace(slug: "ours") { `+f.Name+
				`(first: 5, `+side+`: $c)`+selection(w.schema, f.Type, 2)+` } }`,
				map[string]any{"c": out.Workspace[f.Name].PageInfo.StartCursor})
			if a.Code() == "INTERNAL" {
				t.Errorf("%s %s: %s", f.Name, side, a.Body)
			}
			w.leaks(t, f.Name+" "+side+" another's cursor", a.Body)
		}
	})
}

// Who may do nothing beyond their own account sees of a workspace what concerns themselves.
func learnersSeeThemselves(t *testing.T, w *town) {
	t.Helper()
	toAll := map[string]bool{"organizations": true, "roles": true, "custom_fields": true,
		"workspaces": true}
	w.eachPage(t, func(f *ast.FieldDefinition, table string) {
		a := w.read(t, w.learner, f, w.place.Workspace.ID)
		if strings.Contains(a.Body, w.ours[table].String()) != toAll[table] {
			t.Errorf("%s shows a learner %s", f.Name, a.Body)
		}
		if strings.Contains(a.Body, "admin@ours.test") || strings.Contains(a.Body,
			"everywhere@example.org") || strings.Contains(a.Body, "ours-users") {
			t.Errorf("%s tells a learner of others: %s", f.Name, a.Body)
		}
		w.leaks(t, f.Name, a.Body)
	})
	var out struct {
		Workspace struct {
			Members struct {
				Edges []struct {
					Node struct{ User struct{ Email string } }
				}
			}
			Invitations      struct{ TotalCount int }
			AuditEvents      struct{ TotalCount int }
			InvitationCounts json.RawMessage
		}
	}
	w.Must(w.learner,
		`{ workspace(slug: "ours") { members(first: 20) { edges { node { user { email } } } }
		invitations(first: 20) { totalCount } auditEvents(first: 20) { totalCount } invitationCounts { pending active } } }`, nil, &out)
	got := out.Workspace
	if len(got.Members.Edges) != 1 || got.Members.Edges[0].Node.User.Email != "lea@example.org" {
		t.Errorf("a learner sees the members %v", got.Members.Edges)
	}
	if got.Invitations.TotalCount != 0 || got.AuditEvents.TotalCount != 0 ||
		string(got.InvitationCounts) != `{"pending":0,"active":0}` {
		t.Errorf("a learner counts %+v", got)
	}
	for table, id := range w.ours {
		if id.IsZero() {
			continue
		}
		a := w.Ask(w.learner, `query($id: ID!) { node(id: $id) { id } }`,
			map[string]any{"id": id.String()})
		if strings.Contains(a.Body, id.String()) != toAll[table] {
			t.Errorf("a learner asks for our row of %s: %s", table, a.Body)
		}
	}
}

func nobodySeesNothing(t *testing.T, w *town) {
	t.Helper()
	for table, id := range w.ours {
		if a := w.Ask("", `query($id: ID!) { node(id: $id) { id } }`,
			map[string]any{"id": id.String()}); strings.Contains(string(a.Data), id.String()) &&
			!id.IsZero() {
			t.Errorf("nobody asks for a row of %s: %s", table, a.Body)
		}
	}
	a := w.Ask("", `{ viewer { user { id } } workspace(slug: "ours") { id } }`, nil)
	if strings.TrimSpace(a.Body) != `{"data":{"viewer":null,"workspace":null}}` {
		t.Errorf("nobody is told %s", a.Body)
	}
}
