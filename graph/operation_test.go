package graph_test

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/vektah/gqlparser/v2/ast"

	"usher/internal/testkit/specimen"
)

// leaf is one place where a client says an id: an argument, or a field of an input however deep.
type leaf struct {
	name  string   // "Mutation.inviteUsers(input.grant.groupIds)"
	table string   // whose ids belong there
	root  string   // the field of Query, Mutation or Subscription that is asked
	below string   // the field below it that takes the argument, or ""
	path  []string // from the argument to the id
	list  bool
	args  ast.ArgumentDefinitionList
	asks  *ast.FieldDefinition // the field that takes the argument
}

// meant says whose ids belong to an argument or a field of an input, by its name alone or under its
// field.
var meant = map[string]string{
	"workspaceId": "workspaces", "groupId": "groups", "groupIds": "groups",
	"addGroupIds": "groups", "removeGroupIds": "groups", "UpdateGrantInput.roles": "roles",
	"orgUnitId": "org_units", "sessionId": "sessions",
	"sessionIds": "sessions", "programId": "programs", "programIds": "programs",
	"invitedById": "members", "memberId": "members", "actorId": "members",
	"startedById": "members", "OrgUnitFilter.parentId": "org_units",
	"subjectId": "invitations", "GrantInput.roles": "roles", // keys, or ids of custom roles

	"node.id": "members", "nodes.ids": "members", "workspace.id": "workspaces",
	"organizationId": "organizations", "userId": "users", "suppressionId": "suppressions",
	"signInId": "sign_ins", "invitationId": "invitations", "invitationIds": "invitations",
	"joinLinkId": "join_links", "joinRequestId": "join_requests", "importId": "import_batches",
	"importProgress.id": "import_batches", "customFieldId": "custom_fields", "applicationId": "applications", "roleId": "roles",
	"parentId": "groups", "CreateOrgUnitInput.parentId": "org_units",
	"UpdateOrgUnitInput.parentId": "org_units", "instructorIds": "members", "memberIds": "members",
	"afterId": "members", "apiKeyId": "api_keys", "webhookId": "webhooks",
	"deliveryIds": "webhook_deliveries", "orgUnitIds": "org_units",
}

// filled is what a request says besides what the schema insists on, so that it is a good one but
// for the id.
var filled = map[string]any{
	"CreateApplicationInput.redirectUris": []any{"https://app.example.org/callback"},
	"CreateApplicationInput.confidential": true,
	"CreateWebhookInput.url":              "https://partner.example.org/hooks",
	"DeleteWebhookInput.url":              "https://partner.example.org/hooks",
	"AddToGroupInput.emails":              []any{"guest@example.org"},
	"RegisterForSessionInput.emails":      []any{"guest@example.org"},
	"InviteUsersInput.emails":             []any{"guest@example.org"},
	"CorrectInvitationEmailInput.email":   "other@example.org",
	"explainJoin.email":                   "guest@example.org",
	"CreateUserInput.email":               "new@example.org",
	"CreateImportInput.content":           map[string]any{"text": "guest@example.org"},
	"ImportRowInput.email":                "guest@example.org",
	"RemoveRoleFromMemberInput.role":      "learner",
	"AddRoleToMembersInput.role":          "learner",
	"RemoveRoleFromMembersInput.role":     "learner",
	"AddRoleToMemberInput.role":           "learner",
	"DeleteWorkspaceInput.withoutExport":  true,
}

