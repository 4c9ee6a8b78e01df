package jobs

import (
	"context"
	"time"

	"github.com/riverqueue/river"
)

// periodicJob is one run of periodic work.
type periodicJob struct {
	Name string `json:"name"`
}

// Kind returns the stored kind of the job.
func (periodicJob) Kind() string { return "round" }

// Every runs work once in each interval (at least a second) in one of all processes, and soon after
// the start when a whole interval was missed. Intervals are aligned to UTC and do not depend on the
// start of a process. One process, the leader, inserts the jobs. They are unique within an
// interval, so a change of leader adds no second one.
func (q *Queue) Every(name string, interval time.Duration, work func(context.Context) error) {
	q.periodicWork[name] = work
	insert := func() (river.JobArgs, *river.InsertOpts) {
		return periodicJob{Name: name}, &river.InsertOpts{
			MaxAttempts: 5, // the next interval has a job of its own
			UniqueOpts:  river.UniqueOpts{ByArgs: true, ByPeriod: interval},
		}
	}
	q.periodic = append(q.periodic,
		river.NewPeriodicJob(river.PeriodicInterval(interval), insert,
			&river.PeriodicJobOpts{ID: name, RunOnStart: true}))
}

// runPeriodicJob is the job handler of periodic work. A name that only another release knows is
// snoozed, so that a process of that release runs it.
func (q *Queue) runPeriodicJob(ctx context.Context, job periodicJob) error {
	work, known := q.periodicWork[job.Name]
	if !known {
		return Snooze(time.Minute)
	}
	return work(ctx)
}
