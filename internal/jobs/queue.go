// Package jobs is the queue: work that is promised in a transaction and done after its commit, by
// whichever process comes first.
//
// Insert writes jobs into the caller's transaction, so that a rollback takes them along. A started
// Queue works them, at least once: a job whose process died is given to another one within a
// minute. What a job does must therefore bear being done twice, and its arguments are ids, never
// people's data: they outlive the row that they speak of.
//
// The queue knows no domain. It is a thin cover over River, which lives in the same database,
// PostgreSQL or SQLite, so that nothing else has to be run. Databases are polled, not listened to:
// LISTEN fails behind a pooling proxy, and SQLite has none.
package jobs

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"entgo.io/ent/dialect"
	"github.com/riverqueue/river"
	"github.com/riverqueue/river/riverdriver/riverdatabasesql"
	"github.com/riverqueue/river/riverdriver/riversqlite"

	"usher/internal/store"
)

// The queues. Each has workers of its own, so that nothing holds up the rest.
const (
	Default = "default"
	Mail    = "mail" // first tries
	// MailAgain holds emails that failed earlier. It has few workers, so that they never delay first tries.
	MailAgain = "mail_again"
)

// The times that together give a dead process's work to another one within a minute: a job counts
// as lost after rescueAfter, River looks for lost ones every 30 s, and moves those that wait for
// their next try every 5 s. Timeout must stay below rescueAfter, or a slow job would run twice at
// once.
const (
	// Timeout is how long a job may run, unless its kind was given more; longer work is cut into
	// several jobs.
	Timeout     = 18 * time.Second
	rescueAfter = 22 * time.Second
)

// defaultWorkers is how many jobs of a queue a process works at once. A first try of a mail rarely
// takes a second; the many are there for recipients whose servers stall (internal/outbox,
// firsttry.go).
var defaultWorkers = map[string]int{Default: 4, Mail: 40, MailAgain: 4}

// Options are what a queue may be told; the zero value is good.
type Options struct {
	Logger  *slog.Logger
	Workers map[string]int // how many work at once, by queue; see defaultWorkers
}

// Queue is the queue of one process.
type Queue struct {
	db           *store.Store
	log          *slog.Logger
	queueConfigs map[string]river.QueueConfig
	workers      *river.Workers
	periodic     []*river.PeriodicJob
	periodicWork map[string]func(context.Context) error // periodic work by name
	inserter     *river.Client[*sql.Tx]
	runner       *river.Client[*sql.Tx] // nil until Start
}

// Open prepares a queue that can insert; it works after Start.
func Open(db *store.Store, o Options) (*Queue, error) {
	if o.Logger == nil {
		o.Logger = slog.Default()
	}
	q := &Queue{
		db: db, log: o.Logger, workers: river.NewWorkers(),
		periodicWork: map[string]func(context.Context) error{},
		queueConfigs: map[string]river.QueueConfig{},
	}
	for name, n := range defaultWorkers {
		q.queueConfigs[name] = river.QueueConfig{MaxWorkers: n}
	}
	for name, n := range o.Workers {
		q.queueConfigs[name] = river.QueueConfig{MaxWorkers: n}
	}
	Handle(q, q.runPeriodicJob)
	var err error
	q.inserter, err = q.newRiverClient(&river.Config{})
	return q, err
}

// newRiverClient makes River's client of this database, with what all of ours share.
func (q *Queue) newRiverClient(c *river.Config) (*river.Client[*sql.Tx], error) {
	c.Logger = slog.New(warningHandler{q.log.Handler()})
	c.PollOnly = true
	c.FetchPollInterval = 250 * time.Millisecond
	c.FetchCooldown = 10 * time.Millisecond // how soon a full set of workers is refilled
	c.JobTimeout = Timeout
	c.RescueStuckJobsAfter = rescueAfter
	if q.db.Dialect() == dialect.Postgres {
		return river.NewClient(riverdatabasesql.New(q.db.DB()), c)
	}
	return river.NewClient(riversqlite.New(q.db.DB()), c)
}

// Args are the arguments of a kind of job: a struct that JSON can hold. Kind never changes, jobs
// outlive releases.
type Args interface{ Kind() string }

// Job is one thing to do.
type Job struct {
	Args     Args
	Queue    string    // Default when empty
	At       time.Time // not before; the zero time is at once
	Priority int       // 1, the most urgent and the default, to 4
	Unique   bool      // do not add it beside one with the same arguments, done or not
}

// Insert adds jobs in a transaction: they are there with its commit or never.
func (q *Queue) Insert(ctx context.Context, tx *store.Tx, jobs ...Job) error {
	if len(jobs) == 0 {
		return nil
	}
	all := make([]river.InsertManyParams, len(jobs))
	for i, j := range jobs {
		o := &river.InsertOpts{Queue: j.Queue, ScheduledAt: j.At, Priority: j.Priority,
			MaxAttempts: maxAttempts}
		o.UniqueOpts.ByArgs = j.Unique
		all[i] = river.InsertManyParams{Args: j.Args, InsertOpts: o}
	}
	if _, err := q.inserter.InsertManyTx(ctx, tx.SQL, all); err != nil {
		return fmt.Errorf("jobs: insert: %w", err)
	}
	return nil
}

// Start begins to work. Every kind must have been given to Handle and Every before. The work goes
// on when ctx ends: Stop ends it.
func (q *Queue) Start(ctx context.Context) error {
	runner, err := q.newRiverClient(&river.Config{Queues: q.queueConfigs, Workers: q.workers,
		PeriodicJobs: q.periodic})
	if err != nil {
		return fmt.Errorf("jobs: start: %w", err)
	}
	if err := runner.Start(context.WithoutCancel(ctx)); err != nil {
		return fmt.Errorf("jobs: start: %w", err)
	}
	q.runner = runner
	return nil
}

// Stop takes no more jobs and waits for those that run. When ctx ends before they do, their
// contexts end, and what they left undone is tried again, here or elsewhere. Without Start it does
// nothing.
func (q *Queue) Stop(ctx context.Context) error {
	if q.runner == nil {
		return nil
	}
	err := q.runner.Stop(ctx)
	if err == nil || !errors.Is(err, ctx.Err()) {
		return err
	}
	last, cancel := context.WithTimeout(context.WithoutCancel(ctx), 2*time.Second)
	defer cancel()
	if err := q.runner.StopAndCancel(last); err != nil {
		return fmt.Errorf("jobs: some jobs did not stop in time: %w", err)
	}
	return nil
}