// leaves lists every place in the schema where a client says an id.
func leaves(t *testing.T, s *ast.Schema) []leaf {
	t.Helper()
	var all []leaf
	for _, root := range []*ast.Definition{s.Query, s.Mutation, s.Subscription} {
		for _, f := range root.Fields {
			for _, l := range leavesOf(t, s, f) {
				l.name, l.root = root.Name+"."+l.name, f.Name
				all = append(all, l)
			}
		}
	}
	for _, def := range ours(s) {
		if def.Kind != ast.Object || def == s.Query || def == s.Mutation || def == s.Subscription {
			continue
		}
		for _, f := range def.Fields {
			for _, l := range leavesOf(t, s, f) {
				l.name, l.below = def.Name+"."+l.name, f.Name
				if l.root = map[string]string{"Workspace": "workspace", "Viewer": "viewer",
					"Group": "node", "OrgUnit": "node", "Session": "node"}[def.Name]; l.root == "" {
					t.Errorf("%s takes an id, and this test does not know how to get there", l.name)
				}
				all = append(all, l)
			}
		}
	}
	if len(all) < 30 {
		t.Fatalf("only %d places were found", len(all))
	}
	// What is cancelled or deleted answers nothing more, and who was moved is no longer found where
	// they were.
	ends := func(l leaf) int {
		// What archives the workspace comes last: nothing else is done in it afterwards.
		for _, name := range []string{"exportWorkspace", "restoreWorkspace", "unarchiveWorkspace",
			"archiveWorkspace", "deleteWorkspace"} {
			if strings.Contains(l.name, name) {
				return 100
			}
		}
		moved := strings.Count(l.name, "removeFromGroup") + strings.Count(l.name, "updateMember") +
			strings.Count(l.name, "removeRole") + strings.Count(l.name, "deactivateMembers") +
			strings.Count(l.name, "removeMembers") + strings.Count(l.name, "revokeApiKey")
		return strings.Count(l.name, "cancel") + moved + 2*strings.Count(l.name, "delete")
	}
	slices.SortStableFunc(all, func(a, b leaf) int { return ends(a) - ends(b) })
	return all
}

func leavesOf(t *testing.T, s *ast.Schema, f *ast.FieldDefinition) []leaf {
	t.Helper()
	var found []leaf
	var walk func(path []string, under, name string, typ *ast.Type)
	walk = func(path []string, under, name string, typ *ast.Type) {
		path = append(slices.Clone(path), name)
		table := meant[under+"."+name]
		if typ.Name() == "ID" && table == "" {
			if table = meant[name]; table == "" {
				t.Errorf("%s.%s takes an id, and this test does not know of what", under, name)
			}
		}
		if table != "" {
			at := fmt.Sprintf("%s(%s)", f.Name, strings.Join(path, "."))
			found = append(found, leaf{name: at, table: table, path: path, list: typ.Elem != nil,
				args: f.Arguments, asks: f})
		}
		if def := s.Types[typ.Name()]; def.Kind == ast.InputObject {
			for _, field := range def.Fields {
				walk(path, def.Name, field.Name, field.Type)
			}
		}
	}
	for _, a := range f.Arguments {
		walk(nil, f.Name, a.Name, a.Type)
	}
	return found
}

// operation writes the request of a leaf, asking for all of the answer, with an id in its place and
// our own elsewhere.
func (l leaf) operation(s *ast.Schema, own specimen.Rows,
	id string) (query string, variables map[string]any) {
	variables = map[string]any{}
	var declared, passed []string
	for _, a := range l.args {
		value, given := l.value(s, own, l.asks.Name, a.Name, a.Type, l.path, id)
		if !given {
			continue
		}
		variables[a.Name] = value
		declared = append(declared, "$"+a.Name+": "+a.Type.String())
		passed = append(passed, a.Name+": $"+a.Name)
	}
	if a := l.args.ForName("first"); a != nil {
		passed = append(passed, "first: 5")
	}
	kind := "query"
	if l.below == "" {
		root, _, _ := strings.Cut(l.name, ".")
		kind = strings.ToLower(root)
	}
	below := affordable(s, l.asks.Type)
	if l.root == "node" { // costs what the dearest type behind node costs
		below = selection(s, l.asks.Type, 0)
	}
	field := l.asks.Name + "(" + strings.Join(passed, ", ") + ")" + below
	if l.below != "" {
		at := l.root
		switch typ, _, _ := strings.Cut(l.name, "."); l.root {
		case "workspace":
			at += `(id: "` + own["workspaces"].String() + `")`
		case "node":
			table := map[string]string{"Group": "groups", "OrgUnit": "org_units",
				"Session": "sessions"}[typ]
			at += `(id: "` + own[table].String() + `")`
			field = "... on " + typ + " { " + field + " }"
		}
		field = at + " { " + field + " }"
	}
	return kind + "(" + strings.Join(declared, ", ") + ") { " + field + " }", variables
}

