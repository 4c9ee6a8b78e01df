package store

import (
	"context"
	"fmt"

	"entgo.io/ent/dialect"

	"usher/internal/ident"
)

// PostgreSQL keeps epochs (migration 00024), by which a server knows whether what it remembers is
// still true. The epoch of an account rises with every change of its rights; that of a workspace
// with every change of its roles, groups and units. It never falls.
//
// A reader that remembers something reads the epochs first, then the rows. A later statement that
// uses what is remembered reads the epochs in its own snapshot: EpochOf.

// EpochOf is SQL for the sum of the epochs of an account and a workspace, whose ids are its two
// arguments: any SQL, as in fmt.Sprintf(EpochOf, "$1", "$2"). Epochs only rise, so the sum tells
// whether one of them did.
const EpochOf = `(SELECT COALESCE(SUM(change), 0)::bigint FROM epochs WHERE scope_id IN (%s, %s))`

// readEpochs selects the epochs of an account and of the workspaces where it is a member.
const readEpochs = `SELECT s.id, COALESCE((SELECT SUM(change) FROM epochs WHERE scope_id = s.id), 0)::bigint
FROM (SELECT $1::uuid AS id UNION SELECT workspace_id FROM members WHERE user_id = $1) AS s`

// KeepsEpochs reports whether the database keeps epochs: PostgreSQL does. An SQLite database has one
// process and few members, so nothing of it is remembered.
func (s *Store) KeepsEpochs() bool { return s.dialect == dialect.Postgres && !s.unprepared }

// Epochs returns the epochs of an account and of its workspaces, by their ids.
func (s *Store) Epochs(ctx context.Context, user ident.ID) (map[ident.ID]int64, error) {
	rows, err := s.newDriver(s.reader).QueryContext(ctx, readEpochs, user)
	if err != nil {
		return nil, fmt.Errorf("store: epochs: %w", err)
	}
	defer rows.Close()
	epochs := map[ident.ID]int64{}
	for rows.Next() {
		var id ident.ID
		var epoch int64
		if err := rows.Scan(&id, &epoch); err != nil {
			return nil, fmt.Errorf("store: epochs: %w", err)
		}
		epochs[id] = epoch
	}
	return epochs, rows.Err()
}

// sumEpochs replaces the changes of some scopes by their sum. A change that commits meanwhile
// stays: the statement deletes what its snapshot sees. Of two such statements at the same time the second
// deletes only what the first has left.
const sumEpochs = `WITH gone AS (DELETE FROM epochs WHERE scope_id IN (
	SELECT DISTINCT scope_id FROM epochs WHERE NOT summed LIMIT 20000)
	RETURNING scope_id, change)
INSERT INTO epochs (scope_id, change, summed) SELECT scope_id, SUM(change), true FROM gone GROUP BY scope_id`

// SumEpochs adds up the changes since the last time, so that reading an epoch stays cheap.
func (s *Store) SumEpochs(ctx context.Context) error {
	if s.dialect != dialect.Postgres {
		return nil
	}
	err := s.WithTx(AsSystem(ctx, "adds up the epochs of all workspaces"), func(tx *Tx) error {
		_, err := tx.SQL.ExecContext(ctx, sumEpochs)
		return err
	})
	if err != nil {
		return fmt.Errorf("store: sum epochs: %w", err)
	}
	return nil
}
