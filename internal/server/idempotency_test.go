package server_test

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"usher/ent/group"
	"usher/ent/idempotentrequest"
	"usher/internal/access"
	"usher/internal/admission"
	"usher/internal/apptest"
	"usher/internal/idempotency"
	"usher/internal/store"
	"usher/internal/testkit/probe"
	"usher/internal/workspace"
)

const makeGroup = `mutation($w: ID!, $n: String!) { createGroup(input: {workspaceId: $w, name: $n, visibility: PRIVATE}) { group { id name } } }`

// once sends a mutation with an Idempotency-Key.
func once(p *apptest.Place, key, bearer, query string, variables map[string]any) reply {
	p.T.Helper()
	return send(p, query, variables, "Authorization", "Bearer "+bearer, "Idempotency-Key", key)
}

func groupsNamed(p *apptest.Place, name string) int {
	p.T.Helper()
	n, err := p.Store.Group.Query().Where(group.Name(name)).Count(p.In())
	if err != nil {
		p.T.Fatal(err)
	}
	return n
}

// PAR-1: a repetition has the bytes of the first answer, and does nothing.
func TestARepeatedRequestIsDoneOnceAndAnsweredAlike(t *testing.T) {
	apptest.OnBoth(t, func(t *testing.T, k *apptest.Kit) {
		p := k.Found("Acme", "acme")
		key, _ := newKey(p, map[string]any{"permissions": []string{"GROUPS_MANAGE", "MEMBERS_VIEW"}})
		person := p.SignIn("admin@acme.test", apptest.Password)
		in := map[string]any{"w": p.Workspace.ID.String(), "n": "g"}
		for n, bearer := range []string{key, person} {
			first := once(p, "k1", bearer, makeGroup, in)
			if first.StatusCode != 200 || len(first.Errors) > 0 || first.Header.Get("Idempotency-Replayed") != "" {
				t.Fatalf("%d %s", first.StatusCode, first.Body)
			}
			again := once(p, "k1", bearer, makeGroup, in)
			if again.Body != first.Body || again.Header.Get("Idempotency-Replayed") != "true" {
				t.Errorf("again: %s, not %s", again.Body, first.Body)
			}
			// Another actor's key of the same name is another key.
			if got := groupsNamed(p, "g"); got != n+1 {
				t.Errorf("%d groups, want %d", got, n+1)
			}
		}
		if r := once(p, "k1", key, makeGroup, map[string]any{"w": p.Workspace.ID.String(),
			"n": "another"}); r.StatusCode != http.StatusUnprocessableEntity || r.Code() != "BAD_USER_INPUT" {
			t.Errorf("another payload: %d %s", r.StatusCode, r.Body)
		}
		if groupsNamed(p, "another") != 0 {
			t.Error("another payload was done")
		}
		// A key is kept for a day.
		k.Clock.Add(24 * time.Hour)
		if r := once(p, "k1", key, makeGroup, in); r.Header.Get("Idempotency-Replayed") != "" ||
			groupsNamed(p, "g") != 3 {
			t.Errorf("a day later: %s", r.Body)
		}
		k.Clock.Add(25 * time.Hour)
		if err := k.Once.Sweep(t.Context()); err != nil {
			t.Fatal(err)
		}
		if n := p.Store.IdempotentRequest.Query().CountX(store.AsSystem(t.Context(), "test")); n != 0 {
			t.Errorf("%d rows are left", n)
		}
	})
}