// value makes an argument or a field of an input: what the schema insists on, what filled says, and
// what is on the way to the id.
func (l leaf) value(s *ast.Schema, own specimen.Rows, under, name string, typ *ast.Type,
	way []string, id string) (any, bool) {
	here := len(way) > 0 && way[0] == name
	if here && len(way) == 1 {
		return wrapped(typ, id), true
	}
	if v, ok := filled[under+"."+name]; ok {
		return v, true
	}
	if !here && !typ.NonNull {
		return nil, false
	}
	def := s.Types[typ.Name()]
	if !here && def.Name == "MemberSelectionInput" {
		return map[string]any{"memberIds": []any{own["members"].String()}}, true
	}
	if def.Kind == ast.InputObject {
		object := map[string]any{}
		var rest []string
		if here {
			rest = way[1:]
		}
		for _, f := range def.Fields {
			if v, given := l.value(s, own, def.Name, f.Name, f.Type, rest, id); given {
				object[f.Name] = v
			}
		}
		return wrapped(typ, object), true
	}
	switch {
	case typ.Name() == "ID":
		table := meant[under+"."+name]
		if table == "" {
			table = meant[name]
		}
		return wrapped(typ, own[table].String()), true
	case def.Kind == ast.Enum:
		return wrapped(typ, def.EnumValues[0].Name), true
	}
	return wrapped(typ, "text"), true
}

func wrapped(typ *ast.Type, value any) any {
	if typ.Elem != nil {
		return []any{value}
	}
	return value
}

// affordable is selection as deep as one request may ask: at most 500 fields, some of which lead
// there.
func affordable(s *ast.Schema, typ *ast.Type) string {
	all := ""
	for depth := 2; depth >= 0; depth-- {
		all = selection(s, typ, depth)
		if len(strings.Fields(all))-2*strings.Count(all, "{") <= 480 {
			break
		}
	}
	return all
}

// selection asks for all that a type has, so many objects deep. Pages, and what is refused to many,
// are asked for at the top alone.
func selection(s *ast.Schema, typ *ast.Type, depth int) string {
	def := s.Types[typ.Name()]
	if !def.IsCompositeType() {
		return ""
	}
	if def.Name == "Workspace" && depth == 0 {
		return " { __typename id name slug }" // of many rows at once, whose fields are at most 500
	}
	parts := []string{"__typename"}
	if def.IsAbstractType() {
		// What two types call alike and type differently cannot be asked for at once; what is left
		// tells enough.
		types := map[string]map[string]bool{}
		for _, possible := range s.GetPossibleTypes(def) {
			for _, f := range possible.Fields {
				if types[f.Name] == nil {
					types[f.Name] = map[string]bool{}
				}
				types[f.Name][f.Type.String()] = true
			}
		}
		for _, possible := range s.GetPossibleTypes(def) {
			some := []string{"id"}
			for _, f := range possible.Fields {
				if len(types[f.Name]) == 1 && !s.Types[f.Type.Name()].IsCompositeType() {
					some = append(some, f.Name)
				}
			}
			parts = append(parts, "... on "+possible.Name+" { "+strings.Join(some, " ")+" }")
		}
	}
	for _, f := range def.Fields {
		if strings.HasPrefix(f.Name, "__") ||
			slices.ContainsFunc(f.Arguments, func(a *ast.ArgumentDefinition) bool {
				return a.Type.NonNull
			}) {
			continue
		}
		below := s.Types[f.Type.Name()]
		switch {
		case !below.IsCompositeType():
			parts = append(parts, f.Name)
		case strings.HasSuffix(def.Name, "Connection"), strings.HasSuffix(def.Name, "Edge"),
			strings.HasSuffix(def.Name, "Payload"):
			// these are no depth of their own
			parts = append(parts, f.Name+selection(s, f.Type, depth))
		case depth > 0 && !strings.HasSuffix(below.Name, "Connection") && below.Name != "Usage" &&
			below.Name != "WorkspaceExport" && below.Name != "EventPage" && below.Name != "DeletionPage":
			parts = append(parts, f.Name+selection(s, f.Type, depth-1))
		}
	}
	return " { " + strings.Join(parts, " ") + " }"
}

func TestTheListOfWhatIdsMeanNamesNothingThatIsGone(t *testing.T) {
	t.Parallel()
	s := served()
	used := map[string]bool{}
	for _, l := range leaves(t, s) {
		last := l.path[len(l.path)-1]
		used[last] = true
		used[l.asks.Name+"."+last] = true
	}
	for _, def := range ours(s) {
		if def.Kind == ast.InputObject {
			for _, f := range def.Fields {
				used[def.Name+"."+f.Name] = true
			}
		}
	}
	for _, name := range slices.Sorted(maps.Keys(meant)) {
		if !used[name] {
			t.Errorf("%s is listed and gone", name)
		}
	}
}
