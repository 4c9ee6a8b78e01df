package jobs

import (
	"context"
	"errors"
	"log/slog"
	"math/rand/v2"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promauto"
	"github.com/riverqueue/river"
)

// maxAttempts is never reached in practice. Whoever owns the work decides when it is hopeless and
// says Cancel; a job that the queue gave up by itself would be lost without anybody knowing.
const maxAttempts = 1000

// Option changes how one kind of job is worked.
type Option func(*handlerSettings)

type handlerSettings struct {
	timeout time.Duration
	backoff func(attempt int) time.Duration
}

// WithTimeout lets jobs of this kind run longer than Timeout. A dead process's jobs of this kind
// come back that much later.
func WithTimeout(d time.Duration) Option { return func(s *handlerSettings) { s.timeout = d } }

// WithBackoff says how long to wait after the first, second, … failed attempt. Without it: 1 s,
// doubling up to 10 min.
func WithBackoff(wait func(attempt int) time.Duration) Option {
	return func(s *handlerSettings) { s.backoff = wait }
}

// Handle says what does the jobs of a kind. An error means: try again after a while. Snooze and
// Cancel say otherwise. It panics when the kind has a handler already.
func Handle[T Args](q *Queue, work func(ctx context.Context, args T) error, options ...Option) {
	w := &jobWorker[T]{work: work, log: q.log,
		handlerSettings: handlerSettings{timeout: Timeout, backoff: backOffExponentially}}
	for _, o := range options {
		o(&w.handlerSettings)
	}
	river.AddWorker(q.workers, w)
}

// Snooze is what a handler returns to have the same job done again after a while. It counts as no
// failure.
func Snooze(d time.Duration) error { return river.JobSnooze(d) }

// Cancel is what a handler returns to give the job up.
func Cancel(err error) error { return river.JobCancel(err) }

// finishedJobs counts jobs. Kinds are those that this binary knows.
var finishedJobs = promauto.NewCounterVec(prometheus.CounterOpts{
	Name: "usher_jobs_total",
	Help: "Jobs worked by this process, by kind and outcome: done, failed (tried again), snoozed (tried later, no failure), cancelled.",
}, []string{"kind", "outcome"})

func classifyOutcome(err error) string {
	var snooze *river.JobSnoozeError
	var cancel *river.JobCancelError
	switch {
	case err == nil:
		return "done"
	case errors.As(err, &snooze):
		return "snoozed"
	case errors.As(err, &cancel):
		return "cancelled"
	}
	return "failed"
}

type attemptKey struct{}

// Interrupted tells a handler that an earlier attempt of the same job began and did not end well:
// its process died, or it returned an error. What that attempt did may be done. Snoozes do not
// count.
func Interrupted(ctx context.Context) bool {
	n, _ := ctx.Value(attemptKey{}).(int)
	return n > 1
}

type jobWorker[T Args] struct {
	river.WorkerDefaults[T]
	handlerSettings
	work func(context.Context, T) error
	log  *slog.Logger
}

// Work does one job. River logs failures below what we let through, so they are logged here, once
// each.
func (w *jobWorker[T]) Work(ctx context.Context, job *river.Job[T]) error {
	err := w.work(context.WithValue(ctx, attemptKey{}, job.Attempt), job.Args)
	var snooze *river.JobSnoozeError
	finishedJobs.WithLabelValues(job.Kind, classifyOutcome(err)).Inc()
	if err != nil && !errors.As(err, &snooze) {
		w.log.WarnContext(ctx, "job failed", "kind", job.Kind, "job", job.ID, "attempt",
			job.Attempt, "error", err)
	}
	return err
}

func (w *jobWorker[T]) Timeout(*river.Job[T]) time.Duration { return w.timeout }

func (w *jobWorker[T]) NextRetry(job *river.Job[T]) time.Time {
	return time.Now().Add(Jittered(w.backoff(job.Attempt)))
}

func backOffExponentially(attempt int) time.Duration {
	return min(time.Second<<min(attempt-1, 20), 10*time.Minute)
}

// Jittered spreads a wait by a tenth in both directions, so that what failed together is not tried
// again together.
func Jittered(d time.Duration) time.Duration {
	return d + time.Duration((rand.Float64()-0.5)/5*float64(d))
}
