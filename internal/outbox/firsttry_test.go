package outbox

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"log"
	"log/slog"
	"net"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/emersion/go-smtp"

	"usher/ent"
	entmail "usher/ent/mail"
	"usher/internal/mail"
	"usher/internal/store"
)

// stubborn is a mail server that does not answer to some recipients, and takes a few connections at
// most.
type stubborn struct {
	most int // connections; 0 for any number

	mu    sync.Mutex
	open  int
	worst int
	came  map[string]int
	quit  chan struct{}
}

type stubbornSession struct {
	*stubborn
	to string
}

func (s *stubborn) NewSession(*smtp.Conn) (smtp.Session, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.most > 0 && s.open >= s.most {
		return nil, &smtp.SMTPError{Code: 421, EnhancedCode: smtp.EnhancedCode{4, 7, 0},
			Message: "too many connections"}
	}
	s.open++
	s.worst = max(s.worst, s.open)
	return &stubbornSession{stubborn: s}, nil
}

func (s *stubbornSession) Reset()                               {}
func (s *stubbornSession) Mail(string, *smtp.MailOptions) error { return nil }
func (s *stubbornSession) Logout() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.open--
	return nil
}

func (s *stubbornSession) Rcpt(to string, _ *smtp.RcptOptions) error {
	s.to = to
	if strings.HasPrefix(to, "stall") {
		<-s.quit
	}
	return nil
}

func (s *stubbornSession) Data(r io.Reader) error {
	if _, err := io.ReadAll(r); err != nil {
		return err
	}
	time.Sleep(20 * time.Millisecond)
	s.mu.Lock()
	defer s.mu.Unlock()
	s.came[s.to]++
	return nil
}

func (s *stubborn) has(to string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.came[to] > 0
}

func (s *stubborn) count() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.came)
}

// serve starts the server and returns a sender that speaks to it.
func (s *stubborn) serve(t *testing.T) mail.Sender {
	t.Helper()
	s.came, s.quit = map[string]int{}, make(chan struct{})
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	server := smtp.NewServer(s)
	server.Domain, server.ErrorLog = "stubborn.test", log.New(io.Discard, "", 0)
	go func() { _ = server.Serve(listener) }()
	sender, err := mail.NewSMTP("smtp://"+listener.Addr().String(), "Usher <no-reply@usher.test>")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { close(s.quit); _ = sender.Close(); _ = server.Close() })
	return sender
}

// Recipients whose servers stall hold up nobody else: neither at their first try nor at the next
// ones.
func TestStalledRecipientsHoldUpNobody(t *testing.T) {
	onBoth(t, func(t *testing.T, db *store.Store) {
		server := &stubborn{}
		o := newOffice(t, db, server.serve(t)).start(t)
		for n := range 32 {
			o.post(t, to(fmt.Sprintf("stall%d@x.test", n)))
		}
		for _, name := range []string{"first@x.test", "second@x.test"} {
			o.post(t, to(name))
			posted := time.Now()
			for !server.has(name) {
				if time.Since(posted) > 5*time.Second {
					t.Fatalf("%s waits for longer than 5 s", name)
				}
				time.Sleep(20 * time.Millisecond)
			}
			// By then the stalled ones have failed for the first time and stall again.
			time.Sleep(sendTimeout + time.Second)
		}
	})
}

// A mail server that takes two connections gets two, and every mail; no mail is counted a failed
// try for it.
func TestAServerThatLimitsConnectionsGetsEveryMail(t *testing.T) {
	onBoth(t, func(t *testing.T, db *store.Store) {
		server := &stubborn{most: 2}
		o := newOffice(t, db, server.serve(t)).start(t)
		const mails = 150
		for n := range mails {
			o.post(t, to(fmt.Sprintf("person%d@x.test", n)))
		}
		for deadline := time.Now().Add(60 * time.Second); server.count() < mails; time.Sleep(
			50 * time.Millisecond) {
			if time.Now().After(deadline) {
				t.Fatalf("%d of %d mails came", server.count(), mails)
			}
		}
		o.row(t, "person0@x.test", is(entmail.StatusSent))
		if n := db.Mail.Query().Where(entmail.AttemptsGT(1)).CountX(asSystem(t.Context())); n > 0 {
			t.Errorf("%d mails are said to have failed before", n)
		}
	})
}

