// Package app assembles Usher. The commands and the end-to-end tests share it, so that tests run
// the product as it is.
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
	"usher/internal/audit"
	"usher/internal/config"
	"usher/internal/idempotency"
	"usher/internal/jobs"
	"usher/internal/mail"
	"usher/internal/oidc"
	"usher/internal/onboarding"
	"usher/internal/outbox"
	"usher/internal/password"
	"usher/internal/ratelimit"
	"usher/internal/server"
	"usher/internal/store"
	"usher/internal/training"
	"usher/internal/webhook"
	"usher/internal/workspace"
)

// Options are overrides for tests and the demo.
type Options struct {
	Clock   func() time.Time        // time.Now when nil
	Sender  mail.Sender             // replaces the mail server of the settings
	Backoff []time.Duration         // between attempts of an email; default: the outbox's
	Mount   map[string]http.Handler // further paths, for the demo
	Store   []store.Option          // further options of the database
	// Undelivered leaves webhooks alone, for tests that are about something else: a delivery writes
	// rows at any moment and asks name servers.
	Undelivered bool
}

// App is an assembled Usher that is not running yet.
type App struct {
	Settings     config.Settings
	Log          *slog.Logger
	Store        *store.Store
	Queue        *jobs.Queue
	Outbox       *outbox.Outbox
	Accounts     *account.Service
	Training     *training.Service
	Workspaces   *workspace.Service
	Applications *oidc.Service
	Webhooks     *webhook.Service
	Once         *idempotency.Service
	onboarding.Services
	Handler http.Handler

	smtp    *mail.SMTP
	ending  context.Context      // ends when the process is asked to stop
	end     context.CancelFunc   // ends subscriptions and websockets
	metrics *prometheus.Registry // metrics of this app: its pool and its queue
}

// New opens the database and assembles the services. It does not migrate or start anything.
func New(set config.Settings, log *slog.Logger, o Options) (*App, error) {
	if o.Clock == nil {
		o.Clock = time.Now
	}
	// PostgreSQL stores microseconds. A finer time would differ from the one that is read back.
	// The store's options come first: everything else holds the store.
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
	// Without a mail server the outbox stores new emails as DROPPED, and earlier ones stay queued.
	if sender == nil && set.SMTPURL != "" {
		if a.smtp, err = mail.NewSMTP(set.SMTPURL.Reveal(), set.MailFrom); err != nil {
			return nil, errors.Join(err, a.Store.Close())
		}
		sender = a.smtp
	}
	// Services register their email composers and job handlers when they are created, so the outbox
	// and the queue come first and start last.
	a.Outbox = outbox.New(outbox.Options{
		Store: a.Store, Queue: a.Queue, Sender: sender, PublicURL: set.PublicURL, Logger: log,
		Clock: clock, Backoff: o.Backoff,
	})
	hasher := password.NewHasher(runtime.NumCPU())
	a.Accounts = account.New(account.Deps{
		Store: a.Store, Outbox: a.Outbox, Keys: set.Keyring, Hasher: hasher, Clock: clock,
		PublicURL: set.PublicURL, LinkTemplate: set.AccountLinkTemplate,
	})
	a.Accounts.RegisterComposers(a.Outbox)
	a.Training = training.New(training.Deps{Store: a.Store, Outbox: a.Outbox, Clock: clock})
	deps := admission.Deps{
		Store: a.Store, Outbox: a.Outbox, Queue: a.Queue, Accounts: a.Accounts,
		Training: a.Training, Keys: set.Keyring, Hasher: hasher,
		Limits: ratelimit.New(set.Keyring), Clock: clock, PublicURL: set.PublicURL,
		LinkOrigins: set.CORSOrigins,
	}
	a.Services = onboarding.New(deps)
	a.Webhooks = webhook.New(deps, webhook.Options{AllowPrivate: set.WebhookAllowPrivate,
		Undelivered: o.Undelivered, Log: log})
	if set.DeletionDays > 0 {
		a.Lifecycle.DeletionWait = time.Duration(set.DeletionDays) * 24 * time.Hour
	}
	a.Workspaces = &workspace.Service{Store: a.Store, Training: a.Training, Clock: clock,
		LinkOrigins: set.CORSOrigins}

	a.Once = &idempotency.Service{Store: a.Store, Keys: set.Keyring, Clock: clock}
	if a.Applications, err = oidc.New(oidc.Deps{Store: a.Store, Accounts: a.Accounts,
		Keys: set.Keyring, PublicURL: set.PublicURL, Clock: clock, Log: log}); err != nil {
		return nil, errors.Join(err, a.Store.Close())
	}

	a.ending, a.end = context.WithCancel(context.Background())
	a.Handler = server.New(server.Deps{
		Ending:   a.ending,
		Settings: set, Log: log, Store: a.Store, Outbox: a.Outbox, Accounts: a.Accounts,
		Services: a.Services, Training: a.Training, Workspaces: a.Workspaces, Once: a.Once,
		Applications: a.Applications, Webhooks: a.Webhooks, Clock: clock, Mount: o.Mount,
	})
	a.metrics = newMetrics(a.Store)
	a.registerRounds()
	return a, nil
}

// registerRounds registers all periodic work. Each run happens in one of all processes, and soon
// after a start.
func (a *App) registerRounds() {
	a.Queue.Every("end-access", 15*time.Second, a.Members.EndAccess)
	a.Queue.Every("remind", 15*time.Second, a.Invitations.Remind)
	a.Queue.Every("remind-sessions", 15*time.Second, a.Training.Remind)
	a.Queue.Every("sweep-join-requests", time.Hour, a.JoinLinks.SweepRequests)
	a.Queue.Every("sweep-imports", time.Hour, a.Imports.SweepImports)
	a.Queue.Every("erase-unaccepted", time.Hour, a.Members.EraseUnaccepted)
	a.Queue.Every("sweep-sign-ins", time.Hour, a.Accounts.SweepSignIns)
	a.Queue.Every("sweep-idempotent-requests", time.Hour, a.Once.Sweep)
	a.Queue.Every("sweep-application-sign-ins", time.Hour, a.Applications.Sweep)
	a.Queue.Every("sweep-webhook-deliveries", time.Hour, a.Webhooks.Sweep)
	a.Queue.Every("rotate-signing-keys", time.Hour, a.Applications.RotateKeys)
	a.Queue.Every("sweep-exports", time.Hour, a.Lifecycle.SweepExports)
	a.Queue.Every("sum-member-counts", time.Minute, a.Store.SumMemberCounts)
	a.Queue.Every("sum-epochs", time.Minute, a.Store.SumEpochs)
	a.Queue.Every("number-events", time.Minute, a.Store.NumberAllEvents)
	events := &audit.EventLog{Store: a.Store, Clock: a.Members.Clock}
	a.Queue.Every("sweep-deletions", time.Hour, events.SweepDeletions)
	a.Queue.Every("repair-member-counts", time.Hour, a.Store.RepairMemberCounts)
	a.Queue.Every("erase-workspaces", time.Minute, a.Lifecycle.EraseDeleted)
}

// Ready returns an error unless this binary can work on the database. It migrates an SQLite file,
// and a PostgreSQL database if the operator asked for it.
func (a *App) Ready(ctx context.Context, migrate bool) error {
	// An SQLite file belongs to this process, so nobody else has to decide about its migration.
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

// Close ends open streams and closes the database and the connections to the mail server.
func (a *App) Close() error {
	a.end()
	a.APIKeys.Wait()
	a.Outbox.Close()
	if a.smtp != nil {
		_ = a.smtp.Close()
	}
	return a.Store.Close()
}
