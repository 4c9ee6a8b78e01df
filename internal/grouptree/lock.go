package grouptree

import (
	"context"
	"slices"

	"usher/ent"
	"usher/ent/group"
	"usher/internal/ident"
	"usher/internal/store"
)

// LockWithInheriting reads groups and the groups that inherit from them, in one statement for each
// level. Missing groups are left out.
//
// The rows are locked in share mode until the transaction ends. An operation that moves or deletes
// one of them, changes its visibility or assigns it a program waits, and then finds the new member.
func LockWithInheriting(ctx context.Context, tx *store.Tx, ids []ident.ID) ([]*ent.Group, error) {
	var all []*ent.Group
	for next := ids; len(next) > 0; {
		level, err := LockShared(ctx, tx, next)
		if err != nil {
			return nil, err
		}
		next = nil
		for _, g := range level {
			// Paths meet in common ancestors, which are listed once.
			if slices.ContainsFunc(all, func(known *ent.Group) bool { return known.ID == g.ID }) {
				continue
			}
			all = append(all, g)
			if passesUp(g) {
				next = append(next, *g.ParentID)
			}
		}
	}
	return all, nil
}

// LockShared reads groups in the order of their ids, and locks them in share mode until the
// transaction ends: until then they keep their parent, their visibility and their programs.
func LockShared(ctx context.Context, tx *store.Tx, ids []ident.ID) ([]*ent.Group, error) {
	if len(ids) == 0 {
		return nil, nil
	}
	q := tx.Group.Query().Where(group.IDIn(ids...)).Order(ent.Asc(group.FieldID))
	if tx.Locks() {
		q.ForShare()
	}
	return q.All(ctx)
}
