package chaos

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
	"time"

	"usher/ent"
	"usher/internal/audit"
	"usher/internal/ident"
)

// heard is one event as a listener heard it.
type heard struct{ id, kind, subject, member string }

// account is what one listener has heard, each event once.
type account struct {
	name   string
	lock   sync.Mutex
	events []heard
	known  map[string]bool
	again  int // events that came another time
}

func newAccount(name string) *account { return &account{name: name, known: map[string]bool{}} }

// note keeps an event unless it is known.
func (a *account) note(e heard) {
	a.lock.Lock()
	defer a.lock.Unlock()
	if a.known[e.id] {
		a.again++
		return
	}
	a.known[e.id] = true
	a.events = append(a.events, e)
}

// size returns how many events were heard.
func (a *account) size() int {
	a.lock.Lock()
	defer a.lock.Unlock()
	return len(a.events)
}

// bySubject returns the ids of the events of each object, in their order.
func (a *account) bySubject() map[string][]string {
	a.lock.Lock()
	defer a.lock.Unlock()
	all := map[string][]string{}
	for _, e := range a.events {
		all[e.subject] = append(all[e.subject], e.id)
	}
	return all
}

// eventNode is an event in an answer of the API.
type eventNode struct {
	ID, Type, SubjectID string
	MemberID            *string
}

// eventPage is a page of the log in an answer of the API.
type eventPage struct {
	Nodes       []eventNode
	EndCursor   string
	HasNextPage bool
}

// noteAll keeps the events of a page.
func (a *account) noteAll(page eventPage) {
	for _, n := range page.Nodes {
		e := heard{id: n.ID, kind: n.Type, subject: n.SubjectID}
		if n.MemberID != nil {
			e.member = *n.MemberID
		}
		a.note(e)
	}
}

// listeners hear the same year in three ways.
type listeners struct {
	*year
	polled, posted, streamed *account
	receiver                 *receiver
	breaks                   int // of streams
	workspaceID              ident.ID
	began                    int // position of the last event before the year
}

// startListeners subscribes, and listens until the test ends.
func startListeners(y *year) *listeners {
	y.t.Helper()
	l := &listeners{year: y, polled: newAccount("polling"), posted: newAccount("webhook"),
		streamed: newAccount("subscription")}
	l.receiver = startReceiver(y, l.posted)
	key := y.from(0)
	key.token = y.key
	created := key.must(`mutation($w: ID!, $u: String!) { createWebhook(input: {workspaceId: $w, url: $u}) {
		webhook { id } secret } }`, map[string]any{"w": y.workspaces[0], "u": l.receiver.url})
	l.receiver.setSecret(created.text("createWebhook", "secret"))
	// Nothing happens yet, so all three begin at the same event.
	for more := true; more; {
		page, _ := l.poll(0, y.before)
		y.before, more = page.EndCursor, page.HasNextPage
	}
	l.workspaceID, _ = ident.Parse(y.workspaces[0])
	l.began = y.count(`SELECT max(position) FROM audit_events WHERE workspace_id = $1`, l.workspaceID)
	ctx, cancel := context.WithCancel(context.Background())
	var group sync.WaitGroup
	group.Go(func() { l.followByPolling(ctx) })
	group.Go(func() { l.followByStreams(ctx) })
	group.Go(func() { l.hastenDeliveries(ctx) })
	y.t.Cleanup(func() { cancel(); group.Wait() })
	return l
}

const eventsQuery = `query($w: ID!, $after: String) { workspace(id: $w) { events(first: 100, after: $after) {
	nodes { id type subjectId memberId } endCursor hasNextPage } } }`

// poll reads one page of the log; false if the server is away.
func (l *listeners) poll(server int, after string) (page eventPage, ok bool) {
	c := l.from(server)
	c.token = l.key
	variables := map[string]any{"w": l.workspaces[0]}
	if after != "" {
		variables["after"] = after
	}
	a := c.ask(eventsQuery, variables)
	var parsed struct {
		Data struct{ Workspace struct{ Events *eventPage } }
	}
	if !a.ok() || json.Unmarshal([]byte(a.body), &parsed) != nil ||
		parsed.Data.Workspace.Events == nil {
		if !a.unknown() && a.code != "RATE_LIMITED" {
			l.t.Errorf("events: %d %s", a.status, a.body)
		}
		return page, false
	}
	return *parsed.Data.Workspace.Events, true
}

// followByPolling reads the log at both servers by turns. At times it forgets the cursor that it got
// last, like a program that stopped before it stored the cursor.
func (l *listeners) followByPolling(ctx context.Context) {
	for cursor, turn := l.before, 0; ctx.Err() == nil; turn++ {
		page, ok := l.poll(turn%2, cursor)
		l.polled.noteAll(page)
		if ok && l.roll(10) > 0 {
			cursor = page.EndCursor
		}
		if !page.HasNextPage {
			time.Sleep(300 * time.Millisecond)
		}
	}
}

