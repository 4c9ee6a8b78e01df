package chaos

import (
	"strings"
	"time"
)

// census is all people and invitations of one workspace, as the API lists them.
type census struct {
	members     map[string]state // by address or username
	userIDs     map[string]bool  // of active members
	invitations map[string]state // the newest of each address
}

const membersQuery = `query($w: ID!, $after: String) { node(id: $w) { ... on Workspace { members(first: 100, after: $after) {
	totalCount pageInfo { hasNextPage endCursor }
	edges { node { status user { id email username } } } } } } }`

const invitationsQuery = `query($w: ID!, $after: String) { node(id: $w) { ... on Workspace {
	invitationCounts { pending active cancelled declined expired }
	invitations(first: 100, after: $after) { totalCount pageInfo { hasNextPage endCursor }
		edges { node { email status } } } } } }`

// listAll follows a connection to its end, and reports when its total is not the number of its
// nodes.
func (p *client) listAll(query, connection, workspace string, each func(node map[string]any)) {
	p.cluster.t.Helper()
	total, seen, after := 0.0, 0.0, any(nil)
	for {
		a := p.must(query, map[string]any{"w": workspace, "after": after})
		page, _ := a.at("node", connection).(map[string]any)
		total, _ = page["totalCount"].(float64)
		edges, _ := page["edges"].([]any)
		for _, edge := range edges {
			node, _ := edge.(map[string]any)["node"].(map[string]any)
			each(node)
			seen++
		}
		info, _ := page["pageInfo"].(map[string]any)
		if more, _ := info["hasNextPage"].(bool); !more {
			break
		}
		after = info["endCursor"]
	}
	if total != seen {
		p.cluster.t.Errorf("%s: totalCount %v, listed %v", connection, total, seen)
	}
}

// takeCensus lists a workspace. Nothing may change meanwhile.
func (c *cluster) takeCensus(admin *client, workspace string) census {
	c.t.Helper()
	found := census{members: map[string]state{}, userIDs: map[string]bool{},
		invitations: map[string]state{}}
	admin.listAll(membersQuery, "members", workspace, func(node map[string]any) {
		user, _ := node["user"].(map[string]any)
		name, _ := user["email"].(string)
		if name == "" {
			name, _ = user["username"].(string)
		}
		if found.members[name] != "" {
			c.t.Errorf("%s is listed twice", name)
		}
		found.members[name] = deactivated
		if node["status"] == "ACTIVE" {
			found.members[name] = active
			id, _ := user["id"].(string)
			found.userIDs[id] = true
		}
	})
	counted := map[string]float64{}
	admin.listAll(invitationsQuery, "invitations", workspace, func(node map[string]any) {
		email, _ := node["email"].(string)
		status, _ := node["status"].(string)
		counted[status]++
		now := state(strings.ToLower(status))
		if found.invitations[email] == pending && now == pending {
			c.t.Errorf("%s is pending twice", email)
		}
		if found.invitations[email] != pending {
			found.invitations[email] = now
		}
	})
	counts := admin.must(invitationsQuery, map[string]any{"w": workspace})
	for _, status := range []string{"PENDING", "ACTIVE", "CANCELLED", "DECLINED", "EXPIRED"} {
		if n := counts.at("node", "invitationCounts",
			strings.ToLower(status)); n != counted[status] {
			c.t.Errorf("invitationCounts.%s is %v, listed %v", strings.ToLower(status), n,
				counted[status])
		}
	}
	for email := range found.invitations {
		if found.members[email] != "" && found.invitations[email] == pending {
			c.t.Errorf("%s is a member and pending as well", email)
		}
	}
	return found
}

// stateOf tells what one person is, from both lists.
func (f census) stateOf(who string) state {
	switch {
	case f.members[who] != "":
		return f.members[who]
	case f.invitations[who] == pending, f.invitations[who] == cancelled:
		return f.invitations[who]
	case f.invitations[who] == active: // accepted, and no member any more
		return removed
	}
	return absent
}