func TestAMalformedIdempotencyKeyIsRefused(t *testing.T) {
	apptest.OnBoth(t, func(t *testing.T, k *apptest.Kit) {
		p := k.Found("Acme", "acme")
		token := p.SignIn("admin@acme.test", apptest.Password)
		in := map[string]any{"w": p.Workspace.ID.String(), "n": "g"}
		for _, key := range []string{"", strings.Repeat("x", 256), "é"} {
			if r := once(p, key, token, makeGroup, in); r.Code() != "BAD_USER_INPUT" {
				t.Errorf("%.20q: %s", key, r.Body)
			}
		}
		if r := send(p, makeGroup, in, "Authorization", "Bearer "+token, "Idempotency-Key", "a",
			"Idempotency-Key", "b"); r.Code() != "BAD_USER_INPUT" {
			t.Errorf("two keys: %s", r.Body)
		}
		two := strings.Replace(makeGroup, "{ createGroup", "{ a: createGroup", 1)
		two = two[:len(two)-1] + ` b: createGroup(input: {workspaceId: $w, name: $n, visibility: PRIVATE}) { group { id } } }`
		if r := once(p, "k", token, two, in); r.Code() != "BAD_USER_INPUT" ||
			!strings.Contains(r.Body, "exactly one") {
			t.Errorf("two mutations: %s", r.Body)
		}
		if r := once(p, "k", token, `{ viewer { user { id } } }`, nil); r.Code() != "BAD_USER_INPUT" {
			t.Errorf("a query: %s", r.Body)
		}
		if r := send(p, `mutation { requestPasswordReset(input: {email: "a@example.org"}) { __typename } }`, nil,
			"Idempotency-Key", "k"); r.Code() != "UNAUTHENTICATED" {
			t.Errorf("nobody: %s", r.Body)
		}
		if groupsNamed(p, "g") != 0 {
			t.Error("a refused request was done")
		}
	})
}

func TestOfTwoEqualRequestsAtOnceOneRuns(t *testing.T) {
	apptest.OnBoth(t, func(t *testing.T, k *apptest.Kit) {
		p := k.Found("Acme", "acme")
		token := p.SignIn("admin@acme.test", apptest.Password)
		in := map[string]any{"w": p.Workspace.ID.String(), "n": "g"}
		var all sync.WaitGroup
		answers := make([]reply, 12)
		for i := range answers {
			all.Go(func() { answers[i] = once(p, "k", token, makeGroup, in) })
		}
		all.Wait()
		for _, r := range answers {
			running := r.StatusCode == http.StatusConflict && r.Code() == "CONFLICT" &&
				r.Header.Get("Retry-After") != ""
			if !running && (r.StatusCode != 200 || len(r.Errors) > 0) {
				t.Errorf("%d %s", r.StatusCode, r.Body)
			}
		}
		if n := groupsNamed(p, "g"); n != 1 {
			t.Errorf("%d groups", n)
		}
	})
}

// request is a request to make a group, as a server reserves it.
func request(by *access.Caller, name string) idempotency.Request {
	return idempotency.Request{Actor: by.UserID, Operation: "createGroup", Key: name, Digest: []byte(name)}
}

func groupInput(p *apptest.Place, name string) workspace.CreateGroupInput {
	return workspace.CreateGroupInput{WorkspaceID: p.Workspace.ID, Name: name,
		Visibility: group.VisibilityPrivate}
}

// A process that dies at any statement leaves the mutation undone, and a repetition does it, or done once.
func TestARequestThatDiesAtAnyStatementIsDoneOnce(t *testing.T) {
	apptest.OnBoth(t, func(t *testing.T, k *apptest.Kit) {
		k.Clock.Stop()
		p := k.Found("Acme", "acme")
		by := p.Caller(p.Admin)
		lost := 0
		attempt := func(c context.Context, name string) error {
			mine, stored, err := k.Once.Begin(c, request(by, name))
			if err != nil || stored != nil {
				if stored != nil {
					lost++
				}
				return err
			}
			_, err = p.Workspaces.CreateGroup(store.WithReservation(c, mine), by, groupInput(p, name))
			return err
		}
		for n, through := 1, 0; through < 2; n++ {
			through = 0
			for _, done := range []bool{false, true} {
				name := fmt.Sprintf("g%d %t", n, done)
				// The process dies: neither Finish nor Release is called.
				err := attempt(probe.FailAt(t.Context(), n, done), name)
				if err == nil {
					through++
				}
				if attempt(t.Context(), name) != nil {
					// Only the lease of the dead process keeps it waiting.
					k.Clock.Add(31 * time.Second)
					if err := attempt(t.Context(), name); err != nil {
						t.Fatalf("statement %d, done %t: %v", n, done, err)
					}
				}
				if got := groupsNamed(p, name); got != 1 {
					t.Fatalf("statement %d, done %t: %d groups", n, done, got)
				}
			}
		}
		if lost == 0 {
			t.Error("no answer was lost after the commit")
		}
	})
}