// hastenDeliveries makes the webhook's next attempts due after two seconds instead of minutes and
// hours, until the test ends.
func (l *listeners) hastenDeliveries(ctx context.Context) {
	for ctx.Err() == nil {
		_, err := l.db.ExecContext(ctx, `UPDATE webhook_deliveries SET next_attempt_at = now()
			WHERE status = 'PENDING' AND next_attempt_at > now()`)
		if err != nil && ctx.Err() == nil {
			l.t.Errorf("hasten deliveries: %v", err)
		}
		select {
		case <-ctx.Done():
		case <-time.After(2 * time.Second):
		}
	}
}

// awaitEnd waits until all three have heard the last event.
func (l *listeners) awaitEnd() {
	l.t.Helper()
	l.awaitZero("events have no place in the log", `SELECT count(*) FROM audit_events
		WHERE position IS NULL`)
	n := len(l.readDatabase().events)
	for deadline := time.Now().Add(5 * time.Minute); time.Now().Before(deadline); {
		if min(l.polled.size(), l.posted.size(), l.streamed.size()) >= n {
			break
		}
		time.Sleep(200 * time.Millisecond)
	}
	l.awaitZero("deliveries are pending", `SELECT count(*) FROM webhook_deliveries
		WHERE status = 'PENDING'`)
}

// readDatabase returns the events that the database has since the year began.
func (l *listeners) readDatabase() *account {
	l.t.Helper()
	written := newAccount("database")
	rows, err := l.db.Query(`SELECT id, action, subject_id, member_id FROM audit_events
		WHERE workspace_id = $1 AND position > $2 ORDER BY position`, l.workspaceID, l.began)
	if err != nil {
		l.t.Fatal(err)
	}
	defer func() { _ = rows.Close() }()
	for rows.Next() {
		var row ent.AuditEvent
		var member *ident.ID
		if err := rows.Scan(&row.ID, &row.Action, &row.SubjectID, &member); err != nil {
			l.t.Fatal(err)
		}
		e := heard{id: row.ID.String(), kind: toEventType(string(audit.TypeOf(&row)))}
		if row.MemberID = member; member != nil {
			e.member = member.String()
		}
		e.subject = audit.SubjectOf(&row).String()
		written.note(e)
	}
	if err := rows.Err(); err != nil {
		l.t.Fatal(err)
	}
	return written
}

// countPersons returns how many events were heard that are not those of imports.
func (a *account) countPersons() (n int) {
	for _, e := range a.events {
		if !strings.HasPrefix(e.kind, "IMPORT_") {
			n++
		}
	}
	return n
}

// toEventType returns the value of the enum for the type of an event as webhooks send it.
func toEventType(text string) string { return strings.ToUpper(strings.ReplaceAll(text, ".", "_")) }

// check compares the three accounts with the database, and the members who follow from them with
// those of the API.
func (l *listeners) check() {
	l.t.Helper()
	written := l.readDatabase()
	listed := map[string]string{}
	l.administrator(0).listAll(personsQuery, "members", l.workspaces[0], func(node map[string]any) {
		id, _ := node["id"].(string)
		if status, _ := node["status"].(string); node["externalId"] != nil {
			listed[id] = status
		}
	})
	for _, a := range []*account{l.polled, l.posted, l.streamed} {
		l.t.Logf("%s: %d events, %d came again", a.name, a.size(), a.again)
		l.compare(a, written)
		if folded := a.foldMembers(); !maps.Equal(folded, listed) {
			l.t.Errorf("%s: %d members by events, %d by the API; different: %v", a.name, len(folded),
				len(listed), differences(folded, listed))
		}
	}
	if l.streamed.again > 0 {
		l.t.Errorf("%d events came twice by subscription", l.streamed.again)
	}
	l.t.Logf("%d events in the database, %d streams broke off", len(written.events), l.breaks)
	l.receiver.check()
}

// compare reports where an account differs from what is written, for a few objects.
func (l *listeners) compare(a, written *account) {
	l.t.Helper()
	got, want, different := a.bySubject(), written.bySubject(), 0
	for subject, events := range want {
		if !slices.Equal(got[subject], events) {
			if different++; different <= 5 {
				l.t.Errorf("%s: of %s\n%v\nthe database has\n%v", a.name, subject, got[subject], events)
			}
		}
	}
	if len(got) != len(want) || different > 0 {
		l.t.Errorf("%s: %d objects, the database has %d; %d differ", a.name, len(got), len(want),
			different)
	}
}

// foldMembers returns the status of each member that follows from the events of an account: from those
// of the member alone, since the events of other objects may overtake them in a webhook.
func (a *account) foldMembers() map[string]string {
	folded := map[string]string{}
	for _, e := range a.events {
		switch e.kind {
		case "MEMBER_JOINED", "MEMBER_REACTIVATED":
			folded[e.member] = "ACTIVE"
		case "MEMBER_DEACTIVATED":
			folded[e.member] = "DEACTIVATED"
		case "MEMBER_REMOVED":
			delete(folded, e.member)
		}
	}
	return folded
}

// differences returns up to five keys whose values differ.
func differences(a, b map[string]string) (keys []string) {
	for _, m := range []map[string]string{a, b} {
		for key := range m {
			if a[key] != b[key] && len(keys) < 5 {
				keys = append(keys, fmt.Sprintf("%s %q %q", key, a[key], b[key]))
			}
		}
	}
	return keys
}
