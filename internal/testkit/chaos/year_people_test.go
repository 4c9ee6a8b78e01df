package chaos

import (
	"context"
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"sync"
	"time"
)

// employees are the people of the personnel system who read their emails: they accept invitations
// and confirm their new addresses.
type employees struct {
	*year
	lock     sync.Mutex
	refusals map[string]int // by code
}

// startEmployees lets people read until the test ends.
func startEmployees(y *year) *employees {
	e := &employees{year: y, refusals: map[string]int{}}
	ctx, cancel := context.WithCancel(context.Background())
	letters := make(chan message)
	var group sync.WaitGroup
	group.Go(func() {
		defer close(letters)
		for n := 0; ctx.Err() == nil; time.Sleep(50 * time.Millisecond) {
			for _, m := range y.mail.messagesAfter(n) {
				n++
				select {
				case letters <- m:
				case <-ctx.Done():
					return
				}
			}
		}
	})
	for range 3 {
		group.Go(func() {
			for m := range letters {
				e.read(ctx, m)
			}
		})
	}
	y.t.Cleanup(func() { cancel(); group.Wait() })
	return e
}

var (
	personOfAddress = regexp.MustCompile(`^(p\d+)(?:\.\d+)?@acme\.test$`)
	actionOfEmail   = regexp.MustCompile(`https://usher\.test/(invitations|confirm-email)/([A-Za-z0-9_-]+)`)
)

const confirmEmailQuery = `mutation($t: String!, $p: String) {
	confirmEmailChange(input: {token: $t, password: $p}) { auth { accessToken } } }`

// read does what an email asks for, at any server, and tries again while servers are away.
func (e *employees) read(ctx context.Context, m message) {
	who, link := personOfAddress.FindStringSubmatch(m.to), actionOfEmail.FindStringSubmatch(m.text)
	if who == nil || link == nil {
		return
	}
	people, _ := e.readSource()
	i := slices.IndexFunc(people, func(p hrPerson) bool { return p.ID == who[1] })
	if i < 0 || people[i].Away {
		return
	}
	variables := map[string]any{"t": link[2], "p": personalPassword}
	query := confirmEmailQuery
	if link[1] == "invitations" {
		query = `mutation($t: String!, $p: String, $f: String, $l: String) { acceptInvitation(input: {
			token: $t, firstName: $f, lastName: $l, password: $p}) { member { id } } }`
		variables["f"], variables["l"] = people[i].First, people[i].Last
	}
	for ctx.Err() == nil {
		a := e.from(e.roll(len(e.servers))).ask(query, variables)
		if !a.unknown() && a.code != "RATE_LIMITED" {
			e.lock.Lock()
			defer e.lock.Unlock()
			if !a.ok() {
				e.refusals[link[1]+" "+a.code]++
			}
			return
		}
	}
}

// awaitAccepted waits until all who were hired up to a week, and read email, have accepted.
func (e *employees) awaitAccepted(week int) {
	e.t.Helper()
	people, _ := e.readSource()
	expected := []string{}
	for _, p := range people {
		if !p.Away && p.Since <= week && p.Left == nil {
			expected = append(expected, p.ID)
		}
	}
	list, _ := json.Marshal(expected)
	e.awaitZero(fmt.Sprintf("people hired up to week %d have not accepted", week), `SELECT count(*)
		FROM jsonb_array_elements_text($1::jsonb) AS hired(id) WHERE NOT EXISTS (SELECT 1
		FROM members WHERE external_id = hired.id AND status = 'ACTIVE')`, string(list))
}

const personsQuery = `query($w: ID!, $after: String) { node(id: $w) { ... on Workspace {
	members(first: 100, after: $after) { totalCount pageInfo { hasNextPage endCursor }
	edges { node { id status externalId
	orgUnit { externalId } user { email firstName lastName } } } } } } }`

const inviteesQuery = `query($w: ID!, $after: String) { node(id: $w) { ... on Workspace {
	invitations(first: 100, after: $after, filter: {status: [PENDING]}) {
	totalCount pageInfo { hasNextPage endCursor }
	edges { node { id status externalId email firstName lastName
	grant { orgUnit { externalId } } } } } } } }`

// describe returns what both systems know of a person, to compare it.
func describe(status, email, unit, name string) string {
	return strings.Join([]string{status, email, unit, name}, " ")
}

