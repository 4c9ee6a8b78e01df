package server_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"usher/ent"
	"usher/internal/admission"
	"usher/internal/apptest"
	"usher/internal/fastgql"
	"usher/internal/ident"
	"usher/internal/store"
)

// fault is an error as a client gets it.
type refusal struct {
	code, field string
}

func refusalOf(a *apptest.Answer) refusal {
	if len(a.Errors) == 0 {
		return refusal{}
	}
	field, _ := a.Errors[0].Extensions["field"].(string)
	return refusal{a.Code(), field}
}

// What the scalars refuse is refused at its field, over HTTP, on both databases, and nothing is
// written.
func TestInputThatCannotBeStoredIsRefusedAtItsField(t *testing.T) {
	apptest.OnBoth(t, func(t *testing.T, k *apptest.Kit) {
		p := k.Found("Acme", "acme")
		program := p.Program("Fire safety")
		token := k.SignIn("admin@acme.test", apptest.Password)
		w := p.Workspace.ID.String()
		const far = "9999-12-31T23:59:59-23:59"
		for name, c := range map[string]struct {
			query     string
			variables map[string]any
			field     string
		}{
			"a session far away": {
				`mutation($i: CreateSessionInput!) { createSession(input: $i) { session { id } } }`,
				map[string]any{"i": map[string]any{"programId": program.ID, "name": "s",
					"startsAt": far}}, "startsAt",
			},
			"a literal far away": {`mutation { createSession(input: {programId: "` +
				program.ID.String() + `", name: "s", startsAt: "` + far + `"}) { session { id } } }`, nil,
				"startsAt"},
			"an end of access": {
				`mutation($i: InviteUsersInput!) { inviteUsers(input: $i) { outcomes { status } } }`,
				map[string]any{"i": map[string]any{"workspaceId": w, "emails": []string{"a@b.test"},
					"grant": map[string]any{"accessExpiresAt": far}}},
				"grant.accessExpiresAt",
			},
			"a filter": {
				`query($f: InvitationFilter) { workspace(slug: "acme") { invitations(filter: $f) { totalCount } } }`,
				map[string]any{"f": map[string]any{"createdAfter": far}}, "filter.createdAfter",
			},
			"a number for a text": {`mutation { requestPasswordReset(input: {email: 42}) { email } }`, nil, ""},
			"a number by variable": {`mutation($e: String!) { requestPasswordReset(input: {email: $e}) { email } }`,
				map[string]any{"e": 42}, "email"},
			"a name of a group": {
				`mutation($i: CreateGroupInput!) { createGroup(input: $i) { group { id } } }`,
				map[string]any{"i": map[string]any{"workspaceId": w, "name": 42,
					"visibility": "PUBLIC"}}, "name",
			},
			"U+0000 in a search": {`{ workspace(slug: "acme") { members(filter: {search: "a\u0000"}) { totalCount } } }`, nil, "filter.search"},
			"U+0000 in a label": {
				`mutation($i: InviteUsersInput!) { inviteUsers(input: $i) { outcomes { status } } }`,
				map[string]any{"i": map[string]any{"workspaceId": w, "emails": []string{"a@b.test"},
					"grant": map[string]any{"labels": []string{"a", "b\x00"}}}},
				"grant.labels.1",
			},
			"U+0000 in an address": {
				`mutation($i: InviteUsersInput!) { inviteUsers(input: $i) { outcomes { status } } }`,
				map[string]any{"i": map[string]any{"workspaceId": w,
					"emails": []string{"a\x00@b.test"}}}, "emails.0",
			},
			"U+0000 in a key": {
				`mutation($i: InviteUsersInput!) { inviteUsers(input: $i) { outcomes { status } } }`,
				map[string]any{"i": map[string]any{"workspaceId": w, "emails": []string{"a@b.test"},
					"grant": map[string]any{"customFields": map[string]any{"a\x00": "b"}}}},
				"grant.customFields",
			},
			"U+0000 in a slug": {`query($s: String!) { publicJoinPage(slug: $s) { slug } }`,
				map[string]any{"s": "a\x00"}, "slug"},
			"U+0000 in another": {`query($s: String!) { workspace(slug: $s) { id } }`,
				map[string]any{"s": "\x00"}, "slug"},
			"U+0000 in an id": {`query($i: ID!) { node(id: $i) { id } }`,
				map[string]any{"i": "a\x00"}, "id"},
			"U+0000 in a login": {`mutation($i: SignInInput!) { signIn(input: $i) { auth { accessToken } } }`, map[string]any{"i": map[string]any{"login": "a\x00", "password": "p"}}, "login"},
			"half of a pair": {`mutation { requestPasswordReset(input: {email: "a\ud800@b.test"}) { email } }`,
				nil, "email"},
			"a search without end":  {`query($s: String) { workspace(slug: "acme") { groups(filter: {search: $s}) { totalCount } } }`, map[string]any{"s": strings.Repeat("x", 200_000)}, "filter.search"},
			"statuses without end":  {`query($f: InvitationFilter) { workspace(slug: "acme") { invitations(filter: $f) { totalCount } } }`, map[string]any{"f": map[string]any{"status": many(90_000, "PENDING")}}, "filter.status"},
			"labels without end":    {`mutation($i: InviteUsersInput!) { inviteUsers(input: $i) { outcomes { status } } }`, map[string]any{"i": map[string]any{"workspaceId": w, "grant": map[string]any{"labels": many(90_000, "x")}}}, "grant.labels"},
			"a number for a moment": {`mutation($i: CreateSessionInput!) { createSession(input: $i) { session { id } } }`, map[string]any{"i": map[string]any{"programId": program.ID, "startsAt": 1790000000}}, "startsAt"},
			"a text for a number":   {`query($n: Int) { workspace(slug: "acme") { members(first: $n) { totalCount } } }`, map[string]any{"n": "5.5"}, "first"},
		} {
			before := fmt.Sprint(k.Snapshot())
			a := k.Ask(token, c.query, c.variables)
			if got := refusalOf(a); got.code != "BAD_USER_INPUT" || c.field != "" &&
				got.field != c.field {
				t.Errorf("%s: %v at %q: %.300s", name, got.code, got.field, a.Body)
			}
			if fmt.Sprint(k.Snapshot()) != before {
				t.Errorf("%s: something was written", name)
			}
		}
		for path, status := range map[string]int{
			"/join/a%00": 404, "/join/%ff": 404, "/join/a/qr%00.png": 404, "/invitations/a%00": 404,
			"/sign-in?workspace=%00": 400, "/?done=%ff": 400,
			"/nowhere%00": 404, "/imports/%00/report.csv": 401, "/members.csv?workspace=a%00": 400,
		} {
			if got := statusOf(t, k, path, ""); got != status {
				t.Errorf("GET %s: %d, want %d", path, got, status)
			}
		}
		if got := statusOf(t, k, "/members.csv?workspace=a%00", token); got != 400 {
			t.Errorf("a download: %d", got)
		}
	}, apptest.WithoutWorker, apptest.WithoutMail)
}

