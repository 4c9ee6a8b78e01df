package jobs

import "context"

// Always runs work in each process from Start to Stop, beside the jobs. Its context ends at Stop;
// work then ends what it has begun and returns. It is for work that finds by itself what to do and
// claims it in the database, so that several processes share it.
func (q *Queue) Always(work func(ctx context.Context)) { q.always = append(q.always, work) }

// waitAlways waits until all such work has returned, or ctx ends.
func (q *Queue) waitAlways(ctx context.Context) error {
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		q.running.Wait()
	}()
	select {
	case <-ended:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
