package store

import (
	"context"
	"fmt"
	"hash/fnv"
	"slices"

	"entgo.io/ent/dialect/sql"
	"github.com/lib/pq"

	"usher/ent"
	"usher/ent/importbatch"
	"usher/ent/invitation"
	"usher/ent/joinlink"
	"usher/ent/joinrequest"
	"usher/ent/member"
	"usher/ent/organization"
	"usher/ent/user"
	"usher/ent/workspace"
	"usher/internal/ident"
)

// lockOrder is the one order in which every transaction locks rows, by table. A transaction that
// holds a lock never asks for the first lock of a kind that stands before it, and locks several
// rows of one kind in the order of their ids, or skips those that are locked. Two transactions that
// keep to it cannot wait for each other. A transaction that needs an earlier row takes its lock at
// the start.
//
// An address has no row of its own: addressLocks stands for the advisory locks of LockAddresses.
// Rows that no entry names (role assignments, enrollments, emails, audit events) belong to a row
// above and are written behind its lock. Seats are taken and freed behind the lock of their
// organization.
//
// The tests of every package that runs the product record all locks and fail when a transaction
// breaks the order: WatchLocks.
var lockOrder = []string{
	organization.Table,
	workspace.Table,
	importbatch.Table,
	joinlink.Table,
	joinrequest.Table,
	addressLocks,
	user.Table,
	member.Table,
	invitation.Table,
	"programs",
	"groups",
	"org_units",
	"roles",
	"sessions",
	"sign_ins",
}

// addressLocks is the entry of lockOrder that no table has.
const addressLocks = "addresses"

// Strength is how firmly a row is locked.
type Strength sql.LockStrength

const (
	// ToKeep holds a row against its deletion, and against ToDelete. Others may change it.
	ToKeep = Strength(sql.LockKeyShare)
	// ToChange holds a row against changes. Rows that refer to it may still be written: a foreign
	// key takes ToKeep.
	ToChange = Strength(sql.LockNoKeyUpdate)
	// ToDelete also waits for every transaction that writes rows that refer to it.
	ToDelete = Strength(sql.LockUpdate)
)

func (s Strength) applyTo(o *sql.LockOptions) { o.Strength = sql.LockStrength(s) }

// LockOrganization locks organizations to change them. Operations that take or free a seat start
// with it: the number of seats and their holders are decided behind this lock. It runs one
// statement for each organization and transaction.
func (tx *Tx) LockOrganization(ctx context.Context, ids ...ident.ID) error {
	ids = slices.DeleteFunc(ident.SortDistinct(ids), func(id ident.ID) bool {
		return tx.organizations[id]
	})
	if len(ids) == 0 || !tx.Locks() {
		return nil
	}
	// Sorted by id, so that two transactions that lock several organizations do so in the same
	// order.
	system := AsSystem(ctx, "seats are counted by organization, over all its workspaces")
	_, err := tx.Organization.Query().Where(organization.IDIn(ids...)).
		Order(ent.Asc(organization.FieldID)).
		ForUpdate(ToChange.applyTo).All(system)
	if err != nil {
		return fmt.Errorf("store: lock organization: %w", err)
	}
	for _, id := range ids {
		tx.organizations[id] = true
	}
	return nil
}

// LockOrganizationOf locks the organizations of workspaces to change them: LockOrganization for a
// caller that knows the workspace alone.
func (tx *Tx) LockOrganizationOf(ctx context.Context, workspaces ...ident.ID) error {
	if !tx.Locks() {
		return nil
	}
	system := AsSystem(ctx, "seats are counted by organization, over all its workspaces")
	// The organization of a workspace never changes, so it may be read without a lock.
	rows, err := tx.Workspace.Query().Where(workspace.IDIn(workspaces...)).
		Select(workspace.FieldOrganizationID).All(system)
	if err != nil {
		return fmt.Errorf("store: lock organization: %w", err)
	}
	ids := make([]ident.ID, len(rows))
	for i, row := range rows {
		ids[i] = row.OrganizationID
	}
	return tx.LockOrganization(ctx, ids...)
}

// LockWorkspace locks a workspace to change it and returns it.
func (tx *Tx) LockWorkspace(ctx context.Context, id ident.ID) (*ent.Workspace, error) {
	q := tx.Workspace.Query().Where(workspace.ID(id))
	if tx.Locks() {
		q.ForUpdate(ToChange.applyTo)
	}
	return q.Only(ctx)
}

// LockImport locks an import and returns it.
func (tx *Tx) LockImport(ctx context.Context, s Strength, id ident.ID) (*ent.ImportBatch, error) {
	q := tx.ImportBatch.Query().Where(importbatch.ID(id))
	if tx.Locks() {
		q.ForUpdate(s.applyTo)
	}
	return q.Only(ctx)
}

