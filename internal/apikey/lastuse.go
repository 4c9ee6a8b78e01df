package apikey

import (
	"context"
	"log/slog"
	"sync"
	"time"

	"usher/ent/apikey"
	"usher/internal/ident"
	"usher/internal/store"
)

const (
	// useInterval is the time between two writes of the last use of one key.
	useInterval = time.Minute
	// useLimit is how long such a write may take.
	useLimit = 5 * time.Second
)

// useRecorder writes when keys were last used, beside the requests that use them: a request that only
// reads does not wait for the one writer of SQLite, and none fails because of it.
type useRecorder struct {
	mu      sync.Mutex
	writing map[ident.ID]bool
	running sync.WaitGroup
}

// record writes the last use of a key, unless that is being done already.
func (u *useRecorder) record(s *store.Store, id ident.ID, now time.Time) {
	u.mu.Lock()
	defer u.mu.Unlock()
	// Many requests may see the same old time before the first of them has written.
	if u.writing[id] {
		return
	}
	if u.writing == nil {
		u.writing = map[ident.ID]bool{}
	}
	u.writing[id] = true
	u.running.Go(func() {
		// Not the context of the request, which ends with it, and whose transaction this is not.
		ctx, cancel := context.WithTimeout(context.Background(), useLimit)
		defer cancel()
		if err := writeUse(ctx, s, id, now); err != nil {
			slog.Warn("write last use of api key failed", "key", id.String(), "error", err)
		}
		u.mu.Lock()
		defer u.mu.Unlock()
		delete(u.writing, id)
	})
}

// writeUse sets the last use of a key unless another process has just done so.
func writeUse(ctx context.Context, s *store.Store, id ident.ID, now time.Time) error {
	ctx = store.AsSystem(ctx, "a key that was verified, in any workspace")
	// The condition is asked by the statement, since several processes may write at the same time.
	return s.WithTx(ctx, func(tx *store.Tx) error {
		k, err := tx.APIKey.Get(ctx, id)
		if err != nil {
			return err
		}
		return tx.APIKey.Update().
			Where(apikey.ID(id), apikey.Or(apikey.LastUsedAtIsNil(),
				apikey.LastUsedAtLTE(now.Add(-useInterval)))).
			// Being used is no change of the key.
			SetLastUsedAt(now).SetUpdatedAt(k.UpdatedAt).Exec(ctx)
	})
}

// Wait waits until all uses that were seen are written, for tests and for the end of the process.
func (s *Service) Wait() { s.uses.running.Wait() }
