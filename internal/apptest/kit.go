// Package apptest runs the whole product for tests: on a migrated database of its own, SQLite or
// PostgreSQL, with emails over real SMTP and the API over HTTP. Only the time is simulated.
package apptest

import (
	"context"
	"encoding/base64"
	"log/slog"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"usher/internal/app"
	"usher/internal/config"
	"usher/internal/devmail"
	"usher/internal/mail"
	"usher/internal/secret"
	"usher/internal/store"
	"usher/internal/testkit"
	"usher/internal/testkit/probe"
)

// Kit is one Usher under test.
type Kit struct {
	*app.App
	Box   *devmail.Mailbox // nil without a mail server
	Clock *Clock
	URL   string // of the HTTP server
	T     testing.TB
}

// Clock is a clock that tests move forward.
type Clock struct {
	mu      sync.Mutex
	ahead   time.Duration
	stopped time.Time
}

// Now returns the real time, or the time at which the clock was stopped, plus the time that was
// added.
func (c *Clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	if !c.stopped.IsZero() {
		return c.stopped.Add(c.ahead)
	}
	return time.Now().Add(c.ahead)
}

// Stop lets the clock go on by Add alone.
func (c *Clock) Stop() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.stopped = time.Now()
}

// Add moves the clock forward.
func (c *Clock) Add(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.ahead += d
}

// Option changes how an Usher under test is assembled.
type Option func(*kitOptions)

// kitOptions is how the Usher under test is assembled.
type kitOptions struct {
	mail, worker bool
	secret       string
	publicURL    string
	now          time.Time
	change       func(*config.Settings)
}

// defaultSecret is USHER_SECRET unless a test sets another one.
const defaultSecret = "AQIDAQIDAQIDAQIDAQIDAQIDAQIDAQIDAQIDAQIDAQIDAQIDAQIDAQIDAQIDAQID"

// WithSecret sets USHER_SECRET (base64), for a database that another Usher filled.
func WithSecret(secret string) Option { return func(o *kitOptions) { o.secret = secret } }

// WithPublicURL sets USHER_PUBLIC_URL instead of the address of the test's server.
func WithPublicURL(base string) Option { return func(o *kitOptions) { o.publicURL = base } }

// WithTime sets the clock, which runs on from there.
func WithTime(now time.Time) Option { return func(o *kitOptions) { o.now = now } }

// WithSettings changes the settings, those of the other options included.
func WithSettings(change func(*config.Settings)) Option {
	return func(o *kitOptions) { o.change = change }
}

// WithoutMail leaves out the mail server.
func WithoutMail(o *kitOptions) { o.mail = false }

// WithoutWorker does not start the queue.
func WithoutWorker(o *kitOptions) { o.worker = false }

// OnBoth runs a test on SQLite and on PostgreSQL.
func OnBoth(t *testing.T, test func(t *testing.T, k *Kit), opts ...Option) {
	t.Helper()
	t.Parallel()
	t.Run("sqlite", func(t *testing.T) { t.Parallel(); test(t, New(t, "sqlite", opts...)) })
	t.Run("postgres", func(t *testing.T) { t.Parallel(); test(t, New(t, "postgres", opts...)) })
}

// New runs an Usher on a database of one kind, "sqlite" or "postgres".
func New(t testing.TB, kind string, opts ...Option) *Kit {
	t.Helper()
	return On(t, Database(t, kind), opts...)
}

