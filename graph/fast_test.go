package graph_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http/httptest"
	"slices"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/99designs/gqlgen/graphql"

	"usher/ent"
	"usher/graph"
	"usher/internal/access"
	"usher/internal/apptest"
	"usher/internal/fastgql"
	"usher/internal/gqlhttp"
	"usher/internal/i18n"
	"usher/internal/store"
	"usher/internal/testkit/specimen"
)

// console are the queries that the console lives on, and the types of which one object is left to
// gqlgen: they have resolvers that read. The sessions of an invitation have one, too: those ahead
// of an invitee stand in no row of theirs.
var console = []struct{ name, query, left string }{
	{"members", `{ workspace(slug: "acme") { members(first: 50) { pageInfo { hasNextPage endCursor } edges { node {
		id status joinedAt labels customFields user { email firstName lastName } groups { id name } orgUnit { name }
		roleAssignments { inherited role { key name } group { name } orgUnit { name } } } } } } }`,
		"Workspace"},
	{"invitations", `{ workspace(slug: "acme") { invitations(first: 50) { totalCount pageInfo { hasNextPage endCursor } edges { node {
		id email status link deliveryStatus createdAt expiresAt groups { name } roles { key } orgUnit { name }
		invitedBy { user { email } } member { user { email } } history { summary at actorName actor { user { email } } } } } } } }`, "Workspace"},
	{"one member", `query($member: ID!) { node(id: $member) { __typename id ... on Member {
		status joinedVia customFields user { email locale } groups { name } roleAssignments { role { key permissions } group { name } } } } }`, ""},
	{"groups", `{ workspace(slug: "acme") { groups(first: 100) { edges { cursor node {
		id name visibility parent { id name } programs { name } } } } } }`,
		"Workspace"},
	{"sessions", `{ workspace(slug: "acme") { sessions(first: 50) { totalCount edges { node { id name startsAt endsAt program { id name } } } } } }`, "Workspace"},
	{"join links", `{ workspace(slug: "acme") { joinLinks(first: 20) { edges { node {
		id slug url enabled whitelist freeMailEntries joinCount groups { name } roles { name } orgUnit { name } } } } } }`, "Workspace"},
	{"join requests", `{ workspace(slug: "acme") { joinRequests(first: 20) { edges { node {
		id email status waitsFor joinLink { slug } member { id } decidedBy { user { email } } } } } } }`, "Workspace"},
	{"imports", `{ workspace(slug: "acme") { imports(first: 20) { edges { node {
		id status action source fileName counts { invite create update error done } failure reportUrl rejectedUrl startedBy { user { email } } } } } } }`, "Workspace"},
	{"rows of an import",
		`query($import: ID!) { node(id: $import) { ... on Import { status rows(first: 50) { totalCount pageInfo { endCursor } edges { cursor node {
		number email outcome errors { column message } } } } } } }`, "Import"},
	{"audit events", `{ workspace(slug: "acme") { auditEvents(first: 50) { pageInfo { endCursor } edges { node {
		id at action summary through actorName actor { user { firstName lastName } } details { name } } } } } }`, "Workspace"},
	{"viewer", `{ viewer { user { id email firstName } memberships { id status workspace { id name slug } roleAssignments { role { key } } } signIns { id current userAgent } } }`, "Viewer"},
}

// furnished fills a workspace with a little of everything and returns the variables of console.
func furnished(t *testing.T, k *apptest.Kit) (*crowd, map[string]any) {
	t.Helper()
	c := &crowd{Place: k.Found("Acme", "acme")}
	c.grow(t, 3)
	rows := specimen.InsertRows(t, k.Store.DB(), k.Store.Dialect(), c.Workspace.OrganizationID,
		c.Workspace.ID, "filled")
	return c, map[string]any{"member": c.Admin.ID, "import": rows["import_batches"]}
}

// A silent fall-back answers rightly and slowly, so the console's queries are held to the fast
// path, type by type.
func TestTheConsolesQueriesAreAppended(t *testing.T) {
	apptest.OnBoth(t, func(t *testing.T, k *apptest.Kit) {
		_, variables := furnished(t, k)
		token := k.SignIn("admin@acme.test", apptest.Password)
		for _, q := range console {
			ctx, tally := fastgql.Count(t.Context())
			posted(t, ctx, k, token, q.query, variables)
			want := map[string]int{}
			if q.left != "" {
				want[q.left] = 1
			}
			if fmt.Sprint(tally.Left) != fmt.Sprint(want) || len(tally.Appended) == 0 {
				t.Errorf("%s: left to gqlgen %v, want %v; appended %v", q.name, tally.Left, want,
					tally.Appended)
			}
		}
	}, apptest.WithoutWorker)
}

