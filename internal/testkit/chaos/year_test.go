package chaos

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"
)

// year is the simulated year of a personnel system, and all who take part in it.
type year struct {
	*cluster
	db        *sql.DB
	key       string // secret of the API key of the personnel system and of the listeners
	file      string // hr.json of the script
	before    string // cursor of the log of events before the year
	employees *employees
	listeners *listeners
	lock      sync.Mutex
	kills     []time.Time
}

// hrPerson is a person as the personnel system knows them.
type hrPerson struct {
	ID, Email, First, Last, Unit string
	Addresses                    int
	Away                         bool // reads no email
	Renamed                      bool // since they were hired
	Since                        int
	Left                         *int
	Hidden                       bool
}

// readSource returns the people of the personnel system, and its week.
func (y *year) readSource() (people []hrPerson, week int) {
	y.t.Helper()
	var hr struct {
		Week   int
		People []hrPerson
	}
	text, err := os.ReadFile(y.file)
	if err == nil {
		err = json.Unmarshal(text, &hr)
	}
	if err != nil {
		y.t.Fatal(err)
	}
	return hr.People, hr.Week
}

// A personnel system keeps a workspace in step for a year of weeks, while three kinds of listener
// hear what happens, and servers, workers and the receiver of the webhook are killed. Afterwards
// Usher equals the source, nobody was emailed twice, and the listeners have heard the same.
func TestAYearOfAPersonnelSystem(t *testing.T) {
	weeks, size := readNumber(t, "USHER_CHAOS_WEEKS", 5), readNumber(t, "USHER_CHAOS_PEOPLE", 200)
	y := startYear(t)
	stop := y.killAtRandom(readNumber(t, "USHER_CHAOS_PAUSE", 4))
	for week := 1; week <= weeks; week++ {
		began := time.Now()
		y.playWeek(size, week)
		y.employees.awaitAccepted(week - 1)
		t.Logf("week %d took %s", week, time.Since(began).Round(time.Millisecond))
	}
	stop()

	// The last emails are sent, and everybody has read theirs.
	settling := time.Now()
	y.settle()
	t.Logf("the emails took %s", time.Since(settling).Round(time.Second))
	// The script sends the last week again, which must change nothing.
	sent, events := y.count(`SELECT count(*) FROM mails`), y.listeners.readDatabase().countPersons()
	y.playWeek(size, weeks)
	y.settle()
	more := y.count(`SELECT count(*) FROM mails`) - sent
	if told := y.listeners.readDatabase().countPersons() - events; more+told > 0 {
		t.Errorf("a run without changes sent %d emails and recorded %d events of people", more, told)
	}
	y.listeners.awaitEnd()
	t.Logf("the listeners took %s", time.Since(settling).Round(time.Second))
	y.checkSource()
	y.checkEmails()
	y.listeners.check()
	y.checkSeats(y.administrator(0))
}

// startYear starts two servers and two workers, a workspace with the org units of the source, the
// employees and the listeners.
func startYear(t *testing.T) *year {
	t.Helper()
	y := &year{cluster: startClusterOf(t, 2, "serve", "--no-worker"),
		file: filepath.Join(t.TempDir(), "hr.json")}
	var err error
	if y.db, err = sql.Open("postgres", y.database); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = y.db.Close() })
	admin := y.administrator(0)
	for i := range 5 {
		name := fmt.Sprintf("unit-%d", i)
		admin.must(`mutation($w: ID!, $n: String!) { createOrgUnit(input: {workspaceId: $w, name: $n,
			externalId: $n}) { orgUnit { id } } }`, map[string]any{"w": y.workspaces[0], "n": name})
	}
	y.key = admin.must(`mutation($w: ID!) { createApiKey(input: {workspaceId: $w, name: "HR",
		permissions: [MEMBERS_VIEW, MEMBERS_INVITE, MEMBERS_IMPORT, MEMBERS_UPDATE,
		MEMBERS_DEACTIVATE, AUDIT_VIEW, WEBHOOKS_MANAGE]}) { secret } }`,
		map[string]any{"w": y.workspaces[0]}).text("createApiKey", "secret")
	y.employees = startEmployees(y)
	y.listeners = startListeners(y)
	return y
}

