// Package ratelimit limits how often something happens to one subject: attempts to sign in to an
// account, emails to a mailbox.
//
// The counts are database rows, so all processes share them and they survive a restart. The key of
// a row is an HMAC of rule and subject: the table holds no addresses, and an address cannot be
// looked up in it. A refused attempt is not counted. Otherwise anyone could lock an owner out by
// repeating attempts.
package ratelimit

import (
	"context"
	"encoding/hex"
	"fmt"
	"maps"
	"slices"
	"time"

	"usher/ent"
	"usher/ent/throttle"
	"usher/internal/secret"
	"usher/internal/store"
)

// maxKeysPerStatement limits the keys of one statement: with five parameters each it stays far
// below the limits of both databases.
const maxKeysPerStatement = 1000

// Limiter counts in the table of throttles. It is safe for concurrent use, in any number of
// processes.
type Limiter struct{ keys *secret.Keyring }

// New returns a Limiter. A rotation of the keyring's first secret resets all counts, which is
// acceptable.
func New(keys *secret.Keyring) *Limiter { return &Limiter{keys: keys} }

// Allow counts one event of a subject under a rule and returns 0, or counts nothing and returns the
// wait. The row stays locked until the transaction ends; a rollback undoes the count.
func (l *Limiter) Allow(ctx context.Context, tx *store.Tx, rule Rule, subject string,
	now time.Time) (time.Duration, error) {
	waits, err := l.Take(ctx, tx, rule, now, subject)
	if err != nil {
		return 0, err
	}
	return waits[0], nil
}

// Take is Allow for many subjects, with a constant number of statements for each thousand. The
// waits are in the order of the subjects; 0 means counted. A subject that is named twice counts
// once.
func (l *Limiter) Take(ctx context.Context, tx *store.Tx, rule Rule, now time.Time,
	subjects ...string) ([]time.Duration, error) {
	ctx = asSystem(ctx)
	now = now.UTC().Truncate(time.Microsecond)
	keys := make([]string, len(subjects))
	for i, subject := range subjects {
		keys[i] = l.rowKey(rule, subject)
	}
	// Rows are locked in sorted order: two transactions with different orders would deadlock.
	unique := slices.Compact(slices.Sorted(slices.Values(keys)))

	waits := make(map[string]time.Duration, len(unique))
	for part := range slices.Chunk(unique, maxKeysPerStatement) {
		if err := l.takeChunk(ctx, tx, rule, now, part, waits); err != nil {
			return nil, fmt.Errorf("throttle: %s: %w", rule.Name, err)
		}
	}

	// The waits are by row key, and a subject may be named twice: the result has one entry for each
	// argument.
	inOrder := make([]time.Duration, len(keys))
	for i, key := range keys {
		inOrder[i] = waits[key]
	}
	return inOrder, nil
}

// takeChunk counts one event for each key and notes in waits how long a refused one has to wait. It
// locks the rows, so a limit holds for concurrent requests too. keys must be sorted and distinct:
// two transactions that lock the same rows in different orders would wait for each other.
func (l *Limiter) takeChunk(ctx context.Context, tx *store.Tx, rule Rule, now time.Time,
	keys []string,
	waits map[string]time.Duration) error {
	// Security: the upsert locks existing rows too, so that no other transaction counts between the
	// read and the update. On SQLite write transactions run one at a time anyway.
	fresh := make([]*ent.ThrottleCreate, len(keys))
	for i, key := range keys {
		fresh[i] = tx.Throttle.Create().SetKey(key).SetCount(0).SetWindowStart(now).SetLastAt(now)
	}
	err := tx.Throttle.CreateBulk(fresh...).OnConflict(store.LockExisting(throttle.FieldKey)...).
		Exec(ctx)
	if err != nil {
		return err
	}

	// Read after the upsert: the rows are locked, so these counts are final until the commit.
	rows, err := tx.Throttle.Query().Where(throttle.KeyIn(keys...)).All(ctx)
	if err != nil {
		return err
	}

	// Sorted by what is to be written, so that a chunk takes three statements and not one a row.
	var begin, more, ahead []string
	for _, row := range rows {
		row, moved := clampToNow(row, now)
		if moved {
			ahead = append(ahead, row.Key)
		}
		switch wait := rule.waitTime(row, now); {
		case wait > 0:
			waits[row.Key] = wait
		case row.Count == 0 || rule.isWindowOver(row, now):
			begin = append(begin, row.Key)
		default:
			more = append(more, row.Key)
		}
	}
	if len(ahead) > 0 {
		// Stored, because a process whose clock is behind would otherwise refuse until its clock
		// has caught up.
		if err := l.pullBack(ctx, tx, ahead, now); err != nil {
			return err
		}
	}

	// Two updates instead of one for each row: the counts of a window begin with 1 or grow by 1.
	if len(begin) > 0 {
		if err := tx.Throttle.Update().Where(throttle.KeyIn(begin...)).SetCount(1).
			SetWindowStart(now).SetLastAt(now).Exec(ctx); err != nil {
			return err
		}
	}
	if len(more) > 0 {
		return tx.Throttle.Update().Where(throttle.KeyIn(more...)).AddCount(1).SetLastAt(now).
			Exec(ctx)
	}
	return nil
}

