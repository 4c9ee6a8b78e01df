package graph

import (
	"context"
	"math"
	"time"

	"github.com/99designs/gqlgen/graphql"

	"usher/ent"
	"usher/ent/importbatch"
	"usher/internal/access"
	"usher/internal/fault"
	"usher/internal/gqlhttp"
	"usher/internal/ident"
	"usher/internal/store"
)

// Subscriptions poll the database. So they also see what another process wrote, and each look
// checks the caller's rights again.
const (
	importPace = 500 * time.Millisecond
	listPace   = time.Second
)

// over, as the time to wait before the next look, ends a subscription.
const over = time.Duration(-1)

// watchChanges sends what look finds, until there is nothing more to find or the subscription ends.
// look answers how long to wait for the next time. The first look is taken before watch returns:
// what is wrong with the question is an ordinary error.
func watchChanges[T any](ctx context.Context, look func(context.Context) ([]T, time.Duration,
	error)) (<-chan T, error) {
	first, cancel := context.WithTimeout(ctx, lookTimeout)
	defer cancel()
	found, wait, err := look(first)
	if err != nil {
		return nil, err
	}
	// Unbuffered: the next look waits until the client has taken what was found, so a slow client
	// holds back its own subscription only.
	to := make(chan T)
	go func() {
		defer close(to)
		defer func() {
			if v := recover(); v != nil { // gqlgen catches none outside of its own calls
				gqlhttp.Fail(ctx, graphql.Recover(ctx, v))
			}
		}()
		for {
			for _, one := range found {
				select {
				case to <- one:
				case <-ctx.Done():
					return
				}
			}
			if wait == over {
				return
			}
			select {
			case <-time.After(wait):
			case <-ctx.Done():
				return
			}
			found, wait, err = lookAgain(ctx, look)
			if err != nil {
				gqlhttp.Fail(ctx, err)
				return
			}
		}
	}()
	return to, nil
}

const (
	// lookTimeout bounds one look: a database that hangs must not hold a stream without a word.
	lookTimeout = 10 * time.Second
	// outagePatience is how long a stream waits for a database that is in trouble. Restarts take
	// seconds; who waits longer is better told by the stream's end.
	outagePatience = 30 * time.Second
	outagePause    = time.Second
)

// lookAgain takes a later look. While the database is in trouble it tries again for outagePatience:
// nothing is sent meanwhile.
func lookAgain[T any](ctx context.Context, look func(context.Context) ([]T, time.Duration,
	error)) (found []T, wait time.Duration, err error) {
	for until := time.Now().Add(outagePatience); ; {
		limited, cancel := context.WithTimeout(ctx, lookTimeout)
		// Security: the sign-in may have ended, and rights may be gone, since the last look.
		if err = gqlhttp.Renew(ctx); err == nil {
			found, wait, err = look(limited)
		}
		cancel()
		if err == nil || !store.IsOutage(err) || ctx.Err() != nil || time.Now().After(until) {
			return found, wait, err
		}
		select {
		case <-time.After(outagePause):
		case <-ctx.Done():
			return nil, over, ctx.Err()
		}
	}
}

// importSample is how far an import was at a moment.
type importSample struct {
	at   time.Time
	rows int
}

// importRate measures the rate of a running import over the last rateWindow.
type importRate struct{ samples []importSample }

// rateWindow is long enough to level out the chunks of an import, and short enough to follow its
// concurrency.
const rateWindow = 10 * time.Second

// add notes the state of an import at a moment. Anything but RUNNING starts the measurement again,
// so that a pause does not count as slowness.
func (r *importRate) add(batch *ent.ImportBatch, now time.Time) {
	if batch.Status != importbatch.StatusRunning {
		r.samples = nil
		return
	}
	r.samples = append(r.samples, importSample{now, batch.ProcessedRows})
	for len(r.samples) > 2 && now.Sub(r.samples[1].at) >= rateWindow {
		r.samples = r.samples[1:]
	}
}

// estimate returns the rows per second, at least 1, and the seconds until all rows are processed.
// Both are nil while nothing is known.
func (r *importRate) estimate(total int) (rowsPerSecond, secondsLeft *int) {
	if len(r.samples) < 2 {
		return nil, nil
	}
	first, last := r.samples[0], r.samples[len(r.samples)-1]
	rows, seconds := float64(last.rows-first.rows), last.at.Sub(first.at).Seconds()
	if rows <= 0 || seconds <= 0 {
		return nil, nil
	}
	rate := max(1, int(rows/seconds+0.5))
	left := int(math.Ceil(float64(max(0, total-last.rows)) * seconds / rows))
	return &rate, &left
}

// watchImport sends the progress of an import until it has ended.
func (r *Resolver) watchImport(ctx context.Context, id ident.ID) (<-chan *ImportProgress, error) {
	type state struct {
		status    importbatch.Status
		processed int
	}
	var sent state
	var rate importRate
	return watchChanges(ctx, func(ctx context.Context) (found []*ImportProgress, _ time.Duration,
		_ error) {
		if err := callerOf(ctx).RequireAuthenticated(); err != nil {
			return nil, over, err
		}
		b, err := mustSee(r.Reads.ImportBatch.Get(ctx, id))
		if err != nil {
			return nil, over, err
		}
		// Also when nothing changed: without a sample the rate of a slow import would be too high.
		rate.add(b, time.Now())
		if now := (state{b.Status, b.ProcessedRows}); now != sent {
			p := &ImportProgress{Import: b}
			p.RowsPerSecond, p.SecondsLeft = rate.estimate(b.TotalRows)
			found, sent = append(found, p), now
		}
		switch b.Status {
		case importbatch.StatusCompleted, importbatch.StatusCancelled, importbatch.StatusFailed,
			importbatch.StatusUndone:
			return found, over, nil
		}
		return found, importPace, nil
	})
}

// mayWatch refuses callers who could never see an invitation or another member there.
func mayWatch(by *access.Caller, workspace ident.ID) error {
	if err := by.RequireAuthenticated(); err != nil {
		return err
	}
	m := by.In(workspace)
	switch {
	case m == nil:
		return fault.Missing()
	case !m.CanAnywhere(access.MembersView):
		return fault.Denied()
	}
	return nil
}
