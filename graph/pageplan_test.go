package graph_test

import (
	"encoding/json"
	"net/http/httptest"
	"strings"
	"testing"

	"usher/ent"
	"usher/internal/access"
	"usher/internal/admission"
	"usher/internal/apptest"
	"usher/internal/ident"
	"usher/internal/testkit/probe"
)

// recordPage asks for a page of members and returns the text of the statement that read it.
func recordPage(t *testing.T, k *apptest.Kit, token, args string) string {
	t.Helper()
	return recordList(t, k, token, `members(first: 50`+args+`) {
		edges { node { id user { email } orgUnit { name } } } }`)
}

// recordList asks for a list and returns the text of the statement that read its page.
func recordList(t *testing.T, k *apptest.Kit, token, list string) string {
	t.Helper()
	body, err := json.Marshal(map[string]string{"query": `{ workspace(slug: "acme") { ` + list + ` } }`})
	if err != nil {
		t.Fatal(err)
	}
	ctx, recorded := probe.RecordQueries(t.Context())
	r := httptest.NewRequestWithContext(ctx, "POST", "/graphql", strings.NewReader(string(body)))
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("Authorization", "Bearer "+token)
	w := httptest.NewRecorder()
	k.Handler.ServeHTTP(w, r)
	if strings.Contains(w.Body.String(), `"errors"`) ||
		!strings.Contains(w.Body.String(), "@acme.test") {
		t.Fatalf("%s: %s", list, w.Body)
	}
	for _, text := range recorded() {
		if strings.Contains(text, "LIMIT 51") {
			return text
		}
	}
	t.Fatalf("no page among %q", recorded())
	return ""
}

// A statement that is planned each time costs PostgreSQL more for its plan than for the rows.
func TestAPageOfOneStatusKeepsItsPlan(t *testing.T) {
	apptest.OnBoth(t, func(t *testing.T, k *apptest.Kit) {
		k.Found("Acme", "acme")
		token := k.SignIn("admin@acme.test", apptest.Password)
		for args, kept := range map[string]bool{
			``:                             true,
			`, filter: {}`:                 true,
			`, filter: {status: [ACTIVE]}`: true,
			`, filter: {status: [ACTIVE]}, orderBy: {field: JOINED_AT, direction: ASC}`: true,
			// The words of a search alone choose the rows, in one index.
			`, filter: {status: [ACTIVE], search: "admin"}`: true,
			// What is best depends on how many members have the status.
			`, filter: {status: [ACTIVE]}, orderBy: {field: NAME, direction: ASC}`: false,
			`, filter: {status: [ACTIVE, DEACTIVATED]}`:                            false,
			`, filter: {search: "admin", updatedAfter: "2020-01-01T00:00:00Z"}`:    false,
			`, filter: {email: "admin@acme.test"}`:                                 false,
		} {
			text := recordPage(t, k, token, args)
			if keepsPlan(text) != kept {
				t.Errorf("members(%s): kept prepared should be %v: %s", args, kept, text)
			}
		}
	}, apptest.WithoutWorker)
}

// keepsPlan tells whether the server may keep the plan of a recorded statement.
func keepsPlan(text string) bool { return !strings.Contains(text, ent.CustomPlan) }

func TestAPageOfInvitationsOfOneStatusKeepsItsPlan(t *testing.T) {
	apptest.OnBoth(t, func(t *testing.T, k *apptest.Kit) {
		p := k.Found("Acme", "acme")
		p.Invite("jane@acme.test", nil)
		token := k.SignIn("admin@acme.test", apptest.Password)
		for args, kept := range map[string]bool{
			``:                              true,
			`, filter: {status: [PENDING]}`: true,
			`, filter: {status: [PENDING]}, orderBy: {field: CREATED_AT, direction: ASC}`: true,
			`, filter: {status: [PENDING]}, orderBy: {field: EMAIL, direction: ASC}`:      false,
			`, filter: {status: [PENDING, EXPIRED]}`:                                      false,
			`, filter: {status: [PENDING], search: "jane"}`:                               false,
		} {
			text := recordList(t, k, token, `invitations(first: 50`+args+`) {
				edges { node { id email status createdAt } } }`)
			if keepsPlan(text) != kept {
				t.Errorf("invitations(%s): kept prepared should be %v: %s", args, kept, text)
			}
		}
	}, apptest.WithoutWorker)
}

// The account of a member is visible with the member (VisibleToReaders). A second check of it would
// look for another visible membership of each row's account.
func TestTheAccountsOfAPageAreNotFilteredAgain(t *testing.T) {
	apptest.OnBoth(t, func(t *testing.T, k *apptest.Kit) {
		p := k.Found("Acme", "acme")
		class := p.Group("Class", "PRIVATE", nil)
		grant := func(roles ...string) *admission.GrantInput {
			return &admission.GrantInput{Roles: roles, GroupIDs: []ident.ID{class.ID}}
		}
		p.Join("coach@acme.test", grant(access.Coach))
		p.Join("jane@acme.test", grant())

		for _, who := range []string{"admin@acme.test", "coach@acme.test"} {
			token := k.SignIn(who, apptest.Password)
			for _, args := range []string{``, `, filter: {status: [ACTIVE]}`} {
				text := recordPage(t, k, token, args)
				if strings.Contains(text, "EXISTS") {
					t.Errorf("%s asks for members(%s), accounts are filtered again: %s", who, args,
						text)
				}
				if !strings.Contains(text, "users") {
					t.Errorf("%s asks for members(%s), accounts are read apart: %s", who, args,
						text)
				}
			}
		}
	}, apptest.WithoutWorker)
}
