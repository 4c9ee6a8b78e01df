package chaos

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

// personalPassword is everybody's whom the load makes.
const personalPassword = "a rather long pass phrase"

const (
	inviteQuery = `mutation($w: ID!, $e: [String!]) { inviteUsers(input: {workspaceId: $w, emails: $e}) {
		outcomes { status invitation { id } } } }`
	createQuery = `mutation($w: ID!, $u: String, $e: String, $p: String) { createUser(input: {workspaceId: $w,
		firstName: "Jo", lastName: "Doe", username: $u, email: $e, password: $p}) { status member { id } } }`
	acceptQuery = `mutation($t: String!, $p: String) { acceptInvitation(input: {token: $t, firstName: "Jo",
		lastName: "Doe", password: $p}) { member { id } } }`
	cancelQuery     = `mutation($i: ID!) { cancelInvitation(input: {invitationId: $i}) { invitation { id } } }`
	deactivateQuery = `mutation($i: ID!) { deactivateMember(input: {memberId: $i}) { member { id } } }`
	removeQuery     = `mutation($i: ID!) { removeMember(input: {memberId: $i}) { deletedId } }`
	importQuery     = `mutation($w: ID!, $t: String!) { createImport(input: {workspaceId: $w, content: {text: $t}, action: INVITE}) { import {
		id status } } }`
	startQuery       = `mutation($i: ID!) { startImport(input: {importId: $i}) { import { id } } }`
	joinLinkQuery    = `mutation($w: ID!, $m: Int) { createJoinLink(input: {workspaceId: $w, maxJoins: $m}) { joinLink { id slug } } }`
	joinQuery        = `mutation($s: String!, $e: String!) { joinByLink(input: {slug: $s, email: $e}) { status } }`
	confirmJoinQuery = `mutation($t: String!, $p: String) { confirmJoin(input: {token: $t, firstName: "Jo",
		lastName: "Doe", password: $p}) { status member { id } } }`
)

// load is people who come, go and are imported until it is told to stop.
type load struct {
	*cluster
	journal *journal
	slug    string // of an open join link
	number  atomic.Int64
}

// startLoad runs workers against both servers; the returned function stops them and waits.
func (c *cluster) startLoad(workers int) (*load, func()) {
	admin := c.administrator(0)
	link := admin.must(joinLinkQuery, map[string]any{"w": c.workspaces[0]})
	l := &load{cluster: c, journal: newJournal(), slug: link.text("createJoinLink", "joinLink", "slug")}
	ctx, cancel := context.WithCancel(context.Background())
	var group sync.WaitGroup
	for i := range workers {
		group.Go(func() { l.work(ctx, i%len(c.servers)) })
	}
	return l, func() {
		cancel()
		group.Wait()
	}
}

// work tells one story after the other. Access tokens last five minutes, so it signs in again
// before.
func (l *load) work(ctx context.Context, server int) {
	admin := l.administrator(server)
	since := time.Now()
	stories := []func(*client){l.inviteAndAccept, l.inviteAndCancel, l.createAndEnd, l.importPeople,
		l.joinByPage}
	for ctx.Err() == nil {
		if time.Since(since) > 4*time.Minute {
			admin, since = l.administrator(server), time.Now()
		}
		stories[l.roll(len(stories))](admin)
	}
}

// newName returns a name that nobody has had.
func (l *load) newName() string { return fmt.Sprintf("person%d", l.number.Add(1)) }

func (l *load) inviteAndAccept(admin *client) {
	email := l.newName() + "@invited.test"
	a := admin.ask(inviteQuery, map[string]any{"w": l.workspaces[0], "e": []string{email}})
	if !l.journal.note(email, a, absent, pending) {
		return
	}
	token := l.mail.awaitToken(email, "invitations", 5*time.Second)
	if token == "" {
		return
	}
	invitee := l.from(l.roll(len(l.servers)))
	a = invitee.ask(acceptQuery, map[string]any{"t": token, "p": personalPassword})
	if !l.journal.note(email, a, pending, active) || l.roll(3) > 0 {
		return
	}
	l.endMember(admin, email, a.text("acceptInvitation", "member", "id"))
}

// endMember deactivates or removes an active member.
func (l *load) endMember(admin *client, who, member string) {
	if l.roll(2) == 0 {
		l.journal.note(who, admin.ask(deactivateQuery, map[string]any{"i": member}), active,
			deactivated)
		return
	}
	l.journal.note(who, admin.ask(removeQuery, map[string]any{"i": member}), active, removed)
}

func (l *load) inviteAndCancel(admin *client) {
	email := l.newName() + "@cancelled.test"
	a := admin.ask(inviteQuery, map[string]any{"w": l.workspaces[0], "e": []string{email}})
	if !l.journal.note(email, a, absent, pending) {
		return
	}
	invitation := a.text("inviteUsers", "outcomes", 0, "invitation", "id")
	l.journal.note(email, admin.ask(cancelQuery, map[string]any{"i": invitation}), pending,
		cancelled)
}

func (l *load) createAndEnd(admin *client) {
	name := l.newName()
	a := admin.ask(createQuery, map[string]any{"w": l.workspaces[0], "u": name,
		"p": personalPassword})
	if !l.journal.note(name, a, absent, active) || l.roll(2) > 0 {
		return
	}
	l.endMember(admin, name, a.text("createUser", "member", "id"))
}

// importPeople uploads twenty rows, starts them, and does not wait for the end.
func (l *load) importPeople(admin *client) {
	const rows = 20
	var text strings.Builder
	text.WriteString("email,additional info\n")
	for range rows {
		fmt.Fprintf(&text, "%s@imported.test,x\n", l.newName())
	}
	a := admin.ask(importQuery, map[string]any{"w": l.workspaces[0], "t": text.String()})
	l.journal.observe(a)
	if !a.ok() {
		return
	}
	id := a.text("createImport", "import", "id")
	for range 100 { // a preview whose server was killed is finished by another one
		a = admin.ask(startQuery, map[string]any{"i": id})
		if a.code != "CONFLICT" {
			break
		}
		time.Sleep(100 * time.Millisecond)
	}
	l.journal.noteImport(id, rows, a)
}

func (l *load) joinByPage(*client) {
	email := l.newName() + "@joined.test"
	visitor := l.from(l.roll(len(l.servers)))
	a := visitor.ask(joinQuery, map[string]any{"s": l.slug, "e": email})
	l.journal.observe(a)
	if !a.ok() {
		return
	}
	token := l.mail.awaitToken(email, "join/confirm", 5*time.Second)
	if token == "" {
		return
	}
	a = visitor.ask(confirmJoinQuery, map[string]any{"t": token, "p": personalPassword})
	l.journal.note(email, a, absent, active)
}