// checkSource compares the members and the pending invitations with the personnel system.
func (y *year) checkSource() {
	y.t.Helper()
	admin := y.administrator(1)
	people, _ := y.readSource()
	found, renamed := map[string]string{}, map[string]bool{}
	for _, p := range people {
		renamed[p.ID] = p.Renamed
	}
	note := func(node map[string]any, status string, user, unit any) {
		id, _ := node["externalId"].(string)
		if id == "" {
			return // the administrator
		}
		owner, _ := user.(map[string]any)
		place, _ := unit.(map[string]any)
		email, _ := owner["email"].(string)
		in, _ := place["externalId"].(string)
		if found[id] != "" && status == "PENDING" && !strings.HasPrefix(found[id], "DEACTIVATED") {
			y.t.Errorf("%s is %s and PENDING as well", id, found[id])
		}
		first, _ := owner["firstName"].(string)
		last, _ := owner["lastName"].(string)
		// The name of an existing person is theirs, whatever a file says (BAT-2).
		if renamed[id] {
			first, last = "", ""
		}
		found[id] = describe(status, email, in, strings.TrimSpace(first+" "+last))
	}
	admin.listAll(personsQuery, "members", y.workspaces[0], func(node map[string]any) {
		status, _ := node["status"].(string)
		note(node, status, node["user"], node["orgUnit"])
	})
	admin.listAll(inviteesQuery, "invitations", y.workspaces[0], func(node map[string]any) {
		grant, _ := node["grant"].(map[string]any)
		note(node, "PENDING", node, grant["orgUnit"])
	})
	differences := 0
	for _, p := range people {
		name := p.First + " " + p.Last
		if p.Renamed {
			name = ""
		}
		is, want := found[p.ID], describe("ACTIVE", p.Email, p.Unit, name)
		delete(found, p.ID)
		switch {
		case p.Left != nil && (is == "" || strings.HasPrefix(is, "DEACTIVATED ")):
			continue
		case p.Left != nil:
			want = "DEACTIVATED"
		case p.Away:
			want = describe("PENDING", p.Email, p.Unit, name)
		}
		if is != want {
			y.t.Errorf("%s is %q in Usher, and %q in the source: %+v", p.ID, is, want, p)
			differences++
		}
	}
	for id, is := range found {
		y.t.Errorf("%s is %s, and not in the source", id, is)
	}
	y.t.Logf("%d people in the source, %d differences, refusals %v", len(people), differences,
		y.employees.refusals)
}

// checkEmails checks that nobody was emailed twice for one cause: each email that came is one of the
// outbox, came once more only after a kill, and the outbox has one for each cause.
func (y *year) checkEmails() {
	y.t.Helper()
	all := y.mail.messagesAfter(0)
	last, copies := map[string]time.Time{}, 0
	for _, m := range all {
		if before, again := last[m.id]; again {
			copies++
			if !y.killedBetween(before, m.at) {
				y.t.Errorf("%s got %s twice, and no process was killed between", m.to, m.id)
			}
		}
		last[m.id] = m.at
	}
	y.t.Logf("%d emails, %d copies", len(last), copies)
	if sent := y.count(`SELECT count(*) FROM mails WHERE status = 'SENT'`); sent != len(last) {
		y.t.Errorf("%d emails are SENT, and %d came", sent, len(last))
	}
	if n := y.count(`SELECT count(*) FROM mails WHERE status IN ('FAILED', 'BOUNCED')`); n > 0 {
		y.t.Errorf("%d emails failed", n)
	}
	for what, query := range map[string]string{
		// An invitation has an email for each address that it had.
		"invitations were emailed twice": `SELECT count(*) FROM (SELECT invitation_id, to_key FROM mails
			WHERE kind = 'invitation' AND status = 'SENT' GROUP BY 1, 2 HAVING count(*) > 1) AS twice`,
		// A person who was hired once, with one address, was invited once.
		"addresses were invited more often than hired": `SELECT count(*) FROM (SELECT to_key FROM mails
			WHERE kind = 'invitation' AND status = 'SENT' GROUP BY 1 HAVING count(*) > 1 + (SELECT count(*)
			FROM audit_events e JOIN invitations i ON i.id = e.subject_id
			WHERE e.action = 'invitation.cancelled' AND i.email_key = to_key)) AS twice`,
		"new addresses were asked twice": `SELECT count(*) FROM (SELECT to_key FROM mails
			WHERE kind = 'email_change' AND status = 'SENT' GROUP BY 1 HAVING count(*) > 1) AS twice`,
		"members were greeted more often than they came": `SELECT count(*) FROM (SELECT user_id FROM mails
			WHERE kind = 'welcome' AND status = 'SENT' GROUP BY 1 HAVING count(*) > (SELECT count(*)
			FROM audit_events e JOIN members m ON m.id = e.member_id WHERE m.user_id = mails.user_id
			AND e.action IN ('member.revived', 'member.joined'))) AS twice`,
	} {
		if n := y.count(query); n > 0 {
			y.t.Errorf("%d %s", n, what)
		}
	}
	rows, err := y.db.Query(`SELECT kind, status, count(*) FROM mails GROUP BY 1, 2 ORDER BY 1, 2`)
	if err != nil {
		y.t.Fatal(err)
	}
	defer func() { _ = rows.Close() }()
	for rows.Next() {
		var kind, status string
		var n int
		if err := rows.Scan(&kind, &status, &n); err != nil {
			y.t.Fatal(err)
		}
		y.t.Logf("emails: %s %s %d", kind, status, n)
	}
}
