package chaos

import (
	"database/sql"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	_ "github.com/lib/pq" // reads the database's own count of deadlocks
)

// race is a pair of requests that two servers get at the same moment, once a round.
type race struct {
	name string
	// prepare makes what a round needs and returns the two requests.
	prepare func(r *arena, round int) (first, second func() answer)
	// check looks at one round's answers; nil when the common checks suffice.
	check func(r *arena, first, second answer)
}

// arena is where the races run: a cluster, and an administrator at each server.
type arena struct {
	*cluster
	admins  []*client
	journal *journal
}

// academy and hq are the two workspaces of the organization.
func (r *arena) academy() string { return r.workspaces[0] }
func (r *arena) hq() string      { return r.workspaces[1] }

// invite invites one address and returns the token of its email.
func (r *arena) invite(workspace, email string) (id, token string) {
	r.t.Helper()
	a := r.admins[0].must(inviteQuery, map[string]any{"w": workspace, "e": []string{email}})
	token = r.mail.awaitToken(email, "invitations", 20*time.Second)
	if token == "" {
		r.t.Fatalf("no invitation came to %s", email)
	}
	return a.text("inviteUsers", "outcomes", 0, "invitation", "id"), token
}

// bringIn makes a member with a verified address.
func (r *arena) bringIn(workspace, email string) (member string) {
	r.t.Helper()
	_, token := r.invite(workspace, email)
	a := r.from(0).must(acceptQuery, map[string]any{"t": token, "p": personalPassword})
	return a.text("acceptInvitation", "member", "id")
}

// joinToken asks to join a link and returns the token of the confirmation.
func (r *arena) joinToken(slug, email string) string {
	r.t.Helper()
	r.from(0).must(joinQuery, map[string]any{"s": slug, "e": email})
	token := r.mail.awaitToken(email, "join/confirm", 20*time.Second)
	if token == "" {
		r.t.Fatalf("no confirmation came to %s", email)
	}
	return token
}

func (r *arena) newLink(most any) string {
	r.t.Helper()
	a := r.admins[0].must(joinLinkQuery, map[string]any{"w": r.academy(), "m": most})
	return a.text("createJoinLink", "joinLink", "slug")
}

// ask returns a request of the administrator at one server.
func (r *arena) ask(server int, query string, variables map[string]any) func() answer {
	return func() answer { return r.admins[server].ask(query, variables) }
}

// accept returns the acceptance of a new person at one server.
func (r *arena) accept(server int, token string) func() answer {
	who := r.from(server)
	return func() answer {
		return who.ask(acceptQuery, map[string]any{"t": token, "p": personalPassword})
	}
}

// oneWins reports a round in which not exactly one of two requests was done.
func oneWins(r *arena, first, second answer) {
	r.t.Helper()
	if first.ok() == second.ok() {
		r.t.Errorf("not exactly one was done: %s | %s", first.body, second.body)
	}
}

// bothWin reports a round in which one of two requests that do not exclude each other was refused.
func bothWin(r *arena, first, second answer) {
	r.t.Helper()
	if !first.ok() || !second.ok() {
		r.t.Errorf("not both were done: %s | %s", first.body, second.body)
	}
}

// races are the pairs that were found to lose something once, and their kind.
var races = []race{
	{name: "deactivate in one workspace, accept in another", check: bothWin,
		prepare: func(r *arena, n int) (func() answer, func() answer) {
			email := fmt.Sprintf("seat%d@race.test", n)
			member := r.bringIn(r.academy(), email)
			token := r.secondInvitation(email)
			return r.ask(0, deactivateQuery, map[string]any{"i": member}), r.accept(1, token)
		}},
	{name: "remove from one workspace, accept in another", check: bothWin,
		prepare: func(r *arena, n int) (func() answer, func() answer) {
			email := fmt.Sprintf("gone%d@race.test", n)
			member := r.bringIn(r.academy(), email)
			token := r.secondInvitation(email)
			return r.ask(0, removeQuery, map[string]any{"i": member}), r.accept(1, token)
		}},
	{name: "invite and create one address", prepare: func(r *arena, n int) (func() answer,
		func() answer) {
		email := fmt.Sprintf("twice%d@race.test", n)
		return r.ask(0, inviteQuery, map[string]any{"w": r.academy(), "e": []string{email}}),
			r.ask(1, createQuery, map[string]any{"w": r.academy(), "e": email,
				"p": personalPassword})
	}},
	{name: "confirm joining and invite", prepare: func(r *arena, n int) (func() answer,
		func() answer) {
		email := fmt.Sprintf("join%d@race.test", n)
		token, who := r.joinToken(r.newLink(nil), email), r.from(0)
		return func() answer {
				return who.ask(confirmJoinQuery, map[string]any{"t": token, "p": personalPassword})
			},
			r.ask(1, inviteQuery, map[string]any{"w": r.academy(), "e": []string{email}})
	}},
	{name: "accept and create one address", prepare: func(r *arena, n int) (func() answer,
		func() answer) {
		email := fmt.Sprintf("made%d@race.test", n)
		_, token := r.invite(r.academy(), email)
		return r.accept(0, token),
			r.ask(1, createQuery, map[string]any{"w": r.academy(), "e": email,
				"p": personalPassword})
	}},
	{name: "invite one address twice", prepare: func(r *arena, n int) (func() answer,
		func() answer) {
		variables := map[string]any{"w": r.academy(),
			"e": []string{fmt.Sprintf("both%d@race.test", n)}}
		return r.ask(0, inviteQuery, variables), r.ask(1, inviteQuery, variables)
	}},
	{name: "accept one link twice", check: oneWins, prepare: func(r *arena, n int) (func() answer,
		func() answer) {
		_, token := r.invite(r.academy(), fmt.Sprintf("double%d@race.test", n))
		return r.accept(0, token), r.accept(1, token)
	}},
	{name: "accept and cancel", check: oneWins, prepare: func(r *arena, n int) (func() answer,
		func() answer) {
		id, token := r.invite(r.academy(), fmt.Sprintf("late%d@race.test", n))
		return r.accept(0, token), r.ask(1, cancelQuery, map[string]any{"i": id})
	}},
	{name: "take the last place of a join link", check: oneWins,
		prepare: func(r *arena, n int) (func() answer, func() answer) {
			slug := r.newLink(1)
			confirm := func(server int, email string) func() answer {
				token, who := r.joinToken(slug, email), r.from(server)
				return func() answer {
					return who.ask(confirmJoinQuery,
						map[string]any{"t": token, "p": personalPassword})
				}
			}
			return confirm(0, fmt.Sprintf("left%d@race.test", n)),
				confirm(1, fmt.Sprintf("right%d@race.test", n))
		}},
	{name: "two administrators remove each other", check: oneWins,
		prepare: func(r *arena, n int) (func() answer, func() answer) {
			var members, tokens []string
			for _, side := range []string{"a", "b"} {
				email := fmt.Sprintf("admin%d%s@race.test", n, side)
				member := r.bringIn(r.academy(), email)
				r.admins[0].must(
					`mutation($i: ID!) { updateMember(input: {memberId: $i, grant: {roles: ["admin"]}}) { member { id } } }`,
					map[string]any{"i": member})
				members, tokens = append(members, member),
					append(tokens, r.signedIn(0, email, personalPassword).token)
			}
			remove := func(server int, token, member string) func() answer {
				who := r.from(server)
				who.token = token
				return func() answer { return who.ask(removeQuery, map[string]any{"i": member}) }
			}
			return remove(0, tokens[0], members[1]), remove(1, tokens[1], members[0])
		}},
}

