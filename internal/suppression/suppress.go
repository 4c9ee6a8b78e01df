package suppression

import (
	"context"
	"usher/ent"
	"usher/ent/predicate"
	"usher/ent/suppression"
	"usher/internal/fault"
	"usher/internal/ident"
	"usher/internal/inputs"
	"usher/internal/store"
)

// IsSuppressed tells whether a workspace may not send emails to an address.
func IsSuppressed(ctx context.Context, db *ent.Client, key string,
	workspace ident.ID) (bool, error) {
	return db.Suppression.Query().
		Where(suppression.EmailKey(key), suppression.PlaceIDIn(workspace, ident.ID{})).
		Exist(store.AsSystem(ctx, "a refusal of mail may hold for all workspaces"))
}

// IsUndeliverable tells whether emails to an address bounced. A person's own wish does not count:
// it holds for what others cause, not for the email that they ask for themselves.
func IsUndeliverable(ctx context.Context, db *ent.Client, key string,
	workspace ident.ID) (bool, error) {
	return db.Suppression.Query().
		Where(suppression.EmailKey(key), suppression.PlaceIDIn(workspace, ident.ID{}),
			suppression.ReasonEQ(suppression.ReasonBounced)).
		Exist(store.AsSystem(ctx, "an address that bounces may do so for all workspaces"))
}

// HasOptedOut tells whether the owner of an address asked a workspace, or all of them, for no more
// emails, or complained about one.
func HasOptedOut(ctx context.Context, db *ent.Client, key string,
	workspace ident.ID) (bool, error) {
	return db.Suppression.Query().Where(ownWish(key, workspace)).
		Exist(store.AsSystem(ctx, "a wish for no emails may hold for all workspaces"))
}

// LiftOwnWish ends the wish of an address's owner for no more emails, of a workspace and of all of
// them. The caller has proof that the owner asks for it. What bounces stays suppressed.
func LiftOwnWish(ctx context.Context, tx *store.Tx, key string, workspace ident.ID) (err error) {
	defer fault.Annotate(&err, "lift own wish")

	_, err = tx.Suppression.Delete().Where(ownWish(key, workspace)).
		Exec(store.AsSystem(ctx, "a wish for no emails may hold for all workspaces"))
	return err
}

// ownWish selects the suppressions that the person asked for, by a link or by a complaint, here or
// in all workspaces.
func ownWish(key string, workspace ident.ID) predicate.Suppression {
	return suppression.And(suppression.EmailKey(key),
		suppression.PlaceIDIn(workspace, ident.ID{}),
		suppression.ReasonIn(suppression.ReasonAsked, suppression.ReasonComplaint))
}

// SuppressAddress stops emails to an address for a workspace; the zero id stands for all of them.
// What is queued already is dropped by the worker, which asks again before it sends.
func SuppressAddress(ctx context.Context, tx *store.Tx, key string, place ident.ID,
	why suppression.Reason) error {
	ctx = store.AsSystem(ctx, "a refusal of mail belongs to the address")
	// A suppression that exists keeps its reason.
	return inputs.IgnoreNoRows(tx.Suppression.Create().SetEmailKey(key).SetPlaceID(place).
		SetReason(why).
		OnConflict(store.SkipExisting(suppression.FieldEmailKey, suppression.FieldPlaceID)...).
		Exec(ctx))
}
