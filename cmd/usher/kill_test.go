package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"log"
	"math/rand/v2"
	"net"
	"os"
	"os/exec"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/emersion/go-smtp"

	"usher/ent"
	"usher/ent/auditevent"
	"usher/ent/importbatch"
	"usher/ent/importrow"
	"usher/ent/invitation"
	"usher/ent/mail"
	"usher/internal/apptest"
	"usher/internal/audit"
	"usher/internal/ident"
	"usher/internal/imports"
	"usher/internal/store"
)

// asCommand is the variable that makes of the test binary the command that it tests: what is killed
// below is main itself.
const asCommand = "USHER_TEST_AS_COMMAND"

func TestMain(m *testing.M) {
	if os.Getenv(asCommand) != "" {
		main()
		return
	}
	os.Exit(m.Run())
}

// post is a mail server that counts: by address, the Message-IDs that came.
type post struct {
	sync.Mutex
	came map[string][]string
	all  int
}

type postSession struct {
	*post
	to string
}

func (s *postSession) Reset()                                    {}
func (s *postSession) Logout() error                             { return nil }
func (s *postSession) Mail(string, *smtp.MailOptions) error      { return nil }
func (s *postSession) Rcpt(to string, _ *smtp.RcptOptions) error { s.to = to; return nil }
func (p *post) NewSession(*smtp.Conn) (smtp.Session, error) {
	return &postSession{post: p}, nil
}
func (p *post) count() int {
	p.Lock()
	defer p.Unlock()
	return p.all
}

// Data takes a message; what is said before its last byte has come is not heard.
func (s *postSession) Data(r io.Reader) error {
	text, err := io.ReadAll(r)
	if err != nil {
		return err
	}
	_, rest, _ := bytes.Cut(text, []byte("\nMessage-ID:"))
	id, _, _ := bytes.Cut(rest, []byte("\n"))
	s.Lock()
	defer s.Unlock()
	s.came[s.to] = append(s.came[s.to], strings.TrimSpace(string(id)))
	s.all++
	return nil
}

// victim is an Usher in a process of its own, on a database that the test looks at.
type victim struct {
	*apptest.Place
	env  []string
	log  bytes.Buffer
	proc *exec.Cmd
}

// start runs a command of the binary.
func (v *victim) start(command string) {
	v.T.Helper()
	v.proc = exec.Command(os.Args[0], command)
	v.proc.Env, v.proc.Stdout, v.proc.Stderr = v.env, &v.log, &v.log
	if err := v.proc.Start(); err != nil {
		v.T.Fatal(err)
	}
}

// kill ends the process as a crash of the machine would: with a signal that no process can catch.
func (v *victim) kill() {
	v.T.Helper()
	if err := v.proc.Process.Kill(); err != nil {
		v.T.Fatal(err)
	}
	if err := v.proc.Wait(); err == nil {
		v.T.Fatal("the process had ended by itself")
	}
}

// inherit gives a dead process's work to the next one at once. The queue does so within a minute,
// as its own tests show; twenty deaths need not take twenty.
func (v *victim) inherit() {
	v.T.Helper()
	for _, statement := range []string{"UPDATE river_job SET state = 'available' WHERE state IN ('running', 'retryable')", "DELETE FROM river_leader"} {
		if _, err := v.Store.DB().ExecContext(v.T.Context(), statement); err != nil {
			v.T.Fatal(err)
		}
	}
}

