package graph_test

import (
	"encoding/json"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"usher/ent"
	"usher/internal/admission"
	"usher/internal/apptest"
	"usher/internal/audit"
	"usher/internal/ident"
)

const (
	eventFields = `{ nodes { id type at workspaceId actorId actorName entryPoint subjectId subjectKind memberId cursor
		changes { name previousValue newValue }
		object { __typename id ... on Invitation { email } ... on Enrollment { status } ... on ApiKey { name } } }
		endCursor hasNextPage }`
	eventsQuery = `query($w: ID!, $after: String, $types: [EventType!], $n: Int) { workspace(id: $w) {
		events(first: $n, after: $after, types: $types) ` + eventFields + ` } }`
	eventsRecorded = `subscription($w: ID!, $after: String, $types: [EventType!]) {
		eventsRecorded(workspaceId: $w, after: $after, types: $types) ` + eventFields + ` }`
)

// toldEvent is an event as a client reads it.
type toldEvent struct {
	ID, Type, WorkspaceID, SubjectID, SubjectKind, Cursor string
	ActorID, ActorName, EntryPoint, MemberID              *string
	At                                                    time.Time
	Changes                                               []struct{ Name, PreviousValue, NewValue string }
	Object                                                *struct {
		Typename                string `json:"__typename"`
		ID, Email, Status, Name string
	}
}

// toldPage is a page of events as a client reads it.
type toldPage struct {
	Nodes       []toldEvent
	EndCursor   string
	HasNextPage bool
}

// types lists the types of the events of a page.
func (p toldPage) types() (types []string) {
	for _, e := range p.Nodes {
		types = append(types, e.Type)
	}
	return types
}

// readEvents asks for a page of the log.
func readEvents(p *apptest.Place, token string, variables map[string]any) toldPage {
	p.T.Helper()
	var out struct{ Workspace struct{ Events toldPage } }
	all := map[string]any{"w": p.Workspace.ID.String(), "n": 100}
	for name, v := range variables {
		all[name] = v
	}
	p.Must(token, eventsQuery, all, &out)
	return out.Workspace.Events
}

// PAR-6: an event says what happened to which object, and shows the object as it is now.
func TestEventsTellWhatHappenedInOrder(t *testing.T) {
	apptest.OnBoth(t, func(t *testing.T, k *apptest.Kit) {
		p := k.Found("Acme", "acme")
		admin := k.SignIn("admin@acme.test", apptest.Password)
		begin := readEvents(p, admin, nil)
		group := p.Group("Readers", "PRIVATE", nil)
		session := p.Session(p.Program("Safety"), "May", 24*time.Hour, 48*time.Hour)
		noa := p.Join("noa@example.org", &admission.GrantInput{GroupIDs: []ident.ID{group.ID}})
		inv := p.Invite("lee@example.org", nil)
		p.Must(admin, `mutation($s: ID!, $m: ID!) { registerForSession(input: {sessionId: $s, memberIds: [$m]}) {
			outcomes { status } } }`, map[string]any{"s": session.ID, "m": noa.ID}, nil)
		p.Must(admin, `mutation($g: ID!, $m: ID!) { removeFromGroup(input: {groupId: $g, memberIds: [$m]}) {
			group { id } } }`, map[string]any{"g": group.ID, "m": noa.ID}, nil)
		p.Must(admin, `mutation($m: ID!) { removeMember(input: {memberId: $m}) { deletedId } }`,
			map[string]any{"m": noa.ID}, nil)

		page := readEvents(p, admin, map[string]any{"after": begin.EndCursor})
		told := map[string]toldEvent{}
		for _, e := range page.Nodes {
			told[e.Type] = e
			if e.WorkspaceID != p.Workspace.ID.String() || time.Since(e.At) > time.Hour {
				t.Errorf("%+v", e)
			}
		}
		checkOrder(t, page.types(), "INVITATION_CREATED", "MEMBER_JOINED", "INVITATION_ACCEPTED",
			"ENROLLMENT_CREATED", "MEMBER_LEFT_GROUP", "MEMBER_REMOVED")
		created := page.Nodes[slices.IndexFunc(page.Nodes, func(e toldEvent) bool {
			return e.Type == "INVITATION_CREATED" && e.SubjectID == inv.ID.String()
		})]
		if o := created.Object; o == nil || o.Typename != "Invitation" || o.Email != "lee@example.org" ||
			created.SubjectKind != "INVITATION" || *created.ActorID != p.Admin.ID.String() ||
			*created.ActorName == "" || *created.EntryPoint != "INVITE" || created.MemberID != nil {
			t.Errorf("%+v of %+v", created, created.Object)
		}
		if e := told["INVITATION_ACCEPTED"]; e.MemberID == nil || *e.MemberID != noa.ID.String() ||
			e.ActorID != nil || e.Object == nil || e.Object.Email != "noa@example.org" {
			t.Errorf("%+v of %+v", e, e.Object)
		}
		if e := told["MEMBER_LEFT_GROUP"]; e.SubjectID != noa.ID.String() || len(e.Changes) != 1 ||
			e.Changes[0].Name != "groups" || e.Changes[0].PreviousValue != "Readers" {
			t.Errorf("%+v", e)
		}
		// The member is gone, and with them the enrollment.
		if e := told["ENROLLMENT_CREATED"]; e.SubjectID != session.ID.String() ||
			e.SubjectKind != "SESSION" || *e.MemberID != noa.ID.String() || e.Object != nil {
			t.Errorf("%+v of %+v", e, e.Object)
		}
		if e := told["MEMBER_REMOVED"]; e.SubjectID != noa.ID.String() || e.Object != nil {
			t.Errorf("%+v of %+v", e, e.Object)
		}
	}, apptest.WithoutWorker)
}

