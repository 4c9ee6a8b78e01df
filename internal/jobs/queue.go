// Package jobs runs work after the transaction that asked for it has been committed, in any
// process.
//
// Insert writes jobs into the caller's transaction, so that a rollback removes them. A started
// Queue runs each job at least once: the job of a dead process is given to another one within a
// minute. A handler must therefore be idempotent. Arguments are ids and never personal data,
// because jobs outlive the rows that they refer to.
//
// The queue knows no domain. It is a thin layer over River, which uses the same database,
// PostgreSQL or SQLite, so that operators run nothing else. It polls the database instead of
// listening: LISTEN fails behind a connection pooler, and SQLite has none.
package jobs

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"entgo.io/ent/dialect"
	"github.com/riverqueue/river"
	"github.com/riverqueue/river/riverdriver/riverdatabasesql"
	"github.com/riverqueue/river/riverdriver/riversqlite"

	"usher/internal/store"
)

// The queues. Each has workers of its own, so that none delays another.
const (
	Default = "default"
	Mail    = "mail" // first attempts
	// MailAgain holds emails that failed earlier. It has few workers, so that they never delay
	// first attempts.
	MailAgain = "mail_again"
)

// Together these times give the jobs of a dead process to another one within a minute. A job counts
// as lost after rescueAfter. River looks for lost jobs every 30 s, and moves jobs that are due
// again every 5 s. Timeout must stay below rescueAfter, or a slow job would run twice at the same
// time.
const (
	// Timeout limits the run time of a job, unless its kind has WithTimeout. Longer work is divided
	// into several jobs.
	Timeout     = 18 * time.Second
	rescueAfter = 22 * time.Second
)

// defaultWorkers is the number of concurrent jobs of each queue in a process. A first attempt to
// send an email rarely takes a second. The large number is for recipients whose servers stall
// (internal/outbox, firsttry.go).
var defaultWorkers = map[string]int{Default: 4, Mail: 40, MailAgain: 4}

// Options configure a queue. The zero value is valid.
type Options struct {
	Logger  *slog.Logger
	Workers map[string]int // concurrent jobs by queue; default: defaultWorkers
}

// Queue is the queue of one process.
type Queue struct {
	db           *store.Store
	log          *slog.Logger
	queueConfigs map[string]river.QueueConfig
	workers      *river.Workers
	periodic     []*river.PeriodicJob
	periodicWork map[string]func(context.Context) error // periodic work by name
	always       []func(context.Context)                // work that runs from Start to Stop
	stopAlways   context.CancelFunc
	running      sync.WaitGroup
	inserter     *river.Client[*sql.Tx]
	runner       *river.Client[*sql.Tx] // nil until Start
}

// Open returns a queue that can insert jobs. It runs them after Start.
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
	// Options replace the defaults of the queues that they name; the other queues keep theirs.
	for name, n := range o.Workers {
		q.queueConfigs[name] = river.QueueConfig{MaxWorkers: n}
	}

	// All periodic work shares one kind of job, so that a release that adds work needs no new kind.
	Handle(q, q.runPeriodicJob)
	var err error
	q.inserter, err = q.newRiverClient(&river.Config{})
	return q, err
}

// newRiverClient returns a River client of this database with the settings that all clients share.
func (q *Queue) newRiverClient(c *river.Config) (*river.Client[*sql.Tx], error) {
	c.Logger = slog.New(warningHandler{q.log.Handler()})
	c.PollOnly = true
	c.FetchPollInterval = 250 * time.Millisecond
	c.FetchCooldown = 10 * time.Millisecond // how soon a full set of workers is refilled
	c.JobTimeout = Timeout
	c.RescueStuckJobsAfter = rescueAfter

	// The queue uses the store's pool for writes, so that SQLite has one writer only.
	if q.db.Dialect() == dialect.Postgres {
		return river.NewClient(riverdatabasesql.New(q.db.DB()), c)
	}
	return river.NewClient(riversqlite.New(q.db.DB()), c)
}

// Args are the arguments of a kind of job: a struct that can be stored as JSON. Kind must never
// change, because jobs outlive releases.
type Args interface{ Kind() string }

// Job is a job to insert.
type Job struct {
	Args     Args
	Queue    string    // Default when empty
	At       time.Time // earliest start; zero: immediately
	Priority int       // 1 (most urgent, default) to 4
	Unique   bool      // skip it if a job with the same arguments exists, finished or not
}

// Insert adds jobs in the caller's transaction, in one statement on PostgreSQL.
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

// Start begins to run jobs. All calls of Handle and Every must come first. The end of ctx does not
// stop the queue; Stop does.
func (q *Queue) Start(ctx context.Context) error {
	// A second client: River runs only queues and workers that its client knows at creation, and
	// registrations come after Open.
	runner, err := q.newRiverClient(&river.Config{Queues: q.queueConfigs, Workers: q.workers,
		PeriodicJobs: q.periodic})
	if err != nil {
		return fmt.Errorf("jobs: start: %w", err)
	}
	if err := runner.Start(context.WithoutCancel(ctx)); err != nil {
		return fmt.Errorf("jobs: start: %w", err)
	}
	q.runner = runner
	always, stop := context.WithCancel(context.WithoutCancel(ctx))
	q.stopAlways = stop
	for _, work := range q.always {
		q.running.Go(func() { work(always) })
	}
	return nil
}

// Stop takes no more jobs and waits for the running ones. When ctx ends first, the contexts of the
// running jobs end, and unfinished jobs run again later, in any process. Without Start it does
// nothing.
func (q *Queue) Stop(ctx context.Context) error {
	if q.runner == nil {
		return nil
	}
	q.stopAlways()
	err := errors.Join(q.runner.Stop(ctx), q.waitAlways(ctx))
	if err == nil || !errors.Is(err, ctx.Err()) {
		return err
	}
	// Handlers react to the end of their context. Two seconds later the process exits in any case,
	// and the jobs count as lost.
	last, cancel := context.WithTimeout(context.WithoutCancel(ctx), 2*time.Second)
	defer cancel()
	if err := q.runner.StopAndCancel(last); err != nil {
		return fmt.Errorf("jobs: stop: some jobs still run: %w", err)
	}
	return nil
}
