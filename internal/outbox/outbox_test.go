package outbox

import (
	"context"
	"errors"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"usher/ent"
	entmail "usher/ent/mail"
	"usher/internal/fault"
	"usher/internal/ident"
	"usher/internal/mail"
	"usher/internal/store"
	"usher/internal/testkit/probe"
)

func TestAPostedMailIsSentWithinFiveSecondsOfTheCommit(t *testing.T) {
	onBoth(t, func(t *testing.T, db *store.Store) {
		box, sender := real(t)
		o := newOffice(t, db, sender).start(t)
		posted := time.Now()
		o.post(t, to("zoe@x.test"))
		got := arrived(t, box, "zoe@x.test", 1)[0]
		if took := time.Since(posted); took > 5*time.Second {
			t.Errorf("took %s", took)
		}
		m := o.row(t, "zoe@x.test", is(entmail.StatusSent))
		if want := "<" + m.ID.String() + "@usher.test>"; got.Header("Message-ID") != want {
			t.Errorf("Message-ID %s, not %s", got.Header("Message-ID"), want)
		}
		if m.SentAt == nil || m.Attempts != 1 || m.Error != nil || len(o.heard) != 1 ||
			o.heard[0] != "SENT 1" {
			t.Errorf("row %+v, heard %q", m, o.heard)
		}
	})
}

// MAI-1: an email is queued in the transaction that caused it.
func TestWhatWasRolledBackIsNeverSent(t *testing.T) {
	onBoth(t, func(t *testing.T, db *store.Store) {
		box, sender := real(t)
		o := newOffice(t, db, sender).start(t)
		sorry := errors.New("sorry")
		err := db.WithTx(t.Context(), func(tx *store.Tx) error {
			if err := o.Post(t.Context(), tx, to("never@x.test")); err != nil {
				return err
			}
			return sorry
		})
		if !errors.Is(err, sorry) {
			t.Fatal(err)
		}
		o.post(t, to("after@x.test"))
		arrived(t, box, "after@x.test", 1)
		if n := db.Mail.Query().CountX(asSystem(t.Context())); n != 1 || len(box.Messages()) != 1 {
			t.Errorf("%d rows, %d mails", n, len(box.Messages()))
		}
	})
}

func TestARefusedMailFailsWithTheServersWordsAndDelaysNoOther(t *testing.T) {
	onBoth(t, func(t *testing.T, db *store.Store) {
		box, sender := real(t)
		o := newOffice(t, db, sender).start(t)
		o.post(t, to("reject@x.test"), to("tempfail@x.test"), to("good@x.test"))
		arrived(t, box, "good@x.test", 1)
		m := o.row(t, "reject@x.test", is(entmail.StatusFailed))
		if m.Attempts != 1 || m.Error == nil || !strings.Contains(*m.Error, "mailbox") {
			t.Errorf("%d attempts, error %v", m.Attempts, m.Error)
		}
		m = o.row(t, "tempfail@x.test", func(m *ent.Mail) bool { return m.Attempts > 2 })
		if m.Status != entmail.StatusQueued || m.Error == nil {
			t.Errorf("%s, error %v", m.Status, m.Error)
		}
		// What was given up is listed, and what waits after a try that failed.
		all, err := o.Undelivered(t.Context(), Selection{}, 10)
		if err != nil || len(all) != 2 || all[0].To != "tempfail@x.test" &&
			all[0].To != "reject@x.test" {
			t.Errorf("undelivered %v, %v", all, err)
		}
	})
}

// scripted answers each send in turn, the last answer for ever, and keeps the Message-IDs.
type scripted struct {
	mu      sync.Mutex
	answers []error
	ids     []string
}

func (s *scripted) Send(_ context.Context, e mail.Envelope) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.ids = append(s.ids, e.MessageID)
	return s.answers[min(len(s.ids), len(s.answers))-1]
}

func (s *scripted) sent() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]string(nil), s.ids...)
}

func TestATemporaryFailureIsToldAndTriedAgain(t *testing.T) {
	onBoth(t, func(t *testing.T, db *store.Store) {
		s := &scripted{answers: []error{&mail.DeliveryError{Code: 451, Reason: "later"}, nil}}
		o := newOffice(t, db, s).start(t)
		o.post(t, to("a@x.test"))
		m := o.row(t, "a@x.test", is(entmail.StatusSent))
		o.mu.Lock()
		defer o.mu.Unlock()
		if m.Attempts != 2 || m.Error != nil ||
			strings.Join(o.heard, ", ") != "QUEUED 1 later, SENT 2" {
			t.Errorf("%d attempts, error %v, heard %q", m.Attempts, m.Error, o.heard)
		}
		if ids := s.sent(); len(ids) != 2 || ids[0] != ids[1] {
			t.Errorf("Message-IDs %q", ids)
		}
	})
}

