// Package app puts the parts of Usher together. The commands and the end-to-end tests share it, so
// that what is tested is what runs.
package app

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"runtime"
	"slices"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"usher/internal/account"
	"usher/internal/admission"
	"usher/internal/config"
	"usher/internal/jobs"
	"usher/internal/mail"
	"usher/internal/onboarding"
	"usher/internal/outbox"
	"usher/internal/password"
	"usher/internal/ratelimit"
	"usher/internal/server"
	"usher/internal/store"
	"usher/internal/training"
	"usher/internal/workspace"
)

// Options are what tests and the demo add to the settings.
type Options struct {
	Clock   func() time.Time        // time.Now when nil
	Sender  mail.Sender             // instead of the mail server of the settings
	Backoff []time.Duration         // between tries of a mail; the outbox's own when nil
	Mount   map[string]http.Handler // more paths, of the demo
	Store   []store.Option          // more than the settings say of how the database is opened
}

// App is Usher, put together and not yet running.
type App struct {
	Settings   config.Settings
	Log        *slog.Logger
	Store      *store.Store
	Queue      *jobs.Queue
	Outbox     *outbox.Outbox
	Accounts   *account.Service
	Training   *training.Service
	Workspaces *workspace.Service
	onboarding.Services
	Handler http.Handler

	smtp    *mail.SMTP
	ending  context.Context      // over once the process is asked to stop
	end     context.CancelFunc   // ends subscriptions and websockets
	metrics *prometheus.Registry // of what belongs to this app alone: its pool, its queue
}

// New opens the database and makes the parts. It neither migrates nor starts anything.
func New(set config.Settings, log *slog.Logger, o Options) (*App, error) {
	if o.Clock == nil {
		o.Clock = time.Now
	}
	clock := func() time.Time { return o.Clock().UTC().Truncate(time.Microsecond) }
	a := &App{Settings: set, Log: log}
	var err error
	options := slices.Clone(o.Store)
	if !set.PreparedStatements {
		options = append(options, store.Unprepared)
	}
	if set.DatabasePool > 0 {
		options = append(options, store.PoolSize(set.DatabasePool))
	}
	if a.Store, err = store.Open(set.DatabaseURL.Reveal(), options...); err != nil {
		return nil, err
	}
	if a.Queue, err = jobs.Open(a.Store, jobs.Options{Logger: log}); err != nil {
		return nil, errors.Join(err, a.Store.Close())
	}
	sender := o.Sender
	if sender == nil && set.SMTPURL != "" {
		if a.smtp, err = mail.NewSMTP(set.SMTPURL.Reveal(), set.MailFrom); err != nil {
			return nil, errors.Join(err, a.Store.Close())
		}
		sender = a.smtp
	}
	a.Outbox = outbox.New(outbox.Options{
		Store: a.Store, Queue: a.Queue, Sender: sender, PublicURL: set.PublicURL, Logger: log,
		Clock: clock, Backoff: o.Backoff,
	})
	hasher := password.NewHasher(runtime.NumCPU())
	a.Accounts = account.New(account.Deps{
		Store: a.Store, Outbox: a.Outbox, Keys: set.Keyring, Hasher: hasher, Clock: clock,
		PublicURL: set.PublicURL,
	})
	a.Accounts.RegisterComposers(a.Outbox)
	a.Training = training.New(training.Deps{Store: a.Store, Outbox: a.Outbox, Clock: clock})
	a.Services = onboarding.New(admission.Deps{
		Store: a.Store, Outbox: a.Outbox, Queue: a.Queue, Accounts: a.Accounts,
		Training: a.Training, Keys: set.Keyring, Hasher: hasher,
		Limits: ratelimit.New(set.Keyring), Clock: clock, PublicURL: set.PublicURL,
	})
	a.Workspaces = &workspace.Service{Store: a.Store, Training: a.Training, Clock: clock}
	a.ending, a.end = context.WithCancel(context.Background())
	a.Handler = server.New(server.Deps{
		Ending:   a.ending,
		Settings: set, Log: log, Store: a.Store, Outbox: a.Outbox, Accounts: a.Accounts,
		Services: a.Services, Training: a.Training, Workspaces: a.Workspaces,
		Clock: clock, Mount: o.Mount,
	})
	a.metrics = newMetrics(a.Store)
	a.registerRounds()
	return a, nil
}

// registerRounds is all that time drives. Each round is done by one of all processes, and soon after a
// start.
func (a *App) registerRounds() {
	a.Queue.Every("end-access", 15*time.Second, a.Members.EndAccess)
	a.Queue.Every("remind", 15*time.Second, a.Invitations.Remind)
	a.Queue.Every("remind-sessions", 15*time.Second, a.Training.Remind)
	a.Queue.Every("sweep-join-requests", time.Hour, a.JoinLinks.SweepRequests)
	a.Queue.Every("sweep-imports", time.Hour, a.Imports.SweepImports)
	a.Queue.Every("erase-unaccepted", time.Hour, a.Members.EraseUnaccepted)
	a.Queue.Every("sweep-sign-ins", time.Hour, a.Accounts.Sweep)
}

// Ready refuses a database that this binary cannot work on; an SQLite file is brought up to date
// instead, as is a PostgreSQL when the operator said so.
func (a *App) Ready(ctx context.Context, migrate bool) error {
	if migrate || a.Store.Dialect() != "postgres" {
		return a.Store.Migrate(ctx)
	}
	done, err := a.Store.Migrated(ctx)
	if err != nil {
		return err
	}
	if !done {
		return fmt.Errorf(
			"the database is not migrated: run 'usher migrate up', or start with --migrate")
	}
	return nil
}

// Close ends what still streams, and lets go of the database and the mail server.
func (a *App) Close() error {
	a.end()
	if a.smtp != nil {
		_ = a.smtp.Close()
	}
	return a.Store.Close()
}
