package member

import (
	"context"

	"usher/ent/user"
	"usher/internal/fault"
	"usher/internal/ident"
	"usher/internal/store"
)

// EraseUnplaced erases those of some accounts that are members of no workspace and whose address
// nobody has verified: their organization looked after them, and nobody else could. The accounts
// are locked by the caller, in the scope of the system.
func (s *Service) EraseUnplaced(ctx context.Context, tx *store.Tx,
	users ...ident.ID) (err error) {
	defer fault.Annotate(&err, "erase unplaced accounts")

	// A verified account belongs to a person who may sign in again, so it stays.
	unplaced, err := tx.User.Query().Where(user.IDIn(users...), user.ErasedAtIsNil(),
		user.EmailProven(false), user.Not(user.HasMembers())).All(ctx)
	if err != nil {
		return err
	}
	for _, u := range unplaced {
		e := personErasure{Service: s, tx: tx, user: u, now: s.Clock()}
		if err := e.eraseAccount(ctx); err != nil {
			return err
		}
	}
	return nil
}
