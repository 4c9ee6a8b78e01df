package jobs

import (
	"context"
	"time"

	"github.com/riverqueue/river"
)

// periodicJob is one turn of periodic work.
type periodicJob struct {
	Name string `json:"name"`
}

// Kind of the job.
func (periodicJob) Kind() string { return "round" }

// Every has work done once in each interval (at least a second) by one of all processes, and soon
// after the start when a whole interval was missed. Intervals are counted on the clock, UTC, not
// from the start of a process; the leader among the processes adds the jobs, and when it changes,
// the one that was added for this interval stays the only one.
func (q *Queue) Every(name string, interval time.Duration, work func(context.Context) error) {
	q.periodicWork[name] = work
	insert := func() (river.JobArgs, *river.InsertOpts) {
		return periodicJob{Name: name}, &river.InsertOpts{
			MaxAttempts: 5, // the next round comes anyway
			UniqueOpts:  river.UniqueOpts{ByArgs: true, ByPeriod: interval},
		}
	}
	q.periodic = append(q.periodic,
		river.NewPeriodicJob(river.PeriodicInterval(interval), insert,
			&river.PeriodicJobOpts{ID: name, RunOnStart: true}))
}

// runPeriodicJob does one turn. A name that another release added is left to the processes that
// know it.
func (q *Queue) runPeriodicJob(ctx context.Context, r periodicJob) error {
	work, known := q.periodicWork[r.Name]
	if !known {
		return Snooze(time.Minute)
	}
	return work(ctx)
}