// LockJoinLink locks a join link to change it and returns it.
func (tx *Tx) LockJoinLink(ctx context.Context, id ident.ID) (*ent.JoinLink, error) {
	q := tx.JoinLink.Query().Where(joinlink.ID(id))
	if tx.Locks() {
		q.ForUpdate(ToChange.applyTo)
	}
	return q.Only(ctx)
}

// LockJoinRequest locks a join request to change it and returns it.
func (tx *Tx) LockJoinRequest(ctx context.Context, id ident.ID) (*ent.JoinRequest, error) {
	q := tx.JoinRequest.Query().Where(joinrequest.ID(id))
	if tx.Locks() {
		q.ForUpdate(ToChange.applyTo)
	}
	return q.Only(ctx)
}

// LockUsers locks accounts and returns those that exist, by id. An account spans workspaces: it
// takes AsSystem.
func (tx *Tx) LockUsers(ctx context.Context, s Strength, ids ...ident.ID) ([]*ent.User, error) {
	if len(ids) == 0 {
		return nil, nil
	}
	q := tx.User.Query().Where(user.IDIn(ident.SortDistinct(ids)...)).Order(ent.Asc(user.FieldID))
	if tx.Locks() {
		q.ForUpdate(s.applyTo)
	}
	return q.All(ctx)
}

// LockMembers locks members and returns those that exist, by id.
func (tx *Tx) LockMembers(ctx context.Context, s Strength, ids ...ident.ID) ([]*ent.Member, error) {
	if len(ids) == 0 {
		return nil, nil
	}
	q := tx.Member.Query().Where(member.IDIn(ident.SortDistinct(ids)...)).
		Order(ent.Asc(member.FieldID))
	if tx.Locks() {
		q.ForUpdate(s.applyTo)
	}
	return q.All(ctx)
}

// LockInvitations locks invitations to change them and returns those that exist, by id.
func (tx *Tx) LockInvitations(ctx context.Context, ids ...ident.ID) ([]*ent.Invitation, error) {
	if len(ids) == 0 {
		return nil, nil
	}
	q := tx.Invitation.Query().Where(invitation.IDIn(ident.SortDistinct(ids)...)).
		Order(ent.Asc(invitation.FieldID))
	if tx.Locks() {
		q.ForUpdate(ToChange.applyTo)
	}
	return q.All(ctx)
}

// addressBuckets is how many locks the addresses of one workspace share. An import locks two
// thousand addresses in one transaction, and PostgreSQL's table of locks holds some six thousand
// for all connections together.
const addressBuckets = 64

// LockAddresses holds addresses, by their keys, for a transaction that may make their owners
// members of a workspace. It waits for ShareAddresses and makes it wait. Whether an address is a
// member there, and whether an invitation is pending for it, is decided behind one of the two: no
// uncommitted row of another transaction can hide.
func (tx *Tx) LockAddresses(ctx context.Context, workspace ident.ID, keys ...string) error {
	return tx.lockAddresses(ctx, lockAddresses, workspace, keys)
}

// ShareAddresses holds addresses for a transaction that may invite them. Transactions that share do
// not wait for each other: the unique index on pending invitations decides between them.
func (tx *Tx) ShareAddresses(ctx context.Context, workspace ident.ID, keys ...string) error {
	return tx.lockAddresses(ctx, shareAddresses, workspace, keys)
}

// The locks of an array are taken in its order, which is ascending.
const (
	lockAddresses  = `SELECT pg_advisory_xact_lock(n) FROM unnest($1::bigint[]) AS n`
	shareAddresses = `SELECT pg_advisory_xact_lock_shared(n) FROM unnest($1::bigint[]) AS n`
)

// lockAddresses takes the advisory locks of addresses, shared or exclusive as the statement says.
// They last until the transaction ends. Two addresses may have one number; that costs a wait and
// never correctness.
func (tx *Tx) lockAddresses(ctx context.Context, statement string, workspace ident.ID,
	keys []string) error {
	if len(keys) == 0 || !tx.Locks() {
		return nil
	}
	numbers := make([]int64, len(keys))
	for i, key := range keys {
		numbers[i] = addressLock(workspace, key)
	}
	// PostgreSQL takes the locks in the order of the array, so that two transactions cannot
	// deadlock.
	slices.Sort(numbers)
	if _, err := tx.exec.ExecContext(ctx, statement,
		pq.Array(slices.Compact(numbers))); err != nil {
		return fmt.Errorf("store: lock addresses: %w", err)
	}
	return nil
}

// addressLock returns the number of the advisory lock of an address. Every process computes the
// same number.
func addressLock(workspace ident.ID, key string) int64 {
	// The upper bits are the workspace's and the lower ones the bucket's, so that two workspaces
	// rarely wait for each other.
	place, bucket := fnv.New64a(), fnv.New64a()
	_, _ = place.Write(workspace[:])
	_, _ = bucket.Write([]byte(key))
	return int64(place.Sum64()&^(addressBuckets-1) | bucket.Sum64()%addressBuckets)
}
