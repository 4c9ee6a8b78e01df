package apikey

import (
	"context"
	"time"

	"usher/ent"
	"usher/internal/access"
	"usher/internal/audit"
	"usher/internal/fault"
	"usher/internal/ident"
	"usher/internal/inputs"
	"usher/internal/store"
)

// UpdateInput says what to change in a key. What is nil or not set stays; a list replaces the former
// one.
type UpdateInput struct {
	ID              ident.ID
	Name            *string
	Permissions     []access.Permission
	GroupIDs        inputs.Change[[]ident.ID]
	OrgUnitIDs      inputs.Change[[]ident.ID]
	SessionIDs      inputs.Change[[]ident.ID]
	ExpiresAt       inputs.Change[time.Time]
	AllowedNetworks inputs.Change[[]string]
}

// UpdateKey changes a key, from its next request on. The caller needs API_KEYS_MANAGE throughout the
// workspace and all that the key then holds, also what stays: the last editor answers for all of it
// (ADM-9). Errors: FORBIDDEN, NOT_FOUND, BAD_USER_INPUT, PLAN_REQUIRED; CONFLICT for a revoked key.
func (s *Service) UpdateKey(ctx context.Context, by *access.Caller,
	in UpdateInput) (_ *ent.APIKey, err error) {
	defer fault.Annotate(&err, "update api key")

	found, m, err := s.findManagedKey(ctx, by, in.ID)
	if err != nil {
		return nil, err
	}

	var k *ent.APIKey
	ctx = store.InWorkspace(ctx, found.WorkspaceID)
	err = s.Store.WithTx(ctx, func(tx *store.Tx) error {
		w, err := requirePlan(ctx, tx, found.WorkspaceID)
		if err != nil {
			return err
		}
		old, err := lockKey(ctx, tx, in.ID)
		if err != nil {
			return err
		}
		now := s.Clock()
		update := tx.APIKey.UpdateOne(old).SetEditedByID(m.MemberID).SetUpdatedAt(now)

		var faults fault.Collector
		if in.Name != nil {
			name, err := inputs.ParseName("name", *in.Name, maxName, "workspace.name")
			faults.Add(err)
			update.SetName(name)
		}
		// Permissions that stay are checked like new ones.
		set := access.NewSet(old.Permissions)
		if in.Permissions != nil {
			set, err = parsePermissions(in.Permissions)
			faults.Add(err)
			update.SetPermissions(set.Words())
		}
		if in.AllowedNetworks.Set {
			networks, err := parseNetworks(valueOrNone(in.AllowedNetworks.Value))
			faults.Add(err)
			update.SetAllowedNetworks(networks)
		}
		if in.ExpiresAt.Set {
			expires, err := parseExpiry(in.ExpiresAt.Value, w, now)
			faults.Add(err)
			inputs.SetOrClear(expires, update.SetExpiresAt, update.ClearExpiresAt)
		}
		places, err := changePlaces(ctx, tx, by, old, in)
		faults.Add(err)
		if err := faults.Err(); err != nil {
			return err
		}
		if err := requireHeld(m, set, places); err != nil {
			return err
		}

		if k, err = update.SetPlaceIds(places).Save(ctx); err != nil {
			return err
		}
		// Saving without a change makes the caller the last editor, and is no event.
		details := describeChanges(old, k)
		if len(details) == 0 {
			return nil
		}
		return s.record(ctx, tx, by, k, audit.APIKeyEdited, details...)
	})
	return k, err
}

// changePlaces returns the places of a key after an edit. Named places must be visible to the caller;
// those that stay may be gone, and then give nothing.
func changePlaces(ctx context.Context, tx *store.Tx, by *access.Caller, old *ent.APIKey,
	in UpdateInput) ([]ident.ID, error) {
	var named keyPlaces
	all := placesOf(old)
	// A list that is absent keeps its places; one that is given is checked as a whole.
	for _, c := range []struct {
		change       inputs.Change[[]ident.ID]
		named, whole *[]ident.ID
	}{
		{in.GroupIDs, &named.groups, &all.groups},
		{in.OrgUnitIDs, &named.orgUnits, &all.orgUnits},
		{in.SessionIDs, &named.sessions, &all.sessions},
	} {
		if c.change.Set {
			*c.named = valueOrNone(c.change.Value)
			*c.whole = *c.named
		}
	}
	return all.all(), named.require(ctx, tx, by)
}

func valueOrNone[T any](list *[]T) []T {
	if list == nil {
		return nil
	}
	return *list
}