func TestThreeDaysOfTemporaryFailuresAreEnough(t *testing.T) {
	onBoth(t, func(t *testing.T, db *store.Store) {
		s := &scripted{answers: []error{&mail.DeliveryError{Code: 451, Reason: "later"}}}
		o := newOffice(t, db, s)
		var days atomic.Int64
		o.clock = func() time.Time {
			return time.Now().Add(time.Duration(days.Load()) * 24 * time.Hour)
		}
		o.start(t)
		o.post(t, to("a@x.test"))
		o.row(t, "a@x.test", func(m *ent.Mail) bool { return m.Attempts >= 1 })
		days.Store(4)
		if m := o.row(t, "a@x.test", is(entmail.StatusFailed)); m.Error == nil ||
			*m.Error != "later" {
			t.Errorf("error %v", m.Error)
		}
	})
}

func TestACrashAfterSendingGivesOneCopyWithTheSameMessageID(t *testing.T) {
	onBoth(t, func(t *testing.T, db *store.Store) {
		s := &scripted{answers: []error{nil}}
		o := newOffice(t, db, s)
		o.post(t, to("a@x.test"))
		m := o.row(t, "a@x.test", is(entmail.StatusQueued))
		if err := o.composeAndSend(t.Context(), m); err != nil { // and the process dies here
			t.Fatal(err)
		}
		o.start(t)
		o.row(t, "a@x.test", is(entmail.StatusSent))
		if ids := s.sent(); len(ids) != 2 || ids[0] != ids[1] {
			t.Errorf("Message-IDs %q", ids)
		}
	})
}

func TestAListenerThatFailsHasNoMailSentTwice(t *testing.T) {
	onBoth(t, func(t *testing.T, db *store.Store) {
		s := &scripted{answers: []error{nil}}
		o := newOffice(t, db, s)
		o.Listen(func(context.Context, *store.Tx, *ent.Mail) error { return errors.New("deaf") })
		o.start(t)
		o.post(t, to("a@x.test"))
		o.row(t, "a@x.test", is(entmail.StatusSent))
		time.Sleep(1500 * time.Millisecond) // longer than the queue's first retry takes
		if ids := s.sent(); len(ids) != 1 {
			t.Errorf("sent %d times", len(ids))
		}
	})
}

func TestAMailWhoseReasonIsGoneIsDropped(t *testing.T) {
	onBoth(t, func(t *testing.T, db *store.Store) {
		s := &scripted{answers: []error{nil}}
		o := newOffice(t, db, s).start(t)
		l := to("a@x.test")
		l.Note = "gone"
		o.post(t, l)
		if m := o.row(t, "a@x.test", is(entmail.StatusDropped)); m.Error != nil ||
			m.Attempts != 0 || len(s.sent()) != 0 {
			t.Errorf("%+v, sent %d", m, len(s.sent()))
		}
	})
}

func TestAMailThatNobodyCanWriteIsTriedAgainWithoutTellingWhy(t *testing.T) {
	onBoth(t, func(t *testing.T, db *store.Store) {
		o := newOffice(t, db, &scripted{answers: []error{nil}})
		o.Compose(mail.JoinRejected, func(context.Context, *ent.Mail) (mail.Content, Headers,
			error) {
			return mail.Content{}, Headers{}, errors.New("select secret from users")
		})
		o.start(t)
		o.post(t, to("a@x.test"))
		m := o.row(t, "a@x.test", func(m *ent.Mail) bool { return m.Attempts > 1 })
		if m.Status != entmail.StatusQueued || m.Error == nil ||
			strings.Contains(*m.Error, "secret") {
			t.Errorf("%s, error %v", m.Status, m.Error)
		}
	})
}

func TestAnotherProcessTakesOverWhatAStoppedOneLeft(t *testing.T) {
	onBoth(t, func(t *testing.T, db *store.Store) {
		box, sender := real(t)
		first := newOffice(t, db, sender).start(t)
		first.post(t, to("a@x.test"))
		arrived(t, box, "a@x.test", 1)
		first.stop(t)
		first.post(t, to("b@x.test"), to("c@x.test"))
		newOffice(t, db, sender).start(t)
		arrived(t, box, "b@x.test", 1)
		arrived(t, box, "c@x.test", 1)
		if n := len(box.Messages()); n != 3 {
			t.Errorf("%d mails", n)
		}
	})
}