// checkOrder fails unless some types come in this order, the first occurrence of each.
func checkOrder(t *testing.T, types []string, want ...string) {
	t.Helper()
	at := -1
	for _, word := range want {
		i := slices.Index(types, word)
		if i <= at {
			t.Errorf("%s stands at %d behind %d in %v", word, i, at, types)
		}
		at = i
	}
}

func TestEventsArePagedAndChosenByType(t *testing.T) {
	apptest.OnBoth(t, func(t *testing.T, k *apptest.Kit) {
		p := k.Found("Acme", "acme")
		admin := k.SignIn("admin@acme.test", apptest.Password)
		for _, name := range []string{"a", "b", "c"} {
			p.Invite(name+"@example.org", nil)
		}
		all := readEvents(p, admin, nil)
		var paged []toldEvent
		var after any
		for {
			page := readEvents(p, admin, map[string]any{"n": 2, "after": after})
			paged, after = append(paged, page.Nodes...), page.EndCursor
			if !page.HasNextPage {
				break
			}
		}
		if len(paged) != len(all.Nodes) || after != all.EndCursor {
			t.Errorf("%d events in pages, %d at once; they end at %v and %v", len(paged),
				len(all.Nodes), after, all.EndCursor)
		}
		for i, e := range paged {
			if e.ID != all.Nodes[i].ID {
				t.Errorf("event %d is %s in pages, %s at once", i, e.ID, all.Nodes[i].ID)
			}
			// The cursor of each event leads to the next one.
			if i+1 < len(paged) {
				next := readEvents(p, admin, map[string]any{"n": 1, "after": e.Cursor})
				if len(next.Nodes) != 1 || next.Nodes[0].ID != paged[i+1].ID {
					t.Errorf("behind event %d: %v", i, next.types())
				}
			}
		}
		// Events of other types are passed over once, and not again with each request.
		made := readEvents(p, admin, map[string]any{"types": []string{"INVITATION_CREATED"}})
		if n := len(made.Nodes); n != 3 || made.EndCursor != all.EndCursor ||
			slices.ContainsFunc(made.types(), func(w string) bool { return w != "INVITATION_CREATED" }) {
			t.Errorf("%v, which end at %s, not %s", made.types(), made.EndCursor, all.EndCursor)
		}
		// The cursor of another list is refused.
		var out struct {
			Workspace struct {
				Members struct{ PageInfo struct{ EndCursor string } }
			}
		}
		p.Must(admin, `query($w: ID!) { workspace(id: $w) { members(first: 1) { pageInfo { endCursor } } } }`,
			map[string]any{"w": p.Workspace.ID}, &out)
		if a := p.Ask(admin, eventsQuery, map[string]any{"w": p.Workspace.ID, "n": 1,
			"after": out.Workspace.Members.PageInfo.EndCursor}); a.Code() != "BAD_USER_INPUT" {
			t.Errorf("the cursor of a list of members: %s", a.Body)
		}
	}, apptest.WithoutWorker)
}

