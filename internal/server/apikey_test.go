package server_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/netip"
	"strings"
	"testing"
	"time"

	"usher/ent"
	"usher/ent/apikey"
	"usher/ent/auditevent"
	"usher/internal/access"
	"usher/internal/admission"
	"usher/internal/apptest"
	"usher/internal/config"
	"usher/internal/ident"
	"usher/internal/secret"
	"usher/internal/store"
)

// reply is what a GraphQL request over HTTP came to.
type reply struct {
	apptest.Answer
	StatusCode int
	Header     http.Header
}

// send posts a document with headers, names and values by turns.
func send(p *apptest.Place, query string, variables map[string]any, headers ...string) reply {
	p.T.Helper()
	body, err := json.Marshal(map[string]any{"query": query, "variables": variables})
	if err != nil {
		p.T.Fatal(err)
	}
	req, err := http.NewRequestWithContext(p.T.Context(), http.MethodPost, p.URL+"/graphql",
		bytes.NewReader(body))
	if err != nil {
		p.T.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/json")
	for i := 0; i < len(headers); i += 2 {
		req.Header.Add(headers[i], headers[i+1])
	}
	resp, err := http.DefaultTransport.RoundTrip(req)
	if err != nil {
		p.T.Fatal(err)
	}
	defer resp.Body.Close()
	raw, err := io.ReadAll(resp.Body)
	if err != nil {
		p.T.Fatal(err)
	}
	r := reply{Answer: apptest.Answer{Body: string(raw)}, StatusCode: resp.StatusCode, Header: resp.Header}
	if err := json.Unmarshal(raw, &r.Answer); err != nil {
		p.T.Fatalf("%d %s: %v", resp.StatusCode, raw, err)
	}
	return r
}

func withKey(key string) []string { return []string{"Authorization", "Bearer " + key} }

const createKey = `mutation($in: CreateApiKeyInput!) { createApiKey(input: $in) { secret apiKey {
	id name hint status wholeWorkspace permissions allowedNetworks expiresAt lastUsedAt groups { id }
	createdBy { id } } } }`

// newKey creates a key as the administrator and returns it with its id.
func newKey(p *apptest.Place, in map[string]any) (key, id string) {
	p.T.Helper()
	all := map[string]any{"workspaceId": p.Workspace.ID.String(), "name": "LMS",
		"permissions": []string{"MEMBERS_VIEW", "MEMBERS_INVITE"}}
	for name, value := range in {
		all[name] = value
	}
	var out struct {
		CreateAPIKey struct {
			Secret string
			APIKey struct{ ID, Hint string }
		} `json:"createApiKey"`
	}
	p.Must(p.SignIn("admin@acme.test", apptest.Password), createKey, map[string]any{"in": all}, &out)
	made := out.CreateAPIKey
	if !strings.HasSuffix(made.Secret, made.APIKey.Hint) || len(made.APIKey.Hint) != 4 {
		p.T.Fatalf("hint %q", made.APIKey.Hint)
	}
	return made.Secret, made.APIKey.ID
}

const myKey = `{ viewerApiKey { id name } }`

// PAR-1, ACC-3: a key acts with its own permissions, in its workspace and nowhere else.
func TestAnAPIKeyActsWithItsOwnPermissionsInItsWorkspace(t *testing.T) {
	apptest.OnBoth(t, func(t *testing.T, k *apptest.Kit) {
		p, other := k.Found("Acme", "acme"), k.Found("Other", "other")
		abroad := other.Join("ann@other.test", nil)
		key, id := newKey(p, nil)

		var out struct {
			Workspace struct {
				Members struct{ TotalCount int }
			}
			Abroad *struct{ ID string }
			Node   *struct{ ID string }
			Viewer *struct{ ID string }
			Key    struct{ ID string }
		}
		k.Must(key, `query($o: ID!, $m: ID!) { workspace(slug: "acme") { members { totalCount } }
			abroad: workspace(id: $o) { id } node(id: $m) { id } viewer { user { id } }
			key: viewerApiKey { id } }`, map[string]any{"o": other.Workspace.ID.String(),
			"m": abroad.ID.String()}, &out)
		if out.Workspace.Members.TotalCount != 1 || out.Abroad != nil || out.Node != nil ||
			out.Viewer != nil || out.Key.ID != id {
			t.Errorf("%+v", out)
		}

		const invite = `mutation($w: ID!, $e: String!) { inviteUsers(input: {workspaceId: $w, emails: [$e]}) {
			outcomes { status invitation { id history { actorName actor { id } } } } } }`
		a := k.Ask(key, invite, map[string]any{"w": p.Workspace.ID.String(), "e": "jo@example.org"})
		if len(a.Errors) > 0 || !strings.Contains(a.Body, `"status":"INVITED"`) ||
			!strings.Contains(a.Body, `"actorName":"LMS","actor":null`) {
			t.Fatal(a.Body)
		}
		// The history names the key.
		events, err := p.Store.AuditEvent.Query().Where(auditevent.Action("invitation.made")).All(p.In())
		if err != nil || len(events) != 1 || events[0].ActorKeyID == nil ||
			events[0].ActorKeyID.String() != id || events[0].ActorID != nil {
			t.Errorf("%v %v", events, err)
		}
		a = k.Ask(key, invite, map[string]any{"w": other.Workspace.ID.String(), "e": "jo@example.org"})
		if a.Code() != "NOT_FOUND" {
			t.Errorf("abroad: %s", a.Body)
		}
		for name, document := range map[string]string{
			"FORBIDDEN 1": `mutation { createGroup(input: {workspaceId: "WS", name: "x", visibility: PRIVATE}) { group { id } } }`,
			"FORBIDDEN 2": `mutation { updateProfile(input: {firstName: "x"}) { user { id } } }`,
			"FORBIDDEN 3": `mutation { createApiKey(input: {workspaceId: "WS", name: "x", permissions: [MEMBERS_VIEW]}) { secret } }`,
			"FORBIDDEN 4": `mutation { revokeApiKey(input: {apiKeyId: "KEY"}) { apiKey { id } } }`,
			"FORBIDDEN 5": `mutation { exportWorkspace(input: {workspaceId: "WS"}) { __typename } }`,
			"FORBIDDEN 6": `mutation { signOutEverywhere { __typename } }`,
		} {
			document = strings.NewReplacer("WS", p.Workspace.ID.String(), "KEY", id).Replace(document)
			a := k.Ask(key, document, nil)
			if code, _, _ := strings.Cut(name, " "); a.Code() != code {
				t.Errorf("%s: %s", document, a.Body)
			}
		}
	})
}

// ADM-9: a key never holds more than the member who saves it.
func TestAnAPIKeyHoldsNoMoreThanItsMaker(t *testing.T) {
	apptest.OnBoth(t, func(t *testing.T, k *apptest.Kit) {
		p := k.Found("Acme", "acme")
		g := p.Group("g", "PRIVATE", nil)
		role := p.Role("Key keeper", access.APIKeysManage, access.MembersView)
		p.Join("keeper@acme.test", &admission.GrantInput{Roles: []string{role.ID.String()}})
		p.Verify("keeper@acme.test")
		keeper := p.SignIn("keeper@acme.test", apptest.Password)
		make := func(token string, in map[string]any) *apptest.Answer {
			all := map[string]any{"workspaceId": p.Workspace.ID.String(), "name": "x"}
			for name, value := range in {
				all[name] = value
			}
			return k.Ask(token, createKey, map[string]any{"in": all})
		}
		for _, c := range []struct {
			code string
			in   map[string]any
		}{
			{"", map[string]any{"permissions": []string{"MEMBERS_VIEW"}}},
			{"FORBIDDEN", map[string]any{"permissions": []string{"MEMBERS_VIEW", "MEMBERS_INVITE"}}},
			{"FORBIDDEN", map[string]any{"permissions": []string{"MEMBERS_INVITE"},
				"groupIds": []string{g.ID.String()}}},
			{"BAD_USER_INPUT", map[string]any{"permissions": []string{"API_KEYS_MANAGE"}}},
			{"BAD_USER_INPUT", map[string]any{"permissions": []string{}}},
			{"BAD_USER_INPUT", map[string]any{"permissions": []string{"MEMBERS_VIEW"},
				"allowedNetworks": []string{"10.0.0.1/8"}}},
			{"BAD_USER_INPUT", map[string]any{"permissions": []string{"MEMBERS_VIEW"},
				"expiresAt": "2020-01-01"}},
			{"NOT_FOUND", map[string]any{"permissions": []string{"MEMBERS_VIEW"},
				"groupIds": []string{ident.New(ident.Group).String()}}},
		} {
			if a := make(keeper, c.in); a.Code() != c.code {
				t.Errorf("%v: %s, want %q", c.in, a.Body, c.code)
			}
		}
		p.Join("learner@acme.test", nil)
		if a := make(p.SignIn("learner@acme.test", apptest.Password),
			map[string]any{"permissions": []string{"MEMBERS_VIEW"}}); a.Code() != "FORBIDDEN" {
			t.Errorf("a learner: %s", a.Body)
		}

		// An editor who holds less than the key is refused, also to rename or to rotate it.
		_, id := newKey(p, map[string]any{"permissions": []string{"MEMBERS_INVITE"}})
		for _, document := range []string{
			`mutation { updateApiKey(input: {apiKeyId: "ID", name: "mine"}) { apiKey { id } } }`,
			`mutation { rotateApiKey(input: {apiKeyId: "ID"}) { secret } }`,
		} {
			if a := k.Ask(keeper, strings.ReplaceAll(document, "ID", id), nil); a.Code() != "FORBIDDEN" {
				t.Errorf("%s: %s", document, a.Body)
			}
		}
		k.Must(keeper, `mutation($id: ID!) { revokeApiKey(input: {apiKeyId: $id}) { apiKey { status } } }`,
			map[string]any{"id": id}, nil)
	})
}

// PAR-1: a key that is limited to a group reaches the group and below, and nothing once it is gone.
func TestAnAPIKeyOfAGroupReachesTheGroup(t *testing.T) {
	apptest.OnBoth(t, func(t *testing.T, k *apptest.Kit) {
		p := k.Found("Acme", "acme")
		g := p.Group("g", "PRIVATE", nil)
		below := p.Group("below", "PRIVATE", g)
		p.Join("in@acme.test", &admission.GrantInput{GroupIDs: []ident.ID{below.ID}})
		p.Join("out@acme.test", nil)
		key, _ := newKey(p, map[string]any{"groupIds": []string{g.ID.String()}})
		count := func() int {
			var out struct {
				Workspace struct {
					Members struct{ TotalCount int }
				}
			}
			k.Must(key, `{ workspace(slug: "acme") { members { totalCount } } }`, nil, &out)
			return out.Workspace.Members.TotalCount
		}
		if n := count(); n != 1 {
			t.Errorf("%d members", n)
		}
		const invite = `mutation($w: ID!, $g: [ID!]) { inviteUsers(input: {workspaceId: $w, emails: ["jo@example.org"], grant: {groupIds: $g}}) { outcomes { status } } }`
		if a := k.Ask(key, invite, map[string]any{"w": p.Workspace.ID.String()}); a.Code() != "FORBIDDEN" {
			t.Errorf("to nowhere: %s", a.Body)
		}
		k.Must(key, invite, map[string]any{"w": p.Workspace.ID.String(),
			"g": []string{below.ID.String()}}, nil)
		p.Write(func(ctx context.Context, tx *store.Tx) error {
			if err := tx.Group.DeleteOne(below).Exec(ctx); err != nil {
				return err
			}
			return tx.Group.DeleteOne(g).Exec(ctx)
		})
		if n := count(); n != 0 {
			t.Errorf("%d members without the group", n)
		}
	})
}

// PAR-1: what ends a key ends it at the next request, and says why to the right secret only.
func TestAnAPIKeyThatDoesNotWorkIsRefused(t *testing.T) {
	apptest.OnBoth(t, func(t *testing.T, k *apptest.Kit) {
		p := k.Found("Acme", "acme")
		key, id := newKey(p, map[string]any{"expiresAt": k.Clock.Now().Add(time.Hour).Format(time.RFC3339)})
		try := func(key string, headers ...string) reply {
			return send(p, myKey, nil, append(withKey(key), headers...)...)
		}
		refused := func(what string, r reply, message string) {
			t.Helper()
			if r.StatusCode != http.StatusUnauthorized || r.Code() != "UNAUTHENTICATED" ||
				!strings.Contains(r.Body, message) ||
				r.Header.Get("WWW-Authenticate") != `Bearer error="invalid_token"` {
				t.Errorf("%s: %d %s", what, r.StatusCode, r.Body)
			}
		}
		r := try(key)
		if r.StatusCode != 200 || !strings.Contains(r.Body, id) ||
			r.Header.Get("RateLimit-Policy") != `"key";q=1200;w=60` ||
			!strings.HasPrefix(r.Header.Get("RateLimit"), `"key";r=1199;t=`) {
			t.Errorf("%s %v", r.Body, r.Header)
		}

		stranger, _ := secret.NewAPIKey()
		refused("another secret", try(stranger.Reveal()), "does not exist")
		refused("a mistyped secret", try(key[:44]), "does not exist")
		// A cookie is no key, and a URL may not hold one.
		if r := send(p, myKey, nil, "Cookie", "usher_session="+key); strings.Contains(r.Body, id) {
			t.Errorf("by a cookie: %s", r.Body)
		}
		if a := fetch(p, "/graphql?query={viewerApiKey{id}}&access_token="+key); a.StatusCode != 400 ||
			!strings.Contains(a.body, "does not belong in a URL") {
			t.Errorf("by a URL: %d %s", a.StatusCode, a.body)
		}

		k.Clock.Add(2 * time.Hour)
		refused("expired", try(key), "has expired")
		admin := p.SignIn("admin@acme.test", apptest.Password)
		k.Must(admin, `mutation($id: ID!) { updateApiKey(input: {apiKeyId: $id, expiresAt: null}) { apiKey { status } } }`,
			map[string]any{"id": id}, nil)
		if r := try(key); r.StatusCode != 200 {
			t.Errorf("prolonged: %s", r.Body)
		}

		var out struct {
			RotateAPIKey struct{ Secret string } `json:"rotateApiKey"`
		}
		k.Must(admin, `mutation($id: ID!) { rotateApiKey(input: {apiKeyId: $id}) { secret apiKey { formerSecretEndsAt } } }`,
			map[string]any{"id": id}, &out)
		second := out.RotateAPIKey.Secret
		if try(key).StatusCode != 200 || try(second).StatusCode != 200 {
			t.Error("two secrets do not work side by side")
		}
		k.Clock.Add(25 * time.Hour)
		refused("replaced", try(key), "was replaced")
		if try(second).StatusCode != 200 {
			t.Error("the newest secret does not work")
		}
		k.Must(p.SignIn("admin@acme.test", apptest.Password),
			`mutation($id: ID!) { revokeApiKey(input: {apiKeyId: $id}) { apiKey { status } } }`,
			map[string]any{"id": id}, nil)
		refused("revoked", try(second), "was revoked")
		if a := fetch(p, "/members.csv?workspace=acme", withKey(second)...); a.StatusCode != 401 {
			t.Errorf("a download: %d", a.StatusCode)
		}
	})
}

func TestAnAPIKeyWorksFromItsNetworksOnly(t *testing.T) {
	apptest.OnBoth(t, func(t *testing.T, k *apptest.Kit) {
		p := k.Found("Acme", "acme")
		key, _ := newKey(p, map[string]any{"allowedNetworks": []string{"192.0.2.0/24", "::ffff:198.51.100.7",
			"2001:db8::/32"}})
		for from, works := range map[string]bool{
			"192.0.2.77": true, "::ffff:192.0.2.77": true, "198.51.100.7": true, "198.51.100.8": false,
			"2001:db8:1::1": true, "2001:db9::1": false,
			// Only what a trusted proxy has added counts: the first entry may be forged.
			"192.0.2.1, 203.0.113.9": false,
		} {
			r := send(p, myKey, nil, append(withKey(key), "X-Forwarded-For", from)...)
			if (r.StatusCode == 200) != works {
				t.Errorf("from %s: %d %s", from, r.StatusCode, r.Body)
			}
		}
		// Without a proxy the address is that of the connection.
		if r := send(p, myKey, nil, withKey(key)...); r.StatusCode != 401 ||
			!strings.Contains(r.Body, "from this network") {
			t.Errorf("from here: %s", r.Body)
		}
	}, apptest.WithSettings(func(s *config.Settings) {
		s.TrustedProxies = []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8"),
			netip.MustParsePrefix("::1/128")}
	}))
}

