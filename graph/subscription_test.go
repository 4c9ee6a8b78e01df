package graph_test

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"runtime"
	"strings"
	"testing"
	"time"

	"usher/ent/member"
	"usher/internal/admission"
	"usher/internal/apptest"
	"usher/internal/ident"
	"usher/internal/invitation"
	"usher/internal/store"
)

const (
	progress = `subscription($id: ID!) { importProgress(id: $id) { import { id status totalRows processedRows startedBy { user { email } } } rowsPerSecond secondsLeft } }`
	changed  = `subscription($w: ID!, $f: InvitationFilter) { invitationsChanged(workspaceId: $w, filter: $f) {
		changes { kind id invitation { id email status groups { name } history { summary } } }
		invitationCounts { pending cancelled } } }`
	membersChanged = `subscription($w: ID!, $f: MemberFilter) { membersChanged(workspaceId: $w, filter: $f) {
		changes { kind id member { user { email } status } } memberCounts { active deactivated } } }`
)

// eachWay runs a test on both databases over both transports.
func eachWay(t *testing.T, test func(t *testing.T, p *apptest.Place,
	subscribe func(token, query string, variables map[string]any) *stream)) {
	t.Parallel()
	for name, open := range transports {
		for _, database := range []string{"sqlite", "postgres"} {
			t.Run(name+" on "+database, func(t *testing.T) {
				t.Parallel()
				p := apptest.New(t, database, apptest.WithoutMail).Found("Acme", "acme")
				test(t, p, func(token, query string, variables map[string]any) *stream {
					t.Helper()
					return open(t, p.Kit, token, query, variables)
				})
			})
		}
	}
}

func createImport(p *apptest.Place, token string, rows int) string {
	p.T.Helper()
	var text strings.Builder
	for n := range rows {
		fmt.Fprintf(&text, "person%d@example.org\n", n)
	}
	var out struct {
		CreateImport struct{ Import struct{ ID string } }
	}
	p.Must(token, `mutation($w: ID!, $t: String!) { createImport(input: {workspaceId: $w, content: {text: $t}, action: INVITE}) { import { id } } }`,
		map[string]any{"w": p.Workspace.ID, "t": text.String()}, &out)
	return out.CreateImport.Import.ID
}

type step struct {
	ImportProgress struct {
		Import struct {
			ID, Status               string
			TotalRows, ProcessedRows int
			StartedBy                struct{ User struct{ Email string } }
		}
		RowsPerSecond, SecondsLeft *int
	}
}

// PAR-3: subscriptions report import progress.
func TestAnImportIsWatchedFromItsPreviewToItsEnd(t *testing.T) {
	eachWay(t, func(t *testing.T, p *apptest.Place,
		subscribe func(string, string, map[string]any) *stream) {
		const rows = 2500
		token := p.SignIn("admin@acme.test", apptest.Password)
		id := createImport(p, token, rows)
		s := subscribe(token, progress, map[string]any{"id": id})
		last, started := step{}, false
		for n := 0; ; n++ {
			one := s.next()
			if one.end != "" {
				if one.end != "complete" || last.ImportProgress.Import.Status != "COMPLETED" ||
					last.ImportProgress.Import.ProcessedRows != rows || n < 2 {
					t.Errorf("ended by %q after %d answers, the last of them %+v", one.end, n, last)
				}
				break
			}
			var now step
			if err := json.Unmarshal(one.Data, &now); err != nil || len(one.Errors) > 0 {
				t.Fatalf("%s: %v", one.Body, err)
			}
			is := now.ImportProgress.Import
			if is.ID != id || is.ProcessedRows < last.ImportProgress.Import.ProcessedRows ||
				is.StartedBy.User.Email != "admin@acme.test" ||
				n > 0 && is == last.ImportProgress.Import {
				t.Errorf("%+v after %+v", now, last)
			}
			rate, left := now.ImportProgress.RowsPerSecond, now.ImportProgress.SecondsLeft
			if (rate == nil) != (left == nil) || rate != nil &&
				(is.Status != "RUNNING" || *rate < 1) {
				t.Errorf("%s: %v rows per second, %v seconds left", is.Status, rate, left)
			}
			if last = now; is.Status == "PREVIEWED" && !started {
				started = true
				p.Must(token,
					`mutation($id: ID!) { startImport(input: {importId: $id}) { import { id } } }`,
					map[string]any{"id": id}, nil)
			}
		}
		// What is over already is told once.
		s = subscribe(token, progress, map[string]any{"id": id})
		if one := s.next(); !strings.Contains(one.Body, `"COMPLETED"`) || s.next().
			end != "complete" {
			t.Errorf("an import that is over: %s", one.Body)
		}
	})
}