// pullBack sets the times of locked rows that lie after now to now.
func (l *Limiter) pullBack(ctx context.Context, tx *store.Tx, keys []string, now time.Time) error {
	rows := tx.Throttle.Update().Where(throttle.KeyIn(keys...), throttle.LastAtGT(now)).
		SetLastAt(now)
	if err := rows.Exec(ctx); err != nil {
		return err
	}
	return tx.Throttle.Update().Where(throttle.KeyIn(keys...), throttle.WindowStartGT(now)).
		SetWindowStart(now).Exec(ctx)
}

// Wait returns how long a subject would have to wait under a rule. It counts nothing.
func (l *Limiter) Wait(ctx context.Context, client *ent.Client, rule Rule, subject string,
	now time.Time) (time.Duration, error) {
	row, err := client.Throttle.Query().Where(throttle.Key(l.rowKey(rule, subject))).
		Only(asSystem(ctx))
	if ent.IsNotFound(err) {
		return 0, nil
	}
	if err != nil {
		return 0, fmt.Errorf("throttle: %s: %w", rule.Name, err)
	}
	return rule.waitTime(row, now), nil
}

// Keys returns the keys of the rows in which a rule counts subjects, for a statement that asks whether
// there are any.
func (l *Limiter) Keys(rule Rule, subjects ...string) []string {
	keys := make([]string, len(subjects))
	for i, subject := range subjects {
		keys[i] = l.rowKey(rule, subject)
	}
	return keys
}

// Waits is Wait for many subjects, with one statement for each thousand. It returns only subjects
// that have to wait.
func (l *Limiter) Waits(
	ctx context.Context, client *ent.Client, rule Rule, now time.Time, subjects ...string,
) (map[string]time.Duration, error) {
	bySubject := make(map[string]string, len(subjects)) // by key
	for _, subject := range subjects {
		bySubject[l.rowKey(rule, subject)] = subject
	}
	waits := map[string]time.Duration{}
	// In the order of keys, so that the same subjects give the same statements.
	for part := range slices.Chunk(slices.Sorted(maps.Keys(bySubject)), maxKeysPerStatement) {
		rows, err := client.Throttle.Query().Where(throttle.KeyIn(part...)).All(asSystem(ctx))
		if err != nil {
			return nil, fmt.Errorf("throttle: %s: %w", rule.Name, err)
		}
		for _, row := range rows {
			if wait := rule.waitTime(row, now); wait > 0 {
				waits[bySubject[row.Key]] = wait
			}
		}
	}
	return waits, nil
}