// fromEnv is a number of the environment, or another one.
func fromEnv(t *testing.T, name string, otherwise int) int {
	t.Helper()
	n, err := strconv.Atoi(os.Getenv(name))
	if os.Getenv(name) == "" {
		return otherwise
	}
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// An import whose process is killed again and again, while it is read, while its people are invited
// and while their emails leave, still does each row once (BAT-5). The largest import is tested by
//
//	USHER_TEST_KILLS=20 USHER_TEST_ROWS=100000 go test ./cmd/usher -run KilledImport -v -timeout 2h
//
// USHER_TEST_SEED repeats a run that failed, as far as processes allow.
func TestAKilledImportDoesEachRowOnce(t *testing.T) {
	t.Parallel()
	kills, rows := fromEnv(t, "USHER_TEST_KILLS", 4), fromEnv(t, "USHER_TEST_ROWS", 2_200)
	seed := fromEnv(t, "USHER_TEST_SEED", int(time.Now().UnixNano()&0xFFFFFF))
	for _, kind := range []string{"sqlite", "postgres"} {
		t.Run(kind, func(t *testing.T) {
			t.Parallel()
			t.Logf("USHER_TEST_SEED=%d", seed)
			murder(t, kind, rows, kills, rand.New(rand.NewPCG(uint64(seed), 0)))
		})
	}
}

func murder(t *testing.T, kind string, rows, kills int, dice *rand.Rand) {
	sink := &post{came: map[string][]string{}}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	server := smtp.NewServer(sink)
	// clients that die are no news
	server.Domain, server.ErrorLog = "sink.test", log.New(io.Discard, "", 0)
	go func() { _ = server.Serve(listener) }()
	t.Cleanup(func() { _ = server.Close() })

	database := apptest.Database(t, kind)
	v := &victim{Place: apptest.On(t, database, apptest.WithoutWorker).Found("Acme", "acme"),
		env: append(os.Environ(),
			asCommand+"=1", "USHER_DATABASE_URL="+database,
			"USHER_SECRET="+strings.Repeat("AQID", 16),
			"USHER_ADDR=127.0.0.1:0",
			"USHER_PUBLIC_URL=http://127.0.0.1:8080", "USHER_SMTP_URL=smtp://"+listener.Addr().
				String(),
			"USHER_MAIL_FROM=Usher <no-reply@usher.test>")}
	t.Cleanup(func() {
		if v.proc != nil && v.proc.ProcessState == nil {
			_ = v.proc.Process.Kill()
			_ = v.proc.Wait()
		}
		if t.Failed() {
			t.Logf("the processes said:\n%s", v.log.String())
		}
	})

	b := v.upload(rows)
	// A unit of work is a row read, a row done, a mail come. When so much of it is done, the
	// process dies.
	deaths := make([]int, kills)
	for i := range deaths {
		deaths[i] = dice.IntN(3*rows - rows/10)
	}
	slices.Sort(deaths)
	begun, died, told := time.Now(), []string{}, time.Now()
	commands := []string{"serve", "worker"}
	v.start(commands[0])
	patience := time.Minute + time.Duration(kills)*10*time.Second +
		time.Duration(rows)*20*time.Millisecond
	for {
		if time.Since(begun) > patience {
			t.Fatalf("not done after %s: %s, %d mails", patience, v.batch(b).Status, sink.count())
		}
		now := v.batch(b)
		if now.Status == importbatch.StatusPreviewed {
			if _, err := v.Imports.StartImport(t.Context(), v.Caller(v.Admin),
				imports.StartInput{ID: b}); err != nil {
				t.Fatal(err)
			}
			continue
		}
		work := v.read(b) + now.ProcessedRows + sink.count()
		if time.Since(told) > 30*time.Second {
			told = time.Now()
			t.Logf("%s: %s, %d of %d units", time.Since(begun).Round(time.Second), now.Status,
				work, 3*rows)
		}
		switch {
		case len(deaths) > 0 && work >= deaths[0]:
			// Work is seen when it is committed. The next transaction takes half a second or so:
			// death comes anywhere in it.
			time.Sleep(time.Duration(dice.IntN(1000)) * time.Millisecond)
			v.kill()
			died = append(died, fmt.Sprintf("%s at %d of %d", v.batch(b).Status, work, 3*rows))
			deaths = deaths[1:]
			v.inherit()
			v.start(commands[len(died)%2])
		case len(deaths) == 0 && now.Status == importbatch.StatusCompleted && v.owed() == 0:
			v.kill()
			t.Logf("killed %d times (%s); done after %s", len(died), strings.Join(died, ", "),
				time.Since(begun).Round(100*time.Millisecond))
			v.holds(b, rows)
			v.received(sink, rows, kills)
			return
		case now.Status == importbatch.StatusFailed:
			t.Fatalf("the import failed: %v", *now.Failure)
		}
		time.Sleep(10 * time.Millisecond)
	}
}

// upload makes an import of so many people, to be processed by any worker.
func (v *victim) upload(rows int) ident.ID {
	v.T.Helper()
	var text strings.Builder
	text.WriteString("last name,first name,email,additional info\n")
	for i := range rows { // long enough that it is not read in the request
		fmt.Fprintf(&text, "Last%d,First%d,person%d@crowd.test,%s\n", i, i, i,
			strings.Repeat("x", max(0, 400_000/rows-40)))
	}
	b, err := v.Imports.CreateImport(v.T.Context(), v.Caller(v.Admin), imports.ImportInput{
		WorkspaceID: v.Workspace.ID, Source: importbatch.SourceFile, FileName: "people.csv",
		Content: strings.NewReader(text.String()),
		Size:    int64(text.Len()), Action: importbatch.ActionInvite,
		Existing: importbatch.ExistingSkip,
	})
	if err != nil {
		v.T.Fatal(err)
	}
	return b.ID
}

func (v *victim) batch(id ident.ID) *ent.ImportBatch {
	v.T.Helper()
	b, err := v.Store.ImportBatch.Get(v.In(), id)
	if err != nil {
		v.T.Fatal(err)
	}
	return b
}

// read is how many rows of the file are written down. They are numbered from 2, behind the header.
func (v *victim) read(id ident.ID) int {
	v.T.Helper()
	last, err := v.Store.ImportRow.Query().Where(importrow.ImportID(id)).
		Order(ent.Desc(importrow.FieldNumber)).First(v.In())
	if ent.IsNotFound(err) {
		return 0
	}
	if err != nil {
		v.T.Fatal(err)
	}
	return last.Number - 1
}

// system is a look at all workspaces.
func (v *victim) system() context.Context { return store.AsSystem(v.T.Context(), "a test looks") }

// owed is how many mails have not left.
func (v *victim) owed() int {
	v.T.Helper()
	n, err := v.Store.Mail.Query().Where(mail.StatusEQ(mail.StatusQueued)).Count(v.system())
	if err != nil {
		v.T.Fatal(err)
	}
	return n
}

// holds counts what the database says: each row once, and nothing twice.
func (v *victim) holds(id ident.ID, rows int) {
	v.T.Helper()
	b := v.batch(id)
	counted := map[string]int{
		"rows done": v.Store.ImportRow.Query().Where(importrow.ImportID(id),
			importrow.Done(true), importrow.OutcomeEQ(importrow.OutcomeInvite)).CountX(v.In()),
		"rows":        v.Store.ImportRow.Query().Where(importrow.ImportID(id)).CountX(v.In()),
		"invitations": v.Store.Invitation.Query().CountX(v.In()),
		"pending": v.Store.Invitation.Query().
			Where(invitation.StatusEQ(invitation.StatusPending), invitation.ImportID(id)).
			CountX(v.In()),
		"delivered": v.Store.Invitation.Query().
			Where(invitation.DeliveryStatusEQ(invitation.DeliveryStatusSent)).CountX(v.In()),
		"mails": v.Store.Mail.Query().Where(mail.Kind("invitation")).CountX(v.system()),
		"mails sent": v.Store.Mail.Query().Where(mail.Kind("invitation"),
			mail.StatusEQ(mail.StatusSent), mail.Attempts(1)).CountX(v.system()),
		"audit of people": v.Store.AuditEvent.Query().
			Where(auditevent.ActionEQ(string(audit.InvitationMade))).CountX(v.In()),
		"total": b.TotalRows, "processed": b.ProcessedRows, "invited": b.InviteCount,
		"to mail": b.EmailsToSend,
	}
	var of []struct {
		Key string `sql:"email_key"`
	}
	if err := v.Store.Invitation.Query().GroupBy(invitation.FieldEmailKey).
		Scan(v.In(), &of); err != nil {
		v.T.Fatal(err)
	}
	counted["people invited"] = len(of)
	var to []struct {
		Key ident.ID `sql:"invitation_id"`
	}
	if err := v.Store.Mail.Query().Where(mail.Kind("invitation")).GroupBy(mail.FieldInvitationID).
		Scan(v.system(), &to); err != nil {
		v.T.Fatal(err)
	}
	counted["invitations mailed"] = len(to)
	for what, n := range counted {
		if n != rows {
			v.T.Errorf("%s: %d, want %d", what, n, rows)
		}
	}
	for what, n := range map[string]int{
		"ends": v.Store.AuditEvent.Query().Where(auditevent.SubjectID(id),
			auditevent.ActionEQ(string(audit.ImportDone))).CountX(v.In()),
		"digests": v.Store.Mail.Query().Where(mail.Kind("import_digest")).CountX(v.system()),
	} {
		if n != 1 {
			v.T.Errorf("%s: %d, want 1", what, n)
		}
	}
	if b.ErrorCount+b.UnchangedCount+b.CreateCount+b.UpdateCount != 0 {
		v.T.Errorf("%+v", b)
	}
	if v.Store.Dialect() != "postgres" {
		var sound string
		if err := v.Store.DB().QueryRowContext(v.T.Context(), "PRAGMA integrity_check").
			Scan(&sound); err != nil || sound != "ok" {
			v.T.Errorf("the file is damaged: %s, %v", sound, err)
		}
	}
}

// received counts what came to the mail server: everybody's mail, and of one mail at most a copy
// more for each death, under the same Message-ID.
func (v *victim) received(sink *post, rows, kills int) {
	v.T.Helper()
	sink.Lock()
	defer sink.Unlock()
	people, copies := 0, 0
	for to, ids := range sink.came {
		if !strings.HasSuffix(to, "@crowd.test") {
			continue
		}
		people++
		copies += len(ids) - 1
		if len(ids) > 1+kills || len(slices.Compact(slices.Clone(ids))) != 1 || ids[0] == "" {
			v.T.Errorf("%s got %q", to, ids)
		}
	}
	v.T.Logf("%d mails came, %d of them copies", people+copies, copies)
	if people != rows {
		v.T.Errorf("%d people got mail, want %d", people, rows)
	}
	// as many as are on their way at a time: first tries, and those that stall
	if most := 36 * kills; copies > most {
		v.T.Errorf("%d copies of %d deaths", copies, kills)
	}
}