func TestGuessesOfAPIKeysAreCountedAndARightKeyIsNot(t *testing.T) {
	apptest.OnBoth(t, func(t *testing.T, k *apptest.Kit) {
		p := k.Found("Acme", "acme")
		key, _ := newKey(p, nil)
		for n := range 32 {
			guess, _ := secret.NewAPIKey()
			want := http.StatusUnauthorized
			if n >= 30 {
				want = http.StatusTooManyRequests
			}
			r := send(p, myKey, nil, withKey(guess.Reveal())...)
			if r.StatusCode != want || (want == 429) != (r.Header.Get("Retry-After") != "") {
				t.Fatalf("guess %d: %d %s", n+1, r.StatusCode, r.Body)
			}
		}
		if r := send(p, myKey, nil, withKey(key)...); r.StatusCode != 200 {
			t.Errorf("the right key: %s", r.Body)
		}
	})
}

func TestAnAPIKeyHasALimitOfItsOwn(t *testing.T) {
	apptest.OnBoth(t, func(t *testing.T, k *apptest.Kit) {
		k.Clock.Stop()
		p := k.Found("Acme", "acme")
		key, _ := newKey(p, nil)
		other, _ := newKey(p, map[string]any{"name": "other"})
		for range 1_200 {
			if r := send(p, myKey, nil, withKey(key)...); r.StatusCode != 200 {
				t.Fatal(r.Body)
			}
		}
		r := send(p, myKey, nil, withKey(key)...)
		if r.StatusCode != 429 || r.Code() != "RATE_LIMITED" || r.Header.Get("Retry-After") == "" ||
			!strings.HasPrefix(r.Header.Get("RateLimit"), `"key";r=0;`) {
			t.Errorf("%d %s %v", r.StatusCode, r.Body, r.Header)
		}
		if r := send(p, myKey, nil, withKey(other)...); r.StatusCode != 200 {
			t.Error("another key is limited")
		}
		k.Clock.Add(time.Minute)
		if r := send(p, myKey, nil, withKey(key)...); r.StatusCode != 200 {
			t.Errorf("a minute later: %s", r.Body)
		}
	})
}