func TestStoppingWaitsForTheMailsThatAreOnTheirWay(t *testing.T) {
	onBoth(t, func(t *testing.T, db *store.Store) {
		s := &slow{begun: make(chan struct{}, 1)}
		o := newOffice(t, db, s).start(t)
		o.post(t, to("a@x.test"))
		<-s.begun
		o.stop(t)
		if m := o.row(t, "a@x.test", is(entmail.StatusSent)); m.Attempts != 1 {
			t.Errorf("%d attempts", m.Attempts)
		}
	})
}

type slow struct{ begun chan struct{} }

func (s *slow) Send(ctx context.Context, _ mail.Envelope) error {
	s.begun <- struct{}{}
	time.Sleep(700 * time.Millisecond)
	return ctx.Err()
}

func TestFiveHundredLettersAreWrittenInAConstantNumberOfStatements(t *testing.T) {
	onBoth(t, func(t *testing.T, db *store.Store) {
		o := newOffice(t, db, &scripted{answers: []error{nil}})
		statements := func(n int) int64 {
			var queued []QueuedEmail
			for i := range n {
				queued = append(queued, to(strconv.Itoa(n)+"-"+strconv.Itoa(i)+"@x.test"))
			}
			ctx, counted := probe.CountStatements(t.Context())
			if err := db.WithTx(ctx, func(tx *store.Tx) error {
				return o.Post(ctx, tx, queued...)
			}); err != nil {
				t.Fatal(err)
			}
			return counted.Load()
		}
		if one, many := statements(1), statements(500); many > one+1 {
			t.Errorf("%d statements for one, %d for 500", one, many)
		}
		if got := db.Mail.Query().CountX(asSystem(t.Context())); got != 501 {
			t.Errorf("%d rows", got)
		}
	})
}

func TestEveryLetterOfAMailingIsSentOnceEvenWhenItIsSpreadTwice(t *testing.T) {
	onBoth(t, func(t *testing.T, db *store.Store) {
		s := &scripted{answers: []error{nil}}
		o := newOffice(t, db, s)
		var queued []QueuedEmail
		for i := range 2*deliveryBatchSize + 1 {
			queued = append(queued, to(strconv.Itoa(i)+"@x.test"))
		}
		o.post(t, queued...)
		var again deliveryBatch
		for _, m := range db.Mail.Query().AllX(asSystem(t.Context())) {
			again.Due = append(again.Due, deliveryJob{Mail: m.ID, Due: m.DueAt.UnixMicro()})
		}
		if err := o.enqueueBatch(t.Context(), again); err != nil {
			t.Fatal(err)
		}
		o.start(t)
		unsent := entmail.StatusEQ(entmail.StatusQueued)
		for began := time.Now(); db.Mail.Query().Where(unsent).
			CountX(asSystem(t.Context())) > 0; time.Sleep(50 * time.Millisecond) {
			if time.Since(began) > 30*time.Second {
				t.Fatalf("%d sent", len(s.sent()))
			}
		}
		if n := len(s.sent()); n != len(queued) {
			t.Errorf("sent %d of %d", n, len(queued))
		}
	})
}

func TestAMailOfTheFutureWaitsAndFollowsItsDate(t *testing.T) {
	onBoth(t, func(t *testing.T, db *store.Store) {
		s := &scripted{answers: []error{nil}}
		o := newOffice(t, db, s).start(t)
		l := to("a@x.test")
		l.DueAt = time.Now().Add(time.Hour)
		o.post(t, l, to("b@x.test"))
		o.row(t, "b@x.test", is(entmail.StatusSent))
		move := func(at time.Time) {
			t.Helper()
			err := db.WithTx(t.Context(), func(tx *store.Tx) error {
				return o.Reschedule(t.Context(), tx, at, entmail.ToKey("a@x.test"))
			})
			if err != nil {
				t.Fatal(err)
			}
		}
		move(time.Now().Add(2 * time.Hour))
		move(l.DueAt) // back to where a job still waits
		if m := o.row(t, "a@x.test", is(entmail.StatusQueued)); len(s.sent()) != 1 ||
			m.DueAt.UnixMicro() != l.DueAt.UnixMicro() {
			t.Fatalf("sent %d, due %s", len(s.sent()), m.DueAt)
		}
		var waiting int // for its first date, which is the third as well, and for the second
		if err := db.DB().QueryRow("SELECT count(*) FROM river_job WHERE state = 'scheduled'").
			Scan(&waiting); err != nil || waiting != 2 {
			t.Errorf("%d jobs wait, %v", waiting, err)
		}
		move(time.Now().Add(-time.Hour)) // a past start means now
		o.row(t, "a@x.test", is(entmail.StatusSent))
		if len(s.sent()) != 2 {
			t.Errorf("sent %d times", len(s.sent()))
		}
	})
}