// Charge adds n events of a subject under a rule, even beyond the limit, and returns the new count.
// last is the time of the latest event. It serves events that were counted elsewhere or cannot be
// refused.
func (l *Limiter) Charge(
	ctx context.Context, tx *store.Tx, rule Rule, subject string, n int, last, now time.Time,
) (int, error) {
	ctx = asSystem(ctx)

	key, last := l.rowKey(rule, subject), last.UTC().Truncate(time.Microsecond)
	fresh := tx.Throttle.Create().SetKey(key).SetCount(0).SetWindowStart(last).SetLastAt(last)
	// As in take, the upsert locks the row.
	err := tx.Throttle.CreateBulk(fresh).OnConflict(store.LockExisting(throttle.FieldKey)...).
		Exec(ctx)
	if err != nil {
		return 0, fmt.Errorf("throttle: %s: %w", rule.Name, err)
	}
	row, err := tx.Throttle.Query().Where(throttle.Key(key)).Only(ctx)
	if err != nil {
		return 0, fmt.Errorf("throttle: %s: %w", rule.Name, err)
	}

	// Events that were counted elsewhere may arrive late, so last never moves LastAt back.
	count, update := row.Count+n, tx.Throttle.Update().Where(throttle.Key(key))
	switch {
	case row.Count == 0 || rule.isWindowOver(row, now):
		count = n
		update.SetCount(n).SetWindowStart(last).SetLastAt(last)
	case last.After(row.LastAt):
		update.AddCount(n).SetLastAt(last)
	default:
		update.AddCount(n)
	}
	if err := update.Exec(ctx); err != nil {
		return 0, fmt.Errorf("throttle: %s: %w", rule.Name, err)
	}
	return count, nil
}

// Since returns how long ago the subject's current window began; false when nothing is counted.
func (l *Limiter) Since(ctx context.Context, client *ent.Client, rule Rule, subject string,
	now time.Time) (time.Duration, bool, error) {
	row, err := client.Throttle.Query().Where(throttle.Key(l.rowKey(rule, subject))).
		Only(asSystem(ctx))
	if ent.IsNotFound(err) {
		return 0, false, nil
	}
	if err != nil {
		return 0, false, fmt.Errorf("throttle: %s: %w", rule.Name, err)
	}
	row, _ = clampToNow(row, now)
	if row.Count == 0 || rule.isWindowOver(row, now) {
		return 0, false, nil
	}
	return now.Sub(row.WindowStart), true, nil
}

// Clear deletes the count of a subject under a rule.
func (l *Limiter) Clear(ctx context.Context, tx *store.Tx, rule Rule, subject string) error {
	_, err := tx.Throttle.Delete().Where(throttle.Key(l.rowKey(rule, subject))).Exec(asSystem(ctx))
	if err != nil {
		return fmt.Errorf("throttle: %s: %w", rule.Name, err)
	}
	return nil
}

// SweepCounts deletes counts that are older than the window of every rule. A periodic job calls it.
func (l *Limiter) SweepCounts(ctx context.Context, tx *store.Tx, now time.Time) error {
	if _, err := tx.Throttle.Delete().Where(throttle.Or(
		throttle.LastAtLT(now.UTC().Add(-MaxKeptWindow)),
		throttle.And(throttle.LastAtLT(now.UTC().Add(-maxWindow)),
			throttle.Not(throttle.KeyHasPrefix(keptPrefix))),
	)).Exec(asSystem(ctx)); err != nil {
		return fmt.Errorf("throttle: sweep: %w", err)
	}
	return nil
}

// rowKey returns the key under which a rule counts a subject. Counts of rules with Keep have a
// prefix, by which SweepCounts recognizes them.
func (l *Limiter) rowKey(rule Rule, subject string) string {
	// Security: the key is an HMAC, so that the table does not reveal addresses or networks.
	key := hex.EncodeToString(l.keys.Derive("throttle", rule.Name, subject)[:16])
	if rule.Keep {
		return keptPrefix + key
	}
	return key
}

// keptPrefix precedes the row keys of rules with Keep, so that SweepCounts can tell them apart.
const keptPrefix = "kept:"

// asSystem returns a context that reads the counts of all people.
func asSystem(ctx context.Context) context.Context {
	return store.AsSystem(ctx, "limits count people and networks that belong to no workspace")
}