func many(n int, word string) []string {
	return strings.Split(strings.Repeat(word+" ", n-1)+word, " ")
}

func statusOf(t *testing.T, k *apptest.Kit, path, token string) int {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, k.URL+path, nil)
	if err != nil {
		t.Fatal(err)
	}
	if token != "" {
		r.Header.Set("Authorization", "Bearer "+token)
	}
	resp, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	_, _ = io.Copy(io.Discard, resp.Body)
	return resp.StatusCode
}

// The net below all entry points: a verb that is called past the API writes nothing that cannot be
// read back.
func TestARowThatCannotBeReadBackIsNotWritten(t *testing.T) {
	apptest.OnBoth(t, func(t *testing.T, k *apptest.Kit) {
		p := k.Found("Acme", "acme")
		program := p.Program("Fire safety")
		for name, change := range map[string]func(*ent.SessionCreate){
			"a moment": func(c *ent.SessionCreate) {
				c.SetStartsAt(time.Date(9999, 12, 31, 23, 59, 0, 0, time.FixedZone("", -3600)))
			},
			"a text":      func(c *ent.SessionCreate) { c.SetName("a\x00b") },
			"broken text": func(c *ent.SessionCreate) { c.SetName("a\xff") },
		} {
			err := k.Store.WithTx(p.In(), func(tx *store.Tx) error {
				c := tx.Session.Create().SetWorkspaceID(p.Workspace.ID).SetProgramID(program.ID).
					SetName("s")
				change(c)
				return c.Exec(p.In())
			})
			if err == nil || !strings.Contains(err.Error(), "UTC") &&
				!strings.Contains(err.Error(), "1900") && !strings.Contains(err.Error(), "stored") {
				t.Errorf("%s: %v", name, err)
			}
		}
		token := k.SignIn("admin@acme.test", apptest.Password)
		if a := k.Ask(token,
			`{ workspace(slug: "acme") { sessions { edges { node { id startsAt } } } } }`,
			nil); len(a.Errors) > 0 {
			t.Error(a.Body)
		}
		if k.Store.Dialect() == "postgres" {
			return // PostgreSQL reads what it stored
		}
		// What an older version has stored does not break the list.
		s := p.Session(program, "old", time.Hour, 2*time.Hour)
		if _, err := k.Store.DB().
			ExecContext(t.Context(),
				`UPDATE sessions SET starts_at = '10000-01-01 23:58:59+00:00' WHERE id = ?`,
				s.ID); err != nil {
			t.Fatal(err)
		}
		for range 3 { // directly, and by a prepared statement
			a := k.Ask(token,
				`{ workspace(slug: "acme") { sessions { edges { node { id startsAt } } } } }`, nil)
			if len(a.Errors) > 0 || !strings.Contains(a.Body, `"2200-12-31T23:59:59Z"`) {
				t.Error(a.Body)
			}
		}
	}, apptest.WithoutWorker, apptest.WithoutMail)
}