func TestAnOvertakenJobSendsNothing(t *testing.T) {
	onBoth(t, func(t *testing.T, db *store.Store) {
		s := &scripted{answers: []error{nil}}
		o := newOffice(t, db, s)
		l := to("a@x.test")
		l.DueAt = time.Now().Add(time.Hour)
		o.post(t, l)
		m := o.row(t, "a@x.test", is(entmail.StatusQueued))
		if err := o.deliverFirstTry(t.Context(),
			deliveryJob{Mail: m.ID, Due: m.DueAt.UnixMicro() - 1}); err != nil ||
			len(s.sent()) != 0 {
			t.Errorf("%v, sent %d", err, len(s.sent()))
		}
		if err := o.deliverFirstTry(t.Context(),
			deliveryJob{Mail: ident.New(ident.Mail)}); err != nil {
			t.Errorf("a deleted mail: %v", err)
		}
	})
}

func TestABounceIsNotedOnceAndADeadLetterCanBeSentAgain(t *testing.T) {
	onBoth(t, func(t *testing.T, db *store.Store) {
		s := &scripted{answers: []error{nil}}
		o := newOffice(t, db, s).start(t)
		o.post(t, to("a@x.test"))
		m := o.row(t, "a@x.test", is(entmail.StatusSent))
		if err := o.Retry(t.Context(), m.ID); !errors.Is(err,
			fault.New(fault.Conflict, "outbox.not_failed")) {
			t.Errorf("retry of a sent mail: %v", err)
		}
		for _, id := range []string{"", "nonsense", "<x@y>", "<" + ident.New(ident.Mail).
			String() + "@usher.test>"} {
			if err := o.Bounced(t.Context(), id, "x"); err != nil {
				t.Errorf("%q: %v", id, err)
			}
		}
		for range 2 {
			if err := o.Bounced(t.Context(), s.sent()[0], "550 no\r\n such\x00 user "+
				strings.Repeat("é", 400)); err != nil {
				t.Fatal(err)
			}
		}
		m = o.row(t, "a@x.test", is(entmail.StatusBounced))
		if !strings.HasPrefix(*m.Error, "550 no such user é") ||
			len([]rune(*m.Error)) != maxReason {
			t.Errorf("error %q", *m.Error)
		}

		if err := o.Retry(t.Context(), m.ID); err != nil {
			t.Fatal(err)
		}
		m = o.row(t, "a@x.test", is(entmail.StatusSent))
		if m.Attempts != 1 || m.Error != nil || len(s.sent()) != 2 {
			t.Errorf("%+v, sent %d", m, len(s.sent()))
		}
		o.mu.Lock()
		defer o.mu.Unlock()
		if len(o.heard) != 4 || o.heard[0] != "SENT 1" || !strings.HasPrefix(o.heard[1],
			"BOUNCED 1 550") || o.heard[2] != "QUEUED 0" || o.heard[3] != "SENT 1" {
			t.Errorf("heard %q", o.heard)
		}
		if err := o.Retry(t.Context(), ident.New(ident.Mail)); !errors.Is(err, fault.Missing()) {
			t.Errorf("retry of none: %v", err)
		}
	})
}

func TestWithoutAMailServerMailsAreWrittenDownAsDropped(t *testing.T) {
	onBoth(t, func(t *testing.T, db *store.Store) {
		o := newOffice(t, db, nil).start(t)
		if o.Sends() {
			t.Error("claims to send")
		}
		o.post(t, to("a@x.test"))
		if m := o.row(t, "a@x.test", is(entmail.StatusDropped)); m.Error == nil {
			t.Error("does not say why")
		}
		var n int
		if err := db.DB().QueryRow("SELECT count(*) FROM river_job WHERE kind = 'mail'").
			Scan(&n); err != nil || n != 0 {
			t.Errorf("%d jobs, %v", n, err)
		}
	})
}

func TestAMessageIDIsWellFormedWhateverThePublicURL(t *testing.T) {
	t.Parallel()
	for raw, want := range map[string]string{
		"https://usher.example.org/base": "usher.example.org", "http://127.0.0.1:8080": "127.0.0.1",
		"http://[::1]:8080": "localhost", "": "localhost",
	} {
		u, err := url.Parse(raw)
		if err != nil {
			t.Fatal(err)
		}
		if got := messageIDHost(u); got != want {
			t.Errorf("%q gives %s", raw, got)
		}
	}
}