func TestTheLastUseOfAnAPIKeyIsWrittenOnceAMinute(t *testing.T) {
	apptest.OnBoth(t, func(t *testing.T, k *apptest.Kit) {
		k.Clock.Stop()
		p := k.Found("Acme", "acme")
		key, id := newKey(p, nil)
		row := func() *ent.APIKey {
			k.APIKeys.Wait()
			parsed, _ := ident.Parse(id)
			found, err := p.Store.APIKey.Query().Where(apikey.ID(parsed)).Only(p.In())
			if err != nil {
				t.Fatal(err)
			}
			return found
		}
		made := row()
		send(p, myKey, nil, withKey(key)...)
		first := row()
		if first.LastUsedAt == nil || !first.UpdatedAt.Equal(made.UpdatedAt) {
			t.Fatalf("%+v", first)
		}
		k.Clock.Add(30 * time.Second)
		send(p, myKey, nil, withKey(key)...)
		if now := row(); !now.LastUsedAt.Equal(*first.LastUsedAt) {
			t.Error("written again within a minute")
		}
		k.Clock.Add(30 * time.Second)
		send(p, myKey, nil, withKey(key)...)
		if now := row(); !now.LastUsedAt.Equal(first.LastUsedAt.Add(time.Minute)) {
			t.Errorf("last use %v", now.LastUsedAt)
		}
	})
}

