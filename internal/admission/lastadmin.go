package admission

import (
	"context"
	"time"

	"usher/ent"
	"usher/ent/member"
	"usher/ent/predicate"
	"usher/ent/role"
	"usher/ent/roleassignment"
	"usher/internal/access"
	"usher/internal/fault"
	"usher/internal/ident"
	"usher/internal/store"
)

// AdminGuard ensures that a workspace keeps an administrator (MEM-2): an active member with the
// administrator role of the workspace whose access does not end. Nobody inside could replace them.
//
// It compares the workspace before and after a change. A workspace whose administrators all have an
// end of access, from before this rule, can still be changed, as long as the change makes it no
// worse.
type AdminGuard struct {
	tx        *store.Tx
	workspace ident.ID
	now       time.Time
	before    adminLevel
}

// adminLevel tells how well a workspace is administered. A higher level is better.
type adminLevel int

const (
	// From bad to good: the guard compares the levels before and after a change.
	unadministered          adminLevel = iota
	administeredUntil                  // every administrator's access ends
	administeredPermanently            // at least one administrator's access does not end
)

// GuardAdmins reads how a workspace is administered, before a change that may end an administrator.
// It locks the workspace until the transaction ends, so that two administrators cannot end each
// other concurrently. Rows that refer to the workspace do not wait for this kind of lock. Call it
// before any lock of a member.
func GuardAdmins(ctx context.Context, tx *store.Tx, workspace ident.ID,
	now time.Time) (*AdminGuard, error) {
	if _, err := tx.LockWorkspace(ctx, workspace); err != nil {
		return nil, err
	}
	g := &AdminGuard{tx: tx, workspace: workspace, now: now}
	var err error
	g.before, err = g.readLevel(ctx)
	return g, err
}

// Check returns CONFLICT if the change has left the workspace worse administered. Call it after the
// change.
func (g *AdminGuard) Check(ctx context.Context) error {
	after, err := g.readLevel(ctx)
	if err == nil && after < g.before {
		err = fault.New(fault.Conflict, "member.last_admin")
	}
	return err
}

// readLevel returns the level of the best administrator.
func (g *AdminGuard) readLevel(ctx context.Context) (adminLevel, error) {
	admins, err := ActiveAdmins(ctx, g.tx.Client, g.workspace)
	if err != nil {
		return unadministered, err
	}
	best := unadministered
	for _, m := range admins {
		switch {
		case m.AccessExpiresAt == nil:
			return administeredPermanently, nil
		// Access that ended is waiting for the job that ends it, so it administers nothing.
		case m.AccessExpiresAt.After(g.now):
			best = administeredUntil
		}
	}
	return best, nil
}

// ActiveAdmins returns the active administrators of a workspace, with their ids and ends of access.
func ActiveAdmins(ctx context.Context, db *ent.Client, workspace ident.ID) ([]*ent.Member, error) {
	return db.Member.Query().Where(member.StatusEQ(member.StatusActive), isAdminOf(workspace)).
		Select(member.FieldID, member.FieldAccessExpiresAt).All(ctx)
}

// isAdminOf selects the members who hold the administrator role in the whole workspace.
func isAdminOf(workspace ident.ID) predicate.Member {
	return member.HasRoleAssignmentsWith(roleassignment.PlaceID(workspace),
		roleassignment.HasRoleWith(role.Key(access.Admin)))
}
