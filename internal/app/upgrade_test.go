package app_test

import (
	"compress/gzip"
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"usher/ent"
	"usher/ent/auditevent"
	"usher/ent/importbatch"
	"usher/ent/importrow"
	"usher/ent/mail"
	"usher/internal/apptest"
	"usher/internal/cookie"
	"usher/internal/ident"
	"usher/internal/store"
	"usher/internal/testkit"
)

// formerDatabase is the folder of a database that commit 49bfeb4 made, on both engines. What it
// stores is a contract: job kinds and arguments, grants, audit actions, link purposes, labels of
// derived keys. See docs/architecture.md, "Stored words".
const formerDatabase = "testdata/upgrade/49bfeb4"

// formerFacts is what a database cannot say of itself: its secret, and what left it by email.
type formerFacts struct {
	MadeAt    time.Time         `json:"madeAt"`
	PublicURL string            `json:"publicUrl"`
	Secret    string            `json:"secret"`
	Password  string            `json:"password"`
	Workspace ident.ID          `json:"workspace"`
	Links     map[string]string `json:"links"`     // paths
	Tokens    map[string]string `json:"tokens"`    //
	Passwords map[string]string `json:"passwords"` // by login
	IDs       map[string]string `json:"ids"`       //
	Queued    map[string]string `json:"queued"`    // address → kind of the email that waits
	Counts    map[string]int    `json:"counts"`    // rows of each table that was not empty
	Audit     map[string]int    `json:"audit"`     // events by action
}

// formerInstallation is an Usher of today on a database of then.
type formerInstallation struct {
	*apptest.Place
	facts formerFacts
}

// TestADatabaseOfAnEarlierReleaseIsUpgraded restores the database, migrates it, and goes on where
// 49bfeb4 stopped. The clock starts a minute after the database was made, so that its links are
// valid whenever the test runs.
func TestADatabaseOfAnEarlierReleaseIsUpgraded(t *testing.T) {
	t.Parallel()
	for _, kind := range []string{"sqlite", "postgres"} {
		t.Run(kind, func(t *testing.T) {
			t.Parallel()
			f := restoreFormer(t, kind)
			f.checkRows()
			f.CheckSearched() // filled by migrations, in SQL and in Go
			f.checkSignIns()
			f.checkPages()

			if err := f.Queue.Start(context.Background()); err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() {
				ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
				defer cancel()
				_ = f.Queue.Stop(ctx)
			})
			f.checkImports()
			f.checkEmails()
			f.checkLinks()
			f.checkSessionEmail()
			f.checkHistory()
			f.CheckSearched()
		})
	}
}

// restoreFormer puts the database of one engine in place, migrates it, and runs Usher on it. The
// worker starts later, so that the first checks find what was stored.
func restoreFormer(t *testing.T, kind string) *formerInstallation {
	t.Helper()
	f := &formerInstallation{}
	raw, err := os.ReadFile(filepath.Join(formerDatabase, kind+".json"))
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(raw, &f.facts); err != nil {
		t.Fatal(err)
	}
	var databaseURL string
	if kind == "sqlite" {
		path := filepath.Join(t.TempDir(), "usher.db")
		if err := os.WriteFile(path, unzipped(t, "sqlite.db.gz"), 0o600); err != nil {
			t.Fatal(err)
		}
		databaseURL = "sqlite:" + path
	} else {
		databaseURL = testkit.Postgres(t)
		db, err := sql.Open("postgres", databaseURL)
		if err != nil {
			t.Fatal(err)
		}
		defer db.Close()
		if _, err := db.Exec(string(unzipped(t, "postgres.sql.gz"))); err != nil {
			t.Fatal(err)
		}
	}
	s, err := store.Open(databaseURL)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	if err := s.Migrate(t.Context()); err != nil {
		t.Fatal(err)
	}
	k := apptest.On(t, databaseURL, apptest.WithoutWorker, apptest.WithSecret(f.facts.Secret),
		apptest.WithPublicURL(f.facts.PublicURL),
		apptest.WithTime(f.facts.MadeAt.Add(time.Minute)))
	f.Place = &apptest.Place{Kit: k}
	here := store.InWorkspace(t.Context(), f.facts.Workspace)
	if f.Workspace, err = k.Store.Workspace.Get(here, f.facts.Workspace); err != nil {
		t.Fatal(err)
	}
	return f
}

