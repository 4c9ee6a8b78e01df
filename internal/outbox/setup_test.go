package outbox

import (
	"context"
	"log/slog"
	"net/url"
	"path/filepath"
	"strconv"
	"sync"
	"testing"
	"time"

	"usher/ent"
	entmail "usher/ent/mail"
	"usher/internal/devmail"
	"usher/internal/i18n"
	"usher/internal/jobs"
	"usher/internal/mail"
	"usher/internal/store"
	"usher/internal/testkit"
	"usher/internal/testkit/probe"
)

// databases open both kinds, migrated and empty.
var databases = map[string]func(testing.TB) string{
	"postgres": func(t testing.TB) string {
		return testkit.TemplatePostgres(t, "migrated", func(dsn string) { opened(t, dsn).Close() })
	},
	"sqlite": func(t testing.TB) string {
		return "sqlite:" + filepath.Join(t.TempDir(), "usher.db")
	},
}

func onBoth(t *testing.T, test func(t *testing.T, db *store.Store)) {
	t.Parallel()
	for name, dsn := range databases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			test(t, opened(t, dsn(t)))
		})
	}
}

func opened(t testing.TB, dsn string) *store.Store {
	t.Helper()
	db, err := store.Open(dsn, probe.Option)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	if err := db.Migrate(t.Context()); err != nil {
		t.Fatal(err)
	}
	return db
}

// office is an outbox with its queue, and what it told its listener.
type office struct {
	*Outbox
	db    *store.Store
	queue *jobs.Queue
	mu    sync.Mutex
	heard []string // status, attempts and error
}

// newOffice opens an outbox that composes JoinRejected. Short waits stand for the long ones.
func newOffice(t testing.TB, db *store.Store, sender mail.Sender) *office {
	t.Helper()
	log := slog.New(slog.NewTextHandler(t.Output(), nil))
	q, err := jobs.Open(db, jobs.Options{Logger: log})
	if err != nil {
		t.Fatal(err)
	}
	o := &office{db: db, queue: q, Outbox: New(Options{
		Store: db, Queue: q, Sender: sender, Logger: log,
		PublicURL: &url.URL{Scheme: "https", Host: "usher.test:8443"},
		Backoff:   []time.Duration{300 * time.Millisecond},
	})}
	t.Cleanup(o.Close)
	o.Compose(mail.JoinRejected, func(_ context.Context, m *ent.Mail) (mail.Content, Headers,
		error) {
		if m.Note != nil && *m.Note == "gone" {
			return mail.Content{}, Headers{}, ErrGone
		}
		return mail.Content{Locale: i18n.English, Message: "hello"}, Headers{ToName: "Zoé"}, nil
	})
	o.Listen(func(_ context.Context, _ *store.Tx, m *ent.Mail) error {
		said := string(m.Status) + " " + strconv.Itoa(m.Attempts)
		if m.Error != nil {
			said += " " + *m.Error
		}
		o.mu.Lock()
		o.heard = append(o.heard, said)
		o.mu.Unlock()
		return nil
	})
	return o
}

func (o *office) start(t *testing.T) *office {
	t.Helper()
	if err := o.queue.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { o.stop(t) })
	return o
}

func (o *office) stop(t *testing.T) {
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	if err := o.queue.Stop(ctx); err != nil {
		t.Errorf("stop: %v", err)
	}
}

func (o *office) post(t *testing.T, queued ...QueuedEmail) {
	t.Helper()
	if err := o.db.WithTx(t.Context(), func(tx *store.Tx) error {
		return o.Post(t.Context(), tx, queued...)
	}); err != nil {
		t.Fatal(err)
	}
}

func to(address string) QueuedEmail {
	return QueuedEmail{Kind: mail.JoinRejected, To: address, ToKey: address}
}

// row waits until the mail to an address satisfies what is asked of it.
func (o *office) row(t *testing.T, address string, until func(*ent.Mail) bool) *ent.Mail {
	t.Helper()
	var m *ent.Mail
	for deadline := time.Now().Add(20 * time.Second); time.Now().
		Before(deadline); time.Sleep(20 * time.Millisecond) {
		var err error
		if m, err = o.db.Mail.Query().Where(entmail.ToKey(address)).
			Only(asSystem(t.Context())); err != nil {
			t.Fatal(err)
		}
		if until(m) {
			return m
		}
	}
	t.Fatalf("the mail stays %s after %d attempts, error %v", m.Status, m.Attempts, m.Error)
	return nil
}

func is(s entmail.Status) func(*ent.Mail) bool {
	return func(m *ent.Mail) bool { return m.Status == s }
}

// real is a mail server, and a sender that speaks to it.
func real(t *testing.T) (*devmail.Mailbox, mail.Sender) {
	t.Helper()
	box, err := devmail.Listen("127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s, err := mail.NewSMTP("smtp://"+box.Addr(), "Usher <no-reply@usher.test>")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close(); box.Close() })
	return box, s
}

func arrived(t *testing.T, box *devmail.Mailbox, address string, n int) []devmail.Message {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	all, err := box.WaitFor(ctx, address, n)
	if err != nil {
		t.Fatalf("%d of %d mails to %s: %v", len(all), n, address, err)
	}
	return all
}