// secondInvitation invites a member of the academy to hq as well and returns the token of the link
// to copy: a second email to the same mailbox would wait a minute.
func (r *arena) secondInvitation(email string) string {
	r.t.Helper()
	a := r.admins[0].must(
		`mutation($w: ID!, $e: [String!]) { inviteUsers(input: {workspaceId: $w, emails: $e,
		sendEmail: false}) { outcomes { invitation { link } } } }`,
		map[string]any{"w": r.hq(), "e": []string{email}})
	link := a.text("inviteUsers", "outcomes", 0, "invitation", "link")
	token := link[strings.LastIndex(link, "/")+1:]
	if token == "" {
		r.t.Fatalf("no link to copy: %s", a.body)
	}
	return token
}

// Two servers get the two requests of each pair at one moment, again and again; afterwards lists,
// seats and states agree.
func TestPairsOfRequestsRace(t *testing.T) {
	c := startCluster(t)
	r := &arena{cluster: c, journal: newJournal()}
	rounds := readNumber(t, "USHER_CHAOS_ROUNDS", 3)
	for _, pair := range races {
		t.Run(pair.name, func(t *testing.T) {
			r.t, c.t = t, t
			for round := range rounds {
				if round%50 == 0 { // access tokens last five minutes
					r.admins = []*client{c.administrator(0), c.administrator(1)}
				}
				first, second := pair.prepare(r, round)
				a, b := runTogether(first, second)
				r.journal.observe(a)
				r.journal.observe(b)
				if pair.check != nil {
					pair.check(r, a, b)
				}
			}
			c.checkSeats(c.administrator(0))
			for _, body := range r.journal.faults {
				t.Errorf("an answer that no race excuses: %s", body)
			}
			r.journal.faults = nil
		})
	}
	r.t, c.t = t, t
	t.Logf("answers by code: %v", r.journal.codes)
}

// runTogether runs two requests at the same moment.
func runTogether(first, second func() answer) (a, b answer) {
	var start, end sync.WaitGroup
	start.Add(1)
	end.Go(func() { start.Wait(); a = first() })
	end.Go(func() { start.Wait(); b = second() })
	start.Done()
	end.Wait()
	return a, b
}

// Four workers bring unrelated people in and out; PostgreSQL counts no deadlock, and nobody gets
// INTERNAL.
func TestAdmissionAndDeactivationDoNotDeadlock(t *testing.T) {
	c := startCluster(t)
	db, err := sql.Open("postgres", c.database)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	j := newJournal()
	end := time.Now().Add(time.Duration(readNumber(t, "USHER_CHAOS_SECONDS", 3)) * time.Second)
	var group sync.WaitGroup
	for worker := range 4 {
		admin := c.administrator(worker % 2)
		since := time.Now()
		group.Go(func() {
			for n := 0; time.Now().Before(end); n++ {
				if time.Since(since) > 4*time.Minute {
					admin, since = c.administrator(worker%2), time.Now()
				}
				name := fmt.Sprintf("lock%d-%d", worker, n)
				a := admin.ask(createQuery, map[string]any{"w": c.workspaces[0], "u": name,
					"p": personalPassword})
				if !j.note(name, a, absent, active) {
					continue
				}
				query := []string{deactivateQuery, removeQuery}[n%2]
				j.observe(
					admin.ask(query, map[string]any{"i": a.text("createUser", "member", "id")}))
			}
		})
	}
	group.Wait()

	var deadlocks int
	if err := db.QueryRow(
		`SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()`).
		Scan(&deadlocks); err != nil {
		t.Fatal(err)
	}
	t.Logf("answers by code: %v, deadlocks %d", j.codes, deadlocks)
	if deadlocks > 0 || len(j.faults) > 0 || len(j.codes) > 1 {
		t.Errorf("%d deadlocks, answers by code %v, faults %v", deadlocks, j.codes, j.faults)
	}
	c.checkSeats(c.administrator(0))
}