func TestALostAnswerIsToldWithTheIDsOfWhatWasMade(t *testing.T) {
	apptest.OnBoth(t, func(t *testing.T, k *apptest.Kit) {
		p := k.Found("Acme", "acme")
		token := p.SignIn("admin@acme.test", apptest.Password)
		in := map[string]any{"w": p.Workspace.ID.String(), "n": "g"}
		var made struct {
			CreateGroup struct{ Group struct{ ID string } }
		}
		if err := json.Unmarshal(once(p, "k", token, makeGroup, in).Data, &made); err != nil {
			t.Fatal(err)
		}
		system := store.AsSystem(t.Context(), "test: as if the process had died before it stored the answer")
		if err := k.Store.WithTx(system, func(tx *store.Tx) error {
			return tx.IdempotentRequest.Update().ClearAnswer().Exec(system)
		}); err != nil {
			t.Fatal(err)
		}
		r := once(p, "k", token, makeGroup, in)
		if r.StatusCode != http.StatusConflict || r.Code() != "ALREADY_DONE" ||
			!strings.Contains(fmt.Sprint(r.Errors[0].Extensions["ids"]), made.CreateGroup.Group.ID) ||
			groupsNamed(p, "g") != 1 {
			t.Errorf("%d %s", r.StatusCode, r.Body)
		}
	})
}

// Rows that are inserted without ent are told too, even if the answer named none of them.
func TestALostAnswerTellsTheInvitations(t *testing.T) {
	apptest.OnBoth(t, func(t *testing.T, k *apptest.Kit) {
		p := k.Found("Acme", "acme")
		token := p.SignIn("admin@acme.test", apptest.Password)
		const invite = `mutation($w: ID!) {
			inviteUsers(input: {workspaceId: $w, emails: ["jane@example.org"]}) { invitedCount } }`
		in := map[string]any{"w": p.Workspace.ID.String()}
		once(p, "k", token, invite, in)
		system := store.AsSystem(t.Context(), "test: as if the answer had not been stored")
		made, err := k.Store.Invitation.Query().OnlyID(system)
		if err != nil {
			t.Fatal(err)
		}
		if err := k.Store.WithTx(system, func(tx *store.Tx) error {
			return tx.IdempotentRequest.Update().ClearAnswer().Exec(system)
		}); err != nil {
			t.Fatal(err)
		}
		r := once(p, "k", token, invite, in)
		if r.Code() != "ALREADY_DONE" || !strings.Contains(r.Body, made.String()) {
			t.Errorf("%s", r.Body)
		}
	})
}

// An answer with a credential is not kept: a repetition gets ids alone.
func TestACredentialIsNeverStored(t *testing.T) {
	apptest.OnBoth(t, func(t *testing.T, k *apptest.Kit) {
		p := k.Found("Acme", "acme")
		token := p.SignIn("admin@acme.test", apptest.Password)
		in := map[string]any{"in": map[string]any{"workspaceId": p.Workspace.ID.String(), "name": "LMS",
			"permissions": []string{"MEMBERS_VIEW"}}}
		var out struct {
			CreateAPIKey struct {
				Secret string
				APIKey struct{ ID string }
			} `json:"createApiKey"`
		}
		if err := json.Unmarshal(once(p, "k", token, createKey, in).Data, &out); err != nil {
			t.Fatal(err)
		}
		r := once(p, "k", token, createKey, in)
		if r.Code() != "ALREADY_DONE" || strings.Contains(r.Body, out.CreateAPIKey.Secret) ||
			!strings.Contains(r.Body, out.CreateAPIKey.APIKey.ID) {
			t.Errorf("%s", r.Body)
		}
		row, err := p.Store.IdempotentRequest.Query().Where(idempotentrequest.DoneAtNotNil()).
			Only(store.AsSystem(t.Context(), "test"))
		if err != nil || row.Answer != nil && len(*row.Answer) > 0 {
			t.Errorf("%v, %v", row, err)
		}
		// Without the secret the answer is an ordinary one.
		plain := strings.Replace(createKey, "secret apiKey", "apiKey", 1)
		first := once(p, "plain", token, plain, in)
		if again := once(p, "plain", token, plain, in); again.Body != first.Body || len(again.Errors) > 0 {
			t.Errorf("%s", again.Body)
		}
	})
}