// posted asks the whole handler and returns the body of an answer without errors.
func posted(t testing.TB, ctx context.Context, k *apptest.Kit, token, query string,
	variables map[string]any) string {
	t.Helper()
	body, err := json.Marshal(map[string]any{"query": query, "variables": variables})
	if err != nil {
		t.Fatal(err)
	}
	r := httptest.NewRequestWithContext(ctx, "POST", "/graphql", bytes.NewReader(body))
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("Authorization", "Bearer "+token)
	w := httptest.NewRecorder()
	k.Handler.ServeHTTP(w, r)
	if strings.HasPrefix(w.Body.String(), `{"errors"`) {
		t.Fatalf("%s\n%s", query, w.Body)
	}
	return w.Body.String()
}

// resolver is one over a kit's parts, for schemas whose resolvers a test bends.
func resolver(k *apptest.Kit) *graph.Resolver {
	return &graph.Resolver{Reads: k.Store.Client, Accounts: k.Accounts, Services: k.Services,
		Training: k.Training, Clock: k.Clock.Now}
}

// comparing asks one handler for each query twice: gqlgen alone, and with what is appended. The
// clock stands still, since signed URLs hold the second in which they were made.
type comparing struct {
	handler func(ctx context.Context, query string) string
	caller  *access.Caller
}

func newComparing(k *apptest.Kit, roots graph.ResolverRoot, caller *access.Caller,
	extensions ...graphql.HandlerExtension) *comparing {
	k.Clock.Stop()
	h := gqlhttp.NewServer(graph.NewExecutableSchema(graph.Config{Resolvers: roots}),
		gqlhttp.Options{
			Log: slog.New(slog.DiscardHandler), Fast: true, Extensions: extensions,
			CheckCursor: func(c string) error { return new(ent.Cursor).UnmarshalGQL(c) },
		})
	return &comparing{caller: caller, handler: func(ctx context.Context, query string) string {
		body, _ := json.Marshal(map[string]any{"query": query})
		ctx = gqlhttp.WithLocale(access.NewContext(store.AsCaller(ctx, caller), caller),
			i18n.English)
		r := httptest.NewRequestWithContext(graph.WithRequest(ctx, &graph.Request{}), "POST",
			"/graphql", bytes.NewReader(body))
		r.Header.Set("Content-Type", "application/json")
		w := httptest.NewRecorder()
		h.ServeHTTP(w, r)
		return w.Body.String()
	}}
}

// same holds both answers of a query against each other, byte by byte, and tells what became of its
// objects. gqlgen's errors come in the order in which its goroutines end, so they are sorted.
func (c *comparing) same(t *testing.T, query string) (string, *fastgql.WriteCounts) {
	t.Helper()
	ctx, tally := fastgql.Count(t.Context())
	stock, fast := sortedErrors(t, c.handler(fastgql.Without(t.Context()), query)),
		sortedErrors(t, c.handler(ctx, query))
	if stock != fast {
		t.Fatalf("the answers differ\n%s\ngqlgen: %.3000s\nfast:   %.3000s", query, stock, fast)
	}
	return fast, tally
}

// watching counts the fields that gqlgen resolves.
type watching struct{ fields *atomic.Int64 }

func (watching) ExtensionName() string                   { return "Watching" }
func (watching) Validate(graphql.ExecutableSchema) error { return nil }

func (w watching) InterceptField(ctx context.Context, next graphql.Resolver) (any, error) {
	w.fields.Add(1)
	return next(ctx)
}

func TestWhereFieldsAreWatchedNothingIsAppended(t *testing.T) {
	t.Parallel()
	k := apptest.New(t, "sqlite", apptest.WithoutWorker)
	p := k.Found("Acme", "acme")
	w := watching{new(atomic.Int64)}
	_, tally := newComparing(k, resolver(k), k.Caller(p.Admin), w).
		same(t, `{ workspace(slug: "acme") { members(first: 5) { edges { node { id } } } } }`)
	if len(tally.Appended) != 0 || w.fields.Load() != 10 {
		t.Errorf("appended %v, and of 10 fields in two answers %d were watched", tally.Appended,
			w.fields.Load())
	}
}

func sortedErrors(t *testing.T, body string) string {
	t.Helper()
	if !strings.HasPrefix(body, `{"errors"`) {
		return body
	}
	var a struct {
		Errors []json.RawMessage
		Data   json.RawMessage
	}
	if err := json.Unmarshal([]byte(body), &a); err != nil {
		t.Fatalf("%v in %s", err, body)
	}
	if len(a.Errors) == gqlhttp.ErrorLimit { // which ten of all there were is a matter of luck
		return fmt.Sprintf("10 errors or more %s", a.Data)
	}
	slices.SortFunc(a.Errors, func(x, y json.RawMessage) int { return bytes.Compare(x, y) })
	return fmt.Sprintf("%s %s", a.Errors, a.Data)
}