// liveChange is one change of a live list.
type liveChange struct {
	Kind, ID   string
	Invitation struct {
		ID, Email, Status string
		Groups            []struct{ Name string }
	}
	Member struct {
		Status string
		User   struct{ Email string }
	}
}

// liveMessage is one message of a live list.
type liveMessage struct {
	Changes          []liveChange
	InvitationCounts struct{ Pending, Cancelled int }
	MemberCounts     struct{ Active, Deactivated int }
}

// nextMessage returns the next message of a live list.
func (s *stream) nextMessage() liveMessage {
	s.t.Helper()
	one := s.next()
	var out struct{ InvitationsChanged, MembersChanged liveMessage }
	if err := json.Unmarshal(one.Data, &out); err != nil || one.end != "" || len(one.Errors) > 0 {
		s.t.Fatalf("%s %s: %v", one.end, one.Body, err)
	}
	if len(out.MembersChanged.Changes) > 0 {
		return out.MembersChanged
	}
	return out.InvitationsChanged
}

// nextChange returns the next change of a live list.
func (s *stream) nextChange() liveChange {
	s.t.Helper()
	for len(s.changes) == 0 {
		s.changes = s.nextMessage().Changes
	}
	next := s.changes[0]
	s.changes = s.changes[1:]
	return next
}

// follow is the next invitation that a subscription tells.
func (s *stream) follow() (id, email, status, group string) {
	s.t.Helper()
	next := s.nextChange()
	for _, g := range next.Invitation.Groups {
		group += g.Name
	}
	if next.ID != next.Invitation.ID && next.Kind != "REMOVED" {
		s.t.Errorf("%+v", next)
	}
	return next.ID, next.Invitation.Email, next.Invitation.Status, group
}

// opened waits until a subscription has begun to look: what happens from then on it must tell. A
// websocket says nothing of that by itself.
func opened() { time.Sleep(700 * time.Millisecond) }

// PAR-3: subscriptions report changes that another process made.
func TestWhatAnotherProcessDoesToAnInvitationIsTold(t *testing.T) {
	eachWay(t, func(t *testing.T, p *apptest.Place,
		subscribe func(string, string, map[string]any) *stream) {
		other := &apptest.Place{
			Kit: apptest.On(t, p.Settings.DatabaseURL.Reveal(), apptest.WithoutMail,
				apptest.WithoutWorker),
			Workspace: p.Workspace, Admin: p.Admin,
		}
		p.Invite("before@example.org", nil)
		elsewhere := p.Found("Lake", "lake")
		s := subscribe(p.SignIn("admin@acme.test", apptest.Password), changed,
			map[string]any{"w": p.Workspace.ID})
		opened()
		elsewhere.Invite("foreign@example.org", nil)
		inv := other.Invite("guest@example.org",
			&admission.GrantInput{GroupIDs: []ident.ID{other.Group("Readers", "PUBLIC", nil).ID}})
		if id, email, status, group := s.follow(); id != inv.ID.String() ||
			email != "guest@example.org" || status != "PENDING" || group != "Readers" {
			t.Errorf("told of %s %s %s in %s", id, email, status, group)
		}
		if _, err := other.Invitations.Cancel(t.Context(), other.Caller(other.Admin),
			inv.ID); err != nil {
			t.Fatal(err)
		}
		if id, _, status, _ := s.follow(); id != inv.ID.String() || status != "CANCELLED" {
			t.Errorf("told of %s %s", id, status)
		}
		select {
		case one := <-s.said:
			t.Errorf("told again: %s %s", one.end, one.Body)
		case <-time.After(2500 * time.Millisecond):
		}
	})
}

