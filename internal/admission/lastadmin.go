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

// AdminGuard keeps a workspace its last administrator (MEM-2): an active member who is
// administrator of the workspace and whose access does not end. Nobody inside could replace them.
//
// It compares how the workspace is administered before and after a change. A workspace that has
// only administrators with a date, from before this rule, can so be used and mended: what leaves it
// no worse is done.
type AdminGuard struct {
	tx        *store.Tx
	workspace ident.ID
	now       time.Time
	before    adminLevel
}

// adminLevel is how well a workspace is administered.
type adminLevel int

const (
	unadministered      adminLevel = iota
	administeredUntil              // by members whose access ends
	administeredForGood            // by one at least whose access does not end
)

// GuardAdmins notes how a workspace is administered, before a change that may end an administrator.
// The workspace is locked until the transaction ends, so that two administrators cannot end each
// other at the same time; by the lock that an update takes, which rows that refer to the workspace
// do not wait for. It comes before any lock of a member.
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

// Check refuses a change that has left the workspace worse administered. It is asked after the
// change.
func (g *AdminGuard) Check(ctx context.Context) error {
	after, err := g.readLevel(ctx)
	if err == nil && after < g.before {
		err = fault.New(fault.Conflict, "member.last_admin")
	}
	return err
}

func (g *AdminGuard) readLevel(ctx context.Context) (adminLevel, error) {
	admins, err := ActiveAdmins(ctx, g.tx.Client, g.workspace)
	if err != nil {
		return unadministered, err
	}
	best := unadministered
	for _, m := range admins {
		switch {
		case m.AccessExpiresAt == nil:
			return administeredForGood, nil
		case m.AccessExpiresAt.After(g.now):
			best = administeredUntil
		}
	}
	return best, nil
}

// ActiveAdmins reads the active administrators of a workspace.
func ActiveAdmins(ctx context.Context, db *ent.Client, workspace ident.ID) ([]*ent.Member, error) {
	return db.Member.Query().Where(member.StatusEQ(member.StatusActive), isAdminOf(workspace)).
		Select(member.FieldID, member.FieldAccessExpiresAt).All(ctx)
}

// isAdminOf selects the members who are administrators of a workspace.
func isAdminOf(workspace ident.ID) predicate.Member {
	return member.HasRoleAssignmentsWith(roleassignment.PlaceID(workspace),
		roleassignment.HasRoleWith(role.Key(access.Admin)))
}