// PAR-6, PAR-1: a key with the right reads the log, one without it does not. No event shows a secret.
func TestAKeyReadsTheLogAndNoEventShowsASecret(t *testing.T) {
	apptest.OnBoth(t, func(t *testing.T, k *apptest.Kit) {
		p := k.Found("Acme", "acme")
		admin := k.SignIn("admin@acme.test", apptest.Password)
		newKey := func(permissions string) (secret string) {
			var out struct {
				CreateAPIKey struct{ Secret string } `json:"createApiKey"`
			}
			p.Must(admin, `mutation($w: ID!) { createApiKey(input: {workspaceId: $w, name: "LMS",
				permissions: [`+permissions+`]}) { secret } }`, map[string]any{"w": p.Workspace.ID}, &out)
			return out.CreateAPIKey.Secret
		}
		reader := newKey("AUDIT_VIEW, MEMBERS_VIEW, MEMBERS_INVITE")
		blind := newKey("MEMBERS_VIEW")
		inv := p.Invite("noa@example.org", nil)
		p.Must(reader, `mutation($w: ID!) { inviteUsers(input: {workspaceId: $w, emails: ["lee@example.org"]}) {
			outcomes { status } } }`, map[string]any{"w": p.Workspace.ID}, nil)

		variables := map[string]any{"w": p.Workspace.ID.String(), "n": 100}
		a := p.Ask(reader, eventsQuery, variables)
		var page struct{ Workspace struct{ Events toldPage } }
		if err := json.Unmarshal(a.Data, &page); err != nil || len(a.Errors) > 0 {
			t.Fatalf("%s: %v", a.Body, err)
		}
		for _, secret := range []string{reader, blind, "ush_live_", p.MailToken(inv), "/invitations/"} {
			if strings.Contains(a.Body, secret) {
				t.Errorf("an event shows %s", secret)
			}
		}
		byKey := slices.IndexFunc(page.Workspace.Events.Nodes, func(e toldEvent) bool {
			return e.Type == "INVITATION_CREATED" && e.ActorID != nil &&
				strings.HasPrefix(*e.ActorID, "key_") && *e.ActorName == "LMS"
		})
		if byKey < 0 {
			t.Errorf("no event names the key: %s", a.Body)
		}
		// The key may read that keys were made, and not the keys.
		for _, e := range page.Workspace.Events.Nodes {
			if e.SubjectKind == "API_KEY" && e.Object != nil && e.Object.Name != "LMS" {
				t.Errorf("%+v", e.Object)
			}
		}
		if a := p.Ask(blind, eventsQuery, variables); a.Code() != "FORBIDDEN" {
			t.Errorf("a key without the permission: %s", a.Body)
		}
		p.Join("lea@example.org", nil)
		if a := p.Ask(k.SignIn("lea@example.org", apptest.Password), eventsQuery,
			variables); a.Code() != "FORBIDDEN" {
			t.Errorf("a learner: %s", a.Body)
		}
	})
}

// What a page of events costs does not grow with its events.
func TestTheStatementsOfThePageOfEventsDoNotGrow(t *testing.T) {
	apptest.OnBoth(t, func(t *testing.T, k *apptest.Kit) {
		p := k.Found("Acme", "acme")
		admin := k.SignIn("admin@acme.test", apptest.Password)
		fill := func(n int) {
			for i := range n {
				p.Join(strings.Repeat("x", i+1)+ident.New(ident.Member).String()+"@example.org", nil)
				p.Invite(strings.Repeat("y", i+1)+ident.New(ident.Member).String()+"@example.org", nil)
			}
			readEvents(p, admin, nil) // gives them their places
		}
		query := `{ workspace(slug: "acme") { events(first: 100) ` + eventFields + ` } }`
		fill(2)
		few, _ := statements(t, k, admin, query, nil)
		fill(6)
		many, _ := statements(t, k, admin, query, nil)
		if many != few {
			t.Errorf("%d statements for a few events, %d for many", few, many)
		}
		t.Logf("%d statements", many)
	}, apptest.WithoutWorker)
}

// nextEvents waits for a message with events, and passes over messages without.
func (s *stream) nextEvents() toldPage {
	s.t.Helper()
	one := s.next()
	var message struct{ EventsRecorded toldPage }
	if err := json.Unmarshal(one.Data, &message); err != nil || one.end != "" || len(one.Errors) > 0 {
		s.t.Fatalf("%s %s: %v", one.end, one.Body, err)
	}
	return message.EventsRecorded
}