// A repetition asks again for the right to read.
func TestARepetitionNeedsTheRightToReadItsAnswer(t *testing.T) {
	apptest.OnBoth(t, func(t *testing.T, k *apptest.Kit) {
		p := k.Found("Acme", "acme")
		m := p.Join("jo@acme.test", &admission.GrantInput{Roles: []string{"admin"}})
		p.Verify("jo@acme.test")
		token := p.SignIn("jo@acme.test", apptest.Password)
		in := map[string]any{"w": p.Workspace.ID.String(), "n": "g"}
		// This answer names nothing that could be hidden.
		const blind = `mutation($w: ID!, $n: String!) { createGroup(input: {workspaceId: $w, name: $n, visibility: PRIVATE}) { group { name } } }`
		once(p, "k", token, makeGroup, in)
		once(p, "blind", token, blind, in)
		k.Must(p.SignIn("admin@acme.test", apptest.Password),
			`mutation($m: ID!) { removeRoleFromMember(input: {memberId: $m, role: "admin"}) { member { id } } }`,
			map[string]any{"m": m.ID.String()}, nil)
		for key, document := range map[string]string{"k": makeGroup, "blind": blind} {
			if r := once(p, key, token, document, in); r.Code() != "FORBIDDEN" &&
				r.Code() != "NOT_FOUND" || strings.Contains(r.Body, `"name":"g"`) {
				t.Errorf("%s: %s", key, r.Body)
			}
		}
	})
}

// AHD-5: erasing a person erases the answers that may name them.
func TestAnErasureForgetsAnswers(t *testing.T) {
	apptest.OnBoth(t, func(t *testing.T, k *apptest.Kit) {
		p, other := k.Found("Acme", "acme"), k.Found("Other", "other")
		m := p.Join("jo@acme.test", nil)
		token := p.SignIn("admin@acme.test", apptest.Password)
		const update = `mutation($m: ID!) { updateMember(input: {memberId: $m, grant: {labels: ["x"]}}) { member { id user { email } } } }`
		in := map[string]any{"m": m.ID.String()}
		if r := once(p, "k", token, update, in); !strings.Contains(r.Body, "jo@acme.test") {
			t.Fatal(r.Body)
		}
		away := other.SignIn("admin@other.test", apptest.Password)
		elsewhere := map[string]any{"w": other.Workspace.ID.String(), "n": "g"}
		once(other, "k", away, makeGroup, elsewhere)
		erase := `mutation($m: ID!) { eraseMember(input: {memberId: $m}) { deletedId } }`
		first := once(p, "e", token, erase, in)
		if len(first.Errors) > 0 {
			t.Fatal(first.Body)
		}
		if again := once(p, "e", token, erase, in); again.Body != first.Body {
			t.Errorf("the erasure again: %s", again.Body)
		}
		r := once(p, "k", token, update, in)
		if r.Code() != "ALREADY_DONE" || strings.Contains(r.Body, "jo@acme.test") {
			t.Errorf("%s", r.Body)
		}
		if r := once(other, "k", away, makeGroup, elsewhere); r.Header.Get("Idempotency-Replayed") != "true" {
			t.Errorf("another workspace lost its answers: %s", r.Body)
		}
	})
}

// A request that was refused had no effect, so it may be sent again with the same key.
func TestARefusedRequestIsNotKept(t *testing.T) {
	apptest.OnBoth(t, func(t *testing.T, k *apptest.Kit) {
		p := k.Found("Acme", "acme")
		key, id := newKey(p, map[string]any{"permissions": []string{"MEMBERS_VIEW"}})
		in := map[string]any{"w": p.Workspace.ID.String(), "n": "g"}
		if r := once(p, "k", key, makeGroup, in); r.Code() != "FORBIDDEN" {
			t.Fatal(r.Body)
		}
		k.Must(p.SignIn("admin@acme.test", apptest.Password),
			`mutation($id: ID!) { updateApiKey(input: {apiKeyId: $id, permissions: [GROUPS_MANAGE]}) { apiKey { id } } }`,
			map[string]any{"id": id}, nil)
		if r := once(p, "k", key, makeGroup, in); len(r.Errors) > 0 || groupsNamed(p, "g") != 1 {
			t.Errorf("%s", r.Body)
		}
	})
}