// An id is made before its transaction ends, so a later one can be seen before it.
func TestAnEventThatIsCommittedLateIsToldAllTheSame(t *testing.T) {
	t.Parallel()
	p := apptest.New(t, "postgres", apptest.WithoutMail, apptest.WithoutWorker).
		Found("Acme", "acme")
	early, late := p.Invite("early@example.org", nil), p.Invite("late@example.org", nil)
	s := listen(t, p.Kit, p.SignIn("admin@acme.test", apptest.Password), changed,
		map[string]any{"w": p.Workspace.ID})
	touch := func(ctx context.Context, tx *store.Tx, i ident.ID) error {
		return tx.AuditEvent.Create().SetWorkspaceID(p.Workspace.ID).SetAt(time.Now()).
			SetAction("invitation.sent").
			SetSubjectID(i).SetInvitationID(i).Exec(ctx)
	}
	p.Write(func(ctx context.Context, tx *store.Tx) error {
		if err := touch(ctx, tx, late.ID); err != nil {
			return err
		}
		p.Write(func(ctx context.Context, tx *store.Tx) error { return touch(ctx, tx, early.ID) })
		if id, _, _, _ := s.follow(); id != early.ID.String() {
			t.Errorf("first told of %s", id)
		}
		return nil
	})
	if id, _, _, _ := s.follow(); id != late.ID.String() {
		t.Errorf("then told of %s", id)
	}
}

func TestOneIsToldOfTheInvitationsThatOneSees(t *testing.T) {
	eachWay(t, func(t *testing.T, p *apptest.Place,
		subscribe func(string, string, map[string]any) *stream) {
		ours, theirs := p.Group("Ours", "PUBLIC", nil), p.Group("Theirs", "PUBLIC", nil)
		p.Join("ute@example.org", &admission.GrantInput{Roles: []string{"user_admin"},
			GroupIDs: []ident.ID{ours.ID}})
		s := subscribe(p.SignIn("ute@example.org", apptest.Password), changed,
			map[string]any{"w": p.Workspace.ID})
		opened()
		p.Invite("not.hers@example.org", &admission.GrantInput{GroupIDs: []ident.ID{theirs.ID}})
		p.Invite("hers@example.org",
			&admission.GrantInput{GroupIDs: []ident.ID{theirs.ID, ours.ID}})
		if _, email, _, group := s.follow(); email != "hers@example.org" || group != "Ours" {
			t.Errorf("told of %s in %s", email, group)
		}
	})
}

// A client keeps a filtered list and its counts by the messages alone, however many rows change.
func TestALiveListTellsWhatComesChangesAndLeaves(t *testing.T) {
	eachWay(t, func(t *testing.T, p *apptest.Place,
		subscribe func(string, string, map[string]any) *stream) {
		ours := p.Group("Ours", "PUBLIC", nil)
		p.Join("ute@example.org", &admission.GrantInput{Roles: []string{"user_admin"},
			GroupIDs: []ident.ID{ours.ID}})
		old := p.Invite("old@example.org", nil)
		admin := p.SignIn("admin@acme.test", apptest.Password)
		pending := map[string]any{"w": p.Workspace.ID,
			"f": map[string]any{"status": []string{"PENDING"}}}
		all := subscribe(admin, changed, pending)
		hers := subscribe(p.SignIn("ute@example.org", apptest.Password), changed, pending)
		opened()
		in := invitation.InviteInput{WorkspaceID: p.Workspace.ID}
		for i := range 60 {
			in.Emails = append(in.Emails, fmt.Sprintf("many%d@example.org", i))
		}
		if _, err := p.Invitations.Invite(t.Context(), p.Caller(p.Admin), in); err != nil {
			t.Fatal(err)
		}
		m := all.nextMessage()
		if len(m.Changes) != 60 || m.InvitationCounts.Pending != 61 {
			t.Fatalf("%d changes in a message, %+v", len(m.Changes), m.InvitationCounts)
		}
		for _, c := range m.Changes {
			if c.Kind != "CREATED" || c.ID != c.Invitation.ID {
				t.Errorf("%+v", c)
			}
		}
		if _, err := p.Invitations.Cancel(t.Context(), p.Caller(p.Admin), old.ID); err != nil {
			t.Fatal(err)
		}
		for m = all.nextMessage(); m.Changes[0].Kind == "UPDATED"; m = all.nextMessage() {
		}
		if len(m.Changes) != 1 || m.Changes[0].Kind != "REMOVED" ||
			m.Changes[0].ID != old.ID.String() || m.Changes[0].Invitation.ID != "" ||
			m.InvitationCounts.Pending != 60 || m.InvitationCounts.Cancelled != 1 {
			t.Errorf("a row that matches no more: %+v", m)
		}
		// Not even the ids of the others are told to a member who does not see them.
		p.Invite("hers@example.org", &admission.GrantInput{GroupIDs: []ident.ID{ours.ID}})
		m = hers.nextMessage()
		if len(m.Changes) != 1 || m.Changes[0].Invitation.Email != "hers@example.org" ||
			m.InvitationCounts.Pending != 1 {
			t.Errorf("the user administrator is told %+v", m)
		}
	})
}