func TestAnAPIKeySendsRowsBeyondTheLimitOfPeople(t *testing.T) {
	apptest.OnBoth(t, func(t *testing.T, k *apptest.Kit) {
		p := k.Found("Acme", "acme")
		key, _ := newKey(p, map[string]any{"permissions": []string{"MEMBERS_VIEW", "MEMBERS_INVITE",
			"MEMBERS_IMPORT"}})
		rows := make([]map[string]any, 5_000)
		for i := range rows {
			rows[i] = map[string]any{"email": fmt.Sprintf("row%d@example.org", i), "firstName": "Jo",
				"lastName": "Do", "additionalInfo": strings.Repeat("x", 300)}
		}
		variables := map[string]any{"in": map[string]any{"workspaceId": p.Workspace.ID.String(),
			"action": "INVITE", "rows": rows}}
		const batch = `mutation($in: BatchUsersInput!) { batchUsers(input: $in) { import { id } } }`
		if r := send(p, batch, variables, "Authorization",
			"Bearer "+p.SignIn("admin@acme.test", apptest.Password)); r.StatusCode != 413 {
			t.Errorf("a person: %d", r.StatusCode)
		}
		if r := send(p, batch, variables, withKey(key)...); r.StatusCode != 200 || len(r.Errors) > 0 {
			t.Errorf("a key: %d %.300s", r.StatusCode, r.Body)
		}
	}, apptest.WithoutWorker)
}