// playWeek lets the personnel system play until a week is done, and starts it again when it has
// crashed. A failed run fails the test at once: the weeks after it would tell nothing.
func (y *year) playWeek(size, week int) {
	y.t.Helper()
	script, err := filepath.Abs("../../../docs/partners/rehearse-year.mjs")
	if err != nil {
		y.t.Fatal(err)
	}
	seed := strconv.Itoa(int(y.seed))
	for crashes := 0; ; crashes++ {
		ctx, cancel := context.WithTimeout(y.t.Context(), 10*time.Minute)
		cmd := exec.CommandContext(ctx, "node", script, y.file, seed, strconv.Itoa(size),
			strconv.Itoa(week))
		cmd.Env = append(os.Environ(), "USHER_URL="+y.servers[0].url()+","+y.servers[1].url(),
			"USHER_KEY="+y.key, "USHER_WORKSPACE="+y.workspaces[0])
		out, err := cmd.CombinedOutput()
		cancel()
		if err == nil {
			y.t.Logf("%s", strings.TrimSpace(string(out)))
			return
		}
		// The script kills itself once in some weeks; otherwise it says what is wrong.
		if cmd.ProcessState.ExitCode() >= 0 || crashes > 2 {
			y.t.Fatalf("week %d: %v\n%s", week, err, out)
		}
		y.t.Logf("week %d: the personnel system crashed", week)
	}
}

// killAtRandom kills servers and workers, each kill up to twice so many seconds after the one
// before it, until it is told to stop. It then returns with all processes running.
func (y *year) killAtRandom(seconds int) (stop func()) {
	ctx, cancel := context.WithCancel(y.t.Context())
	var group sync.WaitGroup
	group.Go(func() {
		for number := 0; ; number++ {
			select {
			case <-ctx.Done():
				return
			case <-time.After(time.Duration(500+y.roll(2000*seconds)) * time.Millisecond):
			}
			// Work of a killed worker rests for up to a minute, so servers are killed more often.
			victims := y.servers
			if number%4 == 1 {
				victims = y.workers
			}
			victim := victims[y.roll(len(victims))]
			y.lock.Lock()
			y.kills = append(y.kills, time.Now())
			y.lock.Unlock()
			victim.kill()
			time.Sleep(time.Duration(y.roll(300)) * time.Millisecond)
			victim.start()
		}
	})
	return func() {
		cancel()
		group.Wait()
		for _, s := range y.servers {
			s.awaitReady()
		}
		y.t.Logf("%d kills", len(y.kills))
	}
}

// killedBetween tells whether a process was killed between two moments. The first moment is noted
// only after the process was answered, so a second before it counts too.
func (y *year) killedBetween(first, second time.Time) bool {
	y.lock.Lock()
	defer y.lock.Unlock()
	for _, at := range y.kills {
		if at.After(first.Add(-time.Second)) && at.Before(second) {
			return true
		}
	}
	return false
}

// count returns a number of the database.
func (y *year) count(query string, args ...any) (n int) {
	y.t.Helper()
	if err := y.db.QueryRow(query, args...).Scan(&n); err != nil {
		y.t.Fatalf("%v\n%s", err, query)
	}
	return n
}

// awaitZero waits until a count of the database is zero. It fails the test when the count has not
// changed for three minutes: work of a killed process goes on within a minute, and a second email to
// one mailbox waits a minute.
func (y *year) awaitZero(what, query string, args ...any) {
	y.t.Helper()
	last, since := -1, time.Now()
	for ; ; time.Sleep(200 * time.Millisecond) {
		n := y.count(query, args...)
		if n == 0 {
			return
		}
		if n != last {
			last, since = n, time.Now()
		}
		if time.Since(since) > 3*time.Minute {
			y.t.Fatalf("%d %s, for three minutes", n, what)
		}
	}
}

// settle waits until all emails were sent, and the employees have done what they tell them.
func (y *year) settle() {
	y.t.Helper()
	y.awaitZero("imports are running", `SELECT count(*) FROM import_batches
		WHERE status IN ('RUNNING', 'SCHEDULED', 'PREVIEWING')`)
	y.awaitZero("emails are not sent", `SELECT count(*) FROM mails WHERE status = 'QUEUED'`)
	_, week := y.readSource()
	y.employees.awaitAccepted(week)
	y.awaitZero("addresses are not confirmed", `SELECT count(*) FROM users
		WHERE pending_email_key IS NOT NULL AND pending_email_key <> email_key`)
	y.awaitZero("emails are not sent", `SELECT count(*) FROM mails WHERE status = 'QUEUED'`)
}