// On runs an Usher on a migrated database.
func On(t testing.TB, databaseURL string, opts ...Option) *Kit {
	t.Helper()
	holdLockOrder(t)
	o := kitOptions{mail: true, worker: true, secret: defaultSecret}
	for _, opt := range opts {
		opt(&o)
	}
	k := &Kit{T: t, Clock: &Clock{}}
	if !o.now.IsZero() {
		k.Clock.Add(time.Until(o.now))
	}

	set := Settings(t, databaseURL)
	set.Keyring = parseKeyring(t, o.secret)
	var sender mail.Sender
	if o.mail {
		var err error
		if k.Box, err = devmail.Listen("127.0.0.1:0"); err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = k.Box.Close() })
		if sender, err = mail.NewSMTP("smtp://"+k.Box.Addr(),
			"Usher <no-reply@usher.test>"); err != nil {
			t.Fatal(err)
		}
	}

	log := slog.New(slog.NewTextHandler(testLogWriter{t},
		&slog.HandlerOptions{Level: slog.LevelWarn}))

	// The listener exists before the app, because its address is the public URL.
	srv := httptest.NewUnstartedServer(nil)

	var err error
	if o.publicURL == "" {
		o.publicURL = "http://" + srv.Listener.Addr().String()
	}
	if set.PublicURL, err = url.Parse(o.publicURL); err != nil {
		t.Fatal(err)
	}
	if o.change != nil {
		o.change(&set)
	}
	if k.App, err = app.New(set, log, app.Options{
		Clock: k.Clock.Now, Sender: sender, Backoff: []time.Duration{300 * time.Millisecond},
		Store: []store.Option{probe.Option}, Undelivered: !set.WebhookAllowPrivate,
	}); err != nil {
		t.Fatal(err)
	}
	// The queue stops before the database closes: cleanups run in reverse order.
	t.Cleanup(func() { _ = k.Close() })
	srv.Config.Handler = k.Handler
	srv.Start()
	t.Cleanup(srv.Close)
	k.URL = srv.URL
	if o.worker {
		if err := k.Queue.Start(context.Background()); err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() {
			ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
			defer cancel()
			_ = k.Queue.Stop(ctx)
		})
	}
	return k
}

// Settings returns the settings of a test.
func Settings(t testing.TB, databaseURL string) config.Settings {
	t.Helper()
	return config.Settings{
		Addr: "127.0.0.1:0", DatabaseURL: secret.Redacted(databaseURL),
		Keyring:  parseKeyring(t, defaultSecret),
		MailFrom: "Usher <no-reply@usher.test>", FastGraphQL: true, PreparedStatements: true,
	}
}

// parseKeyring returns the keys of a secret in base64.
func parseKeyring(t testing.TB, encoded string) *secret.Keyring {
	t.Helper()
	key, err := base64.StdEncoding.DecodeString(encoded)
	if err != nil {
		t.Fatal(err)
	}
	ring, err := secret.NewKeyring([][]byte{key})
	if err != nil {
		t.Fatal(err)
	}
	return ring
}

// Database returns the URL of a migrated, empty database that is deleted with the test.
func Database(t testing.TB, kind string) string {
	t.Helper()
	if kind == "postgres" {
		return testkit.TemplatePostgres(t, "usher", func(dsn string) { migrateTemplate(dsn) })
	}
	path := filepath.Join(t.TempDir(), "usher.db")
	if err := os.WriteFile(path, emptySQLite(), 0o600); err != nil {
		t.Fatal(err)
	}
	return "sqlite:" + path
}

// emptySQLite returns the file of a migrated, empty database, created once in a process: a copy is
// faster than a migration.
var emptySQLite = sync.OnceValue(func() []byte {
	dir, err := os.MkdirTemp("", "usher")
	if err != nil {
		panic(err)
	}
	defer os.RemoveAll(dir)
	path := filepath.Join(dir, "usher.db")
	migrateTemplate("sqlite:" + path)
	b, err := os.ReadFile(path)
	if err != nil {
		panic(err)
	}
	return b
})

// migrateTemplate migrates a new database. It panics on errors, because it runs once for all tests
// of the process.
func migrateTemplate(databaseURL string) {
	s, err := store.Open(databaseURL)
	if err != nil {
		panic(err)
	}
	defer s.Close()
	if err := s.Migrate(context.Background()); err != nil {
		panic(err)
	}
}

// testLogWriter writes the log to the output of the test.
type testLogWriter struct{ t testing.TB }

func (q testLogWriter) Write(b []byte) (int, error) { return q.t.Output().Write(b) }
