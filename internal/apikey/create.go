package apikey

import (
	"context"
	"time"

	"usher/ent"
	"usher/ent/apikey"
	"usher/internal/access"
	"usher/internal/audit"
	"usher/internal/fault"
	"usher/internal/i18n"
	"usher/internal/ident"
	"usher/internal/inputs"
	"usher/internal/secret"
	"usher/internal/store"
)

// CreateInput describes a key to create. Without a place its permissions hold in the whole workspace.
type CreateInput struct {
	WorkspaceID     ident.ID
	Name            string
	Permissions     []access.Permission
	GroupIDs        []ident.ID
	OrgUnitIDs      []ident.ID
	SessionIDs      []ident.ID
	ExpiresAt       *time.Time
	AllowedNetworks []string
}

// CreateKey creates a key and returns it with its secret, which is stored nowhere. The caller needs
// API_KEYS_MANAGE throughout the workspace and all that the key holds (ADM-9). Errors: FORBIDDEN,
// NOT_FOUND, BAD_USER_INPUT, PLAN_REQUIRED; CONFLICT when the workspace has 100 keys that are not
// revoked.
func (s *Service) CreateKey(ctx context.Context, by *access.Caller,
	in CreateInput) (_ *ent.APIKey, key secret.Token, err error) {
	defer fault.Annotate(&err, "create api key")

	m, err := requireKeyAuthority(by, in.WorkspaceID)
	if err != nil {
		return nil, "", fault.MissingAt(err, "workspaceId")
	}

	// All faults of the input are reported in one answer.
	var faults fault.Collector
	name, err := inputs.ParseName("name", in.Name, maxName, "workspace.name")
	faults.Add(err)
	set, err := parsePermissions(in.Permissions)
	faults.Add(err)
	networks, err := parseNetworks(in.AllowedNetworks)
	faults.Add(err)
	places := keyPlaces{in.GroupIDs, in.OrgUnitIDs, in.SessionIDs}

	var k *ent.APIKey
	var hash []byte
	ctx = store.InWorkspace(ctx, in.WorkspaceID)
	err = s.Store.WithTx(ctx, func(tx *store.Tx) error {
		w, err := requirePlan(ctx, tx, in.WorkspaceID)
		if err != nil {
			return err
		}
		now := s.Clock()
		again := faults // an attempt that is repeated must not collect twice
		expires, err := parseExpiry(in.ExpiresAt, w, now)
		again.Add(err, places.require(ctx, tx, by))
		if err := again.Err(); err != nil {
			return err
		}
		if err := requireHeld(m, set, places.all()); err != nil {
			return err
		}
		// Counted behind the lock of the workspace. Revoked keys stay for the history.
		n, err := tx.APIKey.Query().Where(apikey.RevokedAtIsNil()).Count(ctx)
		if err != nil {
			return err
		}
		if n >= maxKeys {
			return fault.New(fault.Conflict, "apikey.too_many", i18n.Args{"Max": maxKeys})
		}

		// Made inside the attempt: a secret that was rolled back must not be shown.
		key, hash = secret.NewAPIKey()
		k, err = tx.APIKey.Create().SetWorkspaceID(w.ID).SetName(name).SetSecretHash(hash).
			SetHint(secret.APIKeyHint(key)).SetPermissions(set.Words()).SetPlaceIds(places.all()).
			SetAllowedNetworks(networks).SetNillableExpiresAt(expires).
			SetCreatedByID(m.MemberID).SetEditedByID(m.MemberID).
			SetCreatedAt(now).SetUpdatedAt(now).Save(ctx)
		if err != nil {
			return err
		}

		return s.record(ctx, tx, by, k, audit.APIKeyMade,
			describeChanges(&ent.APIKey{}, k)...)
	})
	if err != nil {
		return nil, "", err
	}
	return k, key, nil
}
