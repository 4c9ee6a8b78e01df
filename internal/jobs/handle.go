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

// maxAttempts is a limit that no job reaches in practice. The handler decides when a job has failed
// permanently and returns Cancel. A job that the queue itself discards would be lost silently.
const maxAttempts = 1000

// Option changes how the jobs of one kind run.
type Option func(*handlerSettings)

// handlerSettings are what Options change: the time limit of an attempt and the wait after a failed
// one.
type handlerSettings struct {
	timeout time.Duration
	backoff func(attempt int) time.Duration
}

// WithTimeout lets jobs of a kind run longer than Timeout. After the death of a process its jobs of
// this kind run again that much later.
func WithTimeout(d time.Duration) Option { return func(s *handlerSettings) { s.timeout = d } }

// WithBackoff sets the wait after the first, second, … failed attempt. Default: 1 s, doubled up to
// 10 min.
func WithBackoff(wait func(attempt int) time.Duration) Option {
	return func(s *handlerSettings) { s.backoff = wait }
}

// Handle registers the handler of a kind. After an error the job runs again later, except for
// Snooze and Cancel. It panics when the kind has a handler already.
func Handle[T Args](q *Queue, work func(ctx context.Context, args T) error, options ...Option) {
	w := &jobWorker[T]{work: work, log: q.log,
		handlerSettings: handlerSettings{timeout: Timeout, backoff: backOffExponentially}}
	for _, o := range options {
		o(&w.handlerSettings)
	}
	river.AddWorker(q.workers, w)
}

// Snooze returns the error by which a handler runs the same job again after d, without counting a
// failure.
func Snooze(d time.Duration) error { return river.JobSnooze(d) }

// Cancel returns the error by which a handler gives a job up.
func Cancel(err error) error { return river.JobCancel(err) }

// finishedJobs counts jobs by kind and outcome. Only kinds that this binary knows occur as labels.
var finishedJobs = promauto.NewCounterVec(prometheus.CounterOpts{
	Name: "usher_jobs_total",
	Help: "Jobs run by this process, by kind and outcome: done, failed (runs again), snoozed (runs later, no failure), cancelled.",
}, []string{"kind", "outcome"})

// classifyOutcome returns the label of the metric for what a handler returned. River tells of a
// snooze and of a cancellation by errors, which are no failures.
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

// attemptKey is the context key of the number of the attempt, from 1.
type attemptKey struct{}

// Interrupted reports whether an earlier attempt of the same job began and did not succeed: its
// process died, or it returned an error. The effects of that attempt may exist. Snoozes do not
// count.
func Interrupted(ctx context.Context) bool {
	n, _ := ctx.Value(attemptKey{}).(int)
	return n > 1
}

// jobWorker adapts a handler to River.
type jobWorker[T Args] struct {
	river.WorkerDefaults[T]
	handlerSettings
	work func(context.Context, T) error
	log  *slog.Logger
}

// Work runs one job. It logs each failure once, because warningHandler suppresses River's own lines
// about failures.
func (w *jobWorker[T]) Work(ctx context.Context, job *river.Job[T]) error {
	err := w.work(context.WithValue(ctx, attemptKey{}, job.Attempt), job.Args)
	var snooze *river.JobSnoozeError
	// Snoozes are counted but not logged: a waiting job may snooze every second.
	finishedJobs.WithLabelValues(job.Kind, classifyOutcome(err)).Inc()
	if err != nil && !errors.As(err, &snooze) {
		w.log.WarnContext(ctx, "job failed", "kind", job.Kind, "job", job.ID, "attempt",
			job.Attempt, "error", err)
	}
	return err
}

func (w *jobWorker[T]) Timeout(*river.Job[T]) time.Duration { return w.timeout }

// NextRetry spreads the attempts, so that jobs that failed together do not run together again.
func (w *jobWorker[T]) NextRetry(job *river.Job[T]) time.Time {
	return time.Now().Add(Jittered(w.backoff(job.Attempt)))
}

// backOffExponentially returns the wait before the next attempt. It doubles, so that a broken
// dependency is not asked all the time.
func backOffExponentially(attempt int) time.Duration {
	return min(time.Second<<min(attempt-1, 20), 10*time.Minute)
}

// Jittered changes a wait by up to a tenth in both directions, so that work that failed together is
// not tried again together.
func Jittered(d time.Duration) time.Duration {
	return d + time.Duration((rand.Float64()-0.5)/5*float64(d))
}