// A mail that was handed over before its process died, and whose reason is gone by the next try,
// counts as sent.
func TestAMailThatMayHaveLeftIsNotDropped(t *testing.T) {
	onBoth(t, func(t *testing.T, db *store.Store) {
		o := newOffice(t, db,
			&scripted{answers: []error{&mail.DeliveryError{Reason: "no answer", Unclear: true},
				nil}}).start(t)
		gone := make(chan struct{})
		o.Compose(mail.JoinApproved, func(context.Context, *ent.Mail) (mail.Content, Headers,
			error) {
			select {
			case <-gone:
				return mail.Content{}, Headers{}, ErrGone
			default:
				close(gone)
				return mail.Content{Locale: "en", Link: "https://usher.test/x",
					Workspace: mail.Workspace{Name: "Acme"}}, Headers{}, nil
			}
		})
		l := to("unclear@x.test")
		l.Kind = mail.JoinApproved
		o.post(t, l)
		o.row(t, "unclear@x.test", is(entmail.StatusSent))
	})
}

// A job that was interrupted may have handed its mail over.
func TestAnInterruptedTryMayHaveDelivered(t *testing.T) {
	onBoth(t, func(t *testing.T, db *store.Store) {
		o := newOffice(t, db, &scripted{answers: []error{nil}})
		l := to("killed@x.test")
		l.Note = "gone"
		o.post(t, l)
		// The process that worked it died: the queue gives the job to another one as its second
		// attempt.
		if _, err := db.DB().
			ExecContext(t.Context(), "UPDATE river_job SET attempt = 1"); err != nil {
			t.Fatal(err)
		}
		o.start(t).row(t, "killed@x.test", is(entmail.StatusSent))
	})
}

// Trouble with mail is one line a minute, with its count and its last reason, and an operator sees
// and ends the waiting.
func TestTroubleIsLoggedOnceInAWhileAndRetriedInBulk(t *testing.T) {
	onBoth(t, func(t *testing.T, db *store.Store) {
		s := &scripted{answers: []error{&mail.DeliveryError{Sender: true, Reason: "away"}}}
		var text bytes.Buffer
		var mu sync.Mutex
		o := newOffice(t, db, s)
		o.failures.log = slog.New(slog.NewTextHandler(writerFunc(func(b []byte) (int, error) {
			mu.Lock()
			defer mu.Unlock()
			return text.Write(b)
		}), nil))
		o.start(t)
		o.post(t, to("a@x.test"), to("b@y.test"), to("c@y.test"))
		waits := func(m *ent.Mail) bool { return m.Error != nil }
		for _, name := range []string{"a@x.test", "b@y.test", "c@y.test"} {
			if m := o.row(t, name, waits); m.Attempts != 0 || m.Status != entmail.StatusQueued {
				t.Errorf("%s: %s after %d attempts", name, m.Status, m.Attempts)
			}
		}
		mu.Lock()
		if n := strings.Count(text.String(), "email delivery failing"); n != 1 ||
			!strings.Contains(text.String(), "reason=away") {
			t.Errorf("log: %s", text.String())
		}
		mu.Unlock()
		if all, err := o.Undelivered(t.Context(), Selection{Domain: "y.test"}, 10); err != nil ||
			len(all) != 2 {
			t.Errorf("%d listed, %v", len(all), err)
		}
		s.mu.Lock()
		s.answers, s.ids = []error{nil}, nil
		s.mu.Unlock()
		if n, err := o.RetryAll(t.Context(), Selection{}); err != nil || n != 3 {
			t.Errorf("%d retried, %v", n, err)
		}
		for _, name := range []string{"a@x.test", "b@y.test", "c@y.test"} {
			o.row(t, name, is(entmail.StatusSent))
		}
	})
}

type writerFunc func([]byte) (int, error)

func (f writerFunc) Write(b []byte) (int, error) { return f(b) }
