package store

import (
	"context"
	"errors"
	"fmt"
)

// Savepoint runs a part of the transaction that may be undone by itself: when fn returns an error, what it wrote is not
// there, and the rest of the transaction goes on.
func (tx *Tx) Savepoint(ctx context.Context, fn func() error) error {
	if _, err := tx.SQL.ExecContext(ctx, "SAVEPOINT part"); err != nil {
		return fmt.Errorf("store: savepoint: %w", err)
	}
	err := fn()
	if err != nil {
		if _, back := tx.SQL.ExecContext(ctx, "ROLLBACK TO SAVEPOINT part"); back != nil {
			return errors.Join(err, back)
		}
	}
	if _, release := tx.SQL.ExecContext(ctx, "RELEASE SAVEPOINT part"); release != nil {
		return errors.Join(err, release)
	}
	return err
}