func TestMembersAreWatched(t *testing.T) {
	eachWay(t, func(t *testing.T, p *apptest.Place,
		subscribe func(string, string, map[string]any) *stream) {
		p.Join("lea@example.org", nil)
		variables := map[string]any{"w": p.Workspace.ID,
			"f": map[string]any{"status": []string{"ACTIVE"}}}
		if end, code := subscribe(p.SignIn("lea@example.org", apptest.Password), membersChanged,
			variables).ends(); end != "complete" || code != "FORBIDDEN" {
			t.Errorf("a learner: %q, and %s", code, end)
		}
		s := subscribe(p.SignIn("admin@acme.test", apptest.Password), membersChanged, variables)
		opened()
		gone := p.Join("gone@example.org", nil)
		first := s.nextMessage()
		if c := first.Changes[0]; len(first.Changes) != 1 || c.Kind != "CREATED" ||
			c.ID != gone.ID.String() || c.Member.User.Email != "gone@example.org" ||
			first.MemberCounts.Active != 3 {
			t.Errorf("a new member: %+v", first)
		}
		if _, err := p.Members.Deactivate(t.Context(), p.Caller(p.Admin), gone.ID); err != nil {
			t.Fatal(err)
		}
		for {
			m := s.nextMessage()
			if m.Changes[0].Kind == "UPDATED" && m.MemberCounts.Active == 3 {
				continue // what was recorded after the member joined
			}
			if c := m.Changes[0]; c.Kind != "REMOVED" || c.ID != gone.ID.String() ||
				m.MemberCounts.Active != 2 || m.MemberCounts.Deactivated != 1 {
				t.Errorf("a deactivated member: %+v", m)
			}
			break
		}
	})
}

func TestWhoMayNotWatchIsToldSoAtOnce(t *testing.T) {
	eachWay(t, func(t *testing.T, p *apptest.Place,
		subscribe func(string, string, map[string]any) *stream) {
		admin := p.SignIn("admin@acme.test", apptest.Password)
		p.Join("lea@example.org", nil)
		lea := p.SignIn("lea@example.org", apptest.Password)
		elsewhere := p.Found("Lake", "lake")
		foreign := createImport(elsewhere, p.SignIn("admin@lake.test", apptest.Password), 1)
		own := createImport(p, admin, 1)
		for _, c := range []struct{ name, token, query, id, want string }{
			{"nobody, an import", "", progress, own, "UNAUTHENTICATED"},
			{"nobody, invitations", "", changed, p.Workspace.ID.String(), "UNAUTHENTICATED"},
			{"a learner, an import", lea, progress, own, "NOT_FOUND"},
			{"a learner, invitations", lea, changed, p.Workspace.ID.String(), "FORBIDDEN"},
			{"an administrator, another workspace's import", admin, progress, foreign, "NOT_FOUND"},
			{"an administrator, another workspace", admin, changed, elsewhere.Workspace.ID.String(),
				"NOT_FOUND"},
			{"an administrator, no workspace", admin, changed, "wsp_nonsense", "NOT_FOUND"},
			{"an administrator, too much", admin,
				"subscription($w: ID!) { invitationsChanged(workspaceId: $w) { changes {" +
					strings.Repeat("id ", 501) + "} } }", p.Workspace.ID.String(), "COST_LIMIT"},
		} {
			variables := map[string]any{"id": c.id, "w": c.id}
			if end, code := subscribe(c.token, c.query, variables).ends(); end != "complete" ||
				code != c.want {
				t.Errorf("%s: %q, and %s", c.name, code, end)
			}
		}
	})
}

