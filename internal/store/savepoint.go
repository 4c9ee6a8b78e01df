package store

import (
	"context"
	"errors"
	"fmt"
)

// Savepoint runs a part of the transaction that can be rolled back by itself. When fn returns an
// error, its writes are rolled back and the transaction continues. Both outcomes cost the same
// number of statements, so that the time of a part does not tell whether it was kept.
func (tx *Tx) Savepoint(ctx context.Context, fn func() error) error {
	// Nested savepoints may share a name: PostgreSQL and SQLite use the innermost.
	if _, err := tx.exec.ExecContext(ctx, "SAVEPOINT part"); err != nil {
		return fmt.Errorf("store: savepoint: %w", err)
	}
	err := fn()
	end := "RELEASE SAVEPOINT part"
	if err != nil {
		end = "ROLLBACK TO SAVEPOINT part; " + end // a rollback alone leaves the savepoint open
	}
	if _, failed := tx.exec.ExecContext(ctx, end); failed != nil {
		return errors.Join(err, fmt.Errorf("store: %s: %w", end, failed))
	}
	return err
}