// A way that leads back is refused before it is read, by both executors; what front ends ask for is
// not.
func TestLaddersAreRefusedCheaply(t *testing.T) {
	apptest.OnBoth(t, func(t *testing.T, k *apptest.Kit) {
		p := k.Found("Acme", "acme")
		parent := p.Group("Parent", "PUBLIC", nil)
		for n := range 60 {
			p.Group(fmt.Sprint("Child ", n), "PUBLIC", parent)
		}
		program := p.Program("Fire safety")
		var sessions []ident.ID
		for n := range 10 {
			sessions = append(sessions, p.Session(program, fmt.Sprint("Run ", n), time.Hour,
				2*time.Hour).ID)
		}
		p.Join("learner@acme.test", &admission.GrantInput{SessionIDs: sessions})
		learner, admin := k.SignIn("learner@acme.test", apptest.Password),
			k.SignIn("admin@acme.test", apptest.Password)
		for _, c := range []struct {
			token, query string
			refused      bool
		}{
			{learner, `{viewer{memberships{` + strings.Repeat(`enrollments{member{`, 6) + `id` +
				strings.Repeat("}}", 6) + `}}}`, true},
			{admin, `{node(id:"` + parent.ID.String() +
				`"){... on Group{` + strings.Repeat(`children{edges{node{parent{`, 3) + `id` +
				strings.Repeat("}}}}", 3) + `}}}`, true},
			{admin, `{node(id:"` + program.ID.String() +
				`"){... on Program{sessions{program{sessions{program{sessions{id}}}}}}}}`, true},
			{learner,
				`{viewer{memberships{id enrollments{id status session{id name program{name}}}}}}`, false},
			{admin, `{node(id:"` + parent.ID.String() +
				`"){... on Group{id ` +
				strings.Repeat(`children(first:10){edges{node{id name `, 2) +
				strings.Repeat("}}}", 2) + `}}}`, false},
			{admin, `{workspace(slug:"acme"){groups(first:50){edges{node{id name parent{name}
				children(first:5){edges{node{id name}}}}}}}}`, false},
		} {
			for name, ctx := range map[string]context.Context{"appended": t.Context(),
				"gqlgen": fastgql.Without(t.Context())} {
				start := time.Now()
				body := serve(t, ctx, k, c.token, c.query)
				if refused := strings.Contains(body, "COST_LIMIT"); refused != c.refused ||
					!refused && strings.Contains(body, `"errors"`) {
					t.Errorf("%s: %s: %.300s", name, c.query, body)
				}
				if c.refused {
					t.Logf("%s: refused after %v", name, time.Since(start))
				}
			}
		}
	}, apptest.WithoutWorker, apptest.WithoutMail)
}

func serve(t *testing.T, ctx context.Context, k *apptest.Kit, token, query string) string {
	t.Helper()
	body, err := json.Marshal(map[string]any{"query": query})
	if err != nil {
		t.Fatal(err)
	}
	r := httptest.NewRequestWithContext(ctx, http.MethodPost, "/graphql", bytes.NewReader(body))
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("Authorization", "Bearer "+token)
	w := httptest.NewRecorder()
	k.Handler.ServeHTTP(w, r)
	return w.Body.String()
}