func TestAStreamEndsWithTheRightsOrTheSignInOfItsCaller(t *testing.T) {
	eachWay(t, func(t *testing.T, p *apptest.Place,
		subscribe func(string, string, map[string]any) *stream) {
		admin := p.SignIn("admin@acme.test", apptest.Password)
		gone := p.Join("gone@example.org", &admission.GrantInput{Roles: []string{"admin"}})
		id := createImport(p, admin, 1)
		var streams []*stream
		token := p.SignIn("gone@example.org", apptest.Password)
		streams = append(streams,
			subscribe(token, progress, map[string]any{"id": id}),
			subscribe(token, changed, map[string]any{"w": p.Workspace.ID}))
		for i := range 2 {
			token := p.SignIn("admin@acme.test", apptest.Password)
			query := []string{progress, changed}[i]
			streams = append(streams,
				subscribe(token, query, map[string]any{"id": id, "w": p.Workspace.ID}))
		}
		opened()
		p.Write(func(ctx context.Context, tx *store.Tx) error {
			return tx.Member.UpdateOneID(gone.ID).SetStatus(member.StatusDeactivated).Exec(ctx)
		})
		p.Must(admin, `mutation { signOutEverywhere { __typename } }`, nil, nil)
		for i, want := range []string{"NOT_FOUND", "NOT_FOUND", "UNAUTHENTICATED",
			"UNAUTHENTICATED"} {
			if end, code := streams[i].ends(); end != "complete" || code != want {
				t.Errorf("stream %d: %q, and %s", i, code, end)
			}
		}
	})
}

// The token is over after five minutes, the sign-in is not.
func TestAStreamOutlivesTheTokenThatOpenedIt(t *testing.T) {
	eachWay(t, func(t *testing.T, p *apptest.Place,
		subscribe func(string, string, map[string]any) *stream) {
		token := p.SignIn("admin@acme.test", apptest.Password)
		s := subscribe(token, changed, map[string]any{"w": p.Workspace.ID})
		opened()
		p.Clock.Add(time.Hour)
		if a := p.Ask(token, `{ workspace(slug: "acme") { id } }`,
			nil); a.Code() != "UNAUTHENTICATED" {
			t.Fatalf("the token is still good: %s", a.Body)
		}
		p.Invite("guest@example.org", nil)
		if _, email, _, _ := s.follow(); email != "guest@example.org" {
			t.Errorf("told of %s", email)
		}
	})
}

func TestStreamsThatAreLeftLeaveNothingBehind(t *testing.T) {
	p := apptest.New(t, "sqlite", apptest.WithoutMail, apptest.WithoutWorker).
		Found("Acme", "acme")
	token := p.SignIn("admin@acme.test", apptest.Password)
	id := createImport(p, token, 1)
	// Once before counting: clients and the database keep what they have opened.
	n := 0
	round := func() {
		var open []*stream
		for range 5 {
			for _, subscribe := range transports {
				open = append(open, subscribe(t, p.Kit, token, progress, map[string]any{"id": id}),
					subscribe(t, p.Kit, token, changed, map[string]any{"w": p.Workspace.ID}))
			}
		}
		opened()
		n++
		in := invitation.InviteInput{WorkspaceID: p.Workspace.ID}
		for i := range 100 {
			in.Emails = append(in.Emails, fmt.Sprintf("guest%d.%d@example.org", n, i))
		}
		if _, err := p.Invitations.Invite(t.Context(), p.Caller(p.Admin), in); err != nil {
			t.Fatal(err)
		}
		for _, s := range open {
			s.next()
			s.close() // with more to tell
		}
		http.DefaultClient.CloseIdleConnections()
	}
	round()
	time.Sleep(time.Second)
	before := runtime.NumGoroutine()
	for range 3 {
		round()
	}
	for end := time.Now().Add(patience); runtime.NumGoroutine() > before+
		3; time.Sleep(50 * time.Millisecond) {
		if time.Now().After(end) {
			stacks := make([]byte, 1<<20)
			t.Fatalf("%d goroutines before, %d after:\n%s", before, runtime.NumGoroutine(),
				stacks[:runtime.Stack(stacks, true)])
		}
	}
}