// PAR-6, PAR-3: a stream follows the log on any server, and is resumed where it broke off.
func TestAStreamFollowsTheLogAcrossServers(t *testing.T) {
	eachWay(t, func(t *testing.T, p *apptest.Place,
		subscribe func(string, string, map[string]any) *stream) {
		other := &apptest.Place{
			Kit: apptest.On(t, p.Settings.DatabaseURL.Reveal(), apptest.WithoutMail,
				apptest.WithoutWorker),
			Workspace: p.Workspace, Admin: p.Admin,
		}
		p.Invite("before@example.org", nil)
		admin := p.SignIn("admin@acme.test", apptest.Password)
		variables := map[string]any{"w": p.Workspace.ID.String(),
			"types": []string{"INVITATION_CREATED"}}
		s := subscribe(admin, eventsRecorded, variables)
		first := s.nextEvents()
		if len(first.Nodes) != 0 || first.EndCursor == "" {
			t.Errorf("the first message has %v, and ends at %q", first.types(), first.EndCursor)
		}
		one := other.Invite("one@example.org", nil)
		told := s.nextEvents()
		if len(told.Nodes) != 1 || told.Nodes[0].SubjectID != one.ID.String() ||
			told.Nodes[0].Object == nil || told.Nodes[0].Object.Email != "one@example.org" {
			t.Errorf("told %+v", told)
		}
		s.close()
		two, three := other.Invite("two@example.org", nil), p.Invite("three@example.org", nil)
		variables["after"] = told.EndCursor
		resumed := subscribe(admin, eventsRecorded, variables).nextEvents()
		if len(resumed.Nodes) != 2 || resumed.Nodes[0].SubjectID != two.ID.String() ||
			resumed.Nodes[1].SubjectID != three.ID.String() {
			t.Errorf("resumed with %+v", resumed)
		}
		// Polling reads the same.
		polled := readEvents(p, admin, map[string]any{"after": told.EndCursor,
			"types": []string{"INVITATION_CREATED"}})
		if len(polled.Nodes) != 2 || polled.Nodes[0].ID != resumed.Nodes[0].ID ||
			polled.Nodes[1].Cursor != resumed.Nodes[1].Cursor {
			t.Errorf("polling reads %+v", polled)
		}
		p.Join("lea@example.org", nil)
		if end, code := subscribe(p.SignIn("lea@example.org", apptest.Password), eventsRecorded,
			map[string]any{"w": p.Workspace.ID.String()}).ends(); code != "FORBIDDEN" {
			t.Errorf("a learner: %q, and %s", code, end)
		}
	})
}

// unpublished are the actions of the history that the log of events leaves out. A new action has to
// be published in eventtype.go, or added here by somebody who has thought about it.
var unpublished = regexp.MustCompile(`^(WORKSPACE|ORGANIZATION|SUPPRESSION|LINK|CARD|PROGRAM|SESSION|GROUP|UNIT|ROLE|FIELD|APPLICATION|WEBHOOK|LOOKUP)_|^(GRANT_SKIPPED|PERSON_ERASED)$`)

// PAR-6: docs/events.md and the table of types are complete.
func TestEveryTypeOfEventIsExplained(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile("../docs/events.md")
	if err != nil {
		t.Fatal(err)
	}
	var explained, types []string
	for _, m := range regexp.MustCompile("(?m)^\\| `([a-z_.]+)` \\|").
		FindAllStringSubmatch(string(text), -1) {
		explained = append(explained, m[1])
	}
	for _, word := range audit.EventTypes() {
		types = append(types, string(word))
	}
	slices.Sort(explained)
	if !slices.Equal(explained, types) {
		t.Errorf("docs/events.md explains %v, the types are %v", explained, types)
	}
	for _, v := range served().Types["AuditAction"].EnumValues {
		word := strings.ToLower(v.Name)
		published := audit.TypeOf(&ent.AuditEvent{Action: strings.Replace(word, "_", ".", 1)}) != "" ||
			audit.TypeOf(&ent.AuditEvent{Action: strings.Replace(word, "api_key_", "api_key.", 1)}) != ""
		if published == unpublished.MatchString(v.Name) {
			t.Errorf("%s is published: %v; decide in eventtype.go or in this test", v.Name, published)
		}
	}
}