// checkSeats compares the seats that are taken with the people who are active somewhere.
func (c *cluster) checkSeats(admin *client) {
	c.t.Helper()
	people := map[string]bool{}
	for _, workspace := range c.workspaces {
		for id := range c.takeCensus(admin, workspace).userIDs {
			people[id] = true
		}
	}
	usage := admin.must(
		`query($w: ID!) { node(id: $w) { ... on Workspace { usage { seatsTaken } } } }`,
		map[string]any{"w": c.workspaces[0]})
	if taken := usage.at("node", "usage", "seatsTaken"); taken != float64(len(people)) {
		c.t.Errorf("seatsTaken is %v, and %d people are active", taken, len(people))
	}
}

// checkLoad asks from outside whether everything that was acknowledged is there, after work in the
// queue has ended.
func (l *load) checkLoad() {
	l.t.Helper()
	admin := l.administrator(0)
	l.awaitImports(admin)
	l.checkSeats(admin)
	found := l.takeCensus(admin, l.workspaces[0])
	l.journal.lock.Lock()
	defer l.journal.lock.Unlock()
	l.t.Logf("%d changes acknowledged, %d people, answers by code: %v", l.journal.changes,
		len(l.journal.people), l.journal.codes)
	for _, body := range l.journal.faults {
		l.t.Errorf("an answer that no fault excuses: %s", body)
	}
	for who, states := range l.journal.people {
		is := found.stateOf(who)
		if is == absent && l.journal.allows(who, removed) {
			continue // removed people without an invitation leave no trace in these lists
		}
		if !l.journal.allows(who, is) {
			l.t.Errorf("%s is %s, and may only be %v", who, is, states)
		}
	}
	l.checkEmails()
}

// awaitImports waits until no import is on its way, and counts the rows of each acknowledged one.
func (l *load) awaitImports(admin *client) {
	l.t.Helper()
	for id, rows := range l.journal.imports {
		var a answer
		for deadline := time.Now().Add(3 * time.Minute); time.Now().
			Before(deadline); time.Sleep(200 * time.Millisecond) {
			a = admin.must(
				`query($i: ID!) { node(id: $i) { ... on Import { status counts { invite done error } } } }`,
				map[string]any{"i": id})
			if a.text("node", "status") == "COMPLETED" {
				break
			}
		}
		if a.text("node", "status") != "COMPLETED" ||
			a.at("node", "counts", "invite") != float64(rows) ||
			a.at("node", "counts", "done") != float64(rows) {
			l.t.Errorf("import %s of %d rows: %s", id, rows, a.body)
		}
	}
	for deadline := time.Now().Add(2 * time.Minute); ; time.Sleep(time.Second) {
		a := admin.must(`query($w: ID!) { node(id: $w) { ... on Workspace {
			imports(first: 1, filter: {status: [PREVIEWING]}) { totalCount } } } }`,
			map[string]any{"w": l.workspaces[0]})
		n := a.at("node", "imports", "totalCount")
		if n == 0.0 {
			return
		}
		if time.Now().After(deadline) {
			l.t.Errorf("%v imports are PREVIEWING two minutes after the load", n)
			return
		}
	}
}

// checkEmails waits for the email of every acknowledged invitation that is still pending; copies
// carry one Message-ID.
func (l *load) checkEmails() {
	l.t.Helper()
	deadline := time.Now().Add(2 * time.Minute)
	copies := 0
	for who, states := range l.journal.people {
		if len(states) != 1 || states[0] != pending {
			continue
		}
		for len(l.mail.messagesTo(who)) == 0 && time.Now().Before(deadline) {
			time.Sleep(100 * time.Millisecond)
		}
		came := l.mail.messagesTo(who)
		if len(came) == 0 {
			l.t.Errorf("%s is invited, and no email came", who)
		}
		for _, m := range came {
			if m.id != came[0].id {
				l.t.Errorf("%s got two emails of one invitation: %s, %s", who, came[0].id, m.id)
			}
		}
		copies += max(0, len(came)-1)
	}
	l.t.Logf("%d copies of emails", copies)
}