func unzipped(t *testing.T, name string) []byte {
	t.Helper()
	file, err := os.Open(filepath.Join(formerDatabase, name))
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	z, err := gzip.NewReader(file)
	if err != nil {
		t.Fatal(err)
	}
	all, err := io.ReadAll(z)
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// waitFor waits longer than Eventually: many emails and passwords stand in the queue.
func (f *formerInstallation) waitFor(what string, holds func() bool) {
	f.T.Helper()
	for end := time.Now().Add(3 * time.Minute); !holds(); time.Sleep(50 * time.Millisecond) {
		if time.Now().After(end) {
			f.T.Fatalf("not in three minutes: %s", what)
		}
	}
}

// asAdmin sends a mutation on one object as the administrator.
func (f *formerInstallation) asAdmin(mutation, argument, id string) {
	f.T.Helper()
	admin := f.SignIn("admin@acme.test", f.facts.Password)
	f.Must(admin, `mutation($i: ID!) { `+mutation+`(input: {`+argument+`: $i}) { __typename } }`,
		map[string]any{"i": id}, nil)
}

// system reads beyond the workspace.
func (f *formerInstallation) system() context.Context {
	return store.AsSystem(f.T.Context(), "a test looks")
}

// checkRows expects every row of then. A migration that drops or splits a table says so here.
func (f *formerInstallation) checkRows() {
	f.T.Helper()
	tables := f.Snapshot()
	for table, n := range f.facts.Counts {
		if len(tables[table]) != n {
			f.T.Errorf("%s has %d rows, had %d", table, len(tables[table]), n)
		}
	}
	f.checkAudit()
}

// checkAudit expects every event of then; the jobs only add to them.
func (f *formerInstallation) checkAudit() {
	f.T.Helper()
	for action, n := range f.facts.Audit {
		found, err := f.Store.AuditEvent.Query().Where(auditevent.Action(action)).Count(f.system())
		if err != nil || found < n {
			f.T.Errorf("%d events of %s, there were %d (%v)", found, action, n, err)
		}
	}
}

// checkSignIns expects that tokens of then are valid, and that a refresh token that was used before
// ends its sign-in.
func (f *formerInstallation) checkSignIns() {
	f.T.Helper()
	const viewer = `{ viewer { user { email } } }`
	var who struct {
		Viewer struct{ User struct{ Email string } }
	}
	f.Must(f.facts.Tokens["access"], viewer, nil, &who)
	if who.Viewer.User.Email != "admin@acme.test" {
		f.T.Errorf("the access token is of %q", who.Viewer.User.Email)
	}

	const refresh = `mutation($t: String) { refreshSession(input: {refreshToken: $t}) { auth { accessToken } } }`
	var fresh struct {
		RefreshSession struct{ Auth struct{ AccessToken string } }
	}
	f.Must("", refresh, map[string]any{"t": f.facts.Tokens["refresh"]}, &fresh)
	f.Must(fresh.RefreshSession.Auth.AccessToken, viewer, nil, &who)
	if who.Viewer.User.Email != "bob@acme.test" {
		f.T.Errorf("the refresh token is of %q", who.Viewer.User.Email)
	}
	used := f.Ask("", refresh, map[string]any{"t": f.facts.Tokens["refreshUsed"]})
	if used.Code() != "UNAUTHENTICATED" {
		f.T.Errorf("a former refresh token: %s", used.Body)
	}
	over := f.Ask(fresh.RefreshSession.Auth.AccessToken, viewer, nil)
	if strings.Contains(over.Body, "bob@acme.test") {
		f.T.Error("its reuse did not end the sign-in")
	}
}

// checkPages opens every link. Opening changes nothing.
func (f *formerInstallation) checkPages() {
	f.T.Helper()
	for name, want := range map[string]struct {
		status int
		says   string
	}{
		"invitation":       {http.StatusOK, "pat@example.org"},
		"invitationCopied": {http.StatusOK, "pat@example.org"},
		"accepted":         {http.StatusOK, "This invitation has been used"},
		"cancelled":        {http.StatusOK, "was withdrawn"},
		"expired":          {http.StatusOK, "has expired"},
		"preferences":      {http.StatusOK, "Workspace acme"},
		"join":             {http.StatusOK, "example.org"},
		"joinFormer":       {http.StatusOK, "example.org"},
		"joinConfirmation": {http.StatusOK, "jo@example.org"},
		"passwordReset":    {http.StatusOK, "new password"},
		"setPassword":      {http.StatusOK, "new password"},
		"emailChange":      {http.StatusOK, "Confirm your new address"},
		"card":             {http.StatusOK, "kim.card"},
	} {
		status, body := f.open(f.facts.Links[name], "")
		if status != want.status || !strings.Contains(body, want.says) {
			f.T.Errorf("%s: %d, without %q:\n%s", name, status, want.says, body)
		}
	}
	status, body := f.open("/", f.facts.Tokens["cookie"])
	if status != http.StatusOK || !strings.Contains(body, "Workspace acme") {
		f.T.Errorf("the home page of who has a cookie: %d\n%s", status, body)
	}
}

// open gets a page in English.
func (f *formerInstallation) open(path, refreshToken string) (int, string) {
	f.T.Helper()
	req, err := http.NewRequestWithContext(f.T.Context(), http.MethodGet,
		f.URL+path+"?lang=en", nil)
	if err != nil {
		f.T.Fatal(err)
	}
	if refreshToken != "" {
		req.AddCookie(&http.Cookie{Name: cookie.PolicyFor(f.Settings.PublicURL).Name(""), Value: refreshToken})
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		f.T.Fatal(err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		f.T.Fatal(err)
	}
	return resp.StatusCode, string(body)
}

// checkImports expects that the job of the half-run import finishes it, that the other imports can
// be resumed, started and undone, and that the passwords that waited under seal work.
func (f *formerInstallation) checkImports() {
	f.T.Helper()
	f.finished("importHalfRun", 110)
	f.asAdmin("resumeImport", "importId", f.facts.IDs["importPaused"])
	f.finished("importPaused", 3)
	f.asAdmin("startImport", "importId", f.facts.IDs["importPreviewed"])
	f.finished("importPreviewed", 3)
	for login, password := range f.facts.Passwords {
		if strings.HasPrefix(password, "sealed") {
			f.SignIn(login, password)
		}
	}
	f.asAdmin("undoImport", "importId", f.facts.IDs["importDone"])
	f.waitFor("the undo", func() bool {
		return f.batch("importDone").Status == importbatch.StatusUndone
	})
}

func (f *formerInstallation) batch(name string) *ent.ImportBatch {
	f.T.Helper()
	id, err := ident.Parse(f.facts.IDs[name])
	if err != nil {
		f.T.Fatal(err)
	}
	row, err := f.Store.ImportBatch.Get(f.In(), id)
	if err != nil {
		f.T.Fatal(err)
	}
	return row
}

// finished waits for an import and expects each of its rows done once.
func (f *formerInstallation) finished(name string, rows int) {
	f.T.Helper()
	f.waitFor(name+" is completed", func() bool {
		return f.batch(name).Status == importbatch.StatusCompleted
	})
	b := f.batch(name)
	created, err := f.Store.ImportRow.Query().Where(
		importrow.ImportID(b.ID), importrow.Done(true),
		importrow.OutcomeEQ(importrow.OutcomeCreate),
	).Count(f.In())
	if err != nil || created != rows || b.ProcessedRows != rows {
		f.T.Errorf("%s: %d of %d rows made an account, %d were counted (%v)",
			name, created, rows, b.ProcessedRows, err)
	}
}

// checkEmails expects that each email that waited arrives, and that none that had left goes out
// again.
func (f *formerInstallation) checkEmails() {
	f.T.Helper()
	f.waitFor("all emails have left", func() bool {
		n, err := f.Store.Mail.Query().
			Where(mail.StatusEQ(mail.StatusQueued), mail.KindNEQ("session_invitation")).
			Count(f.system())
		if err != nil {
			f.T.Fatal(err)
		}
		return n == 0
	})
	received := map[string]int{}
	for _, m := range f.Box.Messages() {
		for _, to := range m.To {
			received[to]++
		}
	}
	for email, kind := range f.facts.Queued {
		sent, err := f.Store.Mail.Query().
			Where(mail.ToKey(email), mail.Kind(kind), mail.StatusEQ(mail.StatusSent)).
			Count(f.system())
		if err != nil || sent != 1 || received[email] == 0 {
			f.T.Errorf("the %s to %s: %d sent, %d received (%v)", kind, email, sent,
				received[email], err)
		}
	}
	if n := received["cancelled@example.org"] + received["late@example.org"]; n > 0 {
		f.T.Errorf("%d emails that had left went out again", n)
	}
	failed, err := f.Store.Mail.Query().
		Where(mail.StatusIn(mail.StatusFailed, mail.StatusDropped)).All(f.system())
	if err != nil {
		f.T.Fatal(err)
	}
	// One was refused before; of another, the member completed the session before the email left.
	for _, m := range failed {
		if m.To != "reject@example.org" && m.To != "bob@acme.test" {
			f.T.Errorf("%s: the %s to %s", m.Status, m.Kind, m.To)
		}
	}
}

// checkLinks uses every link for what it is for.
func (f *formerInstallation) checkLinks() {
	f.T.Helper()
	token := func(link string) string { return apptest.Token(f.facts.Links[link]) }
	do := func(mutation string, variables map[string]any) {
		f.Must("", mutation, variables, nil)
	}
	do(`mutation($t: String!, $p: String!) {
		acceptInvitation(input: {token: $t, firstName: "Pat", lastName: "Late", password: $p}) { member { id } }
	}`, map[string]any{"t": token("invitation"), "p": f.facts.Password})
	pat := f.Member("pat@example.org")
	if pat == nil {
		f.T.Fatal("pat did not come in")
	}
	// the learner's and a role of the workspace's own, and what is inherited
	held := f.Holds(pat.ID)
	if len(held) != 3 || !slices.Contains(held, "learner@Class") ||
		!slices.Contains(held, "learner@School^") {
		f.T.Errorf("pat holds %s", held)
	}
	user := f.User("pat@example.org")
	got := fmt.Sprintln(pat.Labels, pat.CustomFields, *pat.AdditionalInfo, pat.Edges.OrgUnit.Name,
		*user.Locale)
	if got != "[vip] map[badge:7] Needs a locker North fr\n" {
		f.T.Errorf("pat has %s", got)
	}
	if !user.EmailProven {
		f.T.Error("the emailed link verified nothing")
	}

	do(`mutation($t: String!, $p: String!) {
		confirmJoin(input: {token: $t, password: $p}) { status }
	}`, map[string]any{"t": token("joinConfirmation"), "p": f.facts.Password})
	f.SignIn("jo@example.org", f.facts.Password)
	var waiting struct {
		Workspace struct {
			JoinRequests struct {
				Edges []struct{ Node struct{ ID string } }
			}
		}
	}
	admin := f.SignIn("admin@acme.test", f.facts.Password)
	f.Must(admin, `{ workspace(slug: "acme") {
		joinRequests(first: 10, filter: {status: [WAITING]}) { edges { node { id } } }
	} }`, nil, &waiting)
	requests := waiting.Workspace.JoinRequests.Edges
	if len(requests) != 1 {
		f.T.Fatalf("%d requests wait for approval", len(requests))
	}
	f.asAdmin("approveJoinRequest", "joinRequestId", requests[0].Node.ID)
	f.SignIn("jill@example.org", f.facts.Password)

	const reset = `mutation($t: String!, $p: String!) {
		resetPassword(input: {token: $t, password: $p}) { auth { accessToken } }
	}`
	const chosen = "a password of my own"
	do(reset, map[string]any{"t": token("passwordReset"), "p": chosen})
	f.SignIn("bob@acme.test", chosen)
	do(reset, map[string]any{"t": token("setPassword"), "p": chosen})
	f.SignIn("owner@third.test", chosen)
	do(`mutation($t: String!, $p: String!) { confirmEmailChange(input: {token: $t, newPassword: $p}) { __typename } }`,
		map[string]any{"t": token("emailChange"), "p": chosen})
	f.SignIn("zoe.new@acme.test", chosen)
	do(`mutation($t: String!, $n: String!, $p: String!) {
		redeemCard(input: {token: $t, pin: $n, password: $p}) { auth { accessToken } }
	}`, map[string]any{"t": token("card"), "n": f.facts.Tokens["pin"], "p": chosen})

	f.SignIn("cora@acme.test", f.facts.Passwords["cora@acme.test"])
	carl := f.Received("carl@acme.test", 1).Text
	_, after, found := strings.Cut(carl, "One-time password")
	if !found {
		f.T.Fatalf("no password in %s", carl)
	}
	f.SignIn("carl@acme.test", strings.Trim(strings.SplitN(after, "\n", 2)[0], " :\r\t"))
}

// checkSessionEmail moves the session that starts in ten years into the past, so that the emails
// that were held for it go out.
func (f *formerInstallation) checkSessionEmail() {
	f.T.Helper()
	received := len(f.Box.Messages())
	started := f.Clock.Now().Add(-time.Minute).UTC().Format(time.RFC3339)
	f.Must(f.SignIn("admin@acme.test", f.facts.Password), `mutation($i: ID!, $s: Time) {
		updateSession(input: {sessionId: $i, startsAt: $s}) { session { id } }
	}`, map[string]any{"i": f.facts.IDs["laterSession"], "s": started}, nil)
	f.waitFor("the emails about the session", func() bool {
		queued, err := f.Store.Mail.Query().Where(mail.StatusEQ(mail.StatusQueued)).
			Count(f.system())
		if err != nil {
			f.T.Fatal(err)
		}
		return queued == 0
	})
	for _, m := range f.Box.Messages()[received:] {
		if m.To[0] == "quinn@example.org" && strings.Contains(m.Text, "Later") {
			return
		}
	}
	f.T.Error("nobody was told of the session")
}

// checkHistory expects the history of then and of now in one list.
func (f *formerInstallation) checkHistory() {
	f.T.Helper()
	f.checkAudit()
	var out struct {
		Node struct{ History []struct{ Action string } }
	}
	f.Must(f.SignIn("admin@acme.test", f.facts.Password), `query($i: ID!) { node(id: $i) { ... on Invitation {
		history { action } } } }`, map[string]any{"i": f.facts.IDs["invitation"]}, &out)
	actions := make([]string, len(out.Node.History))
	for i, e := range out.Node.History {
		actions[i] = e.Action
	}
	if got := strings.Join(actions, " "); got != "INVITATION_ACCEPTED MEMBER_JOINED INVITATION_SENT INVITATION_MADE" {
		f.T.Errorf("the history of the invitation is %q", got)
	}
}
